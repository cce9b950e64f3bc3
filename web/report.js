// The report of an export: counts, defects and warnings of its chunks, merged in the order of the source.
// SPDX-License-Identifier: MIT
import { ERRORS, VERSION } from '../build/generated/tables.js';
import { Indexes } from './indexes.js';

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
    /** All records that were rejected, those too that the defects do not list. */
    indexes = new Indexes();
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

    /** How many `warnings` there are. */
    get warned() {
        return this.#warnings.size;
    }

    /** In the order of the records, but for those of pictures, which arrive when they like: they stand last. */
    get warnings() {
        const all = [...this.#warnings.values()];
        const ofPictures = all.filter(({ code }) => code.startsWith('THUMBNAIL_')).sort((one, other) => (one.code < other.code ? -1 : 1));
        return [...all.filter((one) => !ofPictures.includes(one)), ...ofPictures];
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
        const at = indexing(chunk, before);
        this.#addDefects(chunk, report, at);
        this.indexes.endless = counts.ended === 1 || chunk.ends === true;
        for (const { code, column, ordinal } of chunk.warnings ?? []) this.warn(code, 1, column || undefined, at(ordinal));
        const warnings = (report.warnings ?? []).sort((one, other) => (one.record ?? 0) - (other.record ?? 0));
        for (const { code, column, record, count, characters } of warnings)
            this.warn(code, count, column, record === undefined ? undefined : at(trueOrdinal(record, chunk)), characters);
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
     * @param {(ordinal: number) => number} at the index of a record of the chunk
     */
    #addDefects(chunk, report, at) {
        const told = report.defects ?? [];
        const ordinals = [...chunk.lost.map(({ ordinal }) => ordinal), ...told.map(({ record }) => trueOrdinal(record, chunk))];
        for (const ordinal of ordinals.sort((one, other) => one - other)) this.indexes.add(at(ordinal));
        if (this.indexes.count < this.rejected) this.indexes.gaps = true; // a chunk's report lists no more than that of an export
        if (this.defects.length >= MOST_DEFECTS) return;
        const lost = chunk.lost.map((one) => lostDefect(one, at, chunk.input));
        const found = told.map((one) => coreDefect(one, at, chunk));
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

    /** What is known only at the end. @param {import('./chunks.js').ChunkStream} stream that was read */
    finish({ lone, missing = 0 }) {
        if (lone > 0) this.warn('LONE_SURROGATE', lone);
        if (missing > 0) this.warn('RECORD_NOT_FOUND', missing);
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
 * How the records of a chunk stand in the source.
 * @param {Chunk} chunk
 * @param {number} before records of the source before it
 * @returns {(ordinal: number) => number}
 */
function indexing({ indexes }, before) {
    return (ordinal) => indexes?.[ordinal] ?? before + ordinal;
}

/**
 * The offset in the source of a byte of a chunk's text.
 * @param {Chunk} chunk
 * @param {number} offset
 */
function offsetIn({ offset: start, pieces }, offset) {
    if (!pieces) return start === undefined ? undefined : start + offset;
    let [low, high] = [0, pieces.length]; // the last piece that begins at the offset or before is in between
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (pieces[middle].at <= offset) low = middle;
        else high = middle;
    }
    const piece = pieces[low];
    return piece && piece.offset + offset - piece.at;
}

/**
 * @param {import('./chunks.js').Lost} lost
 * @param {(ordinal: number) => number} at
 * @param {string} [input]
 * @returns {Defect}
 */
function lostDefect(lost, at, input) {
    const { message } = ERRORS[lost.code];
    return withoutUndefined({
        record: at(lost.ordinal),
        offset: lost.offset,
        code: lost.code,
        message: lost.detail ? `${message}: ${lost.detail}` : message,
        excerpt: lost.excerpt,
        input,
    });
}

/**
 * @param {NonNullable<ChunkReport['defects']>[number]} defect
 * @param {(ordinal: number) => number} at
 * @param {Chunk} chunk
 * @returns {Defect}
 */
function coreDefect(defect, at, chunk) {
    return withoutUndefined({
        record: at(trueOrdinal(defect.record, chunk)),
        offset: offsetIn(chunk, defect.offset),
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
    /** The next number for each label. @type {Map<string, number>} */
    const numbers = new Map();
    return columns.map((column) => {
        let { label } = column;
        for (let number = numbers.get(label) ?? 2; labels.has(label); number += 1) {
            label = `${column.label} (${number})`;
            numbers.set(column.label, number + 1);
        }
        labels.add(label);
        return { ...column, label };
    });
}

/**
 * Columns as the options gave them.
 * @param {readonly (string | import('./types.js').Column)[]} columns
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
