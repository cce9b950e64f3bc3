// XML documents and their schemas as others see them: xmllint and Xerces-J validate, lxml reads every value back.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { extractionResults } from '../../web/demo/generate.js';
import { inputOf } from '../cases/run.js';
import { EXPORTS } from '../../build/generated/tables.js';
import { Core } from '../../wasm-glue/binding.js';
import { compile, instantiate } from '../../wasm-glue/loader.js';
import { Validator } from '../../wasm-glue/validator.js';
import { xerces, xmllint } from '../readers/xml.js';
import { failure, piecesOf, temporaryFolder } from './support.js';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const folder = temporaryFolder();
const processor = new ExportProcessor();

/** What is hard for schemas: mixed types, collisions, odd keys, late members. */
const ODD = [
    { a: 1, b: '2026-01-31', c: '2026-01-31T10:00:00Z', d: 1.5, e: null, f: [], g: {}, h: 'x', 'k l': 1, k_l: 2, value: 1, index: 1, name: 'n' },
    { a: 'text', b: '2026-02-28', c: '2026-02-28T10:00:00.5+14:00', d: 1e300, e: 1, f: [null, 1, 'a'], g: { h: 1 }, h: { i: 1 }, 'k l': null, '': { name: 1 } },
    { a: true, b: '', c: '2026-01-31 10:00', d: 3, f: [[1], { x: 1 }], h: [1], xml: 1, 'a:b': 'é\u0001\r\n\t"<&>]]>', '1': { name: 'n', '2': [] } },
    { late: { deep: [{ only: ['here', ''] }] }, o: {} },
];

/** @type {[string, any, Record<string, any>][]} */
const DOCUMENTS = [
    ['odd', ODD, {}],
    ['attributes', ODD, { xml: { scalars: 'attributes', prefix: 'p', pretty: true, index: false } }],
    ['odd-statistics', ODD, { includeStatistics: true, xml: { scalars: 'attributes' } }],
    ['no-namespace', ODD, { xml: { namespace: '', root: 'r', record: 'value', item: 'i' } }],
    ['plain', [{ a: 1, b: [1, 2] }, { b: [] }], { includeMetadata: true, includeStatistics: true }],
    ['chosen', ODD, { columns: ['k l', { key: 'h.i', label: 'Eye <1>' }, 'g'], includeMetadata: true, includeStatistics: true }],
    ['flat', ODD, { xml: { layout: 'flat' } }],
    ['flat-attributes', ODD, { columns: ['g', 'k l', 'a', 'h.i'], xml: { layout: 'flat', scalars: 'attributes', prefix: 'q', pretty: true } }],
    ['scalars', [1, 'two', null, [3, [4]]], {}],
    ['mixed', [1, { value: 2 }, [3]], {}],
    ['empty', [], { includeStatistics: true }],
    ['generated', [...extractionResults(2000)], { chunkSize: 300, workers: 2 }],
    ['generated-attributes', [...extractionResults(300)], { xml: { scalars: 'attributes' } }],
    ['products', new File([readFileSync(join(root, 'web/demo/products.ndjson'))], 'products.ndjson'), {}],
    ['wide', [Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${i}`, i]))], {}],
];

/** Every case of the tables that any options of XML suit; very deep ones take other parsers' limits. */
function caseDocuments() {
    const path = join(root, 'tests/cases');
    /** @type {[string, any, Record<string, any>][]} */
    const found = [];
    for (const file of readdirSync(path).filter((name) => name.endsWith('.json') && name !== 'limits.json')) {
        const { cases } = JSON.parse(readFileSync(join(path, file), 'utf8'));
        for (const [number, one] of cases.entries()) {
            if (one.form !== 'lines' || one.expect.error || one.inputRepeat || /\[{100}|({"a":){100}/.test(one.input ?? '')) continue;
            found.push([`${file.slice(0, -5)}-${number}`, new File([inputOf(one)], 'case.ndjson'), {}]);
        }
    }
    return found;
}

/** @param {[string, any, Record<string, any>]} document */
async function write([name, source, options]) {
    const fileName = `${name}.xml`;
    const { files } = await processor.startExport(source, { format: 'xml', fileName, ...options }).result;
    for (const file of files) writeFileSync(join(folder, file.fileName), new Uint8Array(await file.blob.arrayBuffer()));
    assert.deepEqual(files.map((file) => file.fileName), [fileName, `${name}.xsd`]);
    return join(folder, fileName);
}

/** @type {string[]} */
let written = [];

test('documents and schemas are written', async () => {
    for (const document of [...DOCUMENTS, ...caseDocuments()]) written.push(await write(document));
    assert.ok(written.length > 100, `${written.length} documents`);
});

test('xmllint finds every document valid', () => {
    for (const path of written) assert.equal(xmllint(path), '');
});

test('Xerces-J finds every document valid by the schema that it names', () => {
    assert.equal(xerces(written), '');
});

test('a wrong document is found invalid, so the schemas say something', () => {
    const path = join(folder, 'wrong.xml');
    const plain = readFileSync(join(folder, 'plain.xml'), 'utf8');
    for (const [from, to] of [['<a>1</a>', '<a>x</a>'], ['<b>', '<c>1</c><b>'], ['<item>1</item>', '<item/>'], ['index="0"', '']]) {
        assert.ok(plain.includes(from));
        writeFileSync(path, plain.replace(from, to));
        const { status } = spawnSync('xmllint', ['--noout', '--schema', join(folder, 'plain.xsd'), path], { encoding: 'utf8' });
        assert.equal(status, 3, `${from} as ${to}`);
    }
});

test('lxml reads every value back', () => {
    for (const name of ['odd', 'scalars', 'mixed', 'generated', 'plain']) {
        const records = DOCUMENTS.find(([one]) => one === name)?.[1];
        const lines = join(folder, `${name}.ndjson`);
        writeFileSync(lines, records.map((/** @type {any} */ record) => `${JSON.stringify(record)}\n`).join(''));
        const told = execFileSync('/usr/bin/python3', [join(root, 'tests/readers/read_xml.py'), join(folder, `${name}.xml`), lines], { encoding: 'utf8' });
        assert.equal(told.trim(), `${records.length} records are the same`);
    }
});

test('documents are validated as they are written', async () => {
    for (const [name, source, options] of DOCUMENTS) {
        const xml = { ...options.xml, validate: true };
        const { files, report } = await processor.startExport(source, { format: 'xml', fileName: `${name}.xml`, ...options, xml }).result;
        assert.equal(report.validated, true);
        const [before, now] = [readFileSync(join(folder, `${name}.xsd`), 'utf8'), await files[1].blob.text()];
        assert.equal(now, before, 'the schema is the same as without');
    }
});

test('what the start of a source does not tell is in the schema, and validated', async () => {
    const records = Array.from({ length: 4000 }, (_, i) => (i < 3990 ? { a: i, b: { c: true } } : { a: 'late', b: { c: null, d: [i] } }));
    for (const more of [{}, { chunkSize: 500, workers: 2 }, { includeStatistics: true }, { columns: ['b', 'a'] }]) {
        const schemas = [];
        for (const validate of [false, true]) {
            const { files, report, size } = await processor.startExport(records, { format: 'xml', fileName: 'late.xml', ...more, xml: { validate } }).result;
            assert.deepEqual([report.validated, report.counts.written, size], [validate || undefined, 4000, (await files[0].blob.text()).length]);
            schemas.push(await files[1].blob.text());
        }
        assert.equal(schemas[1], schemas[0]);
        assert.match(schemas[0], /name="a" type="t:integer-or-string"/);
    }
});

test('one name for two keys, or one path for values of all kinds, leaves the rest typed', async () => {
    const records = [{ 'a b': 1, 'a!b': 2, c: 3, m: 1 }, { c: 4, m: { x: 1, y: [true] } }, { c: 5, m: [2.5], 'a!b': null }];
    const { files } = await processor.startExport(records, { format: 'xml', fileName: 'typed.xml' }).result;
    const [document, schema] = await Promise.all(files.map(({ blob }) => blob.text()));
    writeFileSync(join(folder, 'typed.xsd'), schema);
    const path = join(folder, 'typed.xml');
    for (const [from, to, good] of [
        ['', '', true],
        ['name="a b">1<', 'name="a b">one<', false],
        ['<c>3<', '<c>three<', false],
        ['<x>1<', '<x>one<', false],
        ['<item>true<', '<item>two<', false],
        ['<item>2.5<', '<item>two<', false],
        ['<y>', '<z/><y>', false],
    ]) {
        assert.ok(document.includes(String(from)), String(from));
        writeFileSync(path, document.replace(String(from), String(to)));
        const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', join(folder, 'typed.xsd'), path], { encoding: 'utf8' });
        assert.equal(status === 0, good, `${to}: ${stderr}`);
    }
});

test('the validator names the record that is wrong', async () => {
    const exports = await instantiate(await compile(new URL('../../dist/exportloom-validator.wasm', import.meta.url).href));
    const core = new Core(exports, EXPORTS.validator);
    const [document, schema] = ['generated.xml', 'generated.xsd'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const at = document.indexOf('<record index="0"');
    const [start, end] = [document.slice(0, at), document.slice(document.indexOf('</records>'))].map((text) => new TextEncoder().encode(text));
    const validator = new Validator(core, schema, { start, end });
    const segment = document.slice(at, document.indexOf('</records>'));
    validator.check(new TextEncoder().encode(segment), 0);
    const wrong = segment.replace(/(<record index="1234">.*?<)id>/s, '$1ID>');
    for (const [text, pattern] of [
        [wrong, /record 11234: /],
        [segment.replace('</record>', '</recor>'), /record 10000: .*mismatch/],
        [segment.replace('>', '>&entity;'), /record 10000: .*entity/i],
        [`${segment}<more/>`, /more/],
    ])
        assert.throws(() => validator.check(new TextEncoder().encode(text), 10000), (/** @type {any} */ error) => error.failure.code === 'NOT_VALID' && pattern.test(error.message), String(pattern));
    validator.check(new TextEncoder().encode(segment), 0);
    validator.free();
});

test('a source that can be read only once is not validated', async () => {
    const error = await failure(piecesOf(new TextEncoder().encode('{"a":1}'), 3), { format: 'xml', xml: { validate: true } });
    assert.equal(error.code, 'SOURCE_READ_ONCE');
});
