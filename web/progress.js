// The progress of one export: counted where chunks are committed, told as snapshots that never change.
// SPDX-License-Identifier: MIT

/** @typedef {import('./types.js').ExportProgress} ExportProgress */
/** @typedef {import('./types.js').Phase} Phase */

/** Between two tellings of the same phase. */
const TELL_MS = 50;

/** Phases after which nothing follows. */
export const LAST_PHASES = new Set(['completed', 'cancelled', 'failed']);

export class Progress {
    /** @type {Phase} */
    phase = 'queued';
    recordsRead = 0;
    recordsWritten = 0;
    recordsFiltered = 0;
    recordsRejected = 0;
    /** @type {number | undefined} */
    recordsTotal = undefined;
    bytesIn = 0;
    bytesOut = 0;
    memoryBytes = 0;
    peakMemoryBytes = 0;
    workers = 0;
    /** How often something was done again because a worker was lost or a source failed. */
    retries = 0;
    chunkSize = 0;
    warnings = 0;
    /** @type {import('./types.js').Estimate | undefined} */
    estimate = undefined;
    /** Passes over the source, and those that are behind. */
    passes = 1;
    passed = 0;
    /** How much of the source this pass has used up, from 0 to 1. @type {number | undefined} */
    share = undefined;
    /** When each phase began. @type {Partial<Record<Phase, number>>} */
    began = {};
    #told = 0;
    /** While something was counted that is not told yet: calls off that it will be. @type {(() => void) | undefined} */
    #callOff;

    /**
     * @param {string} id
     * @param {string} format
     * @param {() => number} now
     * @param {import('./platform.js').Platform['later']} later
     * @param {(progress: ExportProgress) => void} tell
     */
    constructor(id, format, now, later, tell) {
        this.id = id;
        this.format = format;
        this.now = now;
        this.later = later;
        this.tell = tell;
        this.began.queued = now();
        this.snapshot = this.#made();
    }

    get isLast() {
        return LAST_PHASES.has(this.phase);
    }

    /** @param {Phase} phase */
    enter(phase) {
        if (this.isLast) return;
        this.phase = phase;
        this.began[phase] = this.now();
        if (phase === 'encoding') {
            this.recordsRead = this.recordsFiltered = this.recordsRejected = this.bytesIn = 0;
            this.share = this.share === undefined ? undefined : 0;
        }
        this.#tellNow();
    }

    /** Enters a phase of which nothing is told yet. @param {Phase} phase */
    close(phase) {
        this.phase = phase;
        this.began[phase] = this.now();
    }

    tellLast() {
        this.#tellNow();
    }

    /** What was counted is forgotten; the source is gone through so many times from here. @param {number} passes */
    startOver(passes) {
        this.passes = passes;
        this.estimate = undefined;
        this.recordsRead = this.recordsWritten = this.recordsFiltered = this.recordsRejected = this.bytesIn = this.bytesOut = 0;
        this.share = this.share === undefined ? undefined : 0;
        this.enter('analyzing');
    }

    /** Something was counted: that is told soon, also when nothing more is counted for a while. */
    changed() {
        if (this.now() - this.#told >= TELL_MS) this.#tellNow();
        else this.#callOff ??= this.later(() => (this.isLast ? undefined : this.#tellNow()), TELL_MS);
    }

    /** @param {number} bytes that the library holds now */
    holds(bytes) {
        this.memoryBytes = bytes;
        if (bytes > this.peakMemoryBytes) this.peakMemoryBytes = bytes;
    }

    #tellNow() {
        this.#callOff?.();
        this.#callOff = undefined;
        this.#told = this.now();
        this.snapshot = this.#made();
        this.tell(this.snapshot);
    }

    #percent() {
        if (this.phase === 'completed') return 100;
        if (this.share === undefined) return undefined;
        const done = (this.passed + Math.min(1, this.share)) / this.passes;
        return Math.min(99.9, Math.floor(done * 1000) / 10);
    }

    /** @param {number | undefined} percent @param {number} now */
    #eta(percent, now) {
        const began = this.began.analyzing ?? this.began.encoding;
        if (percent === undefined || percent <= 0 || began === undefined || this.isLast) return undefined;
        return Math.round(((now - began) * (100 - percent)) / percent);
    }

    /** Milliseconds in a phase; 0 when it was never entered. @param {Phase} phase @param {Phase[]} after */
    spent(phase, after) {
        const began = this.began[phase];
        const ended = after.map((next) => this.began[next]).find((time) => time !== undefined) ?? this.now();
        return began === undefined ? 0 : ended - began;
    }

    /** @returns {import('./types.js').Timings} */
    timings() {
        return {
            queued: this.spent('queued', ['analyzing', 'encoding']),
            analyzing: this.spent('analyzing', ['encoding']),
            encoding: this.spent('encoding', ['finalizing']),
            finalizing: this.spent('finalizing', ['completed']),
            total: this.spent('queued', ['completed']),
        };
    }

    /** @returns {Readonly<ExportProgress>} */
    #made() {
        const now = this.now();
        const percent = this.#percent();
        const counting = this.began.encoding ?? this.began.analyzing ?? now;
        const spent = Math.max(1, (this.began.finalizing ?? now) - counting);
        return Object.freeze({
            id: this.id,
            format: this.format,
            phase: this.phase,
            recordsRead: this.recordsRead,
            recordsWritten: this.recordsWritten,
            recordsFiltered: this.recordsFiltered,
            recordsRejected: this.recordsRejected,
            recordsTotal: this.recordsTotal,
            bytesIn: this.bytesIn,
            bytesOut: this.bytesOut,
            percent,
            recordsPerSecond: Math.round((this.recordsRead * 1000) / spent),
            etaMs: this.#eta(percent, now),
            memoryBytes: this.memoryBytes,
            workers: this.workers,
            chunkSize: this.chunkSize,
            retries: this.retries,
            warnings: this.warnings,
            estimate: this.estimate,
        });
    }
}
