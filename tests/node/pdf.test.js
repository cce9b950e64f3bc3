// Reports as PDF: judged by qpdf, poppler, mutool and pdf.js, the same pages for any chunks and any workers.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { extractionResults } from '../../web/demo/generate.js';
import { check, png, report, run } from './pdf-support.js';
import { exported, failure, linesOf, recordsOf } from './support.js';

const catalogue = readFileSync(new URL('../../web/demo/products.ndjson', import.meta.url), 'utf8');
const results = linesOf([...extractionResults(2500)]);
const COLUMNS = ['id', 'product.name', 'product.brand', 'product.price', 'attributes.color.value', 'attributes.color.confidence', 'createdAt'];

/** Text with its blanks as one. */
const flat = (text) => text.replaceAll(/\s+/g, ' ');

test('a report of a real catalogue is valid, and has its sections', async () => {
    const options = { includeStatistics: true, includeMetadata: true, pdf: { title: 'Catalogue', subtitle: 'Spring', author: 'A. Müller', language: 'de-CH' } };
    const { path } = await report(`${catalogue}{"broken":\n`, options);
    const text = check(path);
    for (const heading of ['Catalogue', 'Spring', 'Summary', 'At a glance', 'What the columns hold', 'Rejected records', 'Metadata', 'Page 1 of '])
        assert.ok(text.includes(heading), heading);
    const document = await getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: 0 }).promise;
    const { info } = await document.getMetadata();
    assert.deepEqual([info.Title, info.Author, info.PDFFormatVersion], ['Catalogue', 'A. Müller', '1.7']);
    const outline = (await document.getOutline()).map(({ title }) => title);
    assert.deepEqual(outline, ['Cover', 'Summary', 'Records', 'Rejected records', 'Metadata']);
    const labels = await document.getPageLabels();
    assert.equal(labels[0], 'i');
    assert.equal(labels[labels.indexOf('1') + 1], '2');
    assert.match(run('qpdf', '--qdf', '--object-streams=disable', path, '-').toString(), /\/Lang \(de-CH\)/);
    await document.destroy();
});

test('every value of every record is found again', async () => {
    const records = [...extractionResults(400)];
    const { path, report: told } = await report(records, { columns: COLUMNS, pdf: { cover: false } });
    assert.deepEqual(told.warnings.filter(({ code }) => code !== 'CHARACTER_NOT_IN_FONTS'), []);
    const text = flat(check(path));
    for (const { id, product, attributes, createdAt } of records)
        for (const value of [id, product.name, product.brand, product.price, attributes.color?.value, createdAt])
            if (value !== undefined && value !== null) assert.ok(text.includes(flat(String(value)).trim()), `${id}: ${value}`);
});

const wanted = await report(results, { workers: 1, includeStatistics: true });
const boxes = run('pdftotext', '-bbox', wanted.path, '-');
for (const [chunkSize, workers] of [[7, 2], [1000, 1], [1000, 4], [undefined, 2]])
    test(`chunks of ${chunkSize ?? 'the usual size'}, ${workers} workers: the same pages`, async () => {
        const { path } = await report(results, { chunkSize, workers, includeStatistics: true });
        run('qpdf', '--check', path);
        assert.equal(run('pdftotext', '-bbox', path, '-'), boxes);
    });

test('one record a chunk, over more than one part: the same pages', async () => {
    const lines = linesOf(Array.from({ length: 1200 }, (_, id) => ({ id, text: `text ${id % 7 === 0 ? 'that is longer '.repeat(9) : ''}`, wide: 'x'.repeat(60) })));
    const [one, many] = await Promise.all([report(lines, { chunkSize: 1, workers: 2 }), report(lines, { workers: 1 })]);
    run('qpdf', '--check', one.path);
    assert.equal(run('pdftotext', '-bbox', one.path, '-'), run('pdftotext', '-bbox', many.path, '-'));
});

test('a chunk of more records than a part has: each stands at its place', async () => {
    const lines = '7\n'.repeat(17000);
    const [one, many] = await Promise.all([report(lines, { chunkSize: 17000, workers: 1 }), report(lines, { chunkSize: 1000, workers: 1 })]);
    run('qpdf', '--check', one.path);
    assert.equal(run('pdftotext', '-bbox', one.path, '-'), run('pdftotext', '-bbox', many.path, '-'));
});

test('more columns than a page has room for: the rest is named, or goes on, or stands on cards', async () => {
    const records = Array.from({ length: 60 }, (_, id) =>
        Object.fromEntries(Array.from({ length: 40 }, (__, k) => [`column ${k}`, k % 5 === 4 && id % 3 ? null : `value ${id}.${k}`])));
    const fit = await report(records);
    const left = fit.report.warnings.filter(({ code }) => code === 'COLUMN_LEFT_OUT').map(({ column }) => column);
    assert.ok(left.length > 5 && left.includes('column 39') && left.includes('column 4') && !left.includes('column 0'), left.join());
    assert.ok(flat(check(fit.path)).includes(`These were left out: ${left.join(', ').slice(0, 60)}`));
    for (const pdf of [{ wide: 'split' }, { layout: 'cards' }]) {
        const { path, report: told } = await report(records, { pdf });
        const text = flat(check(path));
        assert.deepEqual(told.warnings, []);
        for (let k = 0; k < 40; k += 1) assert.ok(text.includes(`value 59.${k}`) === (k % 5 !== 4 || 59 % 3 === 0), `column ${k}`);
    }
});

test('dates are shown in the zone and as the locale writes them', async () => {
    const { path } = await report([{ when: '2026-01-31T23:30:00Z', day: '2026-02-01' }], { timeZone: 'Europe/Berlin', locale: 'de-DE', pdf: { cover: false } });
    const text = check(path);
    assert.ok(text.includes('01.02.2026 00:30:00') && text.includes('01.02.2026'), text);
});

test('the summary shows the least and the greatest value whole: times with their zone, long whole numbers with all digits', async () => {
    const source = '{"at":"2026-03-29T01:30:00+02:00","id":12345678901234567891}\n{"at":"2026-03-29T00:30:00Z","id":7}';
    const { path } = await report(source, { columns: ['at', 'id'], includeStatistics: true });
    const text = flat(check(path));
    assert.match(text, /datetime 100 % 2 2026-03-29 2026-03-29 01:30:00\+02:00 00:30:00Z/);
    assert.match(text, /integer 100 % 2 7 1234567890123 \S+ 4567891 /);
});

test('the summary keeps the decimals of the least and the greatest number, and the charts show large numbers without exponents', async () => {
    const records = Array.from({ length: 40 }, (_, at) => ({ total: 1234567.891 + at * 1e6, part: at === 7 ? 186110.85 : at / 1000 }));
    const { path } = await report(records, { includeStatistics: true });
    const text = flat(check(path));
    assert.match(text, /total number 100 % 40 1234567\.891 40234567\.891 20734568/);
    assert.match(text, /part number 100 % 40 0 186110\.85 4652\.79/);
    assert.match(text, /20000000 30000000 40000000/);
    assert.match(text, /distribution 8 40 6 30 4 20 2 10 0 0/, 'counts are whole numbers');
    assert.doesNotMatch(text, /\de\+/);
});

test('the summary lists the warnings of many columns', async () => {
    const long = 'words that take more lines than there are '.repeat(20);
    const { path, report: told } = await report([Object.fromEntries(Array.from({ length: 15 }, (_, k) => [`c${k}`, long]))], { pdf: { layout: 'cards' } });
    assert.equal(told.warnings.length, 15);
    assert.equal(flat(check(path)).match(/1 c\d+ a value took more lines/g).length, 15);
});

test('the outline has no more entries for the records than there are pages', async () => {
    for (const count of [60, 80, 2500]) {
        const { path } = await report(linesOf(recordsOf(count)), { columns: ['id', 'name'] });
        const document = await getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: 0 }).promise;
        const { items } = (await document.getOutline()).find(({ title }) => title === 'Records');
        const pages = document.numPages - 2; // cover and summary
        assert.ok(pages > 1 && items.length > 0 && items.length <= Math.min(60, pages), `${items.length} entries, ${pages} pages`);
        assert.match(items[0].title, /^1 – /);
        assert.match(items.at(-1).title, new RegExp(` – ${count}$`));
    }
});

test('where columns go on on following pages, a long title leaves room for which part it is', async () => {
    const records = [Object.fromEntries(Array.from({ length: 40 }, (_, k) => [`column ${k}`, `value ${k}`]))];
    const { path } = await report(records, { pdf: { wide: 'split', cover: false, title: 'words of a title '.repeat(15) } });
    const words = [...run('pdftotext', '-bbox', path, '-').matchAll(/xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"[^>]*>([^<]*)</g)];
    const [, , y] = words.find(([, , , , word]) => word === 'Columns:');
    const header = words.filter(([, , top]) => Math.abs(Number(top) - Number(y)) < 3).slice(0, words.findIndex(([, , , , word]) => word === 'Columns:') + 1);
    const ends = header.map(([, from, , to]) => [Number(from), Number(to)]).sort(([a], [b]) => a - b);
    assert.ok(ends.length > 5 && ends.every(([from], at) => at === 0 || from >= ends[at - 1][1]), JSON.stringify(ends));
});

test('a logo stands on the cover: grey, coloured, transparent; another file is refused', async () => {
    for (const [type, pixel] of [[0, [9]], [2, [1, 2, 3]], [4, [1, 2]], [6, [1, 2, 3, 4]]]) {
        const { path } = await report([{ a: 1 }], { pdf: { logo: png(type, pixel) } });
        check(path);
        assert.match(run('pdfimages', '-list', path), /image +4 +2/);
    }
    const { code, message } = await failure([{ a: 1 }], { format: 'pdf', pdf: { logo: Buffer.from('GIF89a....') } });
    assert.equal(code, 'BAD_IMAGE');
    assert.match(message, /neither a PNG nor a JPEG/);
    for (const [marker, code] of [['c2', undefined], ['c3', 'BAD_IMAGE'], ['c9', 'BAD_IMAGE']]) { // progressive; lossless and arithmetic ones are not for PDF
        const logo = Buffer.from(`ffd8ff${marker}000b080001000101011100ffd9`, 'hex');
        const outcome = await report([{ a: 1 }], { pdf: { logo } }).catch((error) => error);
        assert.equal(outcome.code, code, marker);
    }
});

test('sources that are empty, or can be read only once', async () => {
    const empty = await report([]);
    assert.match(run('pdfinfo', empty.path), /Pages: +2/);
    check(empty.path);
    const once = await report((async function* () { yield* extractionResults(2500); })(), { columns: ['id', 'notes'] });
    assert.match(check(once.path), /ext_000002500/);
});

test('the title is that of the options, or else the name of the source, or of the file', async () => {
    const records = [{ a: 1 }];
    const named = new File(['{"a":1}\n'], 'looks.of.spring.ndjson');
    const titles = [
        [records, { fileName: 'Sales 1.2.2026', pdf: { title: 'Sales' } }, 'Sales', ['Date', 'Records', 'Columns']],
        [named, { fileName: 'other' }, 'looks.of.spring', ['Date', 'Source', 'Records', 'Columns']],
        [records, { fileName: 'Sales 1.2.2026' }, 'Sales 1.2.2026', ['Date', 'Records', 'Columns']],
        [records, { fileName: 'sales.pdf' }, 'sales', ['Date', 'Records', 'Columns']],
        [records, {}, 'Export', ['Date', 'Records', 'Columns']],
    ];
    for (const [source, options, title, facts] of titles) {
        const { path } = await report(source, options);
        assert.match(run('pdfinfo', path), new RegExp(`^Title: +${title}$`, 'm'));
        const cover = run('pdftotext', '-layout', '-l', '1', path, '-');
        assert.equal(flat(cover).trim().slice(0, title.length), title);
        assert.deepEqual(cover.match(/^ *Date\b.*$/m)[0].trim().split(/ {2,}/), facts, 'no fact without a value');
    }
});

for (const pageSize of ['A5', 'A4', 'A3'])
    test(`on ${pageSize} no bar of the summary covers a text`, async () => {
        const { path } = await report([{ a: 1, b: 'x' }, { a: 2 }], { includeStatistics: true, pdf: { pageSize, orientation: 'portrait' } });
        const page = ['-f', '2', '-l', '2'];
        const words = [...run('pdftotext', '-bbox', ...page, path, '-').matchAll(/<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">/g)].map(([, ...box]) => box.map(Number));
        const height = Number(/ x ([\d.]+) pts/.exec(run('pdfinfo', ...page, path))[1]);
        const paths = run('mutool', 'trace', path, '2').matchAll(/<fill_path[^>]* color="\.86 \.87 \.88".*?<\/fill_path>/gs);
        const bars = [...paths].map(([text]) => [...text.matchAll(/ ([xy])="(.*?)"/g)].map(([, axis, value]) => (axis === 'x' ? Number(value) : height - Number(value))));
        assert.equal(bars.length, 2);
        for (const points of bars) {
            const [xs, ys] = [0, 1].map((axis) => points.filter((_, i) => i % 2 === axis));
            assert.ok(Math.max(...xs) - Math.min(...xs) >= 20);
            const covered = words.filter(([x0, y0, x1, y1]) => x0 < Math.max(...xs) && x1 > Math.min(...xs) && y0 < Math.max(...ys) && y1 > Math.min(...ys));
            assert.deepEqual(covered, []);
        }
    });

test('the report tells the types of chosen columns, however many records and workers there are', async () => {
    const records = Array.from({ length: 2300 }, (_, id) => ({ id, size: { name: `${id} cm` } }));
    for (const workers of [1, 2]) {
        const { report: told } = await exported(linesOf(records), { format: 'pdf', columns: ['id', 'size.name'], workers, pdf: { cover: false } });
        assert.deepEqual(told.columns.map(({ type }) => type), ['integer', 'text']);
    }
});
