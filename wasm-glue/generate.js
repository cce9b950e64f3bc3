// Makes the JavaScript tables from src/*.def and the enums of the C headers: node wasm-glue/generate.js SOURCES FOLDER
// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const NOTE = '// Generated from the tables in src by wasm-glue/generate.js.\n// SPDX-License-Identifier: MIT\n';

/** The tables of what modules export: those with formats, and two others. */
const EXPORTS = { formats: 'exports.def', deflate: 'core/deflate.def', validator: 'formats/xml/validator.def' };

/**
 * The rows `NAME(a, "b", ...)` of a .def file. Arguments come without their quotes; comments are skipped.
 * @param {string} text
 * @param {string} macro
 * @returns {string[][]}
 */
export function rowsOf(text, macro) {
    const bare = text.replace(/\/\*[\s\S]*?\*\//g, '');
    const rows = [];
    for (const line of bare.split('\n')) {
        if (line.trim() === '') continue;
        const row = new RegExp(`^${macro}\\((.*)\\)\\s*$`).exec(line);
        if (!row) throw new Error(`not a row of ${macro}: ${line}`);
        rows.push(argumentsOf(row[1]));
    }
    return rows;
}

/**
 * @param {string} text what stands between the parentheses of a row
 * @returns {string[]}
 */
function argumentsOf(text) {
    const values = [];
    const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|([^",]*?))\s*(?:,|$)/y;
    while (pattern.lastIndex <= text.length) {
        const found = pattern.exec(text);
        if (!found) throw new Error(`unreadable arguments: ${text}`);
        values.push(found[1] === undefined ? found[2] : JSON.parse(`"${found[1]}"`));
        if (!found[0].endsWith(',')) break;
    }
    return values;
}

/** @param {string} text a table of exports */
function exportsOf(text) {
    return rowsOf(text, 'LOOM_EXPORT').map(([name]) => name);
}

/**
 * The members of a C enum, whose values must be written out, without their common prefix.
 * @param {string} text
 * @param {string} name
 * @param {string} prefix
 * @returns {Record<string, number>}
 */
function enumOf(text, name, prefix) {
    const body = new RegExp(`enum ${name}\\s*\\{([^}]*)\\}`).exec(text.replace(/\/\*[\s\S]*?\*\//g, ''));
    if (!body) throw new Error(`there is no enum ${name}`);
    /** @type {Record<string, number>} */
    const members = {};
    for (const member of body[1].split(',').map((one) => one.trim())) {
        if (member === '') continue;
        const pair = new RegExp(`^${prefix}(\\w+)\\s*=\\s*(\\d+)$`).exec(member);
        if (!pair) throw new Error(`enum ${name}: ${member} has no value or not the prefix ${prefix}`);
        members[pair[1]] = Number(pair[2]);
    }
    return members;
}

/**
 * @param {string} name
 * @param {string} type a JSDoc type, or '' to let the value speak for itself
 * @param {unknown} value
 */
function constant(name, type, value) {
    const lead = type === '' ? '' : `/** @type {${type}} */\n`;
    return `\n${lead}export const ${name} = ${JSON.stringify(value, null, 4)};\n`;
}

/**
 * @param {(name: string) => string} read gives a file of the C sources
 * @param {string} version
 */
function tablesText(read, version) {
    const errors = ['errors.def', 'host_errors.def'].flatMap((table) => rowsOf(read(table), 'LOOM_ERROR'));
    if (new Set(errors.map(([number]) => number)).size < errors.length) throw new Error('two errors have the same number');
    const formats = rowsOf(read('formats.def'), 'LOOM_FORMAT');
    const job = read('job.h');
    const element = read('formats/xml/element.h');
    return [
        NOTE,
        constant('VERSION', 'string', version),
        constant(
            'ERRORS',
            "Record<string, { number: number, severity: 'FATAL' | 'RECORD' | 'WARNING', message: string, suggestion: string }>",
            Object.fromEntries(errors.map(([number, name, severity, message, suggestion]) => [name, { number: Number(number), severity, message, suggestion }])),
        ),
        constant(
            'ERROR_NAMES',
            'Record<number, string>',
            Object.fromEntries(errors.map(([number, name]) => [Number(number), name])),
        ),
        constant(
            'FORMATS',
            "Record<string, { extension: string, endings: string[], mimeType: string, module: string, columns: 'FLAT' | 'NESTED' }>",
            Object.fromEntries(
                formats.map(([name, endings, mimeType, module, columns]) => [
                    name,
                    { extension: endings.split(' ')[0], endings: endings.split(' '), mimeType, module, columns },
                ]),
            ),
        ),
        constant(
            'OPTIONS',
            "{ group: string, name: string, type: 'BOOLEAN' | 'INTEGER' | 'TEXT' | 'ENUM' | 'COLUMNS' | 'FILTER' | 'OBJECT'," +
                ' default: string, range: string, doc: string }[]',
            optionsOf(read('options.def')),
        ),
        constant('EXPORTS', 'Record<string, string[]>', Object.fromEntries(Object.entries(EXPORTS).map(([name, table]) => [name, exportsOf(read(table))]))),
        constant('FORMS', '', enumOf(job, 'loom_form', 'LOOM_FORM_')),
        constant('COUNTS', '', enumOf(job, 'loom_count', 'LOOM_COUNT_')),
        constant('LIMITS', '', enumOf(job, 'loom_limit', 'LOOM_LIMIT_')),
        constant('SPLITTER_FACTS', '', enumOf(read('batch/splitter.h'), 'loom_splitter_fact', 'LOOM_SPLIT_')),
        constant('SHAPES', '', {
            SCRAMBLED: enumOf(element, 'loom_xml_kind', 'LOOM_XML_').SCRAMBLED,
            ...enumOf(element, 'loom_xml_order', 'LOOM_XML_'),
        }),
    ].join('');
}

/**
 * @param {string} text options.def
 */
function optionsOf(text) {
    return rowsOf(text, 'LOOM_OPTION').map(([group, name, type, fallback, range, doc]) => ({
        group,
        name,
        type,
        default: fallback,
        range,
        doc,
    }));
}

/** The TypeScript type of an option. @param {{ name: string, type: string, range: string }} option */
function typeOf(option) {
    /** @type {Record<string, string>} */
    const plain = { BOOLEAN: 'boolean', INTEGER: 'number', TEXT: 'string' };
    if (option.type in plain) return plain[option.type];
    return option.range
        .split('|')
        .map((one) => `'${one}'`)
        .join(' | ');
}

/**
 * One typedef for each group of options. Columns and host objects are left to the code that knows their types.
 * @param {string} text options.def
 */
function typesText(text) {
    const options = optionsOf(text).filter(({ type }) => !['COLUMNS', 'FILTER', 'OBJECT'].includes(type));
    let types = NOTE;
    for (const group of new Set(options.map((option) => option.group))) {
        const title = `${group[0].toUpperCase()}${group.slice(1)}OptionValues`;
        types += `\n/**\n * @typedef {object} ${title}\n`;
        for (const option of options.filter((one) => one.group === group)) {
            const fallback = option.default === '' ? '' : ` (default: ${option.default})`;
            types += ` * @property {${typeOf(option)}} [${option.name}] ${option.doc}${fallback}\n`;
        }
        types += ' */\n';
    }
    return `${types}export {};\n`;
}

/**
 * @param {string} sources the folder of the C sources
 * @param {string} folder where the tables go
 */
function generate(sources, folder) {
    /** @param {string} name */
    const read = (name) => readFileSync(join(sources, name), 'utf8');
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'tables.js'), tablesText(read, version));
    writeFileSync(join(folder, 'options.js'), typesText(read('options.def')));
    // For the linker: what each kind of module exports, and the formats of each.
    for (const [name, table] of Object.entries(EXPORTS))
        writeFileSync(join(folder, `exports-${name}.txt`), exportsOf(read(table)).map((one) => `_${one}\n`).join(''));
    const rows = read('formats.def').match(/^LOOM_FORMAT\(.*$/gm) ?? [];
    const moduleOf = (/** @type {string} */ row) => rowsOf(row, 'LOOM_FORMAT')[0][3];
    for (const module of new Set(rows.map(moduleOf)))
        writeFileSync(join(folder, `formats-${module}.def`), rows.filter((row) => moduleOf(row) === module).join('\n') + '\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
    if (process.argv.length !== 4) throw new Error('usage: node wasm-glue/generate.js SOURCES FOLDER');
    generate(process.argv[2], process.argv[3]);
}
