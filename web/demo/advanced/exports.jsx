// The exports of the page: those under way with their bars, and what has ended.
// SPDX-License-Identifier: MIT
import { useState } from 'react';
import { titleOf } from '../formats.js';
import { Icon } from '../icons.jsx';
import { Meter, usePauses } from '../meter.jsx';
import { Bar, Card, DownloadButton, Empty, Figures, Problem } from '../parts.jsx';
import { percentOf } from '../records.js';
import { Report } from '../report.jsx';
import { PHASES, bytes, clock, count, counted, duration, figure } from '../words.js';
import { Charts } from './charts.jsx';

/** @typedef {import('exportloom').ExportEntry} ExportEntry */
/** @typedef {{fileName: string, size: number, blob: Blob}} OutputFile */
/** @typedef {OutputFile & {id: string}} Archive the zip file of a batch */
/** @typedef {(file: OutputFile) => void} Download */

/** @param {ExportEntry} entry */
const nameOf = (entry) => entry.result?.fileName ?? `${entry.fileName ?? 'export'} (${titleOf(entry.format)})`;

/** @param {ExportEntry['progress']} progress */
function factsOf(progress) {
    const facts = [counted(progress.recordsRead, 'record', 'records'), bytes(progress.bytesOut)];
    if (progress.recordsPerSecond) facts.push(`${count(progress.recordsPerSecond)} a second`);
    if (progress.memoryBytes) facts.push(`${bytes(progress.memoryBytes)} held`);
    if (progress.etaMs !== undefined) facts.push(`${duration(progress.etaMs)} left`);
    return facts.join(' · ');
}

/** @param {{entry: ExportEntry, total?: number, cancel: () => void}} props */
function Active({ entry, total, cancel }) {
    const { progress } = entry;
    const percent = percentOf(progress, total);
    const name = nameOf(entry);
    return (
        <li className="export" data-state="running" data-format={entry.format}>
            <div className="export-head">
                <b>{name}</b>
                <span className="badge">{PHASES[progress.phase]}</span>
                <span className="note percent">{percent === undefined ? '' : `${Math.floor(percent)} %`}</span>
                <button type="button" onClick={cancel} aria-label={`Cancel ${name}`}><Icon name="cancel" />Cancel</button>
            </div>
            <Bar label={name} percent={percent} />
            <p className="note">{factsOf(progress)}</p>
        </li>
    );
}

/** @param {ExportEntry} entry */
function stateOf({ progress, result }) {
    return result?.report.partial ? 'partial' : progress.phase;
}

/** @type {Record<string, string>} */
const STATES = { completed: 'Finished', partial: 'In part', cancelled: 'Cancelled', failed: 'Failed' };

/** @param {{entry: ExportEntry, name: string, rejected: () => void}} props */
function Details({ entry, name, rejected }) {
    const report = entry.result?.report ?? entry.error?.report;
    if (!report) return null;
    const { timings, counts } = report;
    const speed = timings.total > 0 ? (counts.written / timings.total) * 1000 : undefined;
    return (
        <div className="details">
            <Figures figures={[
                ['Columns', duration(timings.analyzing)], ['Encoding', duration(timings.encoding)], ['Closing', duration(timings.finalizing)],
                ['Records a second', speed ? figure(Math.round(speed)) : '–'], ['Most memory held', bytes(report.peakMemoryBytes)], ['Retries', count(report.retries)],
            ]} />
            <Report report={report}>
                <div className="actions">
                    <button type="button" onClick={rejected} aria-label={`Export the rejected records of ${name}`}><Icon name="retry" />Export only these</button>
                    <span className="note">once they are mended: from the records that are chosen now</span>
                </div>
            </Report>
            {report.suggestions.length > 0 && <ul className="note">{report.suggestions.map((text) => <li key={text}>{text}</li>)}</ul>}
            {report.statistics
                ? <Charts statistics={report.statistics} />
                : <p className="note">With “Include statistics” on, among “Content and language”, the next export has charts of every column here.</p>}
        </div>
    );
}

/** @param {{entry: ExportEntry, download: Download, again: () => void, rejectedAgain: () => void}} props */
function Ended({ entry, download, again, rejectedAgain }) {
    const [open, setOpen] = useState(false);
    const { result, error, endedAt, createdAt, progress } = entry;
    const state = stateOf(entry);
    const name = nameOf(entry);
    const files = (result?.files ?? []).flatMap(({ fileName, size, blob }) => (blob ? [{ fileName, size, blob }] : []));
    const rejected = result?.report.counts.rejected;
    const facts = [counted(progress.recordsWritten, 'record', 'records'), result ? bytes(result.size) : '', duration((endedAt ?? createdAt) - createdAt), rejected ? `${count(rejected)} rejected` : '', `at ${clock(createdAt)}`];
    return (
        <li className="export" data-state={state} data-format={entry.format}>
            <div className="export-head">
                <b>{name}</b>
                <span className="badge" data-state={state}>{STATES[state]}</span>
            </div>
            <p className="note">{facts.filter(Boolean).join(' · ')}{result && files.length === 0 ? ' · in the zip file' : ''}</p>
            {error && state === 'failed' && <Problem title={error.code} message={error.message} suggestion={error.suggestion} />}
            <div className="actions">
                {files.map((file) => <DownloadButton key={file.fileName} file={file} download={download} label={files.length > 1 ? file.fileName : undefined} />)}
                {state !== 'completed' && <button type="button" onClick={again} aria-label={`Retry ${name}`}><Icon name="retry" />Retry</button>}
                {(result ?? error)?.report && <button type="button" className="plain" aria-expanded={open} aria-label={`Details of ${name}`} onClick={() => setOpen(!open)}><Icon name="chevron" />Details</button>}
            </div>
            {open && <Details entry={entry} name={name} rejected={rejectedAgain} />}
        </li>
    );
}

/** @param {{archives: Archive[], download: Download}} props */
function Archives({ archives, download }) {
    return archives.map((file) => (
        <li key={file.id} className="export" data-state="completed" data-format="zip">
            <div className="export-head"><b>{file.fileName}</b><span className="badge" data-state="completed">Finished</span></div>
            <p className="note">All formats · {bytes(file.size)}</p>
            <div className="actions"><DownloadButton file={file} download={download} /></div>
        </li>
    ));
}

/**
 * @param {{active: readonly ExportEntry[], history: readonly ExportEntry[], archives: Archive[], totalOf: (id: string) => number | undefined,
 *   cancel: (id: string) => void, again: (id: string) => void, rejectedAgain: (id: string) => void, clear: () => void, download: Download}} props
 */
export function Exports({ active, history, archives, totalOf, cancel, again, rejectedAgain, clear, download }) {
    const pauses = usePauses(active.length > 0);
    const none = active.length + history.length === 0;
    return (
        <Card title="Exports" id="exports" aside={<span className="note">{active.length > 0 ? `${active.length} under way` : ''}</span>}>
            <Meter pauses={pauses} />
            {none && <Empty title="No exports yet">Those under way show their bars here, and those that have ended stay with their files and reports.</Empty>}
            {active.length > 0 && (
                <ul className="exports" aria-label="Under way">
                    {active.map((entry) => <Active key={entry.id} entry={entry} total={totalOf(entry.id)} cancel={() => cancel(entry.id)} />)}
                </ul>
            )}
            {active.length > 1 && <button type="button" className="link" onClick={() => active.forEach(({ id }) => cancel(id))}>Cancel all</button>}
            {history.length > 0 && (
                <>
                    <div className="actions between">
                        <h3>History</h3>
                        <button type="button" className="link" onClick={clear}>Clear the history</button>
                    </div>
                    <ul className="exports" aria-label="History">
                        <Archives archives={archives} download={download} />
                        {history.map((entry) => <Ended key={entry.id} entry={entry} download={download} again={() => again(entry.id)} rejectedAgain={() => rejectedAgain(entry.id)} />)}
                    </ul>
                </>
            )}
        </Card>
    );
}
