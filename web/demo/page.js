// Small things that all parts of the demo page use: finding and making elements, and numbers as people read them.
// SPDX-License-Identifier: MIT

/**
 * The element with this id, which is part of index.html.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function find(id, kind) {
    const element = document.getElementById(id);
    if (!(element instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
    return element;
}

/**
 * A new element; text is never read as HTML.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
export function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
}

/**
 * The library's messages are clauses; here they start sentences.
 * @param {string} clause
 */
export function sentence(clause) {
    return clause.charAt(0).toUpperCase() + clause.slice(1);
}

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** @param {number | undefined} value */
export function count(value) {
    return value === undefined || !Number.isFinite(value) ? '–' : WHOLE.format(value);
}

/**
 * @param {number} value
 * @param {string} one
 * @param {string} many
 */
export function counted(value, one, many) {
    return `${count(value)} ${value === 1 ? one : many}`;
}

/** @param {number | undefined} value in bytes */
export function bytes(value) {
    if (value === undefined || !Number.isFinite(value)) return '–';
    const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
    let unit = 0;
    for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
    return `${SHORT.format(value)} ${units[unit]}`;
}

/** @param {number | undefined} milliseconds */
export function duration(milliseconds) {
    if (milliseconds === undefined || !Number.isFinite(milliseconds)) return '–';
    if (milliseconds < 1000) return `${WHOLE.format(milliseconds)} ms`;
    if (milliseconds < 60000) return `${SHORT.format(milliseconds / 1000)} s`;
    const seconds = Math.round(milliseconds / 1000);
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
