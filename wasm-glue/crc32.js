// CRC-32 (ISO 3309, as gzip and zip have it) of bytes, and of runs of bytes that are joined.
// SPDX-License-Identifier: MIT

const POLYNOMIAL = 0xedb88320;

/** Bytes of one step; there is a table for each of them. */
const STRIDE = 8;

/** [k * 256 + b]: the remainder of byte b with k zero bytes behind it. @type {Uint32Array | undefined} */
let tables;

function makeTables() {
    const made = new Uint32Array(STRIDE * 256);
    for (let byte = 0; byte < 256; byte += 1) {
        let rest = byte;
        for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? POLYNOMIAL : 0);
        made[byte] = rest;
    }
    for (let at = 256; at < made.length; at += 1) made[at] = (made[at - 256] >>> 8) ^ made[made[at - 256] & 0xff];
    return made;
}

/**
 * @param {Uint8Array} bytes
 * @returns {number} from 0 to 2^32 - 1
 */
export function crc32(bytes) {
    const t = (tables ??= makeTables());
    let rest = -1;
    let at = 0;
    for (const end = bytes.length - STRIDE; at <= end; at += STRIDE) {
        const low = rest ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
        rest =
            t[1792 + (low & 0xff)] ^ t[1536 + ((low >>> 8) & 0xff)] ^ t[1280 + ((low >>> 16) & 0xff)] ^ t[1024 + (low >>> 24)] ^
            t[768 + bytes[at + 4]] ^ t[512 + bytes[at + 5]] ^ t[256 + bytes[at + 6]] ^ t[bytes[at + 7]];
    }
    for (; at < bytes.length; at += 1) rest = (rest >>> 8) ^ t[(rest ^ bytes[at]) & 0xff];
    return ~rest >>> 0;
}

/** The product of two polynomials over GF(2), bits reversed, modulo the one of CRC-32. @param {number} a @param {number} b */
function multiply(a, b) {
    let product = 0;
    for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
        if (a & bit) product ^= b;
        b = (b >>> 1) ^ (b & 1 ? POLYNOMIAL : 0);
    }
    return product;
}

/**
 * `length` zero bytes behind the first run multiply its remainder by x to the power of 8 * length.
 * @param {number} first
 * @param {number} second
 * @param {number} length bytes of the second run
 */
export function joinCrc32(first, second, length) {
    let power = 0x00800000; // x^8
    let shift = 0x80000000; // 1
    for (let left = length; left > 0; left = Math.floor(left / 2)) {
        if (left % 2 === 1) shift = multiply(shift, power);
        power = multiply(power, power);
    }
    return (multiply(shift, first) ^ second) >>> 0;
}
