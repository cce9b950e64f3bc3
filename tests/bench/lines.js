// Records of a file, a batch at a time, or records in memory: what the peers written in JavaScript read with.
// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { extractionResults } from '../../web/demo/generate.js';

/** Records in memory instead of a file: `records:COUNT`. The figures are those from the first batch to the end, written to this file. */
const IN_MEMORY = /^records:(\d+)$/;
const FIGURES = process.env.BENCH_FIGURES ?? '';
const BATCH = 1000;

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;

/**
 * The lines of each chunk of a file. Buffer#indexOf and one conversion for each line were faster than text that is split.
 * @param {string} path
 * @returns {AsyncGenerator<string[]>}
 */
export async function* lineBatches(path) {
    let rest = Buffer.alloc(0);
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const lines = [];
        let start = 0;
        for (let end; (end = bytes.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
            lines.push(bytes.toString('utf8', start, end));
        }
        rest = bytes.subarray(start);
        yield lines;
    }
    if (rest.length > 0) yield [rest.toString('utf8')];
}

/** @param {string[]} lines */
function* parsed(lines) {
    for (const line of lines) yield JSON.parse(line);
}

/** Time and CPU seconds from now to the end of the process. */
export function startClock() {
    const [started, before] = [performance.now(), process.cpuUsage()];
    process.on('exit', () => {
        const { user, system } = process.cpuUsage(before);
        const figures = { wall: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
        if (FIGURES) writeFileSync(FIGURES, JSON.stringify(figures));
    });
}

/**
 * @param {string} input a file, or `records:COUNT`
 * @returns {AsyncGenerator<Iterable<import('./columns.js').ExtractionResult>>} of a file, each record is parsed when it is asked for
 */
export async function* recordBatches(input) {
    const count = IN_MEMORY.exec(input)?.[1];
    if (count === undefined) {
        for await (const lines of lineBatches(input)) yield parsed(lines);
        return;
    }
    const records = [...extractionResults(Number(count))];
    startClock();
    for (let at = 0; at < records.length; at += BATCH) yield records.slice(at, at + BATCH);
}

/**
 * Writes the texts to a file, no faster than it takes them.
 * @param {string} path
 * @param {AsyncIterable<string>} texts
 */
export async function writeTexts(path, texts) {
    const file = createWriteStream(path, { highWaterMark: CHUNK_BYTES });
    for await (const text of texts) {
        if (!file.write(text)) await once(file, 'drain');
    }
    file.end();
    await finished(file);
}
