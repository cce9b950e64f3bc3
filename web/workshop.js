// One export's dealings with the workers: opens its job where it is sent to, tells the columns, sends chunks.
// SPDX-License-Identifier: MIT
import { exportError, ExportError } from './errors.js';

/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */
/** @typedef {import('../wasm-glue/protocol.js').Request} Request */

/** The answer to a chunk that has nothing for the core. @type {SegmentReply} */
const NOTHING = {
    id: 0,
    ok: true,
    memory: 0,
    spent: 0,
    counts: { read: 0, good: 0, rejected: 0, written: 0, ended: 0, links: 0, bytes: 0, body: 0, aside: 0, filtered: 0, skipped: 0, pictures: 0 },
    report: '',
};

/**
 * A chunk that its worker keeps, unless it has no good records; `release` lets the worker have another one, and lets go of the text.
 * @typedef {object} Parsed
 * @property {SegmentReply} reply
 * @property {number} number
 * @property {Channel} [channel] the worker that has it
 * @property {() => Promise<Channel>} again parses it on another worker
 * @property {Promise<void>} [mending] settles when another worker has it
 * @property {number} tried how often it was parsed again
 * @property {() => void} release
 */

/**
 * @typedef {object} WorkshopParts
 * @property {string} job
 * @property {string} module the module that has the format
 * @property {string} options JSON for the core
 * @property {boolean} [shapes] a scan tells the values of the records
 * @property {number} [level] deflate what is written
 * @property {import('../wasm-glue/protocol.js').PluginModule} [plugin] a registered format that has a module
 * @property {import('./plugins.js').InlineFormat} [inline] one that has none
 * @property {import('../wasm-glue/protocol.js').FormatFile[]} files that the format may need
 * @property {import('./pace.js').Pace} pace says how many workers there are
 * @property {import('./pool.js').Pool} pool
 * @property {import('./buffers.js').Buffers} buffers
 * @property {import('./stop.js').Stop} stop
 * @property {number} retries how often a chunk is encoded again whose worker was lost
 * @property {() => void} retried called each time
 */

/**
 * `guessed`: the schema is that of the start of the source, so what is not valid by it is `late`.
 * @typedef {{schema: string, metadata: string, guessed: boolean}} Validation
 */

/** Milliseconds before the second time that something is done again; each further time they are so many times longer. */
const BACK_OFF_MS = 50;
const BACK_OFF_FACTOR = 4;

export class Workshop {
    /** Of a part of the file, once the job is open. @type {import('../wasm-glue/binding.js').Limits} */
    limits = { rows: 0, bytes: 0 };
    /** Settled columns as JSON. @type {string | undefined} */
    #columns;
    /** @type {Map<Channel, Promise<any>>} */
    #opened = new Map();
    /** @type {Validation | undefined} */
    #validation;
    /** @type {Set<Channel>} */
    #validating = new Set();
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

    /** Every worker validates what it places from then on. @param {Validation} validation */
    validate(validation) {
        this.#validation = validation;
    }

    /** What follows numbers its chunks from 0 again. */
    restart() {
        this.#chunks = 0;
    }

    /**
     * Requests that are answered in order need not be waited for: the first that fails stops the export, unless the worker was lost.
     * @param {Channel} channel
     */
    #prepare(channel) {
        const { job, module, options, level, files, plugin, pool, stop } = this.parts;
        const sent = (/** @type {Request} */ request) => {
            const answered = channel.request(request);
            answered.catch((error) => (isLost(channel, error) ? undefined : stop.stop(error)));
            return answered;
        };
        if (!channel.jobs.has(job)) {
            channel.jobs.add(job);
            pool.load(channel, module);
            if (level) pool.load(channel, 'deflate');
            this.#opened.set(channel, sent({ op: 'open', job, module, options, level, files, plugin }));
        }
        if (this.#columns !== undefined && !this.#told.has(channel)) {
            this.#told.add(channel);
            sent({ op: 'columns', job, columns: this.#columns });
        }
        if (!this.#validation || this.#validating.has(channel)) return;
        this.#validating.add(channel);
        pool.load(channel, 'validator');
        const { schema, metadata } = this.#validation;
        sent({ op: 'validator', job, schema, metadata });
    }

    /**
     * @template T
     * @param {(channel: Channel) => Promise<T>} use
     * @param {number} [most] it is one of the first workers
     * @returns {Promise<T>}
     */
    async #withWorker(use, most) {
        const { reply, channel } = await this.#claimed(use, most !== undefined, most);
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
     * What takes much memory is done by the first worker, so that not every one of them comes to hold as much.
     * @param {Request} request
     * @returns {Promise<any>}
     */
    askFirst(request) {
        return this.parts.stop.race(this.#withWorker((channel) => channel.request(request), 1));
    }

    /**
     * @param {Chunk} chunk keeps its text when it is scanned
     * @param {'scan' | 'encode'} op
     * @param {boolean} scan
     * @returns {Promise<SegmentReply>}
     */
    async send(chunk, op, scan) {
        const number = this.#next();
        if (chunk.length === 0) return NOTHING;
        const use = (/** @type {Channel} */ channel) => this.#sent(channel, chunk, op, scan, number);
        const reply = await this.#withWorker(use);
        const { inline, buffers } = this.parts;
        if (op === 'encode') buffers.release(chunk); // the segment is there, so nobody will ask for the text again
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
     * @param {Chunk} chunk its text is let go of with the worker, since it may have to be parsed again until then
     * @param {boolean} scan
     * @returns {Promise<Parsed>}
     */
    async parse(chunk, scan) {
        const number = this.#next();
        if (chunk.length === 0) return { reply: NOTHING, number, tried: 0, again: () => Promise.reject(NOTHING), release: () => {} };
        const { pool, buffers } = this.parts;
        const use = (/** @type {Channel} */ channel) => this.#sent(channel, chunk, 'parse', scan, number);
        const again = async () => (await this.#claimed(use, true)).channel;
        const { reply, channel } = await this.#claimed(use);
        /** @type {Parsed} */
        const parsed = { reply, number, channel, tried: 0, again, release: () => {} };
        parsed.release = () => {
            if (parsed.channel) pool.release(parsed.channel);
            buffers.release(chunk);
        };
        return parsed;
    }

    /**
     * With a worker that is to be released afterwards. When a worker is lost, another one does it again.
     * @template T
     * @param {(channel: Channel) => Promise<T>} use
     * @param {boolean} [urgent] others wait for it
     * @param {number} [most] it is one of the first workers
     * @returns {Promise<{reply: T, channel: Channel}>}
     */
    async #claimed(use, urgent = false, most = Infinity) {
        const { pool, pace, stop, job } = this.parts;
        for (let tried = 0; ; tried += 1) {
            /** @type {Channel | undefined} */
            let channel;
            try {
                stop.check();
                channel = await pool.claim(Math.min(most, pace.wanted), job, urgent || tried > 0);
                stop.check();
                this.#prepare(channel);
                return { reply: await use(channel), channel };
            } catch (error) {
                if (channel) pool.release(channel);
                await this.#mend(channel, error, tried);
            }
        }
    }

    /**
     * Returns when something may be done again; else throws why not.
     * @param {Channel | undefined} channel undefined: none could be started
     * @param {unknown} error
     * @param {number} tried how often it was done again before
     */
    async #mend(channel, error, tried) {
        const { stop, retries, retried } = this.parts;
        stop.check();
        if (tried >= retries || (channel && !isLost(channel, error))) throw error;
        if (channel) this.#forget(channel, error);
        retried();
        if (tried > 0) await this.#pause(BACK_OFF_MS * BACK_OFF_FACTOR ** (tried - 1));
    }

    /** Its memory may be full or in an unknown state. @param {Channel} channel @param {unknown} error */
    #forget(channel, error) {
        channel.fail(error);
        this.#opened.delete(channel);
        this.#told.delete(channel);
    }

    /** @param {number} ms */
    async #pause(ms) {
        const { pool, stop } = this.parts;
        let callOff = () => {};
        /** @type {Promise<void>} */
        const passed = new Promise((resolve) => {
            callOff = pool.platform.later(resolve, ms, true);
        });
        await stop.race(passed).finally(() => callOff());
    }

    /**
     * @param {Parsed} parsed
     * @param {number} skip
     * @param {import('../wasm-glue/binding.js').Limits} room
     * @returns {Promise<{take: number, bytes: number, links: number, flow?: ArrayBuffer}>}
     */
    fit(parsed, skip, room) {
        const request = { job: this.parts.job, chunk: parsed.number, skip, ...room };
        return this.#at(parsed, (channel) => channel.request({ op: 'fit', ...request }));
    }

    /**
     * @param {Parsed} parsed
     * @param {Omit<import('../wasm-glue/protocol.js').PlaceRequest, 'op' | 'job' | 'chunk' | 'spare'>} place
     * @returns {Promise<SegmentReply>}
     */
    place(parsed, place) {
        const { job, buffers } = this.parts;
        return this.#at(parsed, async (channel) => {
            const spare = buffers.takeSpare();
            const size = spare?.byteLength ?? 0;
            try {
                const request = { job, chunk: parsed.number, ...place, spare };
                const reply = await channel.request({ op: 'place', ...request }, spare ? [spare] : []);
                buffers.exchange(size, reply.bytes);
                return reply;
            } catch (error) {
                buffers.lose(size);
                // Formats that keep the nesting find a value outside the settled columns, which statistics have, only here.
                const code = error instanceof ExportError ? error.code : '';
                if (code === 'SOURCE_CHANGED' || (code === 'NOT_VALID' && this.#validation?.guessed)) return { ...NOTHING, late: true };
                throw error;
            }
        });
    }

    /**
     * The worker that has the chunk, however busy it is; when it was lost, one that parses the chunk again.
     * @template T
     * @param {Parsed} parsed
     * @param {(channel: Channel) => Promise<T>} use
     * @returns {Promise<T>}
     */
    async #at(parsed, use) {
        for (;;) {
            const { channel } = parsed;
            if (!channel) throw exportError('INTERNAL', 'a chunk without records has no place');
            try {
                return await use(channel);
            } catch (error) {
                if (parsed.channel === channel) parsed.mending ??= this.#rehome(parsed, channel, error);
                await parsed.mending;
            }
        }
    }

    /**
     * Requests that were lost together wait for it together, and are sent again in their order.
     * @param {Parsed} parsed
     * @param {Channel} channel
     * @param {unknown} error
     */
    async #rehome(parsed, channel, error) {
        try {
            await this.#mend(channel, error, parsed.tried);
            parsed.tried += 1;
            const other = await parsed.again();
            this.parts.pool.release(channel);
            parsed.channel = other;
        } finally {
            parsed.mending = undefined;
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
        const { length, form, window } = chunk;
        const text = buffers.copyOf(chunk); // what a lost worker had does not come back
        const shared = { job, chunk: number, text, start: 0, length, form, window };
        const spare = op === 'encode' ? buffers.takeSpare() : undefined;
        const size = spare?.byteLength ?? 0;
        const request = /** @type {Request} */ (op === 'scan' ? { op, ...shared, shapes: this.parts.shapes } : { op, ...shared, scan, spare });
        const transfer = spare ? [text, spare] : [text];
        const lent = text.byteLength;
        const reply = await channel.request(request, transfer).catch((error) => {
            buffers.lose(lent + size);
            if (error.code === 'SOURCE_CHANGED') return { ...NOTHING, late: true };
            throw error;
        });
        if (reply.text) buffers.giveBlock(reply.text);
        if (reply.bytes) buffers.exchange(size, reply.bytes);
        return reply;
    }
}

/**
 * Whether another worker may do better.
 * @param {Channel} channel
 * @param {unknown} error
 */
function isLost(channel, error) {
    if (channel.stalled) return false;
    return channel.failure !== undefined || (error instanceof ExportError && error.code === 'OUT_OF_MEMORY');
}
