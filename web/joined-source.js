// Several inputs as one source: the records of one after those of the other.
// SPDX-License-Identifier: MIT

/** @typedef {import('./sources.js').Origin} Origin */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */

/** @implements {ChunkStream} */
class JoinedChunks {
    #next = 0;
    /** Of the inputs that were read. @type {string[]} */
    #versions = [];
    #before = 0;
    #lone = 0;
    #closed = false;
    /** @type {ChunkStream | undefined} */
    #current;

    /**
     * @param {Origin[]} origins
     * @param {import('./sources.js').SourceContext} context
     */
    constructor(origins, context) {
        this.origins = origins;
        this.context = context;
        this.total = totalOf(origins);
    }

    get lone() {
        return this.#lone + (this.#current?.lone ?? 0);
    }

    get version() {
        const told = this.#versions.length === this.origins.length && this.#versions.some((version) => version !== '');
        return told ? JSON.stringify(this.#versions) : undefined;
    }

    /**
     * @param {import('./chunks.js').Wish} wish
     * @returns {Promise<import('./chunks.js').Chunk | null>}
     */
    async next(wish) {
        for (;;) {
            if (!this.#current && !(await this.#openNext())) return null;
            const chunk = (await this.#current?.next(wish)) ?? null;
            const input = this.origins[this.#next - 1].name;
            if (chunk) return { ...chunk, input, part: this.#next, position: this.#before + chunk.position };
            this.#versions.push(this.#current?.version ?? '');
            await this.#leave();
            this.#before += this.origins[this.#next - 1].size ?? 0;
        }
    }

    async #openNext() {
        const origin = this.origins[this.#next];
        if (!origin || this.#closed) return false;
        this.#next += 1;
        const stream = await origin.open(this.context);
        if (this.#closed) await stream.close();
        else this.#current = stream;
        return !this.#closed;
    }

    close() {
        this.#closed = true;
        return this.#leave();
    }

    /** Closes the input that is read. */
    async #leave() {
        const current = this.#current;
        this.#current = undefined;
        this.#lone += current?.lone ?? 0;
        await current?.close();
    }
}

/** @param {Origin[]} origins */
function totalOf(origins) {
    let total = 0;
    for (const { size } of origins) {
        if (size === undefined) return undefined;
        total += size;
    }
    return total;
}

/**
 * @param {Origin[]} origins
 * @returns {Origin}
 */
export function joinedOrigin(origins) {
    return {
        name: origins[0]?.name,
        again: origins.every(({ again }) => again),
        afresh: origins.every(({ again, afresh }) => again || afresh === true),
        size: totalOf(origins),
        open: async (context) => new JoinedChunks(origins, context),
    };
}
