// A page makes a PDF with the fonts of the package, and loads those for rare characters only when there are any.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { inBrowsers } from './harness.js';

const base64 = (records) => Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join('')).toString('base64');

inBrowsers('fonts', (session) => {
    let page;
    before(async () => {
        page = await session().libraryPage();
    });

    async function fontsOf(records) {
        const options = { format: 'pdf', pdf: { cover: false } };
        const outcome = await page.evaluate((...args) => globalThis.loom.exportBytes(...args), 'blob', base64(records), options);
        assert.equal(outcome.error, undefined, `${outcome.error?.code} ${outcome.error?.message}`);
        assert.deepEqual(outcome.report.warnings, []);
        const pdf = Buffer.from(outcome.output, 'base64').toString('latin1');
        assert.match(pdf, /^%PDF-1\.[\s\S]+%%EOF\s*$/);
        return new Set([...pdf.matchAll(/\/BaseFont\/[A-Z]{6}\+([\w-]+)/g)].map(([, name]) => name));
    }

    test('text of Latin, Greek and Cyrillic has the text fonts', async () => {
        assert.deepEqual(await fontsOf([{ text: 'Größe, Ωμέγα, Жизнь' }]), new Set(['NotoSans-Regular', 'NotoSans-Bold']));
    });

    test('Hebrew and Arabic load one more font', async () => {
        const fonts = await fontsOf([{ text: 'שלום' }, { text: 'مرحبا' }]);
        assert.deepEqual(fonts, new Set(['NotoSans-Regular', 'NotoSans-Bold', 'DejaVuSansCondensed']));
        assert.deepEqual(await session().takeErrors(page), []);
    });
});
