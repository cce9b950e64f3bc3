// Every row of the limits and odd cases that all formats document, in every format, read by python's csv, json and html.parser, openpyxl, lxml with
// xmllint, and pdftotext with qpdf: the value itself or its documented replacement, the warnings that count it, and counts that reconcile.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ExportProcessor } from '../../dist/index.node.js';
import { parseRecord } from '../readers/expected.js';
import { xmllint } from '../readers/xml.js';
import { failure, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const reader = fileURLToPath(new URL('../readers/read.py', import.meta.url));
const processor = new ExportProcessor({ workers: 2, now: () => 0 });
const FLAT = ['csv', 'xlsx', 'pdf', 'html'];
const FORMATS = ['json', ...FLAT, 'xml'];

/** A number, as the reader of json and xlsx marks it; csv, pdf, html and xml have its digits alone. @param {string | number} digits */
const n = (digits) => `\x01${digits}`;
const LONG = `${'a'.repeat(32765)}🎈b`;
const nested = (/** @type {number} */ depth) => '['.repeat(depth) + ']'.repeat(depth);
const deepItems = (/** @type {number} */ depth) => (depth === 1 ? '' : [deepItems(depth - 1)]);

/**
 * @typedef {object} Row
 * @property {string} input lines, or bytes by `bytes`, or an array
 * @property {Buffer} [bytes]
 * @property {any[]} [json] the records; without it what JSON.parse makes of the lines
 * @property {(string | null)[][]} table headings and rows of CSV, XLSX, HTML and PDF; null where there is no value
 * @property {[string, any][][]} xml the records: pairs of key and value
 * @property {Partial<Record<'csv' | 'xlsx' | 'pdf' | 'html', (string | null)[][]>>} [tables] of formats that differ
 * @property {Record<string, number>} [warnings] of every format
 * @property {Record<string, Record<string, number>>} [more] warnings of single formats; `flat` of all those with a table
 * @property {[string, number, number][]} [defects] code, record and offset
 */

/** @type {Record<string, Row>} */
const ROWS = {
    'null, missing and empty text': {
        input: '{"a":null,"b":"","c":1}\n{"b":"x"}',
        table: [['a', 'b', 'c'], [null, '', n(1)], [null, 'x', null]],
        xml: [[['a', null], ['b', ''], ['c', '1']], [['b', 'x']]],
    },
    'arrays of scalars, arrays with objects, empty ones': {
        input: '{"s":["x",1,null,true],"o":[{"k":1.50},[2]],"e":[],"z":{}}',
        table: [['s', 'o', 'e', 'z'], ['x; 1; ; true', '[{"k":1.50},[2]]', '', '{}']],
        xml: [[['s', ['x', '1', null, 'true']], ['o', [[['k', '1.50']], ['2']]], ['e', ''], ['z', '']]],
    },
    'digits beyond a double': {
        input: '{"n":12345678901234567890.5,"m":1e400,"k":0.1,"t":"007"}',
        table: [['n', 'm', 'k', 't'], [n('12345678901234567890.5'), n('1e400'), n('0.1'), '007']],
        tables: { xlsx: [['n', 'm', 'k', 't'], ['12345678901234567890.5', '1e400', n('0.1'), '007']] },
        xml: [[['n', '12345678901234567890.5'], ['m', '1e400'], ['k', '0.1'], ['t', '007']]],
        more: { xlsx: { NUMBER_AS_TEXT: 2 } },
    },
    'control characters': {
        input: '{"t":"a\\u0000b\\u0001c\\u001fd\\r\\n\\te_x0041_"}',
        table: [['t'], ['a\0b\x01c\x1fd\r\n\te_x0041_']],
        tables: { html: [['t'], ['a\ufffdb\ufffdc\ufffdd\r\n\te_x0041_']], pdf: [['t'], ['a\ufffdb\ufffdc\ufffdd e_x0041_']] },
        xml: [[['t', 'a\ufffdb\ufffdc\ufffdd\r\n\te_x0041_']]],
        more: { html: { CHARACTER_REPLACED: 3 }, pdf: { CHARACTER_REPLACED: 3 }, xml: { CHARACTER_REPLACED: 3 } },
    },
    'lone surrogates': {
        input: '{"t":"a\\ud800b","\\udc00k":"\\ud83d\\ude00"}',
        json: [{ t: 'a\ufffdb', '\ufffdk': '😀' }],
        table: [['t', '\ufffdk'], ['a\ufffdb', '😀']],
        xml: [[['t', 'a\ufffdb'], ['\ufffdk', '😀']]],
        warnings: { LONE_SURROGATE: 2 },
    },
    'U+FFFE and U+FFFF': {
        input: '{"t":"a\\ufffeb\uffffc"}',
        table: [['t'], ['a\ufffeb\uffffc']],
        tables: { pdf: [['t'], ['a\ufffdb\ufffdc']] },
        xml: [[['t', 'a\ufffdb\ufffdc']]],
        more: { xml: { CHARACTER_REPLACED: 2 }, pdf: { CHARACTER_NOT_IN_FONTS: 2 } },
    },
    'text over 32,767 UTF-16 units': {
        input: JSON.stringify({ t: LONG, u: LONG.slice(0, -1) }),
        table: [['t', 'u'], [LONG, LONG.slice(0, -1)]],
        tables: { xlsx: [['t', 'u'], [`${'a'.repeat(32765)}…`, LONG.slice(0, -1)]], pdf: [['t', 'u'], ['…', '…']] },
        xml: [[['t', LONG], ['u', LONG.slice(0, -1)]]],
        more: { xlsx: { TEXT_CUT: 1 }, pdf: { TEXT_SHORTENED: 2 } },
    },
    'keys that are no XML names': {
        input: '{"a b":1,"1":2,"xml":3,"a:b":4,"":5,"é":6,"a_b":7,"<&>\\"":8}',
        table: [['a b', '1', 'xml', 'a:b', '', 'é', 'a_b', '<&>"'], [1, 2, 3, 4, 5, 6, 7, 8].map(n)],
        xml: [[['a b', '1'], ['1', '2'], ['xml', '3'], ['a:b', '4'], ['', '5'], ['é', '6'], ['a_b', '7'], ['<&>"', '8']]],
    },
    'keys with characters that a format cannot hold': {
        input: '{"a\\u0000":1,"b\\u0007":2,"c\uffff":3}\n{"a\\u0000":4}',
        table: [['a\ufffd', 'b\x07', 'c\uffff'], [1, 2, 3].map(n), [n(4), null, null]],
        tables: Object.fromEntries(['html', 'pdf'].map((format) => [format, [['a\ufffd', 'b\ufffd', format === 'pdf' ? 'c\ufffd' : 'c\uffff'], [1, 2, 3].map(n), [n(4), null, null]]])),
        xml: [[['a\ufffd', '1'], ['b\ufffd', '2'], ['c\ufffd', '3']], [['a\ufffd', '4']]],
        more: { csv: { CHARACTER_REPLACED: 1 }, xlsx: { CHARACTER_REPLACED: 1 }, html: { CHARACTER_REPLACED: 2 }, pdf: { CHARACTER_REPLACED: 2 }, xml: { CHARACTER_REPLACED: 4 } },
    },
    'a key that comes twice': {
        input: '{"a":1,"b":2,"a":3}',
        table: [['b', 'a'], [n(2), n(3)]],
        xml: [[['b', '2'], ['a', '3']]],
        warnings: { DUPLICATE_KEY: 1 },
    },
    'a dotted key beside a nested path': {
        input: '{"a.b":1,"a":{"b":2}}',
        table: [['a.b', 'a.b (2)'], [n(1), n(2)]],
        xml: [[['a.b', '1'], ['a', [['b', '2']]]]],
        more: { flat: { COLUMN_NAME_CLASH: 1 } },
    },
    'records that are no objects': {
        input: '1\n"two"\nnull\n[3,4]',
        table: [['value'], [n(1)], ['two'], [null], ['3; 4']],
        xml: [[['value', '1']], [['value', 'two']], [['value', null]], [['value', ['3', '4']]]],
        more: { csv: { NULL_AS_EMPTY_TEXT: 1 } },
    },
    'nesting of 1,024 levels, and of one more': {
        input: `{"a":1}\n${nested(1025)}\n${nested(1024)}`,
        json: [{ a: n(1) }, parseRecord(nested(1024))],
        table: [['a', 'value'], [n(1), null], [null, nested(1024)]],
        tables: { pdf: [['a', 'value'], [n(1), null], [null, '[…']] },
        xml: [[['a', '1']], [['value', deepItems(1024)]]],
        more: { pdf: { TEXT_SHORTENED: 1 } },
        defects: [['NESTED_TOO_DEEP', 1, 1032]],
    },
    'invalid UTF-8': {
        input: '',
        bytes: Buffer.concat([Buffer.from('{"a":1}\n{"a":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}\n{"a":3}')]),
        json: [{ a: n(1) }, { a: n(3) }],
        table: [['a'], [n(1)], [n(3)]],
        xml: [[['a', '1']], [['a', '3']]],
        defects: [['INVALID_UTF8', 1, 14]],
    },
    'malformed JSON in lines: the next line goes on': {
        input: '{"a":1}\n{"a":}\n{"a":3}\n{"a":',
        json: [{ a: n(1) }, { a: n(3) }],
        table: [['a'], [n(1)], [n(3)]],
        xml: [[['a', '1']], [['a', '3']]],
        defects: [['SYNTAX', 1, 13], ['TRUNCATED', 3, 28]],
    },
    'malformed JSON in an array: the export ends there': {
        input: '[{"a":1},{"a":2,},{"a":3}]',
        json: [{ a: n(1) }],
        table: [['a'], [n(1)]],
        xml: [[['a', '1']]],
        warnings: { INPUT_ENDED_EARLY: 1 },
        defects: [['SYNTAX', 1, 16]],
    },
};

/** @param {string} format @param {string} path */
function readBack(format, path) {
    return JSON.parse(execFileSync('/usr/bin/python3', [reader, format, path], { encoding: 'utf8', maxBuffer: 1 << 28 }));
}

const bare = (/** @type {string | null} */ cell) => (cell ?? '').replace(/^\x01/, '');

/** Lines break anywhere. @param {string} text */
const folded = (text) => text.replaceAll(/\s/g, '');

/** @param {string} path @param {(string | null)[][]} table its texts, one behind the other; … stands for what is left out before it */
function assertShown(path, [headings, ...rows]) {
    execFileSync('qpdf', ['--check', path]);
    const shown = execFileSync('pdftotext', ['-raw', path, '-'], { encoding: 'utf8' });
    const [, head, body] = /** @type {RegExpExecArray} */ (/^T 1970-01-01 00:00 UTC\nPage records\.n?d?json\n([^]*?)\n1 of \d+\n([^]*?)\f/.exec(shown));
    assert.equal(folded(head), folded(headings.join('')));
    const wanted = rows.flat().map(bare).map((cell) => cell.replaceAll(/[[\]{}().*+?^$|\\]/g, '\\$&'));
    assert.match(folded(body), new RegExp(`^${folded(wanted.join('')).replaceAll('…', '[a[]*…')}$`));
}

/** What independent readers find in the file of a format. @param {string} format @param {string} path @param {Row} row */
function assertHeld(format, path, { input, json, table, tables, xml }) {
    const wanted = tables?.[/** @type {'csv'} */ (format)] ?? table;
    if (format === 'pdf') return assertShown(path, wanted);
    const held = readBack(format, path);
    if (format === 'json') return assert.deepEqual(held, json ?? input.split('\n').map(parseRecord));
    if (format === 'xml') return assert.deepEqual(held, xml);
    if (format === 'xlsx') return assert.deepEqual(held.slice(0, wanted.length), wanted);
    return assert.deepEqual(held, wanted.map((cells) => cells.map(bare)));
}

/** @param {string} format @param {string} name */
async function written(format, name) {
    const { input, bytes } = ROWS[name];
    const source = new File([bytes ?? input], input.startsWith('[{') ? 'records.json' : 'records.ndjson');
    const options = { format, fileName: 'file', ...(format === 'pdf' ? { pdf: { cover: false, title: 'T' } } : {}) };
    const { files, report } = await processor.startExport(source, options).result;
    for (const file of files) writeFileSync(join(folder, file.fileName), Buffer.from(await file.blob.arrayBuffer()));
    return { path: join(folder, files[0].fileName), report };
}

for (const name of Object.keys(ROWS))
    for (const format of FORMATS)
        test(`${name}: ${format}`, async () => {
            const row = ROWS[name];
            const { path, report } = await written(format, name);
            assertHeld(format, path, row);
            if (format === 'xml') assert.equal(xmllint(path, '--huge'), '');
            const warned = /** @type {Record<string, number>} */ ({});
            for (const { code, count } of report.warnings) warned[code] = (warned[code] ?? 0) + count;
            const flat = FLAT.includes(format) ? row.more?.flat : {};
            assert.deepEqual(warned, { ...row.warnings, ...flat, ...row.more?.[format] });
            const rejected = row.defects?.length ?? 0;
            assert.deepEqual(report.counts, { read: row.xml.length + rejected, written: row.xml.length, filtered: 0, rejected });
            assert.deepEqual(report.defects.map(({ code, record, offset }) => [code, record, offset]), row.defects ?? []);
            assert.equal(report.partial, rejected > 0);
        });

test('null is nothing between delimiters, empty text is quoted', async () => {
    const { path } = await written('csv', 'null, missing and empty text');
    assert.equal(execFileSync('cat', [path], { encoding: 'utf8' }), 'a,b,c\r\n,"",1\r\n,x,\r\n');
});

test('16,384 columns are a workbook, one more is an error that names the count before anything is written', async () => {
    const record = (/** @type {number} */ count) => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i])));
    const { blob } = await processor.startExport(record(16384), { format: 'xlsx' }).result;
    writeFileSync(join(folder, 'wide.xlsx'), Buffer.from(await blob.arrayBuffer()));
    const [headings, values] = readBack('xlsx', join(folder, 'wide.xlsx'));
    assert.deepEqual([headings.length, headings.at(-1), values.at(-1)], [16384, 'k16383', n(16383)]);
    let wrote = 0;
    const sink = { write: () => void (wrote += 1), close: () => void (wrote += 1) };
    const error = await failure(record(16385), { format: 'xlsx', sink });
    assert.deepEqual([error.code, wrote], ['TOO_MANY_COLUMNS', 0]);
    assert.match(error.message, /16,?385/);
    for (const format of ['json', 'csv', 'html', 'xml', 'pdf']) {
        const { report } = await processor.startExport(record(16385), { format }).result;
        assert.equal(report.counts.written, 1, format);
    }
});

test('more keys than there can be columns harm neither formats that keep the nesting nor chosen columns', async () => {
    const lines = Array.from({ length: 12 }, (_, i) => {
        const day = (/** @type {number} */ k) => [`day ${i * 6000 + k}`, k];
        return JSON.stringify({ id: i, at: { x: i / 2 }, ...Object.fromEntries(Array.from({ length: 6000 }, (__, k) => day(k))) });
    });
    const input = lines.join('\n');
    const { blob, report } = await processor.startExport(input, { format: 'json', json: { shape: 'ndjson' } }).result;
    assert.equal(await blob.text(), `${input}\n`);
    assert.deepEqual([report.columns, report.warnings.map(({ code }) => code)], [[], ['COLUMNS_NOT_LISTED']]);
    const xml = (await processor.startExport(input, { format: 'xml' }).result).report;
    assert.deepEqual(xml.warnings.map(({ code }) => code).sort(), ['COLUMNS_NOT_LISTED', 'SCHEMA_LEFT_OPEN']);
    assert.equal((await failure(input, { format: 'csv' })).code, 'TOO_MANY_COLUMNS');
    for (const format of FORMATS)
        for (const source of [input, new Blob([input]).stream()]) {
            const chosen = await processor.startExport(source, { format, columns: ['id', { key: 'at.x', label: 'X' }] }).result;
            assert.deepEqual(chosen.report.counts.written, 12);
            assert.deepEqual(chosen.report.columns, [{ key: 'id', label: 'id', type: 'integer' }, { key: 'at.x', label: 'X', type: 'number' }], format);
        }
});

test('the report tells the types of chosen columns, as the options name them or as the values are', async () => {
    const input = '{"a":1,"b":"2024-02-29","a.b":true,"c":{"d":"x"},"n":null}\n{"a":2.5,"b":"2024-03-01","c":{"d":5}}';
    const columns = ['c.d', 'b', { key: 'a', type: 'text' }, 'a.b', { key: 'none', label: null, type: null, width: null, format: undefined, hidden: null }];
    const types = ['text', 'date', 'text', 'boolean', undefined];
    for (const format of FORMATS) {
        const { report } = await processor.startExport(input, { format, columns }).result;
        assert.deepEqual(report.columns.map(({ type }) => type), types, format);
        assert.deepEqual(report.columns.map(({ key }) => key), ['c.d', 'b', 'a', 'a.b', 'none']);
    }
});

test('a column within another chosen one is no column that was never found', async () => {
    for (const format of FORMATS) {
        const { report } = await processor.startExport('{"a":{"x":1},"b":2}', { format, columns: ['a', 'a.x', 'a.z', 'b.q'] }).result;
        const never = report.warnings.filter(({ code }) => code === 'COLUMN_NEVER_FOUND').map(({ column }) => column);
        assert.deepEqual(never, ['a.z', 'b.q'], format);
    }
    const flat = { format: 'xml', xml: { layout: 'flat' }, columns: ['a', 'n', 'z'] };
    const { report } = await processor.startExport('{"a":{"x":1},"n":null}', flat).result;
    assert.deepEqual(report.warnings.map(({ code, column }) => [code, column]), [['COLUMN_NEVER_FOUND', 'z']]);
});

test('an option whose text would be cut or changed on its way is refused', async () => {
    for (const text of ['a\0b', 'a\ud800b']) {
        for (const columns of [[text], [{ key: 'a', label: text }]])
            assert.equal((await failure('{"a":1}', { format: 'csv', columns })).code, 'INVALID_OPTION');
        assert.equal((await failure('{"a":1}', { format: 'pdf', pdf: { title: text } })).code, 'INVALID_OPTION');
    }
    const { blob } = await processor.startExport('{"\\\\u0000":1}', { format: 'csv', columns: ['\\u0000', '\\\\ud800'] }).result;
    assert.equal(await blob.text(), '\\u0000,\\\\ud800\r\n1,\r\n');
});

/** The `read` of a source of bytes that gives all at once. */
function readOnce(text) {
    let bytes = new TextEncoder().encode(text);
    return (view) => {
        const { length } = bytes;
        view.set(bytes);
        bytes = new Uint8Array(0);
        return length;
    };
}

test('names of files, names of sources and filters that the core cannot hold fail no export, and the audit trail tells of them', async () => {
    const texts = { 'a\ud800': 'a\ufffd', 'a\0b': 'a\ufffdb', '\\ud800 \\\udfff': '\\ud800 \\\ufffd' };
    for (const format of ['json', 'csv', 'html', 'xml', 'pdf', 'xlsx'])
        for (const [text, told] of Object.entries(texts)) {
            const source = { name: `${text}.ndjson`, again: true, openReader: () => ({ read: readOnce('{"a":1}\n'), close() {} }) };
            const options = { format, fileName: text, includeMetadata: true, filter: { a: { $ne: text } } };
            const { blob, report } = await processor.startExport(source, options).result;
            assert.equal(report.counts.written, 1, `${format} ${text}`);
            if (format !== 'json') continue;
            const { metadata } = JSON.parse(await blob.text());
            assert.deepEqual([metadata.source, metadata.options.fileName, metadata.options.filter], [`${told}.ndjson`, told, { a: { $ne: told } }]);
        }
});
