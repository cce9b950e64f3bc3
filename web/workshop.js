// One export's dealings with the workers: opens its job where it is sent to, tells the columns, sends chunks.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';

/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */
/** @typedef {import('../wasm-glue/protocol.js').Request} Request */

/** The answer to a chunk that has nothing for the core. @type {SegmentReply} */
const NOTHING = {
    id: 0,
    ok: true,
    memory: 0,
    counts: { read: 0, good: 0, rejected: 0, written: 0, ended: 0, links: 0, bytes: 0, body: 0, aside: 0 },
    report: '',
};

/**
 * A chunk that its worker keeps, unless it has no good records; `release` lets the worker have another one.
 * @typedef {{reply: SegmentReply, number: number, channel?: Channel, release: () => void}} Parsed
 */

/**
 * @typedef {object} WorkshopParts
 * @property {string} job
 * @property {string} module the module that has the format
 * @property {string} options JSON for the core
 * @property {number} [level] deflate what is written
 * @property {import('../wasm-glue/protocol.js').PluginModule} [plugin] a registered format that has a module
 * @property {import('./plugins.js').InlineFormat} [inline] one that has none
 * @property {import('../wasm-glue/protocol.js').FormatFile[]} files that the format may need
 * @property {number} workers
 * @property {import('./pool.js').Pool} pool
 * @property {import('./buffers.js').Buffers} buffers
 * @property {import('./stop.js').Stop} stop
 */

export class Workshop {
    /** Characters of texts on the way to workers. */
    texts = 0;
    /** Of a part of the file, once the job is open. @type {import('../wasm-glue/binding.js').Limits} */
    limits = { rows: 0, bytes: 0 };
    /** Settled columns as JSON. @type {string | undefined} */
    #columns;
    /** @type {Map<Channel, Promise<any>>} */
    #opened = new Map();
    /** @type {Set<Channel>} */
    #told = new Set();
    #chunks = 0;

    /** @param {WorkshopParts} parts */
    constructor(parts) {
        this.parts = parts;
    }

    /** Every worker is told these columns before its next request. @param {string} columns */
    settle(columns) {
        this.#columns = columns;
    }

    /** What follows numbers its chunks from 0 again. */
    restart() {
        this.#chunks = 0;
    }

    /**
     * Requests that are answered in order need not be waited for: the first that fails stops the export.
     * @param {Channel} channel
     */
    #prepare(channel) {
        const { job, module, options, level, files, plugin, pool, stop } = this.parts;
        const sent = (/** @type {Request} */ request) => channel.request(request).catch((error) => stop.stop(error));
        if (!channel.jobs.has(job)) {
            channel.jobs.add(job);
            channel.load(module, pool.wasmUrl(module)).catch((error) => stop.stop(error));
            if (level) channel.load('deflate', pool.wasmUrl('deflate')).catch((error) => stop.stop(error));
            this.#opened.set(channel, sent({ op: 'open', job, module, options, level, files, plugin }));
        }
        if (this.#columns === undefined || this.#told.has(channel)) return;
        this.#told.add(channel);
        sent({ op: 'columns', job, columns: this.#columns });
    }

    /**
     * @template T
     * @param {(channel: Channel) => Promise<T>} use
     * @returns {Promise<T>}
     */
    async #withWorker(use) {
        const { reply, channel } = await this.#claimed(use);
        this.parts.pool.release(channel);
        return reply;
    }

    /** Opens the job on one worker, which checks the options. */
    async open() {
        const opened = this.#withWorker((channel) => this.#opened.get(channel) ?? Promise.resolve());
        const { limits } = await this.parts.stop.race(opened);
        this.limits = limits;
    }

    /**
     * Any worker can do it.
     * @param {Request} request
     * @returns {Promise<any>}
     */
    ask(request) {
        return this.parts.stop.race(this.#withWorker((channel) => channel.request(request)));
    }

    /**
     * @param {Chunk} chunk its text comes back in it, if it is a buffer
     * @param {'scan' | 'encode'} op
     * @param {boolean} scan
     * @returns {Promise<SegmentReply>}
     */
    async send(chunk, op, scan) {
        const number = this.#next();
        if (chunk.length === 0) return NOTHING;
        const use = (/** @type {Channel} */ channel) => this.#sent(channel, chunk, op, scan, number);
        const reply = await this.#carrying(chunk, () => this.#withWorker(use));
        const { inline, buffers } = this.parts;
        if (!inline || !reply.bytes) return reply;
        const made = await inline.segment(reply);
        if (made.bytes) buffers.exchange(reply.bytes.byteLength, made.bytes);
        return made;
    }

    #next() {
        this.#chunks += 1;
        return this.#chunks - 1;
    }

    /**
     * @param {Chunk} chunk its text is let go of
     * @param {boolean} scan
     * @returns {Promise<Parsed>}
     */
    async parse(chunk, scan) {
        const number = this.#next();
        if (chunk.length === 0) return { reply: NOTHING, number, release: () => {} };
        const use = (/** @type {Channel} */ channel) => this.#sent(channel, chunk, 'parse', scan, number);
        const { reply, channel } = await this.#carrying(chunk, () => this.#claimed(use));
        if (reply.text) {
            this.parts.buffers.giveBlock(reply.text);
            chunk.text = '';
        }
        return { reply, number, channel, release: () => this.parts.pool.release(channel) };
    }

    /**
     * With a worker that is to be released afterwards.
     * @template T
     * @param {(channel: Channel) => Promise<T>} use
     * @returns {Promise<{reply: T, channel: Channel}>}
     */
    async #claimed(use) {
        const { pool, workers, stop } = this.parts;
        const channel = await pool.claim(workers);
        try {
            stop.check();
            this.#prepare(channel);
            return { reply: await use(channel), channel };
        } catch (error) {
            pool.release(channel);
            throw error;
        }
    }

    /**
     * @param {Parsed} parsed
     * @param {number} skip
     * @param {import('../wasm-glue/binding.js').Limits} room
     * @returns {Promise<{take: number, bytes: number, links: number, flow?: ArrayBuffer}>}
     */
    fit({ channel, number }, skip, room) {
        return this.#at(channel, { op: 'fit', job: this.parts.job, chunk: number, skip, ...room });
    }

    /**
     * @param {Parsed} parsed
     * @param {Omit<import('../wasm-glue/protocol.js').PlaceRequest, 'op' | 'job' | 'chunk' | 'spare'>} place
     * @returns {Promise<SegmentReply>}
     */
    async place({ channel, number }, place) {
        const { job, buffers } = this.parts;
        const spare = buffers.takeSpare();
        const size = spare?.byteLength ?? 0;
        try {
            const reply = await this.#at(channel, { op: 'place', job, chunk: number, ...place, spare }, spare ? [spare] : []);
            buffers.exchange(size, reply.bytes);
            return reply;
        } catch (error) {
            buffers.lose(size);
            throw error;
        }
    }

    /**
     * The worker that has the chunk, however busy it is.
     * @param {Channel | undefined} channel
     * @param {Request} request
     * @param {Transferable[]} [transfer]
     * @returns {Promise<any>}
     */
    #at(channel, request, transfer) {
        if (!channel) throw exportError('INTERNAL', 'a chunk without records has no place');
        return channel.request(request, transfer);
    }

    /**
     * @template T
     * @param {Chunk} chunk
     * @param {() => Promise<T>} use
     * @returns {Promise<T>}
     */
    async #carrying(chunk, use) {
        const length = typeof chunk.text === 'string' ? chunk.length : 0;
        this.texts += length;
        try {
            return await use();
        } finally {
            this.texts -= length;
        }
    }

    /**
     * @param {Channel} channel
     * @param {Chunk} chunk
     * @param {'scan' | 'encode' | 'parse'} op
     * @param {boolean} scan
     * @param {number} number
     */
    async #sent(channel, chunk, op, scan, number) {
        const { job, buffers } = this.parts;
        const { text, start, length, form } = chunk;
        const shared = { job, chunk: number, text, start, length, form };
        const spare = op === 'encode' ? buffers.takeSpare() : undefined;
        const size = spare?.byteLength ?? 0;
        const request = /** @type {Request} */ (op === 'scan' ? { op, ...shared } : { op, ...shared, scan, spare });
        const transfer = [text, spare].filter((one) => one instanceof ArrayBuffer);
        const lent = text instanceof ArrayBuffer ? text.byteLength : 0;
        const reply = await channel.request(request, transfer).catch((error) => {
            buffers.lose(lent + size);
            if (error.code === 'SOURCE_CHANGED') return { ...NOTHING, late: true };
            throw error;
        });
        if (reply.text) chunk.text = reply.text;
        if (reply.bytes) buffers.exchange(size, reply.bytes);
        return reply;
    }
}
