// Exports side by side in a page: within one budget of memory, called off in each phase, and with workers that are lost.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inBrowsers, liveWorkers, until } from './harness.js';

const FORMATS = ['json', 'csv', 'xlsx', 'pdf', 'xml'];
const COUNT = 15000;

inBrowsers('jobs', (session, kind) => {
    for (const asBatch of [false, true]) {
        test(asBatch ? 'a batch of five formats' : 'five formats at once', { timeout: 240000 }, async (t) => {
            const page = await session().libraryPage();
            const { written, sizes, most } = await page.evaluate((...args) => globalThis.loom.exportTogether(...args), FORMATS, COUNT, asBatch);
            t.diagnostic(`${kind}: ${(most / 1e6).toFixed(1)} MB`);
            assert.deepEqual(written, Array(5).fill(COUNT));
            assert.deepEqual(sizes, Array(5).fill(0));
            assert.ok(most > 1e6 && most <= 50e6, `${most} bytes`);
            await until('the workers end', async () => (await liveWorkers(session(), page)) === 0, 10000);
            assert.deepEqual(await session().takeErrors(page), []);
            await page.close();
        });
    }

    test('cancel in each phase of each format', { timeout: 240000 }, async () => {
        const page = await session().libraryPage();
        for (const format of FORMATS) {
            for (const phase of ['analyzing', 'encoding', 'finalizing']) {
                const outcome = await page.evaluate((...args) => globalThis.loom.cancelAt(...args), phase, 2000, { format, includeStatistics: true, chunkSize: 200 });
                if (phase !== 'finalizing') assert.equal(outcome.error?.code, 'CANCELLED', `${format}, ${phase}`);
                await until('the workers end', async () => (await liveWorkers(session(), page)) === 0, 10000);
            }
        }
        assert.equal(await page.evaluate(() => globalThis.watched.addresses.size), 0);
        assert.deepEqual(await session().takeErrors(page), []);
        await page.close();
    });

    for (const format of ['csv', 'xlsx', 'pdf']) {
        test(`${format}: a worker is lost`, { timeout: 120000 }, async () => {
            const page = await session().libraryPage();
            const { killed, retries, same } = await page.evaluate((...args) => globalThis.loom.exportWithKill(...args), format, 3000);
            assert.ok(killed === 1 && same, `killed ${killed}, sent again ${retries}`);
            await page.close();
        });
    }
});
