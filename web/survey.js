// Looks at a source before it is encoded: at its start, or at all of it, so that columns are known and how wide they are.
// SPDX-License-Identifier: MIT
import { Pass } from './pass.js';
import { isCut } from './report.js';

/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */

/** The start of a source: so many records, or so much text, whichever comes first. It decides how wide columns are, and which
 *  there are where a source can be read only once. */
const SAMPLE = { records: 1000, bytes: 1048576, exact: true };

/** The start is read in chunks of so many bytes, always the same ones: none on the way are larger than they are later. */
const SAMPLE_CHUNK = 131072;

/** Where records are left out, those of the start are looked for in so many bytes when the source is looked at as a whole anyway. */
const SEARCHED = 16777216;

/**
 * @typedef {object} SurveyParts
 * @property {ChunkStream} stream
 * @property {import('./plan.js').Plan} plan
 * @property {import('./pace.js').Pace} pace
 * @property {import('./stop.js').Stop} stop
 * @property {(chunk: Chunk) => Promise<SegmentReply>} scan
 * @property {import('./buffers.js').Buffers} buffers
 */

export class Survey {
    /** What is left of the start. */
    #room = { ...SAMPLE };

    /** @param {SurveyParts} parts */
    constructor(parts) {
        this.parts = parts;
    }

    /** Whether records are left out, so that the start of the source is what passes. */
    get #selects() {
        const { filters, offset } = this.parts.plan;
        return filters || offset > 0;
    }

    /**
     * The next chunk of the start of the source, cut without regard to how others are, so that the same records decide; null behind it.
     * @param {number} good records before
     */
    async #nextOfStart(good) {
        const { stream, stop, plan } = this.parts;
        const room = this.#room;
        const left = plan.limit - good;
        if (room.records <= 0 || room.bytes <= 0 || left <= 0) return null;
        const wish = this.#selects ? SAMPLE : { ...room, records: Math.min(room.records, left) };
        return stop.race(stream.next({ ...wish, bytes: Math.min(wish.bytes, SAMPLE_CHUNK) }));
    }

    /** @param {Chunk} chunk @param {number} good records of it */
    #uses(chunk, good) {
        this.#room.records -= this.#selects ? good : (chunk.records ?? 0);
        this.#room.bytes -= this.#selects && good === 0 ? 0 : chunk.bytes;
    }

    /**
     * All of the source.
     * @param {import('./report.js').Tally} tally that `count` fills
     * @param {(chunk: Chunk, reply: SegmentReply, start: boolean) => boolean} count false: nothing behind the chunk is wanted
     */
    async whole(tally, count) {
        const { stream, plan, pace, stop, scan: send } = this.parts;
        let searched = 0;
        const start = {
            next: async () => (searched < SEARCHED ? this.#nextOfStart(tally.good) : null),
            commit: (/** @type {Chunk} */ chunk, /** @type {SegmentReply} */ reply) => {
                if (this.#selects) searched += chunk.bytes;
                this.#uses(chunk, reply.counts.good);
                return count(chunk, reply, true);
            },
        };
        await new Pass({ ...start, send, stop, plan, pace: pace.single }).run();
        const rest = {
            next: (/** @type {import('./chunks.js').Wish} */ wish) => stream.next(wish),
            commit: (/** @type {Chunk} */ chunk, /** @type {SegmentReply} */ reply) => count(chunk, reply, false),
        };
        const left = { limit: plan.limit - tally.good, offset: plan.offset - tally.skipped };
        if (!tally.ended) await new Pass({ ...rest, send, stop, plan: { ...plan, ...left }, pace }).run();
    }

    /**
     * The start of the source, and one chunk more.
     * @param {(chunk: Chunk, reply: SegmentReply) => void} look at each chunk of the start
     * @returns {Promise<{kept: Chunk[], more: boolean}>} the chunks, to be encoded, and whether there may be others behind the start
     */
    async start(look) {
        const { stream, plan, pace, stop, scan, buffers } = this.parts;
        /** @type {Chunk[]} */
        const kept = [];
        let [good, skipped] = [0, 0];
        for (;;) {
            const chunk = await this.#nextOfStart(good);
            if (!chunk) break;
            const take = plan.limit < Infinity ? { take: plan.limit - good } : {};
            if (this.#selects) chunk.window = { skip: plan.offset - skipped, ...take };
            const reply = await stop.race(scan(chunk));
            const { counts } = reply;
            good += counts.good;
            skipped += counts.skipped;
            this.#uses(chunk, counts.good);
            look(chunk, reply);
            const ends = !isCut(chunk, counts) && (chunk.ends || counts.ended === 1);
            const empty = this.#selects && counts.good === 0; // nothing of it is written
            if (empty) buffers.release(chunk);
            kept.push({ ...chunk, ends, ...(empty ? { length: 0, known: reply } : {}) });
            if (ends) return { kept, more: false };
        }
        const left = plan.limit - good;
        const wish = { records: Math.min(pace.chunkSize, this.#selects ? SAMPLE.records : left), bytes: pace.chunkBytes };
        const second = left > 0 ? await stop.race(stream.next(wish)) : null;
        if (second) kept.push(second);
        return { kept, more: second !== null && !second.ends };
    }
}
