// Where records end: in lines by their line breaks, in a JSON array by the splitter of the core.
// SPDX-License-Identifier: MIT
import { FORMS } from '../build/generated/tables.js';
import { firstNotBlank } from './encoding.js';

/**
 * What an examination of the next bytes found. Positions count from the start of the text that is being cut.
 * @typedef {object} Found
 * @property {number} records that ended; unknown (0) when they were not to be counted
 * @property {number} cut the end of the last of them, or 0
 * @property {number} through how far the examination went
 */

/**
 * Looks at `text` from `from`, where the look before ended, for at most `most` records (Infinity: no need to count).
 * `line` is the end of the last record that was found before.
 * @typedef {object} Boundaries
 * @property {(text: Uint8Array, from: number, most: number, line: number) => Found} find
 * @property {(text: Uint8Array, from: number) => Found} skip goes to the end of the record that `from` stands in
 * @property {boolean} closed nothing but blanks may follow
 * @property {boolean} closes whether the input must close
 * @property {() => number} form of the next chunk
 * @property {() => void} free
 */

/** Lines that hold nothing but blanks are no records. @implements {Boundaries} */
export class LineBoundaries {
    closed = false;
    closes = false;

    form() {
        return FORMS.LINES;
    }

    /**
     * @param {Uint8Array} text
     * @param {number} from
     * @param {number} most
     * @param {number} line
     * @returns {Found}
     */
    find(text, from, most, line) {
        if (most === Infinity) {
            const last = text.subarray(from).lastIndexOf(10);
            return { records: 0, cut: last >= 0 ? from + last + 1 : 0, through: text.length };
        }
        let [records, cut, start, at] = [0, 0, line, from];
        while (records < most) {
            const end = text.indexOf(10, at);
            if (end < 0) return { records, cut, through: text.length };
            if (firstNotBlank(text, start, end) < end) records += 1;
            cut = start = at = end + 1;
        }
        return { records, cut, through: cut };
    }

    /**
     * @param {Uint8Array} text
     * @param {number} from
     * @returns {Found}
     */
    skip(text, from) {
        const end = text.indexOf(10, from);
        return end < 0 ? { records: 0, cut: 0, through: text.length } : { records: 1, cut: end + 1, through: end + 1 };
    }

    free() {}
}

/** @implements {Boundaries} */
export class ArrayBoundaries {
    closes = true;
    #first = true;

    /** @param {import('../wasm-glue/splitter.js').Splitter} splitter that stands behind the `[` */
    constructor(splitter) {
        this.splitter = splitter;
    }

    get closed() {
        return this.splitter.closed;
    }

    form() {
        const form = this.#first ? FORMS.ARRAY_FIRST : FORMS.ARRAY_NEXT;
        this.#first = false;
        return form;
    }

    /**
     * @param {Uint8Array} text
     * @param {number} from
     * @param {number} most
     * @returns {Found}
     */
    find(text, from, most) {
        const { splitter } = this;
        const through = from + splitter.feed(text.subarray(from), most);
        if (splitter.closed) {
            // Another bracket than `]` is left to the parser, which finds it broken.
            const behind = from + splitter.behind;
            return { records: splitter.records, cut: text[behind] === 0x5d ? behind : behind + 1, through };
        }
        return { records: splitter.records, cut: splitter.records > 0 ? from + splitter.cut : 0, through };
    }

    /**
     * @param {Uint8Array} text
     * @param {number} from
     */
    skip(text, from) {
        return this.find(text, from, 1);
    }

    free() {
        this.splitter.free();
    }
}
