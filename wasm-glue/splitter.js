// Finds the ends of records in text: JavaScript's side of src/batch/splitter.h.
// SPDX-License-Identifier: MIT
import { SPLITTER_FACTS } from '../build/generated/tables.js';
import { CoreError } from './binding.js';

/** The splitter reads through a window of this many bytes. */
const WINDOW = 65536;

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

    /** @param {import('./binding.js').Core} core */
    constructor(core) {
        this.core = core;
        this.pointer = core.call.loom_splitter_new();
        this.window = core.call.loom_alloc(WINDOW);
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
            const piece = text.subarray(at, at + WINDOW);
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
