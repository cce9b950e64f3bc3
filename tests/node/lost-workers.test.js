// Workers that die cost nothing but time: whatever they were at, the file is the same.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { ExportProcessor } from '../../dist/index.node.js';
import { linesOf, recordsOf, temporaryFolder } from './support.js';

const CLOCK = Date.UTC(2026, 0, 31);

/**
 * A processor whose workers are ended before they are sent a request that `isFatal`, or when its reply has come.
 * @param {(request: object, count: number) => 'before' | 'after' | undefined} isFatal
 * @param {object} [options]
 */
function deadly(isFatal, options = {}) {
    let count = 0;
    const told = { kills: 0 };
    const createWorker = () => {
        const worker = new Worker(new URL('../../dist/worker.js', import.meta.url), { execArgv: [] });
        const post = worker.postMessage.bind(worker);
        worker.postMessage = (request, transfer) => {
            count += 1;
            const when = isFatal(request, count);
            if (when) told.kills += 1;
            if (when === 'before') return void worker.terminate();
            post(request, transfer);
            if (when === 'after') worker.once('message', () => void worker.terminate());
        };
        return worker;
    };
    return { processor: new ExportProcessor({ createWorker, workers: 2, now: () => CLOCK, ...options }), told };
}

/** @param {ExportProcessor} processor */
async function contentOf(processor, source, options) {
    const { blob, report } = await processor.startExport(source, { chunkSize: 100, ...options }).result;
    return { bytes: Buffer.from(await blob.arrayBuffer()), report };
}

/** What tells how an export went, not what it made. */
function content({ bytes, report: { counts, columns, defects, warnings, statistics } }) {
    return JSON.stringify([bytes.toString('base64'), counts, columns, defects, warnings, statistics]);
}

const records = recordsOf(1000);
const sources = { objects: () => records, bytes: () => Buffer.from(linesOf(records)) };
const formats = {
    json: { includeStatistics: true, includeMetadata: true },
    csv: { includeStatistics: true },
    xml: {},
    xlsx: { includeStatistics: true, includeMetadata: true },
    pdf: { includeStatistics: true },
    html: {},
};

for (const [format, more] of Object.entries(formats)) {
    test(`${format}: a worker dies at each kind of request`, async (t) => {
        const options = { format, ...more };
        const seen = new Map();
        const { processor } = deadly(({ op }) => void seen.set(op, (seen.get(op) ?? 0) + 1));
        const probe = processor.startExport(records, { chunkSize: 100, ...options }).result.catch((error) => error);
        if ((await probe).code === 'UNKNOWN_FORMAT') return t.skip('not built');
        for (const [kind, source] of Object.entries(sources).slice(format === 'csv' ? 0 : 1)) {
            seen.clear();
            const wanted = content(await contentOf(processor, source(), options));
            for (const op of [...seen.keys()].filter((name) => name !== 'close')) {
                for (const when of ['parse', 'scan', 'head'].includes(op) ? ['before', 'after'] : ['before']) {
                    let at = 0;
                    const last = Math.min(seen.get(op), 3);
                    const { processor: other, told } = deadly((request) => (request.op === op && ++at === last ? when : undefined));
                    const got = await contentOf(other, source(), options);
                    assert.equal(told.kills, 1);
                    assert.ok(content(got) === wanted, `${kind}, ${op}, ${when}: the content differs`);
                    if (when === 'before') assert.ok(got.report.retries > 0, `${op} was not done again`);
                    await other.dispose();
                }
            }
        }
        await processor.dispose();
    });
}

for (const format of ['csv', 'xlsx', 'pdf'])
    test(`${format}: a worker dies at the Nth message, for every N`, async (t) => {
        const few = records.slice(0, 60);
        const options = { format, chunkSize: 20, includeStatistics: true };
        let total = 0;
        const { processor: calm } = deadly((_, count) => void (total = count));
        const wanted = content(await contentOf(calm, few, options));
        await calm.dispose();
        for (let n = 1; n <= total; n += 1) {
            const { processor, told } = deadly((_, count) => (count === n ? 'before' : undefined));
            assert.ok(content(await contentOf(processor, few, options)) === wanted, `message ${n}: the content differs`);
            assert.ok(told.kills <= 1);
            await processor.dispose();
        }
        t.diagnostic(`${total} messages`);
        assert.ok(total > 8);
    });

test('a chunk that kills every worker fails its export, after as many times as the options say', async () => {
    const { processor, told } = deadly(({ op, chunk }) => (op === 'encode' && chunk === 3 ? 'before' : undefined));
    const job = processor.startExport(records, { format: 'json', chunkSize: 100, retries: 2 });
    await assert.rejects(job.result, ({ code, retryable }) => code === 'WORKER_FAILED' && retryable);
    assert.equal(told.kills, 3);
    assert.equal(job.progress.retries >= 2, true);
    await processor.dispose();
});

test('workers that do not start at first', async () => {
    let failures = 2;
    const createWorker = () => {
        if (failures-- > 0) throw new Error('too many workers');
        return new Worker(new URL('../../dist/worker.js', import.meta.url), { execArgv: [] });
    };
    const processor = new ExportProcessor({ createWorker });
    const { report } = await processor.startExport(records, { format: 'csv' }).result;
    assert.deepEqual([report.counts.written, report.retries], [1000, 2]);
    await processor.dispose();
});

test('a new worker needs no file of a module that another one has had', async () => {
    const wasmUrl = { xlsx: new URL(`file://${join(temporaryFolder(), 'xlsx.wasm')}`) };
    copyFileSync(new URL('../../dist/exportloom-xlsx.wasm', import.meta.url), wasmUrl.xlsx);
    /** @type {Worker[]} */
    const workers = [];
    const createWorker = () => workers[workers.push(new Worker(new URL('../../dist/worker.js', import.meta.url), { execArgv: [] })) - 1];
    const processor = new ExportProcessor({ createWorker, wasmUrl, workers: 1 });
    const options = { format: 'xlsx', retries: 0 };
    await processor.startExport(records, options).result;
    rmSync(wasmUrl.xlsx);
    await workers[0].terminate();
    const { report } = await processor.startExport(records, options).result;
    assert.deepEqual([report.counts.written, workers.length], [1000, 2]);
    await processor.dispose();
});
