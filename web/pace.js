// How large the chunks of an export are and how many are on the way: by its share of memory, its records and its speed.
// SPDX-License-Identifier: MIT
import { CHUNK_TEXT, MOST_TEXT } from './chunks.js';
import { EXPANSION } from './plan.js';

/** What one worker needs with its chunks on the way: its module, text, cells and segments; more where chunks are kept until they have
 *  their places. */
const WORKER_BYTES = 6291456;
const PARTS_WORKER_BYTES = 12582912;

/** Files that are larger count against the workers, however much room there is. */
const LARGE_FILES = 4194304;

/** The same as EXPANSION, where chunks are kept until they have their places. */
const PARTS_EXPANSION = 72;

/** Chunks on the way for each worker: two that wait in it, one that waits for its turn to be written. */
const CHUNKS_PER_WORKER = 3;

/** How much of its share an export may have on the way as text. */
const TEXT_SHARE = 1 / 6;

/** A chunk takes a worker no longer than this, so that progress moves and a cancel is quick. */
const CHUNK_MS = 100;

/** Smaller chunks cost more than they save, and larger records than this have chunks of their own anyway. */
const LEAST_CHUNK = 16384;

/** More workers are worth their start where those that there are have so many milliseconds of work before them each, ... */
const WORTH_MS = 200;

/** ... and were busy for so much of the time: where they wait for the source or the sink, more of them would wait too. */
const BUSY = 0.85;

/** How busy they are is judged when they have worked for so many milliseconds each. */
const TRIAL_MS = 100;

/** How much the figure of the last chunk counts against those before it. */
const WEIGHT = 0.2;

/** @typedef {import('./types.js').PlanReason} Reason */

/** @param {[number, Reason][]} bounds @returns {[number, Reason]} */
function least(bounds) {
    return bounds.reduce((one, other) => (other[0] < one[0] ? other : one));
}

export class Pace {
    /** Whether chunks are kept until they have their places in a part of the file. */
    parts = false;
    /** Bytes of files that every worker keeps, such as fonts, as far as they are known before they are read. */
    files = 0;
    /** Of the source's text, where known. */
    recordBytes = 0;
    /** Bytes of text that a worker encodes in a millisecond, where known. */
    speed = 0;
    /** How often the next chunk had to wait, because too much memory was held. */
    waits = 0;
    #waiting = false;
    /** Workers that are worth it so far; from the start as many as the options say. */
    #worth;
    /** Milliseconds that all workers have worked. */
    #worked = 0;
    /** The same of this trial, and since when it goes on. */
    #tried = 0;
    #since = 0;

    /**
     * @param {import('./options.js').HostSettings} host
     * @param {number} cores workers when the options do not say how many
     * @param {import('./governor.js').Governor} governor
     * @param {import('./governor.js').Member} member the export's
     */
    constructor(host, cores, governor, member) {
        this.host = host;
        this.#worth = host.workers ?? 1;
        this.cores = cores;
        this.governor = governor;
        this.member = member;
    }

    get share() {
        return this.governor.share(this.member);
    }

    /** @returns {[number, Reason]} */
    #workers() {
        const { workers } = this.host;
        const each = (this.parts ? PARTS_WORKER_BYTES : WORKER_BYTES) + this.files;
        const affordable = Math.max(1, Math.floor(this.share / each));
        const roomy = this.files < LARGE_FILES && this.governor.isRoomy(this.member);
        /** @type {[number, Reason]} */
        const asked = workers === undefined ? [this.cores, 'cores'] : [workers, 'option'];
        return asked[0] > affordable && !roomy ? [affordable, 'memory'] : asked;
    }

    /** Workers that the export may use. */
    get workers() {
        return this.#workers()[0];
    }

    /** Those of them that are worth their start by now. */
    get wanted() {
        return Math.min(this.workers, this.#worth);
    }

    /** Chunks on the way; fewer where memory is scarce. */
    get window() {
        return this.wanted * (this.governor.pressure > 0 ? CHUNKS_PER_WORKER - 1 : CHUNKS_PER_WORKER);
    }

    /** Text on the way. */
    get windowBytes() {
        return this.share * TEXT_SHARE;
    }

    /** Records; Infinity when it goes by bytes. */
    get chunkSize() {
        return this.host.chunkSize ?? Infinity;
    }

    /** @returns {[number, Reason]} */
    #chunkBytes() {
        const counted = this.host.chunkSize !== undefined;
        const memory = this.share / ((this.parts ? PARTS_EXPANSION : EXPANSION) * this.workers) / (this.governor.pressure > 1 ? 4 : 1);
        /** @type {[number, Reason]} */
        const usual = counted ? [MOST_TEXT, 'option'] : [this.parts ? CHUNK_TEXT / 2 : CHUNK_TEXT, 'usual'];
        const speed = counted || this.speed === 0 ? Infinity : this.speed * CHUNK_MS;
        const [bytes, reason] = least([usual, [memory, 'memory'], [speed, 'speed']]);
        return [Math.max(LEAST_CHUNK, Math.floor(bytes)), reason];
    }

    get chunkBytes() {
        return this.#chunkBytes()[0];
    }

    /**
     * Whether there is room for one more chunk. An export that has none on its way always gets one, so that all of them come to an end.
     * @param {number} chunks on the way
     * @param {number} bytes of them
     */
    hasRoom(chunks, bytes) {
        if (chunks === 0) return true;
        if (chunks >= this.window || bytes >= this.windowBytes) return false;
        const full = this.governor.pressure > 2;
        if (full && !this.#waiting) this.waits += 1;
        this.#waiting = full;
        return !full;
    }

    /** The same, one chunk after the other. */
    get single() {
        return { chunkSize: this.chunkSize, chunkBytes: this.chunkBytes, hasRoom: (/** @type {number} */ chunks) => chunks === 0 };
    }

    /**
     * What a chunk tells for the next ones.
     * @param {number} bytes of its text
     * @param {number} records
     * @param {number} spent milliseconds of its worker
     * @param {number} [share] of the source that is behind, from 0 to 1, where known
     */
    note(bytes, records, spent, share) {
        if (bytes === 0 || records === 0) return;
        this.recordBytes = averaged(this.recordBytes, bytes / records);
        if (spent > 0) this.speed = averaged(this.speed, bytes / spent);
        this.#grow(spent, share);
    }

    /**
     * Small exports, and those whose source or sink is slow, are faster with few workers. Where it is not known how much is left, it is taken
     * to be as much as is behind.
     * @param {number} spent milliseconds of a worker
     * @param {number} [share] of the source that is behind
     */
    #grow(spent, share) {
        const now = performance.now();
        this.#worked += spent;
        if (this.#since === 0) this.#since = now; // the first chunk only starts the clock
        else this.#tried += spent;
        if (this.#tried < TRIAL_MS * this.#worth) return;
        const left = share ? (this.#worked * (1 - share)) / share : this.#worked;
        const busy = this.#tried / (now - this.#since) / this.#worth;
        if (left > WORTH_MS * this.#worth && busy > BUSY) this.#worth *= 2;
        this.#tried = 0;
        this.#since = now;
    }

    /** For the report. @returns {import('./types.js').PlanReport} */
    figures() {
        const [workers, ofWorkers] = this.#workers();
        const [chunkBytes, ofChunks] = this.#chunkBytes();
        const { chunkSize = Infinity } = this.host;
        const records = Math.max(1, Math.floor(chunkBytes / Math.max(1, this.recordBytes)));
        return {
            workers,
            workersWanted: this.wanted,
            chunksInFlight: this.wanted * CHUNKS_PER_WORKER,
            windowBytes: Math.floor(this.windowBytes),
            chunkSize: Math.min(chunkSize, records),
            chunkBytes,
            memoryShare: Math.floor(this.share),
            recordBytes: Math.round(this.recordBytes),
            bytesPerSecond: Math.round(this.speed * 1000),
            waits: this.waits,
            why: { workers: ofWorkers, chunkBytes: chunkSize <= records ? 'option' : ofChunks },
        };
    }
}

/** @param {number} known 0: nothing yet @param {number} next */
function averaged(known, next) {
    return known === 0 ? next : known + (next - known) * WEIGHT;
}
