// xml.validate wherever an export can go: batches, zip files, packed files, the command line. What is said to be valid is so for xmllint, and where
// a schema is wrong, the export fails by the record that shows it.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink, fileSource } from '../../dist/node.js';
import { xerces, xmllint } from '../readers/xml.js';
import { failure, linesOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const COUNT = 2500;
/** The one record that a schema must tell from the others, behind those by which schemas are guessed. */
const RARE = 2222;
const records = Array.from({ length: COUNT }, (_, id) => ({ id, size: id === RARE ? 'large' : id, tags: ['ä', `<${id}>`], ...(id % 7 ? {} : { late: null }) }));
const input = join(folder, 'records.ndjson');
writeFileSync(input, linesOf(records));
const XML = { format: 'xml', xml: { validate: true } };
const processor = new ExportProcessor({ workers: 2 });

/** What xmllint says of a document and its schema that were put into a folder of their own; the counts of records are as in the source. */
function judged(name, document, schema) {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, 'records.xml'), document);
    writeFileSync(join(path, 'records.xsd'), schema);
    assert.equal(String(document).match(/<record /g)?.length, COUNT);
    assert.match(String(document), / xsi:schemaLocation="urn:exportloom:export:1 records.xsd"/);
    return xmllint(join(path, 'records.xml'));
}

function unzipped(name, bytes) {
    const path = join(folder, name);
    writeFileSync(`${path}.zip`, bytes);
    execFileSync('unzip', ['-q', `${path}.zip`, '-d', path]);
    return path;
}

const bytesOf = async (blob) => Buffer.from(await blob.arrayBuffer());

/** Makes the schema that a worker is to validate by a wrong one: the rare record is not valid by it. */
const spoiled = (message) => (message.op === 'validator' ? { ...message, schema: message.schema.replace('"t:integer-or-string"', '"xs:integer"') } : message);

/** Workers that get wrong schemas. */
function createWorker() {
    const worker = new Worker(new URL('../../dist/worker.js', import.meta.url), { execArgv: [] });
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message, transfer) => post(spoiled(message), transfer);
    return worker;
}

const misled = new ExportProcessor({ workers: 2, createWorker });

/** How lxml reads the namespace of the root, its schemaLocation, and the namespace that the schema is for. */
const NAMES = `
import json, sys
from lxml import etree
document, schema = (etree.parse(path).getroot() for path in (sys.argv[1], sys.argv[1][:-3] + 'xsd'))
hint = document.get('{http://www.w3.org/2001/XMLSchema-instance}schemaLocation')
print(json.dumps([etree.QName(document).namespace, hint, schema.get('targetNamespace')]))`;

/** @param {any} error the record's number in the file, and what is wrong with it */
function assertNamesRecord(error) {
    assert.deepEqual([error.code, error.record], ['NOT_VALID', RARE], String(error));
    assert.match(error.message, new RegExp(`record ${RARE}: .*size.*'large'`));
    assert.equal(error.report?.validated, undefined);
}

test('in a batch, beside other formats', async () => {
    const formats = ['csv', XML, { format: 'xlsx' }, { format: 'xml', fileName: 'records', xml: { validate: true, scalars: 'attributes' } }];
    const { results, errors } = await processor.batchExport(fileSource(input), formats).result;
    assert.deepEqual(errors.filter(Boolean), []);
    assert.deepEqual(results.map(({ report }) => [report.validated, report.counts.written]), [undefined, true, undefined, true].map((one) => [one, COUNT]));
    for (const at of [1, 3]) {
        const [document, schema] = await Promise.all(results[at].files.map(({ blob }) => bytesOf(blob)));
        assert.equal(judged(`batch-${at}`, document, schema), '');
    }
    const alone = await processor.startExport(fileSource(input), { format: 'csv' }).result;
    assert.equal(await results[0].blob.text(), await alone.blob.text());
});

test('in one zip file of a batch, and in the zip file and the gzip file of an export', async () => {
    const batch = await processor.batchExport(fileSource(input), ['json', XML], { zip: true, fileName: 'records' }).result;
    assert.deepEqual(batch.results.map(({ report }) => report.validated), [undefined, true]);
    const zip = await processor.startExport(fileSource(input), { ...XML, compression: 'zip' }).result;
    for (const [name, { blob }] of Object.entries({ batch, zip })) {
        const path = unzipped(name, await bytesOf(blob));
        const members = readdirSync(path).sort();
        assert.deepEqual(members, [...(name === 'batch' ? ['records.json'] : []), 'records.xml', 'records.xsd']);
        assert.equal(judged(`${name}-members`, readFileSync(join(path, 'records.xml')), readFileSync(join(path, 'records.xsd'))), '');
    }
    assert.equal(zip.report.validated, true);
    const gzip = await processor.startExport(fileSource(input), { ...XML, compression: 'gzip' }).result;
    const [document, schema] = await Promise.all(gzip.files.map(({ blob }) => bytesOf(blob)));
    assert.deepEqual(gzip.files.map(({ fileName }) => fileName), ['records.xml.gz', 'records.xsd']);
    assert.equal(judged('gzip', gunzipSync(document), schema), '');
    assert.equal(gzip.report.validated, true);
});

test('a record that is not valid fails its export by its number, packed or not, and leaves nothing behind', async () => {
    for (const compression of [false, 'gzip', 'zip']) {
        const path = join(folder, 'never.xml');
        assertNamesRecord(await failure(fileSource(input), { ...XML, compression, sink: fileSink(path) }, misled));
        assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('never')), []);
    }
    assert.equal((await failure(fileSource(input), { ...XML, onError: 'skip', maxErrors: 10 }, misled)).code, 'NOT_VALID');
});

test('a record that is not valid fails its format of a batch, and no other', async () => {
    for (const zip of [false, true]) {
        const { results, errors, blob } = await misled.batchExport(fileSource(input), ['csv', XML, 'json'], { zip }).result;
        assert.deepEqual(errors.map((error) => error?.code), [undefined, 'NOT_VALID', undefined]);
        assertNamesRecord(errors[1]);
        assert.deepEqual([results[0].report.counts.written, results[1], results[2].report.counts.written], [COUNT, undefined, COUNT]);
        if (zip) assert.deepEqual(readdirSync(unzipped('failed', await bytesOf(blob))).sort(), ['records.csv', 'records.json']);
    }
});

test('a namespace with & and \' is the same in document, schema and schemaLocation, for the validation and for others', async () => {
    const odd = [{ a: 1, b: 'x & "y"' }, { a: 'x', b: null, c: [{ d: true }] }];
    const paths = [];
    for (const [at, namespace] of ["http://example.org/?a='1'&b=2#c", 'urn:a&amp;b', '&', 'urn:%3C%20%22'].entries())
        for (const more of [{}, { prefix: 'p', scalars: 'attributes', pretty: true }, { validate: true }, { prefix: 'q', validate: true }]) {
            const fileName = `namespace-${at}-${paths.length}.xml`;
            const { files, report } = await processor.startExport(odd, { format: 'xml', fileName, xml: { namespace, ...more } }).result;
            assert.equal(report.validated, more.validate);
            for (const file of files) writeFileSync(join(folder, file.fileName), await bytesOf(file.blob));
            paths.push(join(folder, fileName));
            assert.equal(xmllint(paths.at(-1), '--noent'), '');
            const told = execFileSync('/usr/bin/python3', ['-c', NAMES, paths.at(-1)], { encoding: 'utf8' });
            assert.deepEqual(JSON.parse(told), [namespace, `${namespace} ${files[1].fileName}`, namespace]);
        }
    assert.equal(xerces(paths), '');
});

/** @param {string[]} words @param {string[]} [node] options of Node */
function run(words, node = []) {
    const { status, stderr } = spawnSync(process.execPath, [...node, cli, input, ...words], { cwd: folder, encoding: 'utf8' });
    return { status, stderr, report: JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) };
}

test('on the command line, with other outputs and packed', () => {
    const outputs = ['-o', 'cli/records.xml', '-o', 'cli/records.csv', '--report', 'report.json', '--xml.validate'];
    mkdirSync(join(folder, 'cli'));
    const { status, stderr, report } = run(outputs);
    assert.equal(status, 0, stderr);
    assert.deepEqual(report.map((/** @type {any} */ one) => one.validated), [true, undefined]);
    assert.equal(xmllint(join(folder, 'cli/records.xml')), '');
    for (const packed of ['gz', 'zip']) {
        const one = run(['-o', `records.xml.${packed}`, '--xml.validate', '--report', 'report.json']);
        assert.deepEqual([one.status, one.report.validated], [0, true], one.stderr);
    }
    assert.equal(judged('cli-gz', gunzipSync(readFileSync(join(folder, 'records.xml.gz'))), readFileSync(join(folder, 'records.xsd'))), '');
    const members = unzipped('cli-zip', readFileSync(join(folder, 'records.xml.zip')));
    assert.equal(xmllint(join(members, 'records.xml')), '');
    assert.equal(run(['-o', 'plain.xml', '--report', 'report.json']).report.validated, undefined);
});

test('on the command line, a record that is not valid is named, and no file is left', () => {
    const preload = `import { Worker } from 'node:worker_threads'; const post = Worker.prototype.postMessage; const spoiled = ${spoiled};
        Worker.prototype.postMessage = function (message, transfer) { post.call(this, spoiled(message), transfer); };`;
    const node = [`--import=data:text/javascript,${encodeURIComponent(preload)}`];
    const { status, stderr, report } = run(['-o', 'bad.xml', '--xml.validate', '--report', 'report.json'], node);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`record ${RARE}`));
    assert.deepEqual([report.error.code, report.error.record], ['NOT_VALID', RARE]);
    assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('bad')), []);
});

test('a chosen column that is an object is found, however the document is written', async () => {
    const nested = [{ id: 1, o: { x: 1 } }, { id: 2, o: { x: 'two' } }];
    for (const streams of [false, true])
        for (const columns of [['id', 'o', 'z'], [{ key: 'z' }, { key: 'o', type: 'json' }]]) {
            const { report } = await processor.startExport(nested, { ...XML, columns, sink: streams ? new WritableStream() : undefined }).result;
            assert.deepEqual(report.warnings.map(({ code, column }) => [code, column]), [['COLUMN_NEVER_FOUND', 'z']]);
        }
});
