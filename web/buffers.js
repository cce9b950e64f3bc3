// Buffers that travel to workers and back, and what all of them hold.
// SPDX-License-Identifier: MIT

/** Bytes that are read at a time, and so about the text of a chunk. */
export const BLOCK = 524288;

/** Segment buffers that are kept for the next segments. */
const MOST_SPARES = 32;

export class Buffers {
    /** Bytes of all buffers that are in use or kept. */
    held = 0;
    /** @type {ArrayBuffer[]} */
    #blocks = [];
    /** @type {ArrayBuffer[]} */
    #spares = [];

    /** @param {number} [size] at least so many bytes */
    takeBlock(size = BLOCK) {
        const kept = size <= BLOCK ? this.#blocks.pop() : undefined;
        return kept ?? this.#made(Math.max(size, BLOCK));
    }

    /** A buffer of just this size, for a text that would waste a block. @param {number} size */
    takeExact(size) {
        return this.#made(size);
    }

    /** @param {number} size */
    #made(size) {
        this.held += size;
        return new ArrayBuffer(size);
    }

    /** @param {ArrayBuffer} buffer that `takeBlock` or `takeExact` gave */
    giveBlock(buffer) {
        if (buffer.byteLength === BLOCK) this.#blocks.push(buffer);
        else this.held -= buffer.byteLength;
    }

    /** Buffers that went to a worker do not come back. @param {number} size of all of them */
    lose(size) {
        this.held -= size;
    }

    /** A buffer for a segment, if one is kept. */
    takeSpare() {
        return this.#spares.pop();
    }

    /**
     * A segment has come; if the spare was too small for it the worker made another and dropped the spare.
     * @param {number} spare bytes of the spare that was sent along
     * @param {ArrayBuffer} segment
     */
    exchange(spare, segment) {
        this.held += segment.byteLength - spare;
    }

    /** @param {ArrayBuffer} segment that was written @param {boolean} again whether nobody else looks at it any more */
    giveSpare(segment, again) {
        if (again && segment.byteLength > 0 && this.#spares.length < MOST_SPARES) this.#spares.push(segment);
        else this.held -= segment.byteLength;
    }
}
