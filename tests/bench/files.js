// Measures files: NDJSON to CSV or JSON, by exportloom and by its peers, the runs of all of them interleaved.
// SPDX-License-Identifier: MIT
import { rmSync, statSync } from 'node:fs';
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
 * @property {string} fault what is wrong with the output, why the peer did not run, or ''
 * @property {number} [bytes] of the output
 * @property {number} [wall] seconds
 * @property {number} [cpu] seconds
 * @property {number} [rss] peak bytes
 * @property {Measurement[]} runs
 */

/**
 * @param {string} build
 * @param {Format} format
 * @param {import('./input.js').Input} input
 * @param {import('./settings.js').Settings} settings
 * @returns {FileResult[]}
 */
export function measureFiles(build, format, input, { runs, peers: names }) {
    const peers = allPeers(build)
        .filter((peer) => peer.formats.includes(format) && (names.length === 0 || names.includes(peer.name)))
        .map((peer) => ({ peer, result: start(peer) }));
    warm(input.path);
    for (let run = 1; run <= runs; run++) {
        for (const { peer, result } of peers) {
            if (result.fault === '') measureOnce(build, format, input, peer, result);
        }
    }
    return peers.map(({ result }) => (result.runs.length > 0 ? { ...result, ...medians(result.runs) } : result));
}

/**
 * @param {Peer} peer
 * @returns {FileResult}
 */
function start(peer) {
    return { name: peer.name, title: peer.title, fault: absence(peer), runs: [] };
}

/**
 * @param {string} build
 * @param {Format} format
 * @param {import('./input.js').Input} input
 * @param {Peer} peer
 * @param {FileResult} result
 */
function measureOnce(build, format, input, peer, result) {
    const output = join(build, `output.${format}`);
    rmSync(output, { force: true });
    try {
        const measurement = measure(build, peer.command(format, input.path, output));
        result.runs.push(measurement);
        result.bytes = statSync(output).size;
        console.error(`${format}, ${peer.title}: ${measurement.wall.toFixed(2)} s, CPU ${measurement.cpu.toFixed(2)} s`);
        if (result.runs.length === 1) result.fault = faultOf(format, input.path, output, { blanks: peer.blanks });
    } catch (error) {
        result.fault = error instanceof Error ? error.message : String(error);
    }
    if (result.fault !== '') console.error(`${format}, ${peer.title}: ${result.fault}`);
    rmSync(output, { force: true });
}
