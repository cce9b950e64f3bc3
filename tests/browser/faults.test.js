// What breaks around an export in a page: workers, sources, sinks, storage. It fails as it should or goes on, and leaves nothing behind.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { inBrowsers, liveWorkers, until } from './harness.js';

const LIMIT = { timeout: 60000 };

/** Runs in the page: what the tests need there, as `faults`. */
async function prepare() {
    const { ExportProcessor, privateFileSink } = await import('/dist/index.js');
    const processor = new ExportProcessor({ workers: 2, now: () => 0 });
    const records = (count) => Array.from({ length: count }, (_, id) => ({ id, name: `nämé ${id}`, tags: ['a', `${id % 7}`] }));
    /** How an export ended. */
    const outcome = async (job) => {
        try {
            const { blob, report } = await job.result;
            return { text: await blob?.text(), counts: report.counts, retries: report.retries, defects: report.defects };
        } catch (error) {
            return { code: error.code, retryable: error.retryable, suggestion: error.suggestion, retries: error.report?.retries };
        }
    };
    globalThis.faults = { processor, privateFileSink, records, outcome };
}

inBrowsers('faults', (session, kind) => {
    let page;
    before(async () => {
        page = await session().libraryPage();
        await page.evaluate(prepare);
    });
    test('workers that end at any moment cost nothing but time; those that always end fail the export', LIMIT, async () => {
        const lost = await page.evaluate(async () => {
            const { processor, records, outcome } = globalThis.faults;
            const source = records(4000);
            const outcomes = [];
            const endWorkers = () => {
                for (const worker of [...globalThis.watched.workers]) {
                    worker.terminate();
                    worker.dispatchEvent(new ErrorEvent('error', { message: 'ended on purpose' })); // one that is ended says nothing of it
                }
            };
            for (const format of ['csv', 'xlsx']) {
                const written = async (kills) => {
                    const pieces = [];
                    const write = (bytes) => {
                        pieces.push(bytes.slice());
                        if (kills && pieces.length % 8 === 2 && pieces.length < 30) endWorkers();
                    };
                    const { report } = await processor.startExport(source, { format, chunkSize: 100, retries: 9, sink: { write, close() {} } }).result;
                    return { report, bytes: new Uint8Array(await new Blob(pieces).arrayBuffer()) };
                };
                const [calm, disturbed] = [await written(false), await written(true)];
                const same = calm.bytes.length === disturbed.bytes.length && calm.bytes.every((byte, at) => byte === disturbed.bytes[at]);
                outcomes.push([format, disturbed.report.retries > 0, same]);
            }
            const timer = setInterval(endWorkers, 1);
            const always = await outcome(processor.startExport(source, { format: 'json', chunkSize: 100, retries: 1 }));
            clearInterval(timer);
            return { outcomes, always };
        });
        assert.deepEqual(lost.outcomes, [['csv', true, true], ['xlsx', true, true]]);
        assert.equal(lost.always.code, 'WORKER_FAILED');
        assert.equal(lost.always.retryable, true);
    });

    test('a source that stalls or throws fails the export, whatever it is made of', LIMIT, async () => {
        const ends = await page.evaluate(async () => {
            const { processor, records, outcome } = globalThis.faults;
            const bytes = new TextEncoder().encode(records(50).map((record) => `${JSON.stringify(record)}\n`).join(''));
            const never = new Promise(() => {});
            let closed = 0;
            const stream = (last) => new ReadableStream({ start: (controller) => controller.enqueue(bytes), pull: last, cancel: () => void (closed += 1) }, { highWaterMark: 0 });
            async function* objects(last) {
                try {
                    yield records(50);
                    await last();
                } finally {
                    closed += 1;
                }
            }
            const fail = () => Promise.reject(new TypeError('the wire is cut'));
            const stall = () => never;
            const found = {};
            for (const [name, source] of Object.entries({ stalls: stream(stall), throws: stream(fail), objectsStall: objects(stall), objectsThrow: objects(fail) }))
                found[name] = (await outcome(processor.startExport(source, { format: 'csv', columns: ['id'], sourceTimeout: 200 }))).code;
            return { found, closed };
        });
        assert.deepEqual(ends.found, { stalls: 'SOURCE_STALLED', throws: 'SOURCE_FAILED', objectsStall: 'SOURCE_STALLED', objectsThrow: 'SOURCE_FAILED' });
        assert.equal(ends.closed, 2); // the stream that stalls was cancelled, the generator that threw has ended
    });

    test('a sink that fails at its Nth call, for every N', LIMIT, async () => {
        const sinks = await page.evaluate(async () => {
            const { processor, records, outcome } = globalThis.faults;
            const source = records(600);
            const outcomes = [];
            for (let fails = 1; fails < 100; fails += 1) {
                let calls = 0;
                const ends = [];
                const step = (name) => () => {
                    calls += 1;
                    if (name !== 'write') ends.push(name);
                    if (calls === fails) throw new Error(`call ${calls}`);
                };
                const sink = { open: step('open'), write: step('write'), close: step('close'), abort: () => void ends.push('abort') };
                const { code = 'completed' } = await outcome(processor.startExport(source, { format: 'csv', columns: ['id', 'name'], chunkSize: 100, sink }));
                outcomes.push(`${code} ${ends.join()}`);
                if (code === 'completed') break;
            }
            const broken = new WritableStream({ write: () => Promise.reject(new Error('gone')) });
            const stream = await outcome(processor.startExport(source, { format: 'json', sink: broken }));
            const half = []; // it fails for now, after it took half of what it was given
            let tries = 0;
            const patient = {
                write(bytes) {
                    tries += 1;
                    if (tries % 3 === 2) throw new Error('busy');
                    half.push(bytes.slice());
                },
                close() {},
                mayPass: () => true,
            };
            const kept = await outcome(processor.startExport(source, { format: 'csv', columns: ['id'], chunkSize: 200, sink: patient }));
            return { outcomes, stream: stream.code, kept: { ...kept, rows: (await new Blob(half).text()).split('\r\n').length } };
        });
        assert.ok(sinks.outcomes.length > 4, `${sinks.outcomes}`);
        assert.equal(sinks.outcomes.at(-1), 'completed open,close');
        for (const one of sinks.outcomes.slice(0, -1)) assert.match(one, /^SINK_FAILED .*abort$/);
        assert.equal(sinks.stream, 'SINK_FAILED');
        assert.equal(sinks.kept.rows, 602);
        assert.ok(sinks.kept.retries > 0);
    });

    test('storage that is full fails the export, which leaves no file', { ...LIMIT, skip: kind !== 'chromium' && 'only Chromium lets a test say how much storage there is' }, async () => {
        const tools = await page.createCDPSession();
        const { origin } = new URL(page.url());
        await tools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1500000 });
        const full = await page.evaluate(async () => {
            const { processor, privateFileSink, records, outcome } = globalThis.faults;
            const { code, suggestion } = await outcome(processor.startExport(records(60000), { format: 'json', sink: privateFileSink() }));
            const names = [];
            const folders = [await navigator.storage.getDirectory()];
            for (const folder of folders)
                for await (const handle of folder.values()) {
                    if (handle.kind === 'directory') folders.push(handle);
                    else names.push(handle.name);
                }
            return { code, suggestion, names };
        });
        await tools.send('Storage.overrideQuotaForOrigin', { origin });
        assert.deepEqual([full.code, full.names], ['STORAGE_FULL', []]);
        assert.match(full.suggestion, /showSaveFilePicker/);
    });

    test('records that were rejected are exported by themselves once they are mended', LIMIT, async () => {
        const mended = await page.evaluate(async () => {
            const { processor, records, outcome } = globalThis.faults;
            const source = records(3000);
            for (const id of [5, 1700]) source[id].self = source[id];
            const { id, report } = await processor.startExport(source, { format: 'xml', xml: { schema: 'none' } }).result;
            delete source[1700].self;
            const objects = await outcome(processor.retryRejected(id, { format: 'csv', columns: ['id'] }));
            const lines = records(300).map((record) => JSON.stringify(record));
            const whole = new File([lines.join('\n')], 'records.ndjson');
            lines[7] = lines[299] = '{';
            const first = await processor.startExport(new File([lines.join('\n')], 'records.ndjson'), { format: 'csv' }).result;
            const file = await outcome(processor.retryRejected(first.id, { source: whole, columns: ['id'] }));
            return { rejected: report.defects.map(({ record }) => record), objects, file };
        });
        assert.deepEqual(mended.rejected, [5, 1700]);
        assert.deepEqual([mended.objects.text, mended.objects.defects.map(({ record }) => record)], ['id\r\n1700\r\n', [5]]);
        assert.deepEqual([mended.file.text, mended.file.counts.rejected], ['id\r\n7\r\n299\r\n', 0]);
    });

    test('no worker, no address and no error is left', LIMIT, async () => {
        await until('the workers end', async () => (await liveWorkers(session(), page)) === 0, 10000);
        assert.equal(await page.evaluate(() => globalThis.watched.addresses.size), 0);
        assert.deepEqual(await session().takeErrors(page), []);
        await page.close();
    });
});
