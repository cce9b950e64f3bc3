// How the command line spells its options, and what it prints when it is asked for help.
// SPDX-License-Identifier: MIT
import { FILE_FORMATS } from './formats.js';
import { OPTION_GROUPS, optionNames, optionRow } from './options.js';

/** @typedef {import('./options.js').OptionRow} OptionRow */

/** Options that are the command line's own, or have another shape there: name, what follows, what it does. */
export const OWN_OPTIONS = [
    ['output', 'FILE', 'where to write to; give it again for a second export of the same input; `-` is standard output'],
    ['compression', 'gzip|zip|LEVEL', 'pack the output, also as gzip:9; LEVEL is 1 (fast) to 9 (small); the endings .gz and .zip ask for it too'],
    ['report', 'FILE', 'write the report as JSON: counts, columns, rejected records, warnings, timings; `-` is standard output'],
    ['max-memory', 'MB', 'megabytes that the library may hold (default: 50)'],
    ['quiet', '', 'print errors only'],
    ['help', '', 'print this'],
    ['version', '', 'print the version'],
];

/** Options of the library that a command line cannot give, or gives in another shape; and that shape. @type {Record<string, string>} */
const OTHERWISE = {
    compression: '--compression gzip|zip|LEVEL',
    maxMemoryUsage: '--max-memory MB',
    priority: '',
    fileName: '-o FILE',
    sink: '-o FILE',
    signal: 'Ctrl+C',
    onProgress: '',
    'pdf.thumbnails': '',
    'pdf.thumbnailColumn': '',
};

/** Which options stand together; formats' own options follow them, a section for each format. @type {[title: string, names: string[]][]} */
const SECTIONS = [
    ['Output', ['output', 'format', 'compression', 'report']],
    ['Records and columns', ['columns', 'filter', 'offset', 'limit', 'arrays', 'timeZone', 'locale']],
    ['Besides the records', ['includeStatistics', 'includeMetadata', 'includeRawData']],
    ['The run', ['onError', 'maxErrors', 'retries', 'sourceTimeout', 'workers', 'chunkSize', 'max-memory', 'quiet', 'help', 'version']],
];

const EXAMPLES = [
    'exportloom looks.ndjson -o looks.csv --columns id,product.name=Name',
    'exportloom looks.json -o looks.xlsx -o looks.pdf --include-statistics',
    'zcat looks.ndjson.gz | exportloom - -o looks.csv.gz --filter \'{"price":{"$gte":10}}\'',
];

/** What the left column holds at most before the text starts in a line of its own. */
const LEFT = 28;

/** @param {string} name such as csv.formulaGuard @returns {string} such as csv.formula-guard */
export function dashed(name) {
    return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The options of the table that the command line spells by their names. */
export function shownOptions() {
    return optionNames().filter((name) => !Object.hasOwn(OTHERWISE, name));
}

/** @param {OptionRow} row */
function valueText(row) {
    if (row.name === 'format') return ` ${Object.keys(FILE_FORMATS).join('|')}`;
    if (row.type === 'BOOLEAN') return row.default === 'true' ? '[=false]' : '';
    if (row.type === 'ENUM') return ` ${row.range}`;
    if (row.type === 'OBJECT') return row.name === 'fonts' ? ' FILE,FILE' : ' FILE';
    return { INTEGER: ' N', TEXT: ' TEXT', COLUMNS: ' a,b.c=Label | @FILE', FILTER: ' JSON | @FILE' }[row.type];
}

/** How the command line spells an option, or '' where it has no place there. @param {OptionRow} row @param {string} name */
export function argumentOf(row, name) {
    return OTHERWISE[name] ?? `--${dashed(name)}${valueText(row)}`;
}

/** @param {string} text @param {number} width */
function wrapped(text, width) {
    const lines = [''];
    for (const word of text.split(' ')) {
        const last = lines.length - 1;
        const longer = lines[last] === '' ? word : `${lines[last]} ${word}`;
        if (longer.length <= width || lines[last] === '') lines[last] = longer;
        else lines.push(word);
    }
    return lines;
}

/** @param {[string, string]} row @param {number} width */
function helpLines([left, right], width) {
    const lines = wrapped(right, width - LEFT - 3).map((line) => ' '.repeat(LEFT + 3) + line);
    if (left.length > LEFT) return [`  ${left}`, ...lines];
    return [`  ${left.padEnd(LEFT)} ${lines[0].trimStart()}`, ...lines.slice(1)];
}

/** @param {string} name of an option of the table, or of the command line's own @returns {[string, string]} */
function helpRow(name) {
    const [own, value, doc] = OWN_OPTIONS.find(([one]) => one === name) ?? [];
    if (own) return [`${own === 'output' ? '-o, ' : ''}--${own} ${value}`.trim(), doc];
    const row = /** @type {OptionRow} */ (optionRow(name));
    const fallback = row.default === '' || row.default === 'false' ? '' : ` (default: ${row.default})`;
    return [argumentOf(row, name), row.doc + fallback];
}

/** @returns {[title: string, names: string[]][]} */
function allSections() {
    const placed = new Set(SECTIONS.flatMap(([, names]) => names));
    const others = shownOptions().filter((name) => !placed.has(name));
    const groups = OPTION_GROUPS.map((group) => /** @type {[string, string[]]} */ ([group.toUpperCase(), others.filter((name) => name.startsWith(`${group}.`))]));
    const shared = others.filter((name) => !name.includes('.'));
    return [...SECTIONS, ...(shared.length > 0 ? [/** @type {[string, string[]]} */ (['More', shared])] : []), ...groups];
}

/** @param {number} [width] of a line @returns {string} */
export function helpText(width = 100) {
    const about =
        'INPUT is a file or `-`: NDJSON or a JSON array, either of them gzipped; several are exported as one. The format is the ending of' +
        ' OUTPUT, or --format. Options that are true or false are given as --name or --name=false, others as --name VALUE or --name=VALUE.';
    return [
        'exportloom INPUT... -o OUTPUT [-o OUTPUT2 ...] [options]',
        '',
        ...wrapped(about, width),
        '',
        ...EXAMPLES.map((example) => `  ${example}`),
        ...allSections().flatMap(([title, names]) => ['', title, ...names.flatMap((name) => helpLines(helpRow(name), width))]),
        '',
        'Exit status',
        '  0  complete',
        '  1  failed: no output file is left behind',
        '  2  wrong usage',
        '  3  partial: records were rejected; the file is valid and the report says which',
    ].join('\n');
}
