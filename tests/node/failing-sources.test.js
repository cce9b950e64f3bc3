// Sources that break in the middle, stall, or fail for a while: nothing is lost or doubled, or the export fails and says why.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ExportProcessor } from '../../dist/index.node.js';
import { exported, failure, linesOf, piecesOf, recordsOf } from './support.js';

const text = linesOf(recordsOf(2000));
const bytes = Buffer.from(text);

/** What the server does with each request; `plan` is taken from the front, the last one stays. */
let plan = [];
let requests = [];
const server = createServer((request, response) => {
    requests.push(request.headers);
    const act = plan.length > 1 ? plan.shift() : plan[0];
    act(request, response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => {
    server.closeAllConnections();
    server.close();
});
const url = () => new URL(`http://127.0.0.1:${server.address().port}/records.ndjson`);

/**
 * Serves a content, whole or from where it is asked for, and cuts the connection after so many bytes.
 * @param {object} facts
 */
function serve({ content = bytes, tag = '"1"', modified, cut = Infinity, ranges = true, headers = {} }) {
    return (request, response) => {
        const first = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        const isPart = ranges && first > 0 && (request.headers['if-range'] ?? tag) === (tag ?? modified);
        const part = isPart ? content.subarray(first) : content;
        response.writeHead(isPart ? 206 : 200, {
            'content-length': part.length,
            ...(tag ? { etag: tag } : {}),
            ...(modified ? { 'last-modified': modified } : {}),
            ...(isPart ? { 'content-range': `bytes ${first}-${content.length - 1}/${content.length}` } : {}),
            ...headers,
        });
        if (cut >= part.length) return response.end(part);
        response.write(part.subarray(0, cut), () => setTimeout(() => response.destroy(), 5));
    };
}

/** @param {number} status @param {Record<string, string>} [headers] */
const refuse = (status, headers) => (_, response) => response.writeHead(status, headers).end('no');

/** Exports what the server gives. */
async function fetched(acts, options = {}, source = url()) {
    plan = acts;
    requests = [];
    return exported(await source, { format: 'json', json: { shape: 'ndjson' }, ...options });
}

async function fetchFailure(acts, options = {}, source = url()) {
    plan = acts;
    requests = [];
    return failure(await source, { format: 'csv', ...options });
}

test('a download goes on where the connection broke, with the same bytes', async () => {
    const { text: output, report } = await fetched([serve({ cut: 50000 }), serve({ cut: 1 }), serve({})]);
    assert.equal(output, text);
    assert.equal(report.retries, 2);
    assert.deepEqual(requests.map(({ range, 'if-range': condition }) => [range, condition]), [[undefined, undefined], ['bytes=50000-', '"1"'], ['bytes=50001-', '"1"']]);
});

test('a download that is cut at any places is whole, with ranges or without, plain or gzipped', async () => {
    const small = Buffer.from(linesOf(recordsOf(60)));
    const packed = gzipSync(small);
    const cuts = fc.array(fc.integer({ min: 1, max: small.length }), { maxLength: 3 });
    await fc.assert(
        fc.asyncProperty(cuts, fc.boolean(), fc.boolean(), fc.boolean(), async (places, ranges, isPacked, dated) => {
            const facts = { content: isPacked ? packed : small, ranges, ...(dated ? { tag: null, modified: 'Sat, 31 Jan 2026 00:00:00 GMT' } : {}) };
            const { text: output, report } = await fetched([...places.map((cut) => serve({ ...facts, cut })), serve(facts)], { retries: 4 });
            assert.equal(output, small.toString());
            assert.equal(report.retries, requests.length - 1);
        }),
        { numRuns: 15 },
    );
});

test('a content that has changed is never mixed with what came before', async () => {
    const other = Buffer.from(linesOf(recordsOf(2000).reverse()));
    for (const act of [serve({ content: other, tag: '"2"' }), serve({ content: other, tag: null }), serve({ tag: '"2"', ranges: false })]) {
        const error = await fetchFailure([serve({ cut: 50000 }), act]);
        assert.equal(error.code, 'SOURCE_CHANGED');
    }
    for (const tag of [null, 'W/"1"']) {
        const error = await fetchFailure([serve({ tag, cut: 50000 }), serve({})]);
        assert.deepEqual([error.code, error.retryable, requests.length], ['SOURCE_FAILED', true, 1]);
        assert.match(error.suggestion, /ETag/);
    }
});

test('a URL is asked for anew when its export is done again, and a content of another version is told', async () => {
    const processor = new ExportProcessor();
    const options = { format: 'json', json: { shape: 'ndjson' } };
    requests = [];
    plan = [serve({})];
    assert.equal(processor.canReadAgain(url()), true);
    const { id } = await processor.startExport(url(), options).result;
    const changed = Buffer.from(linesOf(recordsOf(3)));
    const told = async (act) => {
        plan = [act];
        const { blob, report } = await processor.retryExport(id).result;
        return [await blob.text(), report.warnings.map(({ code }) => code)];
    };
    assert.deepEqual(await told(serve({})), [text, []]);
    assert.deepEqual(await told(serve({ content: changed, tag: '"2"' })), [changed.toString(), ['SOURCE_OTHER_VERSION']]);
    assert.deepEqual(await told(serve({ content: changed, tag: null })), [changed.toString(), []]);
    assert.equal(requests.length, 4);
    plan = [serve({ cut: 50000, tag: null })];
    const lost = processor.startExport(url(), options);
    await assert.rejects(lost.result, ({ code }) => code === 'SOURCE_FAILED');
    plan = [serve({})];
    assert.equal(await (await processor.retryExport(lost.id).result).blob.text(), text);
    await processor.dispose();
});

test('a busy server is asked again, as late as it says; others are not', async () => {
    const started = Date.now();
    const { text: output, report } = await fetched([refuse(503), refuse(429, { 'retry-after': '1' }), serve({})]);
    assert.equal(output, text);
    assert.equal(report.retries, 2);
    assert.ok(Date.now() - started >= 1000);
    for (const [act, code] of [[refuse(404), 'SOURCE_FAILED'], [refuse(403), 'SOURCE_FAILED'], [refuse(503, { 'retry-after': '3600' }), 'SOURCE_FAILED']]) {
        assert.equal((await fetchFailure([act])).code, code);
        assert.equal(requests.length, 1);
    }
    const gone = await fetchFailure([refuse(502)], { retries: 2 });
    assert.deepEqual([gone.code, gone.retryable, requests.length, gone.report.retries], ['SOURCE_FAILED', true, 3, 2]);
    assert.match(gone.message, /502/);
});

test('a response goes on too, unless its body was read', async () => {
    plan = [serve({ cut: 50000 })];
    const response = await fetch(url());
    const { text: output, report } = await fetched([serve({})], {}, response);
    assert.equal(output, text);
    assert.equal(report.retries, 1);
    assert.equal((await fetchFailure([serve({})], {}, response)).code, 'SOURCE_FAILED');
});

test('an answer without a body is empty, and not asked for again', async () => {
    const { text: nothing } = await fetched([refuse(500)], { retries: 0 }, new Response(null));
    assert.equal(nothing, '');
    plan = [(_, response) => response.writeHead(204).end(), refuse(500)];
    const answer = await fetch(url());
    const { report } = await exported(answer, { format: 'json' });
    assert.deepEqual([report.counts.read, requests.length], [0, 1]);
});

test('a file is called as its address says, and addresses that hold their content name none', async () => {
    plan = [serve({})];
    const processor = new ExportProcessor();
    const nameOf = async (source) => (await processor.startExport(source, { format: 'csv' }).result).fileName;
    assert.equal(await nameOf(new URL('/f/Looks%20f%C3%BCr%20alle.ndjson?page=1', url())), 'Looks für alle.csv');
    assert.equal(await nameOf(new URL('/%E0%A4%A.ndjson', url())), '%E0%A4%A.csv');
    assert.equal(await nameOf(new URL('data:application/json,[{"a":"x/y.z"}]')), 'export.csv');
    await processor.dispose();
});

test('a download that stalls is asked for again', async () => {
    const stall = (request, response) => {
        response.writeHead(200, { etag: '"1"', 'content-length': bytes.length });
        response.write(bytes.subarray(0, 70000));
    };
    const silent = () => {};
    const { text: output, report } = await fetched([silent, stall, serve({})], { sourceTimeout: 300 });
    assert.equal(output, text);
    assert.equal(report.retries, 2);
    const error = await fetchFailure([stall], { sourceTimeout: 100, retries: 0 });
    assert.deepEqual([error.code, error.retryable], ['SOURCE_STALLED', true]);
    server.closeAllConnections();
});

/** Serves the content with its first bytes at once, and the rest after a while, once; then as it is asked for. */
function pausing(milliseconds, facts = {}) {
    let paused = false;
    return (request, response) => {
        if (paused) return serve(facts)(request, response);
        paused = true;
        response.writeHead(200, { ...(facts.tag === null ? {} : { etag: '"1"' }) });
        response.write(bytes.subarray(0, 70000));
        if (milliseconds < Infinity) setTimeout(() => response.end(bytes.subarray(70000)), milliseconds);
    };
}

test('a response that stalls goes on where it stopped, and does not pass for complete', async () => {
    await new Promise((resolve) => setTimeout(resolve, 50)); // the connections of the test before are closed
    plan = [pausing(Infinity)];
    const response = await fetch(url());
    const { text: output, report } = await fetched([serve({})], { sourceTimeout: 200 }, response);
    assert.equal(output, text);
    assert.equal(report.retries, 1);
    server.closeAllConnections();
});

test('what a download brings while it is about to be asked for again is not lost', async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const pause of [210, 230, 250]) {
        for (const given of [() => url(), () => fetch(url())]) {
            plan = [pausing(pause)];
            const acts = plan;
            const { text: output } = await fetched(acts, { sourceTimeout: 200 }, given());
            assert.equal(output, text);
        }
    }
});

test('a download that stalls and cannot be told from another one fails', async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const error = await fetchFailure([pausing(Infinity, { tag: null })], { sourceTimeout: 150 });
    assert.deepEqual([error.code, requests.length], ['SOURCE_FAILED', 1]);
    assert.match(error.suggestion, /ETag/);
    server.closeAllConnections();
});

test('a cancel reaches a source that has given nothing yet', async () => {
    const processor = new ExportProcessor();
    const gone = [];
    const silent = (start) => (_, response) => {
        gone.push(new Promise((resolve) => response.on('close', resolve)));
        start(response);
    };
    const acts = [silent(() => {}), silent((response) => response.writeHead(200).flushHeaders()), silent((response) => response.write(gzipSync('').subarray(0, 3)))];
    for (const act of acts) {
        plan = [act];
        requests = [];
        const job = processor.startExport(url(), { format: 'csv' });
        while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        assert.equal(await job.cancel(), true);
        await gone.at(-1);
    }
    for (const options of [{}, { sourceTimeout: 60000 }]) {
        for (const start of [(source) => processor.startExport(source, { format: 'csv', ...options }), (source) => processor.batchExport(source, ['csv', 'json'], options)]) {
            const told = await Promise.all([0, 1, 2, 3, 4].map((kind) => toldOfCancel(kind, start)));
            assert.deepEqual(told, Array(5).fill('told'));
        }
    }
    await processor.dispose();
});

/** Whether a source of some kind that gives nothing is told that nobody waits for it any more. */
async function toldOfCancel(kind, start) {
    let asked;
    let tell;
    const isAsked = new Promise((resolve) => (asked = resolve));
    const isTold = new Promise((resolve) => (tell = async () => resolve('told')));
    const silent = () => (asked(), new Promise(() => {}));
    const reader = { read: silent, close: tell };
    const late = () => (asked(), new Promise((resolve) => setTimeout(() => resolve(reader), 300)));
    const source = [
        () => new ReadableStream({ pull: silent, cancel: tell }, { highWaterMark: 0 }),
        () => ({ [Symbol.asyncIterator]: () => ({ next: silent, return: tell }) }),
        () => ({ again: false, openReader: () => reader }),
        () => ({ inputs: [[{ a: 1 }], { again: false, openReader: () => reader }] }),
        () => ({ again: false, openReader: late }),
    ][kind]();
    const job = start(source);
    await isAsked;
    await job.cancel();
    return Promise.race([isTold, new Promise((resolve) => setTimeout(() => resolve(`source ${kind} is not told`), 3000))]);
}

test('a source of one’s own that does not tell how many bytes it has read', async () => {
    for (const count of [undefined, NaN, -1, 1.5, '1', 1e9, null]) {
        let calls = 0;
        const source = { again: false, openReader: () => ({ read: (view) => ((calls += 1) === 1 ? (view.set(Buffer.from('{"a":1}\n')), 8) : count), close() {} }) };
        const error = await failure(source, { format: 'csv' });
        assert.equal(error.code, 'SOURCE_FAILED');
        assert.match(error.message, /read gave /);
    }
});

test('a source that does not close, or fails to', async () => {
    const closing = (close) => ({ ...stumbling(bytes, () => false), openReader: () => ({ ...stumbling(bytes, () => false).openReader(), close }) });
    const error = await failure(closing(() => Promise.reject(new Error('the handle is gone'))), { format: 'csv' });
    assert.deepEqual([error.code, error.cause.message], ['SOURCE_FAILED', 'the handle is gone']);
    const processor = new ExportProcessor();
    const job = processor.startExport(closing(() => new Promise(() => {})), { format: 'csv' });
    while (job.progress.recordsRead < 2000) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(await job.cancel(), true);
    await assert.rejects(job.result, { code: 'CANCELLED' });
    await processor.dispose();
});

test('a broken array ends its export, whether or not the stream goes on', async () => {
    async function* broken() {
        yield '[{"a":1},\n{"a":2},\n{"a":}';
        yield ',{"a":4}';
        await never;
    }
    const { text: output, report } = await exported(broken(), { format: 'json', json: { shape: 'ndjson' }, chunkSize: 1 });
    assert.equal(output, '{"a":1}\n{"a":2}\n');
    assert.deepEqual([report.counts.rejected, report.partial], [1, true]);
});

test('a batch retries its one read', async () => {
    plan = [serve({ cut: 50000 }), serve({})];
    requests = [];
    const processor = new ExportProcessor();
    const { results } = await processor.batchExport(url(), [{ format: 'json', json: { shape: 'ndjson' } }, 'csv'], {}).result;
    assert.equal(await results[0].blob.text(), text);
    assert.deepEqual([results[0].report.retries, results[1].report.counts.written, requests.length], [1, 2000, 2]);
    await processor.dispose();
});

test('a cancel ends the wait for the next try', async () => {
    const processor = new ExportProcessor();
    plan = [refuse(503, { 'retry-after': '30' })];
    for (const start of [() => processor.startExport(url(), { format: 'csv' }), () => processor.batchExport(url(), ['csv', 'json'])]) {
        requests = [];
        const job = start();
        while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        await new Promise((resolve) => setTimeout(resolve, 50));
        const started = Date.now();
        assert.equal(await job.cancel(), true);
        await assert.rejects(job.result, { code: 'CANCELLED' });
        assert.ok(Date.now() - started < 1500);
    }
    await processor.dispose();
});

const never = new Promise(() => {});
const STALLING = {
    'an async iterable': async function* () { yield { a: 1 }; await never; },
    'one that never begins': async function* () { await never; },
    'one of text': async function* () { yield '{"a":1}\n'; await never; },
    'one of bytes': () => piecesThen(Buffer.from('{"a":1}\n')),
    'a stream': () => new ReadableStream({ start: (controller) => controller.enqueue({ a: 1 }), pull: () => never }),
    'a source of its own': () => ({ again: false, openReader: () => ({ read: () => never, close() {} }) }),
    'one that does not open': () => ({ again: false, openReader: () => never }),
    'several': () => ({ inputs: [[{ a: 0 }], piecesThen(Buffer.from('{"a":1}\n'))] }),
};

async function* piecesThen(piece) {
    yield piece;
    await never;
}

for (const [name, make] of Object.entries(STALLING))
    test(`a source that stalls fails in time: ${name}`, async () => {
        const started = Date.now();
        const error = await failure(make(), { format: 'csv', sourceTimeout: 200, columns: ['a'] });
        assert.deepEqual([error.code, error.retryable], ['SOURCE_STALLED', true]);
        assert.match(error.message, /200 ms/);
        assert.ok(Date.now() - started < 4000);
    });

test('a slow source is no stalled one, and a slow sink does not make it one', async () => {
    async function* slow() {
        for (let a = 0; a < 8; a += 1) {
            await new Promise((resolve) => setTimeout(resolve, 60));
            yield { a };
        }
    }
    const { report } = await exported(slow(), { format: 'csv', sourceTimeout: 400 });
    assert.equal(report.counts.written, 8);
    const sink = { write: () => new Promise((resolve) => setTimeout(resolve, 300)), close() {} };
    const processor = new ExportProcessor();
    const result = await processor.startExport(piecesOf(bytes, 1000), { format: 'csv', sourceTimeout: 250, sink }).result;
    assert.equal(result.report.counts.written, 2000);
    await processor.dispose();
});

const FAILING = {
    'an array of records by an iterable': function* (n) { for (const record of recordsOf(n)) yield record; throw new Error('the line went dead'); },
    'an async iterable': async function* (n) { for (const record of recordsOf(n)) yield record; throw new Error('the line went dead'); },
    'bytes': async function* (n) { if (n > 0) yield Buffer.from(linesOf(recordsOf(n))); throw new Error('the line went dead'); },
    'text': async function* (n) { if (n > 0) yield linesOf(recordsOf(n)); throw new Error('the line went dead'); },
};

for (const [name, make] of Object.entries(FAILING))
    test(`a source that throws is a failure of the source: ${name}`, async () => {
        for (const n of [0, 1, 999, 1500]) {
            const error = await failure(make(n), { format: 'csv', chunkSize: 100 });
            assert.deepEqual([error.code, error.cause?.message, error.retryable], ['SOURCE_FAILED', 'the line went dead', true]);
        }
    });

/** A source of bytes whose reads fail at some calls. */
function stumbling(content, fails, code = 'EAGAIN') {
    return {
        again: true,
        mayPass: (error) => error.code === 'EAGAIN',
        openReader() {
            let [at, calls] = [0, 0];
            return {
                read(view) {
                    calls += 1;
                    if (fails(calls)) throw Object.assign(new Error('later'), { code });
                    const piece = content.subarray(at, at + Math.min(view.length, 7000));
                    view.set(piece);
                    at += piece.length;
                    return piece.length;
                },
                close() {},
            };
        },
    };
}

test('a source of one’s own says which failures may pass', async () => {
    const { text: output, report } = await exported(stumbling(bytes, (call) => call % 2 === 0), { format: 'json', json: { shape: 'ndjson' } });
    assert.equal(output, text);
    assert.ok(report.retries > 10);
    assert.equal((await failure(stumbling(bytes, (call) => call > 3), { format: 'csv', retries: 1 })).cause.code, 'EAGAIN');
    const broken = await failure(stumbling(bytes, (call) => call === 3, 'EIO'), { format: 'csv' });
    assert.deepEqual([broken.code, broken.report.retries], ['SOURCE_FAILED', 0]);
});
