// Tells from its first bytes what an input is: gzip, another encoding than UTF-8, one record a line, or a JSON array.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';

/** Bytes that are wanted for the judgement. */
export const SIGNATURE = 4;

const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** @param {Uint8Array} first */
export function isGzip(first) {
    return first[0] === 0x1f && first[1] === 0x8b;
}

/**
 * Tells how long the byte order mark is. UTF-16 and UTF-32 are known by their marks, and by the NUL that JSON in one of
 * them has in every second place at least of its first bytes (RFC 4627 section 3).
 * @param {Uint8Array} first
 * @returns {number} 0 or 3
 */
export function markLength(first) {
    const [a, b, c, d] = first;
    if (a === 0xef && b === 0xbb && c === 0xbf) return 3;
    if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) throw exportError('SOURCE_ENCODING', 'it is UTF-16 or UTF-32');
    if ((a === 0 && (c ?? 0) === 0) || (b === 0 && (d ?? 0) === 0)) throw exportError('SOURCE_ENCODING', 'NUL bytes at its start');
    return 0;
}

/** @param {string | undefined} name @returns {boolean} whether it says that there is one record a line */
export function namesLines(name) {
    return name !== undefined && /\.(ndjson|jsonl)(\.gz)?$/i.test(name);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} [from]
 * @param {number} [to] where it looks no further
 * @returns {number} where the first byte stands that is not blank; `to` when there is none
 */
export function firstNotBlank(bytes, from = 0, to = bytes.length) {
    let at = from;
    while (at < to && BLANKS.has(bytes[at])) at += 1;
    return at;
}

/**
 * @param {Uint8Array} text
 * @param {number} from
 * @returns {number} where the next line that is not blank starts, once that can be told; else 0
 */
export function nextLine(text, from) {
    const end = text.indexOf(0x0a, from);
    const next = end < 0 ? text.length : firstNotBlank(text, end);
    return next < text.length ? next : 0;
}

/**
 * Tells whether one record a line is meant although the first `[` might start a JSON array: the first line is a whole array, of nothing that
 * would be a record itself, and the next one starts like a record.
 * @param {Uint8Array} text
 * @param {number} from
 */
export function isLineOfValues(text, from) {
    const next = nextLine(text, from);
    if (next === 0 || (text[next] !== 0x5b && text[next] !== 0x7b)) return false;
    try {
        const line = JSON.parse(new TextDecoder().decode(text.subarray(from, next)));
        return line.every((/** @type {unknown} */ item) => item === null || typeof item !== 'object');
    } catch {
        return false;
    }
}
