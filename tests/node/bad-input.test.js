// Input and output that go wrong: each is an ExportError or a rejected record with its place, and counts reconcile.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ExportError, ExportProcessor } from '../../dist/index.node.js';
import { fileSink, fileSource, stdoutSink } from '../../dist/node.js';
import { exported, failure, linesOf, piecesOf, recordsOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const encoder = new TextEncoder();

test('input that cannot be exported', async () => {
    const random = Uint8Array.from({ length: 50000 }, (_, i) => 1 + ((i * 7919) % 255));
    const packed = gzipSync(linesOf(recordsOf(500)));
    const cycle = {};
    cycle.self = cycle;
    /** @type {[string, any, string, RegExp?][]} */
    const cases = [
        ['binary', random, 'NOTHING_EXPORTED'],
        ['an image', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13), 'NOTHING_EXPORTED'],
        ['UTF-16 with a mark', Buffer.from('\ufeff{"a":1}\n', 'utf16le'), 'SOURCE_ENCODING'],
        ['UTF-16 without', Buffer.from('{"a":1}\n', 'utf16le'), 'SOURCE_ENCODING'],
        ['UTF-32', Uint8Array.of(0, 0, 0, 0x7b), 'SOURCE_ENCODING'],
        ['a gzip file that was cut', packed.subarray(0, packed.length - 20), 'SOURCE_FAILED'],
        ['a file that is not there', fileSource(join(folder, 'none.ndjson')), 'SOURCE_FAILED'],
        ['a folder', fileSource(folder), 'SOURCE_FAILED'],
        ['a number', 7, 'SOURCE_TYPE', /number/],
        ['null', null, 'SOURCE_TYPE', /null/],
        ['a promise', Promise.resolve([]), 'SOURCE_TYPE', /Promise.*await/],
        ['a function', () => [], 'SOURCE_TYPE', /function.*call/],
        ['records with cycles only', [cycle], 'NOTHING_EXPORTED', /cycle/],
        ['a response that is none', new Response('', { status: 404 }), 'SOURCE_FAILED'],
    ];
    for (const [name, source, code, says = /./] of cases) {
        const error = await failure(source, { format: 'csv' });
        assert.ok(error instanceof ExportError, name);
        assert.equal(error.code, code, name);
        assert.match(`${error.message}; ${error.suggestion}`, says, name);
        assert.ok(error.suggestion, name);
    }
});

test('a reader that tells no number of bytes fails', async () => {
    for (const count of [undefined, NaN, -1, 1.5, '5', 1e9, new Uint8Array(2)])
        for (const again of [true, false]) {
            const source = { name: 'own.ndjson', again, openReader: () => ({ read: () => count, close() {} }) };
            const { code, message } = await failure(source, { format: 'json' });
            assert.deepEqual([code, /read gave/.test(message)], ['SOURCE_FAILED', true], String(count));
        }
});

test('an endless source of nothing lets itself be cancelled', async () => {
    const pieces = [new Uint8Array(0), '', ' \n'.repeat(100), encoder.encode('\n'.repeat(5000)), '[' + ' '.repeat(999)];
    for (const piece of pieces) {
        async function* source() {
            for (;;) yield piece;
        }
        const started = Date.now();
        assert.equal((await failure(source(), { format: 'csv', signal: AbortSignal.timeout(100) })).code, 'CANCELLED');
        assert.ok(Date.now() - started < 10000);
    }
    let blanks = encoder.encode('\n'.repeat(5000));
    const own = { name: 'x.ndjson', again: false, openReader: () => ({ read: (view) => (view.set(blanks.subarray(0, 4096)), 4096), close() {} }) };
    assert.equal((await failure(own, { format: 'json', signal: AbortSignal.timeout(100) })).code, 'CANCELLED');
});

test('what stands behind the end of gzip data is not passed over in silence, but for padding', async () => {
    const [member, more, zeros] = [gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n'), Buffer.alloc(70000)];
    const cases = [[[member, zeros], 1], [[member, more, zeros.subarray(0, 3)], 2], [[member, zeros, more], 'SOURCE_FAILED'], [[member, zeros, encoder.encode('{}\n')], 'SOURCE_FAILED'], [[member, zeros.subarray(0, 1), encoder.encode('x')], 'SOURCE_FAILED'], [[member, encoder.encode('x')], 'SOURCE_FAILED']];
    for (const [pieces, wanted] of cases)
        for (const make of [() => new Blob(pieces), () => piecesOf(Buffer.concat(pieces), 4096), () => piecesOf(Buffer.concat(pieces), member.length), () => (async function* () { yield* pieces; })()]) {
            const outcome = await exported(make(), { format: 'json' }).then(({ report }) => report.counts.written, ({ code }) => code);
            assert.equal(outcome, wanted);
        }
});

test('what a source cannot do is its own failure', async () => {
    const buffer = encoder.encode('{"a":1}\n').buffer;
    structuredClone(buffer, { transfer: [buffer] });
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const read = () => {
        let left = encoder.encode('{"a":1}\n');
        return (view) => (view.set(left), ([left] = [left.subarray(left.length), left])[1].length);
    };
    const closing = { name: 'x.ndjson', again: true, openReader: () => ({ read: read(), close() { throw new Error('stuck'); } }) };
    for (const [source, says] of [[buffer, /detached/], [proxy, /revoked/], [closing, /stuck/]]) {
        const { code, message } = await failure(source, { format: 'json' });
        assert.deepEqual([code, says.test(message)], ['SOURCE_FAILED', true], message);
    }
    const nameless = { name: 5, again: true, openReader: () => ({ read: read(), close() {} }) };
    assert.equal((await exported(nameless, { format: 'csv' })).text, 'a\r\n1\r\n');
    for (const make of [fileSource, fileSink])
        for (const path of [undefined, null, '', 5, {}, new URL('http://x/y')]) assert.throws(() => make(path), { code: 'INVALID_OPTION' });
});

test('streams of Node that have ended, or end while they are written, are failures of the output', async () => {
    const writable = (write = (bytes, encoding, done) => done()) => new Writable({ write });
    const ended = writable();
    ended.end();
    const destroyed = writable();
    destroyed.destroy();
    const closing = writable(() => void setTimeout(() => closing.destroy(), 5));
    const failing = writable(() => void setTimeout(() => failing.destroy(new Error('pulled out')), 5));
    const cases = [[ended, /has ended/], [destroyed, /has ended/], [stdoutSink(closing), /was closed/], [stdoutSink(failing), /pulled out/], [stdoutSink(destroyed), /destroyed|closed/]];
    for (const [sink, says] of cases) {
        const { code, message } = await failure([{ a: 1 }], { format: 'csv', sink });
        assert.deepEqual([code, says.test(message)], ['SINK_FAILED', true], message);
    }
});

test('the cause of a failure is kept', async () => {
    const cause = new Error('the line went dead');
    async function* source() {
        yield { a: 1 };
        throw cause;
    }
    const error = await failure(source(), { format: 'csv' });
    assert.deepEqual([error.code, error.cause, error.retryable], ['SOURCE_FAILED', cause, true]);
    assert.equal((await failure(fileSource('/none'), { format: 'csv' })).cause.code, 'ENOENT');
});

test('bad records have an index and a byte offset, whole ones are written', async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":1}\n\n{"a":}\n{"a":"'), Buffer.of(0xff), Buffer.from('"}\n{"a":4}\n{"a":')]);
    for (const make of [() => bytes, () => piecesOf(bytes, 1), () => new Blob([bytes])])
        for (const chunkSize of [undefined, 1]) {
            const { text, report } = await exported(make(), { format: 'csv', chunkSize });
            assert.equal(text, 'a\r\n1\r\n4\r\n');
            assert.deepEqual(report.counts, { read: 5, written: 2, filtered: 0, rejected: 3 });
            assert.ok(report.partial);
            assert.deepEqual(
                report.defects.map(({ record, offset, code }) => [record, offset, code]),
                [[1, 14, 'SYNTAX'], [2, 22, 'INVALID_UTF8'], [4, 39, 'TRUNCATED']],
            );
        }
});

test('a NUL at the start of a record is that record\'s', async () => {
    const { report } = await exported('{"\0a":1}\n{"a":2}\n', { format: 'csv' });
    assert.deepEqual(report.defects.map(({ record, offset, code }) => [record, offset, code]), [[0, 2, 'INVALID_STRING']]);
});

test('arrays that are broken end the export there', async () => {
    const cases = [
        ['[1,2', [1, 2], ['ARRAY_NOT_CLOSED', 4]],
        ['[1,2,', [1, 2], ['SYNTAX', 5]],
        ['[{"a":1},{"a":', [{ a: 1 }], ['TRUNCATED', 14]],
        ['[{"a":1}]\n[3]', [{ a: 1 }], ['TRAILING_CONTENT', 10]],
        ['[1,2]\n3', [1, 2], ['TRAILING_CONTENT', 6]],
        ['[1,,2]', [1], ['SYNTAX', 3]],
        ['[1,2,]', [1, 2], ['SYNTAX', 5]],
    ];
    for (const [input, records, [code, offset]] of cases)
        for (const chunkSize of [undefined, 1]) {
            const { text, report } = await exported(encoder.encode(input), { format: 'json', chunkSize });
            assert.deepEqual(JSON.parse(text), records, input);
            assert.deepEqual([report.defects.length, report.defects[0].code, report.defects[0].offset], [1, code, offset], input);
            assert.ok(report.warnings.some((warning) => warning.code === 'INPUT_ENDED_EARLY'), input);
            assert.equal(report.counts.read, report.counts.written + report.counts.rejected);
        }
    const { report } = await exported('[1,{"a":2},{"b":4},]', { format: 'json', workers: 1, chunkSize: 2 });
    assert.deepEqual(report.columns.map(({ key }) => key), ['value', 'a', 'b'], 'the last record before the broken place tells its keys');
    assert.equal((await failure('[', { format: 'json' })).code, 'NOTHING_EXPORTED');
    assert.equal((await exported('[ ]\n', { format: 'json' })).text, '[]\n');
    assert.equal((await exported('', { format: 'json' })).text, '[]\n');
});

test('a record of 64 MB is skipped without being held', async () => {
    const large = '{"a":"' + 'x'.repeat(1 << 20);
    for (const isArray of [false, true]) {
        async function* source() {
            yield isArray ? '[{"a":1},\n' : '{"a":1}\n';
            for (let i = 0; i < 64; i += 1) yield i === 0 ? large : large.slice(6);
            yield isArray ? '"},\n{"a":2}]' : '"}\n{"a":2}\n';
        }
        const { text, report } = await exported(source(), { format: 'csv', columns: ['a'] });
        assert.equal(text, 'a\r\n1\r\n2\r\n');
        const { record, offset, code } = report.defects[0];
        assert.deepEqual([record, offset, code], [1, isArray ? 10 : 8, 'RECORD_TOO_LARGE']);
        assert.ok(report.peakMemoryBytes < 32e6, `${report.peakMemoryBytes} bytes`);
    }
});

test('objects that cannot be written are rejected with their index', async () => {
    const loop = { a: 0 };
    loop.self = loop;
    const records = [{ a: 1 }, loop, { a: loop }, undefined, { get a() { throw new Error('no'); } }, { a: 3 }, () => 1];
    for (const source of [records, new Set(records)])
        for (const chunkSize of [undefined, 1, 2]) {
            const { text, report } = await exported(source, { format: 'csv', chunkSize });
            assert.equal(text, 'a\r\n1\r\n3\r\n');
            assert.deepEqual(report.defects.map(({ record, code }) => [record, code]), [1, 2, 3, 4, 6].map((at) => [at, 'NOT_SERIALIZABLE']));
            assert.deepEqual(report.counts, { read: 7, written: 2, filtered: 0, rejected: 5 });
        }
    const { report } = await exported([{ a: 1 }, loop, '', JSON.parse('['.repeat(1500) + ']'.repeat(1500))], { format: 'json' });
    assert.deepEqual(report.defects.map(({ record, code }) => [record, code]), [[1, 'NOT_SERIALIZABLE'], [3, 'NESTED_TOO_DEEP']]);
});

test('onError and maxErrors', async () => {
    const input = '{"a":1}\nbad\nworse\n';
    const first = await failure(input, { format: 'csv', onError: 'fail' });
    assert.deepEqual([first.code, first.record, first.offset], ['SYNTAX', 1, 8]);
    assert.equal((await failure(input, { format: 'csv', maxErrors: 1 })).code, 'TOO_MANY_REJECTED');
    assert.equal((await exported(input, { format: 'csv', maxErrors: 2 })).report.counts.rejected, 2);
    const { report } = await exported(`{"a":1}\n${'bad\n'.repeat(12000)}`, { format: 'csv', chunkSize: 50 });
    assert.equal(report.defects.length, 10000);
    assert.deepEqual(report.warnings.map(({ code, count }) => [code, count]), [['DEFECTS_NOT_LISTED', 2000]]);
});

test('options that are wrong', async () => {
    const cases = [
        [{ format: 'cvs' }, 'UNKNOWN_FORMAT', /csv/],
        [{ format: 'csv', chunksize: 5 }, 'UNKNOWN_OPTION', /chunkSize/],
        [{ format: 'csv', csv: { delimitr: ';' } }, 'UNKNOWN_OPTION', /csv\.delimiter/],
        [{ format: 'csv', csv: { delimiter: 'ab' } }, 'INVALID_OPTION', /delimiter/],
        [{ format: 'csv', limit: -1 }, 'INVALID_OPTION', /limit/],
        [{ format: 'csv', sink: {} }, 'INVALID_OPTION', /sink/],
        [{}, 'INVALID_OPTION', /format/],
        [undefined, 'INVALID_OPTION', /options/],
        [{ format: 'csv', includeStatistics: 1 }, 'INVALID_OPTION', /includeStatistics/],
        [{ format: 'xlsx', xlsx: { level: NaN } }, 'INVALID_OPTION', /xlsx\.level/],
        [{ format: 'xlsx', xlsx: { table: () => true } }, 'INVALID_OPTION', /xlsx\.table/],
        [{ format: 'pdf', pdf: { title: Symbol('title') } }, 'INVALID_OPTION', /pdf\.title/],
        [{ format: 'csv', arrays: 5n }, 'INVALID_OPTION', /arrays/],
        [{ format: 'xlsx', columns: [{ key: 'a', width: Infinity }] }, 'INVALID_OPTION', /width/],
        [{ format: 'csv', onProgress: 5 }, 'INVALID_OPTION', /onProgress/],
        [{ format: 'csv', delimiter: ';' }, 'UNKNOWN_OPTION', /csv\.delimiter/],
        [{ format: 'json', pretty: true }, 'UNKNOWN_OPTION', /json\.pretty/],
        [{ format: 'csv', includeStats: true }, 'UNKNOWN_OPTION', /includeStatistics/],
        [{ format: 'pdf', pdf: { pageSize: 'letter' } }, 'INVALID_OPTION', /did you mean 'Letter'/],
        [{ format: 'csv', arrays: 'jsonn' }, 'INVALID_OPTION', /did you mean 'json'/],
        [{ format: 'csv', onError: 'skipp' }, 'INVALID_OPTION', /did you mean 'skip'/],
        [{ format: 'csv', sink: 'file.csv' }, 'INVALID_OPTION', /fileSink/],
        [{ format: 'csv', sink: Readable.from([]) }, 'INVALID_OPTION', /a stream that is written to/],
    ];
    for (const [options, code, text] of cases) {
        const error = await failure('{}', options);
        assert.equal(error.code, code);
        assert.match(`${error.message} ${error.suggestion}`, text);
    }
});

test('options that hold one another, as the columns of a table library do, are an error at once', async () => {
    const group = { key: 'a' };
    group.columns = Array.from({ length: 6 }, () => ({ key: 'b', parent: group }));
    for (const columns of [[group], group.columns]) {
        const { code, suggestion } = await failure([{ a: 1 }], { format: 'csv', columns });
        assert.deepEqual([code, /plain objects/.test(suggestion)], ['INVALID_OPTION', true]);
    }
    const shared = { key: 'a' };
    assert.equal((await exported([{ a: 1 }], { format: 'csv', columns: [shared], csv: JSON.parse('{"delimiter":";"}') })).text, 'a\r\n1\r\n');
});

test('sinks that fail leave nothing behind', async () => {
    const throwing = { write: () => Promise.reject(new Error('no space')), close() {}, abort() { throw new Error('nor here'); } };
    const synchronous = { write() { throw new Error('no'); }, close() {} };
    for (const sink of [throwing, synchronous]) assert.equal((await failure(recordsOf(9), { format: 'csv', sink })).code, 'SINK_FAILED');
    const full = await failure(recordsOf(9000), { format: 'csv', sink: fileSink('/dev/full') });
    assert.deepEqual([full.code, full.cause.code], ['SINK_FAILED', 'ENOSPC']);
    const place = join(folder, 'sinks');
    mkdirSync(place);
    mkdirSync(join(place, 'taken.csv'));
    const taken = await failure(recordsOf(9), { format: 'csv', sink: fileSink(join(place, 'taken.csv')) });
    assert.equal(taken.code, 'SINK_FAILED');
    assert.equal((await failure('[1', { format: 'csv', onError: 'fail', sink: fileSink(join(place, 'a.csv')) })).code, 'ARRAY_NOT_CLOSED');
    assert.deepEqual(readdirSync(place), ['taken.csv']);
});

test('a file that changes between the two looks at it', async () => {
    const sink = () => new WritableStream(); // it cannot be rewound, so the source is looked at twice
    const path = join(folder, 'changing.ndjson');
    writeFileSync(path, linesOf(recordsOf(100)));
    const onProgress = ({ phase }) => phase === 'encoding' && writeFileSync(path, '{"b":1}\n');
    assert.equal((await failure(fileSource(path), { format: 'csv', sink: sink(), onProgress })).code, 'SOURCE_CHANGED');
    const records = recordsOf(100);
    const shrink = ({ phase }) => phase === 'encoding' && records.splice(50);
    assert.equal((await failure(records, { format: 'csv', sink: sink(), onProgress: shrink })).code, 'SOURCE_CHANGED');
});

test('a file that is cut while it is read', async () => {
    const path = join(folder, 'cut.ndjson');
    writeFileSync(path, '{"a":1}\n'.repeat(200000));
    const sink = { write: () => truncateSync(path, 80000), close() {}, abort() {} };
    const { code, message } = await failure(fileSource(path), { format: 'json', workers: 1, sink });
    assert.equal(code, 'SOURCE_CHANGED');
    assert.match(message, /it had 1600000 bytes/);
});

test('an unreadable file', { skip: process.getuid?.() === 0 && 'root may read everything' }, async () => {
    const path = join(folder, 'secret.ndjson');
    writeFileSync(path, '{}\n');
    chmodSync(path, 0);
    assert.equal((await failure(fileSource(path), { format: 'csv' })).code, 'SOURCE_FAILED');
});

test('workers and modules that cannot be loaded', async () => {
    const cases = [
        [{ workerUrl: new URL('file:///none/worker.js') }, 'WORKER_FAILED'],
        [{ wasmUrl: new URL('file:///none/core.wasm') }, 'WASM_FAILED'],
        [{ wasmUrl: new URL('./support.js', import.meta.url) }, 'WASM_FAILED'],
        [{ createWorker() { throw new Error('not allowed'); } }, 'WORKER_FAILED'],
    ];
    for (const [options, code] of cases) {
        assert.equal((await failure(recordsOf(9), { format: 'csv' }, new ExportProcessor(options))).code, code);
        assert.equal((await failure('[1]', { format: 'json' }, new ExportProcessor(options))).code, code);
    }
});
