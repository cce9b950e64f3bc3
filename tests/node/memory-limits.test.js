// Modules whose wasm memory may not grow: the file is the same, or the export fails with OUT_OF_MEMORY and leaves nothing behind.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync, writeFileSync, mkdirSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ExportProcessor } from '../../dist/index.node.js';
import { fileSink } from '../../dist/node.js';
import { linesOf, recordsOf, temporaryFolder } from './support.js';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const folder = temporaryFolder();
const MEMORY_SECTION = 5;

/** @param {Uint8Array} bytes @param {number} at @returns {[value: number, end: number]} of a number in LEB128 */
function numberAt(bytes, at) {
    for (let [value, shift] = [0, 0]; ; shift += 7, at += 1) {
        value += (bytes[at] & 0x7f) * 2 ** shift;
        if (bytes[at] < 0x80) return [value, at + 1];
    }
}

/** @param {number} value of less than 2^21, in three bytes */
const leb = (value) => [(value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, value >> 14];

/** The module with another limit of its memory: so many pages of 64 KiB more than it starts with. */
function limited(bytes, more) {
    for (let at = 8; at < bytes.length; ) {
        const [size, start] = numberAt(bytes, at + 1);
        if (bytes[at] === MEMORY_SECTION) {
            const [least] = numberAt(bytes, start + 2);
            const memory = [1, 1, ...leb(least), ...leb(least + more)];
            return Buffer.concat([bytes.subarray(0, at), Buffer.from([MEMORY_SECTION, ...leb(memory.length), ...memory]), bytes.subarray(start + size)]);
        }
        at = start + size;
    }
    throw new Error('the module has no memory');
}

/** Where modules with that limit are. @param {number} more */
function modulesWith(more) {
    const place = join(folder, `modules-${more}`);
    mkdirSync(place);
    symlinkSync(join(dist, 'fonts'), join(place, 'fonts'));
    for (const name of readdirSync(dist).filter((one) => one.endsWith('.wasm'))) writeFileSync(join(place, name), limited(readFileSync(join(dist, name)), more));
    return pathToFileURL(join(place, 'exportloom-core.wasm'));
}

const LIMITS = [0, 3, 8, 16, 32, 64, 1024].map((more) => ({ more, wasmUrl: modulesWith(more) }));
const records = recordsOf(2500);
const source = Buffer.from(linesOf(records));
const now = () => Date.UTC(2026, 0, 31);
const path = join(folder, 'out');

/** How an export ended, and what it wrote. */
async function outcomeOf(format, options) {
    const processor = new ExportProcessor({ workers: 2, now, ...options });
    const ended = processor.startExport(source, { format, includeStatistics: format !== 'html', sink: fileSink(path), retries: 1, ...(format === 'xml' ? { xml: { schema: 'none' } } : {}) });
    const { code, report } = await ended.result.catch((error) => error);
    await processor.dispose();
    const bytes = existsSync(path) ? readFileSync(path) : undefined;
    rmSync(path, { force: true });
    return { code, report, bytes };
}

for (const format of ['json', 'csv', 'xlsx', 'pdf', 'xml', 'html'])
    test(`${format} in modules whose memory ends early`, async (t) => {
        const wanted = await outcomeOf(format, {});
        const told = { failed: 0, complete: 0 };
        for (const { more, wasmUrl } of LIMITS) {
            const { code, report, bytes } = await outcomeOf(format, { wasmUrl });
            if (code === undefined) {
                told.complete += 1;
                assert.ok(bytes.equals(wanted.bytes), `${more} pages more: the content differs`);
                assert.deepEqual(report.counts, wanted.report.counts);
            } else {
                told.failed += 1;
                assert.equal(code, 'OUT_OF_MEMORY', `${more} pages more`);
                assert.equal(bytes, undefined, 'a file is left');
            }
            assert.deepEqual(readdirSync(folder).filter((name) => !name.startsWith('modules-')), []);
        }
        t.diagnostic(JSON.stringify(told));
        assert.ok(told.failed >= 1 && told.complete >= 1, JSON.stringify(told));
    });

test('a worker that ran out of memory is not used again', async () => {
    const { wasmUrl } = LIMITS[2];
    const processor = new ExportProcessor({ workers: 1, wasmUrl });
    const large = `${JSON.stringify({ a: 'x'.repeat(3e6) })}\n`;
    for (let round = 0; round < 3; round += 1) {
        const error = await processor.startExport(large, { format: 'json', retries: 0 }).result.catch((one) => one);
        assert.deepEqual([error.code, error.retryable], ['OUT_OF_MEMORY', true]);
        assert.match(error.suggestion, /maxMemoryUsage/);
        const { blob } = await processor.startExport([{ a: 1 }], { format: 'csv' }).result;
        assert.equal(await blob.text(), 'a\r\n1\r\n');
    }
    await processor.dispose();
});
