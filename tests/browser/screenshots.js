// Takes pictures of the demo page in every state, width, colour scheme and browser: node tests/browser/screenshots.js
// [folder]; the default is out/screenshots. For people to look at; nothing is compared.
// SPDX-License-Identifier: MIT
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser, KINDS, Session, until } from './harness.js';

const folder = process.argv[2] ?? 'out/screenshots';
const WIDTHS = [360, 768, 1280];

const finished = (page) => until('the export ends', () => page.evaluate(() => document.getElementById('cancel').hidden), 120000);
const press = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).click(), selector);

/** Each state is reached from the one before. */
const STATES = {
    idle: async () => {},
    async running(page) {
        await press(page, '[name=source][value=generated]');
        await press(page, '[name=count][value="1000000"]');
        await press(page, '#start');
        await until('records are written', () => page.evaluate(() => document.getElementById('bar').value > 40
            && /columns|Writing/.test(document.getElementById('outcome-title').textContent)), 120000);
    },
    async cancelled(page) {
        await press(page, '#cancel');
        await finished(page);
    },
    async finished(page) {
        await press(page, '[name=source][value=catalogue]');
        await press(page, '#start');
        await finished(page);
    },
    async defects(page) {
        await press(page, '[name=source][value=text]');
        await press(page, '#sample');
        await press(page, '#start');
        await finished(page);
    },
    async failed(page) {
        await page.evaluate(() => {
            document.getElementById('text').value = 'these are no records';
            document.querySelector('.more').open = true;
        });
        await press(page, '[name=format][value=json]');
        await press(page, '#start');
        await finished(page);
    },
};

async function takePictures(session, scheme, width) {
    const page = await session.page();
    await page.setViewport({ width, height: 900 });
    if (session.kind === 'chromium') await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const [state, reach] of Object.entries(STATES)) {
        // The long run is the same at every width and in every scheme.
        if (['running', 'cancelled'].includes(state) && width === 768) continue;
        await reach(page);
        await page.screenshot({ path: join(folder, `${session.kind}-${scheme}-${width}-${state}.png`), fullPage: true });
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    if (overflow) console.log(`${session.kind} ${scheme} ${width}: the page is wider than its window`);
    for (const error of await session.takeErrors(page)) console.log(`${session.kind} ${scheme} ${width}: ${error}`);
    await page.close();
}

await mkdir(folder, { recursive: true });
for (const kind of KINDS.filter(findBrowser)) {
    for (const scheme of ['light', 'dark']) {
        const session = await Session.open(kind, { dark: scheme === 'dark' });
        for (const width of WIDTHS) await takePictures(session, scheme, width);
        await session.close();
    }
}
console.log(`pictures are in ${folder}`);
