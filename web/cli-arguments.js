// Reads the command line by the table of options.
// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OPTIONS } from '../build/generated/tables.js';
import { OWN_OPTIONS, dashed, shownOptions } from './cli-help.js';
import { exportError } from './errors.js';
import { FILE_FORMATS } from './formats.js';
import { nearestName } from './nearest.js';
import { OPTION_GROUPS, optionRow } from './options.js';

/**
 * @typedef {object} Command
 * @property {string[]} inputs
 * @property {string[]} outputs
 * @property {Record<string, any>} options of the exports
 * @property {string} [report]
 * @property {boolean} quiet
 * @property {boolean} help
 * @property {boolean} version
 */

/** Endings that name a shape of a format. */
const SHAPES = new Map([
    ['.ndjson', { format: 'json', json: { shape: 'ndjson' } }],
    ['.jsonl', { format: 'json', json: { shape: 'ndjson' } }],
]);

/** @param {string} name */
function camelCased(name) {
    return name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** @param {string} detail @param {string} [suggestion] */
function misuse(detail, suggestion) {
    return exportError('INVALID_OPTION', detail, { suggestion: suggestion ?? 'exportloom --help lists the options' });
}

/** @param {string} name without the dashes in front @param {string} [given] as it was spelled */
function unknownArgument(name, given = `--${name}`) {
    const names = [...shownOptions().map(dashed), ...OWN_OPTIONS.map(([own]) => own)];
    const nearest = nearestName(name, names);
    const suggestion = nearest ? `did you mean --${nearest}?` : 'exportloom --help lists the options';
    return exportError('UNKNOWN_OPTION', given, { suggestion });
}

/** Editors of Windows start UTF-8 with a byte order mark. @param {string} file */
function fileText(file) {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
}

/**
 * `a,b.c=Label`, or `@file.json` with an array of columns.
 * @param {string} text
 */
function columnsOf(text) {
    if (text.startsWith('@')) {
        try {
            return JSON.parse(fileText(text.slice(1)));
        } catch (error) {
            throw misuse(`--columns ${text}: ${error instanceof Error ? error.message : error}`);
        }
    }
    return text.split(',').map((part) => {
        const at = part.indexOf('=');
        return at < 0 ? part : { key: part.slice(0, at), label: part.slice(at + 1) };
    });
}

/** @param {string} name of the option @param {string} file */
function textOf(name, file) {
    try {
        return fileText(file);
    } catch (error) {
        throw misuse(`--${name} @${file}: ${error instanceof Error ? error.message : error}`);
    }
}

/** What takes the place of files that an option wants: paths or URLs. @param {string} text */
function fileOf(text) {
    return /^(https?|file):/i.test(text) ? new URL(text) : pathToFileURL(resolve(text));
}

/**
 * @param {(typeof OPTIONS)[number]} row
 * @param {string} name
 * @param {string} text
 */
function valueOf(row, name, text) {
    if (row.type === 'OBJECT') return row.name === 'fonts' ? text.split(',').map(fileOf) : fileOf(text);
    if (row.type === 'FILTER') return text.startsWith('@') ? textOf(name, text.slice(1)) : text;
    if (row.type === 'COLUMNS') return columnsOf(text);
    if (row.type === 'TEXT') return text === '\\t' ? '\t' : text;
    if (row.type === 'INTEGER' && /^\d+$/.test(text)) return Number(text);
    if (row.type === 'BOOLEAN' && (text === 'true' || text === 'false')) return text === 'true';
    if (row.type === 'ENUM' && row.range.split('|').includes(text)) return text;
    const plain = row.type === 'INTEGER' ? 'a whole number' : 'true or false';
    const wanted = row.type === 'ENUM' ? `one of ${row.range.split('|').join(', ')}` : plain;
    throw misuse(`--${name} must be ${wanted}, not ${text}`);
}

/** Goes through the arguments one by one. */
class Reading {
    /** @type {Command} */
    command = { inputs: [], outputs: [], options: {}, quiet: false, help: false, version: false };

    /** @param {string[]} words */
    constructor(words) {
        this.words = words;
    }

    read() {
        while (this.words.length > 0) {
            const word = /** @type {string} */ (this.words.shift());
            if (word === '--') this.command.inputs.push(...this.words.splice(0));
            else if (word === '-o') this.command.outputs.push(this.#value('-o', undefined));
            else if (word === '-h') this.command.help = true;
            else if (word.startsWith('--')) this.#option(word.slice(2));
            else if (word.startsWith('-') && word !== '-') throw unknownArgument(word.slice(1), word);
            else this.command.inputs.push(word);
        }
        return this.command;
    }

    /** @param {string} name with its dashes @param {string | undefined} given behind a `=` */
    #value(name, given) {
        const value = given ?? this.words.shift();
        if (value === undefined) throw misuse(`${name} needs a value`);
        return value;
    }

    /** @param {string} word */
    #option(word) {
        const at = word.indexOf('=');
        const name = at < 0 ? word : word.slice(0, at);
        const given = at < 0 ? undefined : word.slice(at + 1);
        if (OWN_OPTIONS.some(([own]) => own === name)) return this.#own(name, given);
        const row = optionRow(camelCased(name));
        if (!row || !shownOptions().includes(camelCased(name)) || name !== dashed(name)) throw unknownArgument(name);
        const text = row.type === 'BOOLEAN' ? (given ?? 'true') : this.#value(`--${name}`, given);
        const value = valueOf(row, name, text);
        if (OPTION_GROUPS.includes(row.group)) (this.command.options[row.group] ??= {})[row.name] = value;
        else this.command.options[row.name] = value;
    }

    /** @param {string} name @param {string | undefined} given */
    #own(name, given) {
        const { command } = this;
        if (name === 'quiet' || name === 'help' || name === 'version') {
            if (given !== undefined) throw misuse(`--${name} takes no value`);
            command[name] = true;
            return;
        }
        const value = this.#value(`--${name}`, given);
        if (name === 'output') command.outputs.push(value);
        else if (name === 'compression') command.options.compression = compressionOf(value);
        else if (name === 'report') command.report = value;
        else command.options.maxMemoryUsage = megabytes(value);
    }
}

/** `gzip`, `zip`, a level, or both as `zip:9`; `true` is what a format is usually packed into. @param {string} text */
function compressionOf(text) {
    const [, truth, alone, type = alone, level] = /^(?:(true|false)|(gzip|zip)|(?:(gzip|zip):)?([1-9]))$/.exec(text) ?? [];
    if (truth) return truth === 'true';
    if (!type && !level) throw misuse(`--compression must be gzip, zip, a level from 1 to 9, or both as in gzip:9, not ${text}`);
    return { ...(type && { type }), ...(level && { level: Number(level) }) };
}

/** @param {string} text */
function megabytes(text) {
    const value = Number(text);
    if (text.trim() === '' || !(value >= 16 && value <= 4096)) throw misuse('--max-memory must be 16 to 4096 megabytes');
    return Math.round(value * 1048576);
}

/**
 * @param {string[]} words
 * @returns {Command}
 */
export function readArguments(words) {
    const command = new Reading([...words]).read();
    if (command.help || command.version) return command;
    if (command.inputs.length === 0) throw misuse('no input was named');
    if (command.outputs.length === 0) throw misuse('no output was named', 'name it with -o FILE');
    if (command.report === '') throw misuse('--report needs the name of a file');
    if (command.inputs.filter((input) => input === '-').length > 1) throw misuse('standard input was named twice');
    if ([...command.outputs, command.report].filter((output) => output === '-').length > 1) throw misuse('standard output was named twice');
    return command;
}

/**
 * What the ending .gz or .zip of an output says, unless `--compression` says more.
 * @param {Record<string, any>} options
 * @param {string} output
 * @returns {Record<string, any>}
 */
function packed(options, output) {
    const { compression } = options;
    const type = { '.gz': 'gzip', '.zip': 'zip' }[extname(output).toLowerCase()];
    if (compression === false || (!compression && !type)) return options;
    const named = output === '-' ? {} : { fileName: basename(output) }; // a zip file tells it
    return { ...options, ...named, compression: type ? { type, ...(compression === true ? {} : compression) } : compression };
}

/**
 * The options of formats that none of the outputs has, as they are called on the command line.
 * @param {Command} command
 * @param {import('./types.js').ExportOptions[]} exports
 */
export function withoutEffect({ options }, exports) {
    const groups = OPTION_GROUPS.filter((group) => options[group] && !exports.some(({ format }) => format === group));
    return groups.flatMap((group) => Object.keys(options[group]).map((name) => `--${dashed(`${group}.${name}`)}`));
}

/**
 * The options of one export: the format is what `--format` says, or the output's ending.
 * @param {Command} command
 * @param {string} output
 * @returns {import('./types.js').ExportOptions}
 */
export function optionsFor(command, output) {
    const options = packed(command.options, output);
    if (options.format !== undefined) return { ...options, format: options.format };
    const ending = extname(output.replace(/\.(gz|zip)$/i, '')).toLowerCase();
    const shape = SHAPES.get(ending);
    if (shape) return { ...options, format: shape.format, json: { ...shape.json, ...options.json } };
    const format = Object.keys(FILE_FORMATS).find((name) => FILE_FORMATS[name].extension === ending);
    if (format) return { ...options, format };
    const endings = [...Object.values(FILE_FORMATS).map(({ extension }) => extension), ...SHAPES.keys()];
    throw misuse(`the format of ${basename(output)} is not known`, `use --format, or one of the endings ${endings.join(', ')}`);
}
