// ExportJob: what a caller holds of an export.
// SPDX-License-Identifier: MIT

/** @typedef {import('./types.js').ExportProgress} ExportProgress */

/** What a caller holds of an export. */
export class ExportJob {
    /** @type {import('./run.js').Run} */
    #run;

    /** @param {import('./run.js').Run} run */
    constructor(run) {
        this.#run = run;
        this.id = run.id;
        /** @type {Promise<import('./types.js').ExportResult>} rejects with an ExportError */
        this.result = run.result;
    }

    /** @returns {ExportProgress} */
    get progress() {
        return this.#run.progress.snapshot;
    }

    /** @returns {Promise<boolean>} true when it was running or waiting, once its workers and files are gone */
    cancel() {
        return this.#run.cancel();
    }

    /**
     * The progress whenever it changes, up to the last one; what came between two looks is left out.
     * @returns {AsyncGenerator<ExportProgress, void, void>}
     */
    [Symbol.asyncIterator]() {
        return following(this.#run);
    }
}

/**
 * @template {ExportProgress} P
 * @param {{progress: {snapshot: P}, change: () => Promise<void>}} run
 * @returns {AsyncGenerator<P, void, void>}
 */
export async function* following(run) {
    for (;;) {
        const seen = run.progress.snapshot;
        yield seen;
        if (seen.phase === 'completed' || seen.phase === 'cancelled' || seen.phase === 'failed') return;
        while (run.progress.snapshot === seen) await run.change();
    }
}
