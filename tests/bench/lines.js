// Lines of a file, a batch at a time: what the peers written in JavaScript read with.
// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

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
