// Records are data in every format: what would be code, markup or an action elsewhere is text in the file.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import XLSX from 'xlsx';
import { ExportProcessor } from '../../dist/index.node.js';
import { temporaryFolder } from './support.js';

const folder = temporaryFolder();
const processor = new ExportProcessor({ workers: 1 });
const ACTION = ') >> /OpenAction << /S /JavaScript /JS (app.alert(1)) >>';
const TEXTS = ['javascript:alert(1)', ACTION, 'file:///etc/passwd', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '=cmd|x!A1', '@SUM(A1)',
    ']]><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>&x;'];
const records = TEXTS.map((text) => ({ text, [text]: text }));
const more = { includeMetadata: true, includeStatistics: true };

/** The bytes of an export of all of them, as values and as keys. */
async function exported(format, options) {
    const { blob } = await processor.startExport(records, { format, ...more, ...options }).result;
    return Buffer.from(await blob.arrayBuffer());
}

/** Every key of an object and of all that is in it. */
function keysOf(value, found = new Set()) {
    if (typeof value !== 'object' || value === null) return found;
    for (const [key, inner] of Object.entries(value)) keysOf(inner, found.add(key));
    return found;
}

test('PDF has no actions, scripts, forms or embedded files', async () => {
    const path = join(folder, 'a.pdf');
    writeFileSync(path, await exported('pdf', { pdf: { title: ACTION, author: ACTION, keywords: ACTION } }));
    const keys = keysOf(JSON.parse(execFileSync('qpdf', ['--json', path], { encoding: 'utf8', maxBuffer: 1e8 })));
    assert.ok(keys.has('/Title'));
    assert.deepEqual(['/JS', '/JavaScript', '/OpenAction', '/AA', '/Launch', '/AcroForm', '/EmbeddedFiles'].filter((key) => keys.has(key)), []);
});

test('HTML and XML have no markup of the records', async () => {
    const html = String(await exported('html', { html: { title: TEXTS[3] } }));
    assert.deepEqual(html.match(/<(script|img)\b|\bonerror=[^&]*>/g), null);
    assert.equal(html.match(/<!doctype/gi).length, 1);
    assert.match(html, /&lt;script&gt;/);
    const xml = String(await exported('xml'));
    assert.deepEqual(xml.match(/<!|<script/g), null);
    const path = join(folder, 'a.xml');
    writeFileSync(path, xml);
    execFileSync('xmllint', ['--noout', '--nonet', path]);
});

test('XLSX has no formula, and links only to addresses of the web', async () => {
    const { Sheets } = XLSX.read(await exported('xlsx'), { cellFormula: true });
    const cells = Object.values(Sheets).flatMap((sheet) => Object.entries(sheet).filter(([name]) => !name.startsWith('!')).map(([, cell]) => cell));
    assert.ok(cells.some(({ v }) => v === '=cmd|x!A1'));
    assert.deepEqual(cells.filter(({ f }) => f !== undefined), []);
    assert.deepEqual(cells.flatMap(({ l }) => l?.Target ?? []).filter((target) => !/^(https?|ftp|mailto|#)/.test(target)), []);
});
