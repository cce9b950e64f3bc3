// One budget over all exports: what they hold together stays within it, whatever runs side by side, and all of them complete.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink } from '../../dist/node.js';
import { extractionResults } from '../../web/demo/generate.js';
import { temporaryFolder } from './support.js';

const COUNT = 30000;
const MEGABYTES = 1e6;
const folder = temporaryFolder();
const records = [...extractionResults(COUNT, 1)];
const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));

/** The most that snapshots and progress have told. */
function watched(processor) {
    const told = { most: 0 };
    processor.subscribe(() => {
        const { memoryBytes, exports } = processor.getSnapshot();
        told.most = Math.max(told.most, memoryBytes, ...exports.map((progress) => progress.memoryBytes));
    });
    return told;
}

const sinkOf = (format, at) => fileSink(join(folder, `${at}.${format}`));

for (const formats of [
    ['json', 'csv', 'xlsx', 'pdf', 'xml'],
    ['xlsx', 'pdf', 'xlsx', 'pdf', 'xml'],
    ['html', 'xlsx', 'xml', 'xlsx', 'pdf'],
]) {
    test(`${formats.join(', ')} at once`, async (t) => {
        const processor = new ExportProcessor();
        const told = watched(processor);
        const jobs = formats.map((format, at) => processor.startExport(at % 2 === 0 ? bytes : records, { format, sink: sinkOf(format, at) }));
        const results = await Promise.all(jobs.map(({ result }) => result));
        assert.deepEqual(results.map(({ report }) => report.counts.written), Array(5).fill(COUNT));
        t.diagnostic(`${(told.most / MEGABYTES).toFixed(1)} MB`);
        assert.ok(told.most > 10 * MEGABYTES && told.most <= 50 * MEGABYTES, `${told.most} bytes`);
        assert.ok(Math.max(...results.map(({ report }) => report.peakMemoryBytes)) <= 50 * MEGABYTES);
        await processor.dispose();
        assert.equal(processor.getSnapshot().memoryBytes < MEGABYTES * 2, true, 'what was held was given back');
    });
}

test('a batch of all formats', async (t) => {
    const processor = new ExportProcessor();
    const told = watched(processor);
    const formats = ['json', 'csv', 'xlsx', 'pdf', 'xml', 'html'].map((format, at) => ({ format, includeStatistics: true, sink: sinkOf(format, at) }));
    const { results } = await processor.batchExport(bytes, formats).result;
    assert.ok(results.every(({ report }) => report.counts.written === COUNT));
    t.diagnostic(`${(told.most / MEGABYTES).toFixed(1)} MB`);
    assert.ok(told.most <= 50 * MEGABYTES, `${told.most} bytes`);
    await processor.dispose();
});

test('very many inputs', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    const input = bytes.subarray(0, bytes.indexOf(10) + 1);
    const { report } = await processor.startExport({ inputs: Array(200).fill(input) }, { format: 'csv' }).result;
    assert.equal(report.counts.written, 200);
    assert.ok(report.peakMemoryBytes <= 20 * MEGABYTES, `${report.peakMemoryBytes} bytes`);
    await processor.dispose();
});

test('many workers on one export', async (t) => {
    for (const format of ['json', 'xlsx', 'pdf']) {
        const processor = new ExportProcessor();
        const { report } = await processor.startExport(bytes, { format, workers: 16, sink: sinkOf(format, 0) }).result;
        t.diagnostic(`${format}: ${(report.peakMemoryBytes / MEGABYTES).toFixed(1)} MB, ${report.plan.workers} workers`);
        assert.ok(report.peakMemoryBytes <= 50 * MEGABYTES, `${format}: ${report.peakMemoryBytes} bytes`);
        assert.equal(report.plan.why.workers, 'memory');
        await processor.dispose();
    }
});

test('a small budget: fewer exports at a time, and all complete', async (t) => {
    const processor = new ExportProcessor({ maxMemoryUsage: 16777216 });
    const told = watched(processor);
    let together = 0;
    processor.subscribe(() => void (together = Math.max(together, processor.getSnapshot().running)));
    const formats = ['csv', 'xlsx', 'pdf', 'json'];
    const jobs = formats.map((format, at) => processor.startExport(bytes, { format, sink: sinkOf(format, at) }));
    const results = await Promise.all(jobs.map(({ result }) => result));
    assert.ok(results.every(({ report }) => report.counts.written === COUNT));
    assert.equal(together, 2);
    t.diagnostic(`${(told.most / MEGABYTES).toFixed(1)} MB`);
    assert.ok(told.most <= 16777216, `${told.most} bytes`);
    await processor.dispose();
});

test('workers that hold the modules of other formats are not kept', async () => {
    const processor = new ExportProcessor();
    const alone = new ExportProcessor();
    for (const format of ['xlsx', 'pdf', 'xml']) await processor.startExport(bytes, { format, sink: sinkOf(format, 0) }).result;
    const after = await processor.startExport(bytes, { format: 'json', sink: sinkOf('json', 0) }).result;
    const first = await alone.startExport(bytes, { format: 'json', sink: sinkOf('json', 1) }).result;
    const [one, other] = [after.report.peakMemoryBytes, first.report.peakMemoryBytes];
    assert.ok(one < other * 1.35, `${one} bytes behind other formats, ${other} alone`);
    await Promise.all([processor.dispose(), alone.dispose()]);
});

test('the report tells what steers an export, and why', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    const { report } = await processor.startExport(bytes, { format: 'csv' }).result;
    const { plan } = report;
    const own = JSON.stringify(records[0]).length;
    assert.ok(Math.abs(plan.recordBytes / own - 1) < 0.3, `${plan.recordBytes} bytes, the first has ${own}`);
    assert.ok(plan.bytesPerSecond > 1e6 && plan.memoryShare === 52428800 && plan.windowBytes < plan.memoryShare);
    assert.ok(Math.abs((plan.chunkSize * plan.recordBytes) / plan.chunkBytes - 1) < 0.02, `${plan.chunkSize} records a chunk`);
    const given = await processor.startExport(bytes, { format: 'csv', chunkSize: 100, workers: 1 }).result;
    assert.deepEqual([given.report.plan.chunkSize, given.report.plan.workers], [100, 1]);
    assert.deepEqual(given.report.plan.why, { workers: 'option', chunkBytes: 'option' });
    await processor.dispose();
});

test('slow workers get smaller chunks', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    const url = new URL('../plugins/slow.js', import.meta.url);
    processor.registerFormat({ name: 'slow', extension: '.txt', mimeType: 'text/plain', moduleUrl: url });
    const { report } = await processor.startExport(bytes.subarray(0, bytes.lastIndexOf(10, 3e6) + 1), { format: 'slow' }).result;
    assert.equal(report.plan.why.chunkBytes, 'speed');
    assert.ok(report.plan.chunkBytes < 200000, `${report.plan.chunkBytes} bytes a chunk`);
    await processor.dispose();
});

test('without a number of its own, an export has one worker until more are worth it', async () => {
    const processor = new ExportProcessor({ workers: 4 });
    const url = new URL('../plugins/slow.js', import.meta.url);
    processor.registerFormat({ name: 'slow', extension: '.txt', mimeType: 'text/plain', moduleUrl: url });
    const worth = async (source, options) => {
        const { workers, workersWanted } = (await processor.startExport(source, options).result).report.plan;
        return [workersWanted, workers];
    };
    async function* hesitant() {
        for (const [at, record] of records.slice(0, 1200).entries()) {
            if (at % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
            yield record;
        }
    }
    assert.deepEqual(await worth(records.slice(0, 100), { format: 'csv' }), [1, 4], 'a small export');
    assert.deepEqual(await worth(hesitant(), { format: 'slow', chunkSize: 100, columns: ['id'] }), [1, 4], 'workers that wait for the source');
    assert.ok((await worth(records.slice(0, 3000), { format: 'slow', chunkSize: 100 }))[0] > 1, 'workers that are always busy');
    assert.deepEqual(await worth(records.slice(0, 100), { format: 'csv', workers: 2 }), [2, 2], 'a number');
    await processor.dispose();
});

test('chunks of objects take the buffers of those before', async () => {
    const processor = new ExportProcessor();
    const NativeBuffer = globalThis.ArrayBuffer;
    const large = [];
    globalThis.ArrayBuffer = class extends NativeBuffer {
        constructor(size) {
            super(size);
            if (size > MEGABYTES / 8) large.push(size);
        }
        static [Symbol.hasInstance](value) {
            return value instanceof NativeBuffer; // those that come back from workers
        }
    };
    try {
        const many = [...records, ...records, ...records, ...records];
        const { report } = await processor.startExport(many, { format: 'csv', sink: sinkOf('csv', 0) }).result;
        assert.equal(report.counts.written, many.length);
    } finally {
        globalThis.ArrayBuffer = NativeBuffer;
        await processor.dispose();
    }
    // The text is 120 times as much as a block holds; as many as may be on their way at once are made.
    assert.ok(large.length > 0 && large.length < 40, `${large.length} buffers: ${large}`);
});
