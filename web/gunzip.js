// Unpacks gzip in browsers, whose DecompressionStream takes a single member: several of them, one after another (RFC 1952 2.2).
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';
import { PieceReader, piecesOf } from './readers.js';

/** Identification, the only method, and the flags, of which three bits are always 0 (RFC 1952 2.3.1). */
const MAGIC = [0x1f, 0x8b, 8];
const HEADER = 4;
const RESERVED = 0xe0;

/**
 * Where a member may begin, from `from` on, or be about to begin at the end of the bytes.
 * @param {Uint8Array} bytes
 * @param {number} from
 * @returns {number} the length where there is no such place
 */
function nextHeader(bytes, from) {
    for (let at = bytes.indexOf(MAGIC[0], from); at >= 0; at = bytes.indexOf(MAGIC[0], at + 1)) {
        const known = bytes.subarray(at, at + HEADER);
        if (known.every((byte, place) => (place < 3 ? byte === MAGIC[place] : (byte & RESERVED) === 0))) return at;
    }
    return bytes.length;
}

/**
 * Cuts what a reader gives wherever a member may begin.
 * @param {import('./types.js').ByteReader} reader
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, undefined>}
 */
async function* cutAtHeaders(reader) {
    let left = new Uint8Array(0);
    for await (const piece of piecesOf(reader)) {
        const bytes = new Uint8Array(left.length + piece.length);
        bytes.set(left);
        bytes.set(piece, left.length);
        let start = 0;
        let end = nextHeader(bytes, 1);
        for (; end + HEADER <= bytes.length; end = nextHeader(bytes, end + 1)) {
            yield bytes.subarray(start, end);
            start = end;
        }
        // What may be the first bytes of a header waits for the others; at least one byte goes on, or is the header itself.
        if (end > start) yield bytes.subarray(start, end);
        left = bytes.slice(end);
    }
    if (left.length > 0) yield left;
    return undefined;
}

/**
 * One member, which is fed piece by piece and gives its content meanwhile. It takes the next piece when all that came of the one before was
 * taken, so a piece that begins behind its end is refused whole.
 */
class Member {
    /** Bytes of the content, and the last bytes that it was fed. */
    length = 0;
    #tail = new Uint8Array(0);

    constructor() {
        const { readable, writable } = new DecompressionStream('gzip');
        this.reader = readable.getReader();
        this.writer = writable.getWriter();
        this.writer.closed.catch(() => {}); // what is refused is seen where it is written or read
    }

    /** @param {Uint8Array<ArrayBuffer>} piece */
    note(piece) {
        const tail = new Uint8Array(this.#tail.length + Math.min(4, piece.length));
        tail.set(this.#tail);
        tail.set(piece.subarray(-4), this.#tail.length);
        this.#tail = tail.slice(-4);
    }

    /** Whether what was fed ends with the length of the content, as a whole member does (RFC 1952 2.3.1, ISIZE). */
    get isWhole() {
        return this.#tail.length === 4 && new DataView(this.#tail.buffer).getUint32(0, true) === this.length % 2 ** 32;
    }
}

/**
 * @param {import('./types.js').ByteReader} reader
 * @returns {import('./types.js').ByteReader}
 */
export function gunzipReader(reader) {
    const pieces = cutAtHeaders(reader);
    let member = new Member();
    let ended = false;
    /** What feeding came to: undefined while it goes on. @type {{error?: unknown, refused?: Uint8Array<ArrayBuffer>} | undefined} */
    let fed;

    /** Feeds a member to its end. @param {Member} to @param {Uint8Array<ArrayBuffer>} [first] */
    const feed = async (to, first) => {
        /** @type {Uint8Array<ArrayBuffer> | undefined} */
        let piece = first;
        try {
            for (;;) {
                piece ??= (await pieces.next()).value;
                if (!piece) break;
                await to.writer.write(piece);
                to.note(piece);
                piece = undefined;
            }
            fed = {};
            await to.writer.close();
        } catch (error) {
            fed = { error, refused: piece };
            void to.writer.abort(error).catch(() => {});
        }
    };
    let feeding = feed(member);

    /** @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} */
    const next = async () => {
        for (;;) {
            if (ended) return undefined;
            try {
                const { done, value } = await member.reader.read();
                ended = done;
                if (value) member.length += value.length;
                if (value) return /** @type {Uint8Array<ArrayBuffer>} */ (value);
            } catch (error) {
                await feeding;
                const refused = fed?.refused;
                if (!refused || nextHeader(refused, 0) !== 0 || !member.isWhole) throw judged(fed?.error ?? error);
                member = new Member();
                fed = undefined;
                feeding = feed(member, refused);
            }
        }
    };
    const close = async () => {
        await member.reader.cancel().catch(() => {});
        await reader.close();
    };
    return new PieceReader(next, close);
}

/** What DecompressionStream refuses is a TypeError; other failures are the reader's own. @param {unknown} error */
function judged(error) {
    if (!(error instanceof TypeError)) return error;
    return exportError('SOURCE_FAILED', `the gzip data is damaged or cut off: ${error.message}`, { cause: error });
}
