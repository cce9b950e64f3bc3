// The results as Markdown.
// SPDX-License-Identifier: MIT

/** @typedef {import('./files.js').FileResult} FileResult */
/** @typedef {import('./memory.js').MemoryResult} MemoryResult */

const LOOP = 'loop';

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0);
/** @param {number} count */
const grouped = (count) => Math.round(count).toLocaleString('en');

/**
 * @param {string[]} headings a heading that ends in a colon is that of numbers
 * @param {(string | number)[][]} rows
 */
function markdown(headings, rows) {
    const rule = headings.map((heading) => (heading.endsWith(':') ? '---:' : '---'));
    const names = headings.map((heading) => heading.replace(/:$/, ''));
    return [names, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * How many times as fast as the loop.
 * @param {number | undefined} seconds
 * @param {number | undefined} loop
 */
function times(seconds, loop) {
    return seconds && loop ? `${(loop / seconds).toFixed(1)} x` : '';
}

/**
 * @param {string} format
 * @param {{ rows: number, bytes: number, runs: number, peers: FileResult[] }} part
 */
export function filesTable(format, { rows, bytes, runs, peers }) {
    const loop = peers.find(({ name }) => name === LOOP);
    const lines = peers.map(({ title, fault, wall, cpu, rss, bytes: written }) => {
        if (wall === undefined || cpu === undefined || rss === undefined) {
            return [title, '', '', '', '', '', '', '', `not measured: ${fault}`];
        }
        return [title, wall.toFixed(2), cpu.toFixed(2), times(wall, loop?.wall), times(cpu, loop?.cpu), grouped(rows / wall),
            megabytes(rss), megabytes(written ?? 0), fault || 'every value'];
    });
    return `### NDJSON file to ${format.toUpperCase()} file: ${grouped(rows)} records, ${megabytes(bytes)} MB, ${medianOf(runs)}\n\n${markdown(
        ['', 'wall s:', 'CPU s:', 'to loop, wall:', 'to loop, CPU:', 'records/s:', 'peak RSS MB:', 'output MB:', 'verified'], lines)}`;
}

/** @param {{ runs: number, sizes: MemoryResult[] }} part */
export function memoryTable({ runs, sizes }) {
    return `### Memory of exportloom, ${medianOf(runs)}\n\n${markdown(['format', 'records:', 'held by the library, MB:', 'peak RSS of the process, MB:'],
        sizes.map(({ format, rows, library, rss }) => [format, grouped(rows), megabytes(library), megabytes(rss)]))}`;
}

/** @param {number} runs */
function medianOf(runs) {
    return runs === 1 ? 'one run' : `median of ${runs}`;
}

/**
 * @param {string} text
 * @param {boolean} met
 * @param {string} measured
 */
const figure = (text, met, measured) => [text, measured, met ? 'yes' : '**no**'];

/**
 * @param {string} format
 * @param {FileResult[]} peers
 */
function fileFigures(format, peers) {
    const found = (/** @type {string} */ name) => peers.find((peer) => peer.name === name && peer.wall && !peer.fault);
    const [own, loop, duckdb] = [found('exportloom'), found(LOOP), found('duckdb')];
    /** @type {string[][]} */
    const rows = [];
    for (const what of /** @type {const} */ (['wall', 'cpu'])) {
        const seconds = own?.[what];
        if (!seconds) continue;
        const compare = (/** @type {FileResult | undefined} */ peer, /** @type {string} */ target, /** @type {number} */ least) => {
            const other = peer?.[what];
            if (!other) return;
            const ratio = other / seconds;
            rows.push(figure(`${format.toUpperCase()}, ${what === 'cpu' ? 'CPU' : what}: ${target}`, ratio >= least, `${ratio.toFixed(2)} x`));
        };
        compare(loop, 'at least 4 x the JavaScript loop', 4);
        if (format === 'csv') compare(duckdb, 'faster than DuckDB with 2 threads', 1);
    }
    return rows;
}

/** @param {MemoryResult[]} sizes */
function memoryFigures(sizes) {
    const rows = [];
    for (const format of ['csv', 'json']) {
        const own = sizes.filter((size) => size.format === format);
        if (own.length === 0) continue;
        const most = Math.max(...own.map(({ library }) => library));
        const [first, last] = [own[0], own[own.length - 1]];
        rows.push(figure(`${format.toUpperCase()}: the library holds at most 32 MB`, most <= 32e6, `${megabytes(most)} MB`));
        if (own.length > 1) {
            const growth = last.rss - first.rss;
            rows.push(figure(`${format.toUpperCase()}: the process grows by less than 10 MB from ${grouped(first.rows)} to ${grouped(last.rows)}`,
                growth < 10e6, `${megabytes(growth)} MB`));
        }
    }
    return rows;
}

/** @param {Record<string, any>} results as results.json holds them */
export function figuresTable({ csv, json, memory, page, size }) {
    const rows = [
        ...(csv ? fileFigures('csv', csv.peers) : []),
        ...(json ? fileFigures('json', json.peers) : []),
        ...(memory ? memoryFigures(memory.sizes) : []),
    ];
    if (page) {
        const text = `${grouped(page.rows)} objects of a Chromium page to a CSV Blob: longest block of its thread at most 16 ms`;
        rows.push(figure(text, page.longest <= 16, `${page.longest} ms`));
    }
    if (size) rows.push(figure('the wasm module is at most 60 KB after brotli', size.brotli <= 60 * 1024, `${grouped(size.brotli)} bytes`));
    return rows.length === 0 ? '' : `### Figures\n\n${markdown(['figure', 'measured:', 'met'], rows)}`;
}
