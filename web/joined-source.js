// Several inputs as one source: the records of one after those of the other.
// SPDX-License-Identifier: MIT

/** @typedef {import('./sources.js').Origin} Origin */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */

/** @implements {ChunkStream} */
class JoinedChunks {
    #next = 0;
    #before = 0;
    #lone = 0;
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

    /**
     * @param {import('./chunks.js').Wish} wish
     * @returns {Promise<import('./chunks.js').Chunk | null>}
     */
    async next(wish) {
        for (;;) {
            if (!this.#current && !(await this.#openNext())) return null;
            const chunk = (await this.#current?.next(wish)) ?? null;
            const input = this.origins[this.#next - 1].name;
            if (chunk) return { ...chunk, input, position: this.#before + chunk.position };
            await this.close();
            this.#before += this.origins[this.#next - 1].size ?? 0;
        }
    }

    async #openNext() {
        const origin = this.origins[this.#next];
        if (!origin) return false;
        this.#next += 1;
        this.#current = await origin.open(this.context);
        return true;
    }

    async close() {
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
        again: origins.every((origin) => origin.again),
        size: totalOf(origins),
        open: async (context) => new JoinedChunks(origins, context),
    };
}
