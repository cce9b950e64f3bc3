// Several exports from one read: the same files as alone, one progress, a failure that stays alone, and a cancel of all.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSource } from '../../dist/node.js';
import { linesOf, recordsOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
process.env.TMPDIR = folder; // what other tests have there is not looked at
const COUNT = 12000;
const records = recordsOf(COUNT);
const path = join(folder, 'records.ndjson');
writeFileSync(path, linesOf(records));

const FORMATS = ['csv', { format: 'json', json: { shape: 'ndjson' } }, { format: 'json', limit: 1234 }, { format: 'csv', columns: ['id'] }];

/** A source of bytes that counts how often it is opened and what is read. */
function counted(source) {
    const seen = { opened: 0, bytes: 0, closed: 0 };
    const openReader = async () => {
        const reader = await source.openReader();
        seen.opened += 1;
        const read = async (view) => {
            const length = await reader.read(view);
            seen.bytes += length;
            return length;
        };
        return { size: reader.size, version: reader.version, read, close: () => ((seen.closed += 1), reader.close()) };
    };
    return { seen, source: { name: source.name, again: source.again, size: source.size, openReader } };
}

async function textsOf(results) {
    return Promise.all(results.map(({ blob }) => blob.text()));
}

async function alone(processor, source) {
    const results = [];
    for (const format of FORMATS) results.push(await processor.startExport(source(), typeof format === 'string' ? { format } : format).result);
    return textsOf(results);
}

test('a batch reads the source once and writes what each export alone writes', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    const wanted = await alone(processor, () => fileSource(path));
    const { seen, source } = counted(fileSource(path));
    const progress = [];
    const job = processor.batchExport(source, FORMATS, { onProgress: (one) => progress.push(one) });
    assert.equal(job.jobs.length, FORMATS.length);
    const phases = [];
    for await (const { phase } of job) phases.push(phase);
    const { results, errors, size } = await job.result;
    assert.deepEqual(errors, FORMATS.map(() => undefined));
    assert.deepEqual(await textsOf(results), wanted);
    assert.deepEqual(seen, { opened: 1, bytes: statSync(path).size, closed: 1 });
    assert.equal(size, results.reduce((sum, one) => sum + one.size, 0));
    assert.equal(phases.at(-1), 'completed');
    const last = progress.at(-1);
    assert.deepEqual([last.format, last.percent, last.recordsRead, last.jobs.length], ['batch', 100, COUNT, FORMATS.length]);
    assert.equal(last.recordsWritten, COUNT * 3 + 1234);
    const percents = progress.map(({ percent }) => percent ?? 0);
    assert.deepEqual(percents, [...percents].sort((one, other) => one - other));
    assert.ok(Math.max(...progress.map(({ memoryBytes }) => memoryBytes)) < 50e6);
    assert.equal(processor.getExportProgress(job.id), job.progress);
    await processor.dispose();
});

test('sources that can be read only once feed a batch too, and each record is taken once', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    let taken = 0;
    function* source() {
        for (const record of records) {
            taken += 1;
            yield record;
        }
    }
    const wanted = await alone(processor, () => records.values());
    const { results } = await processor.batchExport(source(), FORMATS).result;
    assert.deepEqual(await textsOf(results), wanted);
    assert.equal(taken, COUNT);
    await processor.dispose();
});

test('a format that fails leaves the others alone', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    const broken = { write: () => Promise.reject(new Error('the disk is full')), close() {} };
    const formats = [{ format: 'csv', sink: broken }, 'json', { format: 'cvs' }, { format: 'csv', csv: { delimiter: 'x' } }];
    const job = processor.batchExport(fileSource(path), formats);
    const { results, errors } = await job.result;
    assert.deepEqual(errors.map((error) => error?.code), ['SINK_FAILED', undefined, 'UNKNOWN_FORMAT', 'INVALID_OPTION']);
    assert.deepEqual(JSON.parse(await results[1].blob.text()), records);
    assert.equal(job.progress.phase, 'completed');
    await processor.dispose();
});

test('a batch fails when all its exports fail, or when it makes no sense', async () => {
    const processor = new ExportProcessor();
    await assert.rejects(processor.batchExport(7, ['csv', 'json']).result, { code: 'SOURCE_TYPE' });
    await assert.rejects(processor.batchExport([], []).result, { code: 'INVALID_OPTION' });
    await assert.rejects(processor.batchExport([{ a: 1 }], ['csv'], { sink: {} }).result, { code: 'INVALID_OPTION' });
    async function* failing() {
        yield* records.slice(0, 3000);
        throw new Error('the line went dead');
    }
    const job = processor.batchExport(failing(), ['csv', 'json']);
    await assert.rejects(job.result, { code: 'SOURCE_FAILED' });
    assert.equal(job.progress.phase, 'failed');
    await processor.dispose();
});

test('one export of a batch can be cancelled, and all of them', async () => {
    const processor = new ExportProcessor({ workers: 2, maxConcurrent: 1 });
    let job = processor.batchExport(fileSource(path), FORMATS);
    assert.equal(await job.jobs[1].cancel(), true);
    const { errors, results } = await job.result;
    assert.deepEqual(errors.map((error) => error?.code), [undefined, 'CANCELLED', undefined, undefined]);
    assert.equal(results[0].report.counts.written, COUNT);
    for (const phase of ['queued', 'analyzing', 'encoding']) {
        const { seen, source } = counted(fileSource(path));
        let cancelled;
        const onProgress = (progress) => {
            if (progress.phase === phase) cancelled ??= job.cancel();
        };
        job = processor.batchExport(source, FORMATS, { onProgress });
        if (phase === 'queued') cancelled = job.cancel();
        await assert.rejects(job.result, { code: 'CANCELLED' }, phase);
        assert.equal(await cancelled, true);
        assert.equal(job.progress.phase, 'cancelled');
        assert.equal(seen.closed, seen.opened, phase);
    }
    const signal = AbortSignal.abort();
    await assert.rejects(processor.batchExport(fileSource(path), FORMATS, { signal }).result, { code: 'CANCELLED' });
    await processor.dispose();
});

test('a slow sink holds the whole batch back', async () => {
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
    const slow = { write: () => new Promise((resolve) => (release = resolve)), close() {} };
    const job = processor.batchExport(source(), [{ format: 'json', sink: slow }, 'csv']);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.ok(taken < 40000, `${taken} records were taken while the first write hung`);
    const timer = setInterval(() => release(), 1);
    await job.result.finally(() => clearInterval(timer));
    assert.equal(taken, 60000);
    await processor.dispose();
});

/** Members of a zip file as Python unpacks them after checking all of it. */
function membersOf(bytes) {
    const place = join(folder, 'batch.zip');
    writeFileSync(place, bytes);
    execFileSync('unzip', ['-tqq', place]);
    const program = `
import base64, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([[i.filename, i.compress_type, base64.b64encode(z.read(i)).decode()] for i in z.infolist()]))`;
    const members = JSON.parse(execFileSync('python3', ['-c', program, place], { maxBuffer: 1 << 28, encoding: 'utf8' }));
    return members.map(([name, method, text]) => ({ name, method, bytes: Buffer.from(text, 'base64') }));
}

const spools = () => readdirSync(tmpdir()).filter((name) => /^exportloom-.*\.spool$/.test(name));

test('one zip file of all formats', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    const formats = ['csv', { format: 'json', fileName: '../all.json' }, 'xlsx', { format: 'csv', columns: ['id'], compression: false }];
    const job = processor.batchExport(fileSource(path), formats, { zip: true, fileName: 'records' });
    const { blob, fileName, mimeType, size, results } = await job.result;
    assert.deepEqual([fileName, mimeType, size, results[0].blob], ['records.zip', 'application/zip', blob.size, undefined]);
    const members = membersOf(Buffer.from(await blob.arrayBuffer()));
    const names = ['records.csv', '_all.json', 'records.xlsx', 'records (2).csv'];
    assert.deepEqual(members.map(({ name, method }) => [name, method]), names.map((name, at) => [name, at < 2 ? 8 : 0]));
    const csv = await processor.startExport(fileSource(path), { format: 'csv' }).result;
    assert.equal(String(members[0].bytes), await csv.blob.text());
    assert.deepEqual(JSON.parse(members[1].bytes), records);
    assert.equal(String(members[3].bytes).split('\r\n').length, COUNT + 2);
    assert.deepEqual(spools(), []);
    await processor.dispose();
});

test('each XML document in a zip file names its own schema', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    const formats = ['a', 'b', 'c'].map((root) => ({ format: 'xml', xml: { root }, ...(root === 'c' ? { fileName: 'Records.xml' } : {}) }));
    const { blob, results } = await processor.batchExport(fileSource(path), formats, { zip: true }).result;
    const members = new Map(membersOf(Buffer.from(await blob.arrayBuffer())).map(({ name, bytes }) => [name, String(bytes)]));
    const stems = ['records', 'records (2)', 'Records (3)'];
    assert.deepEqual([...members.keys()], stems.flatMap((stem) => [`${stem}.xml`, `${stem}.xsd`]));
    for (const [at, root] of ['a', 'b', 'c'].entries()) {
        const [file, schema] = [`${stems[at]}.xml`, `${stems[at]}.xsd`];
        assert.deepEqual(results[at].files.map(({ fileName }) => fileName), [file, schema]);
        assert.equal(decodeURIComponent(/schemaLocation="(?:\S+ )?([^"]+)"/i.exec(members.get(file))[1]), schema);
        assert.match(members.get(schema), new RegExp(`<xs:element name="${root}"`));
    }
    await processor.dispose();
});

test('a zip file without the format that failed, to a sink; none when all failed', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    const pieces = [];
    const sink = { write: (bytes) => void pieces.push(bytes.slice()), close() {} };
    const { errors } = await processor.batchExport(fileSource(path), ['csv', 'cvs', { format: 'csv', compression: 'gzip' }], { zip: true, sink }).result;
    assert.deepEqual(errors.map((error) => error?.code), [undefined, 'UNKNOWN_FORMAT', 'INVALID_OPTION']);
    assert.deepEqual(membersOf(Buffer.concat(pieces)).map(({ name }) => name), ['records.csv']);
    let aborted = 0;
    const broken = { write: () => Promise.reject(new Error('the disk is full')), close() {}, abort: () => (aborted += 1) };
    const job = processor.batchExport(fileSource(path), ['csv', 'json'], { zip: true, sink: broken });
    await assert.rejects(job.result, { code: 'SINK_FAILED' });
    assert.deepEqual([job.progress.phase, aborted], ['failed', 1]);
    const closed = { open: () => Promise.reject(new Error('no')), write() {}, close() {} };
    await assert.rejects(processor.batchExport(fileSource(path), ['csv'], { zip: true, sink: closed }).result, { code: 'SINK_FAILED' });
    const cancelled = processor.batchExport(fileSource(path), ['csv', 'json'], { zip: true });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await cancelled.cancel();
    await assert.rejects(cancelled.result, { code: 'CANCELLED' });
    assert.deepEqual(spools(), []);
    await processor.dispose();
});

/** Settles with what the promise does, or fails when that takes too long. */
function soon(promise, what) {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`${what} takes too long`)), 8000).unref());
    return Promise.race([promise, late]);
}

test('a zip file whose sink does not answer, or fails in any way, keeps no batch from being cancelled', async () => {
    const never = () => new Promise(() => {});
    const fails = () => {
        throw new Error('no');
    };
    const sinks = [
        { open: never, write() {}, close() {}, abort() {} },
        { write: never, close() {}, abort() {} },
        { write() {}, close: never, abort: never },
        { write: never, close() {}, abort: fails },
        { write: never, close() {}, abort: async () => fails() },
    ];
    for (const [at, sink] of sinks.entries()) {
        const processor = new ExportProcessor({ maxConcurrent: 1, workers: 1 });
        const signal = new AbortController();
        const job = processor.batchExport(records.slice(0, 100), ['csv', 'json'], { zip: true, sink, signal: signal.signal });
        await (at === 0 ? new Promise((resolve) => setTimeout(resolve, 50)) : Promise.all(job.jobs.map(({ result }) => result)));
        if (at === 1) signal.abort('enough');
        else await soon(job.cancel(), 'the cancel');
        await soon(assert.rejects(job.result, ({ code, cause }) => code === 'CANCELLED' && (at !== 1 || cause === 'enough')), 'the result');
        assert.equal(job.progress.phase, 'cancelled');
        await soon(processor.startExport([{ a: 1 }], { format: 'csv' }).result, 'the next export');
        await soon(processor.dispose(), 'the end');
    }
    const processor = new ExportProcessor({ workers: 1 });
    const job = processor.batchExport([{ a: 1 }], ['csv'], { zip: true, sink: { write: fails, close() {}, abort: fails } });
    await soon(assert.rejects(job.result, { code: 'SINK_FAILED' }), 'the failure');
    await processor.dispose();
});

test('a batch that waits ends as soon as it is called off, or as all its exports are', async () => {
    const processor = new ExportProcessor({ maxConcurrent: 1, workers: 1 });
    let go;
    const gate = new Promise((resolve) => (go = resolve));
    const first = processor.startExport((async function* () { await gate; })(), { format: 'csv' });
    const signal = new AbortController();
    const [aborted, emptied] = [{ signal: signal.signal }, { zip: true }].map((shared) => processor.batchExport([{ a: 1 }], ['csv', 'json'], shared));
    await new Promise((resolve) => setTimeout(resolve, 20));
    signal.abort('enough');
    await soon(assert.rejects(aborted.result, { code: 'CANCELLED', cause: 'enough' }), 'the abort');
    await Promise.all(emptied.jobs.map((job) => job.cancel()));
    await soon(assert.rejects(emptied.result, { code: 'CANCELLED' }), 'the cancel of all');
    assert.deepEqual([aborted, emptied].map(({ progress }) => progress.phase), ['cancelled', 'cancelled']);
    await soon(assert.rejects(processor.batchExport([{ a: 1 }], []).result, { code: 'INVALID_OPTION' }), 'what is wrong');
    go();
    await first.result;
    await processor.dispose();
});

test('the sink of a zip file is tried again, and takes one batch at a time', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    const flaky = () => {
        const pieces = [];
        let calls = 0;
        const stumble = () => {
            calls += 1;
            if (calls % 2 === 1) throw Object.assign(new Error('later'), { code: 'EAGAIN' });
        };
        return { pieces, open: stumble, write: (bytes) => (stumble(), void pieces.push(bytes.slice())), close() {}, mayPass: ({ code }) => code === 'EAGAIN' };
    };
    const sink = flaky();
    await processor.batchExport(records.slice(0, 100), ['csv', 'json'], { zip: true, sink }).result;
    assert.deepEqual(membersOf(Buffer.concat(sink.pieces)).map(({ name }) => name), ['export.csv', 'export.json']);
    let aborted = 0;
    const slow = { write: () => new Promise((resolve) => setTimeout(resolve, 50)), close() {}, abort: () => (aborted += 1) };
    const two = [0, 1].map(() => processor.batchExport([{ a: 1 }], ['csv'], { zip: true, sink: slow }).result.then(() => 'done', ({ code }) => code));
    assert.deepEqual([await Promise.all(two), aborted], [['done', 'SINK_IN_USE'], 0]);
    assert.ok((await processor.batchExport([{ a: 1 }], ['csv'], { zip: true, sink: slow }).result).size > 0);
    await processor.dispose();
});

test('each failure of a batch’s source has the report of its own export', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    const broken = (fails) => ({ again: false, openReader: fails ?? (() => ({ read: () => Promise.reject(new Error('gone')), close() {} })) });
    for (const source of [broken(), broken(() => Promise.reject(new Error('gone')))]) {
        const { jobs } = processor.batchExport(source, ['csv', 'json']);
        const errors = await Promise.all(jobs.map(({ result }) => result.catch((error) => error)));
        assert.deepEqual(errors.map(({ code, cause, report }) => [code, cause.message, report.options.format]), [['SOURCE_FAILED', 'gone', 'csv'], ['SOURCE_FAILED', 'gone', 'json']]);
    }
    await processor.dispose();
});

test('a batch closes its source although some of its exports never read it', async () => {
    const processor = new ExportProcessor({ workers: 2 });
    for (const formats of [['json', { format: 'csv', csv: { delimiter: 'x' } }], [{ format: 'csv', csv: { delimiter: 'x' } }, 'json']]) {
        const { seen, source } = counted(fileSource(path));
        const opened = new Promise((resolve) => {
            const { openReader } = source;
            source.openReader = async () => {
                const reader = await openReader();
                resolve();
                return reader;
            };
        });
        const { jobs, result } = processor.batchExport(source, formats);
        void opened.then(() => jobs[formats.indexOf('json')].cancel());
        await assert.rejects(result);
        for (let waited = 0; seen.closed < seen.opened && waited < 100; waited += 1) await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(seen.closed, seen.opened);
    }
    await processor.dispose();
});

test('shared options may be null, a zip file tells its size at the end, and an abort tells why', async () => {
    const processor = new ExportProcessor({ workers: 1 });
    const grouped = await processor.batchExport([{ a: 1 }], [{ format: 'csv', csv: { newline: 'lf' } }], { csv: { header: false } }).result;
    assert.equal(await grouped.results[0].blob.text(), '1\n');
    const plain = await processor.batchExport([{ a: 1 }], ['csv'], null).result;
    assert.equal(plain.results.length, 1);
    const zipped = processor.batchExport([{ a: 1 }], ['csv', 'json'], { zip: true });
    assert.equal((await zipped.result).size, zipped.progress.bytesOut);
    assert.equal((await processor.batchExport([{ a: 1 }], ['csv'], { zip: null }).result).blob, undefined);
    const { code, cause } = await processor.batchExport([{ a: 1 }], ['csv'], { signal: AbortSignal.abort('enough') }).result.catch((error) => error);
    assert.deepEqual([code, cause], ['CANCELLED', 'enough']);
    await processor.dispose();
});
