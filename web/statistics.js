// The statistics of an export: blobs of its chunks, folded in their order into one state that any worker can go on with.
// SPDX-License-Identifier: MIT

/** Blobs are folded when so many, or so many bytes of them, have come. */
const MOST = { blobs: 64, bytes: 1048576 };

export class Statistics {
    /** Bytes that are held here. */
    held = 0;
    /** @type {ArrayBuffer | undefined} */
    #state;
    /** @type {ArrayBuffer[]} */
    #blobs = [];

    /** @param {(state: ArrayBuffer | undefined, blobs: ArrayBuffer[]) => Promise<ArrayBuffer>} fold */
    constructor(fold) {
        this.fold = fold;
    }

    /** Takes the blob of the next chunk, if it has one. @param {ArrayBuffer | undefined} blob */
    async add(blob) {
        if (!blob) return;
        this.#blobs.push(blob);
        this.held += blob.byteLength;
        if (this.#blobs.length >= MOST.blobs || this.held >= MOST.bytes + (this.#state?.byteLength ?? 0)) await this.#flush();
    }

    async #flush() {
        const blobs = this.#blobs;
        this.#blobs = [];
        this.#state = await this.fold(this.#state, blobs);
        this.held = this.#state.byteLength;
    }

    /** The state after all chunks; undefined when none had statistics. */
    async finish() {
        if (this.#blobs.length > 0) await this.#flush();
        return this.#state;
    }
}
