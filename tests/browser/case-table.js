// Reads the shared tables of tests/cases and compares the outcome of an export in a page with what its case expects.
// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import { cellsOf } from '../readers/workbook.js';

const FOLDER = new URL('../cases/', import.meta.url);
const SHOWN = 300;

/** The names of the tables. */
export function tables() {
    return readdirSync(FOLDER).filter((file) => file.endsWith('.json')).sort();
}

/** The cases of one table. */
export function readTable(file) {
    return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')).cases;
}

/** The bytes of a field that is given as text, in base64, or as a repetition; undefined where it is not given. */
function bytesOf(owner, field) {
    const repeat = owner[`${field}Repeat`];
    if (repeat) return Buffer.from(`${repeat.before ?? ''}${repeat.text.repeat(repeat.times)}${repeat.after ?? ''}`);
    if (owner[`${field}Base64`] !== undefined) return Buffer.from(owner[`${field}Base64`], 'base64');
    return owner[field] === undefined ? undefined : Buffer.from(owner[field]);
}

/** The kind of source that brings a case's input in its form: a file's name tells that there is one record a line. */
function kindOf(entry) {
    if (entry.once) return 'stream';
    return entry.form === 'lines' ? 'file' : 'blob';
}

/** What the page is to export for a case. */
export function jobOf(entry, options = {}) {
    return { kind: kindOf(entry), input: bytesOf(entry, 'input').toString('base64'), options: { ...entry.options, ...options } };
}

/** Facts as lines in one order, whatever order they came in. */
function lines(facts) {
    return facts.sort().join(' | ') || 'none';
}

function defectLines(defects) {
    return lines(defects.map(({ code, record, offset }) => `${code} ${record} at ${offset}`));
}

function warningLines(warnings) {
    return lines(warnings.map(({ code, column, count }) => `${code}${column === undefined ? '' : ` in ${column}`}: ${count ?? 1}`));
}

function compare(problems, what, wanted, got) {
    if (wanted === got) return;
    problems.push(`  ${what}\n    wanted ${wanted.slice(0, SHOWN)}\n    got    ${got.slice(0, SHOWN)}`);
}

/** What every host writes alike of a case's file: of an envelope, the records; metadata and statistics are the host's. */
function comparable(entry, output) {
    return entry.json ? JSON.stringify(JSON.parse(output.toString()).records) : JSON.stringify(output.toString('latin1'));
}

function compareOutput(problems, entry, output) {
    const { cells } = entry.expect;
    if (cells) compare(problems, 'cells', JSON.stringify(cells), JSON.stringify(cellsOf(output)));
    const wanted = bytesOf(entry.expect, 'output');
    if (wanted) compare(problems, 'output', comparable(entry, wanted), comparable(entry, output));
}

function compareReport(problems, entry, report) {
    const { counts = {}, defects = [], warnings = [], columns } = entry.expect;
    for (const [name, count] of Object.entries(counts)) compare(problems, name, String(count), String(report.counts[name]));
    const { read, written, filtered, rejected } = report.counts;
    compare(problems, 'balance of counts', String(read), String(written + filtered + rejected));
    if (entry.defectsListed !== false) compare(problems, 'defects', defectLines(defects), defectLines(report.defects));
    // How many defects are listed is up to the host.
    const reported = report.warnings.filter(({ code }) => code !== 'DEFECTS_NOT_LISTED' || entry.defectsListed !== false);
    compare(problems, 'warnings', warningLines(warnings), warningLines(reported));
    if (columns) compare(problems, 'columns', columns.join(), report.columns.map(({ label }) => label).join());
}

function compareError(problems, entry, error) {
    const { error: wanted, mentions = '' } = entry.expect;
    compare(problems, 'error', wanted ?? 'none', error ? `${error.code}` : 'none');
    if (error && !error.expected) problems.push(`  not an ExportError: ${error.name}`);
    if (wanted && error && !error.message.includes(mentions)) problems.push(`  “${error.message}” does not mention ${mentions}`);
}

/** Where an outcome differs from what its case expects; '' when it does not. */
export function problemsOf(entry, outcome) {
    const problems = [];
    compareError(problems, entry, outcome.error);
    if (!outcome.error && !entry.expect.error) {
        compareOutput(problems, entry, Buffer.from(outcome.output, 'base64'));
        compareReport(problems, entry, outcome.report);
    }
    return problems.length ? [entry.name, ...problems].join('\n') : '';
}
