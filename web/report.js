// The report of an export: counts, defects and warnings of its chunks, merged in the order of the source.
// SPDX-License-Identifier: MIT
import { ERRORS, VERSION } from '../build/generated/tables.js';

/** @typedef {import('./types.js').Defect} Defect */
/** @typedef {import('./types.js').Warning} Warning */
/** @typedef {import('./types.js').ReportedColumn} ReportedColumn */
/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */

/** Defects that a report lists; the rest is counted. */
const MOST_DEFECTS = 10000;

/** Characters that a warning names, as many as a chunk's warning does. */
const MOST_CHARACTERS = 8;

/**
 * @typedef {object} ChunkReport as loom_chunk_report tells it
 * @property {{record: number, offset: number, code: string, message: string, excerpt?: string}[]} [defects]
 * @property {{code: string, column?: string, record?: number, count: number, characters?: string}[]} [warnings]
 * @property {import('./paths.js').PathRow[]} [paths]
 * @property {import('./shapes.js').ShapeRow[]} [shapes]
 * @property {number[]} [found]
 * @property {string[]} [pictures] addresses
 */

/** What one pass has counted so far. */
export class Tally {
    read = 0;
    written = 0;
    filtered = 0;
    skipped = 0;
    rejected = 0;
    /** @type {Defect[]} */
    defects = [];
    /** @type {Map<string, Warning>} */
    #warnings = new Map();
    /** Numbers of the columns that had a value. @type {Set<number>} */
    found = new Set();
    /** Whether the input is broken so that nothing behind it was read. */
    ended = false;

    /** Records that may be written. */
    get good() {
        return this.read - this.rejected - this.filtered;
    }

    get counts() {
        return { read: this.read, written: this.written, filtered: this.filtered, rejected: this.rejected };
    }

    get warnings() {
        return [...this.#warnings.values()];
    }

    /**
     * Takes in a chunk, after all chunks before it.
     * @param {Chunk} chunk
     * @param {SegmentReply['counts']} counts
     * @param {ChunkReport} report
     */
    add(chunk, counts, report) {
        const before = this.read;
        if (isCut(chunk, counts)) chunk = withoutRest(chunk, counts);
        this.read += counts.read + chunk.lost.length;
        this.rejected += counts.rejected + chunk.lost.length;
        this.written += counts.written;
        this.filtered += counts.filtered;
        this.skipped += counts.skipped;
        this.#addDefects(chunk, report, before);
        for (const { code, column, ordinal } of chunk.warnings ?? []) this.warn(code, 1, column || undefined, before + ordinal);
        const warnings = (report.warnings ?? []).sort((one, other) => (one.record ?? 0) - (other.record ?? 0));
        for (const { code, column, record, count, characters } of warnings)
            this.warn(code, count, column, record === undefined ? undefined : before + trueOrdinal(record, chunk), characters);
        for (const number of report.found ?? []) this.found.add(number);
        if (counts.ended === 1 || chunk.ends) this.#end();
    }

    #end() {
        this.ended = true;
        this.warn('INPUT_ENDED_EARLY', 1);
    }

    /**
     * @param {Chunk} chunk
     * @param {ChunkReport} report
     * @param {number} before records of the source before this chunk
     */
    #addDefects(chunk, report, before) {
        if (this.defects.length >= MOST_DEFECTS) return;
        const lost = chunk.lost.map((one) => lostDefect(one, before, chunk.input));
        const found = (report.defects ?? []).map((one) => coreDefect(one, before, chunk));
        const all = lost.length > 0 ? [...lost, ...found].sort((one, other) => one.record - other.record) : found;
        this.defects.push(...all.slice(0, MOST_DEFECTS - this.defects.length));
    }

    /**
     * @param {string} code
     * @param {number} count
     * @param {string} [column]
     * @param {number} [record] the first that it is about
     * @param {string} [characters] that it is about
     */
    warn(code, count, column, record, characters) {
        const key = JSON.stringify([code, column]);
        const known = this.#warnings.get(key);
        if (!known) {
            const message = ERRORS[code]?.message ?? code;
            this.#warnings.set(key, withoutUndefined({ code, message, column, record, count, characters }));
            return;
        }
        known.count += count;
        if (characters) known.characters = [...new Set((known.characters ?? '') + characters)].slice(0, MOST_CHARACTERS).join('');
    }

    /** Limits that the file has met, as the forecast tells them. @param {Warning[]} limits */
    meet(limits) {
        for (const limit of limits) this.#warnings.set(limit.code, { ...limit });
    }

    /** What is known only at the end. @param {number} lone half surrogate pairs that the host replaced */
    finish(lone) {
        if (lone > 0) this.warn('LONE_SURROGATE', lone);
        const unlisted = this.rejected - this.defects.length;
        if (unlisted > 0) this.warn('DEFECTS_NOT_LISTED', unlisted);
    }
}

/**
 * Whether the limit lies in the chunk: what is behind was not read.
 * @param {Chunk} chunk
 * @param {SegmentReply['counts']} counts
 */
export function isCut({ window }, counts) {
    return window?.take !== undefined && counts.good >= window.take;
}

/**
 * The chunk without what was lost behind the last record that the core read.
 * @param {Chunk} chunk
 * @param {SegmentReply['counts']} counts
 * @returns {Chunk}
 */
function withoutRest(chunk, counts) {
    const last = trueOrdinal(counts.read - 1, chunk);
    const isRead = (/** @type {{ordinal: number}} */ { ordinal }) => ordinal <= last; // no lost record is the last
    return { ...chunk, ends: false, lost: chunk.lost.filter(isRead), warnings: chunk.warnings?.filter(isRead) };
}

/**
 * The place of a record among all of the chunk, lost ones too.
 * @param {number} ordinal among those that the core saw
 * @param {Chunk} chunk
 */
function trueOrdinal(ordinal, chunk) {
    let place = ordinal;
    for (const lost of chunk.lost) if (lost.ordinal <= place) place += 1;
    return place;
}

/**
 * @param {import('./chunks.js').Lost} lost
 * @param {number} before
 * @param {string} [input]
 * @returns {Defect}
 */
function lostDefect(lost, before, input) {
    const { message } = ERRORS[lost.code];
    return withoutUndefined({
        record: before + lost.ordinal,
        offset: lost.offset,
        code: lost.code,
        message: lost.detail ? `${message}: ${lost.detail}` : message,
        excerpt: lost.excerpt,
        input,
    });
}

/**
 * @param {NonNullable<ChunkReport['defects']>[number]} defect
 * @param {number} before
 * @param {Chunk} chunk
 * @returns {Defect}
 */
function coreDefect(defect, before, chunk) {
    return withoutUndefined({
        record: before + trueOrdinal(defect.record, chunk),
        offset: chunk.offset === undefined ? undefined : chunk.offset + defect.offset,
        code: defect.code,
        message: defect.message,
        excerpt: defect.excerpt,
        input: chunk.input,
    });
}

/**
 * @template {object} T
 * @param {T} row
 * @returns {T}
 */
function withoutUndefined(row) {
    return /** @type {T} */ (Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)));
}

/** @param {string} text of a chunk's report @returns {ChunkReport} */
export function readChunkReport(text) {
    return text === '' ? {} : JSON.parse(text);
}

/** @param {string} text columns as `settle` told them @returns {ReportedColumn[]} */
export function readColumns(text) {
    return JSON.parse(text).map((/** @type {ReportedColumn} */ { key, label, type }) => ({ key, label, type }));
}

/**
 * The core tells equal labels apart by a number behind the later ones.
 * @param {ReportedColumn[]} columns
 */
function toldApart(columns) {
    /** @type {Set<string>} */
    const labels = new Set();
    return columns.map((column) => {
        let { label } = column;
        for (let number = 2; labels.has(label); number += 1) label = `${column.label} (${number})`;
        labels.add(label);
        return { ...column, label };
    });
}

/**
 * Columns as the options gave them.
 * @param {(string | import('./types.js').Column)[]} columns
 * @returns {ReportedColumn[]}
 */
export function givenColumns(columns) {
    const shown = columns
        .map((column) => (typeof column === 'string' ? { key: column } : column))
        .filter((column) => column.hidden !== true);
    return toldApart(shown.map(({ key, label, type }) => withoutUndefined({ key, label: label ?? key, type })));
}

/**
 * The records' own JSON stands last.
 * @param {ReportedColumn[]} columns
 */
export function withRawColumn(columns) {
    return toldApart([...columns, { key: '_raw', label: '_raw', type: 'json' }]);
}

/**
 * @param {object} facts
 * @param {Tally} facts.tally
 * @param {ReportedColumn[]} facts.columns
 * @param {import('./types.js').ExportStatistics} [facts.statistics]
 * @param {boolean} [facts.validated]
 * @param {import('./types.js').Timings} facts.timings
 * @param {number} facts.peakMemoryBytes
 * @param {number} facts.retries
 * @param {import('./types.js').PlanReport} facts.plan
 * @param {import('./types.js').Estimate} [facts.estimate]
 * @param {Record<string, unknown>} facts.options
 * @param {number} facts.startedAt
 * @param {number} facts.finishedAt
 * @returns {import('./types.js').ExportReport}
 */
export function reportOf({ tally, columns, statistics, validated, timings, peakMemoryBytes, retries, plan, estimate, options, startedAt, finishedAt }) {
    const codes = new Set([...tally.defects, ...tally.warnings].map(({ code }) => code));
    return {
        counts: tally.counts,
        ...(validated ? { validated } : {}),
        partial: tally.rejected > 0 || tally.ended,
        columns,
        ...(statistics ? { statistics } : {}),
        defects: tally.defects,
        warnings: tally.warnings,
        timings,
        peakMemoryBytes,
        retries,
        plan,
        ...(estimate ? { estimate } : {}),
        version: VERSION,
        options,
        startedAt: new Date(startedAt).toISOString(),
        finishedAt: new Date(finishedAt).toISOString(),
        suggestions: [...codes].map((code) => `${code}: ${ERRORS[code]?.suggestion}`),
    };
}
