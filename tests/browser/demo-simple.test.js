// The simple demo page from end to end: choose, export, save, cancel, and what it says meanwhile.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import xlsx from 'xlsx';
import { extractionResults } from '../../web/demo/generate.js';
import { DemoPage, ask, pythonReads } from './demo-page.js';
import { inBrowsers, liveWorkers, until } from './harness.js';

const LONG = { timeout: 180000 };
const sample = fileURLToPath(new URL('../../web/demo/products.ndjson', import.meta.url));
const catalogue = readFileSync(sample, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

inBrowsers('simple demo page', (session) => {
    let demo;
    beforeEach(async () => {
        demo = await DemoPage.open(session(), 'simple');
    });
    afterEach(async () => assert.deepEqual(await demo.close(), []));

    const folder = () => session().folder;
    const state = () => demo.page.evaluate(() => document.querySelector('.outcome').dataset.state);
    const settled = (wanted) => until(`the export is ${wanted}`, async () => (await state()) === wanted, 120000).catch(async (error) => {
        throw new Error(`${error.message}: ${await demo.text('.outcome')}`);
    });

    async function exportTo(format) {
        await demo.choose('format', format);
        await demo.press(format === 'all' ? 'Export all formats' : `Export ${format.toUpperCase()}`);
        await settled('completed');
    }

    test('each format of the sample is what other programs read in it', LONG, async () => {
        await exportTo('csv');
        const [head, ...rows] = pythonReads(folder(), 'csv', await demo.download('products.csv'));
        assert.deepEqual(rows.map((row) => row[head.indexOf('title')]), catalogue.map(({ title }) => title));
        assert.deepEqual(rows.map((row) => row[head.indexOf('tags')]), catalogue.map(({ tags }) => tags.join('; ')));
        await exportTo('json');
        assert.deepEqual(pythonReads(folder(), 'json', await demo.download('products.json')), catalogue);
        await exportTo('xlsx');
        const book = xlsx.read(await demo.download('products.xlsx'));
        assert.deepEqual(xlsx.utils.sheet_to_json(book.Sheets.Data).map((row) => row.price), catalogue.map(({ price }) => price));
        await exportTo('pdf');
        const pdf = await demo.download('products.pdf');
        ask(folder(), 'a.pdf', pdf, 'qpdf', '--check', '{}');
        assert.match(ask(folder(), 'a.pdf', pdf, 'pdftotext', '{}', '-'), /products\.ndjson/);
        await exportTo('html');
        assert.match(ask(folder(), 'a.html', await demo.download('products.html'), 'xmllint', '--html', '--xpath', 'count(//tbody/tr)', '{}'), /^194/);
    });

    test('XML comes with the schema that it is valid by', LONG, async () => {
        await exportTo('xml');
        const [xml, xsd] = [await demo.download('products.xml'), await demo.download('products.xsd')];
        ask(folder(), 'products.xsd', xsd, 'xmllint', '--noout', '{}');
        ask(folder(), 'products.xml', xml, 'xmllint', '--noout', '--schema', 'products.xsd', '{}');
    });

    test('all formats come from one click, as files or as one zip file', LONG, async () => {
        await exportTo('all');
        assert.equal(await demo.count('.files li'), 7);
        await demo.sees('.warnings', /The column was left out[^×]*PDF/); // of every format, not of the first one only
        assert.equal(pythonReads(folder(), 'json', await demo.download('products.json')).length, catalogue.length);
        await demo.choose('zip');
        await exportTo('all');
        await demo.sees('.files', /products\.zip/);
        const members = pythonReads(folder(), 'zip', await demo.download('products.zip'));
        assert.deepEqual(Object.keys(members).sort(), ['csv', 'html', 'json', 'pdf', 'xlsx', 'xml', 'xsd'].map((ending) => `products.${ending}`));
        assert.ok(Object.values(members).every((size) => size > 1000));
    });

    test('generated records, and speed and memory meanwhile', LONG, async () => {
        await demo.choose('kind', 'generated');
        await demo.choose('count', '10000');
        await exportTo('csv');
        const [head, ...rows] = pythonReads(folder(), 'csv', await demo.download('extraction-results.csv'));
        const records = [...extractionResults(10000)];
        assert.deepEqual(rows.map((row) => row[head.indexOf('product.name')]), records.map(({ product }) => product.name));
        assert.match(await demo.text('.figures'), /Records read10,000Records a second[\d,]+Time[\d.]+ m?s.*Most memory held[\d.]+ MB/);
        assert.match(await demo.text('.meter'), /Longest pause of this page[\d.]+ m?s/);
        assert.match(await demo.text('#announce'), /^Finished\. 10,000 records in 1 file of/);
    });

    test('broken records are left out, counted and listed', LONG, async () => {
        await demo.choose('kind', 'text');
        await demo.press('Insert an example with broken records');
        await demo.press('Export CSV');
        await settled('partial');
        assert.match(await demo.text('.report'), /6 read = 4 written \+ 0 filtered \+ 2 rejected/);
        assert.match(await demo.text('.defects'), /Number with a leading zero/);
        assert.equal(pythonReads(folder(), 'csv', await demo.download('pasted.csv')).length, 5);
        assert.match(await demo.text('#announce'), /2 broken records were left out/);
    });

    test('what cannot be read fails with a reason and a way on', LONG, async () => {
        await demo.choose('kind', 'text');
        await demo.fill('JSON or NDJSON text', '<b>these are no records</b>');
        await demo.press('Export CSV');
        await settled('failed');
        assert.match(await demo.text('.problem'), /No record of the input could be read/);
        assert.equal(await demo.count('.files'), 0);
        await demo.fill('JSON or NDJSON text', '{"a":1}');
        await demo.press('Try again');
        await settled('completed');
    });

    test('a sample that cannot be loaded is said, and can be loaded later', LONG, async () => {
        await demo.page.evaluate(() => {
            const real = globalThis.fetch;
            globalThis.fetch = async () => {
                globalThis.fetch = real;
                throw new TypeError('no network');
            };
        });
        await demo.press('Export CSV');
        await demo.sees('.problem', /The sample could not be loaded\. Is the server still running\?/);
        await exportTo('csv');
        assert.equal(pythonReads(folder(), 'csv', await demo.download('products.csv')).length, 195);
    });

    test('what is missing is said, and its field has the focus', LONG, async () => {
        await demo.choose('kind', 'text');
        await demo.press('Export CSV');
        await demo.sees('.problem', /Paste some JSON first/);
        assert.equal(await demo.page.evaluate(() => document.activeElement.name), 'text');
    });

    test('a file that is chosen, and one that is dropped', LONG, async () => {
        await demo.choose('kind', 'file');
        const input = await until('there is the file field', () => demo.page.$('input[name=file]'));
        await input.uploadFile(sample);
        await demo.sees('.drop', /products\.ndjson/);
        await exportTo('json');
        assert.deepEqual(pythonReads(folder(), 'json', await demo.download('products.json')), catalogue);
        await demo.choose('kind', 'sample');
        await demo.page.evaluate(() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(['[{"a":1},{"a":2}]'], 'two.json'));
            document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        });
        await demo.sees('.drop', /two\.json/);
        await exportTo('csv');
        assert.deepEqual(pythonReads(folder(), 'csv', await demo.download('two.csv')), [['a'], ['1'], ['2']]);
    });

    test('a cancel leaves no worker and no file', LONG, async () => {
        await demo.choose('kind', 'generated');
        await demo.choose('count', '1000000');
        await (await demo.page.$('#start')).click({ count: 2 }); // the second click of which cancels nothing
        await until('the export is under way', async () => Number(await demo.page.evaluate(() => document.querySelector('.bar')?.ariaValueNow)) > 0);
        assert.equal(await demo.page.evaluate(() => document.activeElement.id), 'cancel');
        await new Promise((resolve) => setTimeout(resolve, 600));
        await demo.press('Cancel');
        await settled('cancelled');
        await until('the workers end', async () => (await liveWorkers(session(), demo.page)) === 0, 10000);
        assert.equal(await demo.count('.files'), 0);
        assert.equal(await demo.page.evaluate(() => globalThis.watched.addresses.size), 0);
    });

    test('the keyboard alone is enough', LONG, async () => {
        const { page } = demo;
        await page.focus('input[name=kind]:checked');
        await page.keyboard.press('ArrowRight');
        assert.equal(await page.evaluate(() => document.activeElement.value), 'generated');
        await page.keyboard.press('ArrowLeft');
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement.name), 'format');
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement.id), 'start');
        await page.keyboard.press('Enter');
        await settled('completed');
        assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Finished');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        assert.ok((await session().download('products.csv')).length > 0);
    });

    test('the theme is kept', LONG, async () => {
        const scheme = () => demo.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
        await demo.press('Dark theme');
        const chosen = await scheme();
        await demo.page.reload();
        await demo.control('button', 'Dark theme');
        assert.equal(await scheme(), chosen);
        await demo.press('Dark theme');
        assert.deepEqual([chosen, await scheme()].sort(), ['dark', 'light']);
        await demo.page.evaluate(() => localStorage.clear());
    });
});
