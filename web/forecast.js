// Foretells how large an export gets and how long it takes, and which limits it meets, so that nobody waits in vain.
// SPDX-License-Identifier: MIT
import { ERRORS } from '../build/generated/tables.js';

/** @typedef {import('./types.js').Estimate} Estimate */
/** @typedef {import('./types.js').Warning} Warning */

/** ECMA-376 has no limit; this is that of Excel and LibreOffice. */
const SHEET_ROWS = 1048576;

/** Readers of PDF become slow, and people do not read so many. */
const MANY_PAGES = 10000;

/** Rates are taken from the clock once they have been seen for so long, until then from what the workers needed. */
const SETTLED_MS = 250;

/**
 * @typedef {object} Extent how large a file is, or will be
 * @property {number} records
 * @property {number} bytes
 * @property {number} pages of a document, else 0
 */

export class Forecast {
    /** When the first records were written, and how much of the source had been used up. @type {{time: number, bytesIn: number} | undefined} */
    #since;
    /** What was said first, for the report. @type {Estimate | undefined} */
    first;

    /**
     * @param {object} facts
     * @param {string} facts.format
     * @param {boolean} facts.excel whether a text is made for a spreadsheet
     * @param {() => number} facts.mostBytes bytes that the sink takes well
     */
    constructor(facts) {
        this.facts = facts;
    }

    /**
     * @param {import('./progress.js').Progress} progress
     * @param {import('./pace.js').Pace} pace
     * @param {number} pages so far
     * @returns {Estimate | undefined} undefined while nothing can be said
     */
    look(progress, pace, pages) {
        const { share = 0, phase, recordsWritten, bytesOut } = progress;
        if (phase !== 'encoding' || share <= 0 || recordsWritten === 0) return undefined;
        const extent = { records: Math.round(recordsWritten / share), bytes: Math.round(bytesOut / share), pages: Math.ceil(pages / share) };
        const estimate = Object.freeze({
            records: extent.records,
            bytes: extent.bytes,
            ms: this.#spent(progress, pace, share),
            ...(pages > 0 ? { pages: extent.pages } : {}),
            warnings: Object.freeze(this.limits(extent)),
        });
        this.first ??= estimate;
        return estimate;
    }

    /** Milliseconds of the whole export. @param {import('./progress.js').Progress} progress @param {import('./pace.js').Pace} pace @param {number} share */
    #spent({ bytesIn, began, now }, { speed, workers }, share) {
        const time = now();
        this.#since ??= { time, bytesIn };
        const passed = time - this.#since.time;
        const rate = passed > SETTLED_MS ? (bytesIn - this.#since.bytesIn) / passed : speed * workers;
        const left = (bytesIn * (1 - share)) / share;
        return Math.round(time - (began.analyzing ?? began.encoding ?? time) + (rate > 0 ? left / rate : 0));
    }

    /**
     * The limits that a file of this extent meets, each with a format that has none.
     * @param {Extent} extent
     * @returns {Warning[]}
     */
    limits({ records, bytes, pages }) {
        const { format, excel, mostBytes } = this.facts;
        const rows = records + 1; // with the header
        const table = rows > SHEET_ROWS ? 'csv' : 'xlsx';
        return [
            ...(format === 'xlsx' && rows > SHEET_ROWS ? [limit('SEVERAL_SHEETS', Math.ceil(records / (SHEET_ROWS - 1)), 'csv')] : []),
            ...(excel && rows > SHEET_ROWS ? [limit('ROWS_NOT_SHOWN', rows - SHEET_ROWS, 'xlsx')] : []),
            ...(pages > MANY_PAGES ? [limit('MANY_PAGES', pages, table)] : []),
            ...(bytes > mostBytes() ? [limit('LARGE_BLOB', 1)] : []),
        ];
    }
}

/**
 * Of exports that run side by side, which read the same records; undefined until all of them say something.
 * @param {(Estimate | undefined)[]} estimates
 * @returns {Estimate | undefined}
 */
export function combinedEstimate(estimates) {
    const all = estimates.flatMap((estimate) => estimate ?? []);
    if (all.length < estimates.length || all.length === 0) return undefined;
    return Object.freeze({
        records: all.reduce((sum, { records }) => sum + records, 0),
        bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
        ms: Math.max(...all.map(({ ms }) => ms)),
        warnings: Object.freeze(all.flatMap(({ warnings }) => warnings)),
    });
}

/** @param {string} code @param {number} count @param {string} [format] that has no such limit @returns {Warning} */
function limit(code, count, format) {
    const { message, suggestion } = ERRORS[code];
    return Object.freeze({ code, message, count, suggestion, ...(format ? { format } : {}) });
}
