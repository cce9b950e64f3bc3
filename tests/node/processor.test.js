// The life of an export: queue, progress, back-pressure, memory, cancel in every phase, retry, and the end of the process.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink, fileSource } from '../../dist/node.js';
import { linesOf, recordsOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const large = join(folder, 'large.ndjson');
const text = linesOf(recordsOf(20000));
writeFileSync(large, text.repeat(10)); // about 17 MB, 200,000 records

/** Remembers what was written and how many writes were open at a time. */
function slowSink(wait) {
    const sink = {
        bytes: 0,
        writing: 0,
        most: 0,
        ended: '',
        async write(bytes) {
            sink.most = Math.max(sink.most, (sink.writing += 1));
            await wait();
            sink.bytes += bytes.length;
            sink.writing -= 1;
        },
        close: () => void (sink.ended = 'closed'),
        abort: () => void (sink.ended = 'aborted'),
    };
    return sink;
}

test('progress is honest and comes in order', async () => {
    const processor = new ExportProcessor();
    const seen = [];
    const job = processor.startExport(fileSource(large), { format: 'csv', onProgress: (progress) => seen.push(progress) });
    const iterated = [];
    for await (const progress of job) iterated.push(progress.phase);
    const { size, report } = await job.result;
    assert.deepEqual([...new Set(seen.map(({ phase }) => phase))], ['analyzing', 'encoding', 'finalizing', 'completed']);
    assert.equal(iterated.at(-1), 'completed');
    const percents = seen.map(({ percent }) => percent ?? 0);
    assert.deepEqual(percents, [...percents].sort((one, other) => one - other));
    const last = seen.at(-1);
    assert.deepEqual([last.percent, last.recordsWritten, last.bytesOut, last.recordsTotal], [100, 200000, size, 200000]);
    assert.ok(Object.isFrozen(last));
    assert.ok(report.peakMemoryBytes <= 32e6 && report.peakMemoryBytes > 1e6, String(report.peakMemoryBytes));
    await processor.dispose();
});

test('a slow sink holds the source back', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    let taken = 0;
    function* source() {
        for (const record of recordsOf(60000)) {
            taken += 1;
            yield record;
        }
    }
    /** @type {() => void} */
    let release = () => {};
    const sink = slowSink(() => new Promise((resolve) => (release = resolve)));
    const job = processor.startExport(source(), { format: 'json', sink });
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.ok(taken < 40000, `${taken} records were taken while the first write hung`);
    const timer = setInterval(() => release(), 1);
    const { size } = await job.result.finally(() => clearInterval(timer));
    assert.deepEqual([sink.bytes, sink.most, sink.ended, taken], [size, 1, 'closed', 60000]);
    await processor.dispose();
});

test('cancel in every phase leaves no file and no worker', async () => {
    for (const phase of ['queued', 'analyzing', 'encoding', 'finalizing']) {
        const processor = new ExportProcessor();
        const place = join(folder, `cancel-${phase}`);
        const sink = fileSink(join(folder, `cancelled-${phase}.csv`));
        let cancelled;
        const onProgress = (progress) => {
            if (progress.phase === phase) cancelled ??= processor.cancelExport(progress.id);
        };
        const job = processor.startExport(fileSource(large), { format: 'csv', sink, onProgress });
        if (phase === 'queued') cancelled = job.cancel();
        const started = Date.now();
        await assert.rejects(job.result, { code: 'CANCELLED' });
        assert.equal(await cancelled, true, place);
        assert.ok(Date.now() - started < 3000);
        assert.equal(job.progress.phase, 'cancelled');
        assert.equal(await job.cancel(), false);
        await processor.dispose();
    }
    assert.deepEqual(readdirSync(folder), ['large.ndjson']);
});

test('cancel settles although source or sink hang', async () => {
    const processor = new ExportProcessor();
    const never = new Promise(() => {});
    const hanging = { write: () => never, close() {}, abort: () => never };
    async function* stuck() {
        yield { a: 1 };
        await never;
    }
    const signal = AbortSignal.timeout(100);
    const started = Date.now();
    const jobs = [
        processor.startExport(stuck(), { format: 'csv', signal }),
        processor.startExport(new ReadableStream({ pull: () => never }), { format: 'json', signal }),
        processor.startExport([{ a: 1 }], { format: 'csv', signal, sink: hanging }),
    ];
    const timer = setTimeout(() => {}, 5000);
    for (const { result } of jobs) await assert.rejects(result, { code: 'CANCELLED' });
    clearTimeout(timer);
    assert.ok(Date.now() - started < 4000);
    await processor.dispose();
});

test('maxConcurrent, snapshots and the queue', async () => {
    const processor = new ExportProcessor({ maxConcurrent: 2 });
    let most = 0;
    const stop = processor.subscribe(() => (most = Math.max(most, processor.getSnapshot().running)));
    assert.equal(processor.getSnapshot(), processor.getSnapshot());
    const jobs = [1, 2, 3, 4, 5].map((count) => processor.startExport(recordsOf(count * 1000), { format: 'csv' }));
    assert.equal(processor.getSnapshot().queued, 5);
    const results = await Promise.all(jobs.map(({ result }) => result));
    assert.deepEqual(results.map(({ report }) => report.counts.written), [1000, 2000, 3000, 4000, 5000]);
    assert.equal(most, 2);
    stop();
    processor.cleanup();
    assert.equal(processor.getSnapshot().exports.length, 0);
    await processor.dispose();
});

test('retry needs a source that can be read again', async () => {
    const processor = new ExportProcessor();
    let broken = true;
    const sink = { write() { if (broken) throw new Error('not yet'); }, close() {} };
    const first = processor.startExport(recordsOf(5), { format: 'csv', sink });
    assert.throws(() => processor.retryExport(first.id), { code: 'UNSUPPORTED' });
    await assert.rejects(first.result, { code: 'SINK_FAILED', retryable: true });
    broken = false;
    assert.equal((await processor.retryExport(first.id).result).report.counts.written, 5);
    const once = processor.startExport(new Set(recordsOf(5)), { format: 'csv' });
    await once.result;
    assert.throws(() => processor.retryExport(once.id), { code: 'UNSUPPORTED', message: /read only once/ });
    await processor.dispose();
});

test('an iterator that was read already is an error, not a short or empty file', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    const codeOf = (source) => processor.startExport(source, { format: 'json' }).result.then(({ report }) => report.counts.written, ({ code }) => code);
    async function* later() {
        yield* recordsOf(5000);
    }
    for (const make of [() => recordsOf(5000).values(), later]) {
        const [side, by] = [make(), make()];
        assert.deepEqual(await Promise.all([codeOf(side), codeOf(side)]), [5000, 'SOURCE_FAILED']);
        assert.deepEqual([await codeOf(by), await codeOf(by)], [5000, 'SOURCE_FAILED']);
    }
    const stream = createReadStream(large);
    assert.deepEqual([await codeOf(stream), await codeOf(stream)], [200000, 'SOURCE_FAILED']);
    const again = new Set(recordsOf(5000));
    assert.deepEqual([await codeOf(again), await codeOf(again)], [5000, 5000]);
    await processor.dispose();
});

test('standard input that was read already is an error, and streams that stay open are listened to once', async () => {
    const script = `
        import { Writable } from 'node:stream';
        import { ExportProcessor } from ${JSON.stringify(new URL('../../dist/index.node.js', import.meta.url).href)};
        import { stdinSource, stdoutSink } from ${JSON.stringify(new URL('../../dist/node.js', import.meta.url).href)};
        const processor = new ExportProcessor({ workers: 1 });
        const codeOf = (source) => processor.startExport(source, { format: 'csv' }).result.then(({ report }) => report.counts.written, ({ code }) => code);
        const source = stdinSource();
        console.log((await Promise.all([codeOf(source), codeOf(source)])).join(), await codeOf(stdinSource()), await codeOf({ inputs: [[{ a: 1 }], source] }));
        const stream = new Writable({ write: (bytes, encoding, done) => done() });
        for (let i = 0; i < 12; i += 1) await processor.startExport([{ a: 1 }], { format: 'csv', sink: stdoutSink(stream) }).result;
        console.log(stream.listenerCount('error'));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { input: '{"a":1}\n'.repeat(50000), encoding: 'utf8', timeout: 20000 });
    assert.equal(stdout, '50000,SOURCE_FAILED SOURCE_FAILED SOURCE_FAILED\n1\n', stderr);
});

test('options count as they are when an export is started, not when its turn comes', async () => {
    const processor = new ExportProcessor({ workers: 1, maxConcurrent: 1 });
    const options = { format: 'csv', columns: [{ key: 'a' }], csv: { delimiter: ';' }, filter: { a: { $gt: 1 } } };
    const records = [{ a: 1, b: 2 }, { a: 3, b: 4 }];
    const first = processor.startExport(records, options);
    const batch = processor.batchExport(records, [options], { includeRawData: true });
    options.columns[0].key = 'b';
    options.columns.push('a');
    options.csv.delimiter = ',';
    options.filter.a.$gt = 0;
    const later = processor.startExport(records, options);
    options.format = 'json';
    const textOf = async (result) => (await result).blob.text();
    assert.equal(await textOf(first.result), 'a\r\n3\r\n');
    assert.equal(await textOf(batch.result.then(({ results }) => results[0])), 'a;_raw\r\n3;"{""a"":3,""b"":4}"\r\n');
    assert.equal(await textOf(later.result), 'b,a\r\n2,1\r\n4,3\r\n');
    assert.equal(await textOf(processor.retryExport(first.id).result), 'a\r\n3\r\n');
    await processor.dispose();
});

test('an abort tells why', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    const abort = new AbortController();
    const { result } = processor.startExport(recordsOf(100), { format: 'csv', signal: abort.signal });
    abort.abort('the user went home');
    const { code, cause } = await result.catch((error) => error);
    assert.deepEqual([code, cause], ['CANCELLED', 'the user went home']);
    await processor.dispose();
});

test('what is done again does not heed a signal that was aborted before', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    const abort = new AbortController();
    const { signal } = abort;
    const source = '{"a":1}\nbad\n';
    const job = processor.startExport(source, { format: 'csv', signal });
    const batch = processor.batchExport(source, [{ format: 'csv', signal }, 'json'], { signal });
    await Promise.all([job.result, batch.result]);
    abort.abort();
    const rows = async (result) => (await result).report.counts.written;
    assert.equal(await rows(processor.retryExport(job.id).result), 1);
    assert.deepEqual((await processor.retryExport(batch.id).result).errors, [undefined, undefined]);
    const mended = '{"a":1}\n{"a":2}\n';
    assert.equal(await rows(processor.retryRejected(job.id, { source: mended }).result), 1);
    assert.deepEqual((await processor.retryRejected(batch.id, { source: mended }).result).errors, [undefined, undefined]);
    await assert.rejects(processor.retryRejected(job.id, { source: mended, signal }).result, { code: 'CANCELLED' });
    await processor.dispose();
});

test('each subscription counts, and only functions are taken', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    let told = 0;
    const listener = () => (told += 1);
    const [first] = [processor.subscribe(listener), processor.subscribe(listener)];
    assert.equal(first(), undefined);
    first();
    await processor.startExport([{ a: 1 }], { format: 'csv' }).result;
    assert.ok(told > 0);
    assert.throws(() => processor.subscribe(undefined), { code: 'INVALID_OPTION' });
    await processor.dispose();
});

test('a WritableStream may keep what it is given', async () => {
    const processor = new ExportProcessor();
    const kept = [];
    const sink = new WritableStream({ write: (bytes) => void kept.push(bytes) });
    await processor.startExport(fileSource(large), { format: 'json', json: { shape: 'ndjson' }, sink }).result;
    assert.ok(Buffer.concat(kept).equals(Buffer.from(text.repeat(10))));
    await processor.dispose();
});

test('a Writable of Node is a sink, and its failure that of the export', async () => {
    const processor = new ExportProcessor();
    const path = join(folder, 'streamed.json');
    const options = { format: 'json', json: { shape: 'ndjson' } };
    await processor.startExport(fileSource(large), { ...options, sink: createWriteStream(path) }).result;
    assert.equal(readFileSync(path, 'utf8'), text.repeat(10));
    const job = processor.startExport(fileSource(large), { ...options, sink: createWriteStream(join(folder, 'none', 'a.json')) });
    await assert.rejects(job.result, { code: 'SINK_FAILED' });
    assert.throws(() => processor.retryExport(job.id), { code: 'UNSUPPORTED' });
    await processor.dispose();
});

test('a program ends by itself, and no rejection is left unhandled', async () => {
    const script = `
        import { ExportProcessor } from ${JSON.stringify(new URL('../../dist/index.node.js', import.meta.url).href)};
        process.on('unhandledRejection', () => process.exit(9));
        const processor = ExportProcessor.getInstance();
        processor.startExport('bad', { format: 'csv' });
        processor.startExport([{ a: 1 }], { format: 'csv', columns: 'wrong' });
        console.error = () => {};
        const sink = { write() { throw new Error('full'); }, close() {}, abort: () => new Promise(() => {}) }; // nothing keeps the program then
        await processor.startExport([{ a: 1 }], { format: 'csv', sink }).result.catch(() => {});
        const onProgress = async () => { throw new Error('late'); };
        processor.subscribe(onProgress);
        await processor.batchExport([{ a: 1 }], [{ format: 'csv', onProgress }], { onProgress }).result;
        await processor.startExport([{ a: 1 }], { format: 'csv' }).result;
        console.log('done');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 10000 });
    assert.equal(stdout, 'done\n');
});

test('cancelled while its file is closed, an export leaves none', async () => {
    const processor = new ExportProcessor();
    const path = join(folder, 'closing.csv');
    const outcomes = new Set();
    for (let at = 0; at < 60; at += 1) {
        const sink = fileSink(path);
        const { open, close } = sink;
        const opened = new Promise((resolve) => {
            sink.open = () => {
                resolve(undefined);
                return open();
            };
        });
        const closing = new Promise((resolve) => {
            sink.close = () => {
                const closed = close();
                resolve(closed);
                return closed;
            };
        });
        const job = processor.startExport('{"a":1}', { format: 'csv', sink });
        void closing.catch(() => {});
        await Promise.race([closing.then(() => {}), (async () => {
            await opened; // the rest takes a few turns, starting a worker many more
            while (job.progress.phase !== 'finalizing' && job.progress.phase !== 'completed') await new Promise(setImmediate);
            for (let turns = at % 12; turns > 0; turns -= 1) await new Promise(setImmediate);
        })()]);
        void job.cancel();
        const ended = await job.result.then(() => 'completed', ({ code }) => code);
        outcomes.add(ended);
        assert.equal(existsSync(path), ended === 'completed', `${ended}, at turn ${at}`);
        rmSync(path, { force: true });
    }
    assert.ok(outcomes.has('CANCELLED'), [...outcomes].join());
    await processor.dispose();
});
