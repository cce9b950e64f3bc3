// Names of files from a pattern such as `looks-{date}-{number}`.
// SPDX-License-Identifier: MIT

/** @typedef {{format: string, number: number, date: Date}} NameParts `number` counts the exports of the hook from 1 */

/** @param {number} value */
const two = (value) => String(value).padStart(2, '0');

/** @type {Record<string, (parts: NameParts) => string>} */
const PLACES = {
    format: ({ format }) => format,
    number: ({ number }) => String(number),
    date: ({ date }) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    time: ({ date }) => `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`,
};

/**
 * @param {string | ((parts: NameParts) => string)} pattern with {format}, {number}, {date} and {time}; other braces stay as they are
 * @param {NameParts} parts
 */
export function fileNameFrom(pattern, parts) {
    if (typeof pattern === 'function') return pattern(parts);
    return pattern.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(PLACES, name) ? PLACES[name](parts) : whole));
}
