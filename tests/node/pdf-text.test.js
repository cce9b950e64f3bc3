// Text of a PDF in any script: found again by poppler and pdf.js, in fonts that are embedded, the same for any chunks and workers.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { ExportProcessor } from '../../dist/index.node.js';
import { failure, linesOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const processor = new ExportProcessor({ now: () => Date.UTC(2026, 10, 23, 12) });

/** A font that the fuzzer has too, behind two bytes of its own: squares for a space, 中, 文, 。 and 😀. */
const squares = readFileSync(new URL('../fuzz/corpus/font/ideographs', import.meta.url)).subarray(2);

/** In the words of each script, as they must be found again. */
const scripts = {
    latin: 'Zażółć gęślą jaźń, Übergrößenträger (50 %) – “naïve” \\ €',
    vietnamese: 'Nguyễn Thị Ở đây',
    greek: 'Ξεσκεπάζω την ψυχοφθόρα βδελυγμία',
    cyrillic: 'Съешь же ещё этих мягких французских булок',
    hebrew: 'דג סקרן שט בים מאוכזב',
    arabic: 'نص حكيم له سر قاطع لا الأسطر الله',
    persian: 'گچ پژ این یک متن فارسی است',
    symbols: '→ ≤ ∞ ☂ ♞ ✓',
    beyond: '😀 𝟘𝟙𝟚',
    combining: 'n\u0303a\u0323',
};
const records = Object.entries(scripts).map(([script, text]) => ({ script, text }));

async function pdf(source, options, name) {
    const { blob, report } = await processor.startExport(source, { format: 'pdf', pdf: { cover: false }, ...options }).result;
    const path = join(folder, `${name}.pdf`);
    writeFileSync(path, Buffer.from(await blob.arrayBuffer()));
    return { path, report };
}

/** What a program says about a file, and nothing on its error output. */
function run(program, ...words) {
    const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.equal(error, undefined);
    assert.equal(stderr, '', `${program} ${words.join(' ')}`);
    assert.equal(status, 0);
    return stdout;
}

/** Without the marks of direction that readers put around text from right to left. */
const plain = (text) => text.replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').normalize('NFC');

async function textByPdfJs(path) {
    const document = await getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: 0 }).promise;
    const texts = [];
    for (let number = 1; number <= document.numPages; number += 1) {
        const { items } = await (await document.getPage(number)).getTextContent();
        texts.push(...items.map(({ str }) => str));
    }
    await document.destroy();
    return texts.join(' ');
}

/** The rows of pdffonts: name, whether it is embedded, a subset, and has a map to Unicode. */
function fontsOf(path) {
    const rows = run('pdffonts', path).split('\n').slice(2).filter(Boolean);
    return rows.map((row) => ({ name: row.split(' ')[0], embedded: / yes yes (yes|no) +\d+ +0$/.test(row) }));
}

test('words of many scripts are found again by poppler and by pdf.js', async () => {
    const { path, report } = await pdf(records, {}, 'scripts');
    assert.deepEqual(report.warnings, []);
    const read = { poppler: plain(run('pdftotext', '-layout', path, '-')), pdfjs: plain(await textByPdfJs(path)) };
    for (const [reader, text] of Object.entries(read))
        for (const [script, words] of Object.entries(scripts))
            for (const word of plain(words).split(' ')) assert.ok(text.includes(word), `${reader}, ${script}: ${word}`);
    run('mutool', 'draw', '-q', '-N', '-o', join(folder, 'page.png'), path);
    for (const { name, embedded } of fontsOf(path)) assert.ok(embedded && /^[A-Z]{6}\+/.test(name), name);
});

test('fonts are loaded when a character needs them, and the chunks do not show', async () => {
    const many = Array.from({ length: 3000 }, (_, id) => ({ id, text: id % 1000 === 999 ? `שלום ${id} →` : `Record ${id}` }));
    const own = await pdf(linesOf(many.slice(0, 500)), {}, 'own');
    assert.ok(fontsOf(own.path).every(({ name }) => name.includes('NotoSans')));
    const whole = await pdf(linesOf(many), { workers: 1 }, 'whole');
    assert.ok(fontsOf(whole.path).some(({ name }) => name.endsWith('DejaVuSansCondensed')));
    for (const [chunkSize, workers] of [[7, 1], [100, 2], [1000, 2]]) {
        const cut = await pdf(linesOf(many), { chunkSize, workers }, `cut-${chunkSize}`);
        assert.deepEqual(fontsOf(cut.path), fontsOf(whole.path));
        assert.equal(run('pdftotext', '-layout', cut.path, '-'), run('pdftotext', '-layout', whole.path, '-'));
    }
});

test('a character that no font has is a box, counted and named; a font of the caller has it', async () => {
    const source = [{ text: '中文。' }, { text: '中' }];
    const cut = await pdf(source, { chunkSize: 1 }, 'boxes-cut');
    const boxes = await pdf(source, {}, 'boxes');
    const [warning] = boxes.report.warnings;
    const { code, column, count, characters } = warning;
    assert.deepEqual({ code, column, count, characters }, { code: 'CHARACTER_NOT_IN_FONTS', column: 'text', count: 4, characters: '中文。' });
    assert.deepEqual(cut.report.warnings, boxes.report.warnings);
    assert.ok(plain(run('pdftotext', boxes.path, '-')).includes('中文。'), 'the characters can be copied all the same');
    for (const font of [squares, new Uint8Array(squares).buffer]) {
        const { path, report } = await pdf(source, { pdf: { cover: false, fonts: [font] } }, 'squares');
        assert.deepEqual(report.warnings, []);
        assert.ok(fontsOf(path).some(({ name, embedded }) => name.endsWith('+Squares-Regular') && embedded));
        assert.ok(run('pdftotext', path, '-').includes('中文。'));
    }
});

test('a font that cannot be used ends the export before it starts', async () => {
    for (const [font, reason] of [
        [Buffer.from('OTTO and so on, and so on'), /CFF outlines/],
        [Buffer.from('wOF2 and so on, and so on'), /WOFF/],
        [squares.subarray(0, 200), /cut off|missing|no TrueType/],
    ]) {
        const { code, message } = await failure([{ a: 1 }], { format: 'pdf', pdf: { fonts: [font] } });
        assert.equal(code, 'BAD_FONT');
        assert.match(message, reason);
    }
    assert.equal((await failure([{ a: 1 }], { format: 'pdf', pdf: { fonts: ['file:///nowhere.ttf'] } })).code, 'FILE_FAILED');
});

test('Devanagari is not shaped, but in logical order with its marks', async () => {
    const word = 'हिन्दी क्षेत्र';
    const { path, report } = await pdf([{ word }], {}, 'devanagari');
    assert.deepEqual(report.warnings.map(({ code, column }) => [code, column]), [['SCRIPT_NOT_SHAPED', 'word']]);
    const { stdout } = spawnSync('pdftotext', [path, '-'], { encoding: 'utf8' });
    assert.ok(stdout.includes(word), stdout);
});

test('large fonts take the place of workers', async () => {
    const large = new Uint8Array(24 * 1048576);
    large.set(readFileSync(new URL('../../dist/fonts/DejaVuSansCondensed.ttf', import.meta.url)));
    const { report } = await pdf(linesOf(Array.from({ length: 3000 }, (_, id) => ({ id }))), { workers: 2, pdf: { fonts: [large] } }, 'large');
    assert.equal(report.plan.workers, 1);
    assert.ok(report.peakMemoryBytes < 50 * 1048576, `${report.peakMemoryBytes} bytes`);
});
