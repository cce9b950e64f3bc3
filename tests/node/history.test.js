// What a processor remembers of exports that have ended, and how it forgets them.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink } from '../../dist/node.js';
import { recordsOf, temporaryFolder } from './support.js';

test('entries tell what came of each export, and stay the same object until something changes', async () => {
    const processor = new ExportProcessor();
    const done = processor.startExport(recordsOf(9), { format: 'csv', fileName: 'nine' });
    const failed = processor.startExport('[1', { format: 'csv', onError: 'fail' });
    const cancelled = processor.startExport(recordsOf(9), { format: 'json' });
    const told = [];
    processor.subscribe(() => {
        for (const { progress, result, error } of processor.getSnapshot().entries)
            if (['completed', 'failed', 'cancelled'].includes(progress.phase)) told.push(Boolean(result) !== Boolean(error));
    });
    await cancelled.cancel();
    const result = await done.result;
    const error = await failed.result.catch((thrown) => thrown);
    const { entries } = processor.getSnapshot();
    assert.ok(told.length > 0 && told.every(Boolean), 'an export has ended, and its entry says nothing of how');
    assert.deepEqual(entries.map(({ progress }) => progress.phase), ['completed', 'failed', 'cancelled']);
    assert.deepEqual([entries[0].result, entries[0].fileName], [result, 'nine.csv']);
    assert.equal(entries[1].error, error);
    assert.equal(entries[2].error.code, 'CANCELLED');
    assert.ok(entries.every(({ createdAt, endedAt }) => endedAt >= createdAt));
    processor.startExport(recordsOf(9), { format: 'csv' });
    assert.deepEqual(processor.getSnapshot().entries.slice(0, 3).map((entry, at) => entry === entries[at]), [true, true, true]);
    await processor.dispose();
    assert.equal(processor.getSnapshot().entries.length, 0);
});

test('the snapshot tells that the workers have ended, and what they held with them', async () => {
    const processor = new ExportProcessor();
    await processor.startExport([{ a: 1 }], { format: 'csv' }).result;
    while (processor.getSnapshot().memoryBytes > 2097152)
        await new Promise((resolve) => {
            const end = processor.subscribe(() => (end(), resolve()));
        });
    await processor.dispose();
});

test('what has ended is forgotten by count and by age without being asked', async () => {
    const few = new ExportProcessor({ historyLimit: 2 });
    for (let at = 0; at < 4; at += 1) await few.startExport([{ at }], { format: 'json' }).result;
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(few.getSnapshot().entries.map(({ id }) => id), ['export-3', 'export-4']);
    assert.equal(few.getExportProgress('export-1'), undefined);
    await few.dispose();
    const short = new ExportProcessor({ historyAge: 40 });
    await short.startExport([{ at: 1 }], { format: 'json' }).result;
    assert.equal(short.getSnapshot().entries.length, 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(short.getSnapshot().entries.length, 0);
    await short.dispose();
    assert.throws(() => new ExportProcessor({ historyLimits: 2 }), ({ code, message }) => code === 'UNKNOWN_OPTION' && /historyLimit/.test(message));
    assert.throws(() => new ExportProcessor({ maxMemoryUsage: 1 }), ({ code }) => code === 'INVALID_OPTION');
});

test('batches are in the snapshot, and are done again as a whole', async () => {
    const processor = new ExportProcessor();
    const job = processor.batchExport(recordsOf(9), ['csv', 'json'], { zip: true });
    assert.deepEqual(processor.getSnapshot().batches.map(({ id, jobs }) => [id, jobs]), [['batch-1', ['batch-1.1', 'batch-1.2']]]);
    const result = await job.result;
    const [entry] = processor.getSnapshot().batches;
    assert.equal(entry.result, result);
    assert.equal(entry.progress.phase, 'completed');
    const again = processor.retryExport('batch-1');
    assert.equal((await again.result).size, result.size);
    assert.equal(processor.getSnapshot().batches[0], entry);
    const broken = processor.batchExport(recordsOf(9), [], {});
    const error = await broken.result.catch((thrown) => thrown);
    assert.equal(processor.getSnapshot().batches[2].error, error);
    await processor.dispose();
    assert.equal(processor.getSnapshot().batches.length, 0);
});

test('those that wait start by priority, equal ones in order', async () => {
    const processor = new ExportProcessor({ maxConcurrent: 1 });
    const begun = new Set();
    const tell = ({ id, phase }) => void (phase === 'encoding' && begun.add(id));
    const start = (priority) =>
        processor.startExport([{ priority }], {
            format: 'json',
            priority,
            onProgress: tell,
        });
    const jobs = [0, 5, -1, 5, 9].map(start);
    const batch = processor.batchExport([{ a: 1 }], [{ format: 'csv', onProgress: tell }], { priority: 7 });
    await Promise.all([...jobs, batch].map(({ result }) => result));
    assert.deepEqual([...begun], ['export-5', 'batch-6.1', 'export-2', 'export-4', 'export-1', 'export-3']);
    const refused = processor.startExport([{ a: 1 }], { format: 'json', priority: 'high' });
    await assert.rejects(refused.result, ({ code, message }) => code === 'INVALID_OPTION' && /priority/.test(message));
    await processor.dispose();
});

test('cleanup by age and by count', async () => {
    let time = 1000;
    const processor = new ExportProcessor({ now: () => time });
    for (let at = 0; at < 4; at += 1) {
        await processor.startExport([{ at }], { format: 'json' }).result;
        time += 100;
    }
    const left = () => processor.getSnapshot().entries.map(({ id }) => id);
    processor.cleanup({ age: 350 });
    assert.deepEqual(left(), ['export-2', 'export-3', 'export-4']);
    processor.cleanup({ count: 2 });
    assert.deepEqual(left(), ['export-3', 'export-4']);
    for (const wrong of [{ age: 'x' }, { age: NaN }, { count: -1 }, { count: '2' }, 5]) assert.throws(() => processor.cleanup(wrong), { code: 'INVALID_OPTION' });
    assert.equal(left().length, 2);
    processor.cleanup(null);
    assert.deepEqual(left(), []);
    for (const wrong of [{ workerUrl: 5 }, { wasmUrl: true }, { wasmUrl: { core: 5 } }])
        assert.throws(() => new ExportProcessor(wrong), { code: 'INVALID_OPTION' }, JSON.stringify(wrong));
    assert.throws(() => new ExportProcessor({ wasmUrl: { cor: 'x' } }), { code: 'UNKNOWN_OPTION', suggestion: /core/ });
    await processor.dispose();
});

test('a cancelled export to a file is done again, and no two write to one sink', async () => {
    const processor = new ExportProcessor();
    const path = join(temporaryFolder(), 'again.csv');
    const sink = fileSink(path);
    const job = processor.startExport(recordsOf(3000), { format: 'csv', chunkSize: 50, sink, onProgress: ({ phase }) => void (phase === 'encoding' && job.cancel()) });
    await assert.rejects(job.result, ({ code }) => code === 'CANCELLED');
    assert.equal(existsSync(path), false);
    const options = { format: 'csv', chunkSize: 50, sink };
    const [one, other] = [processor.startExport(recordsOf(3000), options), processor.startExport(recordsOf(3000), options)];
    await assert.rejects(other.result, ({ code }) => code === 'SINK_IN_USE');
    const { size } = await one.result;
    assert.equal(statSync(path).size, size);
    assert.deepEqual(readdirSync(dirname(path)), ['again.csv']);
    await processor.dispose();
});
