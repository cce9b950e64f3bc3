// Every kind of source that a page has gives the same file, in both browsers.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { extractionResults } from '../../web/demo/generate.js';
import { inBrowsers, liveWorkers, until } from './harness.js';

const COUNT = 500;
const records = [...extractionResults(COUNT)];
const input = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join('')).toString('base64');
const KINDS_OF_SOURCE = ['string', 'bytes', 'blob', 'file', 'stream', 'gzip', 'gzips', 'gzipsInPieces', 'response', 'array', 'iterable', 'asyncIterable'];

inBrowsers('sources', (session) => {
    let page;
    before(async () => {
        page = await session().libraryPage();
    });

    async function exported(kind, options) {
        const outcome = await page.evaluate((...args) => globalThis.loom.exportBytes(...args), kind, input, options);
        assert.equal(outcome.error, undefined, `${kind}: ${outcome.error?.code} ${outcome.error?.message}`);
        assert.deepEqual(outcome.report.counts, { read: COUNT, written: COUNT, filtered: 0, rejected: 0 });
        assert.deepEqual(outcome.report.defects, []);
        return Buffer.from(outcome.output, 'base64').toString();
    }

    for (const kind of KINDS_OF_SOURCE) {
        test(`${kind} to JSON`, async () => {
            assert.deepEqual(JSON.parse(await exported(kind, { format: 'json' })), records);
        });
        test(`${kind} to CSV`, async () => {
            const wanted = await exported('blob', { format: 'csv', chunkSize: 7 });
            assert.equal(await exported(kind, { format: 'csv' }), wanted);
        });
    }

    for (const kind of ['gzipCut', 'gzipCutInside', 'gzipAndMore', 'gzipDamaged']) {
        test(`${kind} is told as what it is`, async () => {
            const { error, output } = await page.evaluate((...args) => globalThis.loom.exportBytes(...args), kind, input, { format: 'csv' });
            assert.equal(output, undefined);
            assert.equal(error?.code, 'SOURCE_FAILED');
            assert.match(error.message, /gzip data is damaged or cut off/);
        });
    }

    test('no worker, no object URL and no violation is left', async () => {
        await until('the workers end', async () => (await liveWorkers(session(), page)) === 0, 10000);
        assert.deepEqual(await session().takeErrors(page), []);
        assert.equal(await page.evaluate(() => globalThis.watched.addresses.size), 0);
    });
});
