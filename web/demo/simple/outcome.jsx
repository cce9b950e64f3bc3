// What comes of an export: how it goes, then its files and its report.
// SPDX-License-Identifier: MIT
import { titleOf } from '../formats.js';
import { Icon } from '../icons.jsx';
import { Meter } from '../meter.jsx';
import { Bar, DownloadButton, Empty, Figures, FocusHeading, Problem } from '../parts.jsx';
import { percentOf } from '../records.js';
import { Report } from '../report.jsx';
import { bytes, count, duration } from '../words.js';

/** @typedef {import('./run-view.js').Run} Run */
/** @typedef {(file: import('./run-view.js').OutputFile) => void} Download */

/** @param {Run} run @returns {[string, string][]} */
function figuresOf({ running, progress, entries }) {
    if (!progress) return [];
    const reports = entries.flatMap(({ result }) => (result ? [result.report] : []));
    const peak = Math.max(0, ...reports.map(({ peakMemoryBytes }) => peakMemoryBytes));
    const time = Math.max(0, ...reports.map(({ timings }) => timings.total));
    const written = reports[0]?.counts.written;
    const speed = running ? progress.recordsPerSecond : time ? ((written ?? 0) / time) * 1000 : undefined;
    return [
        ['Records read', count(progress.recordsRead)],
        ['Records a second', speed ? count(speed) : '–'],
        [running ? 'Time left' : 'Time', running ? duration(progress.etaMs) : duration(time || undefined)],
        ['Bytes written', bytes(progress.bytesOut)],
        [running ? 'Memory held' : 'Most memory held', bytes((running ? progress.memoryBytes : peak) || undefined)],
        ['Workers', progress.workers ? count(progress.workers) : '–'],
    ];
}

/** The warnings of all formats, those that several have once; undefined where there is one format. @param {Run} run */
function warningsOf({ entries }) {
    if (entries.length < 2) return undefined;
    /** @type {Map<string, import('../report.jsx').ShownWarning & {formats: string[]}>} */
    const all = new Map();
    for (const { format, result } of entries)
        for (const warning of result?.report.warnings ?? []) {
            const key = JSON.stringify([warning.code, warning.column, warning.count]);
            const known = all.get(key) ?? { ...warning, formats: [] };
            known.formats.push(titleOf(format));
            all.set(key, known);
        }
    return [...all.values()];
}

/** @param {{run: Run}} props */
function BatchParts({ run }) {
    return (
        <ul className="parts" aria-label="Each format">
            {run.entries.map(({ id, format, progress, error }) => {
                const percent = percentOf(progress, run.total);
                return (
                    <li key={id} data-format={format}>
                        <b>{titleOf(format)}</b>
                        <Bar label={titleOf(format)} percent={percent} state={progress.phase} />
                        <small>{error ? error.message : bytes(progress.bytesOut)}</small>
                    </li>
                );
            })}
        </ul>
    );
}

/** @param {{run: Run, download: Download}} props */
function Files({ run, download }) {
    return (
        <ul className="files" aria-label="Files">
            {run.files.map((file, at) => (
                <li key={file.fileName}>
                    <Icon name="file" />
                    <span><b>{file.fileName}</b><small>{bytes(file.size)}</small></span>
                    <DownloadButton file={file} download={download} className={at === 0 ? 'primary' : undefined} />
                </li>
            ))}
        </ul>
    );
}

/** Of a batch, one format may fail while the others do not. @param {{run: Run, again: () => void}} props */
function Failures({ run, again }) {
    if (run.running || run.state === 'cancelled') return null;
    const failed = run.entries.flatMap(({ id, format, error }) => (error ? [{ id, format, error }] : []));
    return failed.map(({ id, format, error }) => (
        <Problem key={id} title={run.entries.length > 1 ? `${titleOf(format)}: ${error.code}` : error.code} message={error.message} suggestion={error.suggestion}>
            <div className="actions"><button type="button" onClick={again}><Icon name="retry" />Try again</button></div>
        </Problem>
    ));
}

/** @param {{run: Run, pauses: import('../pauses.js').Pauses, download: Download, again: () => void}} props */
export function Outcome({ run, pauses, download, again }) {
    const report = run.entries.find(({ result }) => result)?.result?.report ?? run.error?.report;
    if (run.state === 'idle')
        return (
            <section className="card outcome" data-state="idle" aria-label="Outcome">
                <Empty title="Nothing exported yet">Choose records and a format, then press Export. How it goes, the file, and what was wrong with any record appear here.</Empty>
            </section>
        );
    return (
        <section className="card outcome" data-state={run.state} aria-label="Outcome">
            <div className="outcome-head">
                <FocusHeading when={run.running ? '' : run.state}>{run.heading}</FocusHeading>
                {run.text && <p>{run.text}</p>}
            </div>
            <Failures run={run} again={again} />
            {run.running && (
                <div className="overall">
                    <Bar label="Progress" percent={run.percent} state={run.state} />
                    <b>{run.percent === undefined ? '' : `${Math.floor(run.percent)} %`}</b>
                </div>
            )}
            {run.files.length > 0 && <Files run={run} download={download} />}
            <Figures figures={figuresOf(run)} />
            {run.running && run.entries.length > 1 && <BatchParts run={run} />}
            {!run.running && report && <Report report={report} warnings={warningsOf(run)} />}
            <Meter pauses={pauses} />
        </section>
    );
}
