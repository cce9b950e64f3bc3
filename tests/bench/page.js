// Measures the longest block of a page's thread while objects of the page become a CSV Blob: node tests/bench/page.js
// [chromium|firefox] [records] [runs]. A fresh browser for each run; the median of the runs is the figure.
// SPDX-License-Identifier: MIT
import { findBrowser, KINDS, Session } from '../browser/harness.js';

const [kind = 'chromium', records = '1000000', runs = '3'] = process.argv.slice(2);

/** @param {number[]} values */
function median(values) {
    return [...values].sort((a, b) => a - b)[values.length >> 1];
}

async function measure() {
    const session = await Session.open(kind);
    try {
        const page = await session.libraryPage();
        return await page.evaluate((count) => globalThis.loom.measureExport(count, { format: 'csv' }), Number(records));
    } finally {
        await session.close();
    }
}

if (!KINDS.includes(kind) || !findBrowser(kind)) {
    console.error(KINDS.includes(kind) ? `${kind} is not installed` : `usage: node tests/bench/page.js [${KINDS.join('|')}] [records] [runs]`);
    process.exit(2);
}
const outcomes = [];
for (let run = 1; run <= Number(runs); run++) {
    const outcome = await measure();
    outcomes.push(outcome);
    console.log(`run ${run}: longest block ${outcome.longest.toFixed(1)} ms, ${outcome.late.length} over 16 ms, `
        + `${(outcome.milliseconds / 1000).toFixed(2)} s, CSV ${(outcome.size / 1e6).toFixed(0)} MB, `
        + `library ${(outcome.peakMemoryBytes / 1e6).toFixed(1)} MB`);
}
console.log(`${kind}, ${records} objects to CSV: longest block of the page's thread ${median(outcomes.map((o) => o.longest)).toFixed(1)} ms, `
    + `${(median(outcomes.map((o) => o.milliseconds)) / 1000).toFixed(2)} s (medians of ${runs})`);
