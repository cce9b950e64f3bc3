// Deflates bytes in pieces that can be joined: JavaScript's side of the wasm module `deflate` (src/core/deflate.h).
// SPDX-License-Identifier: MIT
import { CoreError } from './binding.js';
import { joinCrc32 } from './crc32.js';

/** Bytes that are deflated at a time: a chunk's segment, mostly. The module holds as many twice. */
const PIECE = 524288;

/** Buffers are made in steps of this many bytes, so that they fit the next segments too. */
const STEP = 65536;

/**
 * What is known of bytes that were deflated.
 * @typedef {object} Packed
 * @property {number} crc CRC-32 of the bytes before
 * @property {number} raw how many they were
 */

/** To be freed. */
export class Deflater {
    #made = new Uint8Array(0);

    /**
     * @param {import('./binding.js').Core} core the module `deflate`
     * @param {number} level 1 to 9
     */
    constructor(core, level) {
        this.core = core;
        this.pointer = core.call.loom_deflater_new(level);
        this.input = core.call.loom_alloc(PIECE);
        this.output = this.pointer === 0 ? 0 : core.call.loom_alloc(core.call.loom_deflate_bound(this.pointer, PIECE));
        if (this.input !== 0 && this.output !== 0) return;
        this.free();
        throw CoreError.of('OUT_OF_MEMORY');
    }

    /**
     * @param {Uint8Array} bytes of any memory but this module's
     * @param {ArrayBuffer} [spare] a buffer that the result may be put into
     * @returns {{bytes: ArrayBuffer, length: number, packed: Packed}} up to a full flush, with what the bytes were
     */
    deflate(bytes, spare) {
        this.#made = spare ? new Uint8Array(spare) : new Uint8Array(0);
        let [crc, length] = [0, 0];
        for (let at = 0; at < bytes.length; at += PIECE) {
            const piece = bytes.subarray(at, at + PIECE);
            this.core.view(this.input, piece.length).set(piece);
            crc = joinCrc32(crc, this.core.call.loom_crc32(this.pointer, this.input, piece.length), piece.length);
            const count = this.core.call.loom_deflate_into(this.pointer, this.output, this.input, piece.length) >>> 0;
            if (count === 0) throw CoreError.of('INTERNAL');
            this.#reserve(length, count);
            this.#made.set(this.core.view(this.output, count), length);
            length += count;
        }
        return { bytes: this.#made.buffer, length, packed: { crc, raw: bytes.length } };
    }

    /** @param {number} length that is there @param {number} more */
    #reserve(length, more) {
        if (length + more <= this.#made.length) return;
        const larger = new Uint8Array(Math.ceil((length + more) / STEP) * STEP);
        larger.set(this.#made.subarray(0, length));
        this.#made = larger;
    }

    free() {
        const { call } = this.core;
        call.loom_deflater_free(this.pointer);
        for (const pointer of [this.input, this.output]) call.loom_free(pointer);
    }
}
