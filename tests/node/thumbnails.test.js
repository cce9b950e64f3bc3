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
