// Cuts text that arrives in pieces of any length into chunks of whole records.
// SPDX-License-Identifier: MIT
import { BLOCK } from './buffers.js';
import { excerptOf, lostChunk } from './chunks.js';
import { firstNotBlank } from './encoding.js';
import { exportError } from './errors.js';

/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */
/** @typedef {import('./chunks.js').Wish} Wish */

/** A reader is asked for at least so many bytes. */
const LEAST_READ = 4096;

/**
 * @typedef {object} TextOrigin
 * @property {import('./types.js').ByteReader} reader stands at the first byte of the first record
 * @property {import('./boundaries.js').Boundaries} boundaries
 * @property {import('./buffers.js').Buffers} buffers
 * @property {number} maxRecord bytes; longer records are skipped and never held
 * @property {number} offset of the reader's first byte in the source's text
 * @property {(offset: number) => number} position how much of the source is used up at an offset of its text
 * @property {() => Promise<void> | undefined} pace lets the event loop have its turn
 * @property {number} [total]
 * @property {() => number} [lone] half surrogate pairs that the reader replaced so far
 * @property {() => string | undefined} [version] of the source
 */

/** @implements {ChunkStream} */
export class TextChunks {
    /** The text that is not cut yet lies in the block from #start to #end; up to #seen it was examined. */
    #block;
    #start = 0;
    #seen = 0;
    #end = 0;
    #atEnd = false;
    #finished = false;
    #closed = false;
    /** Whether the reader may write into the block. */
    #reading = false;

    /** @param {TextOrigin} origin */
    constructor(origin) {
        this.origin = origin;
        this.total = origin.total;
        /** Offset of the block's first byte. */
        this.base = origin.offset;
        this.#block = new Uint8Array(origin.buffers.takeBlock());
    }

    get lone() {
        return this.origin.lone?.() ?? 0;
    }

    get version() {
        return this.origin.version?.();
    }

    /**
     * @param {Wish} wish
     * @returns {Promise<Chunk | null>}
     */
    async next(wish) {
        for (;;) {
            if (this.#finished) return null;
            const chunk = await this.#nextCut(wish);
            if (chunk) return chunk;
        }
    }

    async close() {
        if (this.#closed) return;
        this.#finished = this.#closed = true;
        const { boundaries, buffers, reader } = this.origin;
        boundaries.free();
        if (this.#reading) buffers.lose(this.#block.length);
        else buffers.giveBlock(this.#block.buffer);
        await reader.close();
    }

    /**
     * The next chunk, or null when only blanks were found or the text came to its end.
     * @param {Wish} wish
     */
    async #nextCut(wish) {
        const { maxRecord, boundaries } = this.origin;
        let room = Math.min(wish.bytes, maxRecord);
        let most = wish.records;
        let [records, cut] = [0, 0]; // in the text from #start on
        for (;;) {
            const text = this.#block.subarray(this.#start, Math.min(this.#end, this.#start + room));
            const seen = this.#seen - this.#start;
            if (seen < text.length && !boundaries.closed) {
                const found = boundaries.find(text, seen, most - records, cut);
                records += found.records;
                cut = found.cut || cut;
                this.#seen = this.#start + found.through;
            }
            const full = this.#seen - this.#start >= room;
            if (records >= most || boundaries.closed || (full && cut > 0)) return this.#emit(cut, records);
            if (full && firstNotBlank(text) === text.length) return this.#emit(text.length, 0);
            if (full && room > maxRecord) return this.#skip();
            if (full) [most, room] = [1, maxRecord + 1]; // the first record alone is longer than the wish
            else if (this.#atEnd) return this.#emitRest(cut, records, most < Infinity);
            else await this.#fill();
        }
    }

    /** Reads on behind the text, in a larger block if there is no room. */
    async #fill() {
        const turn = this.origin.pace();
        if (turn) await turn;
        if (this.#closed) throw exportError('CANCELLED'); // the block is another's by now
        if (this.#block.length - this.#end < LEAST_READ) this.#makeRoom();
        const view = this.#block.subarray(this.#end, Math.min(this.#block.length, this.#end + BLOCK));
        this.#reading = true;
        const length = await this.origin.reader.read(view);
        this.#reading = false;
        if (this.#closed) throw exportError('CANCELLED');
        this.#end += length;
        this.#atEnd = length === 0;
    }

    #makeRoom() {
        const { buffers } = this.origin;
        const length = this.#end - this.#start;
        if (length * 2 <= this.#block.length) this.#block.copyWithin(0, this.#start, this.#end);
        else {
            const larger = new Uint8Array(buffers.takeBlock(this.#block.length * 2));
            larger.set(this.#block.subarray(this.#start, this.#end));
            buffers.giveBlock(this.#block.buffer);
            this.#block = larger;
        }
        this.#rebase(this.#start);
    }

    /** The byte at `by` is now the block's first. @param {number} by */
    #rebase(by) {
        this.base += by;
        this.#seen -= by;
        this.#end -= by;
        this.#start = 0;
    }

    /**
     * @param {number} length
     * @param {number} records
     */
    #emit(length, records) {
        const text = this.#block.subarray(this.#start, this.#start + length);
        const blank = firstNotBlank(text) === length;
        const chunk = blank ? null : this.#handOver(length, records);
        if (blank) this.#start += length;
        if (chunk || !this.origin.boundaries.closed) return chunk;
        return this.#finish();
    }

    /**
     * A chunk that would waste its block is copied; else the rest is, and the chunk keeps the block.
     * @param {number} length
     * @param {number} records
     * @returns {Chunk}
     */
    #handOver(length, records) {
        const { boundaries, buffers, position } = this.origin;
        const [start, cut] = [this.#start, this.#start + length];
        const offset = this.base + start;
        const place = { offset, bytes: length, position: position(offset + length), form: boundaries.form(), lost: [] };
        const counted = records > 0 ? { records } : {};
        if (length * 2 < this.#block.length) {
            const text = buffers.takeBlock(length);
            new Uint8Array(text).set(this.#block.subarray(start, cut));
            this.#start = cut;
            return { text, start: 0, length, ...place, ...counted };
        }
        const text = this.#block.buffer;
        const rest = this.#block.subarray(cut, this.#end);
        this.#block = new Uint8Array(buffers.takeBlock(Math.max(BLOCK, rest.length + LEAST_READ)));
        this.#block.set(rest);
        this.#rebase(cut);
        return { text, start, length, ...place, ...counted };
    }

    /**
     * The text is at its end: the last line may lack its line break, and an array may lack its `]`.
     * @param {number} cut
     * @param {number} records
     * @param {boolean} counted
     */
    #emitRest(cut, records, counted) {
        const rest = this.#block.subarray(this.#start + cut, this.#end);
        const more = firstNotBlank(rest) < rest.length ? 1 : 0;
        if (cut > 0 || more > 0) return this.#emit(this.#end - this.#start, counted ? records + more : 0);
        this.#finished = true;
        if (!this.origin.boundaries.closes) return null;
        return this.#lost({ code: 'ARRAY_NOT_CLOSED', offset: this.base + this.#end }, { ends: true });
    }

    /**
     * @param {{code: string, offset: number, excerpt?: string}} lost
     * @param {Partial<Chunk>} [more]
     */
    #lost(lost, more) {
        const position = this.origin.position(this.base + this.#start);
        return lostChunk({ ordinal: 0, ...lost }, { position, ...more });
    }

    /** Goes to the end of a record that is too large, holding none of it. */
    async #skip() {
        const { boundaries } = this.origin;
        const from = this.#start;
        const at = recordStart(this.#block.subarray(from, this.#end), boundaries.closes);
        const offset = this.base + from + at;
        const excerpt = excerptOf(this.#block.subarray(from + at, this.#end));
        boundaries.form();
        for (;;) {
            const found = boundaries.skip(this.#block.subarray(0, this.#end), this.#seen);
            this.#seen = this.#start = found.through;
            if (found.cut > 0) this.#start = found.cut;
            if (found.cut > 0 || boundaries.closed) break;
            this.#rebase(this.#start);
            if (this.#atEnd) break;
            await this.#fill();
        }
        return this.#lost({ code: 'RECORD_TOO_LARGE', offset, excerpt }, { bytes: this.base + this.#start - offset });
    }

    /** Behind the `]` of an array only blanks may follow. */
    async #finish() {
        this.#finished = true;
        for (;;) {
            const rest = this.#block.subarray(this.#seen, this.#end);
            const at = firstNotBlank(rest);
            const offset = this.base + this.#seen + at;
            if (at < rest.length)
                return this.#lost({ code: 'TRAILING_CONTENT', offset, excerpt: excerptOf(rest.subarray(at)) }, { ends: true });
            this.#start = this.#seen = this.#end;
            if (this.#atEnd) return null;
            this.#rebase(this.#start);
            await this.#fill();
        }
    }
}

/**
 * @param {Uint8Array} text
 * @param {boolean} inArray where a comma may stand before the record
 */
function recordStart(text, inArray) {
    const at = firstNotBlank(text);
    return inArray && text[at] === 0x2c ? firstNotBlank(text, at + 1) : at;
}
