// One pass over a source: chunks go to workers side by side and come back in order, and never too many are on the way.
// SPDX-License-Identifier: MIT
import { Stop } from './stop.js';

/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */

/**
 * @typedef {object} PassParts
 * @property {(wish: import('./chunks.js').Wish) => Promise<Chunk | null>} next
 * @property {(chunk: Chunk) => Promise<SegmentReply>} send
 * @property {(chunk: Chunk, reply: SegmentReply) => boolean | Promise<boolean>} commit called in the order of the source;
 *   false: nothing behind this chunk is wanted
 * @property {import('./stop.js').Stop} stop
 * @property {import('./plan.js').Plan} plan
 * @property {Pick<import('./pace.js').Pace, 'chunkSize' | 'chunkBytes' | 'hasRoom'>} pace
 */

/** Why a pass ends before its source does. */
const CUT_OFF = Symbol('cut off');

/** Records that a chunk may have at least, where only some of them pass. */
const LEAST_FILTERED = 4096;

/** Records of a chunk that may turn out good. @param {Chunk} chunk */
function pendingOf({ records = 0, window }) {
    return Math.min(records, window?.take ?? Infinity);
}

export class Pass {
    /** @type {{chunk: Chunk, reply: Promise<SegmentReply>}[]} */
    #queue = [];
    #ended = false;
    #bytes = 0;
    /** Records on the way that may turn out good, and good ones that have come. */
    #pending = 0;
    #good = 0;
    /** Records that were left out for the offset. */
    #skipped = 0;
    /** @type {(() => void)[]} */
    #watchers = [];
    /** Ends the wait for a chunk that is not wanted any more. */
    #cut = new Stop();

    /** @param {PassParts} parts */
    constructor(parts) {
        this.parts = parts;
    }

    /** Ends when everything was committed; rejects with the first failure, which also stops the export. */
    async run() {
        const { stop } = this.parts;
        const fail = (/** @type {unknown} */ error) => stop.stop(error);
        await Promise.all([this.#produce().catch(fail), this.#consume().catch(fail)]);
        stop.check();
    }

    async #produce() {
        await this.#readOn().catch((error) => {
            if (error !== CUT_OFF) throw error;
        });
        this.#ended = true;
        this.#changed();
    }

    async #readOn() {
        const { next, stop } = this.parts;
        while (!this.#ended) {
            const wish = this.#wish();
            if (wish === 'enough') break;
            if (wish === 'wait') {
                await this.#change();
                continue;
            }
            const chunk = await stop.race(this.#cut.race(next(wish)));
            if (!chunk || !(await this.#opens(chunk))) break;
            this.#push(chunk);
        }
    }

    /**
     * What the next chunk should be. With a limit no more records are taken than may still be written, so that what lies
     * behind the limit is never read, however the source is cut. Where a filter leaves records out, chunks do not become ever smaller.
     */
    #wish() {
        const { limit, offset, filters } = this.parts.plan;
        const { pace } = this.parts;
        if (!pace.hasRoom(this.#queue.length, this.#bytes)) return 'wait';
        const left = limit - this.#good - this.#pending;
        if (left <= 0) return this.#pending > 0 ? 'wait' : 'enough';
        const most = left + offset - this.#skipped;
        return { records: Math.min(pace.chunkSize, filters ? Math.max(most, LEAST_FILTERED) : most), bytes: pace.chunkBytes };
    }

    /**
     * Gives a chunk in which the offset or the limit may lie its window, which is known only when all chunks before it are counted.
     * @param {Chunk} chunk
     * @returns {Promise<boolean>} false: nothing of it is wanted
     */
    async #opens(chunk) {
        const { limit, offset, filters } = this.parts.plan;
        const crosses = () => this.#skipped < offset || (filters && (chunk.records ?? Infinity) > limit - this.#good - this.#pending);
        while (!this.#ended && this.#queue.length > 0 && crosses()) await this.#change();
        if (this.#ended) return false;
        if (!crosses()) return true;
        chunk.window = { skip: offset - this.#skipped, ...(limit < Infinity ? { take: limit - this.#good } : {}) };
        return this.#good < limit;
    }

    /** @param {Chunk} chunk */
    #push(chunk) {
        const reply = this.parts.send(chunk);
        reply.catch(() => {}); // it is looked at when its turn comes, or the export has failed before
        this.#bytes += chunk.length;
        this.#pending += pendingOf(chunk);
        this.#queue.push({ chunk, reply });
        this.#changed();
    }

    async #consume() {
        const { commit, stop } = this.parts;
        for (;;) {
            while (this.#queue.length === 0 && !this.#ended) await this.#change();
            if (this.#queue.length === 0) return;
            const { chunk, reply } = this.#queue[0];
            const answer = await stop.race(reply);
            if (!(await stop.race(commit(chunk, answer)))) return this.#cutOff();
            this.#queue.shift();
            this.#bytes -= chunk.length;
            this.#pending -= pendingOf(chunk);
            this.#good += answer.counts.good;
            this.#skipped += answer.counts.skipped;
            this.#changed();
        }
    }

    /** What is on the way already is not wanted; its replies are waited for, because they bring buffers back. */
    async #cutOff() {
        this.#ended = true;
        this.#cut.stop(CUT_OFF);
        this.#changed();
        await Promise.allSettled(this.#queue.map(({ reply }) => reply));
    }

    #change() {
        /** @type {Promise<void>} */
        const change = new Promise((resolve) => void this.#watchers.push(resolve));
        return this.parts.stop.race(change);
    }

    #changed() {
        for (let wake = this.#watchers.pop(); wake; wake = this.#watchers.pop()) wake();
    }
}
