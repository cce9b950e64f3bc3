// What a source gives: chunks of records as JSON text, and the wish for the next one.
// SPDX-License-Identifier: MIT
import { BLOCK } from './buffers.js';

/**
 * A record that the host rejects before the core sees it.
 * @typedef {object} Lost
 * @property {number} ordinal among all records of the chunk
 * @property {string} code
 * @property {string} [detail]
 * @property {number} [offset] absolute
 * @property {string} [excerpt]
 *
 * @typedef {object} Chunk
 * @property {ArrayBuffer} [text] none where there is nothing for the core, or it was let go of
 * @property {number} start
 * @property {number} length bytes; 0 when there is nothing for the core
 * @property {number} form
 * @property {number} [records] all of them, lost ones too, where they were counted
 * @property {number} [offset] of the text's first byte in the source's text
 * @property {number} bytes of the source's text
 * @property {number} position how much of the source was used up with it, in the unit of the stream's `total`
 * @property {Lost[]} lost in ascending order
 * @property {{code: string, column: string, ordinal: number}[]} [warnings] of the source itself, about values that the core sees changed
 * @property {boolean} [ends] nothing behind it may be exported
 * @property {string} [input]
 * @property {number} [part] which of several inputs it is from
 * @property {number[]} [indexes] of its records in the source, where not all of the source are taken
 * @property {{at: number, offset: number}[]} [pieces] where pieces of the text that do not stand together in the source begin, and their
 *   offsets there
 * @property {import('../wasm-glue/chunk.js').Window} [window] what is taken of the records that pass the filter; default: all
 * @property {import('../wasm-glue/protocol.js').SegmentReply} [known] the answer of the workers, where it is known that nothing is to be written
 *
 * What the next chunk should be: it has as many records as are wished, or as fit into the bytes, but at least one.
 * @typedef {object} Wish
 * @property {number} records Infinity: not counted
 * @property {number} bytes
 * @property {boolean} [exact] only whole records that fit, judged the same way however the source is cut
 *
 * @typedef {object} ChunkStream
 * @property {(wish: Wish) => Promise<Chunk | null>} next null at the end
 * @property {() => void | Promise<void>} close
 * @property {number} [total] what `position` goes up to, where known
 * @property {number} [records] in the source, where known
 * @property {number} lone half surrogate pairs that were replaced so far
 * @property {(records: number) => Promise<number>} [skip] goes over records, as many as it likes, and tells how many; 0 at the end
 * @property {string} [version] of the source, where it tells one and was read
 * @property {number} [missing] records that were wanted and are not there, once the end was reached
 */

/** Text of a chunk whose size nobody asked for; a block with room for one more read. */
export const CHUNK_TEXT = BLOCK - 8192;

/** The most text of a chunk whose records were counted. */
export const MOST_TEXT = 4194304;

/** Milliseconds after which reading bytes lets the event loop have its turn. */
const TURN_MS = 8;

/** Excerpts of lost records show so many bytes. */
const EXCERPT = 80;

const decoder = new TextDecoder();

/**
 * What is read without ever waiting, such as the blanks of an iterator, would keep the event loop for itself.
 * @param {() => Promise<void>} yieldToLoop
 * @param {number} [most] milliseconds that a turn takes
 * @returns {() => Promise<void> | undefined} undefined where the last turn was not long ago
 */
export function pacer(yieldToLoop, most = TURN_MS) {
    let turn = performance.now();
    return () => {
        if (performance.now() - turn < most) return undefined;
        return yieldToLoop().then(() => {
            turn = performance.now();
        });
    };
}

/** @param {Uint8Array} bytes */
export function excerptOf(bytes) {
    return decoder.decode(bytes.subarray(0, EXCERPT));
}

/**
 * A chunk that has nothing for the core, only what was lost.
 * @param {Lost} lost
 * @param {Partial<Chunk>} place
 * @returns {Chunk}
 */
export function lostChunk(lost, place) {
    return { start: 0, length: 0, form: 0, records: 1, bytes: 0, position: 0, lost: [lost], ...place };
}
