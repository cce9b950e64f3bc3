// Sinks that pack what is written to them: a .gz file of one member, or a zip file, in front of any other sink.
// SPDX-License-Identifier: MIT
import { Deflated } from './deflated.js';
import { openSink, writeTo } from './sinks.js';
import { ZipFile } from './zip.js';

/** @typedef {import('./types.js').Sink} Sink */
/** @typedef {import('./deflated.js').Packed} Packed */

/** What a file can be packed into: the ending of its name, and its media type. */
export const PACKINGS = {
    gzip: { ending: '.gz', mimeType: 'application/gzip' },
    zip: { ending: '.zip', mimeType: 'application/zip' },
};

/** RFC 1952 2.3.1: deflate, no name, no time, so that equal exports are equal; 255: of an unknown system. */
const GZIP_HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/** One member, because browsers unpack no more by themselves. @implements {Packer} */
class GzipFile {
    #stream;
    #begun = false;

    /** @param {(bytes: Uint8Array<ArrayBuffer>) => unknown} write */
    constructor(write) {
        this.write = write;
        this.#stream = new Deflated(write);
    }

    async #begin() {
        if (!this.#begun) await this.write(Uint8Array.from(GZIP_HEADER));
        this.#begun = true;
    }

    /** @param {Uint8Array<ArrayBuffer>} bytes @param {Packed} [packed] */
    async add(bytes, packed) {
        await this.#begin();
        await this.#stream.add(bytes, packed);
    }

    async close() {
        await this.#begin();
        await this.#stream.end();
        const trailer = new DataView(new ArrayBuffer(8));
        trailer.setUint32(0, this.#stream.crc, true);
        trailer.setUint32(4, this.#stream.raw % 2 ** 32, true);
        await this.write(new Uint8Array(trailer.buffer));
    }
}

/** A zip file of one member, and of others that are added when it has ended. @implements {Packer} */
class ZippedFile {
    #zip;
    #begun = false;

    /** @param {(bytes: Uint8Array<ArrayBuffer>) => unknown} write @param {string} name @param {number} time */
    constructor(write, name, time) {
        this.name = name;
        this.#zip = new ZipFile(write, time);
    }

    /** @param {Uint8Array<ArrayBuffer>} bytes @param {Packed} [packed] */
    async add(bytes, packed) {
        if (!this.#begun) await this.#zip.begin(this.name);
        this.#begun = true;
        await this.#zip.add(bytes, packed);
    }

    /** @param {string} name @param {Uint8Array<ArrayBuffer>} bytes */
    async attach(name, bytes) {
        await this.#zip.begin(name);
        await this.#zip.add(bytes);
    }

    async close() {
        if (!this.#begun) await this.#zip.begin(this.name);
        await this.#zip.close();
    }
}

/**
 * @typedef {object} Packer
 * @property {(bytes: Uint8Array<ArrayBuffer>, packed?: Packed) => Promise<void>} add
 * @property {() => Promise<void>} close
 * @property {(name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>} [attach]
 */

/**
 * What pipelines write to: bytes as they are, or deflated.
 * @typedef {Omit<Sink, 'write'> & {held?: number, mostBytes?: number, size?: number,
 *   write: (bytes: Uint8Array<ArrayBuffer>, packed?: Packed) => void | Promise<void>}} PipelineSink
 */

/**
 * @param {Sink} sink
 * @param {'gzip' | 'zip'} type
 * @param {{name: string, time: number, patience: import('./patience.js').Patience}} member
 * @returns {PipelineSink}
 */
export function packedSink(sink, type, { name, time, patience }) {
    let size = 0;
    const write = (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => {
        size += bytes.length;
        return writeTo(sink, patience, bytes);
    };
    const begin = () => (type === 'gzip' ? new GzipFile(write) : new ZippedFile(write, name, time));
    /** @type {Packer} */
    let packer = begin();
    /** @type {PipelineSink} */
    const packing = {
        recycles: sink.recycles,
        get held() {
            return /** @type {{held?: number}} */ (sink).held;
        },
        get mostBytes() {
            return /** @type {{mostBytes?: number}} */ (sink).mostBytes;
        },
        get size() {
            return size;
        },
        async open() {
            await openSink(sink, patience);
            if (sink.rewind) packing.rewind = rewind;
        },
        write: (bytes, packed) => packer.add(bytes, packed),
        attach: (name, bytes) => (packer.attach ? packer.attach(name, bytes) : sink.attach?.(name, bytes)),
        async close() {
            await packer.close();
            return sink.close();
        },
        abort: (reason) => sink.abort?.(reason),
    };
    const rewind = async () => {
        await sink.rewind?.();
        size = 0;
        packer = begin();
    };
    if (sink.rewind) packing.rewind = rewind;
    return packing;
}
