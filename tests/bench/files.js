// Measures exports from a file or from records in memory, by exportloom and by its peers, the runs of all of them interleaved.
// SPDX-License-Identifier: MIT
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { warm } from './input.js';
import { measure, medians } from './measure.js';
import { absence, allPeers } from './peers.js';
import { faultOf } from './verify.js';

/** @typedef {import('./peers.js').Peer} Peer */
/** @typedef {import('./peers.js').Format} Format */
/** @typedef {import('./measure.js').Measurement} Measurement */

/**
 * @typedef {object} FileResult
 * @property {string} name
 * @property {string} title
 * @property {boolean} own it is exportloom
 * @property {string} fault what is wrong with the output, why the peer did not run, or ''
 * @property {number} [bytes] of the output
 * @property {number} [wall] seconds
 * @property {number} [cpu] seconds
 * @property {number} [rss] peak bytes of the process
 * @property {number} [library] peak bytes that exportloom held
 * @property {Measurement[]} runs
 *
 * @typedef {object} Task
 * @property {string} build folder
 * @property {Format} format
 * @property {string} input a file, or `records:COUNT`
 * @property {number} rows
 * @property {number} runs
 * @property {(peer: Peer) => boolean} chosen
 */

/**
 * @param {Task} task
 * @returns {FileResult[]}
 */
export function measureFiles(task) {
    const inMemory = task.input.startsWith('records:');
    const peers = allPeers(task.build)
        .filter((peer) => peer.formats.includes(task.format) && task.chosen(peer) && (!inMemory || peer.objects))
        .map((peer) => ({ peer, result: start(peer, task.rows) }));
    if (!inMemory) warm(task.input);
    for (let run = 1; run <= task.runs; run++) {
        for (const { peer, result } of peers) {
            if (result.fault === '') measureOnce(task, peer, result);
        }
    }
    return peers.map(({ result }) => (result.runs.length > 0 ? { ...result, ...medians(result.runs) } : result));
}

/**
 * @param {Peer} peer
 * @param {number} rows
 * @returns {FileResult}
 */
function start(peer, rows) {
    const long = peer.most !== undefined && rows > peer.most ? `not tried with more than ${peer.most.toLocaleString('en')} records` : '';
    return { name: peer.name, title: peer.title, own: peer.own === true, fault: long || absence(peer), runs: [] };
}

/**
 * @param {Task} task
 * @param {Peer} peer
 * @param {FileResult} result
 */
function measureOnce(task, peer, result) {
    const { build, format, input, rows } = task;
    const output = join(build, `output.${format}`);
    rmSync(output, { force: true });
    try {
        const measurement = measureCommand(build, peer, peer.command(format, input, output), input);
        result.runs.push(measurement);
        result.bytes = statSync(output).size;
        console.error(`${format}, ${rows.toLocaleString('en')}, ${peer.title}: ${measurement.wall.toFixed(2)} s, CPU ${measurement.cpu.toFixed(2)} s`);
        if (result.runs.length === 1) result.fault = faultOf({ format, input, output, rows, blanks: peer.blanks });
    } catch (error) {
        result.fault = error instanceof Error ? error.message : String(error);
    }
    if (result.fault !== '') console.error(`${format}, ${peer.title}: ${result.fault}`);
    rmSync(output, { force: true });
}

/**
 * @param {string} build
 * @param {Peer} peer
 * @param {string[]} command
 * @param {string} input
 * @returns {Measurement & {library?: number}}
 */
function measureCommand(build, peer, command, input) {
    const report = join(build, 'report.json');
    const figures = join(build, 'figures.json');
    const inMemory = input.startsWith('records:');
    const told = peer.own && !inMemory ? [...command, '--report', report] : command;
    const measurement = measure(build, told, { BENCH_FIGURES: figures, BENCH_REPORT: report });
    const own = peer.own ? { library: JSON.parse(readFileSync(report, 'utf8')).peakMemoryBytes } : {};
    const timed = inMemory ? JSON.parse(readFileSync(figures, 'utf8')) : {};
    for (const file of [report, figures]) rmSync(file, { force: true });
    return { ...measurement, ...timed, ...own };
}
