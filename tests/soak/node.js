// The soak in Node: node tests/soak/node.js SECONDS SEED. Exits with 1 at the first wrong count, leak, or growth.
// SPDX-License-Identifier: MIT
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FORMATS } from '../../build/generated/tables.js';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink } from '../../dist/node.js';
import { described, planOf, runPlan, sourceOf } from './plan.js';

/** Those that users can ask for. */
const FORMAT_NAMES = Object.keys(FORMATS).filter((name) => FORMATS[name].extension !== '');

const [seconds, firstSeed] = process.argv.slice(2).map(Number);

/** What the process holds at the least may grow by so much once every path has run. */
const GROWTH = 24e6;
const WARM_EXPORTS = 100;
/** Exports whose least counts: what one holds at its end goes up and down by a hundred megabytes. */
const SPAN = 100;
const MOST_RECORDS = 20000;

const folder = mkdtempSync(join(tmpdir(), 'exportloom-soak-'));
/** @type {Set<Worker>} */
const workers = new Set();

const processor = new ExportProcessor({
    createWorker() {
        const worker = new Worker(new URL('../../dist/worker.js', import.meta.url), { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 2 } });
        workers.add(worker);
        worker.once('exit', () => workers.delete(worker));
        return worker;
    },
});

function kill() {
    const [worker] = workers;
    void worker?.terminate();
}

/** Nothing may stay in the folder but whole files. @param {import('./plan.js').Plan} plan */
async function toFile(plan) {
    const sink = fileSink(join(folder, `out-${plan.seed}`));
    const alone = plan.options.format === 'xml' ? { xml: { schema: 'none' } } : {}; // without a second file
    const job = processor.startExport(sourceOf({ ...plan, bad: 0 }), /** @type {any} */ ({ ...plan.options, ...alone, sink }));
    if (plan.fault !== 'none') setTimeout(() => void job.cancel(), plan.at);
    const ended = await job.result.then(() => 'completed', (error) => error.code);
    processor.cleanup();
    const left = readdirSync(folder);
    rmSync(join(folder, `out-${plan.seed}`), { force: true });
    const wanted = ended === 'completed' ? 1 : 0;
    return left.length === wanted ? '' : `to a file, ended ${ended}, there is left: ${left.join(', ')}`;
}

/** @param {string} fault */
function fail(fault) {
    console.error(fault);
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
}

/** By how much the least of the last exports is above that of the first. @param {number[]} sizes of the process after each export */
function growthOf(sizes) {
    if (sizes.length < WARM_EXPORTS + 2 * SPAN) return 0;
    return Math.min(...sizes.slice(-SPAN)) - Math.min(...sizes.slice(WARM_EXPORTS, WARM_EXPORTS + SPAN));
}

async function soak() {
    const end = performance.now() + seconds * 1000;
    /** @type {number[]} */
    const sizes = [];
    for (let seed = firstSeed; performance.now() < end; seed += 1) {
        const plan = planOf(seed, FORMAT_NAMES, MOST_RECORDS);
        const fault = (await runPlan(processor, plan, kill)) || (seed % 5 === 0 && plan.fault !== 'source' ? await toFile(plan) : '');
        if (fault) fail(`${described(plan)}\n  ${fault}`);
        sizes.push(process.memoryUsage.rss());
        if (sizes.length % 200 === 0) console.log(`${sizes.length} exports, process ${(Math.min(...sizes.slice(-SPAN)) / 1e6).toFixed(0)} MB, ${workers.size} workers`);
    }
    const growth = growthOf(sizes);
    if (growth > GROWTH) fail(`the process grew by ${(growth / 1e6).toFixed(0)} MB after the first ${WARM_EXPORTS} exports`);
    await processor.dispose();
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (workers.size > 0) fail(`${workers.size} workers are left`);
    console.log(`Node: ${sizes.length} exports, growth ${(growth / 1e6).toFixed(1)} MB, no worker and no file left`);
    rmSync(folder, { recursive: true, force: true });
}

await soak();
