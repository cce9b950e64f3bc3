// Measures how long the page's thread was blocked, with a timer that must never be late, and draws it.
// SPDX-License-Identifier: MIT

/** Browsers make nested timers at least this long. */
const INTERVAL = 4;
/** How much time one bar stands for, and how many there are. */
const BAR_MILLISECONDS = 200;
const BARS = 100;
const FRAME = 16;
const FULL_SCALE = 50;

export class PauseMeter {
    /** The longest pause since `start`, in milliseconds. */
    longest = 0;
    /** @type {number[]} */
    #bars = [];
    #barEnds = 0;
    #expected = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    #canvas;

    /** @param {HTMLCanvasElement} canvas */
    constructor(canvas) {
        this.#canvas = canvas;
    }

    start() {
        this.stop();
        this.longest = 0;
        this.#bars = [];
        this.#barEnds = 0;
        this.#wait(performance.now());
    }

    stop() {
        clearTimeout(this.#timer);
        this.#timer = undefined;
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
        this.#wait(now);
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
        this.longest = Math.max(this.longest, late);
    }

    /** Draws the bars; meant to be called once a frame at most. */
    draw() {
        const canvas = this.#canvas;
        const context = canvas.getContext('2d');
        if (!context) return;
        const ratio = globalThis.devicePixelRatio || 1;
        const width = canvas.clientWidth;
        const height = canvas.clientHeight;
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        context.scale(ratio, ratio);
        this.#drawBars(context, width, height);
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {number} width
     * @param {number} height
     */
    #drawBars(context, width, height) {
        const style = getComputedStyle(this.#canvas);
        const accent = style.getPropertyValue('--accent');
        const warn = style.getPropertyValue('--warn');
        const step = width / BARS;
        this.#bars.forEach((late, i) => {
            const bar = Math.max(1, (Math.min(late, FULL_SCALE) / FULL_SCALE) * height);
            context.fillStyle = late > FRAME ? warn : accent;
            context.fillRect(i * step, height - bar, Math.max(1, step - 1.5), bar);
        });
        const line = Math.round(height - (FRAME / FULL_SCALE) * height) + 0.5;
        context.strokeStyle = style.getPropertyValue('--field-line');
        context.setLineDash([3, 3]);
        context.beginPath();
        context.moveTo(0, line);
        context.lineTo(width, line);
        context.stroke();
    }
}
