// Files and standard output as sinks, in Node. A file appears under its name when it is complete, or not at all.
// SPDX-License-Identifier: MIT
import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./types.js').Sink} Sink */
/** @typedef {import('node:fs/promises').FileHandle} FileHandle */

/** A write may take fewer bytes than it was given. @param {FileHandle} file @param {Uint8Array} bytes */
async function writeAll(file, bytes) {
    for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, null);
        at += bytesWritten;
    }
}

/** @param {string} path @returns {Promise<boolean>} whether something other than a file has that name, such as /dev/null */
async function isDevice(path) {
    const facts = await stat(path).catch(() => undefined);
    return facts !== undefined && !facts.isFile() && !facts.isDirectory();
}

/**
 * @param {string | URL} path
 * @returns {Sink}
 */
export function fileSink(path) {
    const place = path instanceof URL ? fileURLToPath(path) : path;
    /** @type {FileHandle | undefined} */
    let file;
    let written = place;
    const end = async () => {
        const ended = file;
        file = undefined;
        await ended?.close();
    };
    const rewind = async () => {
        await end();
        file = await open(written, 'w');
    };
    /** @type {Sink} */
    const sink = {
        recycles: true,
        async open() {
            const temporary = join(dirname(place), `.${basename(place)}.${randomBytes(6).toString('hex')}.part`);
            written = (await isDevice(place)) ? place : temporary;
            file = await open(written, written === place ? 'w' : 'wx');
            if (written !== place) sink.rewind = rewind;
        },
        write: (bytes) => (file ? writeAll(file, bytes) : undefined),
        async close() {
            if (written !== place) await file?.sync();
            await end();
            if (written !== place) await rename(written, place);
        },
        async abort() {
            await end().catch(() => {});
            if (written !== place) await rm(written, { force: true });
        },
    };
    return sink;
}

/**
 * @param {NodeJS.WritableStream} [stream]
 * @returns {Sink}
 */
export function stdoutSink(stream = process.stdout) {
    /** @type {Error | undefined} */
    let failure;
    const note = (/** @type {Error} */ error) => {
        failure = error;
    };
    return {
        recycles: true,
        open() {
            stream.on('error', note);
        },
        write(bytes) {
            return new Promise((resolve, reject) => {
                if (failure) reject(failure);
                else stream.write(bytes, (error) => (error ? reject(error) : resolve()));
            });
        },
        close: () => undefined,
    };
}
