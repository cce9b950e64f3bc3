// Checks that dependencies point one way (core <- batch <- formats <- job; web -> wasm-glue) and that files say what they are.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A folder of src may include what stands left of it; files beside the folders stand at the right end. */
const LAYERS = ['core', 'batch', 'formats', '.'];

/** Headers that come neither from C11 nor from src, and the files that may include them. */
const FOREIGN = new Map([
    ['cJSON.h', ['src/core/document.h']],
    ['libdeflate.h', ['src/core/deflate.c']],
    ['minizip/zip.h', ['src/formats/xlsx/capture.c']],
    ['sys/types.h', ['src/formats/xlsx/capture.c']],
    ['hpdf.h', ['src/formats/pdf/shell.h']],
    ['hpdf_pages.h', ['src/formats/pdf/shell.c']],
    ['libxml/parser.h', ['src/formats/xml/reader.h', 'src/formats/xml/validator.c']],
    ['libxml/xmlschemas.h', ['src/formats/xml/validator.c']],
    ['libxml/xmlexports.h', ['src/vendor/names/libxml/xmlversion.h']],
    ['xlsxwriter.h', ['src/formats/xlsx/pages.h']],
    ['wasm_simd128.h', ['src/core/simd.h']],
    ['emmintrin.h', ['src/core/simd.h']],
]);

const STANDARD = /^(assert|ctype|errno|float|inttypes|limits|math|setjmp|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|time)\.h$/;

/** Programs that make the package; they are not part of it and may use development packages. */
const BUILD_PROGRAMS = ['wasm-glue/bundle.js', 'wasm-glue/generate.js', 'web/demo/bundle.js', 'web/pages.js'];

/** What the demo pages, which are no part of the package, are made with. */
const DEMO_PACKAGES = /^(react|react\/jsx-runtime|react-dom\/client|pdfjs-dist)$/;

const FORMATS = [...readFileSync(join(root, 'src/formats.def'), 'utf8').matchAll(/^LOOM_FORMAT\((\w+)/gm)].map((row) => row[1]);

/** Paths of the files below a folder that end in one of the endings. */
function filesOf(folder, endings) {
    const found = [];
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory()) found.push(...filesOf(path, endings));
        else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(path);
    }
    return found.sort();
}

/** The layer's place in LAYERS, for a path that starts with src/. */
function layerOf(path) {
    const parts = path.split('/');
    return LAYERS.indexOf(parts.length > 2 ? parts[1] : '.');
}

/** The format that a file of src/formats belongs to, or '' for what all of them share. */
function formatOf(path) {
    const name = /^src\/formats\/([a-z0-9]+)/.exec(path)?.[1] ?? '';
    return FORMATS.includes(name) ? name : '';
}

/** What is wrong with `#include target` in a C file, or ''. `exists` tells whether a path of the project exists. */
function includeFault(path, target, exists) {
    if (/emscripten/.test(target)) return 'src never includes headers of emscripten';
    const own = [`src/${target}`, normalize(join(dirname(path), target))].find(exists);
    if (own === undefined) {
        if (STANDARD.test(target)) return '';
        const users = FOREIGN.get(target);
        if (users === undefined) return `${target} belongs to no known library`;
        return users.includes(path) ? '' : `${target} is only for ${users.join(', ')}`;
    }
    if (own.endsWith('.def')) return '';
    if (!own.startsWith('src/')) return `${own} is outside of src`;
    if (layerOf(own) > layerOf(path)) return `${own} is of a higher layer`;
    if (formatOf(own) !== '' && layerOf(path) === LAYERS.indexOf('formats') && formatOf(own) !== formatOf(path)) {
        return 'formats never include each other';
    }
    return '';
}

/** What is wrong with an import of a JavaScript file, or ''. */
function importFault(path, target) {
    if (target.startsWith('node:')) return '';
    if (path.startsWith('web/demo/') && /^exportloom(\/|$)/.test(target)) return ''; // the package itself, as users see it
    if (path.startsWith('web/demo/') && DEMO_PACKAGES.test(target)) return '';
    if (target === 'react' && path.startsWith('web/react/')) return ''; // an optional peer
    if (!target.startsWith('.')) return BUILD_PROGRAMS.includes(path) ? '' : `there are no runtime dependencies: ${target}`;
    const own = normalize(join(dirname(path), target));
    const allowed = path.startsWith('wasm-glue/') ? ['wasm-glue/', 'build/generated/'] : ['web/', 'wasm-glue/', 'build/generated/'];
    if (path.startsWith('web/demo/')) allowed.push('dist/');
    if (BUILD_PROGRAMS.includes(own)) return `${own} is not part of the package`;
    return allowed.some((folder) => own.startsWith(folder)) ? '' : `${own} is not for ${path.split('/')[0]}`;
}

function includesOf(path) {
    return [...readFileSync(join(root, path), 'utf8').matchAll(/^\s*#\s*include\s*["<]([^">]+)[">]/gm)].map((line) => line[1]);
}

function importsOf(path) {
    const text = readFileSync(join(root, path), 'utf8');
    const patterns = [/^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm, /^\s*import\s*['"]([^'"]+)['"]/gm, /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g];
    return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((found) => found[1]));
}

/** `path: fault` for everything that a file refers to. */
function faultsOf(paths, targetsOf, fault) {
    return paths.flatMap((path) =>
        targetsOf(path)
            .map((target) => fault(path, target))
            .filter((text) => text !== '')
            .map((text) => `${path}: ${text}`),
    );
}

test('C: includes follow the layers', () => {
    const exists = (path) => existsSync(join(root, path));
    const paths = filesOf('src', ['.c', '.h']);
    assert.ok(paths.length > 0);
    assert.deepEqual(faultsOf(paths, includesOf, (path, target) => includeFault(path, target, exists)), []);
});

test('JavaScript: imports follow the layers', () => {
    const paths = [...filesOf('wasm-glue', ['.js']), ...filesOf('web', ['.js', '.jsx'])];
    assert.deepEqual(faultsOf(paths, importsOf, importFault), []);
});

test('JavaScript: one file touches the wasm memory', () => {
    const paths = [...filesOf('wasm-glue', ['.js']), ...filesOf('web', ['.js'])];
    const users = paths.filter((path) => /\b(?:memory|heap)\.buffer\b|\bHEAP[UF]?\d+\b/.test(readFileSync(join(root, path), 'utf8')));
    assert.deepEqual(users, ['wasm-glue/binding.js']);
});

test('every file says what it is for, and its license', () => {
    const paths = [
        ...filesOf('src', ['.c', '.h', '.def', '.sh', '.list']),
        ...filesOf('wasm-glue', ['.js']),
        ...filesOf('web', ['.js', '.jsx', '.css']),
        ...filesOf('tests', ['.c', '.h', '.js', '.py', '.sh']),
        'Makefile',
        '.ci/run',
    ];
    const silent = paths.filter((path) => {
        const lines = readFileSync(join(root, path), 'utf8').split('\n', 5);
        if (lines[0].startsWith('#!')) lines.shift();
        return !/^(\/\/|\/\*|#|'''|""")\s*\S/.test(lines[0]) || !lines.slice(1, 3).some((line) => line.includes('SPDX-License-Identifier: MIT'));
    });
    assert.deepEqual(silent, []);
});

test('the check itself finds what it is for', () => {
    const exists = (path) => ['src/core/a.h', 'src/batch/b.h', 'src/formats/csv.h', 'src/formats/format.h', 'src/job.h', 'src/errors.def', 'tests/t.h'].includes(path);
    const wrong = [
        ['src/core/a.c', 'emscripten.h'],
        ['src/core/a.c', 'emscripten/heap.h'],
        ['src/core/a.c', 'batch/b.h'],
        ['src/core/a.c', '../batch/b.h'],
        ['src/batch/b.c', 'formats/format.h'],
        ['src/formats/json.c', 'formats/csv.h'],
        ['src/formats/format.c', 'csv.h'],
        ['src/formats/csv.c', 'job.h'],
        ['src/formats/csv.c', 'cJSON.h'],
        ['src/job.c', '../tests/t.h'],
        ['src/job.c', 'zlib.h'],
    ];
    for (const [path, target] of wrong) assert.notEqual(includeFault(path, target, exists), '', `${path} ${target}`);
    const right = [
        ['src/core/a.c', 'errors.def'],
        ['src/formats/csv.c', 'csv.h'],
        ['src/formats/csv.c', 'format.h'],
        ['src/formats/csv.c', 'batch/b.h'],
        ['src/job.c', 'formats/csv.h'],
        ['src/core/document.h', 'cJSON.h'],
        ['src/job.c', 'stdint.h'],
    ];
    for (const [path, target] of right) assert.equal(includeFault(path, target, exists), '', `${path} ${target}`);
    const wrongImports = [
        ['wasm-glue/worker.js', '../web/index.js'],
        ['web/index.js', 'papaparse'],
        ['web/index.js', '../tests/cases/a.js'],
        ['web/index.js', '../wasm-glue/bundle.js'],
        ['web/index.js', '../dist/index.js'],
    ];
    for (const [path, target] of wrongImports) assert.notEqual(importFault(path, target), '', `${path} ${target}`);
    assert.equal(importFault('web/react/use-export.js', 'react'), '');
    assert.notEqual(importFault('web/job.js', 'react'), '');
    assert.equal(importFault('web/pool.js', '../wasm-glue/protocol.js'), '');
    assert.equal(importFault('web/demo/run.js', 'exportloom/node'), '');
});
