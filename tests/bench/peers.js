// The peers: what exportloom is compared with, and exportloom itself. One row each.
// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNative, nativeProgram } from './native.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const CLI = join(root, 'dist/cli.js');

/** @typedef {'csv' | 'json' | 'xlsx' | 'xml' | 'pdf'} Format */

/** @type {Format[]} */
const ALL = ['csv', 'json', 'xlsx', 'xml', 'pdf'];
/** @type {Format[]} */
const TEXTS = ['csv', 'json'];

/** A page has room for these; a table of twenty columns has none to read. */
export const PDF_COLUMNS = ['id', 'product.name', 'product.brand', 'product.sku', 'product.price', 'attributes.color.value',
    'attributes.color.confidence', 'attributes.material.value', 'reviewed'];

/**
 * @typedef {object} Peer
 * @property {string} name short, for PEERS= and results.json
 * @property {string} title for the tables
 * @property {Format[]} formats
 * @property {(format: Format, input: string, output: string) => string[]} command the input is a file, or `records:COUNT`
 * @property {boolean} [own] it is exportloom
 * @property {boolean} [objects] it takes records in memory
 * @property {number} [most] records, where more take it too long or do not end
 * @property {string} [needs] a file without which the peer cannot run
 * @property {() => void} [prepare] throws where the peer cannot run
 * @property {boolean} [blanks] its CSV does not tell empty text from null
 */

/**
 * @param {string} name of a file in peers/
 */
const script = (name) => (/** @type {string[]} */ ...args) => [process.execPath, join(here, 'peers', name), ...args];
/** @param {string} name */
const installed = (name) => join(root, 'node_modules', name, 'package.json');

/**
 * exportloom with so many workers, from a file by its command line, from records in memory by a script.
 * @param {string} [workers]
 * @param {string[]} more of the command line
 * @returns {Peer['command']}
 */
const own = (workers, ...more) => (format, input, output) =>
    input.startsWith('records:')
        ? script('exportloom.js')(format, input, output, workers ?? '')
        : exportloom(format, input, output, ...(workers ? ['--workers', workers] : []), ...more);

/**
 * A program of native/.
 * @param {string} build
 * @param {string} name
 * @param {string[]} [libraries]
 * @returns {Pick<Peer, 'prepare' | 'command'>}
 */
const native = (build, name, libraries) => ({
    prepare: () => buildNative(build, name, libraries),
    command: (...args) => [nativeProgram(build, name), ...args],
});

/**
 * @param {string} build the folder of what is built and generated
 * @returns {Peer[]} in the order of the tables
 */
export function allPeers(build) {
    const cores = availableParallelism();
    return [
        { name: 'exportloom', title: `exportloom, ${cores} workers`, formats: ALL, own: true, objects: true, needs: CLI, command: own() },
        { name: 'exportloom1', title: 'exportloom, 1 worker', formats: ALL, own: true, objects: true, needs: CLI, command: own('1') },
        { name: 'validated', title: 'exportloom, 1 worker, xml.validate', formats: ['xml'], own: true, needs: CLI, command: own('1', '--xml.validate') },
        { name: 'loop', title: 'hand-written JavaScript loop', formats: TEXTS, objects: true, command: script('loop.js') },
        { name: 'papaparse', title: 'Papa Parse, in batches', formats: ['csv'], objects: true, needs: installed('papaparse'), command: script('papaparse.js'), blanks: true },
        { name: 'duckdb', title: 'DuckDB, 2 threads', formats: TEXTS, needs: installed('@duckdb/node-api'), command: script('duckdb.js') },
        { name: 'native', title: 'native C: yyjson and stdio', formats: TEXTS, ...native(build, 'text') },
        { name: 'libxlsxwriter', title: 'native C: yyjson and libxlsxwriter, constant memory', formats: ['xlsx'], ...native(build, 'xlsx', ['-lxlsxwriter']) },
        { name: 'exceljs', title: 'exceljs, streaming writer', formats: ['xlsx'], objects: true, needs: installed('exceljs'), command: script('exceljs.js') },
        { name: 'hucre', title: 'hucre, streaming writer', formats: ['xlsx'], objects: true, needs: installed('hucre'), command: script('hucre.js') },
        { name: 'libxml2', title: 'native C: yyjson and libxml2, xmlTextWriter', formats: ['xml'], ...native(build, 'xml', ['-I/usr/include/libxml2', '-lxml2']) },
        { name: 'libharu', title: 'native C: yyjson and libharu, Helvetica', formats: ['pdf'], ...native(build, 'pdf', ['-lhpdf']) },
        { name: 'pdfkit', title: 'pdfkit, by hand', formats: ['pdf'], objects: true, needs: installed('pdfkit'), command: script('pdfkit.js') },
    ];
}

/**
 * The command line of exportloom.
 * @param {Format} format
 * @param {string} input
 * @param {string} output
 * @param {...string} more
 */
export function exportloom(format, input, output, ...more) {
    const columns = format === 'pdf' ? ['--columns', PDF_COLUMNS.join(',')] : [];
    return [process.execPath, CLI, input, '-o', output, '--quiet', ...columns, ...more];
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
