// What values the records of a document have, merged over its chunks: what its schema is made of.
// SPDX-License-Identifier: MIT
import { SHAPES } from '../build/generated/tables.js';

/** A row of a chunk's report: the number of its parent's row or -1, its key or 0 for items, its kinds, values and objects, and the numbers of
 *  the rows whose elements followed it. @typedef {[number, string | 0, number, number, number, ...number[]]} ShapeRow */

/** What is known of a path. @typedef {{row: [number, string | 0, number, number, number], followers: Set<number>}} Shape */

const { MOST_FOLLOWERS, SCRAMBLED } = SHAPES;

/** More than so many are not kept, and the schema takes any elements. */
const MOST_SHAPES = 65536;

export class Shapes {
    /** In the order of first appearance, parents first. @type {Shape[]} */
    #shapes = [];
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
            const number = this.#numbers.get(name) ?? this.#shapes.push({ row: [above, key, 0, 0, 0], followers: new Set() }) - 1;
            this.#numbers.set(name, number);
            numbers.push(number);
            const { row } = this.#shapes[number];
            row[2] |= kinds;
            row[3] += count;
            row[4] += objects;
        }
        rows.forEach((row, at) => this.#follow(this.#shapes[numbers[at]], /** @type {number[]} */ (row.slice(5)), numbers));
        if (this.#shapes.length > MOST_SHAPES) this.clear(true);
    }

    /** @param {Shape} shape @param {number[]} followers @param {number[]} numbers */
    #follow({ row, followers: known }, followers, numbers) {
        for (const follower of followers) known.add(numbers[follower]);
        if (known.size > MOST_FOLLOWERS) row[2] |= SCRAMBLED;
        if (row[2] & SCRAMBLED) known.clear();
    }

    /** @param {boolean} [overflown] */
    clear(overflown = false) {
        this.#shapes = [];
        this.#numbers.clear();
        this.overflown = overflown;
    }

    /** As loom_job_schema takes them. @returns {string} */
    text() {
        return this.#shapes.map(({ row, followers }) => `${JSON.stringify([...row, ...followers])}\n`).join('');
    }
}
