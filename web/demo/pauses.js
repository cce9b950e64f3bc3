// Measures how long the page's thread was blocked, with a timer that must never be late.
// SPDX-License-Identifier: MIT

/** Browsers make nested timers at least this long. */
const INTERVAL = 4;
/** How much time one bar stands for, and how many there are. */
const BAR_MILLISECONDS = 200;
export const BARS = 80;
/** How often those who look are told. */
const TELL_MILLISECONDS = 250;

/**
 * Never changes.
 * @typedef {object} Pauses
 * @property {number} longest pause since `start`, in milliseconds
 * @property {number} late how many were over one frame
 * @property {readonly number[]} bars the longest pause of each span, the last one at the end
 * @property {boolean} measuring
 */

/** A frame of a display, which no pause should be longer than. */
export const FRAME = 16;

export class PauseMeter {
    #longest = 0;
    #late = 0;
    /** @type {number[]} */
    #bars = [];
    #barEnds = 0;
    #expected = 0;
    #toldAt = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    /** @type {Set<() => void>} */
    #listeners = new Set();
    /** @type {Pauses} */
    #snapshot = { longest: 0, late: 0, bars: [], measuring: false };

    /** Goes on where it is already running. */
    start() {
        if (this.#timer !== undefined) return;
        this.#longest = 0;
        this.#late = 0;
        this.#bars = [];
        this.#barEnds = 0;
        this.#wait(performance.now());
        this.#tell();
    }

    stop() {
        if (this.#timer === undefined) return;
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#tell();
    }

    /** @param {() => void} listener */
    subscribe = (listener) => {
        this.#listeners.add(listener);
        return () => {
            this.#listeners.delete(listener);
        };
    };

    getSnapshot = () => this.#snapshot;

    #tell() {
        this.#toldAt = performance.now();
        this.#snapshot = { longest: this.#longest, late: this.#late, bars: [...this.#bars], measuring: this.#timer !== undefined };
        for (const listener of this.#listeners) listener();
    }

    /** @param {number} now */
    #wait(now) {
        this.#expected = now + INTERVAL;
        this.#timer = setTimeout(() => this.#tick(), INTERVAL);
    }

    #tick() {
        const now = performance.now();
        // Timers of a page that nobody sees are slowed down by the browser; that is no pause.
        if (document.visibilityState === 'visible') this.#note(now, Math.max(0, now - this.#expected));
        this.#wait(performance.now());
        if (now - this.#toldAt >= TELL_MILLISECONDS) this.#tell();
    }

    /**
     * @param {number} now
     * @param {number} late
     */
    #note(now, late) {
        if (now > this.#barEnds) {
            this.#barEnds = now + BAR_MILLISECONDS;
            this.#bars.push(0);
            if (this.#bars.length > BARS) this.#bars.shift();
        }
        const last = this.#bars.length - 1;
        this.#bars[last] = Math.max(this.#bars[last], late);
        this.#longest = Math.max(this.#longest, late);
        if (late > FRAME) this.#late += 1;
    }
}
