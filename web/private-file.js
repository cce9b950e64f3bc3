// A sink in the browser's private file system, and the ladder that leads there from a Blob when a file grows large.
// SPDX-License-Identifier: MIT
import { STORE_FOLDER } from '../wasm-glue/store.js';
import { BlobSink } from './sinks.js';

/** @typedef {import('./types.js').Sink} Sink */
/** @typedef {() => import('./channel.js').Channel} OpenChannel */

/** A Blob grows to so many bytes before it moves to a private file; browsers keep smaller ones well. */
const LARGE_FILE = 268435456;

/** Whether there are private files here. */
export function hasPrivateFiles() {
    const { storage } = globalThis.navigator ?? {};
    return typeof storage?.getDirectory === 'function' && typeof Worker === 'function' && globalThis.isSecureContext !== false;
}

/** What a user passes as a sink to have a private file whatever its size. */
export class PrivateFile {
    /** So that no other object is one to the compiler. */
    #own = true;
}

/** A sink that writes a private file (OPFS), and gives it as a Blob at the end. */
export function privateFileSink() {
    return new PrivateFile();
}

/** Written by a worker of its own, which ends with it. @implements {Sink} */
export class PrivateFileSink {
    recycles = true;
    /** @type {import('./channel.js').Channel | undefined} */
    #channel;
    #name = `${Date.now().toString(36)}-${crypto.randomUUID()}`;

    /** @param {OpenChannel} openChannel @param {string} mimeType */
    constructor(openChannel, mimeType) {
        this.openChannel = openChannel;
        this.mimeType = mimeType;
    }

    async open() {
        this.#channel = this.openChannel();
        await this.#channel.request({ op: 'storeOpen', name: this.#name });
    }

    /** @param {Uint8Array} bytes */
    async write(bytes) {
        const copy = bytes.slice().buffer;
        await this.#channel?.request({ op: 'storeWrite', name: this.#name, bytes: copy }, [copy]);
    }

    /** @param {any} error */
    mayPass(error) {
        return error?.code === 'STORAGE_FAILED';
    }

    async rewind() {
        await this.#channel?.request({ op: 'storeRewind', name: this.#name });
    }

    /** The file as a Blob of its media type, until `remove`. */
    async close() {
        await this.#channel?.request({ op: 'storeClose', name: this.#name });
        await this.#end();
        const folder = await this.#folder();
        const file = await (await folder.getFileHandle(this.#name)).getFile();
        return new Blob([file], { type: this.mimeType });
    }

    async abort() {
        await this.#end();
        await this.remove();
    }

    /** Takes the file away. A worker that has just ended may hold it for a moment. */
    async remove() {
        const folder = await this.#folder().catch(() => undefined);
        for (let tries = 0; folder && tries < 10; tries += 1) {
            const gone = await folder.removeEntry(this.#name).then(() => true, (error) => error?.name === 'NotFoundError');
            if (gone) return;
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }

    async #folder() {
        const root = await navigator.storage.getDirectory();
        return root.getDirectoryHandle(STORE_FOLDER);
    }

    async #end() {
        const channel = this.#channel;
        this.#channel = undefined;
        await channel?.end();
    }
}

/**
 * Where nobody says where the bytes go: a Blob, until it is large.
 * @implements {Sink}
 */
export class LadderSink {
    recycles = true;
    #size = 0;
    /** @type {BlobSink | PrivateFileSink} */
    #step;
    /** Whether a private file may still be tried. */
    #higher;
    /** The file that the bytes are moving to. @type {PrivateFileSink | undefined} */
    #rising;
    #aborted = false;

    /**
     * @param {OpenChannel | undefined} openChannel where there are private files
     * @param {string} mimeType
     * @param {number} estimate bytes that the file may have; a large one starts as a private file
     */
    constructor(openChannel, mimeType, estimate) {
        this.openChannel = openChannel;
        this.mimeType = mimeType;
        this.estimate = estimate;
        this.#step = new BlobSink(mimeType);
        this.#higher = openChannel !== undefined;
    }

    get held() {
        return this.#step instanceof BlobSink ? this.#step.held : 0;
    }

    /** Where there is no private file, and none can be had, all bytes stay in the Blob. */
    get mostBytes() {
        return this.#higher || this.#step instanceof PrivateFileSink ? Infinity : LARGE_FILE;
    }

    async open() {
        if (this.estimate > LARGE_FILE) await this.#climb();
    }

    /** What cannot be opened, or has no room, leaves the bytes in the Blob. */
    async #climb() {
        if (!this.#higher || !this.openChannel) return;
        this.#higher = false;
        const { quota = 0, usage = 0 } = await navigator.storage.estimate().catch(() => ({ quota: 0, usage: 0 }));
        if (this.#aborted || quota - usage < 2 * Math.max(this.estimate, this.#size)) return;
        const file = (this.#rising = new PrivateFileSink(this.openChannel, this.mimeType));
        const lower = this.#step;
        try {
            await file.open();
            if (lower instanceof BlobSink) await moveBlob(lower.soFar(), file);
        } catch {
            await file.abort();
            return;
        }
        if (this.#aborted) return; // and the file with it
        this.#rising = undefined;
        this.#step = file;
        await lower.abort();
    }

    /** @param {Uint8Array<ArrayBuffer>} bytes */
    async write(bytes) {
        if (this.#size + bytes.length > LARGE_FILE) await this.#climb();
        await this.#step.write(bytes);
        this.#size += bytes.length;
    }

    /** @param {unknown} error */
    mayPass(error) {
        return this.#step instanceof PrivateFileSink && this.#step.mayPass(error);
    }

    async rewind() {
        this.#size = 0;
        await this.#step.rewind();
    }

    close() {
        return this.#step.close();
    }

    async abort() {
        this.#aborted = true;
        await Promise.all([this.#step.abort(), this.#rising?.abort()]);
    }

    /** Takes away what `close` gave, where that is a file. */
    async remove() {
        if (this.#step instanceof PrivateFileSink) await this.#step.remove();
    }
}

/** @param {Blob} blob @param {PrivateFileSink} file */
async function moveBlob(blob, file) {
    const reader = blob.stream().getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) await file.write(piece.value);
}
