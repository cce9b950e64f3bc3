// Files and standard output as sinks, in Node. A file appears under its name when it is complete, or not at all.
// SPDX-License-Identifier: MIT
import { randomBytes } from 'node:crypto';
import { lstat, open, readdir, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { exportError } from './errors.js';
import { pathOf } from './file-source.js';
import { mayFilePass } from './patience.js';
import { cut } from './safe-name.js';

/** @typedef {import('./types.js').Sink} Sink */
/** @typedef {import('node:fs/promises').FileHandle} FileHandle */

/**
 * A write may take fewer bytes than it was given.
 * @param {FileHandle} file
 * @param {Uint8Array} bytes
 * @param {number} [position] in the file; default: behind what was written last
 */
export async function writeAll(file, bytes, position) {
    for (let at = 0; at < bytes.length; ) {
        const place = position === undefined ? null : position + at;
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, place);
        at += bytesWritten;
    }
}

/** The end of a temporary name: `.NAME.` and twelve hexadecimal digits stand before it. */
const TEMPORARY = /^[0-9a-f]{12}\.part(\.second)?$/;

/** How temporary names of this place start: its name may have all bytes that a file system takes, so some are left out. @param {string} place */
const prefixOf = (place) => `.${cut(basename(place), 220)}.`;

/** What a process that was killed has left is taken away when it is so old, by the next export to the same place. */
const STALE_MS = 86400000;

/** Bytes after which what was written goes to the disk while more is written, so that little is left to be waited for in the end. */
const FLUSH_AFTER = 16777216;

/** What to do about failures of the system. @type {Record<string, string>} */
const ADVICE = {
    ENOSPC: 'free space on the disk, or write to another one',
    EDQUOT: 'free space, or ask for more of it',
    EFBIG: 'write to a file system that allows larger files, or split the export',
    ENOENT: 'make the folder first',
    ENAMETOOLONG: 'use a shorter name',
    ENOTDIR: 'name a file in a folder',
    EISDIR: 'name a file, not a folder',
    EACCES: 'ask for the right to write there',
    EROFS: 'write to another disk',
};

/** What the system said, with what to do about it. @param {any} error */
export function sinkFailure(error) {
    return exportError('SINK_FAILED', error.message, { cause: error, suggestion: ADVICE[error?.code] });
}

/** Throws what there is advice on; what may pass stays as it is. @param {any} error @returns {never} */
function advised(error) {
    throw ADVICE[error?.code] ? sinkFailure(error) : error;
}

/** A name that stands for an open file of a process, such as /dev/stdout or /dev/fd/3. */
const OPEN_FILE = /^\/(proc\/|dev\/(fd\/|std))/;

/**
 * The file that a name means, which a link may lead to; `direct`: it is something other than a file, such as a pipe or /dev/null, or an
 * open file of the process, and cannot be put in place when it is complete.
 * @param {string} path
 * @param {number} [links] that may follow each other
 * @returns {Promise<{place: string, direct: boolean}>}
 */
async function findPlace(path, links = 40) {
    const facts = await lstat(path).catch(() => undefined);
    if (OPEN_FILE.test(resolve(path)) || !facts) return { place: path, direct: facts !== undefined };
    if (!facts.isSymbolicLink() || links === 0) return { place: path, direct: !facts.isFile() && !facts.isDirectory() };
    return findPlace(resolve(dirname(path), await readlink(path)), links - 1);
}

/**
 * A file that is replaced hands its permissions on.
 * @param {FileHandle} file
 * @param {string} place
 */
async function likeBefore(file, place) {
    const facts = await stat(place).catch(() => undefined);
    if (facts?.isDirectory()) throw Object.assign(new Error(`${place} is a folder`), { code: 'EISDIR' });
    if (facts) await file.chmod(facts.mode & 0o777).catch(() => {}); // not every file system has them
}

/**
 * Temporary files of this place that nobody has written to for long.
 * @param {string} place
 */
async function sweep(place) {
    const folder = dirname(place);
    const prefix = prefixOf(place);
    for (const name of await readdir(folder)) {
        if (!name.startsWith(prefix) || !TEMPORARY.test(name.slice(prefix.length))) continue;
        const { mtimeMs } = await stat(join(folder, name));
        if (Date.now() - mtimeMs > STALE_MS) await rm(join(folder, name), { force: true });
    }
}

/**
 * A new name is safe from a loss of power only with its folder. Not every system can open folders; there is nothing to do then.
 * @param {string} path
 */
async function syncFolder(path) {
    const folder = await open(path, 'r').catch(() => undefined);
    try {
        await folder?.sync();
    } catch {
        // network file systems may refuse
    } finally {
        await folder?.close();
    }
}

/**
 * A sink that writes a file, which gets its name when it is complete, or not at all.
 * @param {string | URL} path
 * @returns {Sink}
 */
export function fileSink(path) {
    let place = pathOf('fileSink', path);
    /** @type {FileHandle | undefined} */
    let file;
    let written = place;
    let aborted = false;
    /** @type {Promise<void> | undefined} */
    let opened;
    /** @type {Promise<boolean> | undefined} */
    let placed;
    const end = async () => {
        const ended = file;
        file = undefined;
        await ended?.close();
    };
    /** The file that belongs to it, complete but for its name. @type {{place: string, written: string} | undefined} */
    let second;
    let size = 0;
    /** Bytes that went to the disk, or are on their way there. */
    let flushed = 0;
    /** @type {Promise<void> | undefined} */
    let flushing;
    /** The system tells once that bytes could not be put on the disk. @type {unknown} */
    let lost;
    const flush = async () => {
        flushed = size;
        await file?.datasync().catch((error) => void (lost = error));
        flushing = undefined;
    };
    const restart = () => {
        size = flushed = 0;
        lost = undefined;
    };
    const rewind = async () => {
        await end();
        file = await open(written, 'w');
        restart();
    };
    const begin = async () => {
        const found = await findPlace(place);
        place = found.place;
        const temporary = join(dirname(place), `${prefixOf(place)}${randomBytes(6).toString('hex')}.part`);
        written = found.direct ? place : temporary;
        file = await open(written, written === place ? 'w' : 'wx');
        if (written === place) return;
        sink.rewind = () => (opened = rewind());
        await likeBefore(file, place);
        await sweep(place).catch(() => {}); // it matters only to those who look into the folder
    };
    /** Whether the file got its name: an abort may come while it is opened or closed. */
    const finish = async () => {
        if (written !== place) await file?.sync();
        await flushing;
        if (lost) throw lost;
        await end();
        if (aborted || written === place) return false;
        if (second) await rename(second.written, second.place);
        await rename(written, place);
        await syncFolder(dirname(place));
        return true;
    };
    /** @type {Sink} */
    const sink = {
        recycles: true,
        open() {
            aborted = false; // it may have been another export's before
            second = placed = undefined;
            restart();
            opened = begin().catch(advised);
            return opened;
        },
        async write(bytes) {
            if (!file) return;
            await writeAll(file, bytes, written === place ? undefined : size).catch(advised);
            size += bytes.length;
            if (written !== place && !flushing && size - flushed >= FLUSH_AFTER) flushing = flush();
        },
        /** A file is written at positions; what a pipe took in part cannot be taken back. */
        mayPass: (error) => (written !== place || !file) && mayFilePass(error),
        async attach(name, bytes) {
            if (written === place || aborted) return;
            second = { place: join(dirname(place), basename(name)), written: `${written}.second` };
            await writeFile(second.written, bytes, { flag: 'wx', flush: true });
        },
        async close() {
            placed = finish().catch(advised);
            await placed;
        },
        async abort() {
            aborted = true;
            await opened?.catch(() => {});
            const late = await placed?.catch(() => false);
            await end().catch(() => {});
            if (written !== place) await rm(late ? place : written, { force: true });
            if (second) await rm(late ? second.place : second.written, { force: true });
        },
    };
    return sink;
}

/** What became of a stream that stays open: `refuse` ends the write that is under way. @typedef {{error?: Error, refuse?: (error: Error) => void}} Fate */

/** Each stream is listened to once, however many exports write to it. @type {WeakMap<object, Fate>} */
const fates = new WeakMap();

/** @param {NodeJS.WritableStream} stream */
function fateOf(stream) {
    const known = fates.get(stream);
    if (known) return known;
    /** @type {Fate} */
    const fate = {};
    const ended = (/** @type {Error} */ error) => {
        fate.error ??= error;
        fate.refuse?.(fate.error);
    };
    fates.set(stream, fate);
    stream.on('error', ended);
    stream.on('close', () => ended(new Error('the stream was closed')));
    return fate;
}

/**
 * A sink that writes standard output, or another stream that stays open.
 * @param {NodeJS.WritableStream} [stream]
 * @returns {Sink}
 */
export function stdoutSink(stream = process.stdout) {
    return {
        recycles: true,
        open: () => void fateOf(stream),
        write(bytes) {
            return new Promise((resolve, reject) => {
                const fate = fateOf(stream);
                fate.refuse = reject;
                if (fate.error) reject(fate.error);
                else stream.write(bytes, (error) => (error ? reject(error) : resolve()));
            });
        },
        close: () => undefined,
    };
}
