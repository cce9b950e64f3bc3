// Filters as the core reads them: JSON text, with regular expressions and dates in the place that they have there.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';

/** Deeper queries are refused by the core; what is a cycle ends here. */
const MOST_DEPTH = 100;

/** Flags that do not change whether there is a match, or that always hold. */
const IDLE_FLAGS = /[dguy]/g;

/**
 * @param {string} place
 * @param {string} wanted
 */
function invalid(place, wanted) {
    return exportError('INVALID_OPTION', `${place} ${wanted}`);
}

/**
 * @param {RegExp} pattern
 * @param {string} place
 */
function patternText({ source, flags }, place) {
    const options = flags.replace(IDLE_FLAGS, '');
    if (/[^ims]/.test(options)) throw invalid(place, `has the flags ${flags}; only i, m and s are known`);
    return JSON.stringify({ $regex: source, ...(options === '' ? {} : { $options: options }) });
}

/**
 * @param {object} value
 * @param {string} place
 * @param {number} depth
 * @returns {string}
 */
function objectText(value, place, depth) {
    if (value instanceof RegExp) return patternText(value, place);
    if (value instanceof Date) {
        if (Number.isNaN(value.getTime())) throw invalid(place, 'is not a valid date');
        return JSON.stringify(value);
    }
    if (depth > MOST_DEPTH) throw invalid('filter', 'is nested too deep, or holds itself');
    if (Array.isArray(value)) return `[${value.map((item, at) => valueText(item, `${place}[${at}]`, depth + 1)).join(',')}]`;
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (kind !== 'Object') throw invalid(place, `is a ${kind}; write it as a plain object or an array`); // its entries would be none, a query that all pass
    const members = Object.entries(value);
    return `{${members.map(([key, one]) => `${JSON.stringify(key)}:${valueText(one, `${place}.${key}`, depth + 1)}`).join(',')}}`;
}

/**
 * @param {unknown} value
 * @param {string} place
 * @param {number} depth
 * @returns {string}
 */
function valueText(value, place, depth) {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
    if (typeof value === 'object') return objectText(value, place, depth);
    throw invalid(place, `is ${typeof value === 'function' ? 'a function' : String(value)}, which no record can have`);
}

/**
 * The query as JSON text.
 * @param {unknown} filter as the options give it
 */
export function queryText(filter) {
    if (typeof filter === 'string') return filter;
    const plain = typeof filter === 'object' && filter !== null && !Array.isArray(filter);
    if (!plain || filter instanceof RegExp || filter instanceof Date) throw invalid('filter', 'must be an object, or its JSON text');
    return valueText(filter, 'filter', 0);
}

/** The query as reports show it: as an object where that loses nothing. @param {unknown} filter as the options give it */
export function givenFilter(filter) {
    const text = queryText(filter);
    try {
        const value = JSON.parse(text);
        return JSON.stringify(value) === text.trim() ? value : text;
    } catch {
        return text;
    }
}
