// A raw deflate stream (RFC 1951) that is joined from pieces of workers and from bytes as they are.
// SPDX-License-Identifier: MIT
import { crc32, joinCrc32 } from '../wasm-glue/crc32.js';

/** Bytes that one stored block holds at most (RFC 1951 3.2.4). */
const STORED = 65535;

/** The last block: empty, with the fixed codes. */
const LAST_BLOCK = Uint8Array.of(3, 0);

/** @typedef {import('../wasm-glue/deflater.js').Packed} Packed */

/** @param {Uint8Array} bytes @returns {Uint8Array<ArrayBuffer>} in stored blocks, none of which is the last */
function storedBlocks(bytes) {
    const blocks = new Uint8Array(bytes.length + 5 * Math.ceil(bytes.length / STORED));
    let to = 0;
    for (let at = 0; at < bytes.length; at += STORED) {
        const piece = bytes.subarray(at, at + STORED);
        const { length } = piece;
        blocks.set([0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff], to);
        blocks.set(piece, to + 5);
        to += length + 5;
    }
    return blocks;
}

export class Deflated {
    crc = 0;
    raw = 0;
    /** Bytes of the stream so far. */
    size = 0;

    /** @param {(bytes: Uint8Array<ArrayBuffer>) => unknown} write waits for one write before the next */
    constructor(write) {
        this.write = write;
    }

    /**
     * @param {Uint8Array<ArrayBuffer>} bytes deflated up to a full flush, or as they are
     * @param {Packed} [packed] of what was deflated
     */
    async add(bytes, packed) {
        const { crc, raw } = packed ?? { crc: crc32(bytes), raw: bytes.length };
        if (raw === 0) return;
        this.crc = joinCrc32(this.crc, crc, raw);
        this.raw += raw;
        await this.#put(packed ? bytes : storedBlocks(bytes));
    }

    async end() {
        await this.#put(LAST_BLOCK.slice());
    }

    /** @param {Uint8Array<ArrayBuffer>} bytes */
    async #put(bytes) {
        this.size += bytes.length;
        await this.write(bytes);
    }
}
