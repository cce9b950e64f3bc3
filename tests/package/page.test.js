// The package in a plain page: strict policy, sub-path, wrong media types, own addresses, offline, and what fails.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CONTENT_SECURITY_POLICY } from '../../web/demo/serve.js';
import { EXPORT_ALL, PAGE_MODULE, faults, needsChromium, openChromium, outcomeOf, pack, project, serveFolder } from './support.js';

const LONG = { timeout: 120000 };
const PAGE = '<!doctype html><meta charset="utf-8"><title>x</title><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>';

describe('plain page', { skip: needsChromium, concurrency: 3 }, () => {
    let browser;
    let place;
    before(async () => {
        place = project('page', pack('page'), {
            'index.html': PAGE,
            'main.js': PAGE_MODULE.replace("'exportloom'", "'./node_modules/exportloom/dist/index.js'"),
            'export-all.js': EXPORT_ALL,
        });
        mkdirSync(join(place, 'elsewhere/wasm'), { recursive: true });
        const dist = join(place, 'node_modules/exportloom/dist');
        for (const name of ['worker.js', 'fonts']) cpSync(join(dist, name), join(place, 'elsewhere', name), { recursive: true });
        cpSync(dist, join(place, 'elsewhere/wasm'), { recursive: true, filter: (from) => from === dist || /\.wasm$|fonts/.test(from) });
        browser = await openChromium();
    });
    after(() => browser?.close());

    /** What the page comes to, and the paths that it asked for. */
    async function opened(how, page) {
        const served = await serveFolder(place, how);
        try {
            return { ...(await outcomeOf(browser, served.address, page)), asked: served.asked };
        } finally {
            await served.close();
        }
    }

    const FAILURES = [ // what takes longest comes first, beside all others
        ['the worker never answers', {}, { options: "(globalThis.formats = ['json'], { createWorker: () => new Worker(new URL('./export-all.js', location.href), { type: 'module' }) })" }, 'WORKER_FAILED'],
        ['the worker is missing', { refuse: /worker\.js$/ }, {}, 'WORKER_FAILED'],
        ['a page stands where the worker should be', { refuse: /worker\.js$/, fallback: true }, {}, 'WORKER_FAILED'],
        ['the wasm is missing', { refuse: /\.wasm$/ }, {}, 'WASM_FAILED', /404/],
        ['a page stands where the wasm should be', { refuse: /\.wasm$/, fallback: true }, {}, 'WASM_FAILED', /text\/html/],
        ['the policy allows no workers', { headers: { 'content-security-policy': "worker-src 'none'" } }, {}, 'WORKER_FAILED'],
        ['the policy allows no WebAssembly', { headers: { 'content-security-policy': "script-src 'self'" } }, {}, 'WASM_FAILED'],
        ['the worker is of another origin', {}, { options: "({ workerUrl: 'http://127.0.0.2:9/worker.js' })" }, 'WORKER_FAILED'],
    ];
    for (const [title, how, page, code, message] of FAILURES)
        test(`a clear error within seconds: ${title}`, LONG, async () => {
            const { outcome } = await opened(how, { ...page, seconds: 90 });
            for (const [format, failed] of Object.entries(outcome)) {
                assert.deepEqual([failed.name, failed.code], ['ExportError', code], `${format}: ${JSON.stringify(failed)}`);
                if (message) assert.match(failed.message, message);
            }
        });

    test('under a strict content security policy and a sub-path, with no file from elsewhere', LONG, async () => {
        const headers = { 'content-security-policy': CONTENT_SECURITY_POLICY.replace("img-src 'self'", "img-src 'self' data:") };
        const { outcome, complaints } = await opened({ base: '/a/path/below/', headers });
        assert.deepEqual(faults(outcome), []);
        assert.deepEqual(complaints, []);
    });

    for (const wasmType of ['application/octet-stream', 'text/plain', ''])
        test(`wasm served as "${wasmType}"`, LONG, async () => {
            const { outcome } = await opened({ wasmType });
            assert.deepEqual(faults(outcome), []);
        });

    test('offline once it was loaded: new workers come from the browser\'s cache', LONG, async () => {
        const served = await serveFolder(place, { headers: { 'cache-control': 'max-age=3600' } });
        const page = await browser.newPage();
        await page.goto(served.address);
        await page.waitForFunction('globalThis.outcome', { timeout: 60000, polling: 100 });
        await served.close();
        assert.deepEqual(faults(await page.evaluate(() => globalThis.again())), []);
        await page.close();
    });

    test('workerUrl, createWorker and wasmUrl say where the files are', LONG, async () => {
        const here = "new URL('./elsewhere/', location.href)";
        const choices = {
            workerUrl: `({ workerUrl: new URL('worker.js', ${here}), wasmUrl: new URL('wasm/exportloom-core.wasm', ${here}) })`,
            createWorker: `({ createWorker: () => new Worker(new URL('worker.js', ${here}), { type: 'module' }) })`,
        };
        for (const [choice, options] of Object.entries(choices)) {
            const { outcome, asked } = await opened({}, { options });
            assert.deepEqual(faults(outcome), [], choice);
            assert.ok(asked.includes('/elsewhere/worker.js'), choice);
            assert.ok(!asked.includes('/node_modules/exportloom/dist/worker.js'), choice);
            if (choice === 'workerUrl') assert.ok(asked.includes('/elsewhere/wasm/exportloom-core.wasm'));
        }
    });
});
