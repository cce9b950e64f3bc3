// Patience with what is outside: how long something is waited for, and how often it is tried again.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';

/** Before the next try, growing four times each time; servers that ask for more than the last are not waited for. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 60000;

/** @typedef {import('./stop.js').Stop} Stop */

export class Patience {
    /**
     * @param {object} limits
     * @param {number} limits.retries of one thing, in a row
     * @param {number} [limits.timeout] milliseconds; 0: any time
     * @param {() => void} limits.retried is told of every further try
     * @param {Stop} limits.stop ends all waiting
     * @param {import('./platform.js').Platform['later']} limits.later
     */
    constructor({ retries, timeout = 0, retried, stop, later }) {
        this.retries = retries;
        this.timeout = timeout;
        this.retried = retried;
        this.stop = stop;
        this.later = later;
    }

    /**
     * What the source gives, unless that takes too long.
     * @template T
     * @param {T | PromiseLike<T>} wait
     * @param {() => void} [giveUp] called when it has taken too long
     * @returns {Promise<T>}
     */
    within(wait, giveUp = () => {}) {
        if (this.timeout === 0) return Promise.resolve(wait);
        return new Promise((resolve, reject) => {
            const late = () => {
                giveUp();
                reject(exportError('SOURCE_STALLED', `nothing came for ${this.timeout} ms`));
            };
            const callOff = this.later(late, this.timeout, true);
            void this.stop.race(wait).then(resolve, reject).finally(callOff);
        });
    }

    /**
     * Does something, and again where it fails in a way that may pass.
     * @template T
     * @param {() => T | PromiseLike<T>} act
     * @param {{mayPass?: (error: any) => boolean}} owner knows which failures may
     * @returns {Promise<T>}
     */
    async again(act, owner) {
        for (let failures = 0; ; failures += 1) {
            try {
                return await act();
            } catch (error) {
                const pause = pauseAfter(failures, error);
                if (failures >= this.retries || this.stop.stopped || pause > LONGEST_PAUSE_MS || !owner.mayPass?.(error)) throw error;
                this.retried();
                await this.#pause(pause);
            }
        }
    }

    /** @param {number} milliseconds */
    async #pause(milliseconds) {
        let callOff = () => {};
        /** @type {Promise<void>} */
        const pause = new Promise((resolve) => {
            callOff = this.later(resolve, milliseconds, true);
        });
        await this.stop.race(pause).finally(() => callOff());
    }
}

/** Sources and sinks of the user's own are waited for so long when an export has failed. */
const UNDO_MS = 2000;

/**
 * Waits for what is undone, but not for ever.
 * @param {Promise<unknown>} undone
 * @param {import('./platform.js').Platform['later']} later
 * @returns {Promise<void>}
 */
export function undoneInTime(undone, later) {
    return new Promise((resolve) => {
        const callOff = later(resolve, UNDO_MS, true);
        const over = () => {
            callOff();
            resolve();
        };
        undone.then(over, over);
    });
}

/** Tries of many exports are spread, so that they do not come back all at once. @param {number} failures @param {any} error */
function pauseAfter(failures, error) {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 4 ** failures) * (0.75 + Math.random() / 4);
    return Math.max(pause, Number(error?.retryAfter ?? 0));
}

/** Failures of the system that may pass: interrupted, busy, out of handles for now, a device or a network file system that stumbled. */
const PASSING = new Set(['EAGAIN', 'EINTR', 'EBUSY', 'EIO', 'EMFILE', 'ENFILE', 'ETIMEDOUT', 'ESTALE', 'ENOBUFS']);

/** @param {any} error of a file in Node */
export function mayFilePass(error) {
    return PASSING.has(error?.code);
}
