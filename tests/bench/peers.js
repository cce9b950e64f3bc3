// The peers: what exportloom is compared with, and exportloom itself. One row each.
// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNative, nativeFiles, nativeProgram } from './native.js';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../..');
export const dist = join(root, 'dist');

/** @typedef {'csv' | 'json' | 'xlsx' | 'xml' | 'pdf'} Format */

/** @type {Format[]} */
const ALL = ['csv', 'json', 'xlsx', 'xml', 'pdf'];
/** @type {Format[]} */
const TEXTS = ['csv', 'json', 'xml'];

/** A page has room for these; a table of twenty columns has none to read. */
export const PDF_COLUMNS = ['id', 'product.name', 'product.brand', 'product.sku', 'product.price', 'attributes.color.value',
    'attributes.color.confidence', 'attributes.material.value', 'reviewed'];

/** Records of the longest input that peers get, and of the longest array in memory. */
const MOST = 1000000;

/**
 * @typedef {object} Peer
 * @property {string} name short, for PEERS=
 * @property {string} title for the tables
 * @property {Format[]} formats
 * @property {(format: Format, input: string, output: string) => string[]} command the input is a file, or `records:COUNT`
 * @property {string[]} files that it is made of; a change of them makes earlier runs void
 * @property {string} [version]
 * @property {boolean} [own] it is exportloom
 * @property {Record<string, number>} most records by source; 0 where it does not take them from there
 * @property {() => void} [prepare] throws where the peer cannot run
 * @property {boolean} [blanks] its CSV does not tell empty text from null
 */

/** @param {string} name of a file in peers/ */
const path = (name) => join(here, 'peers', name);
/** Records in memory may take more than Node allows by itself. @param {string} name */
const script = (name) => (/** @type {string} */ format, /** @type {string} */ input, /** @type {string[]} */ ...more) =>
    [process.execPath, ...(input.startsWith('records:') ? ['--max-old-space-size=8192'] : []), path(name), format, input, ...more];

/**
 * exportloom with so many workers, from a file by its command line, from records in memory by a script.
 * @param {string} name
 * @param {string} title
 * @param {string} [workers]
 * @param {Partial<Peer>} [more]
 * @param {string[]} words more of the command line
 * @returns {Peer}
 */
const own = (name, title, workers, more, ...words) => ({
    name, title, formats: ALL, own: true, files: [dist, path('exportloom.js')], most: { file: Infinity, memory: MOST },
    prepare() {
        if (!existsSync(join(dist, 'cli.js'))) throw new Error('dist/cli.js is missing');
    },
    command: (format, input, output) => (input.startsWith('records:')
        ? script('exportloom.js')(format, input, output, workers ?? '')
        : exportloom(format, input, output, ...(workers ? ['--workers', workers] : []), ...words)),
    ...more,
});

/**
 * A program of peers/ with a package of npm.
 * @param {string} name
 * @param {string} title
 * @param {Format[]} formats
 * @param {string} [module]
 * @param {Partial<Peer>} [more]
 * @returns {Peer}
 */
function library(name, title, formats, module, more) {
    const manifest = module && join(root, 'node_modules', module, 'package.json');
    const version = manifest && existsSync(manifest) ? `${module} ${JSON.parse(readFileSync(manifest, 'utf8')).version}` : undefined;
    return {
        name, title, formats, version, files: [path(`${name}.js`), ...(manifest ? [manifest] : [])], most: { file: MOST, memory: MOST },
        prepare() {
            if (module && !version) throw new Error(`${module} is not installed`);
        },
        command: script(`${name}.js`),
        ...more,
    };
}

/**
 * A program of native/, which is named after the format or after what it writes.
 * @param {string} build
 * @param {string} name
 * @param {string} title
 * @param {Format[]} formats
 * @param {string} program
 * @param {string[]} [flags]
 * @param {number} [most] records
 * @returns {Peer}
 */
const native = (build, name, title, formats, program, flags, most = MOST) => ({
    name, title: `native C: yyjson and ${title}`, formats, files: nativeFiles(program), most: { file: most, memory: 0 },
    prepare: () => buildNative(build, program, flags),
    command: (...args) => [nativeProgram(build, program), ...args],
});

/**
 * @param {string} build the folder of what is built and generated
 * @returns {Peer[]} in the order of the tables
 */
export function allPeers(build) {
    const cores = availableParallelism();
    return [
        own('exportloom', `exportloom, up to ${cores} workers`),
        own('exportloom1', 'exportloom, 1 worker', '1'),
        own('validated', 'exportloom, 1 worker, xml.validate', '1', { formats: ['xml'], most: { file: MOST, memory: 0 } }, '--xml.validate'),
        library('loop', 'hand-written JavaScript loop', TEXTS),
        library('papaparse', 'Papa Parse, in batches', ['csv'], 'papaparse', { blanks: true }),
        library('hucre', 'hucre, streaming writer', ['csv', 'xlsx'], 'hucre', { blanks: true }),
        library('duckdb', `DuckDB, ${cores} threads`, ['csv', 'json'], '@duckdb/node-api', { most: { file: MOST, memory: 0 } }),
        native(build, 'native', 'stdio', ['csv', 'json'], 'text', [], Infinity),
        native(build, 'libxlsxwriter', 'libxlsxwriter, constant memory', ['xlsx'], 'xlsx', ['-lxlsxwriter']),
        library('exceljs', 'exceljs, streaming writer', ['xlsx'], 'exceljs', { most: { file: MOST, memory: 100000 } }),
        native(build, 'libxml2', 'libxml2, xmlTextWriter', ['xml'], 'xml', ['-I/usr/include/libxml2', '-lxml2']),
        library('fastxml', 'fast-xml-builder, by record', ['xml'], 'fast-xml-builder'),
        native(build, 'libharu', 'libharu, Helvetica', ['pdf'], 'pdf', ['-lhpdf']),
        library('pdfkit', 'pdfkit, by hand', ['pdf'], 'pdfkit', { most: { file: 100000, memory: 100000 } }),
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
    return [process.execPath, join(dist, 'cli.js'), input, '-o', output, '--quiet', ...columns, ...more];
}

/** Why a peer cannot run, or ''. @param {Peer} peer */
export function absence({ prepare }) {
    try {
        prepare?.();
        return '';
    } catch (error) {
        return error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    }
}
