// Statistics through the workers: the same for any chunks and any workers, in the file and in the report.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exported, linesOf, piecesOf, recordsOf } from './support.js';

const records = recordsOf(3000).map((record, at) => ({ ...record, day: `2026-0${1 + (at % 9)}-11`, rare: at === 2900 ? -7.25 : null }));
const wanted = await exported(records, { format: 'json', includeStatistics: true, chunkSize: 1000000, workers: 1 });

test('what they tell is true', () => {
    const { statistics, records: written, metadata } = JSON.parse(wanted.text);
    assert.deepEqual(written, records);
    assert.deepEqual(metadata, {});
    assert.equal(wanted.text.match(/"columns":/g)?.length, 1); // no key stands twice
    assert.deepEqual(statistics.counts, wanted.report.counts);
    assert.deepEqual(statistics.columns, wanted.report.statistics.columns);
    const column = (label) => statistics.columns.find((one) => one.label === label);
    const { filled, empty, distinct, min, max, sum, mean, quantiles } = column('id');
    assert.deepEqual([filled, empty, distinct, Number(min), Number(max), Number(sum), Number(mean)], [3000, 0, 3000, 0, 2999, 4498500, 1499.5]);
    assert.equal(Number(quantiles.p50), 1499.5);
    assert.deepEqual([column('rare').filled, column('rare').empty, Number(column('rare').min)], [1, 2999, -7.25]);
    assert.deepEqual(column('day').earliest, '2026-01-11');
    assert.equal(column('day').timeline.reduce((all, { count }) => all + count, 0), 3000);
    assert.equal(column('sometimes').emptyText, records.filter(({ sometimes }) => sometimes === '').length);
});

for (const [chunkSize, workers] of [[1, 2], [7, 1], [500, 2], [undefined, 2]])
    test(`chunks of ${chunkSize ?? 'the usual size'}, ${workers} workers`, async () => {
        const options = { format: 'json', includeStatistics: true, workers, ...(chunkSize ? { chunkSize } : {}) };
        assert.equal((await exported(records, options)).text, wanted.text);
        const bytes = new TextEncoder().encode(linesOf(records));
        const { report } = await exported(piecesOf(bytes, 10007), { ...options, format: 'csv' });
        const known = ({ label }) => label !== '_extra';
        assert.deepEqual(report.statistics.columns.filter(known), wanted.report.statistics.columns);
    });

for (const format of ['json', 'csv', 'xlsx', 'pdf', 'xml'])
    test(`a late column is counted too, however the source is read: ${format}`, async () => {
        const late = [...records, { late: 1 }];
        const { report } = await exported(late, { format, includeStatistics: true });
        assert.equal(report.counts.written, 3001);
        assert.equal(report.statistics.columns.at(-1).label, 'late');
        assert.equal(report.statistics.columns.at(-1).empty, 3000);
    });

test('a histogram ends within what a double holds', async () => {
    const { text } = await exported('{"a":1.7976931348623157e308,"b":-1.7976931348623157e308}\n{"a":0.25,"b":0}', { format: 'json', includeStatistics: true });
    const histograms = JSON.parse(text).statistics.columns.map(({ histogram }) => histogram);
    assert.deepEqual(histograms, [[{ from: 0.25, to: 1.7976931348623157e308, count: 2 }], [{ from: -1.7976931348623157e308, to: 0, count: 2 }]]);
});

test('a file without records has statistics too, whether there were none or none passed', async () => {
    const nothing = { key: 'a', label: 'A', type: 'text', filled: 0, empty: 0 };
    for (const format of ['json', 'csv', 'xlsx', 'pdf', 'xml'])
        for (const [source, filter] of [['', undefined], ['{"a":1}\n', { a: 2 }]])
            for (const columns of [undefined, [{ key: 'a', label: 'A' }]]) {
                const { report, text } = await exported(source, { format, filter, columns, includeStatistics: true });
                assert.deepEqual(report.statistics, { columns: columns ? [nothing] : [] }, `${format} ${source}`);
                if (format === 'json') assert.deepEqual(JSON.parse(text).statistics.columns, report.statistics.columns);
            }
});
