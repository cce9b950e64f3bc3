// Options of an export, in front of those that are for all.
// SPDX-License-Identifier: MIT
import { filled } from './filled.js';

/** Objects that are one value. */
const WHOLE = ['filter', 'sink', 'signal'];

/** @param {any} value */
const isGroup = (value) => value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;

/**
 * Groups of a format's options are merged too. What is null or undefined counts as left out, so that what is for all stays.
 * @param {Record<string, any>} defaults
 * @param {Record<string, any>} own
 */
export function merged(defaults, own) {
    const all = { ...defaults };
    for (const [name, value] of Object.entries(filled(own))) {
        const both = !WHOLE.includes(name) && isGroup(value) && isGroup(defaults[name]);
        all[name] = both ? { ...defaults[name], ...filled(value) } : value;
    }
    return all;
}
