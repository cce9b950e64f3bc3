// Reports as PDF for the tests: makes them, asks other programs about them, and draws small pictures.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { ExportProcessor } from '../../dist/index.node.js';
import { temporaryFolder } from './support.js';

export const folder = temporaryFolder();
const processor = new ExportProcessor({ now: () => Date.UTC(2026, 10, 23, 12) });
const MEMORY = 50 * 1048576;

let made = 0;

export async function report(source, options = {}) {
    const { blob, report: told } = await processor.startExport(source, { format: 'pdf', ...options }).result;
    assert.ok(told.peakMemoryBytes < MEMORY, `${told.peakMemoryBytes} bytes of memory`);
    const path = join(folder, `${(made += 1)}.pdf`);
    writeFileSync(path, Buffer.from(await blob.arrayBuffer()));
    return { path, report: told };
}

/** What a program says, and nothing on its error output. */
export function run(program, ...words) {
    const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.equal(error, undefined);
    assert.equal(stderr, '', `${program} ${words.join(' ')}`);
    assert.equal(status, 0, stdout);
    return stdout;
}

export function check(path) {
    assert.match(run('qpdf', '--check', path), /No syntax or stream encoding errors found/);
    run('mutool', 'info', path);
    run('mutool', 'draw', '-q', '-N', '-r', '20', '-o', join(folder, 'page-%d.png'), path, '1-6,N');
    return run('pdftotext', '-layout', path, '-');
}

/** A PNG file of one colour. */
export function png(type, pixel, { width = 4, height = 2, depth = 8 } = {}) {
    const crcTable = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n));
    const crc = (bytes) => ~bytes.reduce((c, byte) => crcTable[(c ^ byte) & 255] ^ (c >>> 8), -1) >>> 0;
    const chunk = (name, content) => {
        const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
        const frame = Buffer.alloc(8);
        frame.writeUInt32BE(content.length, 0);
        frame.writeUInt32BE(crc(body), 4);
        return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    };
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, type, 0, 0, 0]);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    const row = (filter) => [Buffer.from([filter]), ...Array(width).fill(Buffer.from(pixel))];
    const rows = Buffer.concat(Array.from({ length: height }, (_, y) => row(1 + (y % 2))).flat());
    return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
