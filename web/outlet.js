// Where a pipeline writes: one write is on its way while the next segment is waited for, and buffers come back when theirs has ended.
// SPDX-License-Identifier: MIT
import { asExportError } from './errors.js';
import { openSink, writeTo } from './sinks.js';

/** @typedef {import('../wasm-glue/deflater.js').Packed} Packed */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */

/**
 * @typedef {object} OutletParts
 * @property {import('./packed-sink.js').PipelineSink} sink
 * @property {import('./stop.js').Stop} stop
 * @property {import('./patience.js').Patience} patience
 * @property {import('./buffers.js').Buffers} buffers
 * @property {(bytes: number) => void} wrote is told the size of the file so far
 */

export class Outlet {
    size = 0;
    /** Bytes written so far, before they were packed. */
    raw = 0;
    /** Bytes of separator that the next segment starts with and does not need. */
    lead = 0;
    /** @type {Promise<unknown>} */
    #written = Promise.resolve();

    /** @param {OutletParts} parts */
    constructor(parts) {
        this.parts = parts;
    }

    /** Whether what was written can be taken back. */
    get rewinds() {
        return this.parts.sink.rewind !== undefined;
    }

    /** Bytes that the sink takes well. */
    get mostBytes() {
        return this.parts.sink.mostBytes ?? Infinity;
    }

    get held() {
        return this.parts.sink.held ?? 0;
    }

    open() {
        return this.#use((sink) => openSink(sink, this.parts.patience));
    }

    /** Everything is written again. */
    async rewind() {
        await this.settle();
        await this.#use((sink) => sink.rewind?.());
        this.size = this.raw = 0;
    }

    /** Waits for the last write. */
    settle() {
        return this.parts.stop.race(this.#written);
    }

    /** @param {string} name @param {Uint8Array<ArrayBuffer>} bytes of a small second file */
    attach(name, bytes) {
        return this.#use((sink) => sink.attach?.(name, bytes));
    }

    /** @returns {Promise<unknown>} what the sink's `close` gave */
    close() {
        return this.#use((sink) => sink.close());
    }

    /**
     * @param {Uint8Array<ArrayBuffer>} bytes
     * @param {Packed} [packed] where they were deflated
     */
    async write(bytes, packed) {
        await this.settle();
        this.size += bytes.length;
        this.raw += packed?.raw ?? bytes.length;
        this.parts.wrote(this.size);
        this.#written = this.#use((sink) => writeTo(sink, this.parts.patience, bytes, packed));
        this.#written.catch(() => {});
    }

    /**
     * Every segment starts with a separator, which the first one does not need.
     * @param {ArrayBuffer} bytes
     * @param {SegmentReply} reply
     * @returns {Promise<number>} where it stands, before anything is packed
     */
    async writeSegment(bytes, { length = 0, packed, separator }) {
        const lead = length > 0 ? this.lead : 0;
        if (length > 0) this.lead = 0;
        if (separator && separator.byteLength > 0 && length > 0 && lead === 0) await this.write(new Uint8Array(separator));
        const offset = this.raw;
        const from = separator ? 0 : lead;
        if (length > 0) await this.write(new Uint8Array(bytes, from, length - from), packed);
        this.giveBack(bytes);
        return offset;
    }

    /** The buffer of a segment whose last write is on its way. @param {ArrayBuffer} bytes */
    giveBack(bytes) {
        const { sink, buffers } = this.parts;
        const again = sink.recycles === true;
        this.#written = this.#written.then(() => buffers.giveSpare(bytes, again));
        this.#written.catch(() => {});
    }

    /**
     * @template T
     * @param {(sink: import('./packed-sink.js').PipelineSink) => T | Promise<T>} use
     * @returns {Promise<T>}
     */
    async #use(use) {
        const { sink, stop } = this.parts;
        try {
            return await stop.race(Promise.resolve(use(sink)));
        } catch (error) {
            if (stop.stopped) throw stop.reason;
            throw asExportError(error, 'SINK_FAILED');
        }
    }
}
