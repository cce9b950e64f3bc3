// Which records of a source are meant, as runs of their indexes.
// SPDX-License-Identifier: MIT

/** Runs that are kept: a Megabyte of numbers at most. */
const MOST_RUNS = 65536;

export class Indexes {
    /** Runs in ascending order: the first index of each, and how many follow one another. @type {{first: number, count: number}[]} */
    runs = [];
    /** How many there are. */
    count = 0;
    /** Whether some had to be left out, because nobody told them or there were too many runs. */
    gaps = false;
    /** Whether the last one is the broken place of an array: all that follows it is meant too, since nobody has read it. */
    endless = false;

    /** @param {number} index behind all others */
    add(index) {
        const last = this.runs.at(-1);
        if (last && last.first + last.count === index) last.count += 1;
        else if (this.runs.length < MOST_RUNS) this.runs.push({ first: index, count: 1 });
        else {
            this.gaps = true;
            return;
        }
        this.count += 1;
    }

    /** @param {Indexes[]} all @returns {Indexes} what is in any of them */
    static union(all) {
        const union = new Indexes();
        const runs = all.flatMap((one) => one.runs).sort((one, other) => one.first - other.first);
        let next = 0;
        for (const { first, count } of runs) {
            for (let index = Math.max(first, next); index < first + count; index += 1) union.add(index);
            next = Math.max(next, first + count);
        }
        union.gaps ||= all.some(({ gaps }) => gaps);
        union.endless = all.some(({ endless }) => endless);
        return union;
    }
}
