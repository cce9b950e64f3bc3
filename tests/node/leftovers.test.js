// Nothing is left of exports: cancelled in any phase, with workers that die at any moment, or two hundred in a row.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink } from '../../dist/node.js';
import { linesOf, recordsOf, temporaryFolder } from './support.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

const FORMATS = ['json', 'csv', 'xlsx', 'pdf', 'xml', 'html'];
const CLOCK = Date.UTC(2026, 0, 31);
const folder = temporaryFolder();
const records = recordsOf(1500);

/** What keeps Node's event loop busy, without what comes and goes by itself. */
function resources() {
    const counted = process.getActiveResourcesInfo().filter((name) => ['MessagePort', 'Timeout', 'Worker', 'FSReqPromise', 'FileHandle', 'Immediate'].includes(name));
    return counted.sort().join();
}

const openFiles = () => readdirSync('/proc/self/fd').length;

async function until(what, look) {
    const end = Date.now() + 5000;
    while (!look()) {
        if (Date.now() > end) assert.fail(typeof what === 'string' ? what : what());
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

/** A processor that tells its live workers. */
function counting(options = {}) {
    const workers = new Set();
    const createWorker = () => {
        const worker = new Worker(new URL('../../dist/worker.js', import.meta.url), { execArgv: [] });
        workers.add(worker);
        worker.once('exit', () => workers.delete(worker));
        return worker;
    };
    return { workers, processor: new ExportProcessor({ createWorker, workers: 2, now: () => CLOCK, ...options }) };
}

/** Cancels in a phase, or at a number of records within it. */
async function cancelled(processor, format, phase, share) {
    let job;
    const onProgress = (progress) => void (progress.phase === phase && progress.recordsRead >= share * records.length && job?.cancel());
    const sink = fileSink(join(folder, `cancelled.${format}`));
    const options = { format, chunkSize: 50, includeStatistics: true, onProgress, sink, ...(format === 'xml' ? { xml: { schema: 'none' } } : {}) };
    job = processor.startExport(Buffer.from(linesOf([...records, { late: 1 }])), options);
    if (phase === 'queued') await job.cancel();
    return job.result.then(() => 'completed', ({ code }) => code);
}

test('cancel in every phase of every format', async () => {
    const { processor, workers } = counting();
    const [before, files] = [resources(), openFiles()];
    for (const format of FORMATS) {
        for (const [phase, share] of [['queued', 0], ['analyzing', 0], ['encoding', 0], ['encoding', 0.5], ['finalizing', 0]]) {
            const ended = await cancelled(processor, format, phase, share);
            if (phase !== 'finalizing' && share === 0) assert.equal(ended, 'CANCELLED', `${format}, ${phase}`);
            assert.deepEqual(readdirSync(folder), ended === 'completed' ? [`cancelled.${format}`] : [], `${format}, ${phase}: files are left`);
            if (ended === 'completed') rmSync(join(folder, `cancelled.${format}`));
            if (ended === 'CANCELLED') await gone(workers);
        }
    }
    await processor.dispose();
    await until(() => `left: ${resources()}, before: ${before}`, () => resources().length <= before.length);
    await until(() => `${openFiles()} files are open, ${files} before`, () => openFiles() <= files);
});

const gone = (workers) => until('workers are left', () => workers.size === 0);

for (const format of FORMATS) {
    test(`${format}: workers die at random moments`, async (t) => {
        const options = { format, chunkSize: 20, retries: 50, includeStatistics: format !== 'html' };
        const { processor: calm } = counting();
        const wanted = await calm.startExport(records, options).result;
        const bytes = Buffer.from(await wanted.blob.arrayBuffer());
        const took = wanted.report.timings.total;
        await calm.dispose();
        let [kills, retries] = [0, 0];
        for (let round = 0; round < 5; round += 1) {
            const { processor, workers } = counting();
            const job = processor.startExport(records, options);
            let over = false;
            const ended = job.result.finally(() => (over = true));
            while (!over) {
                await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * Math.max(60, took)))]);
                const [worker] = [...workers].sort(() => Math.random() - 0.5);
                if (!over && worker && kills < (round + 1) * 4) {
                    kills += 1;
                    void worker.terminate();
                }
            }
            const { blob, report } = await ended;
            retries += report.retries;
            assert.ok(bytes.equals(Buffer.from(await blob.arrayBuffer())), `round ${round}: the content differs`);
            assert.deepEqual(report.counts, wanted.report.counts);
            await processor.dispose();
            await gone(workers);
        }
        t.diagnostic(`${kills} workers were killed, ${retries} requests were sent again`);
        assert.ok(kills >= 5 && retries >= 1);
    });
}

test('two hundred exports in a row', { timeout: 120000 }, async (t) => {
    const { processor, workers } = counting({ historyLimit: 10 });
    const few = recordsOf(100);
    const signal = new AbortController().signal;
    let listeners = 0;
    const counted = { get aborted() { return false; }, addEventListener: () => (listeners += 1), removeEventListener: () => (listeners -= 1) };
    const figures = [];
    const [before, files] = [resources(), openFiles()];
    for (let at = 0; at < 200; at += 1) {
        const format = FORMATS[at % FORMATS.length];
        const job = processor.startExport(at % 2 ? few : Buffer.from(linesOf(few)), { format, signal: at % 3 ? counted : signal });
        if (at % 10 === 9) await job.cancel();
        else await job.result;
        if (at % 70 !== 59) continue;
        await new Promise((resolve) => setTimeout(resolve, 20));
        collect();
        figures.push({ heap: process.memoryUsage().heapUsed, files: openFiles(), workers: workers.size, library: processor.getSnapshot().memoryBytes });
    }
    const [first, last] = [figures[0], figures.at(-1)];
    t.diagnostic(JSON.stringify(figures));
    assert.ok(last.heap - first.heap < 2e6, `the heap grew by ${last.heap - first.heap} bytes`);
    assert.ok(last.files <= first.files + 4 && last.workers <= 2 && last.library < 20e6);
    assert.equal(listeners, 0);
    assert.ok(processor.getSnapshot().entries.length <= 10);
    await processor.dispose();
    await gone(workers);
    await until(() => `left: ${resources()}, before: ${before}`, () => resources().length <= before.length);
    await until(() => `${openFiles()} files are open, ${files} before`, () => openFiles() <= files);
});
