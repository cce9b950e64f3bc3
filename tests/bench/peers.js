// The peers: what exportloom is compared with, and exportloom itself. One row each.
// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNative, nativeProgram } from './yyjson.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const CLI = join(root, 'dist/cli.js');

/** @typedef {'csv' | 'json'} Format */

/** @type {Format[]} */
const BOTH = ['csv', 'json'];

/**
 * @typedef {object} Peer
 * @property {string} name short, for PEERS= and results.json
 * @property {string} title for the tables
 * @property {Format[]} formats
 * @property {(format: Format, input: string, output: string) => string[]} command
 * @property {string} [needs] a file without which the peer cannot run
 * @property {() => void} [prepare] throws where the peer cannot run
 * @property {boolean} [blanks] its CSV does not tell empty text from null
 */

/**
 * @param {string} name of a file in peers/
 * @returns {Peer['command']}
 */
const script = (name) => (...args) => [process.execPath, join(here, 'peers', name), ...args];
/** @param {string} name */
const installed = (name) => join(root, 'node_modules', name, 'package.json');

/**
 * @param {string} build the folder of what is built and generated
 * @returns {Peer[]} in the order of the tables
 */
export function allPeers(build) {
    const cores = availableParallelism();
    const native = nativeProgram(build);
    return [
        { name: 'exportloom', title: `exportloom, ${cores} workers`, formats: BOTH, needs: CLI, command: (_, ...files) => exportloom(...files) },
        { name: 'exportloom1', title: 'exportloom, 1 worker', formats: BOTH, needs: CLI, command: (_, ...files) => exportloom(...files, '--workers', '1') },
        { name: 'loop', title: 'hand-written JavaScript loop', formats: BOTH, command: script('loop.js') },
        { name: 'papaparse', title: 'Papa Parse, in batches', formats: ['csv'], needs: installed('papaparse'), command: script('papaparse.js'), blanks: true },
        { name: 'duckdb', title: 'DuckDB, 2 threads', formats: BOTH, needs: installed('@duckdb/node-api'), command: script('duckdb.js') },
        { name: 'native', title: 'native C: yyjson and stdio', formats: BOTH, prepare: () => buildNative(build), command: (...args) => [native, ...args] },
    ];
}

/**
 * The command line of exportloom; the format is the output's ending.
 * @param {string} input
 * @param {string} output
 * @param {...string} more
 */
export function exportloom(input, output, ...more) {
    return [process.execPath, CLI, input, '-o', output, '--quiet', ...more];
}

/**
 * Why a peer cannot run, or ''.
 * @param {Peer} peer
 */
export function absence({ needs, prepare }) {
    if (needs && !existsSync(needs)) return `${needs.slice(root.length + 1)} is missing`;
    try {
        prepare?.();
        return '';
    } catch (error) {
        return error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    }
}
