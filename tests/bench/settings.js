// The settings of a run of the benchmarks, from the environment or from arguments such as SIZES=10k,100k.
// SPDX-License-Identifier: MIT

/** @typedef {import('./peers.js').Format} Format */

/** @type {Format[]} */
export const FORMATS = ['csv', 'json', 'xlsx', 'xml', 'pdf'];

/** Where records come from: an NDJSON file, objects of a Node process, objects of a page. */
export const SOURCES = ['file', 'memory', 'page'];

const DEFAULTS = {
    ONLY: [...FORMATS, ...SOURCES].join(),
    SIZES: '10k,100k,1M,5M,10M',
    PEERS: '',
    RUNS: '3',
};

/**
 * @typedef {object} Settings
 * @property {Format[]} formats
 * @property {string[]} sources
 * @property {number[]} sizes records, rising
 * @property {string[]} peers names; none means all
 * @property {number} runs of each measurement
 */

/** @param {string} text */
const list = (text) => text.split(',').map((item) => item.trim()).filter((item) => item !== '');

/** @param {string} name @param {string} text such as 3, 100k or 1M */
function count(name, text) {
    const [, digits, unit] = /^(\d+)([kM]?)$/.exec(text) ?? [];
    const value = Number(digits) * (unit === 'M' ? 1e6 : unit === 'k' ? 1e3 : 1);
    if (!(value >= 1)) throw new Error(`${name}=${text}: a whole number above 0 is expected, such as 500, 10k or 1M`);
    return value;
}

/** Those of `all` that are named, or all where none of them is. @template {string} T @param {T[]} all @param {string[]} named */
function chosen(all, named) {
    const some = all.filter((one) => named.includes(one));
    return some.length > 0 ? some : all;
}

/**
 * @param {string[]} args NAME=VALUE; they go before the environment
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Settings}
 */
export function readSettings(args, environment) {
    /** @type {Record<string, string>} */
    const given = { ...DEFAULTS };
    for (const name of Object.keys(DEFAULTS)) given[name] = environment[name] || given[name];
    for (const argument of args) {
        const [name, ...value] = argument.split('=');
        if (!(name in DEFAULTS)) throw new Error(`${name} is no setting; there are ${Object.keys(DEFAULTS).join(', ')}`);
        given[name] = value.join('=');
    }
    const only = list(given.ONLY);
    const unknown = only.find((one) => ![...FORMATS, ...SOURCES].includes(one));
    if (unknown) throw new Error(`ONLY=${unknown}: there are ${[...FORMATS, ...SOURCES].join(', ')}`);
    return {
        formats: chosen(FORMATS, only),
        sources: chosen(SOURCES, only),
        sizes: [...new Set(list(given.SIZES).map((size) => count('SIZES', size)))].sort((a, b) => a - b),
        peers: list(given.PEERS),
        runs: count('RUNS', given.RUNS),
    };
}
