// Stop: one switch that ends everything an export waits for.
// SPDX-License-Identifier: MIT

/**
 * Like an AbortSignal, but a promise that was waited for leaves nothing behind, so that millions of waits cost no memory.
 */
export class Stop {
    /** @type {unknown} */
    reason = undefined;
    stopped = false;
    /** @type {Set<(reason: unknown) => void>} */
    #waiting = new Set();

    /** The first reason counts. @param {unknown} reason */
    stop(reason) {
        if (this.stopped) return;
        this.stopped = true;
        this.reason = reason;
        for (const reject of this.#waiting) reject(reason);
        this.#waiting.clear();
    }

    check() {
        if (this.stopped) throw this.reason;
    }

    /**
     * Settles with the promise, or rejects with the reason when that comes first.
     * @template T
     * @param {T | PromiseLike<T>} promise
     * @returns {Promise<T>}
     */
    race(promise) {
        return new Promise((resolve, reject) => {
            if (this.stopped) reject(this.reason);
            this.#waiting.add(reject);
            Promise.resolve(promise)
                .then(resolve, reject)
                .finally(() => this.#waiting.delete(reject));
        });
    }
}
