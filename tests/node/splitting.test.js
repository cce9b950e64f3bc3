// Records are found whatever the cuts: every byte is a seam once, and chunk sizes and workers change nothing.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ExportProcessor } from '../../dist/index.node.js';
import { exported, linesOf, piecesOf, recordsOf } from './support.js';

const encoder = new TextEncoder();
const few = [{ a: '}]"\\', b: [1, { c: ']' }] }, 7, 'x,y', [], { ä: '\u{1f388}"\n' }, null];

const TEXTS = {
    lines: few.map((record) => `${JSON.stringify(record)}\r\n`).join(' \n'),
    'lines without the last break': few.map((record) => JSON.stringify(record)).join('\n'),
    'lines that are arrays first': `[1]\n${few.map((record) => JSON.stringify(record)).join('\n')}`,
    array: ` \n[ ${few.map((record) => JSON.stringify(record, null, 1)).join(' , ')} ]\n`,
    'array with a mark': `\ufeff[${few.map((record) => JSON.stringify(record)).join(',')}]`,
};

for (const [name, text] of Object.entries(TEXTS))
    test(`every byte as a seam: ${name}`, async () => {
        const processor = new ExportProcessor({ workers: 2 });
        const bytes = encoder.encode(text);
        const records = text.startsWith('[1]') ? [[1], ...few] : few;
        const wanted = `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`;
        const texts = Array.from({ length: bytes.length + 1 }, async (_, seam) => {
            async function* halves() {
                yield bytes.subarray(0, seam);
                yield bytes.subarray(seam);
            }
            const job = processor.startExport(halves(), { format: 'json', chunkSize: 1 + (seam % 3) });
            return (await job.result).blob.text();
        });
        for (const [seam, text] of (await Promise.all(texts)).entries()) assert.equal(text, wanted, `seam ${seam}`);
        await processor.dispose();
    });

/** For what would take hours, were it gone over again and again. */
const soon = { timeout: 120000 };

test('very many blank lines before a record', soon, async () => {
    for (const chunkSize of [undefined, 10])
        assert.equal((await exported(`${'\n'.repeat(1000000)}{"a":1}\n`, { format: 'csv', chunkSize })).text, 'a\r\n1\r\n');
});

test('lines of blanks that are larger than a record may be', async () => {
    const blanks = ' '.repeat(5000000);
    const { text, report } = await exported(`${blanks}{"a":1}\n${blanks}\n{"a":2}\n${blanks}`, { format: 'csv' });
    assert.equal(text, 'a\r\n1\r\n2\r\n');
    assert.equal(report.counts.read, 2);
});

test('one batch of very many records', soon, async () => {
    async function* batch() {
        yield Array.from({ length: 2000000 }, (_, a) => ({ a }));
    }
    assert.equal((await exported(batch(), { format: 'csv' })).report.counts.written, 2000000);
});

test('chunk sizes and workers change nothing', async () => {
    const records = recordsOf(3000);
    const bytes = encoder.encode(linesOf(records));
    const sources = {
        bytes: () => bytes,
        array: () => records,
        text: () => linesOf(records),
        'JSON text': () => JSON.stringify(records, null, 2),
        iterable: () => new Set(records),
        batches: async function* () {
            for (let at = 0; at < records.length; at += 999) yield records.slice(at, at + 999);
        },
        gzip: () => piecesOf(Buffer.concat([gzipSync(bytes.subarray(0, 5000)), gzipSync(bytes.subarray(5000))]), 777),
        blob: () => new Blob([bytes]),
        response: () => new Response(bytes),
        stream: () => new Blob([bytes]).stream(),
        'text pieces': () => textPieces(linesOf(records)),
    };
    const twice = await exported(bytes, { format: 'csv', workers: 1 });
    const once = await exported(new Set(records), { format: 'csv', workers: 1 }); // has the column _extra
    for (const [name, make] of Object.entries(sources))
        for (const [chunkSize, workers] of [[undefined, 2], [7, 4], [1000, 1]]) {
            const { text, report } = await exported(make(), { format: 'csv', chunkSize, workers });
            const wanted = report.columns.some(({ key }) => key === '_extra') ? once : twice;
            assert.ok(text === wanted.text, `${name}, chunks of ${chunkSize}, ${workers} workers`);
            assert.deepEqual(report.counts, wanted.report.counts);
            assert.deepEqual(report.columns, wanted.report.columns);
        }
    const single = await exported(bytes.subarray(0, 20000), { format: 'csv', chunkSize: 1, workers: 4 });
    assert.equal(single.text, (await exported(bytes.subarray(0, 20000), { format: 'csv' })).text);
});

/** Text whose surrogate pairs are cut between pieces. */
async function* textPieces(text) {
    for (let at = 0; at < text.length; at += 4093) yield text.slice(at, at + 4093);
}

test('half surrogate pairs are counted, whole ones survive any cut', async () => {
    const text = `${JSON.stringify({ a: '🎈'.repeat(40000) })}\n{"a":"\ud800 \udfff"}\n`;
    const { text: csv, report } = await exported(text, { format: 'csv', columns: ['a'] });
    assert.equal(csv, `a\r\n${'🎈'.repeat(40000)}\r\n\ufffd \ufffd\r\n`);
    assert.deepEqual(report.warnings.map(({ code, count }) => [code, count]), [['LONE_SURROGATE', 2]]);
});

test('a limit ends at the same record, and what lies behind is not looked at', async () => {
    const lines = `{"a":1}\nbad\n{"a":2}\n{"a":3}\nbad\n{"late":1}\n`;
    for (const chunkSize of [undefined, 1, 2, 100])
        for (const source of [lines, piecesOf(encoder.encode(lines), 3)]) {
            const { text, report } = await exported(source, { format: 'csv', limit: 3, chunkSize });
            assert.equal(text, 'a\r\n1\r\n2\r\n3\r\n');
            assert.deepEqual(report.counts, { read: 4, written: 3, filtered: 0, rejected: 1 });
        }
    const { text, report } = await exported(lines, { format: 'json', limit: 0 });
    assert.equal(text, '[]\n');
    assert.equal(report.counts.read, 0);
});

test('keys that appear late in a stream go to _extra, wherever the stream is cut', async () => {
    const records = Array.from({ length: 1005 }, (_, a) => (a < 1002 ? { a } : { a, late: a }));
    const wanted = (await exported(new Set(records), { format: 'csv' })).text;
    assert.ok(wanted.endsWith('1003,"{""late"":1003}"\r\n1004,"{""late"":1004}"\r\n'));
    for (const [piece, chunkSize] of [[1, undefined], [100, 7], [65536, 1000]]) {
        const { text, report } = await exported(piecesOf(encoder.encode(linesOf(records)), piece), { format: 'csv', chunkSize });
        assert.equal(text, wanted);
        assert.equal(report.warnings.find(({ code }) => code === 'LATE_KEY')?.count, 3);
    }
});
