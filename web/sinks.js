// Where the bytes of an export go: a Blob, a WritableStream, a file that the user chose, or a sink of the caller's own.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';

/** @typedef {import('./types.js').Sink} Sink */

/** Parts of a Blob are this large: browsers keep Blobs outside of the page's memory, and on disk when they are many. */
const BLOB_PART = 1048576;

/** @implements {Sink} */
export class BlobSink {
    recycles = true;
    /** @type {Blob[]} */
    #parts = [];
    #part = new Uint8Array(BLOB_PART);
    #length = 0;

    /** @param {string} mimeType */
    constructor(mimeType) {
        this.mimeType = mimeType;
    }

    /** Bytes that are held here, not yet in a Blob. */
    get held() {
        return this.#part.length;
    }

    /** @param {Uint8Array} bytes */
    write(bytes) {
        for (let at = 0; at < bytes.length; ) {
            const piece = bytes.subarray(at, at + BLOB_PART - this.#length);
            this.#part.set(piece, this.#length);
            this.#length += piece.length;
            at += piece.length;
            if (this.#length === BLOB_PART) this.#flush();
        }
    }

    #flush() {
        if (this.#length > 0) this.#parts.push(new Blob([this.#part.subarray(0, this.#length)]));
        this.#length = 0;
    }

    rewind() {
        this.#parts = [];
        this.#length = 0;
    }

    /** All that was written; more may follow. */
    soFar() {
        this.#flush();
        return new Blob(this.#parts, { type: this.mimeType });
    }

    close() {
        const blob = this.soFar();
        this.abort();
        return blob;
    }

    abort() {
        this.#parts = [];
        this.#part = new Uint8Array(0);
    }
}

/**
 * A stream may keep what is written to it, so it gets buffers of its own.
 * @param {WritableStream} stream
 * @returns {Sink}
 */
function streamSink(stream) {
    /** @type {WritableStreamDefaultWriter | undefined} */
    let writer;
    return {
        open() {
            writer = stream.getWriter();
            writer.closed.catch(() => {});
        },
        async write(bytes) {
            await writer?.ready;
            await writer?.write(bytes);
        },
        close: () => writer?.close(),
        abort: (reason) => writer?.abort(reason),
    };
}

/** @param {unknown} error @returns {never} */
function judged(error) {
    if (/** @type {Error} */ (error)?.name !== 'QuotaExceededError') throw error;
    throw exportError('STORAGE_FULL', undefined, { cause: error, suggestion: 'free space, or save to another disk' });
}

/**
 * The file keeps its old content until `close`. What was written in part is lost when a write fails, so it is not tried again.
 * @param {FileSystemFileHandle} handle
 * @returns {Sink}
 */
function handleSink(handle) {
    /** @type {FileSystemWritableFileStream | undefined} */
    let file;
    /** @type {Promise<FileSystemWritableFileStream> | undefined} */
    let opening;
    return {
        recycles: true,
        async open() {
            opening = handle.createWritable();
            file = await opening;
        },
        write: async (bytes) => file?.write(bytes).catch(judged),
        async rewind() {
            await file?.truncate(0);
            await file?.seek(0);
        },
        close: async () => file?.close().catch(judged),
        abort: async () => (await opening?.catch(() => undefined))?.abort(), // it may be on its way still
    };
}

/**
 * @param {{open?: Sink['open'], mayPass?: Sink['mayPass']}} sink
 * @param {import('./patience.js').Patience} patience
 */
export function openSink(sink, patience) {
    return patience.again(() => sink.open?.(), sink);
}

/**
 * @template {any[]} Rest
 * @param {{write: (bytes: Uint8Array<ArrayBuffer>, ...rest: Rest) => void | Promise<void>, mayPass?: Sink['mayPass']}} sink
 * @param {import('./patience.js').Patience} patience
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {Rest} rest
 */
export function writeTo(sink, patience, bytes, ...rest) {
    return patience.again(() => sink.write(bytes, ...rest), sink);
}

/** @param {any} sink as the user gave it */
export function canBeWrittenAgain(sink) {
    return typeof sink?.getWriter !== 'function' && typeof sink?.pipe !== 'function';
}

/** Sinks that are being written. @type {WeakSet<object>} */
const inUse = new WeakSet();

/**
 * A sink of the caller's own takes one export at a time; a stream locks itself, and each write to a handle stands alone.
 * @param {any} sink as the user gave it
 * @returns {() => void} lets others have it
 */
export function reserve(sink) {
    if (typeof sink?.write !== 'function') return () => {};
    if (inUse.has(sink)) throw exportError('SINK_IN_USE');
    inUse.add(sink);
    return () => inUse.delete(sink);
}

/**
 * A sink that the user gave.
 * @param {any} sink
 * @param {import('./platform.js').Platform} platform
 * @returns {Sink}
 */
export function findSink(sink, platform) {
    if (typeof sink.getWriter === 'function') return streamSink(sink);
    if (typeof sink.createWritable === 'function') return handleSink(sink);
    const isNode = typeof sink.pipe === 'function'; // whose `write` holds nobody back, and whose failures are events
    if (isNode && (sink.destroyed || sink.writableEnded)) throw exportError('SINK_FAILED', 'the stream has ended already', { suggestion: 'pass a fresh one' });
    const stream = isNode ? platform.webStream(sink) : undefined;
    if (stream) return streamSink(stream);
    if (typeof sink.write === 'function' && typeof sink.close === 'function' && !isNode) return sink;
    const suggestion = typeof sink === 'string' ? 'pass fileSink(path) of exportloom/node, or say fileName' : undefined;
    throw exportError('INVALID_OPTION', 'sink must be a stream that is written to, a FileSystemFileHandle, or have write and close', { suggestion });
}
