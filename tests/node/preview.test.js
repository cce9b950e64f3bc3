// Previews: the real encoders on the first records, the same records as a table, and a source that is not read further.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JSDOM } from 'jsdom';
import axe from 'axe-core';
import * as XLSX from 'xlsx';
import { ExportProcessor } from '../../dist/index.node.js';
import { exported, linesOf, recordsOf } from './support.js';

const processor = new ExportProcessor({ workers: 2 });
const records = recordsOf(5000);

/** What the table must hold of records of `recordsOf`. */
function tableOf(shown) {
    const some = shown.some(({ sometimes }) => sometimes !== undefined);
    return shown.map(({ id, name, nested, sometimes }) => [id, name, nested.price, nested.tags.join('; '), ...(some ? [sometimes ?? null] : [])]);
}

test('the first records, as the file itself, as text and as a table', async () => {
    for (const format of ['csv', 'json', 'html', 'xlsx']) {
        const preview = await processor.previewExport(records, { format, rows: 4, compression: true });
        const alone = await processor.startExport(records.slice(0, 4), { format }).result;
        assert.equal(preview.mimeType, alone.mimeType);
        if (format === 'xlsx') {
            const { Sheets } = XLSX.read(await preview.blob.arrayBuffer());
            assert.equal(XLSX.utils.sheet_to_json(Sheets.Data).length, 4);
        } else assert.equal(preview.text, await alone.blob.text());
        assert.equal(preview.text === undefined, format === 'xlsx');
        assert.deepEqual(preview.columns.map(({ key }) => key), ['id', 'name', 'nested.price', 'nested.tags', 'sometimes'].slice(0, preview.columns.length));
        assert.deepEqual(preview.rows, tableOf(records.slice(0, 4)));
        assert.equal(preview.truncated, true);
        assert.equal(preview.report.counts.written, 4);
    }
    assert.equal(processor.getSnapshot().exports.length, 4); // those that were started for comparison
});

test('the source is not read further, nor twice, and is let go of', async () => {
    let taken = 0;
    let returned = false;
    async function* endless() {
        try {
            for (;;) yield { id: (taken += 1) };
        } finally {
            returned = true;
        }
    }
    const { rows, truncated } = await processor.previewExport(endless(), { format: 'csv', rows: 10 });
    assert.deepEqual([rows.length, truncated, returned], [10, true, true]);
    assert.ok(taken < 200, String(taken));
    const slow = (async function* () {
        yield* [{ a: 1 }, { a: 2 }];
        await new Promise(() => {});
    })();
    const preview = await processor.previewExport(slow, { format: 'json', rows: 2 });
    assert.deepEqual([preview.rows, preview.truncated], [[[1], [2]], true]);
});

test('a processor that is disposed of ends its previews', async () => {
    const own = new ExportProcessor({ workers: 1 });
    const endless = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: async () => ({ done: true }) }) };
    const preview = own.previewExport(endless, { format: 'csv', columns: ['a'] });
    const told = assert.rejects(preview, { code: 'CANCELLED' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await own.dispose();
    await told;
});

test('a source that ends within the preview is whole', async () => {
    for (const source of [records.slice(0, 3), linesOf(records.slice(0, 3)), new Blob([JSON.stringify(records.slice(0, 3))])]) {
        const { rows, truncated } = await processor.previewExport(source, { format: 'csv', rows: 3 });
        assert.deepEqual([rows.length, truncated], [3, false]);
    }
    const few = await processor.previewExport(records.slice(0, 3), { format: 'csv' });
    assert.deepEqual([few.rows.length, few.truncated], [3, false]);
});

test('records behind the last row that a filter lets pass are more', async () => {
    const lines = `${linesOf(Array.from({ length: 40 }, (_, id) => ({ id })))}\n\n`;
    for (const source of [lines, JSON.stringify(lines.trim().split('\n').map(JSON.parse)), Array.from({ length: 40 }, (_, id) => ({ id }))])
        for (const format of ['csv', 'xlsx', 'json']) {
            const truncated = async (rows, more) => (await processor.previewExport(source, { format, rows, filter: { id: { $gte: 10 } }, ...more })).truncated;
            assert.deepEqual(await Promise.all([truncated(1), truncated(29), truncated(30), truncated(31), truncated(5, { offset: 1 })]), [true, true, false, false, true]);
        }
});

test('named columns have the types of their values, or those that the options name', async () => {
    const columns = ['id', { key: 'id2', label: 'Second', type: 'text' }, 'at.day', 'yes', 'none'];
    const source = '{"id":1,"id2":2,"at":{"day":"2024-02-29"},"yes":true}\n{"id":2.5}';
    const told = (await processor.previewExport(source, { format: 'csv', columns })).columns;
    assert.deepEqual(told.map(({ label, type }) => [label, type]), [['id', 'number'], ['Second', 'text'], ['at.day', 'date'], ['yes', 'boolean'], ['none', 'text']]);
});

test('numbers keep their digits in the table', async () => {
    const text = '{"a":12345678901234567890}\n{"a":1.5}\n{"a":1e999}\n{"a":-0.1}\n{"a":true}\n{"a":""}\n{}\n{"a":2237883078118660}\n{"a":9007199254740993}';
    const { rows } = await processor.previewExport(text, { format: 'json' });
    assert.deepEqual(rows.flat(), ['12345678901234567890', 1.5, '1e999', -0.1, true, '', null, 2237883078118660, '9007199254740993']);
});

test('what cannot be previewed is told', async () => {
    const refused = async (options) => processor.previewExport(records, options).then(() => undefined, ({ code }) => code);
    assert.equal(await refused({ format: 'cvs' }), 'UNKNOWN_FORMAT');
    assert.equal(await refused({ format: 'rows' }), 'UNKNOWN_FORMAT');
    assert.equal(await refused({ format: 'csv', rows: 0 }), 'INVALID_OPTION');
    assert.equal(await refused({ format: 'csv', sink: { write() {}, close() {} } }), 'INVALID_OPTION');
    assert.equal(await refused({ format: 'csv', delimiter: ';' }), 'UNKNOWN_OPTION');
    assert.equal(await refused({ format: 'csv', signal: AbortSignal.abort() }), 'CANCELLED');
});

test('HTML: every text comes back from a parser as it was, and the page is accessible', async () => {
    const nasty = ['<script>alert(1)</script>', '</td></table>', '&amp;', '&#x41;', "'\"`", 'a\r\nb\rc\n', '  two  blanks ', '<!--', ']]>', '\u2028🎈', ''];
    const { text, report } = await exported(nasty.map((value, id) => ({ id, 'key <b>': value, none: null })), {
        format: 'html',
        html: { title: 'A & "B" <C>', language: 'de-DE' },
    });
    const { document } = new JSDOM(text).window;
    assert.deepEqual([...document.querySelectorAll('thead th')].map((cell) => cell.textContent), ['id', 'key <b>', 'none']);
    assert.deepEqual([...document.querySelectorAll('tbody td:nth-child(2)')].map((cell) => cell.textContent), nasty);
    assert.deepEqual([document.title, document.documentElement.lang, document.scripts.length], ['A & "B" <C>', 'de-DE', 0]);
    assert.deepEqual(report.warnings, []);
    const { window } = new JSDOM(text, { runScripts: 'outside-only' });
    window.eval(axe.source);
    const { violations } = await window.axe.run(window.document, { rules: { 'color-contrast': { enabled: false } } });
    assert.equal(Array.from(violations, ({ id }) => id).join(), '');
    const replaced = await exported([{ a: 'x\u0000\u0007y' }], { format: 'html' });
    assert.match(replaced.text, /<td>x��y<\/td>/);
    assert.deepEqual(replaced.report.warnings.map(({ code, count }) => [code, count]), [['CHARACTER_REPLACED', 2]]);
});
