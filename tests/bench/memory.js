// Measures the memory that exportloom holds, and that of its process, for inputs of several lengths.
// SPDX-License-Identifier: MIT
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS as KNOWN } from '../../build/generated/tables.js';
import { hasRoom, input, inputPath, warm } from './input.js';
import { measure, medians } from './measure.js';
import { exportloom } from './peers.js';
import { FORMAT_PARTS } from './settings.js';

/** Longer inputs are deleted when they were measured, unless they are to be kept. */
const KEPT_ROWS = 1000000;

/** @typedef {import('./peers.js').Format} Format */

const FORMATS = /** @type {Format[]} */ (FORMAT_PARTS.filter((format) => format in KNOWN));

/**
 * @typedef {object} MemoryResult medians
 * @property {Format} format
 * @property {number} rows
 * @property {number} library the report's peakMemoryBytes
 * @property {number} rss peak bytes of the process
 */

/**
 * @param {string} build
 * @param {import('./settings.js').Settings} settings
 * @returns {MemoryResult[]}
 */
export function measureMemory(build, { memoryRows, runs, keep }) {
    const results = [];
    for (const rows of memoryRows) {
        if (!hasRoom(build, rows)) {
            console.error(`memory: the disk has no room for ${rows.toLocaleString('en')} records; skipped`);
            continue;
        }
        results.push(...measureRows(build, rows, runs));
        if (rows > KEPT_ROWS && !keep) rmSync(inputPath(build, rows));
    }
    return results;
}

/**
 * @param {string} build
 * @param {number} rows
 * @param {number} runs
 */
function measureRows(build, rows, runs) {
    const { path } = input(build, rows);
    warm(path);
    const figures = /** @type {Record<Format, { library: number, rss: number }[]>} */ (Object.fromEntries(FORMATS.map((format) => [format, []])));
    for (let run = 1; run <= runs; run++) {
        for (const format of FORMATS) figures[format].push(measureOnce(build, path, format, rows));
    }
    return FORMATS.map((format) => ({ format, rows, ...medians(figures[format]) }));
}

/**
 * @param {string} build
 * @param {string} path
 * @param {Format} format
 * @param {number} rows
 */
function measureOnce(build, path, format, rows) {
    const output = join(build, `output.${format}`);
    const report = join(build, 'report.json');
    try {
        const { rss } = measure(build, exportloom(format, path, output, '--report', report));
        const { counts, peakMemoryBytes } = JSON.parse(readFileSync(report, 'utf8'));
        if (counts.written !== rows) throw new Error(`${format}: ${counts.written} of ${rows} records were written`);
        console.error(`memory, ${format}, ${rows.toLocaleString('en')}: library ${mega(peakMemoryBytes)}, process ${mega(rss)}`);
        return { library: peakMemoryBytes, rss };
    } finally {
        for (const file of [output, report]) rmSync(file, { force: true });
    }
}

/** @param {number} bytes */
function mega(bytes) {
    return `${(bytes / 1e6).toFixed(1)} MB`;
}
