// The package in the projects of Vite, webpack, esbuild and Next.js: built, served, and exporting in Chromium.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EXPORT_ALL, PAGE_MODULE, faults, needsChromium, needsNode20, openChromium, outcomeOf, pack, placeFiles, project, root, serveFolder } from './support.js';

const LONG = { timeout: 240000 };
const PAGE = '<!doctype html><meta charset="utf-8"><title>x</title><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>';
const FILES = { 'index.html': PAGE, 'main.js': PAGE_MODULE, 'export-all.js': EXPORT_ALL };

const NEXT_FILES = {
    'next.config.mjs': `export default { output: 'export', turbopack: { root: ${JSON.stringify(root)} } };`,
    'app/layout.jsx': `export default ({ children }) => <html lang="en"><head><link rel="icon" href="data:," /></head><body>{children}</body></html>;`,
    'app/export-all.js': EXPORT_ALL,
    'app/page.jsx': `'use client';
        import { useEffect } from 'react';
        import { useExport } from 'exportloom/react';
        import { exportAll } from './export-all.js';
        export default function Page() {
            const { startExport, isExporting, exportHistory } = useExport();
            useEffect(() => { exportAll({ startExport }).then((outcome) => { globalThis.outcome = outcome; }); }, [startExport]);
            return <p>{isExporting ? 'exporting' : exportHistory.length}</p>;
        }`,
};

describe('bundlers', { skip: needsChromium }, () => {
    let browser;
    let tarball;
    before(async () => {
        tarball = pack('bundlers');
        browser = await openChromium();
    });
    after(() => browser?.close());

    /** Opens what a bundler made in `folder`, under a path. */
    async function exportsIn(folder) {
        const served = await serveFolder(folder, { base: '/some/where/' });
        try {
            const { outcome, complaints } = await outcomeOf(browser, served.address);
            assert.deepEqual(faults(outcome), []);
            assert.deepEqual(complaints, []);
        } finally {
            await served.close();
        }
    }

    test('Vite, built', { ...LONG, skip: needsNode20 }, async () => {
        const { build } = await import('vite');
        const place = project('vite', tarball, FILES);
        await build({ root: place, base: './', logLevel: 'warn', configFile: false });
        await exportsIn(join(place, 'dist'));
    });

    test('Vite, while developing, with no setting', { ...LONG, skip: needsNode20 }, async () => {
        const { createServer } = await import('vite');
        const place = project('vite-dev', tarball, FILES);
        const server = await createServer({ root: place, logLevel: 'warn', configFile: false, cacheDir: join(place, '.vite'), server: { port: 0, host: '127.0.0.1' } });
        try {
            await server.listen();
            const { outcome } = await outcomeOf(browser, server.resolvedUrls.local[0]);
            assert.deepEqual(faults(outcome), []);
        } finally {
            await server.close();
        }
    });

    test('webpack 5', LONG, async () => {
        const { default: webpack } = await import('webpack');
        const place = project('webpack', tarball, { ...FILES, 'out/index.html': PAGE });
        const compiler = webpack({ mode: 'production', context: place, entry: './main.js', output: { path: join(place, 'out'), filename: 'main.js' } });
        const stats = await new Promise((resolve, reject) => {
            compiler.run((error, done) => (error ? reject(error) : resolve(done)));
        });
        await new Promise((resolve) => compiler.close(resolve));
        assert.deepEqual(stats.toJson().errors.map(({ message }) => message), []);
        await exportsIn(join(place, 'out'));
    });

    test('Next.js: rendered on the server, exported to static files, exporting in the page', { ...LONG, skip: needsNode20 }, async () => {
        const place = project('next', tarball, NEXT_FILES);
        const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
        const child = spawn(process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'build'], { cwd: place, env: environment });
        let said = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => { said += piece; });
        const code = await new Promise((resolve) => child.on('close', resolve));
        assert.equal(code, 0, said);
        const served = await serveFolder(join(place, 'out'));
        try {
            const { outcome, complaints } = await outcomeOf(browser, served.address);
            assert.deepEqual(faults(outcome), []);
            assert.deepEqual(complaints, []);
        } finally {
            await served.close();
        }
    });

    test('esbuild, with worker and wasm placed beside the bundle', LONG, async () => {
        const { build } = await import('esbuild');
        const place = project('esbuild', tarball, { ...FILES, 'out/index.html': PAGE });
        await build({ absWorkingDir: place, entryPoints: ['main.js'], bundle: true, format: 'esm', outdir: 'out', logLevel: 'warning', minify: true });
        placeFiles(join(place, 'node_modules/exportloom/dist'), join(place, 'out'));
        await exportsIn(join(place, 'out'));
    });
});
