// The one memory budget of a processor: what all its exports hold, and what each of them may.
// SPDX-License-Identifier: MIT
import { MODULE_BYTES } from './pool.js';

/** The budget when neither the processor nor an export says more. */
const USUAL_BUDGET = 52428800;

/** No export is started that would leave the others with less than this each. */
const LEAST_SHARE = 8388608;

/** How much of the budget is held when exports take less: fewer chunks on the way, then smaller chunks, then none while one is. */
const STEPS = [0.8, 0.9, 1];

/** Up to this much of it exports may use more workers than their shares pay for, with what the modules of one more would hold. */
const ROOMY = 0.75;

/** Workers are exchanged for fresh ones, whose memory is small, at most this often. */
const RELIEF_MS = 500;

/**
 * @typedef {object} Member an export that runs
 * @property {number} [most] bytes that its options say
 * @property {string[]} modules that its workers load
 */

export class Governor {
    /** @type {Set<Member>} */
    #members = new Set();
    /** @type {Set<() => number>} */
    #meters = new Set();
    #relieved = -Infinity;

    /**
     * @param {import('./pool.js').Pool} pool
     * @param {() => number} hostMemory bytes of the wasm memory on this side
     * @param {number} [budget] bytes, where the processor's options say so
     */
    constructor(pool, hostMemory, budget) {
        this.pool = pool;
        this.hostMemory = hostMemory;
        this.given = budget;
    }

    /** Bytes that all exports together may hold. An export that asks for more than is usual gets it, unless the processor says less. */
    get budget() {
        return this.given ?? Math.max(USUAL_BUDGET, ...[...this.#members].map(({ most = 0 }) => most));
    }

    /** Bytes of all wasm memories and of all buffers. */
    get held() {
        return this.pool.memory + this.#buffers;
    }

    /** Bytes on this side. */
    get #buffers() {
        let sum = this.hostMemory();
        for (const meter of this.#meters) sum += meter();
        return sum;
    }

    /** Whether there is room for the export on one more worker. @param {Member} member */
    isRoomy({ modules }) {
        return this.pool.expected + this.#buffers + modules.length * MODULE_BYTES < this.budget * ROOMY;
    }

    /** @param {() => number} meter bytes that somebody holds @returns {() => void} ends it */
    meter(meter) {
        this.#meters.add(meter);
        return () => this.#meters.delete(meter);
    }

    /** From here on the export has a share. @param {Member} member */
    join(member) {
        this.#members.add(member);
        this.pool.dismiss([...this.#members].flatMap(({ modules }) => modules));
    }

    /** @param {Member} member */
    leave(member) {
        this.#members.delete(member);
    }

    /** What an export may hold now. @param {Member} member */
    share({ most = Infinity }) {
        return Math.min(most, this.budget / Math.max(1, this.#members.size));
    }

    /** Whether so many exports can run at a time; whoever would be alone always can. @param {number} running @param {number} more */
    admits(running, more) {
        return running === 0 || (running + more) * LEAST_SHARE <= this.budget;
    }

    /** How hard it is to stay within the budget: 0 without effort, 1 with fewer chunks, 2 with smaller ones, 3 only by waiting. */
    get pressure() {
        const used = this.held / this.budget;
        return STEPS.filter((step) => used > step).length;
    }

    /** Where smaller chunks alone do not help, because wasm memory never shrinks: makes room by a fresh worker in place of the largest. */
    relieve() {
        if (this.pressure < 2) return;
        const now = performance.now();
        if (now - this.#relieved < RELIEF_MS) return;
        this.#relieved = now;
        this.pool.exchange();
    }
}
