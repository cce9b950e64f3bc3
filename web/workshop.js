// One export's dealings with the workers: opens its job where it is sent to, tells the columns, sends chunks.
// SPDX-License-Identifier: MIT

/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */
/** @typedef {import('../wasm-glue/protocol.js').Request} Request */

/** The answer to a chunk that has nothing for the core. @type {SegmentReply} */
const NOTHING = {
    id: 0,
    ok: true,
    memory: 0,
    counts: { read: 0, good: 0, rejected: 0, written: 0, ended: 0 },
    report: '',
};

/**
 * @typedef {object} WorkshopParts
 * @property {string} job
 * @property {string} options JSON for the core
 * @property {number} workers
 * @property {import('./pool.js').Pool} pool
 * @property {import('./buffers.js').Buffers} buffers
 * @property {import('./stop.js').Stop} stop
 */

export class Workshop {
    /** Characters of texts on the way to workers. */
    texts = 0;
    /** Settled columns as JSON. @type {string | undefined} */
    #columns;
    /** @type {Map<Channel, Promise<void>>} */
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
        const { job, options, stop } = this.parts;
        const sent = (/** @type {Request} */ request) => channel.request(request).catch((error) => stop.stop(error));
        if (!channel.jobs.has(job)) {
            channel.jobs.add(job);
            channel.loaded.catch((error) => stop.stop(error));
            this.#opened.set(channel, sent({ op: 'open', job, options }));
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
        const { pool, workers, stop } = this.parts;
        const channel = await pool.claim(workers);
        try {
            stop.check();
            this.#prepare(channel);
            return await use(channel);
        } finally {
            pool.release(channel);
        }
    }

    /** Opens the job on one worker, which checks the options. */
    open() {
        const opened = this.#withWorker((channel) => this.#opened.get(channel) ?? Promise.resolve());
        return this.parts.stop.race(opened);
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
        const number = this.#chunks;
        this.#chunks += 1;
        if (chunk.length === 0) return NOTHING;
        const isText = typeof chunk.text === 'string';
        if (isText) this.texts += chunk.length;
        try {
            return await this.#withWorker((channel) => this.#sent(channel, chunk, op, scan, number));
        } finally {
            if (isText) this.texts -= chunk.length;
        }
    }

    /**
     * @param {Channel} channel
     * @param {Chunk} chunk
     * @param {'scan' | 'encode'} op
     * @param {boolean} scan
     * @param {number} number
     */
    async #sent(channel, chunk, op, scan, number) {
        const { job, buffers } = this.parts;
        const { text, start, length, form } = chunk;
        const shared = { job, chunk: number, text, start, length, form };
        const spare = op === 'encode' ? buffers.takeSpare() : undefined;
        const size = spare?.byteLength ?? 0;
        const request = /** @type {Request} */ (op === 'encode' ? { op, ...shared, scan, spare } : { op, ...shared });
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
