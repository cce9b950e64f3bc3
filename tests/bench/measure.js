// One measurement: a command in a fresh process, its wall and CPU seconds and its peak memory. And medians of them.
// SPDX-License-Identifier: MIT
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

const TIME = '/usr/bin/time';

/** Seconds, those of CPU are user and system; and the peak in bytes. @typedef {{ wall: number, cpu: number, rss: number }} Measurement */

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

/** What a command prints, or '' where it cannot run. @param {string} program @param {...string} words */
function said(program, ...words) {
    return spawnSync(program, words, { encoding: 'utf8' }).stdout?.trim() ?? '';
}

/** The machine that measures: nothing that names it. */
export function machine() {
    const gigabytes = Math.round(totalmem() / 1e9);
    const system = /^PRETTY_NAME="(.*)"$/m.exec(existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '')?.[1] ?? platform();
    return `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${gigabytes} GB, ${system}, Linux ${release().split('-', 1)[0]}`;
}

/** Versions of what is not from npm. */
export function systemVersions() {
    const debian = ['libxlsxwriter-dev', 'libxml2-dev', 'libhpdf-dev'].map((name) => `${name} ${said('dpkg-query', '-W', '-f=${Version}', name)}`);
    return [`Node ${process.version}`, said('chromium', '--version').split(' built', 1)[0], said('g++', '--version').split('\n', 1)[0], 'yyjson 0.9', ...debian]
        .filter((text) => /\d/.test(text));
}
