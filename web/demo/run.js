// Exports a real catalogue and 100,000 generated extraction results to every format: node web/demo/run.js FOLDER
// SPDX-License-Identifier: MIT
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { FORMATS } from '../../build/generated/tables.js';
import { ExportProcessor } from 'exportloom';
import { fileSink, fileSource } from 'exportloom/node';
import { extractionResults } from './generate.js';

const COUNT = 100000;

/** Lines that are written at a time. */
const LINES = 2000;

/** @param {string} path */
async function writeResults(path) {
    const file = await open(path, 'w');
    /** @type {string[]} */
    let lines = [];
    for (const result of extractionResults(COUNT, 1)) {
        lines.push(`${JSON.stringify(result)}\n`);
        if (lines.length < LINES) continue;
        await file.write(lines.join(''));
        lines = [];
    }
    await file.write(lines.join(''));
    await file.close();
}

/** @param {number} bytes */
function megabytes(bytes) {
    return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`;
}

/**
 * @param {ExportProcessor} processor
 * @param {string | URL} input
 * @param {string} format
 * @param {string} output
 */
async function exportRow(processor, input, format, output) {
    const job = processor.startExport(fileSource(input), { format, sink: fileSink(output) });
    const { size, report } = await job.result;
    return [
        format,
        String(report.counts.written),
        (report.timings.total / 1000).toFixed(2),
        megabytes(size),
        megabytes(report.peakMemoryBytes),
        output,
    ];
}

/** @param {string[][]} rows of which the first is the heading */
function printTable(rows) {
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    for (const row of rows) {
        const cells = row.map((cell, column) =>
            column === 0 || column === row.length - 1 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
        );
        console.log(cells.join('  ').trimEnd());
    }
}

/** @param {string} folder */
async function run(folder) {
    await mkdir(folder, { recursive: true });
    const results = join(folder, 'extraction-results.ndjson');
    await writeResults(results);
    const processor = new ExportProcessor();
    const rows = [['format', 'records', 'seconds', 'size', 'peak memory', 'file']];
    const inputs = [
        { input: new URL('./products.ndjson', import.meta.url), name: 'products' },
        { input: results, name: 'extraction-results' },
    ];
    for (const { input, name } of inputs)
        for (const [format, { extension }] of Object.entries(FORMATS).filter(([, facts]) => facts.extension !== ''))
            rows.push(await exportRow(processor, input, format, join(folder, name + extension)));
    await processor.dispose();
    printTable(rows);
}

await run(process.argv[2] ?? 'out');
