// What is told early of an export: how large it gets, how long it takes, and which limits it is going to meet.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { linesOf, recordsOf } from './support.js';

const processor = new ExportProcessor({ workers: 2 });
after(() => processor.dispose());

/** The first estimate, with the progress that had it; then the export is called off. */
async function firstEstimate(source, options) {
    const job = processor.startExport(source, options);
    for await (const progress of job) {
        if (!progress.estimate) continue;
        await job.cancel();
        return progress;
    }
    throw new Error('nothing was told');
}

for (const [name, make] of Object.entries({ objects: (records) => records, text: (records) => Buffer.from(linesOf(records)) })) {
    test(`${name}: records, bytes and time, from the first chunks`, async () => {
        const records = recordsOf(100000);
        const job = processor.startExport(make(records), { format: 'csv', chunkSize: 200 });
        const seen = [];
        for await (const { phase, estimate, recordsRead } of job) if (phase === 'encoding' && estimate) seen.push({ ...estimate, recordsRead });
        const { report, size } = await job.result;
        assert.ok(seen[0].recordsRead < records.length, `the first estimate came after ${seen[0].recordsRead} records`);
        assert.ok(Math.abs(report.estimate.records / 100000 - 1) < 0.2, `${report.estimate.records} records`);
        assert.ok(Math.abs(report.estimate.bytes / size - 1) < 0.2, `${report.estimate.bytes} bytes of ${size}`);
        assert.ok(seen.every(({ ms }) => ms > 0 && ms < 60000));
        assert.deepEqual(report.estimate.warnings, []);
    });
}

const limits = [
    ['xlsx', Array(1100000).fill({ a: 1 }), {}, ['SEVERAL_SHEETS', 'csv', 2]],
    ['csv', Array(1100000).fill({ a: 1 }), { csv: { preset: 'excel' } }, ['ROWS_NOT_SHOWN', 'xlsx']],
    ['pdf', Array(1100000).fill({ a: 1 }), { chunkSize: 10000 }, ['MANY_PAGES', 'csv']],
    ['pdf', Array(900000).fill({ a: 1 }), { chunkSize: 10000 }, ['MANY_PAGES', 'xlsx']],
    ['json', Array(30000).fill({ text: 'x'.repeat(10000) }), {}, ['LARGE_BLOB', undefined]],
];
for (const [format, records, options, [code, better, count]] of limits) {
    test(`${format} of ${records.length} records is going to meet ${code}`, async () => {
        const { estimate, warnings, phase } = await firstEstimate(records, { format, ...options });
        const found = estimate.warnings.find((warning) => warning.code === code);
        assert.ok(found, `only ${JSON.stringify(estimate)}`);
        assert.equal(phase, 'encoding', 'it is told before the export ends');
        assert.equal(found.format, better);
        assert.ok(found.message.length > 0 && found.suggestion.length > 0 && warnings >= 1);
        if (count) assert.equal(found.count, count);
    });
}

test('limits that were met stand in the report', async () => {
    const options = { format: 'csv', csv: { preset: 'excel' } };
    const { report } = await processor.startExport(Array(1048576).fill({ a: 1 }), options).result;
    assert.deepEqual(report.warnings.map(({ code, count, format }) => [code, count, format]), [['ROWS_NOT_SHOWN', 1, 'xlsx']]);
    const fewer = await processor.startExport(Array(1048575).fill({ a: 1 }), options).result;
    assert.deepEqual(fewer.report.warnings, []);
});

test('where the size of the source is not known, nothing is told', async () => {
    const job = processor.startExport(recordsOf(3000).values(), { format: 'json', chunkSize: 100 });
    for await (const { estimate } of job) assert.equal(estimate, undefined);
    const batch = processor.batchExport(recordsOf(3000), ['csv', 'json'], { chunkSize: 100 });
    const bytes = [];
    for await (const { estimate } of batch) if (estimate) bytes.push(estimate.bytes);
    const { size } = await batch.result;
    assert.ok(bytes.length > 0 && Math.abs(bytes.at(-1) / size - 1) < 0.2);
});
