// ExportError: what every failure of an export is told with.
// SPDX-License-Identifier: MIT
import { ERRORS } from '../build/generated/tables.js';

/**
 * @typedef {object} ErrorPlace
 * @property {number} [record]
 * @property {string} [column]
 * @property {number} [offset]
 * @property {string} [suggestion] instead of the table's
 * @property {unknown} [cause]
 */

/** Failures that may pass when the same export is started again. */
const RETRYABLE = new Set(['WORKER_FAILED', 'WASM_FAILED', 'OUT_OF_MEMORY', 'SOURCE_FAILED', 'SOURCE_STALLED', 'SINK_FAILED', 'CANCELLED']);

/** What every failure of an export is told with: `code` is one of web/errors.md, `suggestion` says what to do. */
export class ExportError extends Error {
    /**
     * What was known of the export when it failed.
     * @type {import('./types.js').ExportReport | undefined}
     */
    report = undefined;

    /**
     * @param {string} code a name of src/errors.def
     * @param {string} message
     * @param {ErrorPlace} [place]
     */
    constructor(code, message, place = {}) {
        super(message, place.cause === undefined ? undefined : { cause: place.cause });
        Object.defineProperty(this, 'report', { enumerable: false }); // an error that is printed would show thousands of defects
        this.name = 'ExportError';
        this.code = code;
        this.record = place.record;
        this.column = place.column;
        this.offset = place.offset;
        this.retryable = RETRYABLE.has(code);
        this.suggestion = place.suggestion ?? ERRORS[code]?.suggestion;
    }
}

/**
 * @param {string} code
 * @param {string} [detail] added to the table's message
 * @param {ErrorPlace} [place]
 */
export function exportError(code, detail, place) {
    const message = ERRORS[code]?.message ?? code;
    return new ExportError(code, detail ? `${message}: ${detail}` : message, place);
}

/**
 * Anything that was thrown, as an ExportError.
 * @param {unknown} error
 * @param {string} code for what is not an ExportError yet
 */
export function asExportError(error, code) {
    if (error instanceof ExportError) return error;
    return exportError(code, error instanceof Error ? error.message : String(error), { cause: error });
}

/** The same failure for a further export, whose report is another one. @param {unknown} error */
export function failureAgain(error) {
    if (!(error instanceof ExportError)) return error;
    const { code, message, record, column, offset, suggestion, cause } = error;
    return new ExportError(code, message, { record, column, offset, suggestion, cause });
}

/**
 * An error that crossed from a worker.
 * @param {import('../wasm-glue/protocol.js').ErrorReply['error']} failure
 */
export function errorOfWorker(failure) {
    const { code, message, ...place } = failure;
    return new ExportError(code, message, place);
}
