// Makes the package in dist/: bundles the JavaScript, copies the wasm, and writes the type declarations.
// SPDX-License-Identifier: MIT
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import ts from 'typescript';
import { FORMATS } from '../build/generated/tables.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

/** What users may import. Those of Node share chunks, so that a class is the same in all of them. */
const BROWSER = { index: 'web/index.js' };
const REACT = { react: 'web/react/index.js' };
const WORKER = { worker: 'wasm-glue/worker.js' };
const NODE = { 'index.node': 'web/index.node.js', node: 'web/node.js', cli: 'web/cli.js' };

/** The entries for `require`, which Node 20 cannot use modules for; the first has what the others share. */
const COMMONJS = { index: ['web/index.node.js', 'web/node.js'], react: ['web/react/index.js'] };

/** @satisfies {import('esbuild').BuildOptions} */
const common = {
    absWorkingDir: root,
    outdir: dist,
    bundle: true,
    format: /** @type {const} */ ('esm'),
    target: ['es2022', 'node18'],
    charset: /** @type {const} */ ('utf8'),
    logLevel: /** @type {const} */ ('warning'),
    legalComments: /** @type {const} */ ('none'),
    banner: { js: `// ${title()}` },
};

/** The line that every bundle starts with. */
function title() {
    const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return `${name} ${version}. SPDX-License-Identifier: ${license}`;
}

/**
 * The hook leaves the library to others, so that page, server and hook have the same one.
 * @param {string} path what it is found by
 * @returns {import('esbuild').BuildOptions}
 */
function hook(path) {
    /** @type {import('esbuild').Plugin} */
    const library = {
        name: 'library',
        setup({ onResolve }) {
            onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path, external: true }));
        },
    };
    return { external: ['react'], plugins: [library], banner: { js: `// ${title()}\n'use client';` } };
}

/** The page's bundle must do without Node; the worker runs in both, and asks for Node's modules only there. */
async function bundle() {
    await build({ ...common, entryPoints: BROWSER, platform: 'browser' });
    await build({ ...common, ...hook('exportloom'), entryPoints: REACT, platform: 'neutral' });
    await build({ ...common, entryPoints: WORKER, platform: 'neutral', external: ['node:*'], footer: { js: 'export {};' } });
    await build({ ...common, entryPoints: NODE, platform: 'node', splitting: true, chunkNames: 'chunk-[hash]' });
}

/** A script has no import.meta; workers and wasm are a folder above. */
async function bundleCommonjs() {
    const place = "require('node:url').pathToFileURL(require('node:path').join(__dirname, '../index.node.js')).href";
    for (const [name, paths] of Object.entries(COMMONJS))
        await build({
            ...common,
            ...(name === 'react' ? hook('./index.js') : {}), // its folder is a package without a name, which a link leads to
            stdin: { contents: paths.map((path) => `export * from './${path}';`).join('\n'), resolveDir: root },
            platform: 'node',
            format: 'cjs',
            outdir: undefined,
            outfile: join(dist, `cjs/${name}.js`),
            define: { 'import.meta.url': 'moduleUrl' },
            banner: { js: `// ${title()}\n'use strict';\nconst moduleUrl = ${place};` },
        });
    writeFileSync(join(dist, 'cjs/package.json'), '{ "type": "commonjs" }\n');
    cpSync(join(dist, 'types'), join(dist, 'cjs/types'), { recursive: true });
}

/** Declarations of everything that the entries reach, from their JSDoc. */
function declare() {
    const config = ts.getParsedCommandLineOfConfigFile(
        join(root, 'web/tsconfig.json'),
        { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: join(dist, 'types') },
        { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (found) => stopAt([found]) },
    );
    if (!config) throw new Error('web/tsconfig.json cannot be read');
    const entries = Object.values({ ...BROWSER, ...REACT, ...WORKER, ...NODE }).map((path) => join(root, path));
    const program = ts.createProgram(entries, config.options);
    const { diagnostics } = program.emit();
    stopAt([...config.errors, ...ts.getPreEmitDiagnostics(program), ...diagnostics]);
}

/** @param {readonly ts.Diagnostic[]} diagnostics */
function stopAt(diagnostics) {
    if (diagnostics.length === 0) return;
    const place = { getCanonicalFileName: String, getCurrentDirectory: () => root, getNewLine: () => '\n' };
    process.stderr.write(ts.formatDiagnosticsWithColorAndContext(diagnostics, place));
    process.exit(1);
}

/** Old chunks have other names, so dist is emptied; running servers keep finding the folder. */
function empty() {
    if (!existsSync(dist)) return;
    for (const name of readdirSync(dist)) rmSync(join(dist, name), { recursive: true });
}

/** The wasm goes beside the bundles, which look for it there. */
function copyWasm() {
    for (const module of new Set([...Object.values(FORMATS).map((format) => format.module), 'deflate', 'validator'])) {
        const name = `exportloom-${module}.wasm`;
        copyFileSync(join(root, 'build/wasm', name), join(dist, name));
        chmodSync(join(dist, name), 0o644);
    }
}

/** The fonts of PDF, which are loaded from there when one is made. */
function copyFonts() {
    const noto = 'node_modules/@expo-google-fonts/noto-sans';
    const dejavu = 'node_modules/dejavu-fonts-ttf';
    const files = {
        'fonts/NotoSans-Regular.ttf': `${noto}/400Regular/NotoSans_400Regular.ttf`,
        'fonts/NotoSans-Bold.ttf': `${noto}/700Bold/NotoSans_700Bold.ttf`,
        'fonts/DejaVuSansCondensed.ttf': `${dejavu}/ttf/DejaVuSansCondensed.ttf`,
        'fonts/DejaVuSansCondensed-Bold.ttf': `${dejavu}/ttf/DejaVuSansCondensed-Bold.ttf`,
        'licences/noto-sans.txt': `${noto}/LICENSE_FONT`,
        'licences/dejavu-fonts.txt': `${dejavu}/LICENSE`,
    };
    mkdirSync(join(dist, 'fonts'), { recursive: true });
    for (const [name, file] of Object.entries(files)) copyFileSync(join(root, file), join(dist, name));
}

/** What an import of a wasm file gives is its bundler's matter; all that is used of it is where it is. */
function declareWasm() {
    const text = '/** The address of the file, as the bundler gives it. */\ndeclare const address: string;\nexport default address;\n';
    writeFileSync(join(dist, 'wasm.d.ts'), text);
}

/** The modules contain these libraries, whose licences ask to be named with them. */
function copyLicences() {
    const files = { cjson: 'LICENSE', libdeflate: 'COPYING', libxlsxwriter: 'License.txt', libharu: 'README', libxml2: 'Copyright' };
    mkdirSync(join(dist, 'licences'), { recursive: true });
    for (const [library, file] of Object.entries(files))
        copyFileSync(join(root, 'build/vendor', library, file), join(dist, 'licences', `${library}.txt`));
}

/** The command line is started as a program. */
function makeRunnable() {
    const path = join(dist, 'cli.js');
    const text = readFileSync(path, 'utf8');
    if (!text.startsWith('#!')) writeFileSync(path, `#!/usr/bin/env node\n${text}`);
    chmodSync(path, 0o755);
}

empty();
await bundle();
makeRunnable();
copyWasm();
copyLicences();
copyFonts();
declare();
declareWasm();
await bundleCommonjs();
