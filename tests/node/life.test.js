// The life of exports as a state machine: whatever is done to them in any order, each goes forward, ends once, adds up, and leaves nothing.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink } from '../../dist/node.js';
import { recordsOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
/** More records than decide the columns at first. */
const LONG = recordsOf(1100);
let outputs = 0;
const RUNS = Number(process.env.LIFE_RUNS ?? 40);

/** What may come behind each phase; columns that were not all known send an export back to the analysis, once. */
const NEXT = {
    queued: ['analyzing', 'encoding', 'cancelled', 'failed'],
    analyzing: ['encoding', 'cancelled', 'failed'],
    encoding: ['analyzing', 'finalizing', 'cancelled', 'failed'],
    finalizing: ['completed', 'cancelled', 'failed'],
    completed: [],
    cancelled: [],
    failed: [],
};
const LAST = ['completed', 'cancelled', 'failed'];

/** Looks at every snapshot of a processor. */
class Witness {
    /** @type {Map<string, string[]>} */
    ways = new Map();
    /** @type {Map<string, object>} */
    ends = new Map();
    faults = [];

    constructor(processor) {
        this.processor = processor;
        processor.subscribe(() => this.look());
    }

    look() {
        const { exports, entries, batches, queued, running } = this.processor.getSnapshot();
        const ended = exports.filter(({ phase }) => LAST.includes(phase)).length;
        if (queued + running + ended !== exports.length) this.faults.push(`${queued} + ${running} + ${ended} of ${exports.length}`);
        if (entries.some((entry, at) => entry.progress !== exports[at])) this.faults.push('entries are not those of the exports');
        for (const entry of [...entries, ...batches]) this.#step(entry);
    }

    #step({ id, progress: { phase, recordsRead, recordsWritten, recordsRejected, recordsFiltered }, result, error, endedAt }) {
        const way = this.ways.get(id) ?? [];
        this.ways.set(id, way);
        const isBatch = /^batch-\d+$/.test(id);
        if (way.length > 0 && way.at(-1) !== phase && !isBatch && !NEXT[way.at(-1)].includes(phase)) this.faults.push(`${id}: ${[...way, phase].join(', ')}`);
        if (way.at(-1) !== phase) way.push(phase);
        const isLast = LAST.includes(phase);
        if (isLast !== (Boolean(result) !== Boolean(error)) || isLast !== (endedAt !== undefined)) this.faults.push(`${id}: ${phase}, but ${result} and ${error}`);
        if (!isBatch && recordsWritten + recordsRejected + recordsFiltered > recordsRead) this.faults.push(`${id}: more written than read`);
        if (!isLast) return;
        const known = this.ends.get(id);
        if (known && known !== (result ?? error)) this.faults.push(`${id} ended twice`);
        this.ends.set(id, result ?? error);
    }
}

/** Throws behind some records. */
function* breaking(records) {
    yield* records;
    throw new Error('the source fails on purpose');
}

const failingSink = () => ({
    write() {
        throw new Error('the sink fails on purpose');
    },
    close() {
        throw new Error('the sink fails on purpose');
    },
});

/** One course of commands on one processor. */
class Course {
    jobs = [];
    workers = new Set();

    constructor(maxConcurrent) {
        const createWorker = () => {
            const worker = new Worker(new URL('../../dist/worker.js', import.meta.url), { execArgv: [] });
            this.workers.add(worker);
            worker.once('exit', () => this.workers.delete(worker));
            return worker;
        };
        this.processor = new ExportProcessor({ createWorker, workers: 2, maxConcurrent, historyLimit: 1000 });
        this.witness = new Witness(this.processor);
    }

    start({ format, count, source, sink, late, priority }) {
        const records = late ? [...LONG, { late: true }] : recordsOf(count);
        const path = join(folder, `out-${(outputs += 1)}`);
        const sinks = { blob: undefined, file: fileSink(path), failing: failingSink() };
        const options = { format, chunkSize: late ? 90 : 7, priority, sink: sinks[sink], retries: 10, ...(format === 'xml' ? { xml: { schema: 'none' } } : {}) };
        const made = { array: records, once: records.values(), failing: breaking(records) }[source];
        const wanted = source !== 'failing' && sink !== 'failing' ? records.length : undefined;
        this.jobs.push({ job: this.processor.startExport(made, options), wanted, ...(sink === 'file' ? { path } : {}) });
    }

    batch({ count }) {
        this.jobs.push({ job: this.processor.batchExport(recordsOf(count), ['csv', 'json', 'xlsx'], { chunkSize: 7, zip: count % 2 === 0, retries: 10 }) });
    }

    #one(at) {
        return this.jobs[at % Math.max(1, this.jobs.length)];
    }

    cancel({ at }) {
        void this.#one(at)?.job.cancel();
    }

    retry({ at }) {
        const known = this.#one(at);
        if (!known) return;
        try {
            this.jobs.push({ job: this.processor.retryExport(known.job.id), wanted: known.wanted });
            known.path = undefined; // both write it
        } catch (error) {
            assert.equal(error.code, 'UNSUPPORTED');
        }
    }

    cleanup({ count }) {
        this.processor.cleanup({ count });
    }

    kill({ at }) {
        const workers = [...this.workers];
        void workers[at % Math.max(1, workers.length)]?.terminate();
    }

    pause({ milliseconds }) {
        return new Promise((resolve) => setTimeout(resolve, milliseconds));
    }

    /** @param {boolean} patient waits for all exports before the end */
    async end(patient) {
        if (patient) await Promise.allSettled(this.jobs.map(({ job }) => job.result));
        await this.processor.dispose();
        for (const { job, wanted, path } of this.jobs) await this.#judge(job, wanted, path);
        await gone(() => this.workers.size === 0, 'workers');
    }

    async #judge(job, wanted, path) {
        const result = await job.result.catch((error) => error);
        const { phase } = job.progress;
        assert.ok(LAST.includes(phase), `${job.id} is ${phase}`);
        assert.equal(phase === 'completed', !(result instanceof Error));
        if (path) assert.equal(existsSync(path), phase === 'completed', `${path} of a ${phase} export`);
        if (result instanceof Error) assert.ok(['CANCELLED', 'SOURCE_FAILED', 'SINK_FAILED', 'SINK_IN_USE'].includes(result.code), `${result.code}: ${result.message}`);
        for (const { report } of result.results ?? (result.report && !(result instanceof Error) ? [result] : [])) {
            const { read, written, filtered, rejected } = report.counts;
            assert.equal(read, written + filtered + rejected);
            if (wanted !== undefined) assert.equal(written, wanted);
        }
    }
}

async function gone(look, what) {
    const end = Date.now() + 5000;
    while (!look()) {
        if (Date.now() > end) throw new Error(`${what} are left`);
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

const formats = fc.constantFrom('json', 'csv', 'xlsx', 'xml', 'pdf', 'html');
const at = fc.nat(20);
const command = fc.oneof(
    { weight: 5, arbitrary: fc.record({
        op: fc.constant('start'),
        format: formats,
        count: fc.nat(60),
        source: fc.constantFrom('array', 'array', 'once', 'failing'),
        sink: fc.constantFrom('blob', 'file', 'file', 'failing'),
        late: fc.constantFrom(false, false, true),
        priority: fc.integer({ min: -2, max: 2 }),
    }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('batch'), count: fc.integer({ min: 1, max: 40 }) }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('cancel'), at }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('retry'), at }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('cleanup'), count: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('kill'), at }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('pause'), milliseconds: fc.nat(30) }) },
);

test('any commands in any order', { timeout: 300000 }, async () => {
    const course = fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 14 }), fc.integer({ min: 1, max: 3 }), fc.boolean(), async (commands, most, patient) => {
        const run = new Course(most);
        for (const one of commands) await run[one.op](one);
        await run.end(patient);
        assert.deepEqual(run.witness.faults, []);
    });
    await fc.assert(course, { numRuns: RUNS, seed: process.env.LIFE_SEED ? Number(process.env.LIFE_SEED) : undefined, includeErrorInReport: true, interruptAfterTimeLimit: 240000, endOnFailure: true });
    assert.deepEqual(readdirSync(folder).filter((name) => !name.startsWith('out-')), [], 'temporary files are left');
});
