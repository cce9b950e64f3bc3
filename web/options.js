// Checks the options of an export by the table of options and parts them into the host's and the core's.
// SPDX-License-Identifier: MIT
import { OPTIONS } from '../build/generated/tables.js';
import { isTextual, memberCompression, readCompression } from './compression.js';
import { exportError } from './errors.js';
import { filled, isOptions } from './filled.js';
import { areFonts, isFile } from './fonts.js';
import { findFormat, ROWS } from './formats.js';
import { givenFilter, queryText } from './filter.js';
import { nearestName } from './nearest.js';
import { pluginOptions, pluginRequest, toldOptions } from './plugins.js';

/** @typedef {(typeof OPTIONS)[number]} OptionRow */

/**
 * The host's options, checked, with defaults where there are any.
 * @typedef {object} HostSettings
 * @property {number} limit Infinity when there is none
 * @property {number} offset
 * @property {boolean} filters whether there is a filter
 * @property {number} [chunkSize]
 * @property {number} maxMemoryUsage
 * @property {number} [workers]
 * @property {'skip' | 'fail'} onError
 * @property {number} maxErrors Infinity when there is none
 * @property {number} retries
 * @property {number} sourceTimeout milliseconds; 0: any time
 * @property {string} [fileName]
 * @property {AbortSignal} [signal]
 * @property {(progress: import('./types.js').ExportProgress) => void} [onProgress]
 * @property {import('./types.js').ExportOptions['sink']} [sink]
 */

/**
 * @typedef {object} PluginSettings
 * @property {import('./types.js').FormatPlugin} format
 * @property {Record<string, unknown>} options its own
 * @property {import('../wasm-glue/protocol.js').PluginModule} [module]
 * @property {boolean} inline whether it runs on this thread
 */

/**
 * @typedef {object} Settings
 * @property {string} format
 * @property {import('./formats.js').FormatFacts} facts of the format
 * @property {PluginSettings} [plugin] of a registered format
 * @property {HostSettings} host
 * @property {string} core JSON for loom_job_options
 * @property {import('./compression.js').Compression} compression
 * @property {readonly (string | import('./types.js').Column)[]} [columns] as they were given
 * @property {boolean} metadata whether the audit trail is asked for
 * @property {boolean} statistics whether statistics are asked for
 * @property {boolean} schema whether a schema is made as a second file
 * @property {boolean} validate whether all that is written is validated
 * @property {boolean} excel whether a text is made for a spreadsheet
 * @property {boolean} raw whether the records' own JSON is asked for
 * @property {{fonts?: import('./files.js').FileSource[], logo?: import('./files.js').FileSource}} files of the format pdf
 * @property {{column: string, source: import('./types.js').ThumbnailSource}} [thumbnails] of the records of a PDF
 * @property {Record<string, unknown>} given what JSON can hold of the options
 */

/** Options that are objects with a life of their own. */
const LIVING = ['sink', 'signal'];

/** Deeper than this is no option. */
const MOST_LEVELS = 100;

/**
 * The options as they are now, whatever becomes of their owner's objects while the export waits for its turn.
 * @template T
 * @param {T} value @param {number} [level]
 * @param {Map<object, any>} [known] copies of objects, of which those that lead to each other are many otherwise
 * @returns {T}
 */
export function optionsNow(value, level = 0, known = new Map()) {
    if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return value;
    if (known.has(value)) return known.get(value);
    const isList = Array.isArray(value);
    const prototype = Object.getPrototypeOf(value);
    if (!isList && prototype !== Object.prototype && prototype !== null) return value;
    const now = /** @type {any} */ (isList ? new Array(value.length) : {});
    known.set(value, now);
    for (const [name, one] of Object.entries(value)) {
        const copy = level === 0 && LIVING.includes(name) ? one : optionsNow(one, level + 1, known);
        Object.defineProperty(now, name, { value: copy, enumerable: true, writable: true, configurable: true }); // `__proto__` is a name like others
    }
    return now;
}

/** In the queue; what is no number is told by the export itself. @param {{priority?: unknown} | null | undefined} options */
export function priorityOf(options) {
    return (typeof options?.priority === 'number' && options.priority) || 0;
}

/** Groups of options that every format has. */
export const SHARED_GROUPS = ['export', 'host'];

/** Names of formats' groups that the table knows. */
export const OPTION_GROUPS = [...new Set(OPTIONS.map((row) => row.group))].filter((group) => !SHARED_GROUPS.includes(group));

/** @param {string} name as the command line and messages write it, such as `limit` or `csv.header` */
export function optionRow(name) {
    const at = name.indexOf('.');
    const [group, option] = at < 0 ? [undefined, name] : [name.slice(0, at), name.slice(at + 1)];
    return OPTIONS.find((row) => row.name === option && (SHARED_GROUPS.includes(row.group) ? group === undefined : row.group === group));
}

/** The name by which `optionRow` finds a row. @param {OptionRow} row */
export function optionName(row) {
    return SHARED_GROUPS.includes(row.group) ? row.name : `${row.group}.${row.name}`;
}

/** Every name that `optionRow` knows. */
export function optionNames() {
    return OPTIONS.map(optionName);
}

/** @param {string} name @param {unknown} format whose own options come first */
function unknownOption(name, format) {
    if (name === 'sort') return exportError('UNKNOWN_OPTION', name, { suggestion: 'an export keeps the order of its source; sort the records before' });
    const own = `${format}.${name}`.toLowerCase();
    const option = name.slice(name.indexOf('.') + 1);
    const shared = name !== option && optionRow(option) ? option : undefined; // which stands beside the group
    const nearest = optionNames().find((one) => one.toLowerCase() === own) ?? shared ?? nearestName(name, [...optionNames(), ...OPTION_GROUPS]);
    const group = nearest === name ? name.slice(0, name.indexOf('.')) : '';
    const suggestion = group ? `write it as { ${group}: { ${option} } }` : nearest && `did you mean ${nearest}?`;
    return exportError('UNKNOWN_OPTION', suggestion ? `${name}; ${suggestion}` : name, { suggestion });
}

/**
 * @param {OptionRow} row
 * @param {string} wanted
 * @param {string} [suggestion]
 */
function invalidOption(row, wanted, suggestion) {
    return exportError('INVALID_OPTION', `${optionName(row)} must be ${wanted}`, { suggestion });
}

/** @param {OptionRow} row @param {unknown} value */
function checkInteger(row, value) {
    const [least, most] = row.range.split('..').map(Number);
    if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most)
        throw invalidOption(row, `an integer from ${least} to ${most}`);
}

/** @param {OptionRow} row @param {unknown} value */
function checkText(row, value) {
    const [shortest, longest] = row.range.split('..').map(Number);
    const length = typeof value === 'string' ? new TextEncoder().encode(value).length : -1;
    if (length < shortest || length > longest) throw invalidOption(row, longest === 1 ? 'text of one byte' : `text of ${shortest} to ${longest} bytes`);
}

/** @type {Record<string, (value: any) => boolean>} */
const OBJECT_CHECKS = {
    signal: (value) => typeof value === 'object' && typeof value.addEventListener === 'function' && 'aborted' in value,
    onProgress: (value) => typeof value === 'function',
    sink: () => true, // checked by findSink
    compression: () => true, // checked by readCompression
    fonts: areFonts,
    logo: isFile,
    thumbnails: (value) => typeof value === 'function',
};

/**
 * @param {OptionRow} row of the group `host`
 * @param {unknown} value
 */
function checkHost(row, value) {
    if (row.type === 'INTEGER') checkInteger(row, value);
    else if (row.type === 'TEXT') checkText(row, value);
    else if (row.type === 'OBJECT' && !OBJECT_CHECKS[row.name](value)) throw invalidOption(row, row.doc);
}

/** An option of every format that others than `readOptions` need too. @param {string} name @param {unknown} value */
export function checkOption(name, value) {
    const row = optionRow(name);
    if (row && value !== undefined && value !== null) checkHost(row, value);
}

/** That there is such an option, and such a value where it has a few names to choose from. @param {string} name @param {unknown} value @param {any} options */
function checkChoice(name, value, { format }) {
    const row = optionRow(name);
    if (!row) throw unknownOption(name, format);
    const names = row.range.split('|');
    if (row.type !== 'ENUM' || value === undefined || value === null || names.includes(/** @type {any} */ (value))) return;
    const nearest = typeof value === 'string' ? nearestName(value, names) : undefined;
    throw invalidOption(row, `one of ${names.join(', ')}`, nearest && `did you mean '${nearest}'?`);
}

/**
 * The options that are set, with the names inside of the formats' groups checked.
 * @param {object} options
 * @param {import('./formats.js').Registered} registered
 */
function present(options, registered) {
    const entries = Object.entries(filled(options));
    for (const [name, value] of entries) {
        if (registered.has(name)) continue;
        if (name.includes('.')) throw unknownOption(name, /** @type {any} */ (options).format);
        if (!OPTION_GROUPS.includes(name)) checkChoice(name, value, options);
        else if (!isOptions(value)) throw exportError('INVALID_OPTION', `${name} must be an object of options`);
        else for (const [inner, one] of Object.entries(value)) checkChoice(`${name}.${inner}`, one, options);
    }
    return entries;
}

/** Types that columns can have. */
const COLUMN_TYPES = ['text', 'integer', 'number', 'boolean', 'date', 'datetime', 'json'];

/** The core checks it too, but does not tell what was meant. @param {any} column */
function checkType({ type }) {
    if (typeof type !== 'string' || COLUMN_TYPES.includes(type)) return;
    const nearest = nearestName(type, COLUMN_TYPES);
    const suggestion = nearest && `did you mean '${nearest}'?`;
    throw exportError('INVALID_OPTION', `columns: type must be one of ${COLUMN_TYPES.join(', ')}`, { suggestion });
}

/** Members of columns count as left out like options do. @param {unknown} columns */
function filledColumns(columns) {
    if (!Array.isArray(columns)) return columns;
    if (columns.includes(null) || columns.includes(undefined)) throw exportError('INVALID_OPTION', 'columns: each one must be a key or an object with a key');
    columns.forEach(checkType);
    return columns.map((column) => (typeof column === 'object' ? filled(column) : column));
}

/** @param {string} timeZone */
function checkTimeZone(timeZone) {
    try {
        new Intl.DateTimeFormat('en', { timeZone });
    } catch {
        const nearest = nearestName(timeZone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
        const suggestion = nearest ? `did you mean ${nearest}?` : 'use a name such as Europe/Berlin';
        throw exportError('INVALID_OPTION', `there is no timeZone "${timeZone}"; ${suggestion}`, { suggestion });
    }
}

/** @param {string} locale */
function isLocale(locale) {
    try {
        return Intl.DateTimeFormat.supportedLocalesOf([locale]).length > 0;
    } catch {
        return false;
    }
}

/** @param {string} locale */
function checkLocale(locale) {
    if (isLocale(locale)) return;
    const other = [locale.replaceAll('_', '-'), locale.split(/[-_.]/)[0]].find(isLocale);
    const suggestion = other ? `did you mean ${other}?` : 'use a language tag such as de-DE';
    throw exportError('INVALID_OPTION', `there is no locale "${locale}"; ${suggestion}`, { suggestion });
}

/** What the runtime's tables know and C does not. @param {Record<string, unknown>} core */
function checkRegion({ timeZone, locale }) {
    if (typeof timeZone === 'string' && timeZone !== '') checkTimeZone(timeZone);
    if (typeof locale === 'string' && locale !== '') checkLocale(locale);
}

/** @param {Record<string, unknown>} given the options of JavaScript's own */
function hostSettings(given) {
    /** @type {Record<string, unknown>} */
    const host = { limit: Infinity, maxErrors: Infinity };
    for (const row of OPTIONS.filter(({ group }) => group === 'host')) {
        const value = given[row.name];
        if (value !== undefined) checkHost(row, value);
        if (value !== undefined) host[row.name] = value;
        else if (row.default !== '') host[row.name] = row.type === 'INTEGER' ? Number(row.default) : row.default;
    }
    return /** @type {HostSettings} */ (/** @type {unknown} */ (host));
}

/**
 * The level of a format that compresses by itself; its own option comes first.
 * @param {Record<string, any>} core
 * @param {string} format
 * @param {number} level
 */
function setLevel(core, format, level) {
    if (!optionRow(`${format}.level`)) throw exportError('INVALID_OPTION', `compression.level has no effect on ${format}`);
    core[format] = { level, ...filled(core[format] ?? {}) };
}

/**
 * The options without what JSON cannot hold.
 * @param {Record<string, any>} options
 */
function withoutFiles(options) {
    if (!options.pdf) return options;
    const { fonts, logo, thumbnails, ...pdf } = options.pdf;
    return { ...options, pdf };
}

/** @param {any} pdf the options of the format */
function filesOf(pdf) {
    const { fonts = undefined, logo = undefined, thumbnails = undefined } = pdf ?? {};
    for (const [name, value] of Object.entries({ fonts, logo, thumbnails })) {
        const row = /** @type {OptionRow} */ (optionRow(`pdf.${name}`));
        if (value !== undefined && value !== null && !OBJECT_CHECKS[name](value)) throw invalidOption(row, row.doc);
    }
    return { fonts: fonts ?? undefined, logo: logo ?? undefined };
}

/** The key of the column that has the addresses of pictures, where the options name none. */
const PICTURE_KEY = 'imageUrl';

/**
 * Pictures of the records, which only a function of the caller can get; the core is told their column.
 * @param {Record<string, any>} core
 */
function thumbnailsOf(core) {
    const { thumbnails: source, thumbnailColumn } = core.pdf ?? {};
    if (!source && thumbnailColumn) throw exportError('INVALID_OPTION', 'pdf.thumbnailColumn needs pdf.thumbnails, a function that gets the bytes of a picture');
    if (!source || core.format !== 'pdf') return undefined;
    const column = thumbnailColumn || PICTURE_KEY;
    core.pdf = { ...core.pdf, thumbnailColumn: column };
    return { column, source };
}

/** Escapes of JSON for what the core's texts, which end at a NUL and are UTF-8, cannot be. */
const UNFIT = /\\u(?:0000|d[89a-f])/;

/**
 * The audit trail as the core reads it: it tells of texts that need not be fit for the core, such as names of files and values of filters.
 * @param {object} metadata
 * @returns {string} JSON
 */
export function metadataText(metadata) {
    const text = JSON.stringify(metadata);
    return UNFIT.test(text) ? text.replaceAll(/\\\\|\\u(?:0000|d[89a-f]..)/g, (found) => (found === '\\\\' ? found : '\ufffd')) : text;
}

/**
 * What JSON leaves out or writes as something else, such as a Date, reaches the core as an object, which it refuses as a value of any option.
 * @this {any}
 * @param {string} name @param {any} value
 */
function refusable(name, value) {
    const own = this[name];
    if (typeof own === 'number') return Number.isFinite(own) ? value : {};
    if (typeof own === 'object' && own !== null) return Array.isArray(own) || (isOptions(own) && typeof (/** @type {any} */ (own).toJSON) !== 'function') ? value : {};
    return ['function', 'symbol', 'bigint'].includes(typeof own) ? {} : value;
}

/** The first option that has a text which the core cannot be told. @param {[string, any][]} entries @returns {string | undefined} */
function unfitName(entries) {
    for (const [name, value] of entries) {
        if (!UNFIT.test(textOf({ value }).replaceAll('\\\\', ''))) continue;
        return OPTION_GROUPS.includes(name) ? `${name}.${unfitName(Object.entries(value))}` : name;
    }
    return undefined;
}

/** @param {object} options @returns {string} JSON */
function textOf(options) {
    try {
        return JSON.stringify(options, refusable);
    } catch (error) {
        const suggestion = 'give plain objects, lists, texts, numbers, true and false';
        throw exportError('INVALID_OPTION', `an option cannot be written: ${error instanceof Error ? error.message.split('\n')[0] : error}`, { suggestion });
    }
}

/**
 * What the core gets: registered formats are rows to it, and their options are their own.
 * @param {Record<string, any>} options of the core
 * @param {import('./formats.js').FormatFacts} facts
 * @param {import('./formats.js').Registered} registered
 */
function coreOptions(options, { plugin }, registered) {
    const own = Object.entries(options).filter(([name]) => !registered.has(name));
    const text = textOf({ ...Object.fromEntries(own), ...(plugin ? { format: ROWS } : {}) });
    const unfit = UNFIT.test(text.replaceAll('\\\\', '')) && unfitName(own);
    if (unfit) throw exportError('INVALID_OPTION', `${unfit} must be text without U+0000 and halves of surrogate pairs`);
    return text;
}

/**
 * @param {import('./types.js').FormatPlugin} format
 * @param {unknown} given
 * @param {import('./compression.js').Compression} compression
 * @returns {PluginSettings}
 */
function pluginSettings(format, given, { level }) {
    const options = pluginOptions(format, given);
    const module = pluginRequest(format, options);
    if (!module && level) throw exportError('UNSUPPORTED', `compression of ${format.name}, which has no moduleUrl`);
    return { format, options, module, inline: module === undefined };
}

/**
 * @param {unknown} options as the user gave them
 * @param {{registered?: import('./formats.js').Registered, internal?: boolean, member?: unknown}} [known] formats besides those of the
 *   table, and whether the file is a member of a zip file
 * @returns {Settings}
 */
export function readOptions(options, { registered = new Map(), internal = false, member = undefined } = {}) {
    if (typeof options !== 'object' || options === null) throw exportError('INVALID_OPTION', 'the options must be an object');
    const entries = present(options, registered);
    const isHost = (/** @type {string} */ name) => optionRow(name)?.group === 'host';
    const core = Object.fromEntries(entries.filter(([name]) => !isHost(name)));
    if (core.columns !== undefined) core.columns = filledColumns(core.columns);
    const facts = findFormat(core.format, registered, internal);
    const read = member ? memberCompression : readCompression;
    const compression = read(Object.fromEntries(entries).compression, isTextual(facts.mimeType));
    if (compression.own) setLevel(core, core.format, compression.own);
    checkRegion(core);
    const files = filesOf(core.pdf);
    const thumbnails = thumbnailsOf(core);
    const told = entries.map(([name, value]) => [name, registered.has(name) ? toldOptions(name, value) : value]);
    const given = { ...Object.fromEntries(told), ...(core.filter === undefined ? {} : { filter: givenFilter(core.filter) }) };
    if (core.filter !== undefined) core.filter = queryText(core.filter);
    return {
        format: core.format,
        facts,
        plugin: facts.plugin && pluginSettings(facts.plugin, core[core.format], compression),
        host: { ...hostSettings(Object.fromEntries(entries.filter(([name]) => isHost(name)))), filters: core.filter !== undefined },
        core: coreOptions(withoutFiles(core), facts, registered),
        compression,
        columns: Array.isArray(core.columns) ? core.columns : undefined,
        metadata: core.includeMetadata === true,
        statistics: core.includeStatistics === true,
        schema: core.format === 'xml' && core.xml?.schema !== 'none',
        validate: core.format === 'xml' && core.xml?.validate === true,
        excel: core.format === 'csv' && core.csv?.preset === 'excel',
        raw: core.includeRawData === true,
        files,
        thumbnails,
        given: withoutFiles(Object.fromEntries(Object.entries(given).filter(([name]) => name === 'compression' || optionRow(name)?.type !== 'OBJECT'))),
    };
}

/** The wasm modules that the workers of an export load. @param {Settings} settings */
export function modulesOf({ facts, compression, validate }) {
    return [facts.module, ...(compression.level ? ['deflate'] : []), ...(validate ? ['validator'] : [])];
}
