// Stop: one switch that ends everything an export waits for.
// SPDX-License-Identifier: MIT

/** @typedef {{reject: (reason: unknown) => void, place: number}} Waiter */

/**
 * Calls something off when a signal is aborted, or was before, for as long as it is not over.
 * @param {AbortSignal | null | undefined} signal
 * @param {(reason: unknown) => void} cancel
 * @param {Promise<unknown>} over
 */
export function heed(signal, cancel, over) {
    if (typeof signal?.addEventListener !== 'function') return;
    const heard = () => cancel(signal.reason);
    if (signal.aborted) heard();
    else signal.addEventListener('abort', heard, { once: true });
    void over.then(() => signal.removeEventListener('abort', heard));
}

/**
 * Like an AbortSignal, but a promise that was waited for leaves nothing behind, so that millions of waits cost no memory.
 * The waiters stand in an array, not in a Set: a Set that is always filled and emptied leaves a chain of old tables, which
 * keeps what they held until the next full garbage collection.
 */
export class Stop {
    /** @type {unknown} */
    reason = undefined;
    stopped = false;
    /** @type {Waiter[]} */
    #waiters = [];

    /** The first reason counts. @param {unknown} reason */
    stop(reason) {
        if (this.stopped) return;
        this.stopped = true;
        this.reason = reason;
        for (const { reject } of this.#waiters) reject(reason);
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
            const waiter = { reject, place: this.#waiters.length };
            this.#waiters.push(waiter);
            Promise.resolve(promise).then(
                (value) => {
                    this.#remove(waiter);
                    resolve(value);
                },
                (error) => {
                    this.#remove(waiter);
                    reject(error);
                },
            );
        });
    }

    /** The last one takes its place. @param {Waiter} waiter */
    #remove(waiter) {
        const last = /** @type {Waiter} */ (this.#waiters.pop());
        if (last === waiter) return;
        this.#waiters[waiter.place] = last;
        last.place = waiter.place;
    }
}
