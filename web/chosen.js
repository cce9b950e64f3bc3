// Columns that the options name but whose types they leave open: those are the types of the values.
// SPDX-License-Identifier: MIT

/** @typedef {string | import('./types.js').Column} Given */
/** @typedef {import('./types.js').ReportedColumn} ReportedColumn */
/** @typedef {{path?: string[], type: string}} SettledRow a column as `settle` tells it */

/** Whether a column is shown whose type is to be found out. @param {readonly Given[]} columns */
export function leaveTypesOpen(columns) {
    return columns.some((column) => typeof column === 'string' || (column.type === undefined && column.hidden !== true));
}

/**
 * The ways to a column's values, as `settle` writes them: a dot leads into an object, but a key may also have it as it is, and `value` is a
 * record that is no object.
 * @param {string} key
 */
function waysTo(key) {
    const parts = key.replaceAll('\\.', '\0').split('.').map((part) => part.replaceAll('\0', '.'));
    const ways = [parts, [key], ...(key === 'value' ? [[]] : [])];
    return ways.map((way) => JSON.stringify(way.map((part) => part.replaceAll('%', '%25'))));
}

/** The paths of the values of all columns, as JSON; no others need to be known. @param {ReportedColumn[]} columns */
export function pathsOf(columns) {
    return new Set(columns.flatMap(({ key }) => waysTo(String(key)))); // what is no text the core refuses
}

/**
 * The columns with the types of what was found, where the options do not name them; none for those without a value.
 * @param {ReportedColumn[]} columns
 * @param {string} rows as `settle` tells them
 * @returns {ReportedColumn[]}
 */
export function withTypes(columns, rows) {
    /** @type {Map<string, string>} */
    const types = new Map();
    for (const { path, type } of JSON.parse(rows)) types.set(JSON.stringify(path), type);
    return columns.map((column) => {
        const found = new Set(waysTo(column.key).map((way) => types.get(way)));
        found.delete(undefined);
        const [type] = found.size > 1 ? ['text'] : found;
        return column.type !== undefined || type === undefined ? column : { ...column, type };
    });
}
