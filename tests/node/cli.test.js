// The command line: inputs, outputs, options and exit codes.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, lstatSync, openSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from './support.js';

const folder = temporaryFolder();
const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

writeFileSync(join(folder, 'in.ndjson'), '{"a":1,"b":{"c":"x"}}\n{"a":2,"b":{"c":"=y"}}\n');
writeFileSync(join(folder, 'more.json.gz'), gzipSync('[{"a":3}]'));
writeFileSync(join(folder, 'bad.ndjson'), '{"a":1}\n{"a":\n');
writeFileSync(join(folder, 'worst.ndjson'), 'nothing\n');
writeFileSync(join(folder, 'columns.json'), '[{"key":"b.c","label":"C"}]');

/** Runs the program in the folder. */
function run(words, input = '') {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { cwd: folder, input, encoding: 'utf8' });
    return { status, stdout, stderr };
}

function read(name) {
    return readFileSync(join(folder, name), 'utf8');
}

test('formats, several inputs, several outputs', () => {
    const { status, stderr } = run(['in.ndjson', 'more.json.gz', '-o', 'a.csv', '-o', 'a.json', '-o', 'a.ndjson']);
    assert.equal(status, 0, stderr);
    assert.equal(read('a.csv'), "a,b.c\r\n1,x\r\n2,'=y\r\n3,\r\n");
    assert.deepEqual(JSON.parse(read('a.json')).map(({ a }) => a), [1, 2, 3]);
    assert.equal(read('a.ndjson').split('\n').length, 4);
    assert.match(stderr, /a\.csv: 3 records/);
});

test('one record is one', () => {
    const { status, stderr } = run(['-', '-o', 'one.csv'], '{"a":1}\n{"a":}\n');
    assert.deepEqual([status, /one\.csv: 1 record, /.test(stderr), /1 of 2 records was rejected/.test(stderr)], [3, true, true], stderr);
});

test('filter, offset and limit', () => {
    writeFileSync(join(folder, 'filter.json'), '{"a":{"$gte":2}}\n');
    const lines = ['-', '-o', '-', '--format=json', '--json.shape=ndjson', '--quiet'];
    const input = '{"a":1}\n{"a":2}\n{"a":9007199254740993}\n{"a":9007199254740992}\n';
    assert.equal(run([...lines, '--filter', '{"a":9007199254740993}'], input).stdout, '{"a":9007199254740993}\n');
    assert.equal(run([...lines, '--filter=@filter.json', '--offset=1', '--limit', '1'], input).stdout, '{"a":9007199254740993}\n');
    const wrong = run([...lines, '--filter', '{"a":{"$gtee":1}}'], input);
    assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /filter\.a\.\$gtee[^]*did you mean \$gte\?/);
    assert.match(run([...lines, '--filter=@none.json'], input).stderr, /--filter @none\.json/);
});

test('standard input and output', () => {
    const { status, stdout, stderr } = run(['-', '-o', '-', '--format', 'csv', '--quiet'], '[{"a":1},{"a":2}]');
    assert.deepEqual([status, stdout, stderr], [0, 'a\r\n1\r\n2\r\n', '']);
});

test('an output that is a link goes to where it leads, and open files of the process stay what they are', () => {
    symlinkSync('real.csv', join(folder, 'link.csv'));
    assert.equal(run(['in.ndjson', '-o', 'link.csv']).status, 0);
    assert.ok(lstatSync(join(folder, 'link.csv')).isSymbolicLink());
    assert.equal(read('real.csv'), "a,b.c\r\n1,x\r\n2,'=y\r\n");
    const redirected = openSync(join(folder, 'redirected.csv'), 'w');
    const words = [program, 'in.ndjson', '-o', '/proc/self/fd/1', '--format', 'csv'];
    const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, stdio: ['ignore', redirected, 'pipe'] });
    closeSync(redirected);
    assert.equal(status, 0, String(stderr));
    assert.equal(read('redirected.csv'), read('real.csv'));
});

test('workbooks', () => {
    const words = ['--xlsx.sheet-name', 'Things', '--xlsx.table', '--xlsx.level=9', '--include-statistics'];
    const { status, stderr } = run(['in.ndjson', '-o', 'a.xlsx', ...words]);
    assert.equal(status, 0, stderr);
    assert.equal(read('a.xlsx').slice(0, 4), 'PK\x03\x04');
    assert.equal(run(['in.ndjson', '-o', 'b.xlsx', '--xlsx.level=10']).status, 2);
    assert.equal(existsSync(join(folder, 'b.xlsx')), false);
});

test('options of formats and columns', () => {
    const words = ['--columns', 'b.c=Label,a', '--csv.delimiter=;', '--csv.formula-guard=false', '--csv.newline', 'lf'];
    assert.equal(run(['in.ndjson', '-o', '-', '--format=csv', ...words]).stdout, 'Label;a\nx;1\n=y;2\n');
    assert.equal(run(['in.ndjson', '-o', '-', '--format=csv', '--columns', '@columns.json', '--limit=1']).stdout, 'C\r\nx\r\n');
    assert.equal(run(['in.ndjson', '-o', '-', '--format=json', '--json.shape', 'ndjson', '--limit', '1']).stdout, '{"a":1,"b":{"c":"x"}}\n');
    assert.match(run(['in.ndjson', '-o', '-', '--format=csv', '--xml.root=all']).stderr, /--xml\.root has no effect/);
    assert.equal(run(['-', '-', '-o', '-', '--format=csv']).status, 2);
});

test('partial and failed exports', () => {
    const partial = run(['bad.ndjson', '-o', 'p.csv', '--report', 'p.report.json']);
    assert.equal(partial.status, 3);
    assert.equal(read('p.csv'), 'a\r\n1\r\n');
    assert.match(partial.stderr, /record 1 at byte 1\d/);
    assert.deepEqual(JSON.parse(read('p.report.json')).counts, { read: 2, written: 1, filtered: 0, rejected: 1 });
    for (const words of [['worst.ndjson'], ['none.ndjson'], ['bad.ndjson', '--on-error', 'fail'], ['bad.ndjson', '--max-errors=0']]) {
        const failed = run([...words, '-o', 'f.csv', '--report', 'f.report.json']);
        assert.equal(failed.status, 1, failed.stderr);
        assert.ok(!existsSync(join(folder, 'f.csv')));
        assert.ok(JSON.parse(read('f.report.json')).error.code);
    }
    assert.ok(!readdirSync(folder).some((name) => name.endsWith('.part')));
    assert.equal(run(['in.ndjson', '-o', '/dev/full', '--format', 'csv']).status, 1);
});

test('a report that cannot be written fails before there are files, and - is standard output', () => {
    for (const [report, advice] of [['none/r.json', /SINK_FAILED[^]*make the folder first/], ['.', /SINK_FAILED[^]*not a folder/]]) {
        const { status, stderr } = run(['in.ndjson', '-o', 'r.csv', '-o', 'r.xml', '--report', report]);
        assert.equal(status, 1, stderr);
        assert.match(stderr, advice);
        for (const name of ['r.csv', 'r.xml', 'r.xsd']) assert.ok(!existsSync(join(folder, name)), name);
    }
    const { stdout } = run(['in.ndjson', '-o', 'r.csv', '--report=-']);
    assert.equal(JSON.parse(stdout).counts.written, 2);
    assert.ok(!existsSync(join(folder, '-')));
});

test('that nobody reads what is told does not end the export; a report that nobody reads is a failure of it', async () => {
    const closing = (/** @type {string[]} */ words, /** @type {'stdout' | 'stderr'} */ closed) =>
        new Promise((/** @type {(outcome: {status: number | null, stderr: string}) => void} */ resolve) => {
            const child = spawn(process.execPath, [program, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
            let stderr = '';
            child.stderr.on('data', (data) => (stderr += data));
            child[closed].destroy();
            child.on('close', (status) => resolve({ status, stderr }));
        });
    assert.equal((await closing(['in.ndjson', '-o', 'unheard.csv'], 'stderr')).status, 0);
    assert.equal(read('unheard.csv'), "a,b.c\r\n1,x\r\n2,'=y\r\n");
    assert.equal((await closing(['bad.ndjson', '-o', 'unheard.csv'], 'stderr')).status, 3);
    for (const words of [['in.ndjson', '-o', 'unread.csv', '--report=-'], ['in.ndjson', '-o', '-', '--format=csv'], ['--help']]) {
        const { status, stderr } = await closing([...words], 'stdout');
        assert.deepEqual([status, /exportloom: SINK_FAILED: .*EPIPE/.test(stderr), /\n    at /.test(stderr)], [1, true, false], stderr);
    }
    assert.ok(!readdirSync(folder).some((name) => name.endsWith('.part')));
    const full = openSync('/dev/full', 'w');
    const into = (/** @type {any[]} */ stdio, /** @type {string[]} */ ...words) => spawnSync(process.execPath, [program, ...words], { cwd: folder, stdio, encoding: 'utf8' });
    assert.equal(into(['ignore', 'pipe', full], 'in.ndjson', '-o', 'unheard.csv').status, 0);
    const { status, stderr } = into(['ignore', full, 'pipe'], 'in.ndjson', '-o', 'unread.csv', '--report=-');
    closeSync(full);
    assert.deepEqual([status, /exportloom: SINK_FAILED: .*ENOSPC/.test(stderr)], [1, true], stderr);
});

test('names of as many bytes as a file system takes; what cannot be written is a failure of the output', () => {
    const long = `${'ä'.repeat(125)}.csv`;
    assert.deepEqual([run(['in.ndjson', '-o', long]).status, readFileSync(join(folder, long), 'utf8').length > 0], [0, true]);
    symlinkSync('loop.csv', join(folder, 'loop.csv'));
    const failing = [['-o', `x${long}x.csv`], ['-o', 'loop.csv'], ['-o', 'full.csv', '--report', '/dev/full']];
    for (const words of failing) {
        const { status, stderr } = run(['in.ndjson', ...words, '--quiet']);
        assert.equal(status, 1, stderr);
        assert.match(stderr, /^exportloom: SINK_FAILED: /);
    }
});

test('a schema is written over nothing that is read or written otherwise', () => {
    writeFileSync(join(folder, 'kept.xsd'), '{"a":1}\n');
    for (const words of [['kept.xsd', '-o', 'kept.xml'], ['in.ndjson', '-o', 'w.xml.gz', '--report', 'w.xsd'], ['in.ndjson', '-o', 'w.xsd', '--format', 'xml', '-o', 'w.xml']]) {
        const { status, stderr } = run(words);
        assert.deepEqual([status, /the schema (kept|w)\.xsd would be written over/.test(stderr)], [2, true], stderr);
        assert.ok(!existsSync(join(folder, 'w.xsd')) && !existsSync(join(folder, 'kept.xml')));
    }
    assert.equal(read('kept.xsd'), '{"a":1}\n');
    assert.equal(run(['kept.xsd', '-o', 'kept.xml', '--xml.schema=none']).status, 0);
    assert.equal(run(['in.ndjson', '-o', 'w.xml', '-o', 'w.xml.gz', '-o', 'w.xml.zip', '--report', 'w.json']).status, 0);
});

test('a link to a file that is not there yet is the same place as that file', () => {
    symlinkSync('later.csv', join(folder, 'to-later.csv'));
    symlinkSync('to-later.csv', join(folder, 'to-link.csv'));
    for (const other of [['-o', 'later.csv'], ['-o', 'to-link.csv'], ['--report', 'later.csv']]) {
        const { status, stderr } = run(['in.ndjson', '-o', 'to-later.csv', ...other]);
        assert.deepEqual([status, /would be written over another output/.test(stderr), existsSync(join(folder, 'later.csv'))], [2, true, false], stderr);
    }
});

test('files of columns and filters may start with a byte order mark', () => {
    writeFileSync(join(folder, 'marked-columns.json'), '\ufeff["a"]');
    writeFileSync(join(folder, 'marked-filter.json'), '\ufeff{"a":2}');
    const words = ['in.ndjson', '-o', '-', '--format=csv', '--columns=@marked-columns.json', '--filter', '@marked-filter.json'];
    assert.equal(run(words).stdout, 'a\r\n2\r\n');
});

test('usage', () => {
    const cases = [
        [[], /no input/],
        [['in.ndjson'], /no output/],
        [['in.ndjson', '-o', 'x.csv', '--chunk-sise', '5'], /--chunk-size/],
        [['in.ndjson', '-o', 'x.csv', '--csv.delimitr=;'], /--csv\.delimiter/],
        [['in.ndjson', '-o', 'x.csv', '--csv.delimiter=ab'], /delimiter/],
        [['in.ndjson', '-o', 'x.csv', '--workers', 'two'], /whole number, not two/],
        [['in.ndjson', '-o', 'x.csv', '--on-error=stop'], /skip, fail/],
        [['in.ndjson', '-o', 'x.docx'], /\.csv/],
        [['in.ndjson', '-o', 'x.csv', '--format', 'cvs'], /csv/],
        [['in.ndjson', '-o', 'x.csv', '--compression', 'bzip2'], /gzip, zip/],
        [['in.ndjson', '-o', 'x.csv', '--compression', 'gzip:10'], /from 1 to 9/],
        [['in.ndjson', '-o', 'x.csv', '--compression', 'gzip:'], /from 1 to 9/],
        [['in.ndjson', '-o', 'x.csv', '--format='], /UNKNOWN_FORMAT/],
        [['in.ndjson', '-o', 'x.csv', '--report='], /--report needs/],
        [['in.ndjson', '-o', 'x.csv', '--include-statistic'], /include-statistics/],
        [['in.ndjson', '-o'], /: -o needs a value/],
        [['in.ndjson', '-o', 'x.csv', '-quiet'], /no such option: -quiet[^]*did you mean --quiet\?/],
        [['in.ndjson', '-o', '-', '--format=csv', '--report', '-'], /standard output was named twice/],
    ];
    for (const [words, text] of cases) {
        const { status, stderr } = run(words);
        assert.equal(status, 2, `${words.join(' ')}: ${stderr}`);
        assert.match(stderr, text);
        assert.ok(!existsSync(join(folder, 'x.csv')));
    }
    const help = run(['--help']);
    assert.equal(help.status, 0);
    for (const name of ['--csv.formula-guard', '--chunk-size', '--report', '--max-memory']) assert.ok(help.stdout.includes(name), name);
    assert.match(run(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
});

test('a signal that ends the program cancels the export, which leaves no file', async () => {
    const own = temporaryFolder();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        const child = spawn(process.execPath, [program, '-', '-o', join(own, 'a.csv')], { stdio: ['pipe', 'ignore', 'pipe'] });
        const ended = new Promise((resolve) => void child.once('exit', (code, killer) => resolve(killer ?? code)));
        let said = '';
        child.stderr.on('data', (text) => (said += text));
        child.stdin.on('error', () => {}); // what it does not read any more
        child.stdin.write('{"a":1}\n'.repeat(200000));
        while (readdirSync(own).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        child.kill(signal);
        assert.equal(await ended, 1, `${signal}: ${said}`);
        assert.match(said, /CANCELLED/);
        assert.deepEqual(readdirSync(own), [], signal);
    }
});
