// Runs the shared tables of cases in pages of both browsers, in whole chunks and in chunks of one record.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { jobOf, problemsOf, readTable, tables } from './case-table.js';
import { inBrowsers } from './harness.js';

const WAYS = { 'whole chunks': {}, 'chunks of one record, two workers': { chunkSize: 1, workers: 2 } };

/** The cases that a browser can run; the others are told by name. */
function runnable(context, entries) {
    return entries.filter((entry) => {
        const why = entry.skip?.browser ?? entry.skip?.js;
        if (why) context.diagnostic(`skip ${entry.name}: ${why}`);
        return !why;
    });
}

/** Repetitions make thousands of records, which are too many chunks of one record to be worth the time. */
function suits(entry, options) {
    const own = ['chunkSize', 'workers'].some((name) => name in entry.options);
    return !options.chunkSize || !(own || entry.inputRepeat);
}

inBrowsers('cases', (session) => {
    let page;
    before(async () => {
        page = await session().libraryPage();
    });
    for (const file of tables()) {
        test(file, { timeout: 300000 }, async (context) => {
            const entries = runnable(context, readTable(file));
            const problems = [];
            for (const [way, options] of Object.entries(WAYS)) {
                const suited = entries.filter((entry) => suits(entry, options));
                const jobs = suited.map((entry) => jobOf(entry, options));
                const outcomes = await page.evaluate((list) => globalThis.loom.exportEach(list), jobs);
                suited.forEach((entry, i) => {
                    const problem = problemsOf(entry, outcomes[i]);
                    if (problem) problems.push(`${file}, ${way}: ${problem}`);
                });
            }
            assert.equal(problems.length, 0, `${problems.length} problems\n${problems.join('\n')}`);
            assert.deepEqual(await session().takeErrors(page), []);
        });
    }
});
