// Columns that are guessed from the start of a source: right or wrong, the file is the same as with a look at all of it first.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink, fileSource } from '../../dist/node.js';
import { exported, linesOf, recordsOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const processor = new ExportProcessor();
const usual = recordsOf(5000);

const withLate = (record) => [...usual.slice(0, 4000), record, ...usual.slice(4001)];

/** Records that begin alike; what comes at 4,000 changes the columns. */
const sources = {
    'nothing changes': usual,
    'a late key': withLate({ late: 1 }),
    'a late key below a known one': withLate({ nested: { price: 1, deep: { er: 2 } } }),
    'null becomes an object': usual.map((record, at) => ({ ...record, odd: at < 4000 ? null : { in: at } })),
    'null becomes a number': usual.map((record, at) => ({ ...record, odd: at < 4000 ? null : at })),
    'an object becomes a number': usual.map((record, at) => ({ ...record, odd: at < 4000 ? { in: at } : at })),
    'a late record that is no object': withLate(7),
    'a late clash of names': withLate({ 'nested.price': 1 }),
};

/** A sink that cannot take back what was written, so that the source is looked at as a whole first. */
function collector() {
    const parts = [];
    return { write: (bytes) => void parts.push(bytes.slice()), close() {}, text: () => Buffer.concat(parts).toString() };
}

for (const [name, records] of Object.entries(sources)) {
    test(name, async () => {
        const sink = collector();
        const { report: careful } = await processor.startExport(records, { format: 'csv', sink }).result;
        for (const source of [records, linesOf(records), new Blob([JSON.stringify(records)])]) {
            const { text, report } = await exported(source, { format: 'csv', chunkSize: 300 });
            assert.equal(text, sink.text());
            for (const part of ['counts', 'columns', 'warnings']) assert.deepEqual(report[part], careful[part]);
        }
    });
}

test('a file is written from its start again', async () => {
    const path = join(folder, 'late.ndjson');
    writeFileSync(path, linesOf(sources['a late key']));
    const phases = [];
    const onProgress = ({ phase }) => phases.at(-1) === phase || phases.push(phase);
    const options = { format: 'csv', sink: fileSink(join(folder, 'late.csv')), onProgress, chunkSize: 100 };
    const { report } = await processor.startExport(fileSource(path), options).result;
    assert.equal(report.counts.written, 5000);
    assert.deepEqual(phases, ['analyzing', 'encoding', 'analyzing', 'encoding', 'finalizing', 'completed']);
    const [head, ...rows] = readFileSync(join(folder, 'late.csv'), 'utf8').split('\r\n');
    assert.equal(head.split(',').at(-1), 'late');
    assert.ok(rows.length > 5000); // and line breaks within fields
});

