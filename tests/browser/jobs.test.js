// Exports side by side in a page: within one budget of memory, called off in each phase, and with workers that are lost.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inBrowsers, liveWorkers, until } from './harness.js';

const FORMATS = ['json', 'csv', 'xlsx', 'pdf', 'xml'];
const COUNT = 15000;

/** Phases go forward, but for one step back, and nothing follows an end. */
const COURSE = /^(queued )?(analyzing )?(encoding )?(analyzing )?(encoding )?(finalizing )?(completed|cancelled)$/;

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

    test('two hundred exports in a row', { timeout: 240000 }, async (t) => {
        const page = await session().libraryPage();
        const { ends, held, entries } = await page.evaluate((...args) => globalThis.loom.exportInTurn(...args), FORMATS, 200);
        t.diagnostic(`${kind}: ${held.map((bytes) => (bytes / 1e6).toFixed(1)).join(', ')} MB`);
        assert.deepEqual([ends, entries], [{ completed: 180, CANCELLED: 20 }, 0]);
        assert.ok(held.at(-1) <= held[0] + 4e6 && held.every((bytes) => bytes <= 50e6), `${held}`);
        await until('the workers end', async () => (await liveWorkers(session(), page)) === 0, 10000);
        assert.equal(await page.evaluate(() => globalThis.watched.addresses.size), 0);
        assert.deepEqual(await session().takeErrors(page), []);
        await page.close();
    });

    test('any commands in any order', { timeout: 240000 }, async () => {
        const page = await session().libraryPage();
        for (const seed of [1, 2, 3, Date.now() % 1e9]) {
            const { courses, jobs, refused, entries } = await page.evaluate((...args) => globalThis.loom.explore(...args), FORMATS, seed, 60);
            for (const course of courses) assert.match(course, COURSE, `seed ${seed}`);
            assert.deepEqual([courses.length, entries], [jobs, 0], `seed ${seed}`);
            assert.deepEqual(refused.filter((code) => !['UNSUPPORTED', 'NOTHING_REJECTED'].includes(code)), [], `seed ${seed}`);
            await until('the workers end', async () => (await liveWorkers(session(), page)) === 0, 10000);
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
