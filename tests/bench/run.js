// Measures exportloom beside what a person would use instead: node tests/bench/run.js [ROWS=…] [RUNS=…] [ONLY=csv,json,…]
// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { measureFiles } from './files.js';
import { hasRoom, input } from './input.js';
import { machine, obstacle } from './measure.js';
import { measureMemory } from './memory.js';
import { readSettings } from './settings.js';
import { figuresTable, filesTable, memoryTable } from './tables.js';

/** @typedef {import('./settings.js').Settings} Settings */

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const build = join(root, 'build/bench');
const resultsPath = join(build, 'results.json');
const wasm = join(root, 'dist/exportloom-core.wasm');

/** @param {Settings} settings */
function measurePage({ rows, runs }) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(here, 'page.js'), 'chromium', String(rows), String(runs)],
        { encoding: 'utf8' });
    const [, longest, seconds] = /longest block of the page's thread ([\d.]+) ms, ([\d.]+) s/.exec(stdout) ?? [];
    if (status !== 0 || longest === undefined) {
        console.error(`page: not measured: ${stderr.trim() || stdout.trim()}`);
        return undefined;
    }
    console.error(stdout.trim());
    return { rows, runs, longest: Number(longest), seconds: Number(seconds) };
}

function measureSize() {
    if (!existsSync(wasm)) {
        console.error('size: dist/exportloom-core.wasm is missing; `make build` makes it');
        return undefined;
    }
    const bytes = readFileSync(wasm);
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
    return { bytes: bytes.length, brotli: brotli.length };
}

/**
 * @param {'csv' | 'json'} format
 * @param {Settings} settings
 */
function measureFormat(format, settings) {
    if (!hasRoom(build, settings.rows)) {
        console.error(`${format}: the disk has no room for ${settings.rows} records; skipped`);
        return undefined;
    }
    const records = input(build, settings.rows);
    const { rows, bytes } = records;
    return { rows, bytes, runs: settings.runs, peers: measureFiles(build, format, records, settings) };
}

/**
 * @param {string} part
 * @param {Settings} settings
 */
function measurePart(part, settings) {
    if (part === 'csv' || part === 'json') return measureFormat(part, settings);
    if (part === 'memory') return { runs: settings.runs, sizes: measureMemory(build, settings) };
    return part === 'page' ? measurePage(settings) : measureSize();
}

/** @param {Record<string, any>} results */
function print(results) {
    const { cpu, cores, memory, node } = results.machine;
    const blocks = [`Measured on ${cores} cores (${cpu}), ${(memory / 1e9).toFixed(0)} GB, Node ${node}.`];
    for (const format of ['csv', 'json']) if (results[format]) blocks.push(filesTable(format, results[format]));
    if (results.memory) blocks.push(memoryTable(results.memory));
    blocks.push(figuresTable(results));
    console.log(`\n${blocks.filter((block) => block !== '').join('\n\n')}`);
}

/** @param {Record<string, any>} results */
function failed({ csv, json }) {
    /** @type {import('./files.js').FileResult[]} */
    const peers = [csv, json].flatMap((part) => part?.peers ?? []);
    return peers.some(({ fault, runs }) => fault !== '' && runs.length > 0);
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
const results = { machine: machine(), measuredAt: new Date().toISOString() };
for (const part of settings.parts) {
    results[part] = measurePart(part, settings);
    writeFileSync(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
}
print(results);
process.exitCode = failed(results) ? 1 : 0;
