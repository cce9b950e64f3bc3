// Inputs: generated extraction results as NDJSON, made once and kept in build/bench.
// SPDX-License-Identifier: MIT
import { closeSync, existsSync, openSync, readSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractionResults } from '../../web/demo/generate.js';

/** What a record takes at most, as NDJSON and in the largest file that is made of it; the disk must have room for both. */
const RECORD_BYTES = 540;
const OUTPUT_BYTES = 900;
const SPARE_BYTES = 1 << 30;

/**
 * Whether the disk has room for an input of so many rows, and for one output.
 * @param {string} folder
 * @param {number} rows
 */
export function hasRoom(folder, rows) {
    const { bavail, bsize } = statfsSync(folder);
    const input = existsSync(inputPath(folder, rows)) ? 0 : RECORD_BYTES;
    return bavail * bsize > rows * (input + OUTPUT_BYTES) + SPARE_BYTES;
}

/**
 * @param {string} folder
 * @param {number} rows
 */
function inputPath(folder, rows) {
    return join(folder, `results-${rows}.ndjson`);
}

/**
 * The input of so many rows; generates it if it is not there yet.
 * @param {string} folder
 * @param {number} rows
 * @returns its path
 */
export function input(folder, rows) {
    const path = inputPath(folder, rows);
    if (!existsSync(path)) generate(path, rows);
    return path;
}

/**
 * @param {string} path
 * @param {number} rows
 */
function generate(path, rows) {
    console.error(`generating ${rows.toLocaleString('en')} extraction results`);
    const file = openSync(`${path}.part`, 'w');
    let text = '';
    for (const record of extractionResults(rows)) {
        text += `${JSON.stringify(record)}\n`;
        if (text.length > 1 << 20) {
            writeFileSync(file, text);
            text = '';
        }
    }
    writeFileSync(file, text);
    closeSync(file);
    renameSync(`${path}.part`, path);
}

/**
 * Reads a file once, so that every run finds it in the memory of the system.
 * @param {string} path
 */
export function warm(path) {
    const file = openSync(path, 'r');
    const buffer = Buffer.allocUnsafe(4 << 20);
    while (readSync(file, buffer) > 0);
    closeSync(file);
}
