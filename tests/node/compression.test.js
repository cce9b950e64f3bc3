// Packed files hold what the plain ones hold, for readers that know nothing of the library: gzip, unzip, 7z, Python, a browser's stream.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32 as referenceCrc32, deflateRawSync, constants } from 'node:zlib';
import { ExportProcessor } from '../../dist/index.node.js';
import { crc32, joinCrc32 } from '../../wasm-glue/crc32.js';
import { safeName } from '../../web/safe-name.js';
import { ZipFile } from '../../web/zip.js';
import { failure, linesOf, recordsOf, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const records = recordsOf(3000);
const processor = new ExportProcessor({ workers: 2, now: () => Date.UTC(2026, 4, 17, 10, 30, 8) });

/** Shapes whose segments have a separator, and whose heads and tails are empty or not. */
const SHAPES = [
    { format: 'csv' },
    { format: 'json' },
    { format: 'json', json: { shape: 'ndjson' } },
    { format: 'json', json: { pretty: true }, includeMetadata: true, includeStatistics: true },
];

async function bytesOf(source, options) {
    const result = await processor.startExport(source, options).result;
    return { ...result, bytes: Buffer.from(await result.blob.arrayBuffer()) };
}

function saved(name, bytes) {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
}

async function unpackedByStream(bytes) {
    return Buffer.from(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
}

/** The members of a zip file, as Python reads them after checking all of it. */
function pythonMembers(path) {
    const program = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([[i.filename, z.read(i).decode('latin-1'), list(i.date_time)] for i in z.infolist()]))`;
    return JSON.parse(execFileSync('python3', ['-c', program, path], { maxBuffer: 1 << 28, encoding: 'utf8' }));
}

test('gzip: one member, that every reader unpacks to the plain file', async () => {
    for (const [number, shape] of SHAPES.entries()) {
        const plain = await bytesOf(records, shape);
        for (const options of [{ compression: true }, { compression: 'gzip', chunkSize: 7 }, { compression: { level: 9 }, chunkSize: 3000 }]) {
            let told;
            const packed = await bytesOf(records, { ...shape, ...options, onProgress: (progress) => (told = progress) });
            assert.equal(told.bytesOut, packed.size);
            assert.ok(Math.abs(Math.log2(packed.report.estimate.bytes / packed.size)) < 2, `${packed.report.estimate.bytes} for ${packed.size}`);
            const path = saved(`${number}.gz`, packed.bytes);
            execFileSync('gzip', ['-t', path]);
            const unpacked = execFileSync('gzip', ['-dc', path], { maxBuffer: 1 << 28 });
            const wanted = shape.includeMetadata ? withoutOptions(plain.bytes) : String(plain.bytes);
            assert.equal(shape.includeMetadata ? withoutOptions(unpacked) : String(unpacked), wanted);
            assert.deepEqual(await unpackedByStream(packed.bytes), unpacked);
            assert.equal(packed.fileName, `${plain.fileName}.gz`);
            assert.deepEqual([packed.mimeType, packed.blob.type], ['application/gzip', 'application/gzip']);
            assert.equal(packed.size, packed.bytes.length);
            assert.ok(options.chunkSize === 7 || packed.size < plain.size / 2);
        }
    }
});

/** The audit trail tells the options, which differ. */
function withoutOptions(bytes) {
    const { metadata, ...rest } = JSON.parse(bytes);
    return JSON.stringify(rest);
}

test('zip: one member with a safe name', async () => {
    for (const format of ['csv', 'json', 'xlsx']) {
        const options = { format, chunkSize: 100 }; // the parts of a workbook are deflated chunk by chunk
        const plain = await bytesOf(records, { ...options, fileName: 'größe' });
        const packed = await bytesOf(records, { ...options, fileName: 'größe', compression: 'zip' });
        assert.deepEqual([packed.fileName, packed.mimeType, packed.size], [`${plain.fileName}.zip`, 'application/zip', packed.bytes.length]);
        const path = saved('one.zip', packed.bytes);
        assert.deepEqual(pythonMembers(path), [[plain.fileName, plain.bytes.toString('latin1'), [2026, 5, 17, 10, 30, 8]]]);
        execFileSync('unzip', ['-tqq', path]);
        execFileSync('7z', ['t', path]);
    }
    const { fileName } = await bytesOf(records, { format: 'csv', fileName: 'all.zip', compression: 'zip' });
    assert.equal(fileName, 'all.zip');
});

test('a workbook is compressed by itself', async () => {
    const usual = await bytesOf(records, { format: 'xlsx', chunkSize: 1000 });
    const same = await bytesOf(records, { format: 'xlsx', chunkSize: 1000, compression: true });
    assert.deepEqual([same.size, same.fileName, same.mimeType], [usual.size, usual.fileName, usual.mimeType]);
    const small = await bytesOf(records, { format: 'xlsx', chunkSize: 1000, compression: { level: 9 } });
    const named = await bytesOf(records, { format: 'xlsx', chunkSize: 1000, compression: { level: 1 }, xlsx: { level: 9 } });
    assert.ok(small.size < usual.size);
    assert.equal(named.size, small.size);
    const { bytes } = await bytesOf(records, { format: 'xlsx', chunkSize: 1000, compression: 'gzip' });
    assert.equal((await unpackedByStream(bytes)).length, usual.size);
});

test('no records, and a sink that is written again, make whole files', async () => {
    const { bytes } = await bytesOf([], { format: 'csv', compression: true });
    assert.equal((await unpackedByStream(bytes)).length, 0);
    const late = [...records, { late: 1 }]; // a column that the start of the source does not have
    const plain = await bytesOf(late, { format: 'csv' });
    const again = await bytesOf(late, { format: 'csv', compression: true });
    assert.deepEqual(await unpackedByStream(again.bytes), plain.bytes);
});

test('what compression cannot be is told', async () => {
    for (const compression of ['brotli', 5, { level: 0 }, { level: 2.5 }, { type: 'xz' }, 'gzp', []])
        assert.equal((await failure(records, { format: 'csv', compression })).code, 'INVALID_OPTION');
    const error = await failure(records, { format: 'csv', compression: { levl: 3 } });
    assert.deepEqual([error.code, error.suggestion], ['UNKNOWN_OPTION', 'did you mean compression.level?']);
});

test('the command line: several outputs from one read of standard input, packed by ending or option', () => {
    const outputs = ['a.csv.gz', 'b.ndjson.zip', 'c.xlsx', 'd.json'].map((name) => join(folder, name));
    const words = ['-', ...outputs.flatMap((output) => ['-o', output]), '--quiet'];
    const { status, stderr } = spawnSync(process.execPath, [cli, ...words], { input: linesOf(records), encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(execFileSync('gzip', ['-dc', outputs[0]], { encoding: 'utf8' }), /^id,name,nested\.price/);
    assert.deepEqual(pythonMembers(outputs[1]).map(([name, text]) => [name, Buffer.from(text, 'latin1').toString()]), [['b.ndjson', linesOf(records)]]);
    assert.deepEqual(JSON.parse(readFileSync(outputs[3], 'utf8')), records);
    const path = join(folder, 'e.csv');
    execFileSync(process.execPath, [cli, outputs[3], '-o', path, '--compression', 'gzip:9', '--quiet']);
    execFileSync('gzip', ['-tS', '.csv', path]);
});

test('CRC-32 of any bytes, joined at any place', () => {
    const bytes = Buffer.from(linesOf(records.slice(0, 50)));
    const whole = crc32(bytes);
    if (referenceCrc32) assert.equal(whole, referenceCrc32(bytes));
    for (const at of [0, 1, 7, 8, 9, 1000, bytes.length]) {
        const [first, second] = [bytes.subarray(0, at), bytes.subarray(at)];
        assert.equal(joinCrc32(crc32(first), crc32(second), second.length), whole, String(at));
    }
    assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
});

test('names stay in their folder and differ', () => {
    const taken = new Set();
    const names = ['../../etc/passwd', 'a.csv', 'A.CSV', 'c:\\x\u0000.csv', '..', '', 'a.csv'].map((name) => safeName(name, taken));
    assert.deepEqual(names, ['_.._etc_passwd', 'a.csv', 'A (2).CSV', 'c__x_.csv', 'export', 'export (2)', 'a (3).csv']);
});

/** What is wanted, and the name of the file that comes of it. */
const NAMES = [
    ['../../etc/passwd', '_.._etc_passwd.csv'],
    ['/etc/x.csv', '_etc_x.csv'],
    ['C:\\x.csv', 'C__x.csv'],
    ['a\u0000b\n.csv', 'a_b_.csv'],
    ['CON', 'CON_.csv'],
    ['nul.tar.gz', 'nul_.tar.gz.csv'],
    ['report 2026.11', 'report 2026.11.csv'],
    ['Q3.final', 'Q3.final.csv'],
    ['looks.TSV', 'looks.TSV'],
    ['looks.csv.json', 'looks.csv.json.csv'],
    ['console', 'console.csv'],
    ['harmless\u202evsc.exe', 'harmless_vsc.exe.csv'],
    ['a\u2067b\u200bc\ufeff.csv', 'a_b_c_.csv'],
    ['half\ud800', 'half_.csv'],
    ['trailing. . ', 'trailing.csv'],
    ['.hidden.csv', 'hidden.csv'],
    ['größe 🎈', 'größe 🎈.csv'],
    [`${'ü'.repeat(125)}.csv`, `${'ü'.repeat(118)}.csv`],
    ['..', 'export.csv'],
    ['.csv', 'export.csv'],
    ['. .CSV', 'export.CSV'],
];

test('names of files are safe on every system', async () => {
    for (const [wanted, name] of NAMES) {
        const { fileName } = await processor.startExport('{"a":1}', { format: 'csv', fileName: wanted }).result;
        assert.equal(fileName, name, JSON.stringify(wanted));
        assert.equal(safeName(name), name, 'safe names stay as they are');
    }
    const long = safeName(`${'🎈'.repeat(500)}.csv`);
    assert.ok(new TextEncoder().encode(long).length <= 240 && long.endsWith('🎈.csv'));
    const named = Object.assign(new Blob(['{"a":1}']), { name: '../\u202e/x.ndjson' });
    assert.equal((await processor.startExport(named, { format: 'csv' }).result).fileName, '___x.csv');
    const dated = Object.assign(new Blob(['{"a":1}']), { name: 'report 2026.11' });
    assert.equal((await processor.startExport(dated, { format: 'json' }).result).fileName, 'report 2026.11.json');
    const packedName = (await processor.startExport(dated, { format: 'csv', fileName: 'report 2026.11', compression: 'gzip' }).result).fileName;
    assert.equal(packedName, 'report 2026.11.csv.gz');
    const { fileName, files } = await processor.startExport('{"a":1}', { format: 'xml', fileName: '../a.xml', compression: 'zip' }).result;
    assert.deepEqual([fileName, files[1].fileName], ['_a.xml.zip', '_a.xsd']);
    const batch = await processor.batchExport('{"a":1}', ['csv'], { zip: true, fileName: '../aux' }).result;
    assert.equal(batch.fileName, '_aux.zip');
    const tooLong = await failure('{"a":1}', { format: 'csv', fileName: 'x'.repeat(256) }, processor);
    assert.equal(tooLong.code, 'INVALID_OPTION');
});

/** Where Python says that a zip file's members lie and how large they are. */
async function listed(name, make) {
    const pieces = [];
    const zip = new ZipFile((bytes) => void pieces.push(bytes), 0);
    await make(zip);
    await zip.close();
    const path = saved(name, Buffer.concat(pieces));
    const program = 'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1]).infolist()\nprint(len(z), z[-1].file_size, z[-1].filename)';
    execFileSync('unzip', ['-lqq', path], { maxBuffer: 1 << 28 });
    return { path, bytes: Buffer.concat(pieces), facts: execFileSync('python3', ['-c', program, path], { encoding: 'utf8' }).trim() };
}

test('ZIP64 where a number needs it, and only there', async () => {
    const zeros = Buffer.alloc(1 << 26);
    const packed = deflateRawSync(zeros, { finishFlush: constants.Z_FULL_FLUSH });
    const facts = { crc: crc32(zeros), raw: zeros.length };
    const large = await listed('large.zip', async (zip) => {
        await zip.begin('large');
        for (let i = 0; i < 65; i += 1) await zip.add(packed, facts);
        await zip.begin('small');
        await zip.add(Buffer.from('x'));
    });
    assert.equal(large.facts, '2 1 small');
    assert.match(execFileSync('unzip', ['-l', large.path], { encoding: 'utf8' }), new RegExp(`\\b${65 * zeros.length} .* large`));
    const many = await listed('many.zip', async (zip) => {
        for (let i = 0; i < 65536; i += 1) await zip.whole(`${i}`, { crc: 0, raw: 0, size: 0, deflated: false }, []);
    });
    assert.equal(many.facts, '65536 0 65535');
    const usual = await listed('usual.zip', (zip) => zip.begin('a'));
    assert.equal(usual.bytes.includes(Buffer.from('PK\x06\x06', 'latin1')), false);
});
