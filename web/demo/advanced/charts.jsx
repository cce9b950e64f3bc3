// The statistics of an export as small charts.
// SPDX-License-Identifier: MIT
import { useState } from 'react';
import { count, figure } from '../words.js';

/** @typedef {Record<string, any>} ColumnStatistics */
/** @typedef {{label: string, count: number}} Mark */

const WIDTH = 200;
const HEIGHT = 56;
const SHOWN = 9;
const ROWS = 5;

/** @param {ColumnStatistics} column @returns {Mark[] | undefined} what stands side by side: numbers and times */
function marksOf({ histogram, timeline }) {
    if (histogram?.length > 1) return histogram.map((/** @type {any} */ bin) => ({ label: `${figure(bin.from)} to ${figure(bin.to)}`, count: bin.count }));
    if (timeline?.length > 1) return timeline.map((/** @type {any} */ span) => ({ label: span.period, count: span.count }));
    return undefined;
}

/** @param {ColumnStatistics} column @returns {Mark[] | undefined} what stands one below the other: the most frequent values */
function rowsOf(column) {
    if (column.type === 'boolean') return [{ label: 'true', count: column.true }, { label: 'false', count: column.false }];
    const top = column.top?.slice(0, ROWS).filter((/** @type {any} */ one) => one.count > 1);
    return top?.length > 0 ? top.map((/** @type {any} */ one) => ({ label: one.value === '' ? '(empty)' : String(one.value), count: one.count })) : undefined;
}

/** @param {{marks: Mark[], name: string}} props */
function Columns({ marks, name }) {
    const most = Math.max(...marks.map((mark) => mark.count), 1);
    const step = WIDTH / marks.length;
    const peak = marks.reduce((best, mark) => (mark.count > best.count ? mark : best));
    return (
        <div className="histogram">
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img"
                aria-label={`Distribution of ${name}: most, ${count(peak.count)}, at ${peak.label}`}>
                {marks.map((mark, at) => {
                    const height = (mark.count / most) * HEIGHT;
                    return <rect key={mark.label} x={at * step} y={HEIGHT - height} width={Math.max(step - 1, 0.5)} height={height}><title>{`${mark.label}: ${count(mark.count)}`}</title></rect>;
                })}
            </svg>
            <p className="ends"><span>{marks[0].label.split(' to ')[0]}</span><span>{marks[marks.length - 1].label.split(' to ').pop()}</span></p>
        </div>
    );
}

/** @param {{rows: Mark[], filled: number}} props */
function Ranking({ rows, filled }) {
    const most = Math.max(...rows.map((row) => row.count), 1);
    return (
        <ol className="ranking">
            {rows.map((row) => (
                <li key={row.label}>
                    <span title={row.label}>{row.label}</span>
                    <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect width={(row.count / most) * 100} height="6" /></svg>
                    <b title={`${((100 * row.count) / Math.max(filled, 1)).toFixed(1)} %`}>{count(row.count)}</b>
                </li>
            ))}
        </ol>
    );
}

/** @param {number | string} value which may have more digits than a number */
const short = (value) => figure(Number(Number(value).toPrecision(4)));

/** @param {ColumnStatistics} column */
function factsOf(column) {
    const facts = [`${count(column.filled)} filled`, `${column.distinctExact === false ? 'about ' : ''}${count(column.distinct)} different`];
    if (column.mean !== undefined) facts.push(`mean ${short(column.mean)}`);
    if (column.quantiles) facts.push(`median ${short(column.quantiles.p50)}`);
    return facts.join(' · ');
}

/** @param {{column: ColumnStatistics}} props */
function Chart({ column }) {
    const marks = marksOf(column);
    const rows = marks ? undefined : rowsOf(column);
    return (
        <li className="chart" data-column={column.key}>
            <h4 title={column.key}>{column.label}</h4>
            <p className="hint">{factsOf(column)}</p>
            {marks && <Columns marks={marks} name={column.label} />}
            {rows && <Ranking rows={rows} filled={column.filled} />}
            {!marks && !rows && <p className="hint">{column.distinct === column.filled ? 'Every value is different.' : 'One value only.'}</p>}
        </li>
    );
}

/** Columns that a picture says something of come first. @param {{statistics: {columns: ColumnStatistics[]}}} props */
export function Charts({ statistics }) {
    const [all, setAll] = useState(false);
    const telling = statistics.columns.filter((column) => marksOf(column) ?? rowsOf(column));
    const columns = all ? statistics.columns : telling.slice(0, SHOWN);
    return (
        <section>
            <h3>Statistics</h3>
            <ul className="charts">{columns.map((column) => <Chart key={column.key} column={column} />)}</ul>
            {statistics.columns.length > columns.length && <button type="button" className="link" onClick={() => setAll(true)}>Show all {statistics.columns.length} columns</button>}
        </section>
    );
}
