// What the simple page shows of the export that was started last, which may be a batch of them.
// SPDX-License-Identifier: MIT
import { percentOf } from '../records.js';
import { PHASES, bytes, counted, duration } from '../words.js';

/** @typedef {import('exportloom').ExportEntry} ExportEntry */
/** @typedef {import('exportloom').ExportProgress} ExportProgress */
/** @typedef {import('exportloom').ExportJob | import('exportloom').BatchJob} Job */
/** @typedef {import('exportloom').ExportResult | import('exportloom').BatchResult} AnyResult */
/** @typedef {{job: Job, format: string, total?: number, at: number, result?: AnyResult}} Started */
/** @typedef {{fileName: string, size: number, blob: Blob}} OutputFile */

/**
 * @typedef {object} Run
 * @property {'idle' | 'running' | 'completed' | 'partial' | 'cancelled' | 'failed'} state
 * @property {boolean} running
 * @property {ExportProgress['phase']} phase
 * @property {string} heading
 * @property {string} text
 * @property {number} [percent]
 * @property {ExportProgress} [progress] of all
 * @property {readonly ExportEntry[]} entries one, or those of a batch
 * @property {OutputFile[]} files
 * @property {number} [total] records, where known
 * @property {ExportEntry['error']} [error]
 */

/** @type {Run} */
const IDLE = { state: 'idle', running: false, phase: 'queued', heading: 'Ready', text: '', entries: [], files: [] };

const LAST = new Set(['completed', 'cancelled', 'failed']);

/** @param {AnyResult | undefined} result */
function zipOf(result) {
    return result && 'results' in result && result.blob ? { fileName: result.fileName ?? 'exports.zip', size: result.size, blob: result.blob } : undefined;
}

/** @param {readonly ExportEntry[]} entries @param {AnyResult | undefined} result @returns {OutputFile[]} */
function filesOf(entries, result) {
    const zip = zipOf(result);
    if (zip) return [zip];
    const files = entries.flatMap((entry) => entry.result?.files ?? []);
    return files.flatMap(({ fileName, size, blob }) => (blob ? [{ fileName, size, blob }] : []));
}

/** @param {readonly ExportEntry[]} entries @param {OutputFile[]} files @param {number} milliseconds */
function summary(entries, files, milliseconds) {
    const { written, rejected } = entries.find(({ result }) => result)?.result?.report.counts ?? { written: 0, rejected: 0 };
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const lost = rejected ? ` ${counted(rejected, 'broken record was', 'broken records were')} left out.` : '';
    return `${counted(written, 'record', 'records')} in ${counted(files.length, 'file', 'files')} of ${bytes(size)}, after ${duration(milliseconds)}.${lost}`;
}

/** @param {Started} started @param {readonly ExportEntry[]} entries @returns {Run} */
function ended({ job, result, total, at }, entries) {
    const progress = job.progress;
    const files = filesOf(entries, result);
    const error = entries.find((entry) => entry.error)?.error;
    const end = Math.max(...entries.map(({ endedAt }) => endedAt ?? at));
    const common = { running: false, phase: progress.phase, progress, entries, files, total };
    if (progress.phase !== 'completed') {
        const cancelled = progress.phase === 'cancelled';
        const text = cancelled ? 'Nothing was kept: workers and half-written files are gone.' : '';
        return { ...common, state: cancelled ? 'cancelled' : 'failed', heading: cancelled ? 'Cancelled' : 'Failed', text, error };
    }
    const partial = Boolean(error) || entries.some((entry) => entry.result?.report.partial);
    const heading = partial ? 'Finished in part' : 'Finished';
    return { ...common, state: partial ? 'partial' : 'completed', heading, text: summary(entries, files, end - at), percent: 100, error };
}

/**
 * @param {Started | undefined} started
 * @param {import('exportloom/react').ExportView} view
 * @returns {Run}
 */
export function runOf(started, view) {
    if (!started) return IDLE;
    const { job, total } = started;
    const entries = [...view.activeExports, ...view.exportHistory]
        .filter(({ id }) => id === job.id || id.startsWith(`${job.id}.`))
        .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
    const progress = job.progress;
    const over = LAST.has(progress.phase) && entries.length > 0 && entries.every((entry) => LAST.has(entry.progress.phase));
    // A batch is over before its zip file is there.
    if (over && (progress.phase !== 'completed' || started.result)) return ended(started, entries);
    const phase = LAST.has(progress.phase) ? 'finalizing' : progress.phase;
    return {
        state: 'running', running: true, phase, heading: PHASES[phase], text: `${counted(progress.recordsRead, 'record', 'records')} read.`,
        percent: percentOf(progress, total), progress, entries, files: [], total,
    };
}
