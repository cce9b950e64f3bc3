// What values the records of a document have, merged over its chunks: what its schema is made of.
// SPDX-License-Identifier: MIT

/** A row of a chunk's report: the number of its parent's row or -1, its key or 0 for items, and its kinds, values and objects.
 *  @typedef {[number, string | 0, number, number, number]} ShapeRow */

/** More than so many are not kept, and the schema takes any elements. */
const MOST_SHAPES = 65536;

export class Shapes {
    /** In the order of first appearance, parents first. @type {ShapeRow[]} */
    #rows = [];
    /** Numbers of rows by parent and key. @type {Map<string, number>} */
    #numbers = new Map();
    /** Whether there are too many. */
    overflown = false;

    /** @param {ShapeRow[] | undefined} rows as loom_chunk_report tells them */
    add(rows) {
        if (!rows || this.overflown) return;
        /** @type {number[]} */
        const numbers = [];
        for (const [parent, key, kinds, count, objects] of rows) {
            const above = parent < 0 ? -1 : numbers[parent];
            const name = `${above}${key === 0 ? '' : `.${key}`}`;
            const number = this.#numbers.get(name) ?? this.#rows.push([above, key, 0, 0, 0]) - 1;
            this.#numbers.set(name, number);
            numbers.push(number);
            const row = this.#rows[number];
            row[2] |= kinds;
            row[3] += count;
            row[4] += objects;
        }
        if (this.#rows.length > MOST_SHAPES) this.clear(true);
    }

    /** @param {boolean} [overflown] */
    clear(overflown = false) {
        this.#rows = [];
        this.#numbers.clear();
        this.overflown = overflown;
    }

    /** As loom_job_schema takes them. @returns {string} */
    text() {
        return this.#rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    }
}
