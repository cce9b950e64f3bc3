// The runs that were measured, one line of JSON each, in build/bench/runs.jsonl: what was measured once is not measured again.
// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { medians } from './measure.js';

/**
 * One run. All times are seconds, all memory is bytes.
 * @typedef {object} Run
 * @property {string} peer
 * @property {string} made of what was measured: `markOf` its files
 * @property {string} format
 * @property {string} source file, memory or page
 * @property {number} rows
 * @property {string} [commit]
 * @property {string} [fault] why there are no figures, or what is wrong with the output
 * @property {Record<string, number>} figures comes last, so that a whole line ends in two braces
 *
 * The runs of one row of the tables.
 * @typedef {Pick<Run, 'peer' | 'made' | 'format' | 'source' | 'rows'>} Row
 * @typedef {Row & { runs: number, fault: string, figures: Record<string, number> }} Measured figures are medians
 */

/**
 * A short sum of files and folders. A run counts as long as what it measured is the same.
 * @param {string[]} paths
 */
export function markOf(paths) {
    const hash = createHash('sha256').update(process.version);
    const files = paths.flatMap((path) => (existsSync(path) && statSync(path).isDirectory()
        ? readdirSync(path).sort().filter((name) => /\.(js|wasm)$/.test(name)).map((name) => join(path, name))
        : [path]));
    for (const file of files) if (existsSync(file)) hash.update(readFileSync(file));
    return hash.digest('hex').slice(0, 12);
}

/** @param {Row} row */
const nameOf = ({ peer, made, format, source, rows }) => [peer, made, format, source, rows].join();

export class Runs {
    /** @type {Map<string, Run[]>} */
    #rows = new Map();

    /** @param {string} path */
    constructor(path) {
        this.path = path;
        const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
        if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n'); // the last run was cut off
        for (const line of text.split('\n').slice(0, -1)) if (line.endsWith('}}')) this.#keep(JSON.parse(line));
    }

    /** @param {Run} run */
    #keep(run) {
        const name = nameOf(run);
        this.#rows.set(name, [...(this.#rows.get(name) ?? []), run]);
    }

    /** @param {Run} run */
    add(run) {
        appendFileSync(this.path, `${JSON.stringify(run)}\n`);
        this.#keep(run);
    }

    /** Numbers of records that anything was measured with, rising. */
    sizes() {
        return [...new Set([...this.#rows.values()].flatMap(([{ rows }]) => rows))].sort((a, b) => a - b);
    }

    /** Without a fault. @param {Row} row */
    count(row) {
        return (this.#rows.get(nameOf(row)) ?? []).filter(({ fault }) => !fault).length;
    }

    /** The medians of a row's good runs, or its last fault; undefined where nothing was measured. @param {Row} row @returns {Measured | undefined} */
    measured(row) {
        const all = this.#rows.get(nameOf(row)) ?? [];
        const good = all.filter(({ fault }) => !fault).map(({ figures }) => figures);
        if (good.length > 0) return { ...row, runs: good.length, fault: '', figures: medians(good) };
        const last = all.at(-1);
        return last && { ...row, runs: 0, fault: last.fault ?? '', figures: last.figures };
    }
}
