// One measurement: a command in a fresh process, its wall and CPU seconds and its peak memory. And medians of them.
// SPDX-License-Identifier: MIT
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const TIME = '/usr/bin/time';

/**
 * @typedef {object} Measurement
 * @property {number} wall seconds
 * @property {number} cpu seconds, user and system
 * @property {number} rss peak bytes
 */

/** What stands in the way of measuring, or ''. */
export function obstacle() {
    return existsSync(TIME) ? '' : `${TIME} is missing (package time)`;
}

/**
 * @param {string} folder for the figures
 * @param {string[]} command
 * @param {Record<string, string>} [environment] more of it
 * @returns {Measurement}
 */
export function measure(folder, command, environment = {}) {
    const figures = join(folder, 'time.txt');
    // What an earlier run left to be written must not slow down this one.
    execFileSync('sync');
    const started = performance.now();
    const { status, stderr, error } = spawnSync(TIME, ['-f', '%U %S %M', '-o', figures, ...command],
        { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } });
    const wall = (performance.now() - started) / 1000;
    if (status !== 0) throw new Error(`exit ${status}: ${error?.message ?? stderr.trim().slice(-500)}`);
    const [user, system, kibibytes] = readFileSync(figures, 'utf8').trim().split(' ').map(Number);
    rmSync(figures);
    return { wall, cpu: user + system, rss: kibibytes * 1024 };
}

/** @param {number[]} values */
export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median of each figure.
 * @template {Record<string, number>} Figures
 * @param {Figures[]} runs
 * @returns {Figures}
 */
export function medians(runs) {
    const names = Object.keys(runs[0]);
    return /** @type {Figures} */ (Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))])));
}

/** The machine that measures. */
export function machine() {
    return {
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        cores: availableParallelism(),
        memory: totalmem(),
        node: process.version,
    };
}
