// Runs the table of tests/cases through the package in Node with its real workers, whole and in small chunks.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { File } from 'node:buffer';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';
import { runCase } from '../cases/run.js';

// Node 18 keeps it in a module.
globalThis.File ??= File;

const folder = new URL('../cases/', import.meta.url);

/** @type {(import('../cases/run.js').Way & {about: string})[]} */
const ways = [
    { about: 'default chunks, one worker', workers: 1, source: 'bytes' },
    { about: 'default chunks, two workers, a stream byte by byte', workers: 2, source: 'stream', piece: 1 },
    { about: 'one record a chunk, two workers, files', chunkSize: 1, workers: 2, source: 'file' },
    { about: 'one record a chunk, one worker, a stream of 5 bytes at a time', chunkSize: 1, workers: 1, source: 'stream', piece: 5 },
    { about: 'seven records a chunk, two workers', chunkSize: 7, workers: 2, source: 'bytes' },
    { about: 'seven records a chunk, one worker, a stream', chunkSize: 7, workers: 1, source: 'stream' },
];

/** @type {{file: string, cases: import('../cases/run.js').Case[]}[]} */
const tables = [];
for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json')).sort())
    tables.push({ file, cases: JSON.parse(await readFile(new URL(file, folder), 'utf8')).cases });

for (const { about, ...way } of ways)
    test(`cases: ${about}`, async (context) => {
        const processor = new ExportProcessor();
        for (const { file, cases } of tables)
            await context.test(file, async (part) => {
                const run = cases.filter(({ skip }) => !skip?.js);
                for (const { name, skip } of cases) if (skip?.js) part.diagnostic(`skip ${name}: ${skip.js}`);
                const problems = await Promise.all(run.map((one) => runCase(one, processor, way)));
                const told = run.flatMap(({ name }, i) => problems[i].map((problem) => `${name}: ${problem}`));
                assert.deepEqual(told, []);
            });
        await processor.dispose();
    });
