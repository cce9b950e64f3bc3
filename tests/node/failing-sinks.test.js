// Outputs that fail: whenever a sink throws, a disk is full or the process is killed, there is no half file under the final name.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdirSync, openSync, closeSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink, fileSource } from '../../dist/node.js';
import { exported, failure, linesOf, recordsOf, temporaryFolder } from './support.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const folder = temporaryFolder();
const records = recordsOf(60);
const bytes = Buffer.from(linesOf(records));
const FORMATS = ['json', 'csv', 'xml', 'html', 'xlsx', 'pdf'];

/** Rejections that nobody has looked at. */
const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
after(() => assert.deepEqual(unhandled, []));

/** A new folder of this test's. @param {string} name */
function newFolder(name) {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
}

/** A sink on a file whose Nth call throws. */
function failingSink(inner, n) {
    const told = { calls: 0, last: '' };
    const call = (name, act) => {
        told.calls += 1;
        told.last = name;
        if (told.calls === n) throw new Error(`call ${n}`);
        return act();
    };
    const sink = {
        recycles: true,
        open: () => call('open', () => inner.open()),
        write: (piece) => call('write', () => inner.write(piece)),
        rewind: () => call('rewind', () => inner.rewind()),
        attach: (name, piece) => call('attach', () => inner.attach(name, piece)),
        close: () => call('close', () => inner.close()),
        abort: (reason) => inner.abort(reason),
    };
    return { sink, told };
}

/** A source of bytes whose Nth read throws. */
function failingSource(n, told = { reads: 0 }) {
    return {
        again: true,
        openReader() {
            let at = 0;
            return {
                read(view) {
                    told.reads += 1;
                    if (told.reads === n) throw new Error(`read ${n}`);
                    const piece = bytes.subarray(at, at + Math.min(view.length, 1500));
                    view.set(piece);
                    at += piece.length;
                    return piece.length;
                },
                close() {},
            };
        },
    };
}

for (const format of FORMATS)
    test(`${format}: a sink that throws at the Nth call, a source that throws at the Nth read, for every N`, async () => {
        const place = newFolder(`nth-${format}`);
        const path = join(place, 'out');
        const processor = new ExportProcessor({ workers: 1 });
        for (const compression of format === 'csv' ? [undefined, 'gzip', 'zip'] : [undefined]) {
            const options = { format, compression, chunkSize: 25 };
            let n = 1;
            for (; ; n += 1) {
                const { sink, told } = failingSink(fileSink(path), n);
                const outcome = await processor.startExport(records, { ...options, sink }).result.catch((error) => error);
                if (told.calls < n) break;
                assert.deepEqual([outcome.code, outcome.cause?.message, outcome.retryable], ['SINK_FAILED', `call ${n}`, true], told.last);
                assert.deepEqual(readdirSync(place), [], `after ${told.last}, call ${n}`);
            }
            assert.ok(n > 4);
            assert.ok(existsSync(path));
            for (n = 1; ; n += 1) {
                for (const name of readdirSync(place)) rmSync(join(place, name));
                const told = { reads: 0 };
                const outcome = await processor.startExport(failingSource(n, told), { ...options, sink: fileSink(path) }).result.catch((error) => error);
                if (told.reads < n) break;
                assert.deepEqual([outcome.code, outcome.cause?.message], ['SOURCE_FAILED', `read ${n}`]);
                assert.deepEqual(readdirSync(place), [], `after read ${n}`);
            }
            assert.ok(n > 4);
            for (const name of readdirSync(place)) rmSync(join(place, name));
        }
        await processor.dispose();
    });

test('a write that fails for now is tried again with the same bytes', async () => {
    for (const compression of [undefined, 'gzip']) {
        const wanted = await exported(records, { format: 'csv', chunkSize: 10 });
        const written = [];
        let calls = 0;
        const sink = {
            mayPass: (error) => error.message === 'later',
            open() {
                if ((calls += 1) < 3) throw new Error('later');
            },
            async write(piece) {
                if ((calls += 1) % 2) throw new Error('later');
                written.push(piece.slice());
            },
            close() {},
        };
        const processor = new ExportProcessor();
        const { report } = await processor.startExport(records, { format: 'csv', chunkSize: 10, sink, compression }).result;
        const output = new Blob(written);
        const stream = compression ? output.stream().pipeThrough(new DecompressionStream('gzip')) : output.stream();
        assert.equal(await new Response(stream).text(), wanted.text);
        assert.ok(report.retries > 4);
        const tired = { ...sink, open() {}, write: () => Promise.reject(new Error('later')) };
        const error = await failure(records, { format: 'csv', sink: tired, retries: 1 }, processor);
        assert.deepEqual([error.code, error.cause.message], ['SINK_FAILED', 'later']);
        await processor.dispose();
    }
});

test('places that cannot be written are told before the work', async () => {
    const place = newFolder('places');
    mkdirSync(join(place, 'folder.csv'));
    writeFileSync(join(place, 'file'), '');
    for (const [path, cause] of [['none/a.csv', 'ENOENT'], ['folder.csv', 'EISDIR'], ['file/a.csv', 'ENOTDIR']]) {
        let read = 0;
        const source = (function* () { read += 1; yield { a: 1 }; })();
        const error = await failure(source, { format: 'csv', sink: fileSink(join(place, path)) });
        assert.deepEqual([error.code, error.cause.code, read], ['SINK_FAILED', cause, 0], path);
        assert.match(error.suggestion, /folder/);
    }
    assert.deepEqual(readdirSync(place).sort(), ['file', 'folder.csv']);
});

test('a file that is replaced keeps its permissions, and a link leads to it', async () => {
    const place = newFolder('permissions');
    writeFileSync(join(place, 'a.csv'), 'old', { mode: 0o640 });
    chmodSync(join(place, 'a.csv'), 0o640);
    symlinkSync('a.csv', join(place, 'b.csv'));
    await exported(records, { format: 'csv', sink: fileSink(join(place, 'b.csv')) }).catch(() => {}); // there is no blob
    assert.equal(statSync(join(place, 'a.csv')).mode & 0o777, 0o640);
    assert.match(readFileSync(join(place, 'a.csv'), 'utf8'), /^id,/);
    assert.deepEqual(readdirSync(place), ['a.csv', 'b.csv']);
});

test('what a killed process left is known by its name, and is taken away a day later', async () => {
    const place = newFolder('leftovers');
    const names = ['.a.csv.0123456789ab.part', '.a.csv.0123456789ac.part', '.a.csv.0123456789ab.part.second', '.b.csv.0123456789ab.part', '.a.csv.mine.part'];
    for (const name of names) {
        writeFileSync(join(place, name), 'x');
        if (name !== names[1]) utimesSync(join(place, name), 0, 0);
    }
    const processor = new ExportProcessor();
    await processor.startExport(records, { format: 'csv', sink: fileSink(join(place, 'a.csv')) }).result;
    assert.deepEqual(readdirSync(place).sort(), ['.a.csv.0123456789ac.part', '.a.csv.mine.part', '.b.csv.0123456789ab.part', 'a.csv']);
    await processor.dispose();
});

/** @param {string[]} words @param {object} [options] */
const exportloom = (words, options) => spawnSync(process.execPath, [cli, '--quiet', ...words], { encoding: 'utf8', ...options });

test('a full disk leaves nothing behind, and the file that was there', { skip: process.platform !== 'linux' && 'needs tmpfs' }, async (context) => {
    const place = newFolder('full');
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', place], { encoding: 'utf8' });
    if (mounted.status !== 0) return context.skip(`a tmpfs cannot be mounted here: ${mounted.stderr?.trim() ?? mounted.error}`);
    try {
        const path = join(place, 'a');
        const input = join(folder, 'full.ndjson');
        writeFileSync(input, linesOf(recordsOf(20000)));
        for (const format of FORMATS) {
            writeFileSync(path, 'old');
            const error = await failure(fileSource(input), { format, sink: fileSink(path) });
            assert.deepEqual([error.code, error.cause.code, error.retryable], ['SINK_FAILED', 'ENOSPC', true], format);
            assert.match(error.suggestion, /free space/);
            assert.equal(readFileSync(path, 'utf8'), 'old');
            assert.deepEqual(readdirSync(place), ['a']);
        }
        const { status, stderr } = exportloom([input, '-o', join(place, 'b.csv')]);
        assert.equal(status, 1);
        assert.match(stderr, /SINK_FAILED.*ENOSPC[\s\S]*free space/);
        assert.deepEqual(readdirSync(place), ['a']);
    } finally {
        spawnSync('umount', [place]);
    }
});

test('kill -9 at any moment: the old file or the whole new one, and nothing else but temporary names', { timeout: 120000 }, async (context) => {
    const place = newFolder('killed');
    const input = join(folder, 'killed.ndjson');
    writeFileSync(input, linesOf(recordsOf(30000)));
    const whole = {};
    const began = Date.now();
    for (const ending of ['csv', 'xml', 'xlsx']) {
        const path = join(newFolder(`whole-${ending}`), `a.${ending}`);
        assert.equal(exportloom([input, '-o', path]).status, 0);
        whole[ending] = statSync(path).size;
    }
    const usual = (Date.now() - began) / 3;
    const told = { killed: 0, complete: 0, left: 0 };
    for (let round = 0; round < 12; round += 1) {
        const ending = ['csv', 'xml', 'xlsx'][round % 3];
        const path = join(place, `a.${ending}`);
        writeFileSync(path, 'old');
        const child = spawn(process.execPath, [cli, '--quiet', input, '-o', path], { stdio: 'ignore' });
        const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal)));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * usual * 1.1));
        child.kill('SIGKILL');
        if (await ended) told.killed += 1;
        const content = readFileSync(path);
        const isOld = content.toString('latin1') === 'old';
        // A workbook tells when it was made, which changes its size; it ends with the record of its directory (APPNOTE 4.3.16).
        const isWhole = ending === 'xlsx' ? content.lastIndexOf('PK\x05\x06') === content.length - 22 : content.length === whole[ending];
        assert.ok(isOld || isWhole, `${path} has ${content.length} bytes`);
        if (!isOld) told.complete += 1;
        for (const name of readdirSync(place).filter((one) => one !== `a.${ending}`)) {
            if (name === 'a.xsd') assert.match(readFileSync(join(place, name), 'utf8'), /<\/xs:schema>\s*$/);
            else {
                assert.match(name, new RegExp(`^\\.a\\.${ending}\\.[0-9a-f]{12}\\.part(\\.second)?$`));
                told.left += 1;
            }
            rmSync(join(place, name));
        }
        rmSync(path);
    }
    context.diagnostic(JSON.stringify(told));
    assert.ok(told.killed > 0);
});

test('the command line writes over no input and over no other output', () => {
    const place = newFolder('same');
    const [input, link, hard] = ['in.ndjson', 'link.ndjson', 'hard.ndjson'].map((name) => join(place, name));
    writeFileSync(input, '{"a":1}\n');
    symlinkSync('in.ndjson', link);
    linkSync(input, hard);
    const other = join(place, 'o.csv');
    const cases = [[input, '-o', input], [input, '-o', link], [link, '-o', hard], [input, '-o', other, '-o', `${place}/./o.csv`], [input, '-o', other, '--report', other], [input, '-o', other, '--report', input]];
    for (const words of cases) {
        const { status, stderr } = exportloom(words);
        assert.equal(status, 2, words.join(' '));
        assert.match(stderr, /would be written over/);
        assert.equal(readFileSync(input, 'utf8'), '{"a":1}\n');
        assert.equal(existsSync(other), false);
    }
    assert.equal(exportloom([input, '-o', other, '-o', '/dev/null', '--format', 'csv']).status, 0);
});

test('a file below /dev is a file like any other', { skip: !existsSync('/dev/shm') && 'there is no /dev/shm' }, (context) => {
    const output = `/dev/shm/exportloom-${process.pid}.csv`;
    context.after(() => rmSync(output, { force: true }));
    writeFileSync(output, 'old');
    const input = join(newFolder('memory'), 'in.ndjson');
    writeFileSync(input, `${bytes}{"broken":\n`);
    assert.equal(exportloom([input, '-o', output, '--on-error', 'fail']).status, 1);
    assert.equal(readFileSync(output, 'utf8'), 'old');
    assert.equal(exportloom([input, '-o', output]).status, 3);
    assert.equal(readFileSync(output, 'utf8').split('\r\n').length, 62);
});

test('inputs and outputs that are no files', () => {
    const place = newFolder('devices');
    const input = join(place, 'in.ndjson');
    writeFileSync(input, bytes);
    for (const [words, code] of [[[place, '-o', join(place, 'a.csv')], 'SOURCE_FAILED'], [[join(place, 'none.ndjson'), '-o', join(place, 'a.csv')], 'SOURCE_FAILED'],
        [[input, '-o', '/dev/full', '--format', 'csv'], 'SINK_FAILED'], [[input, '-o', place, '--format', 'csv'], 'SINK_FAILED'], [[input, '-o', join(place, 'none', 'a.csv')], 'SINK_FAILED']]) {
        const { status, stderr } = exportloom(words);
        assert.equal(status, 1, words.join(' '));
        assert.match(stderr, new RegExp(`exportloom: ${code}: `));
    }
    const fifo = join(place, 'fifo');
    if (spawnSync('mkfifo', [fifo]).status === 0) {
        const keep = openSync(fifo, 'r+');
        const { status } = exportloom([input, '-o', fifo, '--format', 'csv', '--limit', '3'], { timeout: 20000 });
        const text = spawnSync('head', ['-c', '20', fifo], { encoding: 'utf8', timeout: 5000 }).stdout;
        closeSync(keep);
        assert.equal(status, 0);
        assert.match(text, /^id,name,/);
        rmSync(fifo);
    }
    assert.deepEqual(readdirSync(place), ['in.ndjson']);
});

test('what the disk did not take while more was written', async () => {
    const place = newFolder('flushed');
    const handle = await open(join(folder, 'handle'), 'w');
    const { datasync } = Object.getPrototypeOf(handle);
    await handle.close();
    let calls = 0;
    Object.getPrototypeOf(handle).datasync = async () => {
        calls += 1;
        throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    };
    try {
        const text = 'x'.repeat(1000);
        const many = (function* () {
            for (let id = 0; id < 20000; id += 1) yield { id, text };
        })();
        const error = await failure(many, { format: 'json', sink: fileSink(join(place, 'out.json')) });
        assert.equal(error.code, 'SINK_FAILED');
        assert.match(error.message, /EIO/);
    } finally {
        Object.getPrototypeOf(handle).datasync = datasync;
    }
    assert.ok(calls > 0, 'a file of 20 MB goes to the disk before its end');
    assert.deepEqual(readdirSync(place), []);
});
