// Pictures of the records in a PDF: each once, in their frames, whatever the chunks and the workers; failures are counted.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { check, folder, png, report, run } from './pdf-support.js';
import { failure, linesOf } from './support.js';

/** Eleven different pictures; some records have none, some lists of them, some addresses lead nowhere. */
const records = Array.from({ length: 300 }, (_, id) => ({
    id,
    imageUrl: id % 10 === 9 ? null : id % 10 === 8 ? [`p:${id % 13}`, 'p:other'] : `p:${id % 13}`,
    title: `title ${id}`,
}));

async function picture(address) {
    const number = Number(address.slice(2));
    await new Promise((resolve) => void setTimeout(resolve, number % 5));
    if (number === 11) throw new Error('gone');
    if (number === 12) return new TextEncoder().encode('<svg/>');
    return number % 2 === 0 ? png(2, [9 * number, 80, 200], { width: 3 + number }) : png(6, [9 * number, 80, 20, 128], { height: 3 + number });
}

/** A hash of what some pages look like. */
function looks(path, pages) {
    const file = join(folder, 'looks.pnm');
    run('mutool', 'draw', '-q', '-N', '-r', '60', '-F', 'pnm', '-o', file, path, pages);
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    rmSync(file);
    return hash;
}

test('equal addresses are one picture; what cannot be got or shown is counted', async () => {
    const asked = [];
    const thumbnails = (address) => (asked.push(address), picture(address));
    const { path, report: told } = await report(records, { pdf: { thumbnails } });
    assert.ok(check(path).includes('title 299'));
    assert.equal(new Set(asked).size, 13);
    assert.equal(asked.length, 13);
    const listed = run('pdfimages', '-list', path).split('\n').slice(2).filter((line) => line !== '').map((line) => line.trim().split(/\s+/));
    assert.equal(new Set(listed.filter(([, , type]) => type === 'image').map((words) => words[10])).size, 11);
    assert.deepEqual(
        told.warnings.map(({ code, column, count }) => [code, column, count]),
        [['THUMBNAIL_FAILED', 'imageUrl', 1], ['THUMBNAIL_UNREADABLE', 'imageUrl', 1]],
    );
});

for (const pdf of [{ cover: false }, { cover: false, layout: 'cards' }])
    test(`${pdf.layout ?? 'table'}: the same pages for any chunks and any workers`, async () => {
        const options = { pdf: { ...pdf, thumbnails: picture } };
        const one = await report(linesOf(records), { ...options, workers: 1 });
        const text = run('pdftotext', '-bbox', one.path, '-');
        for (const [chunkSize, workers] of [[1, 2], [7, 2], [100, 3]]) {
            const other = await report(linesOf(records), { ...options, chunkSize, workers });
            run('qpdf', '--check', other.path);
            assert.equal(run('pdftotext', '-bbox', other.path, '-'), text);
            for (const page of ['1', '5', 'N']) assert.equal(looks(other.path, page), looks(one.path, page), `page ${page}`);
        }
    });

test('warnings stand in the same order for any chunks and any workers', async () => {
    const rows = records.map((record, at) => ({ ...record, [at > 250 ? 'title' : 'note']: at % 90 === 0 ? 'long '.repeat(200) : 'x' }));
    const told = [];
    for (const [chunkSize, workers] of [[undefined, 1], [5, 3], [64, 2]]) {
        const { path, report: { warnings } } = await report(rows, { chunkSize, workers, pdf: { thumbnails: picture } });
        told.push([warnings, run('pdftotext', '-bbox', path, '-')]);
    }
    assert.deepEqual(told[0][0].map(({ code, column }) => `${code} ${column}`), ['TEXT_SHORTENED note', 'TEXT_SHORTENED title', 'THUMBNAIL_FAILED imageUrl', 'THUMBNAIL_UNREADABLE imageUrl']);
    for (const other of told.slice(1)) assert.deepEqual(other, told[0]);
});

test('a column with pictures keeps its place in a table that has no room for all columns', async () => {
    const wide = Array.from({ length: 20 }, (_, id) => ({ ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`column${at}`, `value ${id} of ${at}`])), photo: 'p:2' }));
    const { path, report: { warnings } } = await report(wide, { pdf: { thumbnails: picture, thumbnailColumn: 'photo', cover: false } });
    const left = warnings.filter(({ code }) => code === 'COLUMN_LEFT_OUT').map(({ column }) => column);
    assert.ok(left.length > 0 && !left.includes('photo'), left.join());
    assert.match(run('pdftotext', '-l', '1', path, '-'), /photo/);
});

test('as many large pictures as records: they pass through', async () => {
    const large = Buffer.concat([png(2, [1, 2, 3]).subarray(0, 33), Buffer.alloc(0)]);
    const filler = Buffer.alloc(400000);
    filler.writeUInt32BE(filler.length - 12, 0);
    filler.write('teXt', 4, 'latin1');
    const file = Buffer.concat([large, filler, png(2, [1, 2, 3]).subarray(33)]);
    const many = Array.from({ length: 200 }, (_, id) => ({ id, photo: `https://example.com/${id}` }));
    const { path, report: told } = await report(many, { pdf: { thumbnails: async () => file, thumbnailColumn: 'photo' } });
    assert.deepEqual(told.warnings, []);
    assert.ok(told.peakMemoryBytes < 20e6, `${told.peakMemoryBytes} bytes`);
    run('qpdf', '--check', path);
    const over = await report(many.slice(0, 3), { pdf: { thumbnails: async () => Buffer.concat([file, file]), thumbnailColumn: 'photo' } });
    assert.deepEqual(over.report.warnings.map(({ code, count }) => [code, count]), [['THUMBNAIL_UNREADABLE', 3]]);
});

test('a column without a function, and a function without the column', async () => {
    const { code, message } = await failure([{ a: 1 }], { format: 'pdf', pdf: { thumbnailColumn: 'a' } });
    assert.equal(code, 'INVALID_OPTION');
    assert.match(message, /needs pdf.thumbnails/);
    assert.equal((await failure([{ a: 1 }], { format: 'pdf', pdf: { thumbnails: 'https://example.com' } })).code, 'INVALID_OPTION');
    const { report: told } = await report([{ a: 1 }], { pdf: { thumbnails: picture } });
    assert.deepEqual(told.warnings.map((warning) => [warning.code, warning.column]), [['COLUMN_NEVER_FOUND', 'imageUrl']]);
});

test('a small file that unpacks to very many pixels is refused: an empty frame as a thumbnail, an error as the logo', async () => {
    const large = png(6, [1, 2, 3, 4], { width: 2000, height: 2000 });
    assert.ok(large.length < 512 * 1024);
    const { path, report: told } = await report([{ id: 1, imageUrl: 'p:1' }], { pdf: { thumbnails: () => large } });
    check(path);
    assert.deepEqual(told.warnings.map(({ code, count }) => [code, count]), [['THUMBNAIL_UNREADABLE', 1]]);
    const error = await failure([{ id: 1 }], { format: 'pdf', pdf: { logo: large } });
    assert.equal(error.code, 'BAD_IMAGE');
    assert.match(error.message, /2000 x 2000 pixels/);
});

test('a cancel tells the function', async () => {
    const controller = new AbortController();
    /** @type {AbortSignal | undefined} */
    let given;
    const thumbnails = (address, { signal }) => new Promise(() => ((given = signal), controller.abort()));
    const { code } = await failure(records, { format: 'pdf', signal: controller.signal, pdf: { thumbnails } });
    assert.equal(code, 'CANCELLED');
    assert.equal(given?.aborted, true);
});
