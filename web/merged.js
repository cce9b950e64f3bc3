// Options of an export, in front of those that are for all.
// SPDX-License-Identifier: MIT

/** Objects that are one value. */
const WHOLE = ['filter', 'sink', 'signal'];

/** @param {any} value */
const isGroup = (value) => value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;

/**
 * Groups of a format's options are merged too.
 * @param {Record<string, any>} defaults
 * @param {Record<string, any>} own
 */
export function merged(defaults, own) {
    const all = { ...defaults, ...own };
    for (const [name, value] of Object.entries(own))
        if (!WHOLE.includes(name) && isGroup(value) && isGroup(defaults[name])) all[name] = { ...defaults[name], ...value };
    return all;
}
