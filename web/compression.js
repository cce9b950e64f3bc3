// The option `compression`: what a file is packed into, and how hard.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';
import { isOptions } from './filled.js';
import { nearestName } from './nearest.js';

/**
 * @typedef {object} Compression
 * @property {'gzip' | 'zip'} [type] what the file is packed into
 * @property {number} [level] of deflate on the workers, for formats that are text
 * @property {number} [own] the level of a format that compresses its own parts
 */

/** Where a higher level takes far more time than it saves space: measured in web/README.md. */
const USUAL_LEVEL = 6;

const TYPES = ['gzip', 'zip'];

/** Formats that are text; others compress what is in them themselves. @param {string} mimeType */
export function isTextual(mimeType) {
    return /^text\/|[/+](json|xml|x-ndjson)\b/.test(mimeType);
}

/** @param {string} detail @param {string} [suggestion] @returns {never} */
function refuse(detail, suggestion) {
    throw exportError('INVALID_OPTION', `compression ${detail}`, { suggestion });
}

/** @param {unknown} type @returns {'gzip' | 'zip' | undefined} */
function checkType(type) {
    if (type === undefined || type === null) return undefined;
    if (type === 'gzip' || type === 'zip') return type;
    const nearest = typeof type === 'string' ? nearestName(type, TYPES) : undefined;
    return refuse("must be true, false, 'gzip', 'zip', or {type, level}", nearest && `did you mean '${nearest}'?`);
}

/** @param {unknown} level @returns {number | undefined} */
function checkLevel(level) {
    if (level === undefined || level === null) return undefined;
    if (!Number.isInteger(level) || Number(level) < 1 || Number(level) > 9) refuse('level must be an integer from 1 (fast) to 9 (small)');
    return Number(level);
}

/** @param {unknown} value @returns {{type?: unknown, level?: unknown}} */
function partsOf(value) {
    if (value === true) return {};
    if (!isOptions(value)) return { type: value };
    for (const name of Object.keys(value)) {
        if (name === 'type' || name === 'level') continue;
        const nearest = nearestName(name, ['type', 'level']);
        throw exportError('UNKNOWN_OPTION', `compression.${name}`, { suggestion: nearest && `did you mean compression.${nearest}?` });
    }
    return value;
}

/**
 * Of a member of a zip file, which is compressed unless the option says no.
 * @param {unknown} value
 * @param {boolean} text
 * @returns {Compression}
 */
export function memberCompression(value, text) {
    if (typeof value === 'string' || (typeof value === 'object' && value !== null && /** @type {any} */ (value).type))
        refuse('of a file in a zip file can only be true, false, or {level}');
    const { level, own } = readCompression(value ?? true, text);
    return { level, own };
}

/**
 * @param {unknown} value of the option
 * @param {boolean} text whether the format is text
 * @returns {Compression}
 */
export function readCompression(value, text) {
    if (value === undefined || value === null || value === false) return {};
    const given = partsOf(value);
    const type = checkType(given.type) ?? (text ? 'gzip' : undefined);
    const level = checkLevel(given.level);
    return text ? { type, level: level ?? USUAL_LEVEL } : { type, own: level };
}
