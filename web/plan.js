// What of a source an export takes, which does not change while it runs.
// SPDX-License-Identifier: MIT

/** The largest record takes, with its cells, its segment and their copies, so many times the bytes of its text. */
const EXPANSION = 12;

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
