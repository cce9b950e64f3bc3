// Writes objects as the JSON text of chunks, a few milliseconds at a time.
// SPDX-License-Identifier: MIT
import { FORMS } from '../build/generated/tables.js';
import { BLOCK } from './buffers.js';
import { MOST_TEXT, pacer } from './chunks.js';
import { exportError } from './errors.js';
import { Judge, writtenRecord } from './record-text.js';

/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */
/** @typedef {import('./chunks.js').Lost} Lost */
/** @typedef {import('./chunks.js').Wish} Wish */

/** Milliseconds of the page's thread that one JSON.stringify should take, and after which the event loop gets its turn. */
const STRINGIFY_MS = 1;
const TURN_MS = 2;

/** A chunk whose text is this full is not filled up. */
const FULL_ENOUGH = 0.75;

/** Records that are gone over at a time. */
const MOST_SKIPPED = 4096;

const COMMA = 0x2c;
const encoder = new TextEncoder();

/**
 * Records that are pulled; what is not used is given back.
 * @typedef {object} RecordFeed
 * @property {(count: number, pace: () => Promise<void> | undefined) => unknown[] | Promise<unknown[]>} take fewer only at the end
 * @property {(records: unknown[]) => void} back
 * @property {() => void} close
 * @property {number} [total]
 */

/** @param {unknown[]} records @returns {RecordFeed} */
export function arrayFeed(records) {
    const total = records.length;
    let at = 0;
    return {
        total,
        take(count) {
            if (at < total && records.length < total) throw exportError('SOURCE_CHANGED', `the array has ${records.length} records now, and had ${total}`);
            const taken = records.slice(at, at + count);
            at += taken.length;
            return taken;
        },
        back(unused) {
            at -= unused.length;
        },
        close() {},
    };
}

/**
 * Tells an iterator that no more is wanted. One that hangs does not answer, so nobody waits for it.
 * @param {Iterator<unknown> | AsyncIterator<unknown>} iterator
 */
export function letGo(iterator) {
    const returned = async () => iterator.return?.();
    returned().catch(() => {});
}

/**
 * @param {Iterator<unknown> | AsyncIterator<unknown>} iterator
 * @param {boolean} flat arrays that it gives are batches of records
 * @returns {RecordFeed}
 */
export function iteratorFeed(iterator, flat) {
    /** Those before `at` were taken; the last of them may come back. @type {unknown[]} */
    let held = [];
    let at = 0;
    let ended = false;
    return {
        async take(count, pace) {
            if (at * 2 > held.length) {
                held = held.slice(at);
                at = 0;
            }
            while (held.length - at < count && !ended) {
                const result = iterator.next();
                const { done, value } = 'then' in result ? await result : result;
                if (done) ended = true;
                else if (flat && Array.isArray(value)) for (const record of value) held.push(record);
                else held.push(value);
                const turn = pace();
                if (turn) await turn;
            }
            const taken = held.slice(at, at + count);
            at += taken.length;
            return taken;
        },
        back(unused) {
            at -= unused.length;
        },
        close: () => (ended ? undefined : letGo(iterator)),
    };
}

/** The text of a chunk as it grows: JSON arrays become one. */
class ChunkText {
    length = 0;
    /** @type {Uint8Array<ArrayBuffer> | undefined} */
    #block;

    /**
     * @param {import('./buffers.js').Buffers} buffers
     * @param {number} expected bytes; blocks of one size serve one chunk after another
     */
    constructor(buffers, expected) {
        this.buffers = buffers;
        this.expected = expected;
    }

    /** @param {string} array a JSON array with at least one item; its bracket takes the place of the one before */
    add(array) {
        let at = Math.max(0, this.length - 1);
        const bracket = at;
        let block = this.#roomy(at + array.length);
        const { read, written } = encoder.encodeInto(array, block.subarray(at));
        at += written;
        if (read < array.length) {
            const rest = array.slice(read);
            this.length = at;
            block = this.#roomy(at + 3 * rest.length);
            at += encoder.encodeInto(rest, block.subarray(at)).written;
        }
        if (bracket > 0) block[bracket] = COMMA;
        this.length = at;
    }

    /** The block, with so many bytes at least. @param {number} least */
    #roomy(least) {
        const small = this.#block;
        if (small && small.length >= least) return small;
        const block = new Uint8Array(this.buffers.takeBlock(Math.max(least, small ? 0 : this.expected)));
        if (small) {
            block.set(small.subarray(0, this.length));
            this.buffers.giveBlock(small.buffer);
        }
        this.#block = block;
        return block;
    }

    /** The block, which is not this text's any more. @returns {ArrayBuffer | undefined} */
    take() {
        const block = this.#block;
        this.#block = undefined;
        return block?.buffer;
    }
}

/** @implements {ChunkStream} */
export class RecordChunks {
    lone = 0;
    #position = 0;
    #step = 16;
    #judge = new Judge();
    /** Lets the event loop have its turn when this one was long enough; else there is nothing to wait for. */
    #pace;

    /**
     * @param {RecordFeed} feed
     * @param {{maxRecord: number, buffers: import('./buffers.js').Buffers, yieldToLoop: () => Promise<void>}} context
     */
    constructor(feed, context) {
        this.feed = feed;
        this.context = context;
        this.#pace = pacer(context.yieldToLoop, TURN_MS);
        this.total = feed.total;
        this.records = feed.total;
    }

    /**
     * @param {Wish} wish
     * @returns {Promise<Chunk | null>}
     */
    async next(wish) {
        const text = new ChunkText(this.context.buffers, wish.records === Infinity ? Math.min(BLOCK, wish.bytes) : 0);
        try {
            const { records, lost, warnings } = await this.#fill(text, wish);
            if (records === 0) return null;
            this.#position += records;
            const { length } = text;
            const form = FORMS.ARRAY_WHOLE;
            return { text: text.take(), start: 0, length, form, records, bytes: length, position: this.#position, lost, warnings };
        } finally {
            const left = text.take(); // of a chunk that did not come about, or has lost records only
            if (left) this.context.buffers.giveBlock(left);
        }
    }

    /** @param {ChunkText} text @param {Wish} wish */
    async #fill(text, wish) {
        /** @type {Lost[]} */
        const lost = [];
        /** @type {NonNullable<Chunk['warnings']>} */
        const warnings = [];
        let [records, length] = [0, 0]; // in UTF-16 units, like all that is compared with the wish
        const enough = wish.records === Infinity ? wish.bytes * FULL_ENOUGH : wish.bytes;
        while (records < wish.records && length < enough) {
            await this.#pace();
            const batch = await this.feed.take(Math.min(this.#step, wish.records - records), this.#pace);
            if (batch.length === 0) break;
            const room = wish.bytes - length;
            const piece = wish.exact ? await this.#oneByOne(batch, room, records) : await this.#atOnce(batch, room, records);
            if (piece.count === 0) break;
            if (piece.text !== '') text.add(piece.text);
            for (const one of piece.lost) lost.push(one); // very many may be too many arguments
            for (const one of piece.warnings) warnings.push(one);
            records += piece.count;
            length += piece.text.length;
        }
        return { records, lost, warnings };
    }

    /** @param {number} records */
    async skip(records) {
        await this.#pace();
        const skipped = await this.feed.take(Math.min(records, MOST_SKIPPED), this.#pace);
        this.#position += skipped.length;
        return skipped.length;
    }

    async close() {
        await this.feed.close();
    }

    /**
     * The fast way; a batch that has a record that JSON.stringify does not write as it is, or too much text, goes the other way.
     * @param {unknown[]} batch
     * @param {number} room
     * @param {number} before records of the chunk that came before
     */
    async #atOnce(batch, room, before) {
        const started = performance.now();
        const cap = Math.min(MOST_TEXT, this.context.maxRecord);
        const odd = batch.findIndex((record) => !this.#isPlain(record)); // every() would pass over empty places
        if (odd >= 0) return this.#oneByOne(batch, Math.min(room, cap), before);
        const text = stringified(batch);
        if (text === undefined || text.length > cap) {
            this.#step = Math.max(1, this.#step >> 2);
            return this.#oneByOne(batch, Math.min(room, cap), before);
        }
        this.#adapt(batch.length, text.length, performance.now() - started, room - text.length);
        return { text, count: batch.length, lost: [], warnings: [] };
    }

    /** @param {unknown} record */
    #isPlain(record) {
        try {
            return this.#judge.isPlain(record);
        } catch {
            return false; // a getter threw
        }
    }

    /**
     * The next batch should fill the chunk, or the next chunk, and not take too long.
     * @param {number} count
     * @param {number} length
     * @param {number} spent milliseconds
     * @param {number} room
     */
    #adapt(count, length, spent, room) {
        const fitting = Math.floor((room > 0 ? room : length + room) / (length / count));
        const quick = Math.floor((count * STRINGIFY_MS) / Math.max(spent, 0.05));
        this.#step = Math.max(1, Math.min(fitting, quick, count * 4, 100000));
    }

    /**
     * @param {unknown[]} batch
     * @param {number} room what does not fit is given back, but one record is always taken
     * @param {number} before
     */
    async #oneByOne(batch, room, before) {
        /** @type {string[]} */
        const texts = [];
        /** @type {Lost[]} */
        const lost = [];
        /** @type {NonNullable<Chunk['warnings']>} */
        const warnings = [];
        let [count, length] = [0, 0];
        for (const record of batch) {
            const turn = this.#pace();
            if (turn) await turn;
            const written = this.#written(record);
            if (length + (written.text?.length ?? 0) + 1 > room && before + count > 0) break;
            if (written.text === undefined) lost.push({ ordinal: before + count, ...written });
            else {
                texts.push(written.text);
                for (const { code, column } of written.warnings) warnings.push({ code, column, ordinal: before + count });
            }
            length += (written.text?.length ?? 0) + 1;
            count += 1;
        }
        this.feed.back(batch.slice(count));
        return { text: texts.length === 0 ? '' : `[${texts.join(',')}]`, count, lost, warnings };
    }

    /**
     * @param {unknown} record
     * @returns {import('./record-text.js').Written | import('./record-text.js').Refused}
     */
    #written(record) {
        const { maxRecord } = this.context;
        const text = this.#isPlain(record) ? stringified(record) : undefined;
        if (text === undefined) return writtenRecord(record, maxRecord);
        return text.length > maxRecord ? { code: 'RECORD_TOO_LARGE' } : { text, warnings: [] };
    }
}

/** @param {unknown} value @returns {string | undefined} undefined where it cannot be written, or has become too long for a string */
function stringified(value) {
    try {
        return JSON.stringify(value);
    } catch {
        return undefined;
    }
}
