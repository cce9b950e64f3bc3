// Buffers that travel to workers and back, and what all of them hold.
// SPDX-License-Identifier: MIT

/** Bytes that are read at a time, and so about the text of a chunk. */
export const BLOCK = 524288;

/** Smaller blocks are made in steps of this many bytes, so that they fit other texts too. */
const STEP = 65536;

/** Blocks up to this size are kept: text that a block would hold as ASCII fits, whatever characters it has. */
const LARGEST_KEPT = 3 * BLOCK;

/** Bytes of buffers that are kept for the next texts and segments, of each kind. */
const MOST_KEPT = 4194304;

/** Buffers of one kind that wait to be used again. */
class Kept {
    bytes = 0;
    /** @type {ArrayBuffer[]} */
    #buffers = [];

    /** @param {number} [least] bytes, in blocks of at most twice as much @returns {ArrayBuffer | undefined} */
    take(least) {
        const fits = (/** @type {ArrayBuffer} */ { byteLength }) => least === undefined || (byteLength >= least && byteLength < 2 * least + STEP);
        const at = this.#buffers.findIndex(fits);
        const buffer = at < 0 ? undefined : this.#buffers.splice(at, 1)[0];
        this.bytes -= buffer?.byteLength ?? 0;
        return buffer;
    }

    /** Makes room by letting the oldest go. @param {ArrayBuffer} buffer @returns {number} bytes that are not kept any more */
    give(buffer) {
        this.#buffers.push(buffer);
        this.bytes += buffer.byteLength;
        let lost = 0;
        while (this.bytes > MOST_KEPT) {
            const { byteLength } = /** @type {ArrayBuffer} */ (this.#buffers.shift());
            this.bytes -= byteLength;
            lost += byteLength;
        }
        return lost;
    }

    /** Lets all go. @returns {number} bytes */
    clear() {
        const { bytes } = this;
        this.#buffers = [];
        this.bytes = 0;
        return bytes;
    }
}

export class Buffers {
    /** Bytes of all buffers that are in use or kept. */
    held = 0;
    #blocks = new Kept();
    #spares = new Kept();

    /** @param {number} [size] at least so many bytes */
    takeBlock(size = BLOCK) {
        return this.#blocks.take(size) ?? this.#made(Math.ceil(size / STEP) * STEP);
    }

    /** @param {number} size */
    #made(size) {
        this.held += size;
        return new ArrayBuffer(size);
    }

    /** @param {ArrayBuffer} buffer that `takeBlock` gave */
    giveBlock(buffer) {
        this.held -= buffer.byteLength > LARGEST_KEPT ? buffer.byteLength : this.#blocks.give(buffer);
    }

    /** A chunk's text once more, at the start of a block. @param {import('./chunks.js').Chunk} chunk that has one */
    copyOf({ text, start, length }) {
        const copy = this.takeBlock(length);
        new Uint8Array(copy).set(new Uint8Array(/** @type {ArrayBuffer} */ (text), start, length));
        return copy;
    }

    /** Lets go of what a chunk has for the core. @param {import('./chunks.js').Chunk} chunk */
    release(chunk) {
        if (chunk.text) this.giveBlock(chunk.text);
        chunk.text = undefined;
    }

    /** Buffers that went to a worker do not come back. @param {number} size of all of them */
    lose(size) {
        this.held -= size;
    }

    /** A buffer for a segment, if one is kept. */
    takeSpare() {
        return this.#spares.take();
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
        this.held -= again && segment.byteLength > 0 ? this.#spares.give(segment) : segment.byteLength;
    }

    /** Lets go of what is only kept, because memory is scarce. */
    trim() {
        this.held -= this.#blocks.clear() + this.#spares.clear();
    }
}
