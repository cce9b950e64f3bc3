// What a browser gives to the library; web/node-platform.js is the same for Node.
// SPDX-License-Identifier: MIT
import { fontUrls, wasmUrls } from './addresses.js';
import { blobSpool } from './blob-spool.js';
import { exportError } from './errors.js';
import { gunzipReader } from './gunzip.js';

/**
 * @typedef {object} Platform
 * @property {() => number} workers of an export that does not say how many
 * @property {(processor: import('./types.js').ProcessorOptions) => import('./channel.js').WorkerLike} createWorker
 * @property {Record<string, URL>} wasmUrls of the modules, by name
 * @property {Record<string, URL>} fontUrls of the package's fonts, by file name
 * @property {(reader: import('./types.js').ByteReader) => import('./types.js').ByteReader} gunzip
 * @property {() => Promise<import('./batch-zip.js').Spool>} openSpool
 * @property {() => Promise<void>} yieldToLoop lets waiting events be handled
 * @property {(url: URL) => import('./types.js').ByteSource | undefined} openUrl a source for URLs that fetch cannot read
 * @property {(stream: import('./types.js').NodeWritable) => WritableStream | undefined} webStream a stream of Node as one of the web, where there are any
 * @property {(task: () => void, milliseconds: number, keeps?: boolean) => () => void} later returns a function that calls it off; the task
 *   alone keeps no process alive, unless it `keeps` it
 */

/** Who waits for the next turn, and the one channel that brings it. @type {(() => void)[]} */
const turns = [];
/** @type {MessageChannel | undefined} */
let channel;

/**
 * A task of its own, by a message: unlike a timer it is not slowed down, and unlike a microtask it lets the page draw.
 * @returns {Promise<void>}
 */
function yieldByMessage() {
    if (!channel) {
        channel = new MessageChannel();
        channel.port1.onmessage = () => turns.shift()?.();
    }
    const { port2 } = channel;
    return new Promise((resolve) => {
        turns.push(resolve);
        port2.postMessage(0);
    });
}

/** @type {Platform} */
export const browserPlatform = {
    workers: () => Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1),
    createWorker({ createWorker, workerUrl }) {
        if (createWorker) return createWorker();
        if (typeof Worker !== 'function') throw exportError('WORKER_FAILED', 'there are no workers here');
        if (workerUrl) return new Worker(workerUrl, { type: 'module', name: 'exportloom' });
        return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'exportloom' });
    },
    wasmUrls,
    fontUrls,
    gunzip: gunzipReader,
    openSpool: blobSpool,
    yieldToLoop: yieldByMessage,
    openUrl: () => undefined,
    webStream: () => undefined,
    later(task, milliseconds) {
        const timer = setTimeout(task, milliseconds);
        return () => clearTimeout(timer);
    },
};
