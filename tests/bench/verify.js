// Checks that the output of a peer holds every record of the input with every value, so that nobody wins by doing less.
// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import xlsx from 'xlsx';
import { extractionResults } from '../../web/demo/generate.js';
import { HEADINGS, valuesOf } from './columns.js';
import { isRecord, recordElements } from './xml-records.js';

/** Workbooks and PDF documents of more records are not compared value by value. */
const VALUES_ROWS = 10000;

const CHUNK_BYTES = 1 << 20;
const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/gy;

/**
 * @param {string} path
 * @returns {Generator<string, void, undefined>} without their line feeds
 */
function* lines(path) {
    const file = openSync(path, 'r');
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest = Buffer.alloc(0);
    for (let length; (length = readSync(file, chunk)) > 0;) {
        const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
        let start = 0;
        for (let end; (end = bytes.indexOf(10, start)) >= 0; start = end + 1) yield bytes.toString('utf8', start, end);
        rest = bytes.subarray(start);
    }
    closeSync(file);
    if (rest.length > 0) yield rest.toString('utf8');
}

/** @param {string} line */
function quotesAreOpen(line) {
    let open = false;
    for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) open = !open;
    return open;
}

/**
 * @param {string} record
 * @returns {(string | null)[] | undefined} null for a field that is empty and bare; undefined if this is no CSV
 */
function fieldsOf(record) {
    if (!record.includes('"')) return record.split(',').map((field) => field || null);
    const fields = [];
    FIELD.lastIndex = 0;
    for (let found; (found = FIELD.exec(record));) {
        fields.push(found[1] !== undefined ? found[1].replaceAll('""', '"') : found[2] || null);
        if (found[3] === '') return fields;
    }
    return undefined;
}

/**
 * @param {string} path
 * @returns {Generator<(string | null)[], void, undefined>}
 */
function* csvRecords(path) {
    let open = '';
    for (const line of lines(path)) {
        const record = open + line;
        open = quotesAreOpen(record) ? `${record}\n` : '';
        if (open !== '') continue;
        const fields = fieldsOf(record.endsWith('\r') ? record.slice(0, -1) : record);
        if (!fields) throw new Error(`no CSV record: ${record}`);
        yield fields;
    }
    if (open !== '') throw new Error('the file ends inside of a quoted field');
}

/**
 * @param {string | null} field
 * @param {string | number | boolean | null} value
 * @param {boolean} blanks whether empty text may look like null
 */
function holds(field, value, blanks) {
    if (field === null) return value === null || (blanks && value === '');
    if (typeof value === 'number') return Number(field) === value;
    return value !== null && field === String(value);
}

/**
 * @param {string} path
 * @param {boolean} blanks
 * @returns {Generator<(line: string) => boolean, void, undefined>} for each record, whether it is that of the input's line
 */
function* csvChecks(path, blanks) {
    const records = csvRecords(path);
    const headings = records.next().value ?? [];
    if (headings.join() !== HEADINGS.join()) throw new Error(`other headings: ${headings.join()}`);
    for (const fields of records) {
        yield (line) => {
            const values = valuesOf(JSON.parse(line));
            return fields.length === values.length && values.every((value, index) => holds(fields[index], value, blanks));
        };
    }
}

/**
 * The records of a JSON array that has each on a line of its own, as all of the peers write it.
 * @param {string} path
 * @returns {Generator<(line: string) => boolean, void, undefined>}
 */
function* jsonChecks(path) {
    let before = '';
    for (const line of lines(path)) {
        const text = line.trim();
        const first = before === '';
        if (first ? text !== '[' : before === ']' || (before !== '[' && !before.endsWith(',') && text !== ']')) {
            throw new Error(`not expected in a JSON array: ${text.slice(0, 80)}`);
        }
        before = text;
        if (first || text === ']') continue;
        const record = text.endsWith(',') ? text.slice(0, -1) : text;
        yield (input) => record === input || JSON.stringify(JSON.parse(record)) === input;
    }
    if (before !== ']') throw new Error('the JSON array does not end');
}

/**
 * @param {string} path
 * @returns {Generator<(line: string) => boolean, void, undefined>}
 */
function* xmlChecks(path) {
    let number = 0;
    for (const record of recordElements(path)) {
        const own = number++;
        yield (line) => isRecord(record, own, JSON.parse(line));
    }
}

/** The formats of which every value is compared. */
const CHECKS = { csv: csvChecks, json: jsonChecks, xml: xmlChecks };

/**
 * @param {{ format: keyof typeof CHECKS, input: string, output: string, blanks?: boolean }} what
 * @returns {string} what is wrong, or ''
 */
function textFault({ format, input, output, blanks = false }) {
    const checks = CHECKS[format](output, blanks);
    let count = 0;
    try {
        for (const line of input.startsWith('records:') ? recordLines(input) : lines(input)) {
            const next = checks.next();
            if (next.done) return `only ${count} records`;
            if (!next.value(line)) return `record ${count} differs`;
            count++;
        }
        return checks.next().done ? '' : `more than ${count} records`;
    } catch (error) {
        return `after ${count} records: ${error instanceof Error ? error.message : error}`;
    }
}

/** The same records as text. @param {string} input `records:COUNT` */
function* recordLines(input) {
    for (const record of extractionResults(Number(input.split(':')[1]))) yield JSON.stringify(record);
}

/**
 * How often a mark stands in what a command prints.
 * @param {string} mark
 * @param {string} program
 * @param {...string} words
 */
function countMarks(mark, program, ...words) {
    const { status, stdout, stderr, error } = spawnSync('/bin/sh', ['-c', '"$@" | grep -o -F -- "$0" | wc -l', mark, program, ...words], { encoding: 'utf8' });
    if (status !== 0) throw new Error(error?.message ?? stderr.slice(-300));
    return Number(stdout);
}

/** Sheets have a row for each record and a heading. @param {string} output */
function countRows(output) {
    const { stdout } = spawnSync('unzip', ['-Z1', output], { encoding: 'utf8', maxBuffer: 1e8 });
    const sheets = stdout.split('\n').filter((name) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
    const rows = sheets.map((sheet) => countMarks('</row>', 'unzip', '-p', output, sheet) - 1);
    return rows.reduce((sum, count) => sum + count, 0);
}

/** @param {string} output */
function countPages(output) {
    const { stdout } = spawnSync('pdfinfo', [output], { encoding: 'utf8' });
    return Number(/^Pages:\s+(\d+)/m.exec(stdout)?.[1] ?? 0);
}

/** The records of an input, in order. @param {string} input @returns {Generator<import('./columns.js').ExtractionResult>} */
function* recordsOf(input) {
    for (const line of input.startsWith('records:') ? recordLines(input) : lines(input)) yield JSON.parse(line);
}

/** What a cell holds for a value: date-times are days since 1899-12-30. @param {unknown} cell @param {unknown} value @param {boolean} isDate */
function cellHolds(cell, value, isDate) {
    if (isDate) return Math.abs(Number(cell) - (Date.parse(String(value)) / 86400000 + 25569)) < 1e-8;
    return (cell ?? '') === (value ?? '');
}

/** Every value, read by SheetJS. @param {string} input @param {string} output */
function sheetFault(input, output) {
    const { SheetNames, Sheets } = xlsx.readFile(output, { dense: true });
    const [headings, ...rows] = /** @type {unknown[][]} */ (xlsx.utils.sheet_to_json(Sheets[SheetNames[0]], { header: 1 }));
    if (headings.join() !== HEADINGS.join()) return `other headings: ${headings.join()}`;
    let count = 0;
    for (const record of recordsOf(input)) {
        const row = rows[count] ?? [];
        const wrong = valuesOf(record).findIndex((value, at) => !cellHolds(row[at], value, HEADINGS[at] === 'createdAt'));
        if (wrong >= 0) return `record ${count}, ${HEADINGS[wrong]}: ${row[wrong]}`;
        count += 1;
    }
    return rows.length === count ? '' : `${rows.length} records`;
}

/** Every record in its order, by what cannot be cut, read by poppler. @param {string} input @param {string} output */
function textsFault(input, output) {
    const { stdout } = spawnSync('pdftotext', ['-raw', output, '-'], { encoding: 'utf8', maxBuffer: 1e9 });
    let at = 0;
    for (const { id, product } of recordsOf(input))
        for (const text of [id, product.sku, String(product.price ?? '')]) {
            at = stdout.indexOf(text, at);
            if (at < 0) return `${text} of ${id} is missing`;
            at += text.length;
        }
    return '';
}

/**
 * Values where they can be compared in reasonable time, else at least every record must be there.
 * @param {{ format: string, input: string, output: string, rows: number }} what
 */
function otherFault({ format, input, output, rows }) {
    try {
        if (format === 'pdf') return rows <= VALUES_ROWS ? textsFault(input, output) : countPages(output) >= rows / 200 ? '' : `only ${countPages(output)} pages`;
        if (rows <= VALUES_ROWS) return sheetFault(input, output);
        const count = countRows(output);
        return count === rows ? '' : `${count} records`;
    } catch (error) {
        return `not checked: ${error instanceof Error ? error.message : error}`;
    }
}

/**
 * Compares an output with the input: CSV, JSON and XML record by record and value by value; so are small workbooks, and texts of small
 * documents. Of larger ones, rows and pages are counted.
 * @param {{ format: import('./peers.js').Format, input: string, output: string, rows: number, blanks?: boolean }} what
 * @returns {string} what is wrong, or ''
 */
export function faultOf(what) {
    const { format } = what;
    return format === 'csv' || format === 'json' || format === 'xml' ? textFault({ ...what, format }) : otherFault(what);
}
