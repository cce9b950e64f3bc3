// Pictures of the records of a PDF: each gets its place in the order of the source, and its bytes from the caller's function.
// SPDX-License-Identifier: MIT
import { readChunkReport } from './report.js';

/** @typedef {import('./types.js').ThumbnailSource} ThumbnailSource */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */
/** @typedef {import('../wasm-glue/protocol.js').Spot} Spot */
/** @typedef {import('../wasm-glue/protocol.js').FreshPicture} FreshPicture */

/** Addresses that are remembered: one that comes again after so many others is a second picture. */
const MOST_KNOWN = 16384;

/** Bytes that a picture may have. */
const MOST_BYTES = 524288;

/** Pictures that are got at a time. */
const SIDE_BY_SIDE = 8;

/**
 * @param {unknown} given
 * @returns {Uint8Array<ArrayBuffer> | undefined} a copy of at most MOST_BYTES + 1 of them
 */
function bytesOf(given) {
    if (given instanceof ArrayBuffer) return new Uint8Array(given.slice(0, MOST_BYTES + 1));
    if (!ArrayBuffer.isView(given)) return undefined;
    return new Uint8Array(given.buffer, given.byteOffset, Math.min(given.byteLength, MOST_BYTES + 1)).slice();
}

export class Thumbnails {
    /** Bytes that wait to be written. */
    held = 0;
    /** Addresses with their places, the first seen first. @type {Map<string, Spot>} */
    #known = new Map();
    #abort = new AbortController();

    /**
     * @param {ThumbnailSource} source
     * @param {import('./stop.js').Stop} stop
     * @param {(code: string) => void} warn
     */
    constructor(source, stop, warn) {
        this.source = source;
        this.stop = stop;
        this.warn = warn;
        /** @type {Promise<never>} */
        const stopped = stop.race(new Promise(() => {}));
        stopped.catch((reason) => this.#abort.abort(reason));
    }

    /**
     * Where the options ask for pictures.
     * @param {{settings: import('./options.js').Settings, stop: import('./stop.js').Stop}} parts
     * @param {import('./types.js').ReportedColumn[]} columns
     * @param {import('./report.js').Tally} tally
     */
    static of({ settings: { thumbnails }, stop }, columns, tally) {
        if (!thumbnails) return undefined;
        const column = columns.find(({ key }) => key === thumbnails.column);
        if (!column) tally.warn('COLUMN_NEVER_FOUND', 1, thumbnails.column);
        return new Thumbnails(thumbnails.source, stop, (code) => tally.warn(code, 1, column?.label));
    }

    /**
     * Gives the pictures of the next chunk their places.
     * @param {SegmentReply} reply
     * @param {Spot} spot of the chunk
     * @returns {{spots: Spot[], fresh: FreshPicture[]}} one for each of the chunk's pictures, and those that are new
     */
    seat({ counts, report }, spot) {
        /** @type {FreshPicture[]} */
        const fresh = [];
        const addresses = counts.pictures > 0 ? (readChunkReport(report).pictures ?? []) : [];
        const spots = addresses.map((address) => {
            const known = this.#known.get(address);
            if (known) return known;
            const place = { ...spot, pictures: spot.pictures + fresh.length };
            fresh.push({ ...place, address });
            this.#remember(address, place);
            return place;
        });
        return { spots, fresh };
    }

    /** @param {string} address @param {Spot} place */
    #remember(address, place) {
        this.#known.set(address, place);
        if (this.#known.size <= MOST_KNOWN) return;
        for (const first of this.#known.keys()) {
            this.#known.delete(first);
            return;
        }
    }

    /**
     * Gets some pictures and hands them on in their order; only a few are there at a time.
     * @param {FreshPicture[]} fresh
     * @param {(picture: FreshPicture, bytes?: Uint8Array<ArrayBuffer>) => Promise<void>} write gets no bytes where there are none
     */
    async each(fresh, write) {
        /** @type {Promise<Uint8Array<ArrayBuffer> | undefined>[]} */
        const coming = [];
        for (let i = 0; i < fresh.length; i += 1) {
            while (coming.length < SIDE_BY_SIDE && i + coming.length < fresh.length) coming.push(this.#get(fresh[i + coming.length].address));
            const bytes = await this.stop.race(/** @type {typeof coming[0]} */ (coming.shift()));
            await write(fresh[i], bytes);
            this.held -= bytes?.byteLength ?? 0;
        }
    }

    /** What the function gives; undefined where it fails. @param {string} address */
    async #get(address) {
        try {
            const bytes = bytesOf(await this.source(address, { signal: this.#abort.signal }));
            this.held += bytes?.byteLength ?? 0;
            return bytes;
        } catch {
            return undefined;
        }
    }
}

/** @param {Uint8Array} bytes */
export function isTooLarge(bytes) {
    return bytes.byteLength > MOST_BYTES;
}
