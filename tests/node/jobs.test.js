// Many exports: at once within one budget, one after another without growth, cancelled and killed anywhere, in any order of commands.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink, fileSource } from '../../dist/node.js';
import { linesOf, recordsOf, temporaryFolder } from './support.js';

const FORMATS = ['json', 'csv', 'xml', 'xlsx', 'pdf', 'html'];
const BUDGET = 50 * 1024 * 1024;
const CLOCK = Date.UTC(2026, 0, 31);
const ORDER = ['queued', 'analyzing', 'encoding', 'finalizing', 'completed'];
const ENDS = ['completed', 'cancelled', 'failed'];

const folder = temporaryFolder();
const input = join(folder, 'records.ndjson');
writeFileSync(input, linesOf(recordsOf(20000)));

/** A processor that knows which of its workers live. */
function watched(options = {}) {
    /** @type {Set<Worker>} */
    const living = new Set();
    const createWorker = () => {
        const worker = new Worker(new URL('../../dist/worker.js', import.meta.url), { execArgv: [] });
        living.add(worker);
        worker.once('exit', () => living.delete(worker));
        return worker;
    };
    return { processor: new ExportProcessor({ createWorker, now: () => CLOCK, ...options }), living };
}

/** The same numbers for the same seed. @param {number} seed */
function randomly(seed) {
    let state = seed;
    return () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 4294967296;
    };
}

test('five exports of different formats at once hold 50 MiB together', async () => {
    const { processor } = watched({ workers: 2 });
    let most = 0;
    let running = 0;
    const stop = processor.subscribe(() => {
        const snapshot = processor.getSnapshot();
        most = Math.max(most, snapshot.memoryBytes);
        running = Math.max(running, snapshot.running);
    });
    const jobs = ['json', 'csv', 'xml', 'xlsx', 'pdf'].map((format) =>
        processor.startExport(fileSource(input), { format, includeStatistics: true, sink: fileSink(join(folder, `five.${format}`)) }));
    const results = await Promise.all(jobs.map(({ result }) => result));
    stop();
    assert.deepEqual(results.map(({ report }) => report.counts.written), [20000, 20000, 20000, 20000, 20000]);
    assert.equal(running, 5);
    assert.ok(most > 0 && most <= BUDGET, `${most} bytes`);
    for (const { report } of results) assert.ok(report.peakMemoryBytes <= BUDGET, `${report.options.format}: ${report.peakMemoryBytes} bytes`);
    await processor.dispose();
});

test('so does a batch of five', async () => {
    const { processor } = watched({ workers: 2 });
    let most = 0;
    const stop = processor.subscribe(() => (most = Math.max(most, processor.getSnapshot().memoryBytes)));
    const { results } = await processor.batchExport(fileSource(input), FORMATS.slice(0, 5), { includeStatistics: true }).result;
    stop();
    assert.deepEqual(results.map(({ report }) => report.counts.written), [20000, 20000, 20000, 20000, 20000]);
    assert.ok(most > 0 && most <= BUDGET, `${most} bytes`);
    await processor.dispose();
});

for (const format of FORMATS) {
    test(`${format}: cancelled in every phase, nothing is left`, async () => {
        const before = readdirSync(folder);
        for (const phase of ORDER.slice(0, 4)) {
            const { processor, living } = watched();
            /** @type {Promise<boolean> | undefined} */
            let cancelled;
            const onProgress = (progress) => {
                if (progress.phase === phase) cancelled ??= processor.cancelExport(progress.id);
            };
            const sink = fileSink(join(folder, `cancelled.${format}`));
            const job = processor.startExport(fileSource(input), { format, sink, onProgress, includeStatistics: true });
            if (phase === 'queued') cancelled = job.cancel();
            await assert.rejects(job.result, { code: 'CANCELLED' }, phase);
            assert.equal(await cancelled, true);
            assert.deepEqual(readdirSync(folder), before, phase);
            await processor.dispose();
            assert.equal(living.size, 0, phase);
            assert.equal(processor.getSnapshot().memoryBytes, 0, phase);
        }
    });

    test(`${format}: workers killed at any moment, the file is the same`, async () => {
        const options = { format, includeStatistics: true, chunkSize: 500, retries: 100 };
        const bytesOf = async (processor) => {
            const { blob, report } = await processor.startExport(fileSource(input), options).result;
            return { bytes: Buffer.from(await blob.arrayBuffer()), report };
        };
        const calm = watched({ workers: 2 });
        const wanted = await bytesOf(calm.processor);
        await calm.processor.dispose();
        for (const seed of [1, 2]) {
            const random = randomly(seed);
            const { processor, living } = watched({ workers: 2 });
            let kills = 0;
            const kill = () => {
                const all = [...living];
                if (all.length > 0 && kills < 4) {
                    kills += 1;
                    void all[Math.floor(random() * all.length)].terminate();
                }
                timer = setTimeout(kill, random() * 60);
            };
            let timer = setTimeout(kill, random() * 60);
            const got = await bytesOf(processor).finally(() => clearTimeout(timer));
            assert.ok(kills > 0, `seed ${seed}: nothing was killed`);
            assert.ok(got.bytes.equals(wanted.bytes), `seed ${seed}: the file differs`);
            assert.deepEqual(got.report.counts, wanted.report.counts);
            await processor.dispose();
        }
    });
}

test('200 exports, one after another, leave nothing behind', async () => {
    const { processor, living } = watched({ historyLimit: 5, workers: 1 });
    const records = recordsOf(50);
    /** @type {number[]} */
    const held = [];
    for (let i = 0; i < 200; i += 1) {
        const job = processor.startExport(records, { format: FORMATS[i % FORMATS.length] });
        if (i % 20 === 19) void job.cancel();
        await job.result.catch(({ code }) => assert.equal(code, 'CANCELLED'));
        if (i >= 50) held.push(process.getActiveResourcesInfo().length);
        assert.ok(processor.getSnapshot().entries.length <= 6);
    }
    assert.ok(Math.max(...held.slice(-50)) <= Math.max(...held.slice(0, 50)), held.join());
    await processor.dispose();
    assert.equal(living.size, 0);
});

/** What may be done to a processor, as numbers that fast-check draws. */
const commands = fc.array(fc.record({
    act: fc.constantFrom('start', 'start', 'fail', 'stall', 'cancel', 'retry', 'wait', 'cleanup'),
    format: fc.constantFrom(...FORMATS),
    which: fc.nat(7),
    priority: fc.integer({ min: -2, max: 2 }),
}), { minLength: 1, maxLength: 12 });

/** An iterable that throws in the middle. */
function* broken() {
    yield* recordsOf(30);
    throw new Error('broken');
}

/** What a job went through, which must be in order and end once. */
function follow(job, told) {
    const steps = [];
    told.push(steps);
    return (async () => {
        for await (const progress of job) steps.push(progress);
    })().catch(() => {});
}

function assertOrder(steps) {
    const phases = steps.map(({ phase }) => phase);
    for (const { phase, recordsRead, recordsWritten, recordsFiltered, recordsRejected } of steps)
        if (phase === 'completed') assert.equal(recordsRead, recordsWritten + recordsFiltered + recordsRejected);
    const ended = phases.filter((phase) => ENDS.includes(phase));
    assert.ok(ended.length === 1 && ENDS.includes(phases.at(-1)), phases.join());
    const places = phases.filter((phase) => ORDER.includes(phase)).map((phase) => ORDER.indexOf(phase));
    assert.deepEqual(places, places.toSorted((a, b) => a - b), phases.join());
}

test('any order of commands: phases go forward and end once, and nothing is left', async () => {
    await fc.assert(fc.asyncProperty(commands, async (list) => {
        const { processor, living } = watched({ maxConcurrent: 2, workers: 1 });
        const jobs = [];
        const told = [];
        const following = [];
        const add = (job) => {
            jobs.push(job);
            following.push(follow(job, told));
        };
        for (const { act, format, which, priority } of list) {
            const job = jobs[which % (jobs.length || 1)];
            if (act === 'start') add(processor.startExport(recordsOf(40), { format, priority }));
            else if (act === 'fail') add(processor.startExport(broken(), { format, priority }));
            else if (act === 'stall') add(processor.startExport((async function* () { await new Promise(() => {}); })(), { format, sourceTimeout: 20 }));
            else if (act === 'cleanup') processor.cleanup({ count: which });
            else if (!job) continue;
            else if (act === 'cancel') void job.cancel();
            else if (act === 'wait') await job.result.catch(() => {});
            else try { add(processor.retryExport(job.id)); } catch (error) { assert.ok(error.code, String(error)); }
        }
        await Promise.all(jobs.map(({ result }) => result.catch(() => {})));
        await Promise.all(following);
        for (const steps of told) assertOrder(steps);
        const { running, queued } = processor.getSnapshot();
        assert.deepEqual([running, queued], [0, 0]);
        await processor.dispose();
        assert.equal(living.size, 0);
    }), { numRuns: 25 });
});
