// Options wherever they are given: what is wrong is an ExportError that names it, and never ignored; what is null or undefined counts as left out.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { exported } from './support.js';

const processor = new ExportProcessor();
const records = [{ id: 1, name: 'ä' }, { id: 2, name: null }];

/** What a call is refused with, which must be an ExportError. */
async function refused(call) {
    const error = await Promise.resolve().then(call).then(() => undefined, (thrown) => thrown);
    assert.equal(error?.name, 'ExportError', String(error));
    return `${error.code} ${error.message} ${error.suggestion}`;
}

const exporting = (options) => processor.startExport(records, options).result;
const batch = (formats, shared) => processor.batchExport(records, formats, shared).result;
const preview = (options) => processor.previewExport(records, options);

const holdsItself = [];
holdsItself.push(holdsItself);

/** Options that cannot be read. */
const unreadable = () => Object.defineProperty({ format: 'csv' }, 'limit', { enumerable: true, get: () => assert.fail('no limit today') });

test('wrong options name what is right', async () => {
    for (const [options, text] of [
        [{ 'csv.delimiter': ';' }, /UNKNOWN_OPTION.*write it as \{ csv: \{ delimiter \} \}/],
        [{ 'host.limit': 1 }, /UNKNOWN_OPTION.*host\.limit/],
        [{ csv: { limit: 1 } }, /UNKNOWN_OPTION.*csv\.limit; did you mean limit\?/],
        [{ '.limit': 1 }, /UNKNOWN_OPTION.*\.limit/],
        [{ csv: { 'header.x': false } }, /UNKNOWN_OPTION.*csv\.header\.x/],
        [{ csv: new Map([['header', false]]) }, /INVALID_OPTION.*csv must be an object/],
        [{ compression: new Map([['type', 'zip']]) }, /INVALID_OPTION.*compression must be/],
        [{ columns: [{ key: 'id', type: 'interger' }] }, /INVALID_OPTION.*type.*did you mean 'integer'/],
        [{ columns: [{ key: 'id', label: holdsItself }] }, /INVALID_OPTION.*an option cannot be written/],
        [{ columns: [{ key: Object.create(null) }] }, /INVALID_OPTION.*key must be text/],
        [{ priority: Symbol('high') }, /INVALID_OPTION.*priority/],
        [{ pdf: { cover: new Date(NaN) } }, /INVALID_OPTION.*pdf\.cover must be true or false/],
        [{ csv: { nullText: new URL('https://example.org') } }, /INVALID_OPTION.*csv\.nullText must be text/],
        [{ pdf: { title: 'a\u0000b' } }, /INVALID_OPTION.*pdf\.title must be text without U\+0000/],
        [{ format: Object.create(null) }, /INVALID_OPTION.*format/],
    ])
        assert.match(await refused(() => exporting({ format: 'csv', ...options })), text);
    assert.match(await refused(() => exporting(unreadable())), /INVALID_OPTION.*no limit today/);
});

test('batches and what they share', async () => {
    for (const [formats, shared, text] of [
        [['csv'], { onProgress: 5 }, /INVALID_OPTION.*onProgress must be a function/],
        [['csv'], { zip: true, fileName: 5 }, /INVALID_OPTION.*fileName must be text/],
        [['csv'], { zip: true, fileName: '' }, /INVALID_OPTION.*fileName must be text/],
        [['csv'], { zip: true, sink: 'looks.zip' }, /^INVALID_OPTION the option has a value that it cannot take: sink must be .*fileSink/],
        [['csv'], new Map([['limit', 1]]), /INVALID_OPTION.*shared options must be an object/],
        [['csv'], { priority: Symbol('high') }, /INVALID_OPTION.*priority/],
        [[unreadable()], {}, /INVALID_OPTION.*no limit today/],
        [['csv'], unreadable(), /INVALID_OPTION.*no limit today/],
    ])
        assert.match(await refused(() => batch(formats, shared)), text);
    const { results } = await batch(['csv'], { zip: true, sink: null, fileName: null, onProgress: null });
    assert.equal(results[0].report.counts.written, 2);
});

test('previews', async () => {
    for (const [options, text] of [
        [{ limit: '1' }, /INVALID_OPTION.*limit must be an integer/],
        [{ limit: 1e20 }, /INVALID_OPTION.*limit must be an integer/],
        [{ limit: 1n }, /INVALID_OPTION.*limit must be an integer/],
        [{ rows: '1' }, /INVALID_OPTION.*rows must be an integer/],
    ])
        assert.match(await refused(() => preview({ format: 'csv', ...options })), text);
    assert.match(await refused(() => preview(unreadable())), /INVALID_OPTION.*no limit today/);
    const { rows } = await preview({ format: 'csv', rows: null, sink: null, limit: null });
    assert.equal(rows.length, 2);
});

test('what is done again', async () => {
    const bad = '{"id":1}\nbad\n';
    const one = await processor.startExport(bad, { format: 'csv', fileName: 'looks' }).result;
    const all = await processor.batchExport(bad, ['csv', 'json']).result;
    assert.match(await refused(() => processor.retryRejected(all.id, { source: records, formats: 'csv' }).result), /INVALID_OPTION.*formats must be an array/);
    assert.match(await refused(() => processor.retryRejected(all.id, { source: records, formats: [null] }).result), /INVALID_OPTION.*format must be/);
    assert.match(await refused(() => processor.retryRejected(one.id, new Map([['limit', 1]]))), /INVALID_OPTION.*must be an object/);
    const again = await processor.retryRejected(one.id, { source: '{"id":1}\n{"id":2}\n', fileName: null, format: undefined }).result;
    assert.equal(again.fileName, 'looks (rejected).csv');
});

test('what is null or undefined leaves what would count without it', async () => {
    const { results } = await batch([{ format: 'csv', limit: undefined, filter: null, csv: { header: undefined } }], { limit: 1, filter: { id: { $gt: 1 } }, csv: { header: false } });
    assert.equal(await results[0].blob.text(), '2,\r\n');
    const many = Array.from({ length: 3000 }, (_, id) => ({ id, name: `looks ${id % 7}` }));
    const sizeOf = async (more) => (await processor.startExport(many, { format: 'xlsx', chunkSize: 1000, compression: { level: 9 }, ...more }).result).size;
    const small = await sizeOf({});
    assert.equal(await sizeOf({ xlsx: { level: null } }), small);
    assert.ok((await sizeOf({ xlsx: { level: 1 } })) > small);
    const own = new ExportProcessor();
    own.registerFormat({ name: 'lines', extension: '.lines', mimeType: 'text/plain', options: { mark: '-' }, batch: (rows, { options }) => rows.map(() => options.mark).join('') });
    assert.equal((await exported(records, { format: 'lines', lines: { mark: null } }, own)).text, '--');
    const without = new ExportProcessor({ wasmUrl: null, workerUrl: null, createWorker: null, now: null, workers: null, maxMemoryUsage: null });
    assert.equal((await exported(records, { format: 'csv' }, without)).report.counts.written, 2);
});

test('a clock must tell the time', async () => {
    for (const now of [() => NaN, () => 1e20, () => 'noon', () => new Date()]) assert.match(await refused(() => new ExportProcessor({ now })), /INVALID_OPTION.*now must give milliseconds/);
});
