// Shows what an export did: counts, warnings, rejected records, columns, and the beginning of the file.
// SPDX-License-Identifier: MIT
import { bytes, count, counted, make, sentence } from './page.js';

const DEFECTS_SHOWN = 20;
const PREVIEW_BYTES = 6000;
const PREVIEW_LINES = 14;

/** @typedef {import('../types.js').ExportReport} Report */

/**
 * @param {string} title
 * @param {...(Node | string)} children
 */
function section(title, ...children) {
    return make('section', {}, make('h3', {}, title), ...children);
}

/** @param {Report['counts']} counts */
function balance(counts) {
    const text = `${count(counts.read)} read = ${count(counts.written)} written + ${count(counts.filtered)} filtered`
        + ` + ${count(counts.rejected)} rejected`;
    return section('Every record is accounted for', make('p', { class: 'balance' }, text));
}

/** @param {Report['warnings']} warnings */
function warningList(warnings) {
    const items = warnings.map((warning) => {
        const where = warning.column === undefined ? '' : ` (column ${warning.column})`;
        return make('li', {}, make('b', {}, `${count(warning.count)} × `), `${sentence(warning.message)}${where}`);
    });
    return section('Warnings', make('ul', { class: 'warnings' }, ...items));
}

/** @param {Report['defects']} defects */
function defectTable(defects) {
    const rows = defects.slice(0, DEFECTS_SHOWN).map((defect) => make('tr', {},
        make('td', { class: 'number' }, count(defect.record)),
        make('td', { class: 'number' }, count(defect.offset)),
        make('td', {}, make('span', { class: 'code' }, defect.code), make('br', {}), sentence(defect.message)),
        make('td', { class: 'excerpt' }, make('code', {}, defect.excerpt ?? ''))));
    const heads = [
        make('th', { scope: 'col', class: 'number' }, 'Index'),
        make('th', { scope: 'col', class: 'number' }, 'Byte'),
        make('th', { scope: 'col' }, 'Reason'),
        make('th', { scope: 'col' }, 'Excerpt'),
    ];
    const table = make('table', {}, make('thead', {}, make('tr', {}, ...heads)), make('tbody', {}, ...rows));
    const title = defects.length > DEFECTS_SHOWN ? `The first ${DEFECTS_SHOWN} rejected records` : 'Rejected records';
    return section(title, make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title }, table));
}

/** @param {Report['columns']} columns */
function columnTable(columns) {
    const rows = columns.map((column) => make('tr', {},
        make('td', {}, make('code', {}, column.key)),
        make('td', {}, column.label !== column.key ? column.label : '–'),
        make('td', {}, column.type ?? '–')));
    const heads = ['Key', 'Label', 'Type'].map((head) => make('th', { scope: 'col' }, head));
    const table = make('table', {}, make('thead', {}, make('tr', {}, ...heads)), make('tbody', {}, ...rows));
    const scroll = make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Columns' }, table);
    return make('details', {}, make('summary', {}, counted(columns.length, 'column', 'columns')), scroll);
}

/** @param {Blob} blob */
async function preview(blob) {
    const whole = blob.size <= PREVIEW_BYTES;
    const text = await blob.slice(0, PREVIEW_BYTES).text();
    const lines = text.split(/\r\n|\n/);
    const shown = lines.slice(0, PREVIEW_LINES).join('\n').replace(/\uFFFD+$/, '').trimEnd();
    const more = whole && lines.length <= PREVIEW_LINES + 1 ? '' : '\n…';
    const pre = make('pre', { tabindex: '0', 'aria-label': 'The beginning of the file' }, shown + more);
    return section('The beginning of the file', make('div', { class: 'scroll' }, pre));
}

/**
 * @param {HTMLElement} place
 * @param {import('../types.js').ExportResult} result
 */
export async function showReport(place, { report, blob }) {
    const parts = [balance(report.counts)];
    if (report.defects.length) parts.push(defectTable(report.defects));
    if (report.warnings.length) parts.push(warningList(report.warnings));
    if (blob) parts.push(await preview(blob));
    if (report.columns.length) parts.push(columnTable(report.columns));
    place.replaceChildren(...parts);
}

/**
 * One sentence on a finished export.
 * @param {Report} report
 * @param {number} size
 * @param {string} time
 */
export function summary(report, size, time) {
    const { written, rejected } = report.counts;
    const lost = rejected ? `; ${counted(rejected, 'broken record was', 'broken records were')} left out` : '';
    return `${counted(written, 'record', 'records')} in ${bytes(size)}, written in ${time}${lost}.`;
}
