// The records that an export rejected, exported again after they were mended: those, with their own indexes, and no others.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSource } from '../../dist/node.js';
import { piecesOf, temporaryFolder } from './support.js';

const ROWS = { format: 'json', json: { shape: 'ndjson' }, columns: ['id', 'text'] };
const processor = new ExportProcessor();

/** Lines of records; those at the indexes are broken in one of several ways. */
function linesWith(count, broken) {
    const bad = [(id) => `{"id":${id},"text":}`, (id) => `{"id":${id},"text":"a" "b"}`, () => '{"id":', () => 'nothing', (id) => `{"id":0${id}}`];
    return Array.from({ length: count }, (_, id) => (broken.has(id) ? bad[id % bad.length](id) : JSON.stringify({ id, text: `ä${id}` })));
}

const idsOf = (text) => text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line).id);
const first = async (source, options = ROWS) => processor.startExport(source, options).result;
const retried = async (id, changes) => processor.retryRejected(id, changes).result;
const refusal = (act) => {
    try {
        act();
    } catch (error) {
        return error;
    }
    return assert.fail('nothing was refused');
};

test('records that stay broken are rejected again, with the same index, offset and reason, in whatever chunks', async () => {
    const sets = fc.uniqueArray(fc.integer({ min: 0, max: 299 }), { minLength: 1, maxLength: 40 });
    const endings = fc.constantFrom('\n', '\r\n', '\n\n  \n');
    await fc.assert(
        fc.asyncProperty(sets, endings, fc.constantFrom(undefined, 1, 7, 64), fc.constantFrom('text', 'bytes', 'blob', 'gzip', 'file'), async (indexes, ending, chunkSize, kind) => {
            const broken = new Set(indexes);
            const text = `\ufeff${linesWith(300, broken).join(ending)}`;
            const source = sourceOf(kind, text);
            const options = { ...ROWS, ...(chunkSize ? { chunkSize } : {}) };
            const { id, report } = await first(source, options);
            assert.equal(report.counts.rejected, broken.size);
            const error = await retried(id).catch((thrown) => thrown);
            assert.equal(error.code, 'NOTHING_EXPORTED');
            assert.deepEqual(error.report.defects, report.defects);
            assert.deepEqual(error.report.counts, { read: broken.size, written: 0, filtered: 0, rejected: broken.size });
            const mended = sourceOf(kind, `\ufeff${linesWith(300, new Set(indexes.slice(1))).join(ending)}`);
            const result = await retried(id, { source: mended });
            assert.deepEqual(idsOf(await result.blob.text()), [indexes[0]]);
            assert.deepEqual(result.report.defects.map(({ record }) => record), [...broken].filter((one) => one !== indexes[0]).sort((a, b) => a - b));
        }),
        { numRuns: 12 },
    );
});

const folder = temporaryFolder();

function sourceOf(kind, text) {
    const bytes = Buffer.from(text);
    const path = join(folder, 'records.ndjson');
    if (kind === 'file') writeFileSync(path, bytes);
    return { text: () => text, bytes: () => new Uint8Array(bytes), blob: () => new Blob([bytes]), gzip: () => new Blob([gzipSync(bytes)]), file: () => fileSource(path) }[kind]();
}

test('objects that were mended in place come out of every format, in order, and out of batches', async () => {
    const records = Array.from({ length: 5000 }, (_, id) => ({ id, text: `t${id}` }));
    const broken = [0, 1, 2, 77, 1999, 3000, 3001, 4999];
    const breakAll = () => broken.forEach((id) => Object.defineProperty(records[id], 'text', { get: () => assert.fail('no'), enumerable: true, configurable: true }));
    const mendAll = () => broken.forEach((id) => Object.defineProperty(records[id], 'text', { value: `mended ${id}`, enumerable: true, configurable: true }));
    for (const format of ['json', 'csv', 'xlsx', 'pdf', 'xml', 'html']) {
        breakAll();
        const { id, report } = await first(records, { format, limit: 5000 });
        assert.deepEqual(report.defects.map(({ record }) => record), broken);
        mendAll();
        const again = await retried(id);
        assert.deepEqual(again.report.counts, { read: 8, written: 8, filtered: 0, rejected: 0 }, format);
        const alone = await first(broken.map((at) => records[at]), { format, fileName: again.fileName });
        if (!['pdf', 'xlsx'].includes(format)) assert.equal(await again.blob.text(), await alone.blob.text());
        else assert.deepEqual(again.report.columns, alone.report.columns);
        assert.equal(refusal(() => processor.retryRejected(again.id)).code, 'NOTHING_REJECTED');
    }
    breakAll();
    const batch = await processor.batchExport(records, ['csv', { format: 'json', limit: 100 }], { zip: true }).result;
    mendAll();
    const { results, fileName } = await retried(batch.id, { fileName: 'mended' });
    assert.equal(fileName, 'mended.zip');
    assert.deepEqual(results.map(({ report }) => report.counts.written), [8, 8]);
    const one = await retried(batch.results[1].id);
    assert.equal(one.report.counts.written, 4);
});

test('records that are rejected again keep their indexes through several tries', async () => {
    const records = Array.from({ length: 900 }, (_, id) => ({ id, value: id % 100 === 7 ? { toJSON: () => assert.fail(`${id}`) } : id }));
    let { id } = await first(records, { format: 'csv' });
    for (let at = 7; at < 807; at += 100) {
        records[at].value = 0;
        const { report, ...result } = await retried(id);
        assert.deepEqual(report.defects.map(({ record }) => record), records.flatMap((record, index) => (index % 100 === 7 && index > at ? [index] : [])));
        assert.equal(report.counts.written, 1);
        const same = await processor.retryExport(result.id).result;
        assert.deepEqual(same.report.counts, report.counts);
        id = result.id;
    }
});

test('other options may be the cure, and what was chosen before is kept', async () => {
    const large = 'x'.repeat(3000000);
    const records = Array.from({ length: 40 }, (_, id) => ({ id, keep: id % 2 === 0, text: id % 10 === 4 ? large : 'small' }));
    const written = [];
    const { id, report } = await first(records, { ...ROWS, maxMemoryUsage: 16777216, filter: { keep: true }, limit: 20, fileName: 'all' });
    assert.deepEqual(report.defects.map(({ code, record }) => [code, record]), [4, 14, 24, 34].map((record) => ['RECORD_TOO_LARGE', record]));
    const sink = { write: (bytes) => void written.push(bytes.length), close() {} };
    const result = await retried(id, { maxMemoryUsage: 104857600, sink, columns: ['id'] });
    assert.deepEqual([result.report.counts.written, result.blob, result.fileName], [4, undefined, 'all (rejected).json']);
    assert.ok(written.length > 0);
    const elsewhere = await retried(id, { maxMemoryUsage: 104857600, columns: ['id'] });
    assert.deepEqual(idsOf(await elsewhere.blob.text()), [4, 14, 24, 34]);
});

test('arrays, several inputs, streams that are given anew', async () => {
    const array = [{ id: 0 }, { id: 1 }, { id: 2, text: { toJSON: () => assert.fail('no') } }];
    const inputs = [new Blob([linesWith(50, new Set([3, 49])).join('\n')]), new Blob([linesWith(50, new Set([0, 1])).join('\n')]), array];
    const { id, report } = await first({ inputs });
    const indexes = [3, 49, 50, 51, 102];
    assert.deepEqual(report.defects.map(({ record }) => record), indexes);
    const error = await retried(id).catch((thrown) => thrown);
    assert.deepEqual(error.report.defects, report.defects);
    array[2].text = 'mended';
    const mended = { inputs: [new Blob([linesWith(50, new Set()).join('\n')]), inputs[1], array] };
    assert.deepEqual(idsOf(await (await retried(id, { source: mended })).blob.text()), [3, 49, 2]);

    const lines = linesWith(200, new Set([5, 60]));
    const stream = await first(piecesOf(Buffer.from(lines.join('\n')), 100));
    const refused = refusal(() => processor.retryRejected(stream.id));
    assert.equal(refused.code, 'UNSUPPORTED');
    assert.match(refused.suggestion, /source/);
    const whole = linesWith(200, new Set());
    const { blob } = await retried(stream.id, { source: piecesOf(Buffer.from(whole.join('\n')), 100) });
    assert.deepEqual(idsOf(await blob.text()), [5, 60]);
    const asArray = await retried(stream.id, { source: `[${whole.join(',')}]` });
    assert.deepEqual(idsOf(await asArray.blob.text()), [5, 60]);
    const shorter = await retried(stream.id, { source: whole.slice(0, 60).join('\n') });
    assert.deepEqual([shorter.report.counts.read, shorter.report.warnings.map(({ code, count }) => [code, count])], [1, [['RECORD_NOT_FOUND', 1]]]);
});

test('a broken place of a JSON array is rejected again', async () => {
    const text = '[{"id":0},{"id":1},{"id":2,"text":?},{"id":3}]';
    const { id, report } = await first(text);
    const error = await retried(id).catch((thrown) => thrown);
    const bare = ({ report: { defects } }) => defects.map(({ excerpt, ...defect }) => defect);
    assert.deepEqual(bare(error), bare({ report }));
    const { blob } = await retried(id, { source: text.replace('?', '"mended"') });
    assert.equal(await blob.text(), '{"id":2,"text":"mended"}\n{"id":3}\n');
});

test('a mended array gives what stood at the broken place and all behind it, which nobody had read', async () => {
    const many = Array.from({ length: 900 }, (_, id) => JSON.stringify({ id }));
    const whole = `[${many.join(',')}]`;
    for (const at of [1, 2, 434, 899]) {
        const array = (/** @type {string} */ between) => `[${many.slice(0, at).join(',')}${between}${many.slice(at).join(',')}]`;
        for (const broken of [array(''), array(' "x" '), array(',,'), array(',}'), `[${many.slice(0, at).join(',')}`, `[${many.slice(0, at).join(',')}] more`])
            for (const chunkSize of [undefined, 7]) {
                const { id, report } = await first(broken, { format: 'json', json: ROWS.json, ...(chunkSize ? { chunkSize } : {}) });
                const written = report.counts.written;
                assert.equal(report.counts.rejected, 1);
                const same = await retried(id).catch((thrown) => thrown);
                assert.equal(same.code, 'NOTHING_EXPORTED', broken.slice(0, 50));
                assert.ok(same.suggestion);
                const { blob, report: mended } = await retried(id, { source: whole });
                assert.deepEqual(idsOf(await blob.text()), many.map((_, index) => index).slice(written));
                assert.deepEqual([mended.warnings, mended.counts.read], [[], many.length - written]);
                const nothing = await retried(id, { source: `[${many.slice(0, written).join(',')}]` });
                assert.deepEqual([await nothing.blob.text(), nothing.report.warnings, nothing.report.counts.read], ['', [], 0]);
            }
    }
});

test('files of what was rejected are called otherwise than the first ones, unless they are given a name', async () => {
    const lines = linesWith(20, new Set([4])).join('\n');
    const whole = new File([linesWith(20, new Set()).join('\n')], 'mended.ndjson');
    const named = async (options, changes = {}) => {
        const { id, fileName } = await first(new File([lines], 'records.ndjson'), { format: 'csv', ...options });
        const again = await retried(id, { source: whole, ...changes });
        const third = await processor.retryExport(again.id).result;
        assert.equal(third.fileName, again.fileName);
        return [fileName, again.fileName, ...again.files.slice(1).map((file) => file.fileName)];
    };
    assert.deepEqual(await named({}), ['records.csv', 'mended (rejected).csv']);
    assert.deepEqual(await named({ fileName: 'looks.tsv' }), ['looks.tsv', 'looks (rejected).tsv']);
    assert.deepEqual(await named({ fileName: 'looks', compression: 'gzip' }), ['looks.csv.gz', 'looks (rejected).csv.gz']);
    assert.deepEqual(await named({ fileName: 'looks.zip', compression: 'zip' }), ['looks.zip', 'looks (rejected).csv.zip']);
    assert.deepEqual(await named({ fileName: 'looks', format: 'xml' }), ['looks.xml', 'looks (rejected).xml', 'looks (rejected).xsd']);
    assert.deepEqual(await named({ fileName: 'looks' }, { fileName: 'rest' }), ['looks.csv', 'rest.csv']);
    const batch = await processor.batchExport(lines, ['csv'], { zip: true, fileName: 'all.zip' }).result;
    assert.equal((await retried(batch.id, { source: whole })).fileName, 'all (rejected).zip');
});

test('more rejected records than a report lists are known all the same; too scattered ones are not', async () => {
    const many = (count, isBad) => Array.from({ length: count }, (_, id) => (isBad(id) ? '{' : `{"id":${id}}`)).join('\n');
    const { id, report } = await first(many(60000, (at) => at % 4 !== 0), { ...ROWS, chunkSize: 5000 });
    assert.deepEqual([report.counts.rejected, report.defects.length], [45000, 10000]);
    const again = await retried(id, { source: many(60000, () => false) });
    assert.equal(again.report.counts.written, 45000);
    const scattered = await first(many(140000, (at) => at % 2 === 1), { ...ROWS, chunkSize: 5000 });
    assert.equal(refusal(() => processor.retryRejected(scattered.id)).code, 'REJECTED_UNKNOWN');
});

test('any number of records that stand together are exported again', async () => {
    const processor = new ExportProcessor();
    const count = 300000;
    const broken = Array.from({ length: count }, (_, at) => (at === 1 ? '1\n' : `${'x'.repeat(60)}\n`)).join('');
    const { id } = await processor.startExport(broken, { format: 'json', chunkSize: 5000 }).result;
    const { report } = await processor.retryRejected(id, { source: '1\n'.repeat(count), chunkSize: null }).result;
    assert.equal(report.counts.written, count - 1);
    await processor.dispose();
});

test('what cannot be done again says why', async () => {
    const lines = linesWith(20, new Set([4])).join('\n');
    const whole = await first(linesWith(20, new Set()).join('\n'));
    const failed = processor.startExport(lines, { ...ROWS, onError: 'fail' });
    await assert.rejects(failed.result);
    const running = processor.startExport(lines, ROWS);
    for (const [act, code] of [
        [() => processor.retryRejected('export-999'), 'UNSUPPORTED'],
        [() => processor.retryRejected(Symbol('none')), 'UNSUPPORTED'],
        [() => processor.retryRejected(running.id), 'UNSUPPORTED'],
        [() => processor.retryRejected(failed.id), 'UNSUPPORTED'],
        [() => processor.retryRejected(whole.id), 'NOTHING_REJECTED'],
    ]) {
        const error = refusal(act);
        assert.equal(error.code, code);
        assert.ok(error.suggestion);
    }
    await running.result;
    assert.equal(refusal(() => processor.retryRejected(running.id, 'csv')).code, 'INVALID_OPTION');
    assert.equal(refusal(() => processor.retryRejected(running.id, { formats: ['csv'] })).code, 'UNKNOWN_OPTION');
    const error = await retried(running.id, { colums: [] }).catch((thrown) => thrown);
    assert.equal(error.code, 'UNKNOWN_OPTION');
    await processor.dispose();
});
