// Runs the cases of the hook on React 18 and on React 19, each bundled with its own.
// SPDX-License-Identifier: MIT
import { mkdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const skip = major > 20 || (major === 20 && minor >= 19) ? false : `jsdom needs Node 20.19; this is ${process.version}`;

const VERSIONS = {
    18: { react: 'react18', 'react-dom': 'react-dom18' },
    19: {},
};

/** The library is that of dist; the hook is the package's own file, with another React. */
const library = {
    name: 'library',
    setup({ onResolve }) {
        onResolve({ filter: /^exportloom$/ }, () => ({ path: `${root}dist/index.node.js`, external: true }));
        onResolve({ filter: /^exportloom\/react$/ }, () => ({ path: `${root}dist/react.js` }));
    },
};

for (const [version, alias] of Object.entries(VERSIONS)) {
    if (skip) {
        test(`React ${version}`, { skip }, () => {});
        continue;
    }
    mkdirSync(`${root}build/react`, { recursive: true });
    const outfile = `${root}build/react/cases-${version}.mjs`;
    await build({
        absWorkingDir: root, entryPoints: ['tests/react/cases.jsx'], bundle: true, format: 'esm', platform: 'node', outfile, alias, jsx: 'automatic',
        external: ['jsdom'], plugins: [library], logLevel: 'error', define: { 'process.env.NODE_ENV': '"development"' },
        banner: { js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);" },
    });
    const { defineCases } = await import(outfile);
    describe(`React ${version}`, () => defineCases(version));
}
