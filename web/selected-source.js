// Some of the records of a source, known by their indexes: what was rejected and is exported again.
// SPDX-License-Identifier: MIT
import { FORMS } from '../build/generated/tables.js';
import { exportError } from './errors.js';

/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */
/** @typedef {import('./chunks.js').Wish} Wish */
/** @typedef {import('./indexes.js').Indexes} Indexes */
/** @typedef {Chunk & {records: number, indexes: number[]}} Piece records that stand together in the source */

const COMMA = 0x2c;

/** More records than a source has, which fits everywhere. */
const ENDLESS = 2 ** 30;

/** A chunk that grows by pieces of one input, whose texts come one behind the other; where each stood is kept for the report. */
class Gathered {
    /** @type {Piece | null} */
    chunk = null;
    /** Of the chunk, once there are several pieces: its text has room behind it. @type {Uint8Array<ArrayBuffer> | undefined} */
    #block;

    /** @param {import('./buffers.js').Buffers} buffers */
    constructor(buffers) {
        this.buffers = buffers;
    }

    /** @param {Piece} piece */
    takes({ part }) {
        return part === this.chunk?.part;
    }

    /** @param {Piece} piece whose text is let go of, or kept as the chunk's */
    add(piece) {
        const { chunk } = this;
        if (!chunk) {
            this.chunk = { ...piece, pieces: piecesOf(piece, 0) };
            return;
        }
        const moved = (/** @type {any} */ one) => ({ ...one, ordinal: chunk.records + one.ordinal });
        chunk.lost = chunk.lost.concat(piece.lost.map(moved));
        if (piece.warnings) chunk.warnings = [...(chunk.warnings ?? []), ...piece.warnings.map(moved)];
        if (piece.text) this.#append(chunk, piece, new Uint8Array(piece.text, piece.start, piece.length));
        for (const index of piece.indexes) chunk.indexes.push(index); // very many may be too many arguments
        chunk.records += piece.records;
        chunk.bytes += piece.bytes;
        Object.assign(chunk, { position: piece.position, ends: piece.ends });
    }

    /** Two whole arrays become one: a comma takes the place of the brackets between them. @param {Chunk} chunk @param {Piece} piece @param {Uint8Array} text */
    #append(chunk, piece, text) {
        const isFirst = chunk.length === 0;
        const at = isFirst || piece.form !== FORMS.ARRAY_WHOLE ? chunk.length : chunk.length - 1;
        const block = this.#roomFor(chunk, at + text.length);
        block.set(text, at);
        if (at < chunk.length) block[at] = COMMA;
        if (isFirst) chunk.form = piece.form;
        chunk.length = at + text.length;
        chunk.pieces?.push(...piecesOf(piece, at));
        this.buffers.release(piece);
    }

    /** @param {Chunk} chunk @param {number} length */
    #roomFor(chunk, length) {
        if (this.#block && length <= this.#block.length) return this.#block;
        const block = new Uint8Array(this.buffers.takeBlock(this.#block ? 2 * length : length));
        if (chunk.text) {
            block.set(new Uint8Array(chunk.text, chunk.start, chunk.length));
            this.buffers.giveBlock(chunk.text);
        }
        Object.assign(chunk, { text: block.buffer, start: 0 });
        this.#block = block;
        return block;
    }
}

/**
 * Records of an array are counted by its commas. Where one is missing still, none of those behind is the one that it is taken for.
 * @param {Chunk} chunk that is not wanted
 * @param {number} read records before it
 */
function checkCommas({ text, start, length, form, records }, read) {
    if (!text || length === 0 || (form !== FORMS.ARRAY_FIRST && form !== FORMS.ARRAY_NEXT)) return;
    const inside = new TextDecoder().decode(new Uint8Array(text, start, length));
    try {
        if (JSON.parse(`[${form === FORMS.ARRAY_NEXT ? inside.replace(',', '') : inside}]`).length === (records ?? 1)) return;
    } catch {
        // told below
    }
    const suggestion = 'mend the array where the report of the first export says, and give it as source';
    throw exportError('NOTHING_EXPORTED', `the array is still broken, behind record ${read}`, { suggestion });
}

/** @param {Piece} piece @param {number} at where its text stands in that of the chunk */
function piecesOf({ offset, length }, at) {
    return offset === undefined || length === 0 ? [] : [{ at, offset }];
}

/** @implements {ChunkStream} */
class SelectedChunks {
    /** Records of the source that were read or skipped, the run that comes next, and what of it was given. */
    #read = 0;
    #run = 0;
    #given = 0;
    /** Read already, but not for the chunk before. @type {Piece | null} */
    #held = null;
    missing = 0;

    /**
     * @param {ChunkStream} stream all records
     * @param {Indexes} indexes
     * @param {import('./buffers.js').Buffers} buffers
     */
    constructor(stream, indexes, buffers) {
        this.stream = stream;
        this.indexes = indexes;
        this.buffers = buffers;
        this.total = stream.total;
        this.records = indexes.endless ? undefined : indexes.count;
    }

    get lone() {
        return this.stream.lone;
    }

    get version() {
        return this.stream.version;
    }

    close() {
        return this.stream.close();
    }

    /** @param {Wish} wish @returns {Promise<Chunk | null>} */
    async next(wish) {
        const gathered = new Gathered(this.buffers);
        let [records, bytes] = [0, 0];
        while (records < wish.records && (records === 0 || bytes < wish.bytes)) {
            const piece = this.#held ?? (await this.#piece({ ...wish, records: wish.records - records, bytes: wish.bytes - bytes }));
            this.#held = null;
            if (!piece) break;
            if (records > 0 && (bytes + piece.length > wish.bytes || !gathered.takes(piece))) {
                this.#held = piece;
                break;
            }
            gathered.add(piece);
            records += piece.records;
            bytes += piece.length;
            if (piece.ends) break;
        }
        return gathered.chunk;
    }

    /** The next records that stand together. @param {Wish} wish @returns {Promise<Piece | null>} */
    async #piece(wish) {
        for (;;) {
            const run = this.indexes.runs[this.#run];
            if (!run) return null;
            const before = run.first - this.#read;
            if (before > 0) {
                if (!(await this.#skip(before, wish.bytes))) return this.#ended();
                continue;
            }
            const left = this.#endOf(run) - this.#read;
            const chunk = await this.stream.next({ ...wish, records: Math.min(wish.records, left) });
            if (!chunk) return this.#ended();
            return this.#noted(chunk);
        }
    }

    /** The index behind a run. @param {{first: number, count: number}} run */
    #endOf({ first, count }) {
        const { endless, runs } = this.indexes;
        return endless && this.#run === runs.length - 1 ? ENDLESS : first + count;
    }

    /** @param {Chunk} chunk @returns {Piece} */
    #noted(chunk) {
        const { records = 1 } = chunk;
        const run = this.indexes.runs[this.#run];
        const indexes = Array.from({ length: records }, (_, at) => this.#read + at);
        this.#read += records;
        this.#given += records;
        if (this.#read >= this.#endOf(run)) this.#run += 1;
        return { ...chunk, records, indexes };
    }

    /** The source has no more records. */
    #ended() {
        const { count, endless } = this.indexes;
        this.missing = Math.max(0, count - (endless ? 1 : 0) - this.#given); // where an array broke, there need be no record
        this.#run = this.indexes.runs.length;
        return null;
    }

    /**
     * Goes over records that are not wanted, some at a time.
     * @param {number} count
     * @param {number} bytes
     */
    async #skip(count, bytes) {
        const skipped = this.stream.skip ? await this.stream.skip(count) : await this.#readOver(count, bytes);
        this.#read += skipped;
        return skipped > 0;
    }

    /** @param {number} count @param {number} bytes */
    async #readOver(count, bytes) {
        const chunk = await this.stream.next({ records: count, bytes });
        if (this.indexes.endless && chunk) checkCommas(chunk, this.#read);
        if (!chunk) return 0;
        this.buffers.release(chunk);
        return chunk.records ?? 1;
    }
}

/**
 * The source with nothing but these records; chunks of it tell the indexes of theirs.
 * @param {import('./sources.js').Origin} origin
 * @param {Indexes} indexes
 * @returns {import('./sources.js').Origin}
 */
export function selectedOrigin(origin, indexes) {
    return { ...origin, size: undefined, open: async (context) => new SelectedChunks(await origin.open(context), indexes, context.buffers) };
}
