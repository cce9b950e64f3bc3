// The advanced demo page from end to end: what is chosen is what the files hold, and what runs can be seen, ended and done again.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import xlsx from 'xlsx';
import { DemoPage, ask, pythonReads } from './demo-page.js';
import { inBrowsers, liveWorkers, until } from './harness.js';

const LONG = { timeout: 180000 };
const catalogue = readFileSync(new URL('../../web/demo/products.ndjson', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const UNDER_WAY = '.exports[aria-label="Under way"]';
const HISTORY = '.exports[aria-label="History"]';

inBrowsers('advanced demo page', (session) => {
    let demo;
    beforeEach(async () => {
        demo = await DemoPage.open(session(), 'advanced');
        await demo.sees('#columns', /27 of 27/);
        await demo.sees('#preview', /20 records/);
    });
    afterEach(async () => assert.deepEqual(await demo.close(), []));

    const folder = () => session().folder;
    const keys = () => demo.page.evaluate(() => [...document.querySelectorAll('.columns li')].map((row) => row.dataset.key));
    const inHistory = (pattern) => demo.sees(HISTORY, pattern, 120000);

    /** Exports to the format that is chosen, and gives the file. */
    async function exported(name) {
        await demo.press(`/^Export ${name.split('.').pop().toUpperCase()}$/`);
        await inHistory(new RegExp(`${name.replaceAll('.', '\\.')}Finished`));
        return demo.download(name);
    }

    /** The table of CSV as objects. */
    async function rowsOfCsv(name = 'products.csv') {
        const [head, ...rows] = pythonReads(folder(), 'csv', await exported(name));
        return { head, rows };
    }

    test('columns: left out, renamed, typed', LONG, async () => {
        assert.doesNotMatch(await demo.text('#columns'), /Only these/);
        await demo.press('None');
        await demo.sees('#columns', /0 of 27/);
        await demo.sees('#columns', /Only these are exported/);
        for (const key of ['title', 'price', 'dimensions.width']) await (await demo.control('input', `Export ${key}`)).evaluate((box) => box.click());
        await demo.fill('Name of price', 'Price in €');
        await demo.fill('Type of price', 'text', 'select');
        await demo.sees('#preview pre', /^title,Price in €,dimensions\.width/);
        const { head, rows } = await rowsOfCsv();
        assert.deepEqual(head, ['title', 'Price in €', 'dimensions.width']);
        assert.deepEqual(rows, catalogue.map(({ title, price, dimensions }) => [title, String(price), String(dimensions.width)]));
        await demo.choose('format', 'xlsx');
        const sheet = xlsx.read(await exported('products.xlsx')).Sheets.Data;
        assert.equal(sheet.B2.t, 's');
        await demo.press('As found');
        await demo.sees('#columns', /27 of 27/);
    });

    test('columns: ordered with the keyboard and by dragging', LONG, async () => {
        const { page } = demo;
        const handle = await demo.control('button', '/^Move price/');
        await handle.focus();
        await page.keyboard.press('Home');
        await demo.sees('#announce', /price is column 1 of 27/);
        await page.keyboard.press('ArrowDown');
        await demo.sees('#announce', /price is column 2 of 27/);
        assert.deepEqual((await keys()).slice(0, 3), ['id', 'price', 'title']);
        assert.match(await page.evaluate(() => document.activeElement.ariaLabel), /^Move price, 2 of 27/);
        const box = await (await demo.control('button', '/^Move title/')).boundingBox();
        const target = await (await demo.control('button', '/^Move id/')).boundingBox();
        await page.mouse.move(box.x + 10, box.y + 10);
        await page.mouse.down();
        await page.mouse.move(target.x + 10, target.y + target.height, { steps: 4 });
        await page.mouse.move(target.x + 10, target.y + 6, { steps: 4 });
        await page.mouse.up();
        assert.deepEqual((await keys()).slice(0, 3), ['title', 'id', 'price']);
        const from = await (await demo.control('button', '/^Move title/')).boundingBox();
        const to = await (await demo.control('button', '/^Move description/')).boundingBox();
        await page.mouse.move(from.x + 10, from.y + 10);
        await page.mouse.down();
        await page.mouse.move(to.x + 10, to.y + 20, { steps: 12 });
        await page.mouse.up();
        await page.mouse.move(to.x + 10, to.y - 200, { steps: 3 });
        assert.deepEqual((await keys()).slice(0, 4), ['id', 'price', 'description', 'title']);
        await demo.sees('#preview pre', /^id,price,description,title,/);
        assert.deepEqual((await rowsOfCsv()).head.slice(0, 4), ['id', 'price', 'description', 'title']);
    });

    test('filter: conditions, all or any of them, and back again', LONG, async () => {
        await demo.press('Add a condition');
        await demo.fill('Column of condition 1', 'price', 'select');
        await demo.fill('Operator of condition 1', 'gt', 'select');
        await demo.fill('Value of condition 1', '1000');
        await demo.press('Add a condition');
        await demo.fill('Column of condition 2', 'title', 'select');
        await demo.fill('Operator of condition 2', 'contains', 'select');
        await demo.fill('Value of condition 2', 'rolex');
        const both = catalogue.filter(({ price, title }) => price > 1000 && /rolex/i.test(title));
        const either = catalogue.filter(({ price, title }) => price > 1000 || /rolex/i.test(title));
        await demo.sees('#filter', new RegExp(`${both.length} records of the first`));
        assert.deepEqual((await rowsOfCsv()).rows.map(([id]) => id), both.map(({ id }) => String(id)));
        await demo.choose('match', 'any');
        await demo.choose('mode', 'json');
        assert.deepEqual(JSON.parse(await demo.page.$eval('textarea[name=query]', (area) => area.value)),
            { $or: [{ price: { $gt: 1000 } }, { title: { $regex: 'rolex', $options: 'i' } }] });
        await demo.choose('mode', 'builder');
        assert.equal(await demo.count('.conditions li'), 2);
        await demo.press('Clear the history');
        assert.deepEqual((await rowsOfCsv()).rows.map(([id]) => id), either.map(({ id }) => String(id)));
        await demo.press('Remove condition 1');
        assert.equal(await demo.count('.conditions li'), 1);
    });

    test('filter: a query of its own, and the place of what is wrong in it', LONG, async () => {
        await demo.choose('mode', 'json');
        await demo.fill('Query', '{\n  "price": {"$gt": }\n}');
        await demo.sees('#filter .problem', /Line 2, column 20/);
        assert.equal(await demo.text('#filter mark'), '}');
        assert.equal(await (await demo.control('button', 'Export CSV')).evaluate((button) => button.disabled), true);
        await demo.fill('Query', '{"price": {"$gtt": 5}}');
        await demo.sees('#filter .problem', /price\.\$gtt is no operator of filters\.Did you mean \$gt\?/);
        await demo.fill('Query', '{"reviews": {"$elemMatch": {"rating": 1}}}');
        await demo.sees('#filter', /says more than the list of conditions can show/);
        const wanted = catalogue.filter(({ reviews }) => reviews.some(({ rating }) => rating === 1));
        assert.equal((await rowsOfCsv()).rows.length, wanted.length);
    });

    test('options of formats and of exports are those of the files', LONG, async () => {
        await demo.fill('Delimiter', ';');
        await demo.choose('csv.header');
        await demo.fill('Limit', '2');
        assert.match((await exported('products.csv')).toString(), /^1;Essence Mascara[^\n]*\r\n2;[^\n]*\r\n$/);
        await demo.choose('format', 'xml');
        await demo.fill('Root', 'catalogue');
        await demo.choose('xml.pretty');
        assert.match((await exported('products.xml')).toString(), /<catalogue[^>]*>\n {2}<records>/);
        await demo.choose('format', 'json');
        await demo.fill('Shape', 'ndjson', 'select');
        assert.equal((await exported('products.json')).toString().trim().split('\n').length, 2);
        await demo.choose('format', 'pdf');
        await demo.fill('Title', 'Autumn stock');
        assert.match(ask(folder(), 'a.pdf', await exported('products.pdf'), 'pdftotext', '{}', '-'), /Autumn stock/);
        await demo.fill('Compression', 'zip', 'select');
        await demo.choose('format', 'html');
        await demo.press('Export HTML');
        await inHistory(/products\.html\.zip/);
        assert.deepEqual(Object.keys(pythonReads(folder(), 'zip', await demo.download('products.html.zip'))), ['products.html']);
        await demo.fill('Limit', '-1');
        await demo.sees('#preview .problem', /limit/);
    });

    test('previews: table, colours, and pages of PDF as pictures', LONG, async () => {
        await demo.choose('view', 'table');
        await demo.sees('#preview tbody', /Essence Mascara Lash Princess/);
        assert.equal(await demo.count('#preview tbody tr'), 20);
        await demo.choose('view', 'file');
        for (const [format, selector] of [['json', '.t-name'], ['xml', '.t-name'], ['html', '.t-name']]) {
            await demo.choose('format', format);
            await until(`${format} is shown in colours`, () => demo.count(`[data-format=${format}] ${selector}`));
        }
        await demo.choose('format', 'pdf');
        const page = (number) => until(`page ${number} is drawn`, () => demo.count(`canvas[data-drawn="${number}"]`));
        await page(1);
        await demo.press('Next page');
        await page(2);
        const inked = await demo.page.$eval('canvas', (canvas) => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value, at) => at % 4 === 0 && value < 128);
        });
        assert.ok(inked, 'the picture of the page is empty');
        await demo.press('Save this preview');
        ask(folder(), 'preview-read.pdf', await session().download('preview.pdf'), 'qpdf', '--check', '{}');
    });

    test('markup in records is only text', LONG, async () => {
        await demo.choose('kind', 'text');
        await demo.fill('JSON or NDJSON text', '{"<img src=x onerror=alert(1)>":"<script>alert(2)</script>"}');
        await demo.choose('view', 'table');
        await demo.sees('#preview tbody', /<script>alert\(2\)<\/script>/);
        await demo.choose('view', 'file');
        await demo.choose('format', 'html');
        await demo.sees('#preview pre', /&lt;script&gt;alert/);
        assert.equal(await demo.count('#main img, #main script'), 0);
    });

    test('several exports at once: bars, a cancel, and a retry of what can be read only once', LONG, async () => {
        await demo.choose('kind', 'generated');
        await demo.choose('count', '1000000');
        await demo.sees('#columns', /20 of 20/);
        await demo.press('Export CSV');
        await demo.choose('format', 'json');
        await demo.press('Export JSON');
        await demo.sees('#exports', /2 under way/);
        const percent = () => demo.page.evaluate(() => [...document.querySelectorAll('.export .bar')].map((bar) => Number(bar.ariaValueNow)));
        await until('both have come on', async () => (await percent()).length === 2 && (await percent()).every((value) => value > 0), 60000);
        await demo.press('/^Cancel .*CSV/');
        await demo.sees(HISTORY, /CSV\)Cancelled/);
        await demo.press('Cancel extraction-results (JSON)');
        await until('nothing runs', async () => (await demo.count(UNDER_WAY)) === 0);
        await until('the workers end', async () => (await liveWorkers(session(), demo.page)) === 0, 10000);
        await demo.press('/^Retry .*CSV/');
        await demo.sees('#exports', /1 under way/);
        await demo.press('/^Cancel .*CSV/');
        await until('nothing runs', async () => (await demo.count(UNDER_WAY)) === 0);
        await demo.press('Clear the history');
        await until('the history is empty', async () => (await demo.count('.export')) === 0);
    });

    test('partial results tell their defects, and statistics become charts', LONG, async () => {
        await demo.choose('kind', 'text');
        await demo.press('Insert an example with broken records');
        await demo.sees('#columns', /5 of 5/);
        await demo.choose('export.includeStatistics');
        await demo.press('Export CSV');
        await inHistory(/pasted\.csvIn part/);
        await demo.press('Details of pasted.csv');
        await demo.sees('.details', /6 read = 4 written \+ 0 filtered \+ 2 rejected/);
        assert.equal(await demo.count('.defects tbody tr'), 2);
        assert.match(await demo.text('.chart[data-column=price]'), /4 filled · 4 different · mean 68\.35/);
        assert.match(await demo.page.$eval('.chart[data-column=price] svg', (svg) => svg.getAttribute('aria-label')), /^Distribution of price/);
        await demo.fill('JSON or NDJSON text', Array.from({ length: 6 }, (_, at) => `{"id":${at + 1},"name":"mended"}`).join('\n'));
        await demo.sees('#columns', /2 of 2/);
        await demo.press('Export the rejected records of pasted.csv');
        await inHistory(/pasted \(rejected\)\.csvFinished2 records/);
        assert.match(String(await demo.download('pasted (rejected).csv')), /3,mended.*\r\n5,mended/s);
    });

    test('charts name empty texts', LONG, async () => {
        await demo.choose('kind', 'text');
        await demo.fill('JSON or NDJSON text', ['', '', 'x', 'x', 'x'].map((t) => JSON.stringify({ t })).join('\n'));
        await demo.sees('#columns', /1 of 1/);
        await demo.choose('export.includeStatistics');
        await demo.press('Export CSV');
        await inHistory(/pasted\.csvFinished/);
        await demo.press('Details of pasted.csv');
        await demo.sees('.ranking', /^x3\(empty\)2$/);
    });

    test('all formats at once, from one read, also as one zip file', LONG, async () => {
        await demo.press('Export all six formats');
        await until('six are done', async () => (await demo.count(`${HISTORY} [data-state=completed].export`)) === 6, 120000);
        assert.equal(pythonReads(folder(), 'json', await demo.download('products.json')).length, catalogue.length);
        await demo.press('Clear the history');
        await demo.choose('zip');
        await demo.press('Export all six formats');
        await inHistory(/products\.zip/);
        assert.equal(Object.keys(pythonReads(folder(), 'zip', await demo.download('products.zip'))).length, 7);
    });

    test('files are saved by themselves where that is wanted', LONG, async () => {
        await demo.choose('saves');
        await demo.press('Export CSV');
        assert.equal(pythonReads(folder(), 'csv', await session().download('products.csv')).length, catalogue.length + 1);
    });
});
