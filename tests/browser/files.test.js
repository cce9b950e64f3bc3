// Batches, previews, registered formats and private files in real browsers, under a strict security policy.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { inBrowsers, liveWorkers, until } from './harness.js';

/** Made in the page: records, and a Blob as base64. */
const helpers = `globalThis.recordsOf = (count) => Array.from({ length: count }, (_, id) => ({ id, name: 'näme ' + id, nested: { price: id / 4 } }));
globalThis.base64 = async (blob) => {
    let text = '';
    for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
    return btoa(text);
};`;

inBrowsers('files', (session, kind) => {
    let page;
    before(async () => {
        page = await session().libraryPage();
        await page.evaluate(helpers);
    });

    test('a batch in one zip file, with a workbook and packed text', async () => {
        const { text, names, once } = await page.evaluate(async () => {
            const { base64, loom, recordsOf } = globalThis;
            let taken = 0;
            async function* source() {
                for (const record of recordsOf(3000)) {
                    taken += 1;
                    yield record;
                }
            }
            const job = loom.processor.batchExport(source(), ['csv', 'json', 'xlsx'], { zip: true });
            const { blob, results } = await job.result;
            return { text: await base64(blob), names: results.map(({ fileName }) => fileName), once: taken === 3000 };
        });
        const path = join(session().folder, 'batch.zip');
        await writeFile(path, Buffer.from(text, 'base64'));
        execFileSync('unzip', ['-tqq', path]);
        const csv = execFileSync('unzip', ['-p', path, 'export.csv'], { encoding: 'utf8', maxBuffer: 1 << 26 });
        assert.deepEqual([names, once, csv.split('\r\n').length], [['export.csv', 'export.json', 'export.xlsx'], true, 3002]);
    });

    test('gzip, which the browser itself unpacks', async () => {
        const { same, text } = await page.evaluate(async () => {
            const { base64, loom, recordsOf } = globalThis;
            const plain = await loom.processor.startExport(recordsOf(3000), { format: 'json' }).result;
            const packed = await loom.processor.startExport(recordsOf(3000), { format: 'json', compression: true, chunkSize: 99 }).result;
            const unpacked = new Response(packed.blob.stream().pipeThrough(new DecompressionStream('gzip')));
            return { same: (await unpacked.text()) === (await plain.blob.text()), text: await base64(packed.blob) };
        });
        assert.equal(same, true);
        assert.equal(JSON.parse(gunzipSync(Buffer.from(text, 'base64'))).length, 3000);
    });

    test('a preview, and a format that the workers import', async () => {
        const preview = await page.evaluate(async () => {
            const { loom, recordsOf } = globalThis;
            const plugin = { name: 'markdown', extension: '.md', mimeType: 'text/markdown', options: { title: '' } };
            loom.processor.registerFormat({ ...plugin, moduleUrl: '/tests/plugins/markdown.js' });
            const { rows, text, truncated } = await loom.processor.previewExport(recordsOf(500), { format: 'markdown', rows: 2 });
            return { rows, text, truncated };
        });
        assert.deepEqual([preview.rows, preview.truncated], [[[0, 'näme 0', 0], [1, 'näme 1', 0.25]], true]);
        assert.match(preview.text, /\| 1 \| näme 1 \| 0.25 \|\n\n2 records\n$/);
    });

    /** Names in the folder of private files. */
    const stored = () =>
        page.evaluate(async () => {
            const root = await navigator.storage.getDirectory();
            const folder = await root.getDirectoryHandle('exportloom', { create: true });
            const names = [];
            for await (const name of folder.keys()) names.push(name);
            return names.length;
        });

    test('a private file is written by a worker, read as a Blob, and gone after cleanup', async () => {
        const { same, type } = await page.evaluate(async () => {
            const { loom, recordsOf } = globalThis;
            const { privateFileSink } = await import('/dist/index.js');
            const plain = await loom.processor.startExport(recordsOf(3000), { format: 'csv' }).result;
            const late = [...recordsOf(3000), { late: 1 }]; // what was written is taken back
            const stored = await loom.processor.startExport(late, { format: 'csv', sink: privateFileSink() }).result;
            const again = await loom.processor.startExport(recordsOf(3000), { format: 'csv', sink: privateFileSink() }).result;
            const same = (await plain.blob.text()) === (await again.blob.text()) && (await stored.blob.text()).startsWith('id,name,nested.price,late\r\n');
            return { same, type: again.blob.type };
        });
        assert.deepEqual([same, type, await stored()], [true, 'text/csv', 2]);
        await page.evaluate(() => globalThis.loom.processor.cleanup());
        await until('the files are gone', async () => (await stored()) === 0, 5000);
    });

    test('a cancelled export leaves no private file', async () => {
        const code = await page.evaluate(async () => {
            const { loom, recordsOf } = globalThis;
            const { privateFileSink } = await import('/dist/index.js');
            const job = loom.processor.startExport(recordsOf(50000), {
                format: 'csv',
                sink: privateFileSink(),
                onProgress: ({ phase }) => phase === 'encoding' && job.cancel(),
            });
            return job.result.then(() => 'completed', (error) => error.code);
        });
        assert.equal(code, 'CANCELLED');
        await until('the file is gone', async () => (await stored()) === 0, 5000);
    });

    // One browser is enough for the hundreds of megabytes.
    if (kind === 'chromium') {
        test('a Blob that grows large moves to a private file', async () => {
            const { size, ends, files } = await page.evaluate(async () => {
                const { loom } = globalThis;
                const text = 'x'.repeat(1 << 20);
                function* source() {
                    for (let id = 0; id < 260; id += 1) yield { id, text };
                }
                const { blob } = await loom.processor.startExport(source(), { format: 'json', json: { shape: 'ndjson' } }).result;
                const root = await navigator.storage.getDirectory();
                let files = 0;
                for await (const _ of (await root.getDirectoryHandle('exportloom')).keys()) files += 1;
                return { size: blob.size, ends: [await blob.slice(0, 8).text(), await blob.slice(-4).text()], files };
            });
            const lengths = Array.from({ length: 260 }, (_, id) => `{"id":${id},"text":""}\n`.length + (1 << 20));
            assert.equal(size, lengths.reduce((sum, length) => sum + length));
            assert.deepEqual([ends, files], [['{"id":0,', 'xx"}\n'.slice(-4)], 1]);
            await page.evaluate(() => globalThis.loom.processor.cleanup());
            await until('the file is gone', async () => (await stored()) === 0, 5000);
        });
    }

    test('a download, whose address is taken back in time', async () => {
        const live = await page.evaluate(async () => {
            const { loom, recordsOf } = globalThis;
            const { download } = await import('/dist/index.js');
            const result = await loom.processor.startExport(recordsOf(10), { format: 'csv', fileName: 'saved.csv' }).result;
            globalThis.revoke = download(result);
            return globalThis.watched.addresses.size;
        });
        assert.equal(live, 1);
        assert.match(String(await session().download('saved.csv')), /^id,name,nested\.price\r\n/);
        assert.equal(await page.evaluate(() => (globalThis.revoke(), globalThis.watched.addresses.size)), 0);
    });

    test('no worker, no object URL and no violation is left', async () => {
        await until('the workers end', async () => (await liveWorkers(session(), page)) === 0, 10000);
        assert.deepEqual(await session().takeErrors(page), []);
        assert.equal(await page.evaluate(() => globalThis.watched.addresses.size), 0);
    });
});
