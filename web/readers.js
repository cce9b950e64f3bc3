// Readers: bytes of any origin, pulled into the caller's buffer.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';

/** @typedef {import('./types.js').ByteReader} ByteReader */

/** Bytes of a Blob that are asked for at a time. */
const BLOB_STEP = 1048576;

const encoder = new TextEncoder();

/** Reads pieces that come one after another, of any length. @implements {ByteReader} */
export class PieceReader {
    /** @type {Uint8Array} */
    #left = new Uint8Array(0);

    /**
     * @param {() => Promise<Uint8Array | undefined>} next gives the next piece; undefined at the end
     * @param {() => void | Promise<void>} close
     */
    constructor(next, close) {
        this.next = next;
        this.close = close;
    }

    /** @param {Uint8Array} view */
    async read(view) {
        while (this.#left.length === 0) {
            const piece = await this.next();
            if (piece === undefined) return 0;
            this.#left = piece;
        }
        const taken = this.#left.subarray(0, view.length);
        view.set(taken);
        this.#left = this.#left.subarray(taken.length);
        return taken.length;
    }
}

/** @param {Uint8Array} bytes @returns {ByteReader} */
export function bytesReader(bytes) {
    let at = 0;
    return {
        size: bytes.length,
        read(view) {
            const piece = bytes.subarray(at, at + view.length);
            view.set(piece);
            at += piece.length;
            return piece.length;
        },
        close() {},
    };
}

/** @param {Blob} blob @returns {ByteReader} */
export function blobReader(blob) {
    let at = 0;
    const next = async () => {
        if (at >= blob.size) return undefined;
        const piece = blob.slice(at, at + BLOB_STEP);
        at += BLOB_STEP;
        return new Uint8Array(await piece.arrayBuffer());
    };
    return Object.assign(new PieceReader(next, () => {}), { size: blob.size });
}

/** Halves of surrogate pairs that stand alone. @param {string} text */
function loneSurrogates(text) {
    return text.match(/\p{Surrogate}/gu)?.length ?? 0;
}

/**
 * Encodes a text by and by, never in the middle of a surrogate pair. TextEncoder replaces lone surrogates by U+FFFD;
 * they are counted.
 * @implements {ByteReader}
 */
export class TextReader {
    lone = 0;
    /** UTF-16 units that were read. */
    position = 0;

    /** @param {string} text */
    constructor(text) {
        this.text = text;
    }

    /** @param {Uint8Array} view */
    read(view) {
        let end = Math.min(this.text.length, this.position + view.length);
        const last = this.text.charCodeAt(end - 1);
        if (end < this.text.length && last >= 0xd800 && last < 0xdc00) end -= 1;
        const slice = this.text.slice(this.position, end);
        const { read, written } = encoder.encodeInto(slice, view);
        this.lone += loneSurrogates(read < slice.length ? slice.slice(0, read) : slice);
        this.position += read;
        return written;
    }

    close() {}
}

/**
 * Text pieces of a stream as bytes. A pair that is cut between two pieces is put together again.
 */
export class PieceEncoder {
    lone = 0;
    #half = '';

    /** @param {string} piece */
    encode(piece) {
        let text = this.#half + piece;
        const last = text.charCodeAt(text.length - 1);
        this.#half = last >= 0xd800 && last < 0xdc00 ? text.slice(-1) : '';
        if (this.#half !== '') text = text.slice(0, -1);
        return this.#bytes(text);
    }

    end() {
        const half = this.#half;
        this.#half = '';
        return this.#bytes(half);
    }

    /** @param {string} text */
    #bytes(text) {
        this.lone += loneSurrogates(text);
        return encoder.encode(text);
    }
}

/**
 * A reader whose first bytes were read already.
 * @param {Uint8Array} first
 * @param {ByteReader} reader
 * @returns {ByteReader}
 */
export function readerAfter(first, reader) {
    let left = first;
    return {
        size: reader.size,
        read(view) {
            if (left.length === 0) return reader.read(view);
            const piece = left.subarray(0, view.length);
            view.set(piece);
            left = left.subarray(piece.length);
            return piece.length;
        },
        close: () => reader.close(),
    };
}

/**
 * A reader that counts what went through it.
 * @param {ByteReader} reader
 */
export function countingReader(reader) {
    const counted = {
        get size() {
            return reader.size;
        },
        count: 0,
        /** @param {Uint8Array} view */
        async read(view) {
            const length = await reader.read(view);
            counted.count += length;
            return length;
        },
        close: () => reader.close(),
    };
    return counted;
}

/**
 * What `read` of somebody's reader told; anything but a number of bytes would never come to an end.
 * @param {number} count @param {Uint8Array} view
 */
function checked(count, view) {
    if (Number.isInteger(count) && count >= 0 && count <= view.length) return count;
    const suggestion = 'let read put bytes at the start of the view and give their number, 0 at the end';
    throw exportError('SOURCE_FAILED', `read gave ${String(count).slice(0, 40)} for a view of ${view.length} bytes`, { suggestion });
}

/**
 * A reader that is waited for and tried again as long as that is meant. One that can give up a read is told when nobody waits for it any more,
 * so that what that read still brings is not lost.
 * @param {ByteReader & {giveUp?: () => void}} reader
 * @param {import('./patience.js').Patience} patience
 * @param {{mayPass?: (error: any) => boolean}} source
 * @returns {ByteReader}
 */
export function patientReader(reader, patience, source) {
    return {
        get size() {
            return reader.size;
        },
        get version() {
            return reader.version;
        },
        read: async (view) => checked(await patience.again(() => patience.within(reader.read(view), () => reader.giveUp?.()), source), view),
        close: () => reader.close(),
    };
}

/**
 * What a reader gives, as pieces.
 * @param {ByteReader} reader
 */
export async function* piecesOf(reader) {
    for (;;) {
        const view = new Uint8Array(65536);
        const length = await reader.read(view);
        if (length === 0) return;
        yield view.subarray(0, length);
    }
}
