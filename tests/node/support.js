// What the tests in Node share: a processor over dist, exports to text, a folder that vanishes.
// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExportProcessor } from '../../dist/index.node.js';

/** A folder for one test file. */
export function temporaryFolder() {
    const folder = mkdtempSync(join(tmpdir(), 'exportloom-test-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
}

/** Small records that differ, `count` of them. */
export function recordsOf(count) {
    return Array.from({ length: count }, (_, id) => ({
        id,
        name: `näme "${id}", line\n${id}`,
        nested: { price: id / 4, tags: ['a', `b${id}`] },
        ...(id % 3 === 0 ? { sometimes: '🎈'.repeat(id % 7) } : {}),
    }));
}

export function linesOf(records) {
    return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Its workers end by themselves when nothing is left to do. */
const shared = new ExportProcessor();

/** Exports and gives the file's text with the report. */
export async function exported(source, options, processor = shared) {
    const { blob, report } = await processor.startExport(source, options).result;
    return { text: await blob.text(), report };
}

/** The ExportError of an export that must fail. */
export async function failure(source, options, processor = shared) {
    const { result } = processor.startExport(source, options);
    const error = await result.then(() => undefined, (thrown) => thrown);
    if (!error) throw new Error('the export did not fail');
    return error;
}

/** Bytes that come one piece at a time and can be read only once. */
export async function* piecesOf(bytes, size) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
