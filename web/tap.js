// One source for several exports: every chunk is read once and handed to all of them.
// SPDX-License-Identifier: MIT
import { exportError, failureAgain } from './errors.js';

/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */
/** @typedef {import('./chunks.js').Wish} Wish */
/** @typedef {import('./sources.js').Origin} Origin */
/** @typedef {import('./sources.js').SourceContext} SourceContext */
/** @typedef {{wish: Wish, resolve: (chunk: Chunk | null) => void, reject: (error: unknown) => void}} Asking */

/**
 * What one export sees of the source.
 * @implements {ChunkStream}
 */
class TapStream {
    /** @type {Asking | undefined} */
    asking;
    closed = false;

    /**
     * @param {Tap} tap
     * @param {ChunkStream} source
     * @param {SourceContext} context of the export
     */
    constructor(tap, source, context) {
        this.tap = tap;
        this.source = source;
        this.buffers = context.buffers;
        this.total = source.total;
        this.records = source.records;
    }

    get lone() {
        return this.source.lone;
    }

    get version() {
        return this.source.version;
    }

    get missing() {
        return this.source.missing;
    }

    /** @param {Wish} wish @returns {Promise<Chunk | null>} */
    next(wish) {
        if (this.closed) return Promise.resolve(null);
        return new Promise((resolve, reject) => {
            this.asking = { wish, resolve, reject };
            this.tap.serve();
        });
    }

    close() {
        if (this.closed) return;
        this.closed = true;
        this.asking?.reject(exportError('CANCELLED'));
        return this.tap.leave(this);
    }
}

/**
 * Reads when every export that is still there has asked for its next chunk, and gives all of them the same one. So the slowest holds the
 * others back, and what waits is only what is on its way in each export.
 */
export class Tap {
    /** Exports that have not opened the source yet. */
    #awaited;
    /** @type {Set<TapStream>} */
    #streams = new Set();
    /** @type {Promise<ChunkStream> | undefined} */
    #opening;
    #reading = false;

    /**
     * @param {Origin} origin
     * @param {number} exports that are going to open it
     * @param {SourceContext} context buffers of the shared stream, which are given back as soon as a chunk was handed out
     */
    constructor(origin, exports, context) {
        this.origin = origin;
        this.context = context;
        this.#awaited = exports;
    }

    /**
     * The source as one of the exports sees it. What is opened a second time, because the columns of its start were not all, is a
     * stream of its own.
     * @returns {Origin & {forgo: () => void}} `forgo` is called when the export ends; the others do not wait for it any more
     */
    origins() {
        let joined = false;
        const join = () => {
            if (!joined) this.#awaited -= 1;
            joined = true;
        };
        return {
            ...this.origin,
            open: (context) => {
                if (joined) return this.origin.open(context);
                return this.#open(context, join);
            },
            forgo: () => {
                if (joined) return;
                join();
                this.serve();
                void this.#closeUnused();
            },
        };
    }

    /** Where the last export to come never opens the source, and those before it have left, nobody else closes it. */
    async #closeUnused() {
        if (this.#awaited > 0 || this.#streams.size > 0) return;
        const source = await this.#opening?.catch(() => undefined);
        await Promise.resolve(source?.close()).catch(() => {});
    }

    /** @param {SourceContext} context @param {() => void} join */
    async #open(context, join) {
        this.#opening ??= this.origin.open(this.context);
        try {
            const stream = new TapStream(this, await this.#opening, context);
            this.#streams.add(stream);
            return stream;
        } catch (error) {
            throw failureAgain(error);
        } finally {
            join();
            this.serve();
        }
    }

    /** @param {TapStream} stream */
    async leave(stream) {
        this.#streams.delete(stream);
        this.serve();
        if (this.#streams.size === 0 && this.#awaited === 0) await stream.source.close();
    }

    /** Reads the next chunk when everybody wants one. */
    serve() {
        const streams = [...this.#streams];
        if (this.#reading || this.#awaited > 0 || streams.length === 0 || streams.some(({ asking }) => !asking)) return;
        this.#reading = true;
        void this.#read(streams).finally(() => {
            this.#reading = false;
            this.serve();
        });
    }

    /** @param {TapStream[]} streams */
    async #read(streams) {
        const asking = /** @type {Asking[]} */ (streams.map((stream) => stream.asking));
        try {
            const chunk = await streams[0].source.next(joinedWish(asking.map(({ wish }) => wish)));
            this.#hand(streams, asking, chunk);
        } catch (error) {
            for (const stream of streams) stream.asking = undefined;
            for (const { reject } of asking) reject(failureAgain(error));
        }
    }

    /**
     * The text is copied, because it travels to workers.
     * @param {TapStream[]} streams
     * @param {Asking[]} asking
     * @param {Chunk | null} chunk
     */
    #hand(streams, asking, chunk) {
        streams.forEach((stream, at) => {
            stream.asking = undefined;
            if (!stream.closed) asking[at].resolve(chunk && copyOf(chunk, stream.buffers));
        });
        if (chunk) this.context.buffers.release(chunk);
    }
}

/**
 * What is right for all.
 * @param {Wish[]} wishes
 * @returns {Wish}
 */
function joinedWish(wishes) {
    return {
        records: Math.min(...wishes.map(({ records }) => records)),
        bytes: Math.min(...wishes.map(({ bytes }) => bytes)),
        exact: wishes.some(({ exact }) => exact === true),
    };
}

/**
 * @param {Chunk} chunk
 * @param {import('./buffers.js').Buffers} buffers of the export that gets it
 * @returns {Chunk}
 */
function copyOf(chunk, buffers) {
    return chunk.text ? { ...chunk, text: buffers.copyOf(chunk), start: 0 } : { ...chunk };
}
