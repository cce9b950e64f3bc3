// Writes the tables of options and errors into the pages that show them: node web/pages.js, or make pages.
// SPDX-License-Identifier: MIT
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERRORS, OPTIONS } from '../build/generated/tables.js';
import { argumentOf } from './cli-help.js';
import { ExportError } from './errors.js';
import { OPTION_GROUPS, SHARED_GROUPS, optionName } from './options.js';

/** The pages with tables. A table stands between `<!-- table: NAME -->` and `<!-- end -->`. */
export const PAGES = ['options.md', 'errors.md'];

/** @typedef {(typeof OPTIONS)[number]} OptionRow */

/** @param {string} name */
export function pageText(name) {
    return readFileSync(new URL(name, import.meta.url), 'utf8');
}

/** A cell of a table. @param {string} text */
function cell(text) {
    return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** @param {string[][]} rows the first one is the header */
function tableOf([header, ...rows]) {
    const lines = [header, header.map(() => '---'), ...rows.map((row) => row.map(cell))];
    return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** @param {string} text */
const code = (text) => `\`${text}\``;

/** The type of what JSON cannot hold, as types.js has it. @param {string} name */
function declaredType(name) {
    const found = new RegExp(`@property \\{(.+)\\} \\[?${name}\\]?(?: |$)`, 'm').exec(pageText('types.js'));
    if (!found) throw new Error(`types.js has no option ${name}`);
    return found[1].replace(/\breadonly /g, '').replace(/import\('[^']*'\)\./g, '').replace(/\bFontSource\b/g, '(bytes | URL | string)');
}

/** @param {OptionRow} row */
function valuesOf({ type, range, name }) {
    const [least, most] = range.split('..');
    if (type === 'BOOLEAN') return `${code('true')}, ${code('false')}`;
    if (type === 'INTEGER') return `whole number, ${grouped(least)} to ${grouped(most)}`;
    if (type === 'TEXT') return most === '1' ? 'text of one byte' : `text, ${least} to ${most} bytes`;
    if (type === 'ENUM') return range.split('|').map((value) => code(`'${value}'`)).join(', ');
    return code(declaredType(name));
}

/** @param {string} digits */
function grouped(digits) {
    return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** @param {OptionRow} row */
function fallbackOf({ type, default: fallback }) {
    if (fallback === '') return '';
    return code(type === 'TEXT' || type === 'ENUM' ? `'${fallback}'` : fallback);
}

/** @param {OptionRow} row */
function optionCells(row) {
    const name = optionName(row);
    const argument = argumentOf(row, name);
    return [code(name), argument && code(argument), valuesOf(row), fallbackOf(row), row.doc];
}

/** @param {string} group `shared`, or a format's name */
function optionTable(group) {
    const rows = OPTIONS.filter((row) => (group === 'shared' ? SHARED_GROUPS.includes(row.group) : row.group === group));
    if (rows.length === 0) throw new Error(`there are no options of ${group}`);
    return tableOf([['Option', 'Command line', 'Values', 'Default', 'Meaning'], ...rows.map(optionCells)]);
}

/**
 * @param {string} severity
 * @param {string} page which may have a section about a code
 */
function errorTable(severity, page) {
    const names = Object.keys(ERRORS).filter((name) => ERRORS[name].severity === severity).sort();
    const rows = names.map((name) => {
        const { message, suggestion } = ERRORS[name];
        const more = page.includes(`\n### ${name}\n`) ? `; [more](#${name.toLowerCase()})` : '';
        return [code(name), message, suggestion + more, ...(severity === 'FATAL' ? [new ExportError(name, '').retryable ? 'yes' : ''] : [])];
    });
    return tableOf([['Code', 'What it means', 'What to do', ...(severity === 'FATAL' ? ['Retry may help'] : [])], ...rows]);
}

/** The names of all tables that there are. */
export const TABLES = ['shared', ...OPTION_GROUPS].map((group) => `options ${group}`).concat(['FATAL', 'RECORD', 'WARNING'].map((one) => `errors ${one}`));

/** A page with its tables as they must be now. @param {string} text */
export function withTables(text) {
    return text.replace(/(<!-- table: (\w+) (\w+) -->\n)[^]*?(<!-- end -->)/g, (_, begin, kind, name, end) => {
        const table = kind === 'options' ? optionTable(name) : errorTable(name, text);
        return `${begin}${table}\n${end}`;
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
    for (const page of PAGES) writeFileSync(new URL(page, import.meta.url), withTables(pageText(page)));
