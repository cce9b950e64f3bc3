// Bundles the demo pages into build/demo: React and the pages; the library itself stays what it is in dist.
// SPDX-License-Identifier: MIT
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const outdir = join(root, 'build/demo');

/**
 * The page imports the package as it is built, so that worker, wasm and fonts are found beside it with no setting.
 * @type {import('esbuild').Plugin}
 */
const packageAsBuilt = {
    name: 'package-as-built',
    setup({ onResolve }) {
        onResolve({ filter: /^exportloom$/ }, () => ({ path: '../../dist/index.js', external: true }));
        onResolve({ filter: /^exportloom\/react$/ }, () => ({ path: join(root, 'dist/react.js') }));
    },
};

rmSync(outdir, { recursive: true, force: true });
await build({
    absWorkingDir: root,
    entryPoints: { simple: 'web/demo/simple/simple.jsx', advanced: 'web/demo/advanced/advanced.jsx' },
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    charset: 'utf8',
    legalComments: 'external',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [packageAsBuilt],
});
copyFileSync(join(root, 'node_modules/pdfjs-dist/build/pdf.worker.min.mjs'), join(outdir, 'pdf.worker.js'));
