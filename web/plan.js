// How an export is cut and spread so that it stays within its memory.
// SPDX-License-Identifier: MIT
import { CHUNK_TEXT, MOST_TEXT } from './chunks.js';

/** What one worker needs with its chunks on the way: its module, text, cells and segments. */
const WORKER_BYTES = 6291456;

/** A record's text, cells, segment and their copies take together about so many times the bytes of its text. */
const EXPANSION = 12;

/** Chunks on the way for each worker: two that wait in it, one that waits for its turn to be written. */
const CHUNKS_PER_WORKER = 3;

/** The fewest of an export in a batch. */
const LEAST_WINDOW = 2;

/**
 * @typedef {object} Plan
 * @property {number} workers
 * @property {number} window chunks on the way
 * @property {number} windowBytes text on the way
 * @property {number} chunkSize records; Infinity when it goes by bytes
 * @property {number} chunkBytes
 * @property {number} maxRecord bytes
 * @property {number} limit records
 * @property {number} offset records that are left out before
 * @property {boolean} filters whether records may be left out elsewhere, so that only the workers know how many pass
 */

/**
 * @param {import('./options.js').HostSettings} host
 * @param {number} workers when the options do not say how many
 * @returns {Plan}
 */
export function planOf(host, workers) {
    const memory = host.maxMemoryUsage;
    const affordable = Math.max(1, Math.min(host.workers ?? workers, Math.floor(memory / WORKER_BYTES)));
    const counted = Math.min(MOST_TEXT, Math.floor(memory / (EXPANSION * affordable)));
    return {
        workers: affordable,
        window: affordable * CHUNKS_PER_WORKER,
        windowBytes: memory / 6,
        chunkSize: host.chunkSize ?? Infinity,
        chunkBytes: host.chunkSize === undefined && (host.limit === Infinity || host.filters) ? CHUNK_TEXT : counted,
        maxRecord: Math.floor(memory / EXPANSION),
        limit: host.limit,
        offset: host.offset,
        filters: host.filters,
    };
}

/**
 * Formats whose file has parts keep chunks as they were measured until they have their places, so chunks are smaller, and a worker
 * needs more.
 * @param {Plan} plan
 * @param {number} memory bytes
 * @returns {Plan}
 */
export function planOfParts(plan, memory) {
    const workers = Math.max(1, Math.min(plan.workers, Math.floor(memory / (2 * WORKER_BYTES))));
    const most = Math.floor(memory / (4 * EXPANSION * workers));
    const chunkBytes = Math.min(most, plan.chunkSize === Infinity ? CHUNK_TEXT / 2 : MOST_TEXT);
    return { ...plan, workers, window: workers * CHUNKS_PER_WORKER, chunkBytes };
}

/**
 * The exports of a batch share what one alone would have on its way, and each worker has the modules of all of them.
 * @param {Plan} plan of one of them
 * @param {number} memory bytes
 * @param {{exports: number, modules: number}} batch
 * @returns {Plan}
 */
export function planOfBatch(plan, memory, { exports, modules }) {
    const workers = Math.max(1, Math.min(plan.workers, Math.floor(memory / (modules * WORKER_BYTES))));
    return {
        ...plan,
        workers,
        window: Math.max(LEAST_WINDOW, Math.ceil((workers * CHUNKS_PER_WORKER) / exports)),
        windowBytes: plan.windowBytes / exports,
    };
}
