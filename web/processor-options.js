// Checks the options of a processor.
// SPDX-License-Identifier: MIT
import { wasmUrls } from './addresses.js';
import { exportError } from './errors.js';
import { filled, isOptions } from './filled.js';
import { strangeName } from './nearest.js';

/** Numbers: what they are without being given, and from where to where they may be. @type {Record<string, {usual?: number, least: number, most: number}>} */
const NUMBERS = {
    maxConcurrent: { usual: 5, least: 1, most: 1000 },
    maxMemoryUsage: { least: 16777216, most: 4294967296 },
    historyLimit: { usual: 100, least: 0, most: 1000000 },
    historyAge: { usual: Infinity, least: 0, most: Infinity },
    workers: { least: 1, most: 64 },
};

const FUNCTIONS = ['createWorker', 'now'];
const ADDRESSES = ['workerUrl', 'wasmUrl'];

/** Refuses an object that has a name which is none of those it may have. @param {object} given @param {readonly string[]} names */
export function checkNames(given, names) {
    const strange = strangeName(given, names);
    if (strange) throw exportError('UNKNOWN_OPTION', `${strange.name}; ${strange.suggestion}`, strange);
}

/** What dates can be made of. @param {unknown} time */
const isTime = (time) => typeof time === 'number' && Math.abs(time) <= 8.64e15;

/** @param {string} name @param {unknown} value */
function check(name, value) {
    const number = NUMBERS[name];
    if (number) {
        const { least, most } = number;
        const fits = typeof value === 'number' && value >= least && value <= most && (Number.isInteger(value) || value === Infinity);
        if (!fits) throw exportError('INVALID_OPTION', `${name} must be an integer from ${least} to ${most}`);
    } else if (FUNCTIONS.includes(name)) {
        if (typeof value !== 'function') throw exportError('INVALID_OPTION', `${name} must be a function`);
        if (name === 'now' && !isTime(value())) throw exportError('INVALID_OPTION', 'now must give milliseconds since 1970');
    } else {
        checkAddress(name, value);
    }
}

/** @param {unknown} value */
const isAddress = (value) => typeof value === 'string' || value instanceof URL;

/** @param {string} name @param {any} value */
function checkAddress(name, value) {
    if (isAddress(value)) return;
    if (name !== 'wasmUrl' || !isOptions(value)) throw exportError('INVALID_OPTION', `${name} must be a URL`);
    checkNames(value, Object.keys(wasmUrls));
    if (!Object.values(value).every((one) => (one ?? undefined) === undefined || isAddress(one))) throw exportError('INVALID_OPTION', 'wasmUrl must have URLs');
}

/**
 * What `cleanup` is told.
 * @param {import('./types.js').CleanupOptions | null} options
 */
export function readCleanupOptions(options) {
    const given = options ?? {};
    if (!isOptions(given)) throw exportError('INVALID_OPTION', 'the options must be an object');
    checkNames(given, ['age', 'count']);
    const limits = { age: given.age ?? 0, count: given.count ?? 0 };
    for (const [name, value] of Object.entries(limits))
        if (!(typeof value === 'number' && value >= 0)) throw exportError('INVALID_OPTION', `${name} must be a number, 0 or more`);
    return limits;
}

/**
 * @param {import('./types.js').ProcessorOptions} options as they were given
 * @returns {import('./types.js').ProcessorOptions & {maxConcurrent: number, historyLimit: number, historyAge: number}}
 */
export function readProcessorOptions(options) {
    if (!isOptions(options)) throw exportError('INVALID_OPTION', 'the options must be an object');
    const given = filled(options);
    checkNames(given, [...Object.keys(NUMBERS), ...FUNCTIONS, ...ADDRESSES]);
    for (const [name, value] of Object.entries(given)) check(name, value);
    const usual = Object.entries(NUMBERS).flatMap(([name, row]) => (row.usual === undefined ? [] : [[name, row.usual]]));
    return /** @type {any} */ ({ ...Object.fromEntries(usual), ...given });
}
