// The soak in Chromium: node tests/soak/browser.js SECONDS SEED
// SPDX-License-Identifier: MIT
import { FORMATS } from '../../build/generated/tables.js';
import { findBrowser, liveWorkers, Session } from '../browser/harness.js';

/** Those that users can ask for. */
const FORMAT_NAMES = Object.keys(FORMATS).filter((name) => FORMATS[name].extension !== '');

const [seconds, firstSeed] = process.argv.slice(2).map(Number);

/** The page's objects may grow by so much. */
const GROWTH = 16e6;
const SLICE = 20;
const WARM_SLICES = 8;
const MOST_RECORDS = 5000;

if (!findBrowser('chromium')) {
    console.log('Chromium is not installed: left out');
    process.exit(0);
}

/** Bytes of live objects. @param {any} page */
async function heapOf(page) {
    const client = await page.createCDPSession();
    await client.send('HeapProfiler.collectGarbage');
    await client.detach();
    return (await page.metrics()).JSHeapUsedSize;
}

async function soak() {
    const session = await Session.open('chromium', { folders: ['tests/soak'] });
    try {
        const page = await session.page('/tests/soak/page.html');
        await page.waitForFunction(() => 'soak' in globalThis);
        const end = performance.now() + seconds * 1000;
        let [slices, base, heap] = [0, 0, 0];
        for (; performance.now() < end; slices += 1) {
            const seed = firstSeed + slices * SLICE;
            const fault = await page.evaluate((...words) => globalThis.soak.soak(...words), seed, SLICE, FORMAT_NAMES, MOST_RECORDS);
            if (fault) throw new Error(fault);
            if (slices % 10 === 9 || slices === WARM_SLICES) heap = await heapOf(page);
            if (slices === WARM_SLICES) base = heap;
            if (slices % 10 === 9) console.log(`${(slices + 1) * SLICE} exports in Chromium, page ${(heap / 1e6).toFixed(1)} MB`);
        }
        heap = await heapOf(page);
        if (base > 0 && heap - base > GROWTH) throw new Error(`the page grew by ${((heap - base) / 1e6).toFixed(1)} MB`);
        await page.evaluate(() => globalThis.soak.dispose());
        await new Promise((resolve) => setTimeout(resolve, 500));
        const left = await page.evaluate(() => globalThis.watched.addresses.size);
        const alive = await liveWorkers(session, page);
        if (left > 0 || alive > 0) throw new Error(`${alive} workers and ${left} object URLs are left`);
        console.log(`Chromium: ${slices * SLICE} exports, growth ${base > 0 ? ((heap - base) / 1e6).toFixed(1) : 'not measured'} MB, no worker and no URL left`);
    } finally {
        await session.close();
    }
}

await soak().catch((error) => {
    console.error(error.message);
    process.exit(1);
});
