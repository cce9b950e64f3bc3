// Files and standard input as sources, in Node. Files are read at positions, straight into the buffers that go to workers.
// SPDX-License-Identifier: MIT
import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportError } from './errors.js';
import { mayFilePass } from './patience.js';
import { PieceReader } from './readers.js';

/** @typedef {import('./types.js').ByteReader} ByteReader */

/** What the system tells of a path; undefined for what cannot be looked at: opening it tells why. @param {string} path */
export function factsOf(path) {
    try {
        return statSync(path);
    } catch {
        return undefined;
    }
}

/** @param {string} name of the function that wants it @param {string | URL} path */
export function pathOf(name, path) {
    const isUrl = path instanceof URL;
    if (isUrl ? path.protocol !== 'file:' : typeof path !== 'string' || path === '') {
        const suggestion = isUrl && name === 'fileSource' ? 'pass the URL itself as the source' : undefined;
        throw exportError('INVALID_OPTION', `${name} wants the path of a file, or a file: URL`, { suggestion });
    }
    return isUrl ? fileURLToPath(path) : path;
}

/**
 * A file, or a pipe, as a source: NDJSON or a JSON array, plain or gzipped.
 * @param {string | URL} path
 * @returns {import('./types.js').ByteSource}
 */
export function fileSource(path) {
    const place = pathOf('fileSource', path);
    return {
        name: basename(place),
        /** Pipes and devices cannot be read twice. */
        get again() {
            return factsOf(place)?.isFile() ?? true;
        },
        get size() {
            return factsOf(place)?.size;
        },
        /** A pipe that failed may have lost what it was about to give. */
        mayPass: (error) => mayFilePass(error) && (error.code !== 'EIO' || (factsOf(place)?.isFile() ?? false)),
        async openReader() {
            const file = await open(place, 'r');
            const facts = await file.stat({ bigint: true });
            if (!facts.isFile()) return pipeReader(file);
            return fileReader(file, Number(facts.size), `${facts.size} bytes of ${facts.mtimeNs}`);
        },
    };
}

/** Standard input that was read: another export would get what is left of it, or nothing, and look complete. @type {WeakSet<object>} */
const spent = new WeakSet();

/** Standard input as a source, which is read once. @returns {import('./types.js').ByteSource} */
export function stdinSource() {
    return {
        again: false,
        openReader() {
            const { stdin } = process;
            if (spent.has(stdin) || stdin.readableEnded) throw exportError('SOURCE_FAILED', 'standard input was read already');
            spent.add(stdin);
            const pieces = stdin[Symbol.asyncIterator]();
            const close = async () => void (await pieces.return?.());
            return new PieceReader(async () => (await pieces.next()).value, close);
        },
    };
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} size
 * @param {string} version
 * @returns {ByteReader}
 */
function fileReader(file, size, version) {
    let position = 0;
    return {
        size,
        version,
        async read(view) {
            const { bytesRead } = await file.read(view, 0, view.length, position);
            position += bytesRead;
            if (bytesRead === 0 && position < size) throw exportError('SOURCE_CHANGED', `it had ${size} bytes, and ends after ${position}`);
            return bytesRead;
        },
        close: () => file.close(),
    };
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @returns {ByteReader}
 */
function pipeReader(file) {
    return {
        read: async (view) => (await file.read(view, 0, view.length, null)).bytesRead,
        close: () => file.close(),
    };
}
