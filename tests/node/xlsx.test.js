// XLSX through the workers: the same unpacked workbook for any chunks and any workers, and what CSV says when it is read back.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import Papa from 'papaparse';
import SheetJS from 'xlsx';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink, fileSource } from '../../dist/node.js';
import { extractionResults } from '../../web/demo/generate.js';
import { exported, failure, linesOf, piecesOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const clock = Date.UTC(2026, 10, 23, 12);
const processor = new ExportProcessor({ now: () => clock });
const catalogue = readFileSync(new URL('../../web/demo/products.ndjson', import.meta.url), 'utf8');
const results = linesOf([...extractionResults(20000)]);
const SHEET = 'xl/worksheets/sheet1.xml';
const MEMORY = 32e6;

/** The members of a zip file by its central directory, still deflated. */
function membersOf(zip) {
    const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    const members = new Map();
    let at = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
        const [method, crc, length] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 20)];
        const [name, extra, comment] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place));
        const start = zip.readUInt32LE(at + 42);
        const content = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
        const packed = zip.subarray(content, content + length);
        members.set(zip.toString('utf8', at + 46, at + 46 + name), { method, crc, packed });
        at += 46 + name + extra + comment;
    }
    return members;
}

const unpacked = ({ method, packed }) => (method === 0 ? packed : inflateRawSync(packed));

/** Every member's checksum, told from its content. */
function contentsOf(zip) {
    const hash = (member) => createHash('sha256').update(unpacked(member)).digest('hex');
    return Object.fromEntries([...membersOf(zip)].map(([name, member]) => [name, hash(member)]));
}

async function workbook(source, options = {}, by = processor) {
    const { blob, report } = await by.startExport(source, { format: 'xlsx', ...options }).result;
    assert.ok(report.peakMemoryBytes < MEMORY, `${report.peakMemoryBytes} bytes of memory`);
    return { zip: Buffer.from(await blob.arrayBuffer()), report };
}

for (const [name, text] of Object.entries({ catalogue, results })) {
    const wanted = await workbook(text, { workers: 1 });
    for (const [chunkSize, workers] of [[1, 2], [7, 1], [7, 2], [1000, 1], [1000, 2], [undefined, 2]])
        test(`${name}: chunks of ${chunkSize ?? 'the usual size'}, ${workers} workers`, async () => {
            const source = chunkSize === 1 && name === 'results' ? linesOf([...extractionResults(1500)]) : text;
            const same = source === text ? wanted : await workbook(source, { workers: 1 });
            const { zip, report } = await workbook(source, { workers, ...(chunkSize ? { chunkSize } : {}) });
            assert.deepEqual(contentsOf(zip), contentsOf(same.zip));
            for (const part of ['counts', 'columns', 'warnings']) assert.deepEqual(report[part], same.report[part]);
        });
}

test('what comes late widens no column and starts nothing over', async () => {
    const records = Array.from({ length: 5000 }, (_, at) => ({ id: at, name: at === 4000 ? 'x'.repeat(50) : 'short', odd: at === 4500 ? true : 1 }));
    const sink = () => {
        const parts = [];
        return { write: (bytes) => void parts.push(bytes.slice()), close() {}, zip: () => Buffer.concat(parts) };
    };
    const shared = { format: 'xlsx', workers: 2 };
    for (const late of [false, true]) {
        const source = linesOf(late ? records : records.map(({ odd, ...record }) => record));
        const careful = sink(); // cannot be rewound, so the source is looked at as a whole first
        await processor.startExport(source, { ...shared, sink: careful }).result;
        const phases = new Set();
        const { zip, report } = await workbook(source, { workers: 2, chunkSize: 700, onProgress: ({ phase }) => phases.add(phase) });
        assert.deepEqual(contentsOf(zip), contentsOf(careful.zip()));
        assert.equal(report.columns.length, late ? 3 : 2);
        const width = Number(/<col min="2" max="2" width="([\d.]+)"/.exec(unpacked(membersOf(zip).get(SHEET)))[1]);
        assert.ok(width < 20, `${width} wide`);
    }
});

test('warnings come in the order of the records, however the records are cut', async () => {
    const link = 'https://example.com/';
    const records = Array.from({ length: 66000 }, (_, at) => ({
        u: at === 65900 ? link.padEnd(2100, 'x') : `${link}${at}`,
        list: at === 65600 ? ['a; b'] : ['c'],
        n: at === 65700 ? '' : 1,
        'a.b': 1,
        ...(at === 65800 ? { a: { b: 2 } } : {}),
    }));
    const source = linesOf(records).replace('"n":""', '"n":1234567890123456789');
    const columns = ['u', 'list', 'n', 'a.b'];
    const own = new ExportProcessor();
    const told = async (options) => {
        const { report } = await own.startExport(source, { format: 'xlsx', columns, ...options }).result;
        return report.warnings.map(({ code, record, count }) => `${code} ${record} ${count}`);
    };
    const one = await told({ workers: 1, includeStatistics: true });
    assert.deepEqual(one, ['LINK_AS_TEXT 65530 470', 'LIST_SEPARATOR_IN_TEXT 65600 1', 'NUMBER_AS_TEXT 65700 1', 'AMBIGUOUS_COLUMN 65800 1']);
    assert.deepEqual(await told({ workers: 2, chunkSize: 20000, includeStatistics: true }), one);
    assert.deepEqual(await told({ workers: 2, chunkSize: 150 }), one);
    await own.dispose();
});

test('there is no sheet that nobody asked for', async () => {
    const sheets = async (options) => {
        const { zip } = await workbook(catalogue, options);
        return [...unpacked(membersOf(zip).get('xl/workbook.xml')).toString().matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name);
    };
    assert.deepEqual(await sheets({}), ['Data']);
    assert.deepEqual(await sheets({ includeMetadata: true }), ['Data', 'Metadata']);
    assert.deepEqual(await sheets({ includeStatistics: true }), ['Data', 'Statistics', 'Charts']);
});

test('statistics, charts and a table are the same for any chunks', async () => {
    const shared = { includeStatistics: true, xlsx: { table: true } };
    const one = await workbook(results, { ...shared, workers: 1 });
    const other = await workbook(results, { ...shared, workers: 2, chunkSize: 333 });
    assert.deepEqual(other.report.statistics, one.report.statistics);
    const parts = Object.keys(contentsOf(one.zip));
    assert.ok(parts.some((name) => name.startsWith('xl/charts/chart')), `no chart among ${parts}`);
    assert.deepEqual(contentsOf(other.zip), contentsOf(one.zip));
});

/** Rows of a sheet as openpyxl reads them; undefined where it is not installed. */
function rowsOf(zip, sheet = 'Data') {
    const path = join(folder, 'read.xlsx');
    writeFileSync(path, zip);
    const program = `import sys, json, datetime, openpyxl
book = openpyxl.load_workbook(sys.argv[1], read_only=True)
def told(value):
    if isinstance(value, datetime.datetime): return value.isoformat(timespec='milliseconds') + 'Z'
    return value
print(json.dumps([[told(value) for value in row] for row in book[sys.argv[2]].iter_rows(values_only=True)]))`;
    const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program, path, sheet], { encoding: 'utf8', maxBuffer: 1e9 });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
}

const hasReader = existsSync('/usr/bin/python3') && spawnSync('/usr/bin/python3', ['-c', 'import openpyxl']).status === 0;

/** A field of CSV and a cell with the same value look the same. */
function alike(field, cell) {
    if (cell === null) return field === '';
    if (typeof cell === 'boolean') return field === String(cell);
    if (typeof cell === 'number') return Number(field) === cell;
    const text = field.replaceAll('\r\n', '\n');
    return text === cell.replaceAll('_x000D_', '').replaceAll('\r\n', '\n') || (field.startsWith("'") && field.slice(1) === cell);
}

for (const [name, text] of Object.entries({ catalogue, results }))
    test(`${name}: values read back are those of CSV`, { skip: !hasReader }, async () => {
        const { zip } = await workbook(text);
        const { text: csv } = await exported(text, { format: 'csv', csv: { formulaGuard: false } });
        const { data } = Papa.parse(csv, { newline: '\r\n', skipEmptyLines: true });
        const rows = rowsOf(zip);
        assert.equal(rows.length, data.length);
        for (const [at, fields] of data.entries())
            for (const [column, field] of fields.entries())
                assert.ok(alike(field, rows[at][column] ?? null), `row ${at}, ${data[0][column]}: ${field} and ${rows[at][column]}`);
    });

test('a late column or type starts over, and the file is the same', async () => {
    const usual = [...extractionResults(5000)];
    for (const late of [{ late: 1 }, { price: 'none' }, { id: 'x'.repeat(50) }, { tags: 7 }]) {
        const records = usual.with?.(4000, { ...usual[4000], ...late }) ?? usual.map((one, at) => (at === 4000 ? { ...one, ...late } : one));
        const parts = [];
        const sink = { write: (bytes) => void parts.push(bytes.slice()), close() {} }; // cannot rewind, so all is looked at first
        const careful = await processor.startExport(records, { format: 'xlsx', sink }).result;
        const { zip, report } = await workbook(records, { chunkSize: 300 });
        assert.deepEqual(contentsOf(zip), contentsOf(Buffer.concat(parts)));
        assert.deepEqual(report.columns, careful.report.columns);
    }
});

test('named columns have the types and widths of their values', { skip: !hasReader }, async () => {
    const records = Array.from({ length: 3000 }, (_, at) => ({
        at: new Date(1.7e12 + at * 1e7).toISOString(),
        on: { day: '2026-01-05', late: at === 2500 ? 'never' : '2026-01-05' },
        text: 'x'.repeat(40),
    }));
    const columns = ['at', { key: 'on.day', label: 'Day' }, 'on.late', { key: 'text', width: 12 }, { key: 'on.none', type: 'date' }];
    async function* once() {
        yield* records;
    }
    for (const [source, late] of [[records, 'text'], [linesOf(records), 'text'], [once(), 'date']]) {
        const { zip, report } = await workbook(source, { columns, chunkSize: 700 });
        assert.deepEqual(report.columns.map(({ type }) => type), ['datetime', 'date', late, 'text', 'date']);
        const rows = rowsOf(zip);
        assert.deepEqual(rows[2501], [records[2500].at, '2026-01-05T00:00:00.000Z', 'never', 'x'.repeat(40)]);
        assert.equal(rows[1][2], late === 'date' ? '2026-01-05T00:00:00.000Z' : '2026-01-05');
        assert.match(unpacked(membersOf(zip).get(SHEET)).toString(), /<col min="4" max="4" width="12\.7/);
    }
});

test('table, format, width, label, order, hidden columns and raw records are read back', { skip: !hasReader }, async () => {
    const records = Array.from({ length: 300 }, (_, at) => ({ a: at, b: `x${at}`, c: at / 4, d: '2026-01-05' }));
    const columns = [{ key: 'c', label: 'Price', format: '#,##0.00', width: 33 }, { key: 'a', hidden: true }, 'd', { key: 'b', label: 'Name' }];
    const options = { columns, includeRawData: true, xlsx: { table: true }, workers: 2 };
    const { zip } = await workbook(records, options);
    assert.deepEqual((await workbook(records, options)).zip, zip);
    const rows = rowsOf(zip);
    assert.deepEqual(rows[0], ['Price', 'd', 'Name', '_raw']);
    assert.deepEqual(rows[4], [0.75, '2026-01-05T00:00:00.000Z', 'x3', JSON.stringify(records[3])]);
    const program = `import sys, json, openpyxl
sheet = openpyxl.load_workbook(sys.argv[1])['Data']
print(json.dumps([sheet['A3'].number_format, round(sheet.column_dimensions['A'].width), [table.ref for table in sheet._tables.values()]]))`;
    const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program, join(folder, 'read.xlsx')], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(stdout || 'null'), ['#,##0.00', 34, ['A1:D301']], stderr);
});

test('headings of a table are those of its sheet, short enough, and differ in any case', { skip: !hasReader }, async () => {
    const long = `${'k'.repeat(250)}\u{1f600}`;
    const labels = ['k'.repeat(255), 'K'.repeat(256), 'k'.repeat(40000), `${long}ab`, `${long}abcd`, '_x0041_'.repeat(40), '_x0041_', 'A', 'a', 'É', 'é', 'ИМЯ',
        'имя', 'ŽĘ', 'žę', 'Σ', 'σ', '\u0001', '\ufffe', '\uffff', 'two\nlines', ''];
    const columns = labels.map((label, at) => ({ key: `k${at}`, label }));
    const { zip, report } = await workbook([Object.fromEntries(columns.map(({ key }) => [key, 1]))], { columns, xlsx: { table: true } });
    rowsOf(zip);
    const program = `import sys, json, openpyxl
from openpyxl.utils.escape import unescape
sheet = openpyxl.load_workbook(sys.argv[1])['Data']
table, = sheet.tables.values()
print(json.dumps([[column.name for column in table.tableColumns], [unescape(cell.value) for cell in sheet[1]]]))`;
    const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program, join(folder, 'read.xlsx')], { encoding: 'utf8' });
    const [names, headings] = JSON.parse(stdout || '[]');
    assert.deepEqual(names, headings, stderr);
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, labels.length);
    for (const name of names) assert.ok(name.length <= 255 && name.isWellFormed?.() !== false, name);
    assert.deepEqual(names.slice(2, 5), [`${'k'.repeat(251)} (2)`, `${long}ab`, `${long}ab…`]);
    assert.deepEqual(names.slice(6, 11), ['_x0041_', 'A', 'a (2)', 'É', 'é (2)']);
    assert.deepEqual(names.slice(17), ['\ufffd', '\ufffd (2)', '\ufffd (3)', 'two lines', 'Column22']);
    const warned = report.warnings.map(({ code, column }) => [code, labels.indexOf(column)]);
    assert.deepEqual(warned.filter(([code]) => code === 'TEXT_CUT').map(([, at]) => at), [1, 2, 4, 5]);
    assert.deepEqual(warned.filter(([code]) => code === 'CHARACTER_REPLACED').map(([, at]) => at), [17, 18, 19]);
});

test('every part of a workbook is XML, whatever columns, sheets and values are called', async () => {
    const odd = 'a\u0001\ufffe\uffff_x0041_<&>"\'\r\n\u{1fffe}';
    const long = `a${'ü'.repeat(200)}`; // whose characters stand across any even number of bytes
    const records = Array.from({ length: 60 }, (_, at) => ({ [odd]: `${odd}${at % 3}`, [`n${odd}`]: at, [long]: `x${at % 4}`, [`d${odd}`]: `2026-01-${10 + (at % 20)}` }));
    const text = `${linesOf(records)}{"bad":"${odd}\n`;
    for (const table of [false, true]) {
        const options = { fileName: odd, includeStatistics: true, includeMetadata: true, includeRawData: true, xlsx: { table, sheetName: 'a\ufffe_x0041_' } };
        const { zip } = await workbook(text, options);
        const charts = [];
        for (const [name, member] of membersOf(zip)) {
            const xml = unpacked(member);
            const { status, stderr } = spawnSync('xmllint', ['--noout', '-'], { input: xml, encoding: 'utf8' });
            assert.equal(status, 0, `${name}: ${stderr}`);
            if (name.startsWith('xl/charts/')) charts.push(/<a:t>([^<]*)</.exec(xml.toString())[1]);
        }
        assert.ok(charts.includes(`Most frequent: a${'ü'.repeat(59)}…`), charts.join('\n'));
        assert.ok(charts.some((title) => title.startsWith('Over time: da\ufffd\ufffd\ufffd_x0041_&lt;&amp;')), charts.join('\n'));
    }
});

test('a format with @ is that of texts too, and no format breaks the file', { skip: !hasReader }, async () => {
    const records = [{ zip: '00123', code: 'x', amount: 1 }, { zip: 456, code: 'two\nlines', amount: 'none' }];
    const columns = [{ key: 'zip', format: '@' }, { key: 'code', format: '0;-0;0;"Code "@' }, { key: 'amount', format: "0.0'<>" }];
    const { zip } = await workbook(records, { columns });
    rowsOf(zip);
    const program = `import sys, json, openpyxl
print(json.dumps([[cell.number_format for cell in row] for row in openpyxl.load_workbook(sys.argv[1])['Data'].iter_rows(min_row=2)]))`;
    const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program, join(folder, 'read.xlsx')], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(stdout || '[]'), [['@', '0;-0;0;"Code "@', "0.0'<>"], ['@', 'General', 'General']], stderr);
    for (const format of ['[Color10]0', '[Color 0]0', '[Color57]0', '0"\u0001"', '0"\ufffe"', '0\uffff', '0\\\u0001', '_\u00020', '[$\u0003]0'])
        if (format === '[Color10]0') await workbook(records, { columns: [{ key: 'zip', format }] });
        else assert.equal((await failure(records, { format: 'xlsx', columns: [{ key: 'zip', format }] })).code, 'INVALID_OPTION', format);
});

test('empty text has a name among the most frequent values', async () => {
    const records = Array.from({ length: 30 }, (_, at) => ({ a: at % 3 ? '' : 'x' }));
    const { zip } = await workbook(records, { includeStatistics: true });
    const rows = SheetJS.utils.sheet_to_json(SheetJS.read(zip).Sheets.Statistics, { header: 1 });
    const list = rows.slice(rows.findIndex(([first]) => first === 'Most frequent values') + 2);
    assert.deepEqual(list.slice(0, 2).map((row) => row.slice(0, 3)), [['a', '(empty)', 20], ['a', 'x', 10]]);
});

test('figures of the statistics keep their digits, and are shown as they are', async () => {
    const ids = ['12345678901234567890', '12345678901234567891'];
    const source = [0, 0, 1, 1].map((at) => `{"id":${ids[at]},"part":${['1.50', '1.5'][at]},"small":${[0.00025, 7][at]}}`).join('\n');
    const { zip } = await workbook(source, { includeStatistics: true });
    const sheet = SheetJS.read(zip, { cellText: true, cellNF: true }).Sheets.Statistics;
    const rows = SheetJS.utils.sheet_to_json(sheet, { header: 1 });
    const list = rows.slice(rows.findIndex(([first]) => first === 'Most frequent values') + 2);
    assert.deepEqual(list.slice(0, 4).map((row) => row[1]), [...ids, '1.50', '1.5']);
    const row = rows.findIndex(([first]) => first === 'id');
    assert.deepEqual(rows[row].slice(6, 8), ids);
    assert.deepEqual(['G', 'H', 'I'].map((name) => sheet[`${name}${row + 3}`].z), ['General', '#,##0', '#,##0.####']); // of `small`
});

test('columns are as wide as their formats show the values', async () => {
    const values = { at: '2024-12-30T23:59:59Z', day: '2024-09-25', amount: -1234567890.5, part: 1234.5, long: -123456789012345 };
    const records = Array.from({ length: 3 }, () => values);
    const columns = ['at', 'day', 'amount', 'long', 'part', { key: 'at', format: 'dddd, d mmmm yyyy h:mm:ss' }, { key: 'day', format: '[$-409]d/m/yy' },
        { key: 'day', format: 'dddd, d mmmm yyyy' }, { key: 'amount', format: '#,##0.00 "Euro";[Red]-#,##0.00 "Euro"' }, { key: 'amount', format: '[$EUR] #,##0.0000' },
        { key: 'part', format: '0.000%' }, { key: 'part', format: '0.00E+00' }, { key: 'amount', format: 'General' }, { key: 'long', format: '0\\ \\k\\g;_(* (#,##0_)' }];
    for (const locale of [undefined, 'en-US', 'de-DE', 'ko-KR', 'hu-HU'])
        for (const column of columns)
            for (const source of [records, records.values()]) {
                const { zip } = await workbook(source, { columns: [column], locale });
                const { Sheets: { Data: sheet } } = SheetJS.read(zip, { cellStyles: true, cellNF: true });
                assert.equal(sheet.A2.t, 'n');
                const [{ wch }] = sheet['!cols'];
                const shown = SheetJS.utils.format_cell(sheet.A2);
                assert.ok(wch >= shown.trim().length, `${JSON.stringify(column)}, ${locale}: ${shown} in ${wch}`);
                assert.ok(wch <= 2 * shown.length + 12, `${JSON.stringify(column)}, ${locale}: ${shown} in ${wch}`);
            }
});

test('a source that can be read once gets the column _extra', async () => {
    const records = [...extractionResults(3000)].map((record, at) => (at === 2500 ? { ...record, late: 'here' } : record));
    const { zip, report } = await workbook(piecesOf(new TextEncoder().encode(linesOf(records)), 10007), { chunkSize: 100 });
    assert.equal(report.columns.at(-1).key, '_extra');
    assert.equal(report.counts.written, 3000);
    assert.match(unpacked(membersOf(zip).get(SHEET)).toString(), /\{"late":"here"\}/);
});

test('warnings and rejected records are told in the workbook', async () => {
    const text = `${catalogue}{"broken":\n`;
    const { zip, report } = await workbook(text, { includeMetadata: true });
    assert.equal(report.counts.rejected, 1);
    const strings = unpacked(membersOf(zip).get('xl/sharedStrings.xml')).toString();
    assert.match(strings, /\{&quot;broken&quot;:|\{"broken":/);
    assert.match(strings, /2026-11-23T12:00:00\.000Z/);
});

test('an empty source, chosen columns, a limit, and a broken array', async () => {
    assert.ok(membersOf((await workbook('')).zip).has(SHEET));
    const chosen = await workbook(results, { columns: ['id', { key: 'product.price', label: 'Price' }], limit: 1234, chunkSize: 100 });
    assert.equal(chosen.report.counts.written, 1234);
    assert.equal(unpacked(membersOf(chosen.zip).get(SHEET)).toString().split('<row').length - 1, 1235);
    const broken = await workbook('[{"a":1},{"a":2},{"a":3} {"a":4}]');
    assert.equal(broken.report.partial, true);
    assert.equal(unpacked(membersOf(broken.zip).get(SHEET)).toString().split('<row').length - 1, broken.report.counts.written + 1);
});

test('wrong options fail before anything is written', async () => {
    assert.equal((await failure('{"a":1}', { format: 'xlsx', xlsx: { level: 10 } })).code, 'INVALID_OPTION');
    assert.equal((await failure('{"a":1}', { format: 'xlsx', xlsx: { lvl: 1 } })).code, 'UNKNOWN_OPTION');
});

test('cancelled mid-way, nothing is left', async () => {
    const path = join(folder, 'cancelled.xlsx');
    const input = join(folder, 'cancelled.ndjson');
    writeFileSync(input, results.repeat(5));
    const own = new ExportProcessor();
    const job = own.startExport(fileSource(input), { format: 'xlsx', sink: fileSink(path), chunkSize: 50, workers: 2 });
    for await (const { recordsWritten } of job) if (recordsWritten > 2000) break;
    assert.equal(await job.cancel(), true);
    assert.equal((await job.result.catch((error) => error)).code, 'CANCELLED');
    assert.equal(existsSync(path), false);
    const { report } = await own.startExport(catalogue, { format: 'xlsx' }).result; // and it goes on with the next one
    assert.ok(report.counts.written > 0);
    await own.dispose();
});

test('a missing module fails only the formats that need it', async () => {
    const own = new ExportProcessor({ wasmUrl: { xlsx: 'file:///none/xlsx.wasm' } });
    const [csv, xlsx] = await Promise.allSettled(['csv', 'xlsx'].map((format) => own.startExport('{"a":1}', { format }).result));
    assert.equal(csv.status, 'fulfilled');
    assert.equal(xlsx.reason.code, 'WASM_FAILED');
    await own.dispose();
});

/** A sheet as it is unpacked: its rows, the checksum of its text, and the last row. */
async function lookAt({ packed }) {
    const unpacking = createInflateRaw();
    const hash = createHash('sha256');
    let rows = 0;
    let text = '';
    unpacking.end(packed);
    for await (const piece of unpacking) {
        hash.update(piece);
        text = text.slice(-1000) + piece.toString('latin1');
        rows = Number(/.*<row r="(\d+)"/s.exec(text)?.[1] ?? rows);
    }
    return { rows, sum: hash.digest('hex'), last: /.*(<row .*<\/row>)<\/sheetData>/s.exec(text)?.[1] };
}

/** A row of one number. @param {number} row @param {number} value */
const rowOf = (row, value) => `<row r="${row}"><c r="A${row}"><v>${value}</v></c></row>`;

// Chunks of 1 and 7 records, on sheets of fewer rows: native/xlsx.c, seams.
for (const [count, sheets] of [[1048575, [1048576]], [1048576, [1048576, 2]], [1048577, [1048576, 3]], [2200000, [1048576, 1048576, 102851]]])
    test(`${count} records make ${sheets.length} sheets, for any chunks and workers`, async () => {
        const source = new Blob([Array.from({ length: count }, (_, at) => `{"n":${at}}\n`).join('')]);
        const looks = [];
        for (const options of count > 2e6 ? [{ workers: 2 }] : [{ workers: 1 }, { workers: 4, chunkSize: 1000 }]) {
            const own = new ExportProcessor({ now: () => clock });
            const { zip, report } = await workbook(source, options, own);
            await own.dispose();
            assert.equal(report.counts.written, count);
            const members = membersOf(zip);
            assert.ok(!members.has(`xl/worksheets/sheet${sheets.length + 1}.xml`));
            looks.push(await Promise.all(sheets.map((_, at) => lookAt(members.get(`xl/worksheets/sheet${at + 1}.xml`)))));
        }
        assert.deepEqual(looks.at(-1), looks[0]);
        assert.deepEqual(looks[0].map(({ rows }) => rows), sheets);
        let written = 0;
        for (const { rows, last } of looks[0]) assert.equal(last, rowOf(rows, (written += rows - 1) - 1));
    });
