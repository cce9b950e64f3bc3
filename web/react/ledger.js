// What is remembered of the exports of one processor for those who show them: names, times, results, errors.
// SPDX-License-Identifier: MIT
import { ExportError } from '../index.js';

/** @typedef {import('../index.js').ExportProcessor} ExportProcessor */
/** @typedef {import('../index.js').ExportProgress} ExportProgress */
/** @typedef {import('../index.js').ExportResult} ExportResult */

/**
 * An export as a page shows it. An entry is the same object as long as nothing of it changes.
 * @typedef {object} ExportEntry
 * @property {string} id
 * @property {string} format
 * @property {string} [fileName] of exports that a hook started: what was asked for, and the true name once it has ended
 * @property {Readonly<ExportProgress>} progress
 * @property {ExportResult} [result]
 * @property {ExportError} [error]
 * @property {number} createdAt milliseconds since 1970
 * @property {number} [endedAt]
 */

/** @typedef {{fileName?: string, createdAt: number, endedAt?: number, result?: ExportResult, error?: ExportError}} Facts */

/** @type {WeakMap<ExportProcessor, Ledger>} */
const ledgers = new WeakMap();

const LAST = new Set(['completed', 'cancelled', 'failed']);

/** @param {ExportEntry} entry */
export function hasEnded({ progress }) {
    return LAST.has(progress.phase);
}

export class Ledger {
    /** @type {Map<string, Facts>} */
    #facts = new Map();
    /** @type {Map<string, {entry: ExportEntry, facts: Facts}>} */
    #entries = new Map();
    /** @type {Set<() => void>} */
    #listeners = new Set();

    /** @param {ExportProcessor} processor */
    constructor(processor) {
        this.processor = processor;
    }

    /** @param {ExportProcessor} processor @returns {Ledger} the same for the same processor */
    static of(processor) {
        const known = ledgers.get(processor) ?? new Ledger(processor);
        ledgers.set(processor, known);
        return known;
    }

    /**
     * @param {{id: string, result: Promise<ExportResult>}} job
     * @param {string} [fileName]
     */
    record({ id, result }, fileName) {
        this.#facts.set(id, { fileName, createdAt: Date.now() });
        result.then(
            (one) => this.#ended(id, { result: one, fileName: one.fileName }),
            (error) => this.#ended(id, { error }),
        );
    }

    /** @param {string} id @param {Partial<Facts>} facts */
    #ended(id, facts) {
        const known = this.#facts.get(id);
        if (!known) return;
        this.#facts.set(id, { ...known, endedAt: Date.now(), ...facts });
        for (const listener of this.#listeners) listener();
    }

    /** @param {() => void} listener @returns {() => void} */
    subscribe(listener) {
        this.#listeners.add(listener);
        const leave = this.processor.subscribe(listener);
        return () => {
            this.#listeners.delete(listener);
            leave();
        };
    }

    /** What the processor has forgotten is forgotten here. @returns {ExportEntry[]} in the order in which they were started */
    entries() {
        const { exports } = this.processor.getSnapshot();
        const ids = new Set(exports.map(({ id }) => id));
        for (const id of this.#facts.keys()) if (!ids.has(id)) this.#facts.delete(id);
        for (const id of this.#entries.keys()) if (!ids.has(id)) this.#entries.delete(id);
        return exports.map((progress) => this.#entry(progress));
    }

    /** @param {Readonly<ExportProgress>} progress */
    #entry(progress) {
        const { id, format } = progress;
        const facts = this.#facts.get(id) ?? { createdAt: Date.now() };
        this.#facts.set(id, facts);
        const known = this.#entries.get(id);
        if (known?.entry.progress === progress && known.facts === facts) return known.entry;
        const entry = Object.freeze({ id, format, ...facts, progress });
        this.#entries.set(id, { entry, facts });
        return entry;
    }

    /** @param {string} id @returns {ExportResult | undefined} */
    result(id) {
        return this.#facts.get(id)?.result;
    }
}
