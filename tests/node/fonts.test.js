// The fonts of a PDF as the host lists them for its workers, and the files that the package has of them.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { areFonts, fontFiles } from '../../web/fonts.js';
import { nodePlatform } from '../../web/node-platform.js';
import { browserPlatform } from '../../web/platform.js';
import { Pool } from '../../web/pool.js';

const dist = new URL('../../dist/', import.meta.url);

test('the package has its fonts, as TrueType files, with their licences', () => {
    assert.deepEqual(Object.keys(browserPlatform.fontUrls), Object.keys(nodePlatform.fontUrls));
    for (const file of Object.keys(nodePlatform.fontUrls))
        assert.equal(readFileSync(new URL(`fonts/${file}`, dist)).readUInt32BE(0), 0x00010000, file);
    assert.match(readFileSync(new URL('licences/noto-sans.txt', dist), 'utf8'), /SIL Open Font License/i);
    assert.match(readFileSync(new URL('licences/dejavu-fonts.txt', dist), 'utf8'), /Bitstream Vera/);
});

test('own text faces come first, then the fonts of the caller, then own faces for rare characters', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    const files = fontFiles([bytes, new URL('https://example.org/a.ttf')], (file) => `https://example.org/fonts/${file}`);
    assert.deepEqual(
        files.map(({ slot, use, first }) => [slot, use, first]),
        [[0, 1, true], [1, 2, true], [2, 3, true], [3, 3, true], [14, 1, false], [15, 2, false]],
    );
    assert.deepEqual([...files[2].place], [2, 3]);
    assert.equal(files[3].place, 'https://example.org/a.ttf');
    assert.equal(files[5].place, 'https://example.org/fonts/DejaVuSansCondensed-Bold.ttf');
});

test('what is no list of fonts is refused', () => {
    assert.ok(areFonts([]) && areFonts(['a.ttf', new ArrayBuffer(4)]));
    for (const wrong of [undefined, 'a.ttf', [1], [''], [null], Array(13).fill('a.ttf')]) assert.equal(areFonts(wrong), false);
    assert.throws(() => fontFiles(['a.ttf'], String), { code: 'BAD_FONT' });
});

test('fonts are beside the bundles, or beside the core where the options say where that is', () => {
    const own = new Pool(nodePlatform, {}).fontUrl('NotoSans-Bold.ttf');
    assert.equal(own, nodePlatform.fontUrls['NotoSans-Bold.ttf'].href);
    const moved = new Pool(nodePlatform, { wasmUrl: 'https://example.org/static/exportloom-core.wasm' }).fontUrl('NotoSans-Bold.ttf');
    assert.equal(moved, 'https://example.org/static/fonts/NotoSans-Bold.ttf');
});
