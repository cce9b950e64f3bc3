// Measures exportloom beside what a person would use instead: node tests/bench/run.js [ROWS=…] [RUNS=…] [ONLY=csv,json,…]
// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { FORMATS } from '../../build/generated/tables.js';
import { measureFiles } from './files.js';
import { hasRoom, input, inputPath } from './input.js';
import { machine, obstacle } from './measure.js';
import { measureMemory } from './memory.js';
import { plot } from './plot.js';
import { FORMAT_PARTS, readSettings } from './settings.js';
import { report } from './tables.js';

/** @typedef {import('./settings.js').Settings} Settings */
/** @typedef {import('./peers.js').Format} Format */

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const build = join(root, 'build/bench');
const resultsPath = join(build, 'results.json');

/** Longer inputs are deleted when they were measured, unless they are to be kept. */
const KEPT_ROWS = 1000000;

/** @param {Settings} settings */
function measurePage({ pageRows, runs }) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(here, 'page.js'), 'chromium', String(pageRows), String(runs)],
        { encoding: 'utf8' });
    const [, longest, seconds] = /longest block of the page's thread ([\d.]+) ms, ([\d.]+) s/.exec(stdout) ?? [];
    if (status !== 0 || longest === undefined) {
        console.error(`page: not measured: ${stderr.trim() || stdout.trim()}`);
        return undefined;
    }
    console.error(stdout.trim());
    return { rows: pageRows, runs, longest: Number(longest), seconds: Number(seconds) };
}

/** The wasm modules of the formats, and the limits that the Makefile holds them to. */
function measureSize() {
    const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
    return [...new Set(Object.values(FORMATS).map(({ module }) => module))].map((name) => {
        const bytes = readFileSync(join(root, `dist/exportloom-${name}.wasm`));
        const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
        const limit = Number(new RegExp(`^SIZE_LIMIT_${name} := (\\d+)$`, 'm').exec(makefile)?.[1]);
        return { name, bytes: bytes.length, brotli: brotli.length, limit };
    });
}

/**
 * One format from files of all sizes.
 * @param {Format} format
 * @param {Settings} settings
 */
function measureFormat(format, { rows, ownRows, runs, peers, keep }) {
    const named = (/** @type {import('./peers.js').Peer} */ { name }) => peers.length === 0 || peers.includes(name);
    const measured = [];
    for (const count of [...new Set([...rows, ...ownRows])].sort((a, b) => a - b)) {
        if (!hasRoom(build, count)) {
            console.error(`${format}: the disk has no room for ${count} records; skipped`);
            continue;
        }
        const { path, bytes } = input(build, count);
        const chosen = (/** @type {import('./peers.js').Peer} */ peer) => named(peer) && (peer.own === true || rows.includes(count));
        measured.push({ rows: count, bytes, runs, peers: measureFiles({ build, format, input: path, rows: count, runs, chosen }) });
        if (count > KEPT_ROWS && !keep) rmSync(inputPath(build, count));
    }
    return measured;
}

/**
 * All formats from records in memory.
 * @param {Settings} settings
 */
function measureObjects({ objects, parts, runs, peers }) {
    const chosen = (/** @type {import('./peers.js').Peer} */ { name }) => peers.length === 0 || peers.includes(name);
    const formats = FORMAT_PARTS.filter((format) => format in FORMATS && parts.includes(format));
    return Object.fromEntries(formats.map((format) => [format, objects.map((rows) =>
        ({ rows, bytes: 0, runs, peers: measureFiles({ build, format: /** @type {Format} */ (format), input: `records:${rows}`, rows, runs, chosen }) }))]));
}

/**
 * @param {string} part
 * @param {Settings} settings
 * @param {Record<string, any>} results
 */
function measurePart(part, settings, results) {
    if (FORMAT_PARTS.includes(part)) {
        if (part in FORMATS) results.files[part] = measureFormat(/** @type {Format} */ (part), settings);
    } else if (part === 'objects') results.objects = measureObjects(settings);
    else if (part === 'memory') results.memory = { runs: settings.runs, sizes: measureMemory(build, settings) };
    else if (part === 'page') results.page = measurePage(settings);
    else results.size = measureSize();
}

/** Versions of the peers that npm brings. */
function versions() {
    const names = ['papaparse', '@duckdb/node-api', 'exceljs', 'hucre', 'pdfkit'];
    const path = (/** @type {string} */ name) => join(root, 'node_modules', name, 'package.json');
    return Object.fromEntries(names.filter((name) => existsSync(path(name))).map((name) => [name, JSON.parse(readFileSync(path(name), 'utf8')).version]));
}

/** @param {Record<string, any>} results */
function failed({ files, objects }) {
    /** @type {import('./tables.js').Measured[]} */
    const all = [files, objects ?? {}].flatMap((part) => Object.values(part).flat());
    return all.some(({ peers }) => peers.some(({ fault, runs }) => fault !== '' && runs.length > 0));
}

/** RESULTS.md and its picture. @param {Record<string, any>} results @param {string} folder */
function writeReport(results, folder) {
    const picture = plot(results.files);
    const image = picture ? '\n\n![Time and memory over records](results.svg)' : '';
    const text = `<!-- What \`make bench\` measured last; it writes this file. SPDX-License-Identifier: MIT -->\n# Results\n\n${report(results)}${image}\n`;
    writeFileSync(join(folder, 'RESULTS.md'), text);
    if (picture) writeFileSync(join(folder, 'results.svg'), picture);
    return text;
}

/** What was measured before. */
function earlier() {
    return existsSync(resultsPath) ? JSON.parse(readFileSync(resultsPath, 'utf8')) : {};
}

/** @returns {Settings} ends the program where they are wrong, or nothing can be measured here */
function checkedSettings() {
    try {
        const reason = obstacle();
        if (reason) throw new Error(reason);
        return readSettings(process.argv.slice(2), process.env);
    } catch (error) {
        console.error(`bench: ${error instanceof Error ? error.message : error}`);
        process.exit(2);
    }
}

const settings = checkedSettings();
mkdirSync(build, { recursive: true });
/** @type {Record<string, any>} */
const results = { files: {}, ...(settings.record ? earlier() : {}), machine: { ...machine(), versions: versions() }, measuredAt: new Date().toISOString() };
for (const part of settings.parts) {
    measurePart(part, settings, results);
    writeFileSync(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
}
console.log(`\n${writeReport(results, settings.record ? here : build)}`);
process.exitCode = failed(results) ? 1 : 0;
