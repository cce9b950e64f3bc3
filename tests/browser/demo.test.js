// The demo page from end to end as a person uses it: choose, export, download, cancel, and what it says meanwhile.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import Papa from 'papaparse';
import { extractionResults } from '../../web/demo/generate.js';
import { inBrowsers, liveWorkers, until } from './harness.js';

const LONG = { timeout: 180000 };
const catalogue = readFileSync(new URL('../../web/demo/products.ndjson', import.meta.url), 'utf8')
    .trim().split('\n').map((line) => JSON.parse(line));

inBrowsers('demo page', (session) => {
    let page;
    beforeEach(async () => {
        page = await session().page();
        await until('the page is ready', () => page.evaluate(() => document.querySelector('.panel[data-format=json]')?.hidden));
    });
    afterEach(async () => {
        const errors = await session().takeErrors(page);
        await page.close();
        assert.deepEqual(errors, []);
    });

    const choose = (name, value) => page.evaluate((selector) => document.querySelector(selector).click(),
        `input[name="${name}"][value="${value}"]`);
    const press = (id) => page.evaluate((button) => document.getElementById(button).click(), id);
    const state = () => page.evaluate(() => document.getElementById('outcome').dataset.state);
    const textOf = (id) => page.evaluate((element) => document.getElementById(element).textContent, id);

    /** Waits for the end of an export, whichever it is. */
    async function ended() {
        const over = () => page.evaluate(() => document.getElementById('cancel').hidden);
        await until('the export ends', over, 120000);
        return state();
    }

    async function exportAndDownload(name) {
        await press('start');
        assert.equal(await ended(), 'completed', await textOf('outcome'));
        await press('download');
        return (await session().download(name)).toString();
    }

    test('the catalogue to CSV', LONG, async () => {
        const rows = Papa.parse(await exportAndDownload('products.csv'), { header: true, skipEmptyLines: true });
        assert.deepEqual(rows.errors, []);
        assert.equal(rows.data.length, catalogue.length);
        rows.data.forEach((row, i) => {
            assert.equal(row.id, String(catalogue[i].id));
            assert.equal(row.title, catalogue[i].title);
            assert.equal(row.description, catalogue[i].description);
            assert.equal(row['dimensions.width'], String(catalogue[i].dimensions.width));
            assert.equal(row.tags, catalogue[i].tags.join('; '));
            assert.deepEqual(JSON.parse(row.reviews), catalogue[i].reviews);
        });
    });

    test('the catalogue to JSON', LONG, async () => {
        await choose('format', 'json');
        assert.deepEqual(JSON.parse(await exportAndDownload('products.json')), catalogue);
    });

    test('the catalogue to XLSX, with the module that only it needs', LONG, async () => {
        await choose('format', 'xlsx');
        assert.equal((await exportAndDownload('products.xlsx')).slice(0, 4), 'PK\x03\x04');
    });

    test('generated records to both formats', LONG, async () => {
        const records = [...extractionResults(10000)];
        await choose('source', 'generated');
        await choose('count', '10000');
        const { data } = Papa.parse(await exportAndDownload('extraction-results.csv'), { header: true, skipEmptyLines: true });
        assert.equal(data.length, records.length);
        records.forEach((record, i) => {
            assert.equal(data[i].id, record.id);
            assert.equal(data[i]['product.brand'], record.product.brand);
            assert.equal(data[i]['attributes.color.confidence'], String(record.attributes.color.confidence ?? ''));
            assert.equal(data[i].notes, record.notes ?? '');
        });
        await choose('format', 'json');
        assert.deepEqual(JSON.parse(await exportAndDownload('extraction-results.json')), records);
    });

    test('pasted text with broken records is exported in part, and the report tells which', LONG, async () => {
        await choose('source', 'text');
        await press('sample');
        await press('start');
        assert.equal(await ended(), 'partial');
        const report = await textOf('report');
        assert.match(report, /6 read = 4 written \+ 0 filtered \+ 2 rejected/);
        assert.match(report, /Rejected records/);
        assert.match(report, /Number with a leading zero/);
        assert.match(await textOf('announce'), /4 records .* 2 broken records were left out/);
        await press('save-report');
        const saved = JSON.parse((await session().download('pasted.csv.report.json')).toString());
        assert.deepEqual(saved.counts, { read: 6, written: 4, filtered: 0, rejected: 2 });
    });

    test('text that is no JSON at all fails with a reason', LONG, async () => {
        await choose('source', 'text');
        await page.evaluate(() => {
            document.getElementById('text').value = 'these are no records';
        });
        await press('start');
        assert.equal(await ended(), 'failed');
        assert.match(await textOf('outcome-text'), /^No record of the input could be read/);
        assert.equal(await page.evaluate(() => document.getElementById('result').hidden), true);
    });

    test('a setting that is missing is named, and the field has the focus', LONG, async () => {
        await choose('source', 'text');
        await press('start');
        assert.equal(await ended(), 'idle');
        assert.match(await textOf('problem'), /Paste some JSON first/);
        assert.equal(await page.evaluate(() => document.activeElement.id), 'text');
    });

    test('columns, limit and delimiter are kept', LONG, async () => {
        await page.evaluate(() => {
            const { columns, limit, delimiter } = document.getElementById('setup').elements;
            columns.value = 'title=Name, dimensions.width';
            limit.value = '3';
            delimiter.value = ';';
        });
        const lines = (await exportAndDownload('products.csv')).split('\r\n');
        assert.equal(lines[0], 'Name;dimensions.width');
        assert.equal(lines.length, 5);
    });

    test('cancel while records are exported leaves no worker and no file', LONG, async () => {
        await choose('source', 'generated');
        await choose('count', '100000');
        await press('start');
        await until('the export is under way', async () => Number(await page.evaluate(() => document.getElementById('bar').value)) > 0
            && /columns|Writing/.test(await textOf('outcome-title')));
        await press('cancel');
        assert.equal(await ended(), 'cancelled');
        await until('the workers end', async () => (await liveWorkers(session(), page)) === 0, 10000);
        assert.equal(await page.evaluate(() => document.getElementById('result').hidden), true);
        assert.equal(await page.evaluate(() => globalThis.watched.addresses.size), 0);
    });

    test('the next export withdraws the address of the file before', LONG, async () => {
        await exportAndDownload('products.csv');
        assert.equal(await page.evaluate(() => globalThis.watched.addresses.size), 1);
        await press('start');
        assert.equal(await page.evaluate(() => globalThis.watched.addresses.size), 0);
        assert.equal(await ended(), 'completed');
    });

    test('the keyboard alone is enough', LONG, async () => {
        const focusStart = () => page.evaluate(() => document.getElementById('start').focus());
        await page.focus('input[name=source][value=catalogue]');
        await page.keyboard.press('ArrowRight');
        assert.equal(await page.evaluate(() => document.activeElement.value), 'generated');
        await page.keyboard.press('ArrowLeft');
        await focusStart();
        await page.keyboard.press('Enter');
        assert.equal(await ended(), 'completed');
        assert.equal(await page.evaluate(() => document.activeElement.id), 'download');
        await page.keyboard.press('Enter');
        assert.ok((await session().download('products.csv')).length > 0);
    });

    test('every control has a name and every id is there once', LONG, async () => {
        const nameless = await page.evaluate(() => [...document.querySelectorAll('input, select, textarea, button')]
            .filter((control) => !(control.labels?.[0]?.textContent ?? control.textContent).trim()).map((control) => control.outerHTML));
        assert.deepEqual(nameless, []);
        const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map((element) => element.id));
        assert.equal(new Set(ids).size, ids.length);
    });
});
