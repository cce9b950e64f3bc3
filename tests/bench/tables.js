// The results as Markdown.
// SPDX-License-Identifier: MIT

/** @typedef {import('./files.js').FileResult} FileResult */
/** @typedef {import('./memory.js').MemoryResult} MemoryResult */

/** @typedef {{rows: number, bytes: number, runs: number, peers: FileResult[]}} Measured of one format, from a file or from memory */

/** What a peer is compared with in the tables: the first of these that was measured. */
const MEASURES = ['loop', 'libxlsxwriter', 'libxml2', 'libharu'];

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
 * How many times as fast.
 * @param {number | undefined} seconds
 * @param {number | undefined} other
 */
function times(seconds, other) {
    return seconds && other ? `${(other / seconds).toFixed(1)} x` : '';
}

/** @param {FileResult[]} peers */
function measureOf(peers) {
    return peers.find(({ name, wall }) => MEASURES.includes(name) && wall);
}

/**
 * @param {string} format
 * @param {Measured} part
 * @param {boolean} inMemory
 */
export function filesTable(format, { rows, bytes, runs, peers }, inMemory) {
    const other = measureOf(peers);
    const lines = peers.map(({ title, fault, wall, cpu, rss, library, bytes: written }) => {
        if (wall === undefined || cpu === undefined || rss === undefined) return [title, '', '', '', '', '', '', '', '', `not measured: ${fault}`];
        return [title, wall.toFixed(2), cpu.toFixed(2), times(wall, other?.wall), times(cpu, other?.cpu), grouped(rows / wall),
            megabytes(rss), library ? megabytes(library) : '', megabytes(written ?? 0), fault || 'yes'];
    });
    const source = inMemory ? 'records in memory' : `NDJSON file of ${megabytes(bytes)} MB`;
    const faster = other ? `against ${other.title}, wall:` : 'against, wall:';
    return `### ${format.toUpperCase()}, ${grouped(rows)} records, ${source}, ${medianOf(runs)}\n\n${markdown(
        ['', 'wall s:', 'CPU s:', faster, 'CPU:', 'records/s:', 'peak RSS MB:', 'library MB:', 'output MB:', 'verified'], lines)}`;
}

/** @param {{ runs: number, sizes: MemoryResult[] }} part */
export function memoryTable({ runs, sizes }) {
    return `### Memory over records, ${medianOf(runs)}\n\n${markdown(['format', 'records:', 'held by the library, MB:', 'peak RSS of the process, MB:'],
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

/** What is aimed at: exportloom at least so many times as fast as a peer. */
const AIMS = [
    { format: 'csv', own: 'exportloom', than: 'loop', what: ['wall', 'cpu'], least: 4 },
    { format: 'csv', own: 'exportloom', than: 'duckdb', what: ['wall', 'cpu'], least: 1 },
    { format: 'csv', own: 'exportloom', than: 'native', what: ['cpu'], least: 1 },
    { format: 'json', own: 'exportloom', than: 'loop', what: ['wall', 'cpu'], least: 4 },
    { format: 'json', own: 'exportloom', than: 'native', what: ['cpu'], least: 1 },
    { format: 'xlsx', own: 'exportloom1', than: 'libxlsxwriter', what: ['cpu'], least: 3 },
    { format: 'xlsx', own: 'exportloom', than: 'exceljs', what: ['wall'], least: 6 },
    { format: 'xlsx', own: 'exportloom', than: 'hucre', what: ['wall'], least: 6 },
    { format: 'xml', own: 'exportloom1', than: 'libxml2', what: ['cpu'], least: 3 },
    { format: 'xml', own: 'validated', than: 'libxml2', what: ['cpu'], least: 1 },
    { format: 'pdf', own: 'exportloom1', than: 'libharu', what: ['cpu'], least: 1 },
];

/** Two workers against one, in wall time. */
const LEAST_GAIN = 1.7;

/** The largest size at which both were measured. @param {Measured[]} sizes @param {string} one @param {string} other */
function pairOf(sizes, one, other) {
    const found = (/** @type {Measured} */ { peers }, /** @type {string} */ name) => peers.find((peer) => peer.name === name && peer.wall && !peer.fault);
    for (const size of [...sizes].reverse()) {
        const [a, b] = [found(size, one), found(size, other)];
        if (a && b) return { rows: size.rows, a, b };
    }
    return undefined;
}

/** @param {Record<string, Measured[]>} files by format */
function fileFigures(files) {
    /** @type {string[][]} */
    const rows = [];
    for (const { format, own, than, what, least } of AIMS) {
        const pair = pairOf(files[format] ?? [], own, than);
        for (const time of /** @type {('wall' | 'cpu')[]} */ (pair ? what : [])) {
            const ratio = (pair?.b[time] ?? 0) / (pair?.a[time] ?? 1);
            const text = `${format.toUpperCase()}, ${grouped(pair?.rows ?? 0)} records, ${time === 'cpu' ? 'CPU' : time}: ${pair?.a.title} at least ${least} x ${pair?.b.title}`;
            rows.push(figure(text, ratio >= least, `${ratio.toFixed(2)} x`));
        }
    }
    for (const [format, sizes] of Object.entries(files)) {
        const pair = pairOf(sizes, 'exportloom', 'exportloom1');
        const gain = (pair?.b.wall ?? 0) / (pair?.a.wall ?? 1);
        if (pair) rows.push(figure(`${format.toUpperCase()}, ${grouped(pair.rows)} records, wall: all workers at least ${LEAST_GAIN} x one`, gain >= LEAST_GAIN, `${gain.toFixed(2)} x`));
    }
    const sizes = pairOf(files.xlsx ?? [], 'exportloom', 'libxlsxwriter');
    const part = (sizes?.a.bytes ?? 0) / (sizes?.b.bytes ?? 1);
    if (sizes) rows.push(figure('XLSX: the file is at most 1.3 x that of libxlsxwriter', part <= 1.3, `${part.toFixed(2)} x`));
    return rows;
}

/** @param {MemoryResult[]} sizes */
function memoryFigures(sizes) {
    const rows = [];
    for (const format of new Set(sizes.map((size) => size.format))) {
        const own = sizes.filter((size) => size.format === format);
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

/** @param {{ name: string, bytes: number, brotli: number, limit: number }[]} modules */
function sizeFigures(modules) {
    return modules.map(({ name, brotli, limit }) => figure(`the wasm module ${name} is at most ${grouped(limit)} bytes after brotli`, brotli <= limit, `${grouped(brotli)} bytes`));
}

/** @param {Record<string, any>} results as results.json holds them */
export function figuresTable({ files, memory, page, size }) {
    const rows = [...fileFigures(files ?? {}), ...(memory ? memoryFigures(memory.sizes) : [])];
    if (page) {
        const text = `${grouped(page.rows)} objects of a Chromium page to a CSV Blob: longest block of its thread at most 16 ms`;
        rows.push(figure(text, page.longest <= 16, `${page.longest} ms`));
    }
    if (size) rows.push(...sizeFigures(size));
    return rows.length === 0 ? '' : `### Figures\n\n${markdown(['figure', 'measured:', 'met'], rows)}`;
}

/** Everything, as RESULTS.md holds it. @param {Record<string, any>} results */
export function report(results) {
    const { cpu, cores, memory, node, versions } = results.machine;
    const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ');
    const blocks = [`Measured on ${results.measuredAt.slice(0, 10)} on ${cores} cores (${cpu}), ${(memory / 1e9).toFixed(0)} GB, Node ${node}. Peers: ${peers}.`];
    blocks.push(figuresTable(results));
    for (const [part, inMemory] of /** @type {const} */ ([['files', false], ['objects', true]]))
        for (const [format, sizes] of Object.entries(results[part] ?? {}))
            blocks.push(...sizes.map((/** @type {Measured} */ one) => filesTable(format, one, inMemory)));
    if (results.memory) blocks.push(memoryTable(results.memory));
    return blocks.filter((block) => block !== '').join('\n\n');
}
