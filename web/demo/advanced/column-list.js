// The choices about columns, and the option that they come to.
// SPDX-License-Identifier: MIT

/** `type` is empty where the records decide; `found` is what they have. @typedef {{key: string, label: string, type: string, found?: string, shown: boolean}} ColumnChoice */

export const TYPES = ['text', 'integer', 'number', 'boolean', 'date', 'datetime', 'json'];

/** @param {readonly {key: string, type?: string}[]} columns as a preview tells them @returns {ColumnChoice[]} */
export function choicesOf(columns) {
    return columns.map(({ key, type }) => ({ key, label: '', type: '', found: type, shown: true }));
}

/**
 * @template T
 * @param {readonly T[]} list
 * @param {number} from
 * @param {number} to
 */
export function moved(list, from, to) {
    const rest = list.filter((_, at) => at !== from);
    return [...rest.slice(0, to), list[from], ...rest.slice(to)];
}

/**
 * The option `columns`, or undefined while everything is as it was found: then columns of later records come too.
 * @param {readonly ColumnChoice[]} choices
 * @param {readonly ColumnChoice[]} found
 * @returns {import('exportloom').Column[] | undefined}
 */
export function columnsOf(choices, found) {
    if (JSON.stringify(choices) === JSON.stringify(found)) return undefined;
    return choices.filter(({ shown }) => shown).map(({ key, label, type }) => ({
        key,
        ...(label.trim() === '' ? {} : { label: label.trim() }),
        ...(type === '' ? {} : { type: /** @type {any} */ (type) }),
    }));
}
