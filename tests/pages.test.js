// The pages of the documentation: their tables are those of the code, their links lead somewhere.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ERRORS } from '../build/generated/tables.js';
import { PAGES, TABLES, pageText, withTables } from '../web/pages.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const DOCUMENTS = ['README.md', 'src/README.md', 'tests/README.md', ...['README.md', ...PAGES].map((name) => `web/${name}`)];

/** Prose without blocks of code, in which brackets mean something else. */
const proseOf = (path) => readFileSync(join(root, path), 'utf8').replace(/^```[^]*?^```/gm, '');

/** As GitHub names the places of headings. */
function anchorsOf(path) {
    const headings = [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, text]) => text);
    return headings.map((text) => text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-'));
}

for (const page of PAGES)
    test(`web/${page} has the tables that the code has; \`make pages\` writes them`, () => assert.equal(withTables(pageText(page)), pageText(page)));

test('every table stands in a page, and every section about an error is about one that exists', () => {
    const all = PAGES.map(pageText).join('');
    assert.deepEqual(TABLES.filter((name) => !all.includes(`<!-- table: ${name} -->`)), []);
    const about = [...pageText('errors.md').matchAll(/^### (\w+)$/gm)].map(([, code]) => code);
    assert.ok(about.length > 0);
    assert.deepEqual(about.filter((code) => !Object.hasOwn(ERRORS, code)), []);
});

test('a page that is behind the code is found', () => {
    const [page] = PAGES;
    const stale = pageText(page).replace('| `csv.delimiter` |', '| `csv.separator` |');
    assert.notEqual(stale, pageText(page));
    assert.equal(withTables(stale), pageText(page));
});

for (const path of DOCUMENTS)
    test(`the links of ${path} lead somewhere`, () => {
        const links = [...proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link).filter((link) => !/^[a-z]+:/.test(link));
        const broken = links.filter((link) => {
            const [file, anchor] = link.split('#');
            const target = file === '' ? path : join(dirname(path), file);
            return !existsSync(join(root, target)) || (anchor && !anchorsOf(target).includes(anchor));
        });
        assert.deepEqual(broken, []);
    });
