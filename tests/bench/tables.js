// The results as Markdown.
// SPDX-License-Identifier: MIT

/** @typedef {import('./runs.js').Measured} Measured */
/** @typedef {{ peer: import('./peers.js').Peer, measured: Measured | undefined }} Entry */
/** @typedef {{ rows: number, peers: Entry[] }} Size */
/** @typedef {{ format: string, source: string, sizes: Size[] }} Table */
/** @typedef {{ machine: string, versions: string[], day: string, tables: Table[], picture: boolean }} Results */

const INPUTS = { file: 'NDJSON file', memory: 'records in memory', page: 'objects of a Chromium page to a Blob' };

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0);
/** @param {number} count */
const grouped = (count) => Math.round(count).toLocaleString('en');
/** @param {number} seconds */
const spent = (seconds) => seconds.toFixed(2);
/** @param {number} seconds */
const millis = (seconds) => (seconds * 1000).toFixed(0);
/** @param {string} text */
const cell = (text) => text.replace(/\s+/g, ' ').replaceAll('|', '/').slice(0, 160);

/**
 * @param {string[]} headings a heading that ends in a colon is that of numbers
 * @param {(string | number)[][]} rows
 */
function markdown(headings, rows) {
    const rule = headings.map((heading) => (heading.endsWith(':') ? '---:' : '---'));
    const names = headings.map((heading) => heading.replace(/:$/, ''));
    return [names, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A run on one line, for whoever waits. @param {string} title @param {Measured} run */
export function line(title, { format, source, rows, runs, fault, figures }) {
    const { wall, cpu, library, longest } = figures;
    const told = [wall && `${spent(wall)} s`, cpu && `CPU ${spent(cpu)} s`, library && `library ${megabytes(library)} MB`,
        longest !== undefined && `longest block ${longest.toFixed(1)} ms`, fault].filter(Boolean);
    return `${format}, ${source}, ${grouped(rows)}, ${title}, run ${runs}: ${told.join(', ')}`;
}

/** The good result of a peer. @param {Size} size @param {string} name */
const resultOf = ({ peers }, name) => peers.find(({ peer, measured }) => peer.name === name && measured?.fault === '')?.measured;

/** How many times as much as ours. @param {number} seconds @param {number | undefined} ours */
const times = (seconds, ours) => (ours ? (seconds / ours).toFixed(2) : '');

/** @param {Entry} entry @param {Size} size @param {string} source */
function fileRow({ peer, measured }, { rows, peers }, source) {
    const most = peer.most[source];
    if (!measured) return most > 0 && rows > most && rows <= 1e6 && peers.some((one) => one.measured) ? [grouped(rows), peer.title, `not run with more than ${grouped(most)} records`] : undefined;
    const { figures: { wall, cpu, rss, library, bytes }, fault, runs } = measured;
    if (fault) return [grouped(rows), peer.title, `**${cell(fault)}**`];
    const own = resultOf({ rows, peers }, 'exportloom')?.figures;
    return [grouped(rows), peer.title, spent(wall), spent(cpu), times(wall, own?.wall), times(cpu, own?.cpu), grouped(rows / wall),
        megabytes(rss), library ? megabytes(library) : '', megabytes(bytes), runs];
}

/** @param {Table} table */
function fileTable({ format, source, sizes }) {
    const rows = sizes.flatMap((size) => size.peers.flatMap((entry) => {
        const row = fileRow(entry, size, source);
        return row ? [row] : [];
    }));
    if (rows.length === 0) return '';
    return `### ${format.toUpperCase()} from ${source === 'file' ? 'an NDJSON file' : 'records in memory'}\n\n${markdown(['records:', '', 'wall s:', 'CPU s:', 'wall, times ours:',
        'CPU, times ours:', 'records/s:', 'peak RSS MB:', 'library MB:', 'output MB:', 'runs:'], rows)}`;
}

/** @param {Table[]} tables */
function pageTable(tables) {
    const rows = tables.flatMap(({ format, sizes }) => sizes.flatMap(({ rows: count, peers }) => peers.flatMap(({ measured }) => {
        if (!measured) return [];
        if (measured.fault) return [[format.toUpperCase(), grouped(count), `**${cell(measured.fault)}**`]];
        const { wall, longest, task, over, library, grew, bytes, cold, warm } = measured.figures;
        return [[format.toUpperCase(), grouped(count), spent(wall), longest.toFixed(1), over, task.toFixed(1), megabytes(library), megabytes(grew), megabytes(bytes),
            cold ? millis(cold) : '', warm ? millis(warm) : '', measured.runs]];
    })));
    if (rows.length === 0) return '';
    return `### ${INPUTS.page[0].toUpperCase()}${INPUTS.page.slice(1)}\n\nThe browser is started anew for each run; the first export fetches and compiles the worker and its module. Process: what the page's `
        + `process, workers included, held at most beyond its objects.\n\n${markdown(['format', 'records:', 'seconds:', 'longest block of the thread, ms:', 'blocks over 16 ms:', 'longest task, CPU ms:',
            'library MB:', 'process MB:', 'output MB:', 'first export, ms:', 'warm, ms:', 'runs:'], rows)}`;
}

/** What is aimed at holds from so many records on. */
const LEAST_ROWS = 100000;

/** A peer that needs this part of what we do needs the same. */
const SAME = 0.97;

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
    { format: 'pdf', own: 'exportloom', than: 'pdfkit', what: ['wall'], least: 10 },
];

/** @param {string} text @param {boolean} met @param {string} measured */
const figure = (text, met, measured) => [text, measured, met ? 'yes' : '**no**'];

/** The largest size at which both were measured, if starting Node is not all of it. @param {Table} table @param {string} one @param {string} other */
function pairOf({ sizes }, one, other) {
    for (const size of [...sizes].reverse().filter(({ rows }) => rows >= LEAST_ROWS)) {
        const [a, b] = [resultOf(size, one), resultOf(size, other)];
        if (a && b) return { a, b, about: `from a file, ${grouped(size.rows)} records` };
    }
    return undefined;
}

/** @param {Table} table @param {string} name */
const titleOf = ({ sizes }, name) => sizes[0]?.peers.find(({ peer }) => peer.name === name)?.peer.title;

/** @param {Table} table of files */
function speedFigures(table) {
    const aims = [...AIMS.filter(({ format }) => format === table.format), { format: table.format, own: 'exportloom', than: 'exportloom1', what: ['wall'], least: 1.7 }];
    return aims.flatMap(({ own, than, what, least }) => {
        const pair = pairOf(table, own, than);
        if (!pair) return [];
        return what.map((time) => {
            const ratio = pair.b.figures[time] / pair.a.figures[time];
            return figure(`${table.format.toUpperCase()} ${pair.about}, ${time === 'cpu' ? 'CPU' : time}: ${titleOf(table, own)} at least ${least} x ${titleOf(table, than)}`,
                ratio >= least, `${ratio.toFixed(2)} x`);
        });
    });
}

/** @param {Table} table of files */
function memoryFigures(table) {
    const name = table.format.toUpperCase();
    const own = table.sizes.filter(({ rows }) => rows >= LEAST_ROWS).flatMap((size) => resultOf(size, 'exportloom') ?? []);
    if (own.length < 2) return [];
    const most = Math.max(...own.map(({ figures }) => figures.library));
    const [first, ...more] = own;
    return [
        figure(`${name} from ${grouped(first.rows)} records on: the library holds at most ${table.format === 'pdf' ? 50 : 32} MB`, most <= (table.format === 'pdf' ? 50e6 : 32e6), `${megabytes(most)} MB`),
        ...more.map(({ rows, figures }) => {
            const growth = figures.rss - first.figures.rss;
            return figure(`${name}, ${grouped(rows)} records: the process holds at most 10 MB more than with ${grouped(first.rows)}`, growth < 10e6, `${megabytes(growth)} MB`);
        }),
    ];
}

/** Time grows no faster than the records do. @param {Table} table of files */
function linearFigures({ format, sizes }) {
    const own = sizes.filter(({ rows }) => rows >= LEAST_ROWS).flatMap((size) => resultOf(size, 'exportloom') ?? []);
    const [first, last] = [own.find(({ rows }) => rows >= 1e6), own.at(-1)];
    if (!first || !last || first === last) return [];
    const factor = (last.figures.wall / first.figures.wall) / (last.rows / first.rows);
    return [figure(`${format.toUpperCase()}, time of a record with ${grouped(last.rows)} records: at most 1.1 x that with ${grouped(first.rows)}`, factor <= 1.1, `${factor.toFixed(2)} x`)];
}

/** @param {Table} table of files */
function sizeFigures(table) {
    const pair = table.format === 'xlsx' && pairOf(table, 'exportloom', 'libxlsxwriter');
    if (!pair) return [];
    const part = pair.a.figures.bytes / pair.b.figures.bytes;
    return [figure('XLSX: the file is at most 1.3 x that of libxlsxwriter', part <= 1.3, `${part.toFixed(2)} x`)];
}

/** @param {Table} table of a page */
function pageFigures({ format, sizes }) {
    return sizes.flatMap((size) => {
        const figures = resultOf(size, 'page')?.figures;
        if (!figures) return [];
        const name = `${format.toUpperCase()} in a Chromium page, ${grouped(size.rows)} objects`;
        const rows = [figure(`${name}: longest block of its thread at most 16 ms`, figures.longest <= 16, `${figures.longest.toFixed(1)} ms, CPU ${figures.task.toFixed(1)} ms`)];
        if (figures.warm) rows.push(figure(`${name}: within 150 ms when warm`, figures.warm <= 0.15, `${millis(figures.warm)} ms`));
        if (figures.cold) rows.push(figure(`${name}: the first export within 500 ms`, figures.cold <= 0.5, `${millis(figures.cold)} ms`));
        return rows;
    });
}

/** @param {Table[]} tables */
function figuresTable(tables) {
    const rows = tables.flatMap((table) => {
        if (table.source === 'file') return [...speedFigures(table), ...memoryFigures(table), ...linearFigures(table), ...sizeFigures(table)];
        return table.source === 'page' ? pageFigures(table) : [];
    });
    return rows.length === 0 ? '' : `## What is aimed at\n\n${markdown(['', 'measured:', 'met'], rows)}`;
}

const WHAT = [{ name: 'wall', title: 'wall s', shown: spent }, { name: 'cpu', title: 'CPU s', shown: spent },
    { name: 'rss', title: 'peak RSS MB', shown: megabytes }, { name: 'bytes', title: 'output MB', shown: megabytes }];

/** Where a peer needs less than exportloom with all workers does. @param {Table[]} tables */
function lossesTable(tables) {
    const rows = tables.flatMap(({ format, source, sizes }) => sizes.flatMap((size) => {
        const own = resultOf(size, 'exportloom');
        if (!own) return [];
        return size.peers.flatMap(({ peer, measured }) => {
            if (peer.own || !measured || measured.fault) return [];
            const lost = WHAT.filter(({ name }) => measured.figures[name] < SAME * own.figures[name])
                .map(({ name, title, shown }) => `${title} ${shown(own.figures[name])} against ${shown(measured.figures[name])}`);
            return lost.length === 0 ? [] : [[format.toUpperCase(), INPUTS[/** @type {'file'} */ (source)], grouped(size.rows), peer.title, lost.join('; ')]];
        });
    }));
    return rows.length === 0 ? '' : `## Where a peer needs less\n\n${markdown(['format', 'from', 'records:', 'peer', 'exportloom, all workers, against the peer'], rows)}`;
}

/** Everything, as RESULTS.md holds it. @param {Results} results */
export function report({ machine, versions, day, tables, picture }) {
    const pages = tables.filter(({ source }) => source === 'page');
    const details = [...tables.filter(({ source }) => source !== 'page').map(fileTable), pageTable(pages)].filter((block) => block !== '');
    return `${[
        '<!-- What `make bench` measured; it writes this file. SPDX-License-Identifier: MIT -->\n# Results',
        `${day}, ${machine}.\n\n${versions.join('; ')}.`,
        'Each figure is the median of as many fresh processes as `runs` says. [README.md](README.md) tells what is measured and how; what was not measured is not here.',
        picture ? '![Time and memory of exportloom over records](results.svg)' : '',
        figuresTable(tables),
        lossesTable(tables),
        details.length > 0 ? `## All that was measured\n\n"Times ours" is what the row takes divided by what exportloom with all workers takes: below 1, it is faster than we are.\n\n${details.join('\n\n')}` : '',
    ].filter((block) => block !== '').join('\n\n')}\n`;
}
