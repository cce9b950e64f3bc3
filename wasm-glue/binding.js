// JavaScript's side of job.h and splitter.h, and the only file that touches the wasm heap.
// SPDX-License-Identifier: MIT
import { COUNTS, ERRORS, ERROR_NAMES, EXPORTS, LIMITS, SPLITTER_FACTS } from '../build/generated/tables.js';

/** @typedef {{code: string, message: string, suggestion?: string, column?: string, record?: number, offset?: number}} Failure */
/** @typedef {{rows: number, bytes: number}} Limits of a part of the file; no rows: the file has no parts */

/**
 * As loom_count of src/job.h says; all but the first five are of formats with parts.
 * @typedef {object} Counts
 * @property {number} read
 * @property {number} good
 * @property {number} rejected
 * @property {number} written
 * @property {number} ended
 * @property {number} links
 * @property {number} bytes
 * @property {number} body
 * @property {number} aside
 * @property {number} filtered
 * @property {number} pictures that the good records show, after `measure`
 * @property {number} skipped of the filtered ones
 */

/**
 * What is taken of the records that pass the filter.
 * @typedef {object} Window
 * @property {number} [skip] left out at the start
 * @property {number} [take] more than 0; nothing is read behind so many further ones
 */

/** The largest number stands for no limit. @param {number} value */
function limitOf(value) {
    return value >>> 0 === 0xffffffff ? Infinity : value >>> 0;
}

/** The splitter reads through a window of this many bytes. */
const SPLITTER_WINDOW = 65536;

/** Segment buffers are made in steps of this many bytes, so that they fit the next segments too. */
const SEGMENT_STEP = 65536;

/** Texts get room in steps of so many bytes, so that it does for the next ones. */
const TEXT_STEP = 16384;

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
    /** Bytes of UTF-8 that one UTF-16 unit took in the texts so far, with some room. */
    bytesPerUnit = 1.1;

    /**
     * @param {WebAssembly.Exports} exports
     * @param {string[]} [names] what it must have
     */
    constructor(exports, names = Object.keys(EXPORTS)) {
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
     * @returns {Uint8Array<ArrayBuffer>}
     */
    tail(totals) {
        this.#pass('loom_job_tail', totals);
        return this.#output();
    }

    /**
     * Ends a part of the file.
     * @param {string} ending JSON: {state, segments}
     * @param {boolean} more start the next part
     * @returns {{bytes: Uint8Array<ArrayBuffer>, cuts: [number, number]}}
     */
    turn(ending, more) {
        const { call } = this.core;
        /** @param {number} pointer @param {number} length */
        const turned = (pointer, length) => call.loom_job_turn(this.pointer, pointer, length, more ? 1 : 0);
        this.check(this.core.withText(ending, turned));
        return { bytes: this.#output(), cuts: [call.loom_job_cut(this.pointer, 0), call.loom_job_cut(this.pointer, 1)] };
    }

    /**
     * Writes the picture of a record.
     * @param {import('./protocol.js').PictureSpot} spot
     * @param {Uint8Array} bytes none for an empty frame
     * @returns {{bytes: Uint8Array<ArrayBuffer>, unreadable: boolean}}
     */
    picture({ pieces, pictures }, bytes) {
        const { call } = this.core;
        const status = this.core.withBytes(bytes, (pointer, length) => call.loom_job_picture(this.pointer, pieces, pictures, pointer, length));
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

/** A loom_chunk that was parsed: to be freed before its job is. */
export class Chunk {
    /**
     * @param {Job} job
     * @param {Uint8Array | string} text
     * @param {number} form
     * @param {Window} [window] default: all
     */
    constructor(job, text, form, { skip = 0, take = Infinity } = {}) {
        this.job = job;
        this.pointer = 0;
        try {
            const length = typeof text === 'string' ? this.#encodeText(text) : this.#copyText(text);
            const most = take > 0xffffffff ? 0 : take;
            this.#call.loom_chunk_window(this.pointer, Math.min(skip, 0xffffffff), most);
            job.check(this.#call.loom_chunk_parse(this.pointer, length, form));
        } catch (error) {
            this.free();
            throw error;
        }
    }

    get #call() {
        return this.job.core.call;
    }

    /** @param {number} capacity */
    #open(capacity) {
        this.free();
        this.pointer = this.#call.loom_chunk_new(this.job.pointer, Math.ceil(capacity / TEXT_STEP) * TEXT_STEP);
        if (this.pointer === 0) throw this.job.error('OUT_OF_MEMORY');
        return this.job.core.view(this.#call.loom_chunk_text(this.pointer), capacity);
    }

    /** @param {Uint8Array} bytes */
    #copyText(bytes) {
        this.#open(bytes.length).set(bytes);
        return bytes.length;
    }

    /**
     * Room is made for as many bytes as such texts took before, and for the most that they can take when that is too few.
     * @param {string} text
     */
    #encodeText(text) {
        const { core } = this.job;
        let target = this.#open(Math.ceil(text.length * core.bytesPerUnit) + 64);
        let { read, written } = encoder.encodeInto(text, target);
        if (read < text.length) {
            target = this.#open(text.length * 3);
            written = encoder.encodeInto(text, target).written;
        }
        core.bytesPerUnit = Math.min(3, Math.max(1.1, (1.1 * written) / Math.max(1, text.length)));
        return written;
    }

    /** @param {number} index the chunk's number in the source */
    scan(index) {
        this.job.check(this.#call.loom_chunk_scan(this.pointer, index));
    }

    /**
     * @param {number} skip good records that are left out at the start
     * @param {number} take good records that are written at most
     */
    encode(skip, take) {
        this.job.check(this.#call.loom_chunk_encode(this.pointer, skip, Math.min(take, 0xffffffff)));
    }

    /** Encodes all good records, so that they can be placed. */
    measure() {
        this.job.check(this.#call.loom_chunk_measure(this.pointer));
    }

    /**
     * @param {number} skip
     * @param {number} rows
     * @param {number} bytes
     * @returns {number} good records from `skip` on that fit; the counts of links and bytes are theirs then
     */
    fit(skip, rows, bytes) {
        return this.#call.loom_chunk_fit(this.pointer, skip, rows, bytes) >>> 0;
    }

    /**
     * @param {number} skip
     * @param {number} take
     * @param {number} rows records of the part before
     * @param {number} links links of the part before
     */
    place(skip, take, rows, links) {
        this.job.check(this.#call.loom_chunk_place(this.pointer, skip, take, rows, links));
    }

    /**
     * How the records that were measured, or that fit, move the spot of a format that flows; undefined for others.
     * @returns {ArrayBuffer | undefined}
     */
    flow() {
        const pointer = this.#call.loom_chunk_flow(this.pointer);
        if (pointer === 0) throw CoreError.of('OUT_OF_MEMORY');
        const length = this.#call.loom_chunk_flow_length(this.pointer) >>> 0;
        return length === 0 ? undefined : this.job.core.view(pointer, length * 4).slice().buffer;
    }

    /** @param {import('./protocol.js').Spot} spot where the next segment stands */
    spot({ page, height, pieces, pictures }) {
        this.#call.loom_chunk_spot(this.pointer, page, height, pieces, pictures);
    }

    /** @param {import('./protocol.js').PictureSpot[]} spots where the chunk's pictures stand, in their order */
    pictures(spots) {
        for (const { pieces, pictures } of spots) this.job.check(this.#call.loom_chunk_picture(this.pointer, pieces, pictures));
    }

    /** What the end of the part must be told of the segment: JSON. @returns {string} */
    info() {
        return this.job.core.textAt(this.#call.loom_chunk_info(this.pointer));
    }

    /** @returns {Counts} */
    counts() {
        /** @param {number} which */
        const count = (which) => this.#call.loom_chunk_count(this.pointer, which) >>> 0;
        return {
            read: count(COUNTS.READ),
            good: count(COUNTS.GOOD),
            rejected: count(COUNTS.REJECTED),
            written: count(COUNTS.WRITTEN),
            ended: count(COUNTS.ENDED),
            links: count(COUNTS.LINKS),
            bytes: count(COUNTS.BYTES),
            body: count(COUNTS.BODY),
            aside: count(COUNTS.ASIDE),
            filtered: count(COUNTS.FILTERED),
            skipped: count(COUNTS.SKIPPED),
            pictures: count(COUNTS.PICTURES),
        };
    }

    /** @returns {string} JSON, or '' */
    report() {
        const pointer = this.#call.loom_chunk_report(this.pointer);
        if (pointer === 0) throw CoreError.of('OUT_OF_MEMORY');
        return this.job.core.textAt(pointer);
    }

    /** Statistics of the records that were encoded, for `gather`; undefined when there are none. @returns {ArrayBuffer | undefined} */
    statistics() {
        const length = this.#call.loom_chunk_statistics_length(this.pointer) >>> 0;
        if (length === 0) return undefined;
        return this.job.core.view(this.#call.loom_chunk_statistics(this.pointer), length).slice().buffer;
    }

    /** The segment, until the next call into C. @returns {Uint8Array} */
    get view() {
        const pointer = this.#call.loom_chunk_output(this.pointer);
        return this.job.core.view(pointer, this.#call.loom_chunk_output_length(this.pointer));
    }

    /**
     * The segment, in `spare` when it fits there.
     * @param {ArrayBuffer} [spare]
     * @returns {{bytes: ArrayBuffer, length: number}}
     */
    output(spare) {
        const { view } = this;
        const { length } = view;
        const fits = spare !== undefined && spare.byteLength >= length;
        const bytes = fits ? spare : new ArrayBuffer(Math.ceil(length / SEGMENT_STEP) * SEGMENT_STEP);
        new Uint8Array(bytes, 0, length).set(view);
        return { bytes, length };
    }

    free() {
        this.#call.loom_chunk_free(this.pointer);
        this.pointer = 0;
    }
}

/** A loom_splitter: finds where the records of a JSON array end. To be freed. */
export class Splitter {
    /** Records that ended in the last feed. */
    records = 0;
    /** The end of the last of them, counted from the feed's first byte. */
    cut = 0;
    /** Whether the array's `]` has come. */
    closed = false;
    /** Where it stood in the last feed. */
    behind = 0;

    /** @param {Core} core */
    constructor(core) {
        this.core = core;
        this.pointer = core.call.loom_splitter_new();
        this.window = core.call.loom_alloc(SPLITTER_WINDOW);
        if (this.pointer === 0 || this.window === 0) throw CoreError.of('OUT_OF_MEMORY');
    }

    /**
     * Goes on through `text` and stops behind the end of the `most`-th record, behind the closing `]`, or at the end.
     * @param {Uint8Array} text
     * @param {number} most
     * @returns {number} bytes that it went through
     */
    feed(text, most) {
        this.records = this.cut = this.behind = 0;
        let at = 0;
        while (at < text.length && this.records < most && !this.closed) {
            const piece = text.subarray(at, at + SPLITTER_WINDOW);
            this.core.view(this.window, piece.length).set(piece);
            const limit = Math.min(most - this.records, 0xffffffff);
            const through = this.core.call.loom_splitter_feed(this.pointer, this.window, piece.length, limit) >>> 0;
            this.#note(at);
            at += through;
        }
        return at;
    }

    /** @param {number} base where the piece starts in the feed */
    #note(base) {
        const records = this.#state(SPLITTER_FACTS.RECORDS);
        if (records > 0) this.cut = base + this.#state(SPLITTER_FACTS.CUT);
        this.records += records;
        this.closed = this.#state(SPLITTER_FACTS.CLOSED) === 1;
        if (this.closed) this.behind = base + this.#state(SPLITTER_FACTS.BEHIND);
    }

    /** @param {number} fact */
    #state(fact) {
        return this.core.call.loom_splitter_state(this.pointer, fact) >>> 0;
    }

    free() {
        this.core.call.loom_free(this.window);
        this.core.call.loom_splitter_free(this.pointer);
        this.pointer = this.window = 0;
    }
}
