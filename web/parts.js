// Formats whose file has parts of limited size: chunks get their places in the order of the source, and parts are ended.
// SPDX-License-Identifier: MIT

import { isTooLarge } from './thumbnails.js';

/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('./workshop.js').Parsed} Parsed */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */

/**
 * A segment of a chunk; `turns`: it starts a part; `fresh`: pictures that stand before it.
 * @typedef {{turns: boolean, segment: SegmentReply, fresh: import('../wasm-glue/protocol.js').FreshPicture[]}} Placed
 *
 * @typedef {object} PartsContext
 * @property {string} job
 * @property {import('./workshop.js').Workshop} workshop
 * @property {import('./outlet.js').Outlet} outlet
 * @property {import('./thumbnails.js').Thumbnails} [thumbnails] where records show pictures
 */

const NO_PICTURES = { spots: [], fresh: [] };

export class Parts {
    /** Bytes that wait for the end of the part, or of the file. */
    held = 0;
    /** What only the tail must know of the parts. @type {Uint8Array<ArrayBuffer>[]} */
    ledger = [];
    /** What is in the part before the next chunk: only these numbers go from chunk to chunk. */
    #rows = 0;
    #bytes = 0;
    #links = 0;
    /** Where a format that flows has come to, over all parts. */
    #spot = { page: 0, height: 0, pieces: 0, pictures: 0 };
    /** Settles when all chunks so far have their places. @type {Promise<unknown>} */
    #seated = Promise.resolve();
    /** Nothing is placed behind a chunk with which the export ends. */
    #over = false;
    /** What the end of the part must be told of its segments: JSON. @type {string[]} */
    #infos = [];
    /** Bytes of the ledger. */
    #told = 0;
    /** What is written when the part ends. @type {[Uint8Array<ArrayBuffer>[], Uint8Array<ArrayBuffer>[]]} */
    #asides = [[], []];

    /** Pages so far, of a format that flows. */
    get pages() {
        return this.#spot.page;
    }

    /** @param {PartsContext} context @param {string} state what the head told, JSON */
    constructor(context, state) {
        this.context = context;
        this.state = state;
    }

    /**
     * Chunks are parsed side by side; each gets its place when all before it have theirs.
     * @param {Chunk} chunk
     * @param {boolean} scan
     * @returns {Promise<SegmentReply>}
     */
    async send(chunk, scan) {
        const parsing = this.context.workshop.parse(chunk, scan);
        const seating = Promise.all([parsing, this.#seated]).then(([parsed]) => this.#seat(parsed));
        seating.catch(() => {}); // it is looked at below, unless the chunk could not be parsed
        this.#seated = seating;
        const { reply, release } = await parsing;
        try {
            const { places } = await seating;
            const placed = await Promise.all(places);
            const written = placed.reduce((sum, { segment }) => sum + segment.counts.written, 0);
            const spent = placed.reduce((sum, { segment }) => sum + segment.spent, reply.spent);
            const late = reply.late === true || placed.some(({ segment }) => segment.late);
            return { ...reply, spent, counts: { ...reply.counts, written }, placed, late };
        } finally {
            release();
        }
    }

    /**
     * The segments are asked for, but not waited for.
     * @param {Parsed} parsed
     * @returns {Promise<{places: Promise<Placed>[]}>}
     */
    async #seat(parsed) {
        /** @type {Promise<Placed>[]} */
        const places = [];
        const { reply } = parsed;
        this.#over ||= reply.late === true;
        const { spots, fresh } = this.#over ? NO_PICTURES : this.#seatPictures(reply);
        for (let skip = 0; skip < reply.counts.good && !this.#over; ) {
            const fitting = await this.#fit(parsed, skip);
            const turns = fitting.take === 0 && this.#rows > 0;
            if (turns) this.#rows = this.#bytes = this.#links = 0;
            const { take, bytes, links, flow } = turns ? await this.#fit(parsed, skip) : fitting;
            const count = Math.max(1, take); // a record that is larger than a part has one of its own
            places.push(this.#place(parsed, { skip, take: count, pictures: spots }, turns, skip === 0 ? fresh : []));
            if (flow) this.#flow(new Uint32Array(flow));
            this.#rows += count;
            this.#bytes += bytes;
            this.#links += links;
            skip += count;
        }
        this.#over ||= reply.counts.ended === 1;
        return { places };
    }

    /** @param {SegmentReply} reply */
    #seatPictures(reply) {
        const seated = this.context.thumbnails?.seat(reply, this.#spot) ?? NO_PICTURES;
        this.#spot = { ...this.#spot, pictures: this.#spot.pictures + seated.fresh.length };
        return seated;
    }

    /** @param {Uint32Array} flow how records move the spot, from each height */
    #flow(flow) {
        const { page, height, pieces, pictures } = this.#spot;
        const [pages, next, more] = flow.subarray(3 * height, 3 * height + 3);
        this.#spot = { page: page + pages, height: next, pieces: pieces + more, pictures };
    }

    /**
     * What of the chunk the part has room for; most chunks fit as a whole.
     * @param {Parsed} parsed
     * @param {number} skip
     * @returns {Promise<{take: number, bytes: number, links: number, flow?: ArrayBuffer}>}
     */
    async #fit(parsed, skip) {
        const { workshop } = this.context;
        const { good, bytes, links } = parsed.reply.counts;
        const room = { rows: workshop.limits.rows - this.#rows, bytes: workshop.limits.bytes - this.#bytes };
        if (skip === 0 && good <= room.rows && bytes <= room.bytes) return { take: good, bytes, links, flow: parsed.reply.flow };
        return workshop.fit(parsed, skip, room);
    }

    /**
     * @param {Parsed} parsed
     * @param {{skip: number, take: number, pictures: import('../wasm-glue/protocol.js').Spot[]}} what
     * @param {boolean} turns
     * @param {import('../wasm-glue/protocol.js').FreshPicture[]} fresh
     * @returns {Promise<Placed>}
     */
    #place(parsed, what, turns, fresh) {
        const last = what.skip + what.take === parsed.reply.counts.good;
        const place = { ...what, rows: this.#rows, links: this.#links, last, spot: this.#spot };
        const placed = this.context.workshop.place(parsed, place).then((segment) => ({ turns, segment, fresh }));
        placed.catch(() => {}); // it is looked at with the chunk's others
        return placed;
    }

    /** Writes the segments of the next chunk. @param {Placed[]} placed */
    async commit(placed) {
        for (const { turns, segment, fresh } of placed) {
            if (turns) await this.end(true);
            if (fresh.length > 0) await this.context.thumbnails?.each(fresh, (picture, bytes) => this.#writePicture(picture, bytes));
            await this.#write(segment);
        }
    }

    /**
     * @param {import('../wasm-glue/protocol.js').FreshPicture} picture
     * @param {Uint8Array<ArrayBuffer>} [bytes] none where they could not be got
     */
    async #writePicture({ address: _, ...spot }, bytes) {
        const { workshop, job, outlet, thumbnails } = this.context;
        const large = bytes !== undefined && isTooLarge(bytes);
        const file = bytes && !large ? bytes.buffer : new ArrayBuffer(0);
        const made = await workshop.ask({ op: 'picture', job, spot, file });
        if (file.byteLength === 0 && !large) thumbnails?.warn('THUMBNAIL_FAILED');
        else if (large || made.unreadable) thumbnails?.warn('THUMBNAIL_UNREADABLE');
        this.#infos.push(made.state);
        this.held += made.state.length;
        await outlet.write(new Uint8Array(made.bytes));
    }

    /** @param {SegmentReply} segment */
    async #write({ counts: { body, aside }, bytes, length = 0, info = '', packed }) {
        if (!bytes) return;
        if (packed) return this.#writePacked(bytes, length, packed);
        this.#infos.push(info);
        this.held += info.length;
        this.#keep(0, bytes.slice(body, body + aside));
        this.#keep(1, bytes.slice(body + aside, length));
        if (body > 0) await this.context.outlet.write(new Uint8Array(bytes, 0, body));
        this.context.outlet.giveBack(bytes);
    }

    /**
     * Of a format that is text: its segments have no asides.
     * @param {ArrayBuffer} bytes
     * @param {number} length
     * @param {import('../wasm-glue/deflater.js').Packed} packed
     */
    async #writePacked(bytes, length, packed) {
        if (length > 0) await this.context.outlet.write(new Uint8Array(bytes, 0, length), packed);
        this.context.outlet.giveBack(bytes);
    }

    /** @param {0 | 1} which @param {ArrayBuffer} bytes */
    #keep(which, bytes) {
        if (bytes.byteLength === 0) return;
        this.#asides[which].push(new Uint8Array(bytes));
        this.held += bytes.byteLength;
    }

    /** Ends the part. @param {boolean} more start the next one */
    async end(more) {
        const { job, workshop, outlet } = this.context;
        const ending = `{"state":${this.state},"segments":[${this.#infos.join(',')}]}`;
        const { bytes, cuts, state, ledger } = await workshop.ask({ op: 'turn', job, ending, more });
        const [first, second] = this.#asides;
        this.#infos = [];
        this.#asides = [[], []];
        this.state = state;
        if (ledger.length > 0) this.ledger.push(ledger);
        this.#told += ledger.length;
        const made = new Uint8Array(bytes);
        const [one, other] = cuts;
        for (const piece of [made.subarray(0, one), ...first, made.subarray(one, other), ...second, made.subarray(other)])
            if (piece.length > 0) await outlet.write(piece);
        this.held = this.#told;
    }
}
