// Bytes that wait in a temporary file without a name, in Node.
// SPDX-License-Identifier: MIT
import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAll } from './file-sink.js';

/** Bytes that are read at a time. */
const STEP = 1048576;

/** @returns {Promise<import('./batch-zip.js').Spool>} */
export async function fileSpool() {
    const path = join(tmpdir(), `exportloom-${randomBytes(9).toString('hex')}.spool`);
    const file = await open(path, 'wx+', 0o600);
    // Most systems take the name away at once and the bytes when the file is closed, so that nothing is left even after a crash.
    await rm(path, { force: true }).catch(() => {});
    let length = 0;
    return {
        held: 0,
        async write(bytes) {
            await writeAll(file, bytes, length);
            length += bytes.length;
        },
        async *read() {
            for (let at = 0; ; ) {
                const { bytesRead, buffer } = await file.read(new Uint8Array(STEP), 0, STEP, at);
                if (bytesRead === 0) return;
                at += bytesRead;
                yield buffer.subarray(0, bytesRead);
            }
        },
        async rewind() {
            await file.truncate(0);
            length = 0;
        },
        async remove() {
            await file.close();
            await rm(path, { force: true });
        },
    };
}
