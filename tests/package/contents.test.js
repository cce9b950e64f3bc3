// What the package holds: everything that it needs, nothing that it does not, and types that hold in the projects of users.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { before, describe, test } from 'node:test';
import { FORMATS } from '../../build/generated/tables.js';
import { needsNode20, pack, project, root } from './support.js';

const MODULES = new Set([...Object.values(FORMATS).map(({ module }) => module), 'deflate', 'validator']);

/** A program of a user, for the compiler only. */
const USE = `
import { download, ExportError, ExportProcessor, privateFileSink } from 'exportloom';
import type { Column, Defect, ExportProgress, ExportReport, ExportResult, Filter, Format, FormatPlugin, Preview, RecordSource, Sink, Snapshot, Warning } from 'exportloom';
const processor = new ExportProcessor({ maxConcurrent: 2 });
const job = processor.startExport([{ a: 1 }], { format: 'csv', csv: { delimiter: ';' }, onProgress: (progress: ExportProgress) => progress.percent });
export const result: Promise<ExportResult> = job.result;
export function codeOf(error: unknown): string | undefined { return error instanceof ExportError ? error.code : undefined; }
// @ts-expect-error there is no such option
processor.startExport([], { format: 'csv', csv: { delimeter: ';' } });
export const filter: Filter = { price: { $gt: 10 } }, columns: readonly Column[] = [{ key: 'a' }], names = ['csv', 'markdown'] as const satisfies readonly Format[];
export const sources: RecordSource[] = [[1, 'a', null], new Map<string, object>().values(), new Response(''), { inputs: [[{}]] }];
for (const source of sources) processor.startExport(source, { format: 'csv', columns, filter, sink: privateFileSink() });
processor.startExport([], { format: 'csv', sink: { write(bytes) { bytes.subarray(1); }, close() {} } });
// @ts-expect-error a path is no sink
processor.startExport([], { format: 'csv', sink: 'file.csv' });
processor.batchExport([], names, { compression: { level: undefined } }).result.then(download);
job.result.then((result) => download(result));
export const mean = (report: ExportReport): number | undefined => report.statistics?.columns[0]?.mean;
type IsAny<T> = 0 extends 1 & T ? true : false;
export const typed: IsAny<NonNullable<ExportReport['statistics']>['columns'][0]['min']> = false;
export type Rest = Defect | FormatPlugin | Preview | Sink | Snapshot | Warning;
`;
const REACT = `
import { useExport } from 'exportloom/react';
export function useAgain(): Promise<unknown> {
    const { retryExport, retryRejected } = useExport();
    return Promise.all([retryExport('export-1').progress, retryRejected('batch-2', { formats: ['csv'] }).jobs]);
}
`;
const NODE = `
import { fileSink, fileSource } from 'exportloom/node';
export const sink = fileSink('x'), source = fileSource('y');
`;

/** The options of the compiler for each way of finding modules. */
const WAYS = {
    bundler: { module: 'esnext', moduleResolution: 'bundler' },
    'ES modules of Node': { module: 'nodenext', moduleResolution: 'nodenext' },
};

describe('the package', () => {
    let tarball;
    let place;
    before(() => {
        tarball = pack('contents');
        place = project('contents', tarball, {});
    });
    const names = () => execFileSync('tar', ['-tf', tarball], { encoding: 'utf8' }).trim().split('\n').map((name) => name.replace(/^package\//, ''));

    test('holds code, wasm, fonts, types and documents, and nothing else', () => {
        const allowed = /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|(web|src)\/([\w-]+\/)*[\w-]+\.md|dist\/((cjs\/)?[\w.-]+\.js|cjs\/package\.json|[\w-]+\.wasm|wasm\.d\.ts|fonts\/[\w-]+\.ttf|licences\/[\w-]+\.txt|(cjs\/)?types\/.*\.d\.ts))$/;
        assert.deepEqual(names().filter((name) => !allowed.test(name)), []);
        assert.deepEqual(names().filter((name) => /\btests?\b|\bdemo\b/.test(name)), []);
        for (const module of MODULES) assert.ok(names().includes(`dist/exportloom-${module}.wasm`), module);
    });

    test('has the pages that its pages lead to', () => {
        const held = new Set(names());
        const lost = [...held].filter((name) => name.endsWith('.md')).flatMap((name) => {
            const text = readFileSync(join(place, 'node_modules/exportloom', name), 'utf8');
            const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target]) => normalize(join(dirname(name), target)));
            return targets.filter((target) => !held.has(target) && !/^tests\//.test(target)).map((target) => `${name}: ${target}`);
        });
        assert.ok(held.has('web/README.md'));
        assert.deepEqual(lost, []);
    });

    test('names the licence of every library and font that is in it', () => {
        const pinned = readFileSync(join(root, 'src/vendor/pinned.list'), 'utf8').split('\n').filter((line) => /^[a-z]/.test(line));
        const libraries = new Set(pinned.map((line) => line.split(/\s+/)[0]));
        assert.ok(libraries.size >= 3);
        const bundled = [...libraries].filter((library) => readFileSync(join(root, 'Makefile'), 'utf8').includes(`build/vendor/${library}`));
        const missing = bundled.filter((library) => !names().includes(`dist/licences/${library}.txt`));
        assert.deepEqual(missing, []);
        for (const font of names().filter((name) => name.endsWith('.ttf')))
            assert.ok(names().some((name) => name.includes(/Noto/.test(font) ? 'licences/noto' : 'licences/dejavu')), font);
    });

    test('publint finds nothing', () => {
        const said = execFileSync('npx', ['publint', tarball, '--strict'], { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
        assert.match(said, /All good/);
    });

    test('are the types wrong? no', { skip: needsNode20 }, () => {
        // Worker and wasm are files for workers and bundlers; nobody requires them. TypeScript's way of before 2022 knows no exports.
        const args = ['attw', tarball, '--profile', 'node16', '--exclude-entrypoints', 'worker', 'wasm', '--format', 'ascii'];
        const said = execFileSync('npx', args, { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
        assert.match(said, /node16 \(from CJS\): 🟢 \(CJS\)/);
    });

    test('the worker is one file, which imports nothing but the modules of Node', () => {
        const worker = readFileSync(join(place, 'node_modules/exportloom/dist/worker.js'), 'utf8');
        assert.deepEqual([...worker.matchAll(/^import\b.*$/gm)].map(([line]) => line), []);
        assert.doesNotMatch(worker, /\beval\(|new Function\(/);
    });

    test('each type has the comment that is meant for it', () => {
        const types = readFileSync(join(place, 'node_modules/exportloom/dist/types/web/types.d.ts'), 'utf8');
        const comments = [...types.matchAll(/^\/\*\*\n((?: \*(?!\/).*\n)+) \*\/\nexport type/gm)].map(([, text]) => text);
        assert.ok(comments.length > 30);
        assert.equal(new Set(comments).size, comments.length);
    });

    for (const [way, options] of Object.entries(WAYS))
        test(`types: ${way}, strict, without skipLibCheck`, () => {
            const node = way !== 'bundler';
            const dom = node ? ['es2022', 'dom', 'dom.asynciterable'] : ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'];
            const files = {
                'use.ts': USE + REACT + (node ? NODE : ''),
                ...(node ? { 'use.cts': USE + REACT + NODE } : {}),
                'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true, target: 'es2022', lib: dom, types: node ? ['node'] : [], ...options }, files: node ? ['use.ts', 'use.cts'] : ['use.ts'] }),
            };
            if (node) files['package.json'] = JSON.stringify({ name: 'x', type: 'module' });
            const user = project(`types-${options.moduleResolution}`, tarball, files);
            const compiler = join(root, 'node_modules/typescript/bin/tsc');
            try {
                execFileSync(process.execPath, [compiler, '-p', user], { encoding: 'utf8' });
            } catch (error) {
                assert.fail(error.stdout);
            }
        });
});
