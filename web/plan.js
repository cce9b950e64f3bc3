// What of a source an export takes, which does not change while it runs.
// SPDX-License-Identifier: MIT

/** The largest records take, with their cells, their segments, what is read ahead and all copies, about so many times the bytes of their text
 *  at most; measured with every format, one such record behind the other. Only XML of long lists of short items takes more. */
export const EXPANSION = 16;

/**
 * @typedef {object} Plan
 * @property {number} maxRecord bytes
 * @property {number} limit records
 * @property {number} offset records that are left out before
 * @property {boolean} filters whether records may be left out elsewhere, so that only the workers know how many pass
 */

/**
 * @param {import('./options.js').HostSettings} host
 * @returns {Plan}
 */
export function planOf({ maxMemoryUsage, limit, offset, filters }) {
    return { maxRecord: Math.floor(maxMemoryUsage / EXPANSION), limit, offset, filters };
}
