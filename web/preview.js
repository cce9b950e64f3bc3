// Previews: the first records through the real encoder, and the same records as a table.
// SPDX-License-Identifier: MIT
import { BatchRun } from './batch.js';
import { isTextual } from './compression.js';
import { asExportError, exportError } from './errors.js';
import { filled, isOptions } from './filled.js';
import { findFormat, ROWS } from './formats.js';
import { checkOption, optionsNow } from './options.js';
import { findOrigin } from './sources.js';

/** @typedef {import('./types.js').Preview} Preview */
/** @typedef {import('./types.js').PreviewOptions} PreviewOptions */
/** @typedef {import('./types.js').ReportedColumn} ReportedColumn */
/** @typedef {import('./sources.js').Origin} Origin */

/** Records that are shown when the options do not say how many, and at most. */
const USUAL_ROWS = 50;
const MOST_ROWS = 10000;

/** Records that are looked at for those that a filter lets through, and bytes of them. */
const MOST_READ = 10000;
const MOST_BYTES = 16777216;

/** A source that is slow has more to come. */
const PATIENCE_MS = 200;

/**
 * The start of a source. Once it was read far enough, it is asked whether there is more.
 */
class Start {
    /** Whether the source has records behind those that were read; undefined while it was not asked. @type {boolean | undefined} */
    more;

    /** Records that were read of it. */
    records = 0;

    /** @param {Origin} origin */
    constructor(origin) {
        /** @type {Origin} */
        this.origin = { ...origin, open: async (context) => this.#bounded(await origin.open(context)) };
    }

    /** @param {import('./chunks.js').ChunkStream} stream @returns {import('./chunks.js').ChunkStream} */
    #bounded(stream) {
        const left = { records: MOST_READ, bytes: MOST_BYTES };
        let read = 0; // of this look, which may be one of several
        return {
            total: stream.total,
            records: stream.records,
            get lone() {
                return stream.lone;
            },
            next: async (wish) => {
                if (left.records <= 0 || left.bytes <= 0) return null;
                const chunk = await stream.next({ ...wish, records: Math.min(wish.records, left.records) });
                if (!chunk) this.more = false;
                left.records -= chunk?.records ?? 0;
                read += chunk?.records ?? 0;
                this.records = Math.max(this.records, read);
                left.bytes -= chunk?.bytes ?? 0;
                return chunk;
            },
            close: async () => {
                this.more ??= await this.#hasMore(stream);
                await stream.close();
            },
        };
    }

    /** @param {import('./chunks.js').ChunkStream} stream @returns {Promise<boolean>} */
    #hasMore(stream) {
        return new Promise((resolve) => {
            const timer = setTimeout(() => resolve(true), PATIENCE_MS);
            stream
                .next({ records: 1, bytes: 4096 })
                .then((chunk) => resolve(chunk !== null), () => resolve(true))
                .finally(() => clearTimeout(timer));
        });
    }
}

/** @param {unknown} options @returns {any} those that are not left out */
function givenOptions(options) {
    if (!isOptions(options)) throw exportError('INVALID_OPTION', 'the options must be an object');
    try {
        return filled(optionsNow(options));
    } catch (error) {
        throw asExportError(error, 'INVALID_OPTION'); // of a getter
    }
}

/** @param {unknown} rows */
function checkRows(rows) {
    if (rows === undefined || (Number.isInteger(rows) && Number(rows) >= 1 && Number(rows) <= MOST_ROWS)) return Number(rows ?? USUAL_ROWS);
    throw exportError('INVALID_OPTION', `rows must be an integer from 1 to ${MOST_ROWS}`);
}

/** @param {BatchRun} batch @param {Set<BatchRun>} running */
async function executed(batch, running) {
    running.add(batch);
    await batch.execute();
    running.delete(batch);
    return batch.result;
}

/**
 * @param {string} id
 * @param {import('./types.js').RecordSource} source
 * @param {PreviewOptions} options
 * @param {import('./run.js').RunContext} context
 * @param {Set<BatchRun>} running previews, this one too while it runs
 * @returns {Promise<Preview>} rejects with an ExportError
 */
export async function previewOf(id, source, options, context, running) {
    // How the file is packed and called does not show in a preview.
    const { rows: wanted, sink, compression: _packed, fileName: _name, onProgress, ...given } = givenOptions(options);
    if (sink !== undefined) throw exportError('INVALID_OPTION', 'a preview has no sink; it gives a blob');
    const { mimeType } = findFormat(given.format, context.registered, false);
    checkOption('limit', given.limit);
    const limit = Math.min(checkRows(wanted), given.limit ?? Infinity);
    const start = new Start(findOrigin(source, context.platform));
    const shown = { ...given, limit };
    const table = { ...shown, format: ROWS, includeMetadata: false, includeStatistics: false };
    const own = { ...context, origin: start.origin, internal: true };
    const batch = new BatchRun(id, source, [{ ...shown, onProgress }, table], {}, own);
    const { results, errors } = await executed(batch, running);
    const [file, cells] = results;
    if (!file?.blob || !cells?.blob) throw errors.find((error) => error);
    /** The types of named columns are known at the end. @param {ReportedColumn} column @param {number} at */
    const typed = (column, at) => ({ ...column, type: cells.report.columns[at]?.type ?? column.type });
    const [columns, ...rows] = (await cells.blob.text()).trimEnd().split('\n').map((line) => JSON.parse(line));
    return {
        format: given.format,
        mimeType,
        blob: file.blob,
        ...(isTextual(mimeType) ? { text: await file.blob.text() } : {}),
        columns: columns.map(typed),
        rows,
        truncated: start.more !== false || start.records > file.report.counts.read, // of a chunk, records behind the last row are not counted
        report: file.report,
    };
}
