// What Node gives to the library.
// SPDX-License-Identifier: MIT
import { availableParallelism } from 'node:os';
import { Readable, Writable, pipeline } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import { fontUrls, wasmUrls } from './addresses.js';
import { fileSource } from './file-source.js';
import { fileSpool } from './file-spool.js';
import { PieceReader, piecesOf } from './readers.js';

/**
 * All members of a gzip file, one after another (RFC 1952 2.2).
 * @param {import('./types.js').ByteReader} reader
 * @returns {import('./types.js').ByteReader}
 */
function gunzip(reader) {
    const unpacked = createGunzip({ chunkSize: 131072 });
    pipeline(Readable.from(piecesOf(reader), { objectMode: false }), unpacked, () => {});
    const pieces = unpacked[Symbol.asyncIterator]();
    const close = async () => {
        unpacked.destroy();
        await reader.close();
    };
    return new PieceReader(async () => (await pieces.next()).value, close);
}

/** @type {import('./platform.js').Platform} */
export const nodePlatform = {
    workers: availableParallelism,
    createWorker({ createWorker, workerUrl }) {
        if (createWorker) return createWorker();
        const url = new URL(workerUrl ?? new URL('./worker.js', import.meta.url));
        // The program's own flags may not suit a worker, and its few objects need no large heap.
        return new Worker(url, { name: 'exportloom', execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 2 } });
    },
    wasmUrls,
    fontUrls,
    gunzip,
    openSpool: fileSpool,
    yieldToLoop: () => new Promise((resolve) => setImmediate(resolve)),
    openUrl: (url) => (url.protocol === 'file:' ? fileSource(url) : undefined),
    webStream: (stream) => (typeof stream.end === 'function' ? Writable.toWeb(/** @type {any} */ (stream)) : undefined),
    later(task, milliseconds, keeps = false) {
        const timer = setTimeout(task, milliseconds);
        if (!keeps) timer.unref();
        return () => clearTimeout(timer);
    },
};
