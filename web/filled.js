// What an object of options says: what counts as left out, and what is no such object.
// SPDX-License-Identifier: MIT

/** The options without those that are null or undefined. @param {object} options @returns {Record<string, any>} */
export function filled(options) {
    return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

/** Whether a value can be an object of options: a Map, a Date or a list has none. @param {unknown} value @returns {value is object} */
export function isOptions(value) {
    return ['[object Object]', '[object Module]'].includes(Object.prototype.toString.call(value));
}
