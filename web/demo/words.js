// Numbers and messages as people read them.
// SPDX-License-Identifier: MIT

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const FIGURE = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

/**
 * The library's messages are clauses; here they start sentences.
 * @param {string} clause
 */
export function sentence(clause) {
    return clause.charAt(0).toUpperCase() + clause.slice(1);
}

/** @param {number | undefined} value */
export function count(value) {
    return value === undefined || !Number.isFinite(value) ? '–' : WHOLE.format(value);
}

/** @param {number | undefined} value of any size, shortened */
export function figure(value) {
    return value === undefined || !Number.isFinite(value) ? '–' : FIGURE.format(value);
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

/** @param {number} milliseconds since 1970 */
export function clock(milliseconds) {
    return new Date(milliseconds).toLocaleTimeString('en-GB');
}

/** @type {Record<import('exportloom').ExportProgress['phase'], string>} */
export const PHASES = {
    queued: 'Waiting for its turn',
    analyzing: 'Finding the columns',
    encoding: 'Writing the records',
    finalizing: 'Closing the file',
    completed: 'Finished',
    cancelled: 'Cancelled',
    failed: 'Failed',
};
