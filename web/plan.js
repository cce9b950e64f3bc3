// How an export is cut and spread so that it stays within its memory.
// SPDX-License-Identifier: MIT
import { CHUNK_TEXT, MOST_TEXT } from './chunks.js';

/** What one worker needs with its chunks on the way: its module, text, cells and segments. */
const WORKER_BYTES = 6291456;

/** A record's text, cells, segment and their copies take together about so many times the bytes of its text. */
const EXPANSION = 12;

/** Chunks on the way for each worker: two that wait in it, one that waits for its turn to be written. */
const CHUNKS_PER_WORKER = 3;

/**
 * @typedef {object} Plan
 * @property {number} workers
 * @property {number} window chunks on the way
 * @property {number} windowBytes text on the way
 * @property {number} chunkSize records; Infinity when it goes by bytes
 * @property {number} chunkBytes
 * @property {number} maxRecord bytes
 * @property {number} limit records
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
        chunkBytes: host.chunkSize === undefined && host.limit === Infinity ? CHUNK_TEXT : counted,
        maxRecord: Math.floor(memory / EXPANSION),
        limit: host.limit,
    };
}

/**
 * Chunks of formats whose file has parts are kept as they were measured until they have their places, so they are smaller.
 * @param {Plan} plan
 * @returns {Plan}
 */
export function planOfParts(plan) {
    const whole = plan.chunkSize === Infinity ? Math.min(plan.chunkBytes, CHUNK_TEXT) : plan.chunkBytes;
    return { ...plan, chunkBytes: Math.floor(whole / 2) };
}
