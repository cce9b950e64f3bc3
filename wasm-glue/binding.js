// One instance of a wasm module, the only thing that touches its heap, and JavaScript's side of jobs (src/job.h).
// SPDX-License-Identifier: MIT
import { ERRORS, ERROR_NAMES, EXPORTS, LIMITS } from '../build/generated/tables.js';

/** @typedef {{code: string, message: string, suggestion?: string, column?: string, record?: number, offset?: number}} Failure */
/** @typedef {{rows: number, bytes: number}} Limits of a part of the file; no rows: the file has no parts */

/** The largest number stands for no limit. @param {number} value */
function limitOf(value) {
    return value >>> 0 === 0xffffffff ? Infinity : value >>> 0;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An error that C reported, known by its code. */
export class CoreError extends Error {
    /** @param {Failure} failure */
    constructor(failure) {
        super(failure.message);
        this.name = 'CoreError';
        this.failure = failure;
    }

    /** @param {string} code */
    static of(code) {
        return new CoreError({ code, message: ERRORS[code].message, suggestion: ERRORS[code].suggestion });
    }
}

/** One instance of the module. */
export class Core {
    /**
     * @param {WebAssembly.Exports} exports
     * @param {string[]} [names] what it must have
     */
    constructor(exports, names = EXPORTS.formats) {
        for (const name of names)
            if (typeof exports[name] !== 'function') throw new WebAssembly.LinkError(`the module has no ${name}`);
        this.call = /** @type {Record<string, (...values: number[]) => number>} */ (/** @type {unknown} */ (exports));
        this.heap = /** @type {WebAssembly.Memory} */ (exports.memory);
    }

    /** Bytes of wasm memory; they never become fewer. */
    get memory() {
        return this.heap.buffer.byteLength;
    }

    /**
     * A view that is valid until the next call into C, which may move the heap.
     * @param {number} pointer
     * @param {number} length
     */
    view(pointer, length) {
        return new Uint8Array(this.heap.buffer, pointer >>> 0, length >>> 0);
    }

    /** @param {number} pointer to text that ends in NUL */
    textAt(pointer) {
        const bytes = new Uint8Array(this.heap.buffer, pointer >>> 0);
        return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
    }

    /**
     * Calls with a text that C reads during the call only.
     * @param {string} text
     * @param {(pointer: number, length: number) => number} call
     */
    withText(text, call) {
        return this.withBytes(encoder.encode(text), call);
    }

    /**
     * The same with bytes.
     * @param {Uint8Array} bytes
     * @param {(pointer: number, length: number) => number} call
     */
    withBytes(bytes, call) {
        const pointer = this.copyOf(bytes);
        try {
            return call(pointer, bytes.length);
        } finally {
            this.call.loom_free(pointer);
        }
    }

    /** A copy that C can read, to be freed. @param {Uint8Array} bytes */
    copyOf(bytes) {
        const pointer = this.call.loom_alloc(bytes.length + 1);
        if (pointer === 0) throw CoreError.of('OUT_OF_MEMORY');
        this.view(pointer, bytes.length).set(bytes);
        return pointer;
    }
}

/** A loom_job: to be freed when it is not used any more, and not used after it was freed. */
export class Job {
    /**
     * @param {Core} core
     * @param {string} options JSON
     */
    constructor(core, options) {
        this.core = core;
        this.pointer = core.call.loom_job_new();
        if (this.pointer === 0) throw CoreError.of('OUT_OF_MEMORY');
        try {
            this.#pass('loom_job_options', options);
        } catch (error) {
            this.free();
            throw error;
        }
    }

    /**
     * @param {string} name
     * @param {string} text
     */
    #pass(name, text) {
        this.check(this.core.withText(text, (pointer, length) => this.core.call[name](this.pointer, pointer, length)));
    }

    /** @param {number} status what a function of C returned */
    check(status) {
        if (status !== 0) throw this.error(ERROR_NAMES[status] ?? 'INTERNAL');
    }

    /**
     * The job's last error.
     * @param {string} code what is said when the job does not say more
     */
    error(code) {
        const text = this.core.textAt(this.core.call.loom_job_error(this.pointer));
        return text === '' ? CoreError.of(code) : new CoreError(JSON.parse(text));
    }

    #output() {
        const pointer = this.core.call.loom_job_output(this.pointer);
        return this.core.view(pointer, this.core.call.loom_job_output_length(this.pointer)).slice();
    }

    /** @param {string} region JSON, as loom_job_region takes it */
    region(region) {
        this.#pass('loom_job_region', region);
    }

    /**
     * A font or a picture, or (without bytes) that there is one.
     * @param {number} slot
     * @param {number} use
     * @param {Uint8Array} [bytes]
     */
    file(slot, use, bytes) {
        const { core } = this;
        const pointer = bytes ? core.copyOf(bytes) : 0;
        this.check(core.call.loom_job_file(this.pointer, slot, use, pointer, bytes?.length ?? 0));
    }

    /** Bit i: the file of slot i must be given, and the last step be done again. */
    get wanted() {
        return this.core.call.loom_job_wanted(this.pointer) >>> 0;
    }

    /** @param {string} paths JSON */
    merge(paths) {
        this.#pass('loom_job_merge', paths);
    }

    /**
     * @param {boolean} extra
     * @returns {string} the columns as JSON
     */
    settle(extra) {
        this.check(this.core.call.loom_job_settle(this.pointer, extra ? 1 : 0));
        return decoder.decode(this.#output());
    }

    /** @param {string} columns JSON, as `settle` gave it */
    columns(columns) {
        this.#pass('loom_job_columns', columns);
    }

    /**
     * @param {string} metadata JSON
     * @returns {Uint8Array<ArrayBuffer>}
     */
    head(metadata) {
        this.#pass('loom_job_head', metadata);
        return this.#output();
    }

    /**
     * @param {string} totals JSON
     * @param {Uint8Array[]} [ledger] what the turns told of the parts
     * @returns {Uint8Array<ArrayBuffer>}
     */
    tail(totals, ledger) {
        if (ledger) this.#fillLedger(ledger);
        this.#pass('loom_job_tail', totals);
        return this.#output();
    }

    /** @param {Uint8Array[]} pieces */
    #fillLedger(pieces) {
        const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
        const pointer = this.core.call.loom_job_ledger_room(this.pointer, length);
        if (pointer === 0) throw CoreError.of('OUT_OF_MEMORY');
        let at = 0;
        for (const piece of pieces) {
            this.core.view(pointer + at, piece.length).set(piece);
            at += piece.length;
        }
    }

    /**
     * Ends a part of the file.
     * @param {string} ending JSON: {state, segments}
     * @param {boolean} more start the next part
     * @returns {{bytes: Uint8Array<ArrayBuffer>, cuts: [number, number], ledger: Uint8Array<ArrayBuffer>}}
     */
    turn(ending, more) {
        const { call } = this.core;
        /** @param {number} pointer @param {number} length */
        const turned = (pointer, length) => call.loom_job_turn(this.pointer, pointer, length, more ? 1 : 0);
        this.check(this.core.withText(ending, turned));
        const cuts = /** @type {[number, number]} */ ([call.loom_job_cut(this.pointer, 0), call.loom_job_cut(this.pointer, 1)]);
        const ledger = this.core.view(call.loom_job_ledger(this.pointer), call.loom_job_ledger_length(this.pointer)).slice();
        return { bytes: this.#output(), cuts, ledger };
    }

    /**
     * Writes the picture of a record.
     * @param {import('./protocol.js').Spot} spot
     * @param {Uint8Array} bytes none for an empty frame
     * @returns {{bytes: Uint8Array<ArrayBuffer>, unreadable: boolean}}
     */
    picture({ page, height, pieces, pictures }, bytes) {
        const { call } = this.core;
        /** @param {number} pointer @param {number} length */
        const written = (pointer, length) => call.loom_job_picture(this.pointer, page, height, pieces, pictures, pointer, length);
        const status = this.core.withBytes(bytes, written);
        const unreadable = status === ERRORS.THUMBNAIL_UNREADABLE.number;
        if (!unreadable) this.check(status);
        return { bytes: this.#output(), unreadable };
    }

    /** What the next turn or the tail must be told of the last head or turn: JSON, or ''. */
    get state() {
        const pointer = this.core.call.loom_job_state(this.pointer);
        if (pointer === 0) throw CoreError.of('OUT_OF_MEMORY');
        return this.core.textAt(pointer);
    }

    /** @returns {Limits} */
    get limits() {
        const { call } = this.core;
        return {
            rows: limitOf(call.loom_job_limit(this.pointer, LIMITS.ROWS)),
            bytes: limitOf(call.loom_job_limit(this.pointer, LIMITS.BYTES)),
        };
    }

    /**
     * @param {string} shapes rows, one a line
     * @returns {Uint8Array<ArrayBuffer>} the schema
     */
    schema(shapes) {
        this.#pass('loom_job_schema', shapes);
        return this.#output();
    }

    /** Warnings about the job as a whole, once its head was made: JSON, or ''. */
    get warnings() {
        const pointer = this.core.call.loom_job_warnings(this.pointer);
        if (pointer === 0) throw CoreError.of('OUT_OF_MEMORY');
        return this.core.textAt(pointer);
    }

    /**
     * Takes the statistics of the next chunk, or a state.
     * @param {ArrayBuffer} blob
     */
    gather(blob) {
        const { call } = this.core;
        this.check(this.core.withBytes(new Uint8Array(blob), (pointer, length) => call.loom_job_statistics_merge(this.pointer, pointer, length)));
    }

    /** What was gathered, as a state. @returns {Uint8Array<ArrayBuffer>} */
    gathered() {
        this.check(this.core.call.loom_job_statistics_write(this.pointer));
        return this.#output();
    }

    /** What was gathered, as JSON. @returns {string} */
    statistics() {
        this.check(this.core.call.loom_job_statistics_report(this.pointer));
        return decoder.decode(this.#output());
    }

    /** Bytes of separator that every segment starts with. */
    get lead() {
        return this.core.call.loom_job_lead(this.pointer) >>> 0;
    }

    free() {
        this.core.call.loom_job_free(this.pointer);
        this.pointer = 0;
    }
}
