// What Node gives to the library.
// SPDX-License-Identifier: MIT
import { availableParallelism } from 'node:os';
import { Readable, Writable, pipeline } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import { fontUrls, wasmUrls } from './addresses.js';
import { exportError } from './errors.js';
import { fileSource } from './file-source.js';
import { fileSpool } from './file-spool.js';
import { PieceReader, piecesOf } from './readers.js';

/** What is fed to zlib, which ends at the first zero behind a member, whatever stands behind that. */
class Feed {
    /** Pieces that zlib may not have used up, and where they end. @type {{piece: Uint8Array, end: number}[]} */
    #waiting = [];
    #count = 0;
    #ended = false;

    /** @param {import('./types.js').ByteReader} reader @param {{bytesWritten: number}} zlib which tells how much it has used up */
    constructor(reader, zlib) {
        this.reader = reader;
        this.zlib = zlib;
        this.pieces = this.#read();
    }

    async *#read() {
        for await (const piece of piecesOf(this.reader)) {
            this.#count += piece.length;
            while (this.#waiting.length > 0 && this.#waiting[0].end <= this.zlib.bytesWritten) this.#waiting.shift();
            this.#waiting.push({ piece, end: this.#count });
            yield piece;
        }
        this.#ended = true;
    }

    /** Zeros may pad the file; anything else would be lost in silence. */
    async checkRest() {
        await this.pieces.return(undefined);
        const rest = this.#read(); // what zlib did not ask for
        do {
            for (const { piece, end } of this.#waiting.splice(0)) this.#checkPadding(piece, end - piece.length);
        } while (!this.#ended && !(await rest.next()).done);
    }

    /** @param {Uint8Array} piece @param {number} start where it begins */
    #checkPadding(piece, start) {
        const used = Math.max(0, this.zlib.bytesWritten - start);
        const at = piece.findIndex((byte, place) => place >= used && byte !== 0);
        if (at < 0) return;
        throw exportError('SOURCE_FAILED', `the gzip data ends, but byte ${start + at} is neither its padding nor a further member`);
    }
}

/**
 * All members of a gzip file, one after another (RFC 1952 2.2).
 * @param {import('./types.js').ByteReader} reader
 * @returns {import('./types.js').ByteReader}
 */
function gunzip(reader) {
    const unpacked = createGunzip({ chunkSize: 131072 });
    const feed = new Feed(reader, unpacked);
    pipeline(Readable.from(feed.pieces, { objectMode: false }), unpacked, () => {});
    const pieces = unpacked[Symbol.asyncIterator]();
    const next = async () => {
        const { value } = await pieces.next();
        if (value === undefined) await feed.checkRest();
        return value;
    };
    const close = async () => {
        unpacked.destroy();
        await reader.close();
    };
    return new PieceReader(next, close);
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
