// What of an export or a batch that has ended is done again: all of it, or the records that were rejected.
// SPDX-License-Identifier: MIT
import { BatchRun } from './batch.js';
import { exportError } from './errors.js';
import { filled, isOptions } from './filled.js';
import { canBeWrittenAgain } from './sinks.js';

/** @typedef {import('./run.js').Run} Run */
/** @typedef {import('./types.js').RecordSource} RecordSource */
/** @typedef {import('./types.js').ExportOptions} ExportOptions */
/** @typedef {import('./types.js').Format} Format */
/** @typedef {Omit<import('./types.js').BatchRetryOptions & import('./types.js').RetryOptions, 'onProgress'>} Changes */
/** @typedef {Pick<import('./run.js').RunContext, 'only' | 'mark' | 'before'>} Regard what the new one knows of the old one */

/** Names of files get it where others are not given: what is exported again belongs beside what was exported first. */
const MARK = ' (rejected)';

/**
 * An export, or a batch with `formats`.
 * @typedef {object} Again
 * @property {RecordSource} source
 * @property {any} options
 * @property {readonly (Format | ExportOptions)[]} [formats]
 * @property {Regard} regard
 */

/**
 * Where the bytes went, and which records of the source were wanted, says nothing of those that were rejected.
 * @template {object} T
 * @param {T} options
 */
function withoutPlace(options) {
    const { sink: _sink, limit: _limit, offset: _offset, ...rest } = /** @type {Partial<ExportOptions>} */ (withoutAborted(options));
    return /** @type {T} */ (rest);
}

/** A signal that was aborted since would end the new one at once. @template T @param {T} options @returns {T} */
function withoutAborted(options) {
    const { signal, ...rest } = /** @type {Partial<ExportOptions>} */ (options ?? {});
    return signal?.aborted ? /** @type {T} */ (rest) : options;
}

/** @param {Run | BatchRun | undefined} run @param {string} id @returns {Run | BatchRun} */
function ended(run, id) {
    if (!run) throw exportError('UNSUPPORTED', `there is no export ${String(id)}`, { suggestion: 'look at getSnapshot() for those that are remembered' });
    if (!run.progress.isLast) throw exportError('UNSUPPORTED', `${id} has not ended`, { suggestion: 'await its result' });
    return run;
}

/** @param {BatchRun} run @param {(options: ExportOptions) => ExportOptions} kept @returns {BatchRun['formats']} */
function formatsOf({ formats }, kept) {
    if (!Array.isArray(formats)) return formats; // the batch has failed of it, and will again
    return formats.map((one) => (one && typeof one === 'object' ? kept(one) : one));
}

/**
 * All of it, from the same source with the same options.
 * @param {Run | BatchRun | undefined} known
 * @param {string} id
 * @param {(source: RecordSource) => boolean} canReadAgain
 * @returns {Again}
 */
export function wholeAgain(known, id, canReadAgain) {
    const run = ended(known, id);
    const suggestion = 'start a new export with a fresh source and sink';
    if (!canReadAgain(run.source)) throw exportError('UNSUPPORTED', `the source of ${id} can be read only once`, { suggestion });
    if (!run.sinks.every(canBeWrittenAgain)) throw exportError('UNSUPPORTED', `the sink of ${id} can be written only once`, { suggestion });
    const regard = { only: run.context.only, mark: run.context.mark, before: run.version };
    const { source } = run;
    if (!(run instanceof BatchRun)) return { source, options: withoutAborted(run.options), regard };
    return { source, options: withoutAborted(run.shared), formats: formatsOf(run, withoutAborted), regard };
}

/**
 * The records that it has rejected.
 * @param {Run | BatchRun | undefined} known
 * @param {string} id
 * @param {Changes} changes
 * @param {(source: RecordSource) => boolean} canReadAgain
 * @returns {Again}
 */
export function rejectedAgain(known, id, changes, canReadAgain) {
    const run = ended(known, id);
    if (!isOptions(changes)) throw exportError('INVALID_OPTION', 'what is changed must be an object');
    const { source = run.source, ...others } = changes;
    const { formats, ...changed } = /** @type {Changes} */ (filled(others));
    const only = wanted(run);
    if (changes.source === undefined && !canReadAgain(source)) {
        const suggestion = `give the source anew: retryRejected('${id}', { source })`;
        throw exportError('UNSUPPORTED', `the source of ${id} can be read only once`, { suggestion });
    }
    const isNamed = changed.fileName !== undefined || (Array.isArray(formats) && formats.some((one) => one?.fileName));
    const regard = { only, mark: isNamed ? undefined : MARK, before: changes.source === undefined ? run.version : undefined };
    if (!(run instanceof BatchRun)) {
        const suggestion = 'formats are those of a batch; give format instead';
        if (formats !== undefined) throw exportError('UNKNOWN_OPTION', 'formats', { suggestion });
        return { source, options: { ...withoutPlace(run.options), ...changed }, regard };
    }
    return { source, options: { ...withoutPlace(run.shared), ...changed }, formats: formats ?? formatsOf(run, withoutPlace), regard };
}

/** @param {Run | BatchRun} run @returns {import('./indexes.js').Indexes} */
function wanted({ rejected, id }) {
    if (!rejected) {
        const suggestion = 'use retryExport; an export that failed or was cancelled has written nothing, so all of it is missing';
        throw exportError('UNSUPPORTED', `${id} has not come to its end`, { suggestion });
    }
    if (rejected.gaps) throw exportError('REJECTED_UNKNOWN', id);
    if (rejected.count === 0) throw exportError('NOTHING_REJECTED', id);
    return rejected;
}
