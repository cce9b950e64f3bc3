// JavaScript's side of the chunks of a job (src/job.h).
// SPDX-License-Identifier: MIT
import { COUNTS } from '../build/generated/tables.js';
import { CoreError } from './binding.js';

/** @typedef {import('./binding.js').Job} Job */

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

/** The largest number that C takes; Infinity is written as it. */
const MOST = 0xffffffff;

/** Segment buffers are made in steps of this many bytes, so that they fit the next segments too. */
const SEGMENT_STEP = 65536;

/** Texts get room in steps of so many bytes, so that it does for the next ones. */
const TEXT_STEP = 16384;

/** A loom_chunk that was parsed: to be freed before its job is. */
export class Chunk {
    /**
     * @param {Job} job
     * @param {Uint8Array} text
     * @param {number} form
     * @param {Window} [window] default: all
     */
    constructor(job, text, form, { skip = 0, take = Infinity } = {}) {
        this.job = job;
        this.pointer = 0;
        try {
            this.#open(text.length).set(text);
            const most = take > MOST ? 0 : take;
            this.#call.loom_chunk_window(this.pointer, Math.min(skip, MOST), most);
            job.check(this.#call.loom_chunk_parse(this.pointer, text.length, form));
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

    /** @param {number} index the chunk's number in the source */
    scan(index) {
        this.job.check(this.#call.loom_chunk_scan(this.pointer, index));
    }

    /**
     * @param {number} skip good records that are left out at the start
     * @param {number} take good records that are written at most
     */
    encode(skip, take) {
        this.job.check(this.#call.loom_chunk_encode(this.pointer, skip, Math.min(take, MOST)));
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
        return this.#call.loom_chunk_fit(this.pointer, skip, Math.min(rows, MOST), Math.min(bytes, MOST)) >>> 0;
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

    /** @param {import('./protocol.js').Spot[]} spots where the chunk's pictures stand, in their order */
    pictures(spots) {
        for (const { page, height, pieces, pictures } of spots)
            this.job.check(this.#call.loom_chunk_picture(this.pointer, page, height, pieces, pictures));
    }

    /** What the end of the part must be told of the segment: JSON. @returns {string} */
    info() {
        return this.job.core.textAt(this.#call.loom_chunk_info(this.pointer));
    }

    /** @returns {Counts} */
    counts() {
        const counts = Object.entries(COUNTS).map(([name, which]) => [name.toLowerCase(), this.#call.loom_chunk_count(this.pointer, which) >>> 0]);
        return Object.fromEntries(counts);
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
