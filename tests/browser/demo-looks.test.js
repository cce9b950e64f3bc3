// How the demo pages look in their main states: judged by axe-core, in both themes in Chromium, at several widths; with pictures for people in
// build/screenshots.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DemoPage } from './demo-page.js';
import { inBrowsers, until } from './harness.js';

const LONG = { timeout: 300000 };
/** Of the window. */
const WIDTHS = [320, 390, 820, 1440];
/** Of the pictures, by theme: colours alone differ. */
const PICTURED = { light: [390, 1440], dark: [1440] };
const folder = fileURLToPath(new URL('../../build/screenshots', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
mkdirSync(folder, { recursive: true });

/** Each state is reached from the one before. */
const STATES = {
    simple: {
        async idle() {},
        async finished(demo) {
            await demo.choose('format', 'xml');
            await demo.press('Export XML');
            await demo.sees('.outcome h2', /Finished/);
        },
        async partial(demo) {
            await demo.choose('kind', 'text');
            await demo.press('Insert an example with broken records');
            await demo.choose('format', 'all');
            await demo.press('Export all formats');
            await demo.sees('.outcome h2', /in part/);
        },
        async failed(demo) {
            await demo.choose('format', 'csv');
            await demo.fill('JSON or NDJSON text', 'these are no records');
            await demo.press('Export CSV');
            await demo.sees('.outcome h2', /Failed/);
        },
        async running(demo) {
            await demo.choose('kind', 'generated');
            await demo.choose('count', '1000000');
            await demo.choose('format', 'all');
            await demo.press('Export all formats');
            await until('it comes on', () => demo.page.evaluate(() => Number(document.querySelector('.overall .bar')?.ariaValueNow) > 0), 60000);
        },
    },
    advanced: {
        async start(demo) {
            await demo.sees('#columns', /27 of 27/);
            await demo.sees('#preview', /20 records/);
        },
        async pdf(demo) {
            await demo.press('Add a condition');
            await demo.fill('Operator of condition 1', 'gt', 'select');
            await demo.fill('Value of condition 1', '10');
            await demo.choose('format', 'pdf');
            await demo.press('PDF options');
            await until('the page is drawn', () => demo.count('canvas[data-drawn="1"]'));
            await demo.press('Next page');
            await until('the page is drawn', () => demo.count('canvas[data-drawn="2"]'));
        },
        async wrong(demo) {
            await demo.press('PDF options');
            await demo.choose('format', 'json');
            await demo.choose('mode', 'json');
            await demo.fill('Query', '{"price": {"$gt": }');
            await demo.sees('#filter', /Line 1, column 19/);
        },
        async exports(demo) {
            await demo.choose('mode', 'json');
            await demo.fill('Query', '');
            await demo.choose('format', 'xlsx');
            await demo.choose('export.includeStatistics');
            await demo.sees('#preview', /20 records/);
            await demo.press('Export XLSX');
            await demo.sees('.exports', /products\.xlsxFinished/);
            await demo.press('Details of products.xlsx');
            await until('there are charts', () => demo.count('.chart'));
        },
        async running(demo) {
            await demo.press('Details of products.xlsx');
            await demo.choose('kind', 'generated');
            await demo.choose('count', '1000000');
            await demo.sees('#columns', /20 of 20/);
            for (const [format, name] of [['csv', 'CSV'], ['xml', 'XML']]) {
                await demo.choose('format', format);
                await demo.press(`Export ${name}`);
            }
            await until('both come on', () => demo.page.evaluate(() => [...document.querySelectorAll('.export .bar')].filter((bar) => Number(bar.ariaValueNow) > 0).length === 2), 60000);
        },
    },
};

/** What axe-core finds, in words. @param {import('puppeteer-core').Page} page */
async function violations(page) {
    await page.evaluate(axe);
    const found = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ['violations'] })).violations
        .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`));
    return found;
}

const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** No state may be wider than the window. */
async function checkWidths(page, name) {
    for (const width of WIDTHS) {
        await page.setViewport({ width, height: 900 });
        assert.equal(await overflows(page), false, `${name} is wider than ${width}`);
    }
}

/** What moves or fades after a change comes to rest. */
const rest = (page) => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 250)));

async function takePictures(page, name, widths) {
    for (const width of widths) {
        await page.setViewport({ width, height: 900 });
        await rest(page);
        await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
    }
}

inBrowsers('looks of the demo pages', (session, kind) => {
    test('the page that leads to them; and the judge finds what it is for', LONG, async () => {
        const page = await session().page();
        assert.deepEqual(await violations(page), []);
        await checkWidths(page, 'landing');
        if (kind === 'chromium') await takePictures(page, 'landing', PICTURED.light);
        await page.evaluate(() => document.querySelector('main').append(document.createElement('button')));
        assert.match((await violations(page)).join(), /button-name/);
        assert.deepEqual(await session().takeErrors(page), []);
        await page.close();
    });

    for (const [name, states] of Object.entries(STATES))
        test(name, LONG, async () => {
            const demo = await DemoPage.open(session(), name);
            for (const [state, reach] of Object.entries(states)) {
                await demo.page.setViewport({ width: 1440, height: 900 });
                await reach(demo);
                await checkWidths(demo.page, `${name}-${state}`);
                for (const [theme, widths] of Object.entries(kind === 'chromium' ? PICTURED : { light: [] })) {
                    await demo.page.evaluate((wanted) => {
                        document.documentElement.dataset.theme = wanted;
                    }, theme);
                    await rest(demo.page);
                    assert.deepEqual(await violations(demo.page), [], `${name}, ${theme}, ${state}`);
                    await takePictures(demo.page, `${name}-${state}-${theme}`, widths);
                }
            }
            assert.deepEqual(await demo.close(), []);
        });
});
