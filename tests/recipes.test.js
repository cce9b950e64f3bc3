// The recipes of web/README.md do what they say: each block of code is taken from the page and run, in Node or in Chromium.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import XLSX from 'xlsx';
import { temporaryFolder } from './node/support.js';
import { needsChromium, openChromium, outcomeOf, root, serveFolder } from './package/support.js';

/** Within the project, so that they find the package by its name. */
const place = join(root, 'build/recipes');
rmSync(place, { recursive: true, force: true });
mkdirSync(place, { recursive: true });

const page = readFileSync(join(root, 'web/README.md'), 'utf8');
const recipes = new Map([...page.matchAll(/^<!-- recipe: ([\w-]+) -->\n```js\n([^]*?)^```$/gm)].map(([, name, code]) => [name, code]));
const ran = new Set();

/** A recipe's code, with addresses that exist here instead of its own, and with what is done with it. */
function codeOf(name, replaced = {}, then = '') {
    ran.add(name);
    let code = recipes.get(name);
    for (const [from, to] of Object.entries(replaced)) {
        assert.ok(code.includes(from), `${name} says ${from}`);
        code = code.replaceAll(from, to);
    }
    return `${code}\n${then}\n`;
}

const looks = Array.from({ length: 5000 }, (_, id) => ({ id, product: { name: `Look ${id}` }, price: id / 100 }));
const ndjson = looks.map((look) => `${JSON.stringify(look)}\n`).join('');

/** Runs a recipe in a folder of its own, beside looks.ndjson. */
function run(name, { replaced, then, input = ndjson } = {}) {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'looks.ndjson'), input);
    const program = join(place, `${name}.mjs`);
    writeFileSync(program, codeOf(name, replaced, then));
    return new Promise((resolve) => {
        execFile(process.execPath, [program], { cwd: folder, timeout: 60000 }, (error, stdout, stderr) =>
            resolve({ status: error?.code ?? 0, stdout, stderr, read: (file) => readFileSync(join(folder, file)), has: (file) => existsSync(join(folder, file)) }));
    });
}

const sheetRows = (bytes) => XLSX.utils.sheet_to_json(XLSX.read(bytes).Sheets.Data);

test('a paged API', async () => {
    const server = createServer((request, response) => {
        const number = Number(new URL(request.url, 'http://x').searchParams.get('page'));
        const items = looks.slice((number - 1) * 2000, number * 2000);
        response.end(JSON.stringify({ items, next: number < 3 ? `/looks?page=${number + 1}` : null }));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${server.address().port}`;
    const { status, stdout, stderr, read } = await run('paged-api', { replaced: { 'https://api.example': address } });
    server.close();
    assert.equal(status, 0, stderr);
    assert.match(stdout, /read: 5000, written: 5000/);
    const rows = sheetRows(read('looks.xlsx'));
    assert.deepEqual([rows.length, rows[4999]], [5000, { id: 4999, Name: 'Look 4999', price: 49.99 }]);
});

test('the filtered rows of a TanStack table', async () => {
    const then = `
        import { createTable, getCoreRowModel, getFilteredRowModel, getPaginationRowModel, getSortedRowModel } from '@tanstack/table-core';
        const data = ${JSON.stringify(looks.slice(0, 50))};
        const columns = [{ accessorKey: 'product.name', header: 'Name' }, { accessorKey: 'price', header: () => 'x' }, { id: 'buttons' }, { accessorKey: 'id' }];
        const table = createTable({ data, columns, getCoreRowModel: getCoreRowModel(), getFilteredRowModel: getFilteredRowModel(),
            getSortedRowModel: getSortedRowModel(), getPaginationRowModel: getPaginationRowModel(), renderFallbackValue: null, onStateChange() {} });
        const state = { ...table.initialState, columnFilters: [{ id: 'product_name', value: 'Look 4' }], sorting: [{ id: 'id', desc: true }],
            columnVisibility: { id: false }, pagination: { pageIndex: 0, pageSize: 3 } };
        table.setOptions((options) => ({ ...options, state }));
        console.log(await (await exportTable(table, { format: 'csv', csv: { newline: 'lf' } }).result).blob.text());`;
    const { stdout, stderr } = await run('tanstack-table', { then });
    const filtered = looks.slice(0, 50).filter(({ product }) => product.name.includes('Look 4')).reverse();
    assert.equal(stdout.trim(), ['Name,price', ...filtered.map(({ product, price }) => `${product.name},${price}`)].join('\n'), stderr);
});

test('a Node server, whose client goes away once', async () => {
    const then = `
        await new Promise((resolve) => server.on('listening', resolve));
        const address = 'http://127.0.0.1:' + server.address().port;
        console.log((await (await fetch(address)).text()).split('\\r\\n').length);
        const gone = new AbortController();
        const body = (await fetch(address, { signal: gone.signal })).body.getReader();
        await body.read();
        gone.abort();
        while (processor.getSnapshot().running > 0) await new Promise((resolve) => setTimeout(resolve, 10));
        console.log(processor.getSnapshot().entries.map(({ progress }) => progress.phase).join());
        server.close();
        server.closeAllConnections();`;
    const { stdout, stderr } = await run('http-server', { replaced: { 8080: '0' }, then, input: ndjson.repeat(60) });
    assert.equal(stdout, `${60 * 4000 + 2}\ncompleted,cancelled\n`, stderr);
    assert.equal(stderr, '');
});

test('a nightly script', async () => {
    const { status, read, stderr } = await run('nightly', { input: `${ndjson}{"id":\n` });
    assert.equal(status, 3, stderr);
    assert.equal(String(gunzipSync(read('looks.csv.gz'))).split('\r\n').length, 5002);
    assert.equal(sheetRows(read('looks.xlsx')).length, 5000);
    assert.deepEqual(JSON.parse(read('report.json')).map(({ counts }) => counts.rejected), [1, 1]);
    const failed = await run('nightly', { input: 'nothing\n' });
    assert.deepEqual([failed.status, failed.has('looks.xlsx')], [1, false]);
});

test('records that were mended', async () => {
    const then = "console.log('done');";
    const folder = { then, replaced: { 'broken.ndjson': 'looks.ndjson' }, input: `{"id":0,"a":1}\n{"id":1,"a": NaN}\n{"id":2,"a":3}\n` };
    const { stdout, stderr, read } = await run('mended', folder);
    assert.match(stdout, /^record 1, byte 28: .*\ndone\n$/, stderr);
    assert.deepEqual([String(read('looks.csv')), String(read('mended.csv'))], ['id,a\r\n0,1\r\n2,3\r\n', 'id,a\r\n1,\r\n']);
});

for (const [name, said] of [
    ['valid-xml', "[ 'looks.xml', 'looks.xsd' ] true\n"],
    ['one-zip', 'looks.zip application/zip\n'],
    ['own-format', '| a | b |\n| --- | --- |\n| 1 | x\\|y |\n\n'],
])
    test(`${name} says what its comment says`, async () => {
        const { stdout, stderr, read } = await run(name);
        assert.equal(stdout, said, stderr);
        if (name === 'valid-xml') assert.match(String(read('looks.xml')), /<looks .*<look index="4999">/s);
    });

/** What Vue gives to the recipe. */
const VUE = `
export const shallowRef = (value) => ({ value });
export const computed = (get) => ({ get value() { return get(); } });
export const onScopeDispose = (end) => { globalThis.endScope = end; };`;

describe('in a page', { skip: needsChromium }, () => {
    let browser;
    let served;
    before(async () => {
        writeFileSync(join(place, 'looks.ndjson'), ndjson);
        writeFileSync(join(place, 'vue.js'), VUE);
        symlinkSync(join(root, 'dist'), join(place, 'dist'));
        served = await serveFolder(place);
        browser = await openChromium();
    });
    after(async () => {
        await browser?.close();
        await served?.close();
    });

    /** Opens a page with the recipe's script; gives what it leaves as `outcome`. */
    async function open(name, body, then) {
        const imports = JSON.stringify({ imports: { exportloom: '/dist/index.js', vue: '/vue.js' } });
        writeFileSync(join(place, `${name}.js`), codeOf(name, {}, then));
        writeFileSync(join(place, `${name}.html`), `<!doctype html><meta charset="utf-8"><title>x</title><link rel="icon" href="data:,">
            <script type="importmap">${imports}</script>${body}<script type="module" src="${name}.js"></script>`);
        const { outcome, complaints } = await outcomeOf(browser, `${served.address}${name}.html`);
        assert.deepEqual(complaints, []);
        return outcome;
    }

    test('a large file: into the file that the user chose, or as a download', async () => {
        const then = `
            const folder = await navigator.storage.getDirectory();
            globalThis.showSaveFilePicker = ({ suggestedName }) => folder.getFileHandle(suggestedName, { create: true });
            const ended = (count) => new Promise((resolve) => {
                processor.subscribe(() => processor.getSnapshot().entries.filter(({ result }) => result).length === count && resolve());
            });
            document.querySelector('#save').click();
            await ended(1);
            const chosen = await (await (await folder.getFileHandle('looks.csv')).getFile()).text();
            globalThis.showSaveFilePicker = undefined;
            const clicked = new Promise((resolve) => { HTMLAnchorElement.prototype.click = function () { resolve(this); }; });
            document.querySelector('#save').click();
            await ended(2);
            const link = await clicked;
            globalThis.outcome = { chosen, name: link.download, saved: await (await fetch(link.href)).text() };`;
        const { chosen, name, saved } = await open('large-file', '<button id="save">Save</button>', then);
        assert.equal(chosen.split('\r\n')[4999], '4998,Look 4998,49.98');
        assert.equal(name, 'looks.csv');
        assert.equal(saved, chosen);
    });

    test('the store without React', async () => {
        const then = `
            await processor.startExport([{ a: 1 }], { format: 'csv', fileName: 'looks' }).result;
            await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            globalThis.outcome = list.textContent;`;
        assert.equal(await open('plain-store', '<ul id="exports"></ul>', then), 'looks.csv: completed, 1 written');
    });

    test('the store in Vue', async () => {
        const then = `
            const { snapshot, isExporting, startExport } = useExports();
            const job = startExport([{ a: 1 }], { format: 'csv' });
            const during = isExporting.value;
            await job.result;
            const phase = snapshot.value.entries[0].progress.phase;
            const seen = snapshot.value;
            globalThis.endScope();
            await startExport([{ a: 1 }], { format: 'csv' }).result;
            globalThis.outcome = [during, phase, isExporting.value, snapshot.value === seen];`;
        assert.deepEqual(await open('vue-store', '', then), [true, 'completed', false, true]);
    });
});

after(() => {
    if (!needsChromium) assert.deepEqual([...recipes.keys()].filter((name) => !ran.has(name)), [], 'every recipe was run');
});
