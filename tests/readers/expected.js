// What a table of records must hold, found out independently of the library: plain JavaScript over the records' own text.
// SPDX-License-Identifier: MIT

/** Marks what was a number, so that its digits are kept. */
const MARK = '\u0001';

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A record whose numbers are texts behind a mark. @param {string} line */
export function parseRecord(line) {
    return JSON.parse(line.replace(TOKENS, (token) => (token[0] === '"' ? token : JSON.stringify(MARK + token))));
}

/** @param {string} text of NDJSON */
export function parseRecords(text) {
    return text.split('\n').filter((line) => line.trim() !== '').map(parseRecord);
}

/** @param {unknown} value */
function isTable(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

/** JSON text with the digits that came. @param {unknown} value */
function jsonText(value) {
    return JSON.stringify(value).replace(/"\\u0001([^"]*)"/g, '$1');
}

/** @param {unknown} value */
function isNumber(value) {
    return typeof value === 'string' && value.startsWith(MARK);
}

/** @param {unknown} value of an item or of a cell that is no container */
function scalarText(value) {
    if (value === null) return '';
    return isNumber(value) ? String(value).slice(1) : String(value);
}

/**
 * The text of a cell; null where CSV has nothing between the delimiters.
 * @param {unknown} value
 * @param {boolean} guard
 * @returns {string | null}
 */
function cellText(value, guard) {
    if (value === null || value === undefined) return null;
    const list = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
    const isText = list ? value.some((item) => typeof item === 'string' && !isNumber(item)) : typeof value === 'string' && !isNumber(value);
    const text = list ? value.map(scalarText).join('; ') : typeof value === 'object' ? jsonText(value) : scalarText(value);
    return guard && isText && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/**
 * Goes through the leaves of a record.
 * @param {Record<string, unknown>} record
 * @param {string} prefix
 * @param {(path: string, value: unknown) => void} visit
 */
function leaves(record, prefix, visit) {
    for (const [key, value] of Object.entries(record))
        if (isTable(value)) leaves(/** @type {Record<string, unknown>} */ (value), `${prefix}${key}.`, visit);
        else visit(prefix + key, value);
}

/** @param {unknown} value */
function isNothing(value) {
    return value === null || (typeof value === 'object' && !Array.isArray(value));
}

/**
 * Columns in the order of their first appearance. A path that is null or {} here and an object there is none.
 * @param {Record<string, unknown>[]} records that are objects
 */
function columnsOf(records) {
    const columns = new Map();
    for (const record of records)
        leaves(record, '', (path, value) => columns.set(path, (columns.get(path) ?? true) && isNothing(value)));
    const paths = [...columns.keys()];
    return paths.filter((path) => !columns.get(path) || !paths.some((other) => other.startsWith(`${path}.`)));
}

/**
 * @param {Record<string, unknown>[]} records
 * @param {{guard?: boolean}} [options]
 * @returns {{columns: string[], rows: (string | null)[][]}}
 */
export function expectedTable(records, { guard = true } = {}) {
    const columns = columnsOf(records);
    const rows = records.map((record) => {
        const cells = new Map();
        leaves(record, '', (path, value) => cells.set(path, value));
        return columns.map((column) => cellText(cells.get(column), guard));
    });
    return { columns: columns.map((name) => (guard && /^[=+\-@\t\r]/.test(name) ? `'${name}` : name)), rows };
}
