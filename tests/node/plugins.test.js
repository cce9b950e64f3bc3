// Formats in JavaScript: a module that workers import, functions on this thread, and everything that can be wrong with them.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ExportProcessor } from '../../dist/index.node.js';
import { exported, failure, recordsOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const markdown = {
    name: 'markdown',
    extension: '.md',
    mimeType: 'text/markdown',
    moduleUrl: new URL('../plugins/markdown.js', import.meta.url),
    options: { title: '' },
};
const records = recordsOf(3000);

function processorWith(...plugins) {
    const processor = new ExportProcessor({ workers: 2 });
    for (const plugin of plugins) processor.registerFormat(plugin);
    return processor;
}

/** The cells of a table as a reader of Markdown sees them. */
function cellsOf(text) {
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    const unescaped = (cell) => cell.replace(/<br>/g, '\n').replace(/\\(.)/g, '$1');
    return rows.map((row) => row.slice(2, -2).split(/ (?<!\\)\| /).map(unescaped));
}

test('a module writes Markdown in the workers', async () => {
    const processor = processorWith(markdown);
    const options = { format: 'markdown', chunkSize: 100, markdown: { title: 'All *records*' } };
    const { blob, fileName, mimeType } = await processor.startExport(records, options).result;
    const text = await blob.text();
    assert.deepEqual([fileName, mimeType], ['export.md', 'text/markdown']);
    assert.ok(text.startsWith('# All \\*records\\*\n\n| id | name | nested.price | nested.tags | sometimes |\n| --: | :-- | --: | :-- | :-- |\n'));
    assert.ok(text.endsWith('\n3000 records\n'));
    const wanted = records.map(({ id, name, nested, sometimes = '' }) => [String(id), name, String(nested.price), nested.tags.join('; '), sometimes]);
    assert.deepEqual(cellsOf(text).slice(2), wanted);
    for (const more of [{ chunkSize: 7, workers: 1 }, {}]) assert.equal((await exported(records, { ...options, ...more }, processor)).text, text);
    const packed = await processor.startExport(records, { ...options, compression: true }).result;
    assert.equal(packed.fileName, 'export.md.gz');
    assert.equal(String(gunzipSync(Buffer.from(await packed.blob.arrayBuffer()))), text);
    await processor.dispose();
});

test('registered formats stand in batches, previews and errors as all others', async () => {
    const processor = processorWith(markdown);
    const { results } = await processor.batchExport(records, ['csv', 'markdown']).result;
    assert.equal(results[1].report.counts.written, 3000);
    const preview = await processor.previewExport(records, { format: 'markdown', rows: 2 });
    assert.deepEqual([preview.rows.length, cellsOf(preview.text).length], [2, 4]);
    assert.match((await failure(records, { format: 'markdwn' }, processor)).suggestion, /did you mean markdown/);
    const unknown = await failure(records, { format: 'markdown', markdown: { titel: 'x' } }, processor);
    assert.deepEqual([unknown.code, unknown.suggestion], ['UNKNOWN_OPTION', 'did you mean markdown.title?']);
    const late = await exported([...recordsOf(2000), { late: 1 }], { format: 'markdown' }, processor);
    assert.match(late.text, /\| late \|\n/);
    await processor.dispose();
});

/** Segments with separators, and a directory that tells where they stand: what a container format needs. */
const framed = {
    name: 'framed',
    extension: '.bin',
    mimeType: 'application/x-framed',
    separator: '--',
    begin: () => new Uint8Array([1, 2, 3]),
    batch: async (rows) => ({ bytes: new TextEncoder().encode(rows.map(([id]) => id).join(' ')), info: { first: rows[0][0] } }),
    end: ({ segments, counts }) => `\n${JSON.stringify({ segments, counts })}`,
};

test('functions on this thread: separators, and where segments stand', async () => {
    const processor = processorWith(framed);
    const { blob } = await processor.startExport(records, { format: 'framed', chunkSize: 500, columns: ['id'] }).result;
    const bytes = Buffer.from(await blob.arrayBuffer());
    const { segments, counts } = JSON.parse(String(bytes).split('\n')[1]);
    assert.deepEqual([segments.length, counts.written], [6, 3000]);
    for (const { offset, length, info } of segments) {
        const ids = bytes.subarray(offset, offset + length).toString().split(' ').map(Number);
        assert.deepEqual([ids[0], ids.length], [info.first, 500]);
    }
    assert.equal(String(bytes.subarray(3)).split('\n')[0].split('--').length, 6);
    const { result } = processor.startExport([{ id: 1 }], { format: 'framed', compression: 'gzip' });
    assert.ok((await result).size > 0); // no text: it is packed as it is
    await processor.dispose();
});

test('what goes wrong in a format is told, and leaves the processor usable', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFileSync(broken, "export const batch = (rows) => { if (rows[0][0] === 0) throw new Error('no zeros'); return 5; };\n");
    const empty = join(folder, 'empty.mjs');
    writeFileSync(empty, 'export const nothing = 1;\n');
    const base = { extension: '.x', mimeType: 'text/plain' };
    const processor = processorWith(
        { ...base, name: 'broken', moduleUrl: pathToFileURL(broken) },
        { ...base, name: 'empty', moduleUrl: pathToFileURL(empty) },
        { ...base, name: 'absent', moduleUrl: pathToFileURL(join(folder, 'absent.mjs')) },
        { ...base, name: 'throws', batch: () => { throw new TypeError('not today'); } },
    );
    const failed = async (format, source = records) => failure(source, { format }, processor);
    const error = await failed('broken');
    assert.deepEqual([error.code, /broken: no zeros/.test(error.message)], ['FORMAT_FAILED', true]);
    assert.match((await failed('broken', [{ id: 1 }])).message, /neither text nor bytes but number/);
    assert.equal((await failed('empty')).code, 'FORMAT_NOT_LOADED');
    assert.equal((await failed('absent')).code, 'FORMAT_NOT_LOADED');
    assert.deepEqual([(await failed('throws')).code, (await failed('throws')).message.includes('not today')], ['FORMAT_FAILED', true]);
    assert.equal((await exported(records, { format: 'json' }, processor)).report.counts.written, 3000);
    await processor.dispose();
});

test('a format may give the same buffer again and again', async () => {
    const text = "new TextEncoder().encode('row ').buffer";
    const module = join(folder, 'same.mjs');
    writeFileSync(module, `const same = ${text};\nexport const begin = () => same;\nexport const batch = () => same;\n`);
    const same = new TextEncoder().encode('row ').buffer;
    const base = { extension: '.x', mimeType: 'text/plain' };
    const processor = processorWith({ ...base, name: 'there', moduleUrl: pathToFileURL(module) }, { ...base, name: 'here', begin: () => same, batch: () => same });
    for (const format of ['there', 'here', 'there', 'here'])
        assert.equal((await exported(records.slice(0, 40), { format, chunkSize: 10, columns: ['id'] }, processor)).text, 'row '.repeat(5), format);
    assert.equal(new TextDecoder().decode(same), 'row ');
    await processor.dispose();
});

test('options of a format that are undefined or null count as left out; what cannot be posted to a worker is told', async () => {
    const processor = processorWith(markdown);
    for (const title of [undefined, null])
        assert.match((await exported([{ a: 1 }], { format: 'markdown', markdown: { title } }, processor)).text, /^\| a \|/);
    for (const title of [() => 'x', Symbol('x')]) {
        const error = await failure([{ a: 1 }], { format: 'markdown', markdown: { title } }, processor);
        assert.deepEqual([error.code, /markdown\.title/.test(error.message)], ['INVALID_OPTION', true]);
    }
    await processor.dispose();
});

test('options of a format that JSON cannot hold are told as far as that goes', async () => {
    const metadata = [];
    const processor = processorWith({ extension: '.x', mimeType: 'text/plain', name: 'here', options: { least: 0n }, begin: (context) => void metadata.push(context.metadata), batch: (rows, { options }) => typeof options.least });
    const { text, report } = await exported([{ a: 1 }], { format: 'here', includeMetadata: true, here: { least: 5n } }, processor);
    assert.deepEqual([text, report.options.here, metadata[0].options.here], ['bigint', { least: '5' }, { least: '5' }]);
    JSON.stringify(report);
    const loop = {};
    loop.self = loop;
    assert.equal((await failure([{ a: 1 }], { format: 'here', includeMetadata: true, here: { least: loop } }, processor)).code, 'INVALID_OPTION');
    await processor.dispose();
});

test('info that JSON cannot hold is a failure of the format', async () => {
    const module = join(folder, 'info.mjs');
    writeFileSync(module, "export const batch = () => ({ bytes: 'x', info: 5n });\n");
    const base = { extension: '.x', mimeType: 'text/plain' };
    const processor = processorWith({ ...base, name: 'there', moduleUrl: pathToFileURL(module) }, { ...base, name: 'here', batch: () => ({ bytes: 'x', info: 5n }) });
    for (const format of ['there', 'here']) {
        const { code, message } = await failure([{ a: 1 }], { format }, processor);
        assert.deepEqual([code, /BigInt/.test(message)], ['FORMAT_FAILED', true], format);
    }
    await processor.dispose();
});

test('what cannot be registered is refused', () => {
    const processor = processorWith(framed);
    const refused = (change) => {
        const plugin = typeof change === 'object' && change !== null ? { ...framed, name: 'other', ...change } : change;
        assert.throws(() => processor.registerFormat(plugin), { code: 'FORMAT_INVALID' }, JSON.stringify(change));
    };
    for (const name of ['csv', 'rows', 'json', 'framed', 'columns', 'limit', 'a b', '', 5]) refused({ name });
    for (const extension of ['md', '', '.', '.a/b']) refused({ extension });
    refused({ mimeType: 'text' });
    refused({ batch: undefined });
    refused({ moduleUrl: 'x.js' }); // besides its functions
    refused({ options: [] });
    refused({ separatr: '' });
    refused(null);
});
