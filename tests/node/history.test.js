// What a processor remembers of exports that have ended, and how it forgets them.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { recordsOf } from './support.js';

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
    processor.cleanup();
    assert.deepEqual(left(), []);
    await processor.dispose();
});
