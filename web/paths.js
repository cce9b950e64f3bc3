// The paths that the chunks of a source have; what many chunks tell alike is kept once. Merging them is the core's.
// SPDX-License-Identifier: MIT

/** @typedef {{p: string[], k: number, w: number, n: number, f: [number, number, number]}} PathRow a path, its kinds, its width, how many
 *  values it has, and where it first appeared */

/** More paths than this are not kept: no flat format can have so many columns, and settling them fails with their count. */
const MOST_PATHS = 131072;

/** @param {number[]} one @param {number[]} other */
function isBefore(one, other) {
    const at = one.findIndex((number, place) => number !== other[place]);
    return at >= 0 && one[at] < other[at];
}

export class Paths {
    /** @type {Map<string, PathRow>} */
    #rows = new Map();

    /** @param {Set<string>} [wanted] the only paths that are kept, as JSON */
    constructor(wanted) {
        this.wanted = wanted;
    }

    /** Those that there are, as JSON. */
    get known() {
        return new Set([...this.#rows.values()].map(({ p }) => JSON.stringify(p)));
    }

    /** @param {PathRow[] | undefined} rows as loom_chunk_report tells them @param {boolean} start whether widths and values count: those of the start of the source */
    add(rows, start) {
        for (const told of rows ?? []) {
            if (this.wanted && !this.wanted.has(JSON.stringify(told.p))) continue;
            const row = start ? told : { ...told, w: 0, n: 0 };
            const key = JSON.stringify([row.p, row.k]);
            const known = this.#rows.get(key);
            if (known) this.#rows.set(key, { ...(isBefore(row.f, known.f) ? row : known), w: Math.max(row.w, known.w), n: row.n + known.n });
            else if (this.#rows.size < MOST_PATHS) this.#rows.set(key, row);
        }
    }

    clear() {
        this.#rows.clear();
    }

    /** @returns {string} JSON as loom_job_merge takes it */
    text() {
        return JSON.stringify([...this.#rows.values()]);
    }
}
