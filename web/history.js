// What a processor knows of its exports: those that wait, run and have ended, as a snapshot that stores can show.
// SPDX-License-Identifier: MIT
import { BatchRun } from './batch.js';
import { Run } from './run.js';

/** @typedef {import('./types.js').Snapshot} Snapshot */

/**
 * @typedef {object} HistoryLimits
 * @property {number} historyLimit exports that have ended and are kept
 * @property {number} historyAge milliseconds that they are kept
 */

/** The longest that timers can wait. */
const MOST_DELAY = 2147483647;

export class History {
    /** @type {Map<string, Run>} */
    #runs = new Map();
    /** @type {Map<string, BatchRun>} */
    #batches = new Map();
    /** @type {Snapshot | undefined} */
    #snapshot;
    #callOff = () => {};

    /**
     * @param {HistoryLimits} limits
     * @param {{platform: import('./platform.js').Platform, now: () => number, memory: () => number, forgotten: () => void}} context
     *   `forgotten` is called when something is not known any more
     */
    constructor(limits, context) {
        this.limits = limits;
        this.context = context;
    }

    /** @param {Run | BatchRun} run */
    add(run) {
        if (run instanceof Run) this.#runs.set(run.id, run);
        else {
            this.#batches.set(run.id, run);
            for (const one of run.runs) this.#runs.set(one.id, one);
        }
        void run.over.then(() => this.#tidy());
    }

    /** @param {string} id */
    get(id) {
        return this.#runs.get(id) ?? this.#batches.get(id);
    }

    get #all() {
        return [...this.#runs.values(), ...this.#batches.values()];
    }

    get #ended() {
        return this.#all.filter((run) => run.progress.isLast);
    }

    /** Something has changed. */
    changed() {
        this.#snapshot = undefined;
    }

    /** @returns {Snapshot} the same object until something changes */
    get snapshot() {
        this.#snapshot ??= this.#made();
        return this.#snapshot;
    }

    #made() {
        const runs = [...this.#runs.values()];
        const exports = Object.freeze(runs.map((run) => run.progress.snapshot));
        const queued = exports.filter(({ phase }) => phase === 'queued').length;
        const ended = runs.filter((run) => run.progress.isLast).length;
        return Object.freeze({
            exports,
            entries: Object.freeze(runs.map((run) => run.entry)),
            batches: Object.freeze([...this.#batches.values()].map((batch) => batch.entry)),
            queued,
            running: exports.length - queued - ended,
            memoryBytes: this.context.memory(),
        });
    }

    /**
     * Forgets what ended `age` milliseconds ago, except the newest `count` exports. A batch is kept as long as one of its exports.
     * @param {{age: number, count: number}} limits
     * @returns {Promise<unknown>} settles when the files are gone
     */
    forget({ age, count }) {
        const now = this.context.now();
        const ended = this.#ended.filter((run) => run instanceof Run).sort((one, other) => (one.endedAt ?? 0) - (other.endedAt ?? 0));
        const newest = new Set(count > 0 ? ended.slice(-count) : []);
        const isKept = (/** @type {Run | BatchRun} */ run) =>
            now - (run.endedAt ?? now) < age || (run instanceof Run ? newest.has(run) : run.runs.some((one) => newest.has(one)));
        return this.#remove(this.#ended.filter((run) => !isKept(run)));
    }

    /** @param {(Run | BatchRun)[]} gone */
    #remove(gone) {
        if (gone.length === 0) return Promise.resolve();
        for (const { id } of gone) {
            this.#runs.delete(id);
            this.#batches.delete(id);
        }
        this.context.forgotten();
        return Promise.allSettled(gone.map((run) => run.remove()));
    }

    /** What is too much or too old is forgotten without being asked. */
    #tidy() {
        const { historyLimit, historyAge } = this.limits;
        if (this.#runs.size > historyLimit) void this.forget({ age: 0, count: historyLimit });
        if (historyAge === Infinity) return;
        void this.forget({ age: historyAge, count: 0 });
        this.#callOff();
        const oldest = this.#ended.reduce((least, { endedAt = Infinity }) => Math.min(least, endedAt), Infinity);
        const rest = oldest + historyAge - this.context.now();
        if (rest < Infinity) this.#callOff = this.context.platform.later(() => this.#tidy(), Math.min(MOST_DELAY, Math.max(1, rest)));
    }

    /** Cancels everything and forgets it. @param {() => Promise<void>} end called in between */
    async dispose(end) {
        await Promise.all(this.#all.map((run) => run.cancel()));
        await end();
        this.#callOff();
        await this.#remove(this.#ended);
    }
}
