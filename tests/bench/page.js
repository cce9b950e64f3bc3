// One measurement in a fresh Chromium: objects of a page become a Blob, and a timer that must never be late tells how long its thread was
// blocked. By hand: node tests/bench/page.js FORMAT RECORDS [chromium|firefox]
// SPDX-License-Identifier: MIT
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findBrowser, KINDS, Session } from '../browser/harness.js';
import { median } from './measure.js';
import { PDF_COLUMNS } from './peers.js';

/** Warm exports are measured up to so many records. */
const WARM_ROWS = 10000;
const WARM_RUNS = 5;

/** The process of the page, its workers included. @param {any} session @returns {Promise<number | undefined>} Chromium's only */
async function processOf(session) {
    if (session.kind !== 'chromium') return undefined;
    const devtools = await session.browser.target().createCDPSession();
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    const renderers = /** @type {{ id: number, type: string, cpuTime: number }[]} */ (processInfo).filter(({ type }) => type === 'renderer');
    return renderers.sort((a, b) => b.cpuTime - a.cpuTime)[0]?.id;
}

/** @param {number} id @param {'VmRSS' | 'VmHWM'} what @returns bytes */
function residentBytes(id, what) {
    return 1024 * Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
}

/**
 * CPU milliseconds of the longest task of the page's thread during the export, whatever else the machine does; it includes V8's collection of garbage.
 * @param {Uint8Array | undefined} trace
 */
function longestTask(trace) {
    /** @type {{ name: string, pid: number, tid: number, ts: number, tdur?: number, args: { name?: string } }[]} */
    const events = JSON.parse(new TextDecoder().decode(trace)).traceEvents;
    const threads = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`));
    const [start, end] = ['export starts', 'export ends'].map((mark) => events.find(({ name }) => name === mark)?.ts ?? NaN);
    const tasks = events.filter(({ pid, tid, ts, tdur }) => tdur !== undefined && ts >= start && ts <= end && threads.has(`${pid} ${tid}`));
    return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000));
}

/**
 * What `run` gives, and the longest task meanwhile.
 * @template Outcome
 * @param {any} page
 * @param {() => Promise<Outcome>} run
 */
async function traced(page, run) {
    await page.tracing.start({ categories: ['toplevel', 'blink.user_timing'] });
    const outcome = await run();
    return { outcome, task: longestTask(await page.tracing.stop()) };
}

/**
 * @param {import('./peers.js').Format} format
 * @param {number} rows
 * @param {string} [kind] of browser
 * @returns {Promise<{ fault?: string, figures: Record<string, number> }>} `grew`: what the page's process held more than before the export;
 *     `cold` and `warm`: seconds of the first export in a fresh browser, and of those after it
 */
export async function measurePage(format, rows, kind = 'chromium') {
    const session = await Session.open(kind);
    try {
        const page = await session.libraryPage();
        const options = format === 'pdf' ? { format, columns: PDF_COLUMNS } : { format };
        const loom = (/** @type {unknown[]} */ ...call) => page.evaluate((/** @type {string} */ name, /** @type {unknown[]} */ ...args) => /** @type {any} */ (globalThis).loom[name](...args), ...call);
        const run = () => loom('measureExport', rows, options);
        await loom('keepRecords', rows);
        const id = await processOf(session);
        const before = id ? residentBytes(id, 'VmRSS') : 0;
        if (id) writeFileSync(`/proc/${id}/clear_refs`, '5'); // the peak starts anew
        const { outcome: first, task } = kind === 'chromium' ? await traced(page, run) : { outcome: await run(), task: NaN };
        const grew = id ? residentBytes(id, 'VmHWM') - before : 0;
        if (first.counts.written !== rows) return { fault: `only ${first.counts.written} records`, figures: {} };
        const warm = [];
        while (rows <= WARM_ROWS && warm.length < WARM_RUNS) warm.push((await run()).milliseconds / 1000);
        const wall = first.milliseconds / 1000;
        const figures = { wall, longest: first.longest, task, over: first.late.length, library: first.peakMemoryBytes, grew, bytes: first.size };
        return { figures: warm.length > 0 ? { ...figures, cold: wall, warm: median(warm) } : figures };
    } catch (error) {
        return { fault: error instanceof Error ? error.message : String(error), figures: {} };
    } finally {
        await session.close();
    }
}

/** Why pages cannot be measured, or ''. */
export function pageAbsence() {
    return findBrowser('chromium') ? '' : 'chromium is not installed';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const [format, rows, kind = 'chromium'] = process.argv.slice(2);
    if (!KINDS.includes(kind) || !(Number(rows) > 0)) throw new Error('usage: node tests/bench/page.js FORMAT RECORDS [chromium|firefox]');
    console.log(await measurePage(/** @type {any} */ (format), Number(rows), kind));
}
