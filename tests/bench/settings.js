// The settings of a run of the benchmarks, from the environment or from arguments such as ROWS=20000.
// SPDX-License-Identifier: MIT

/** The formats that there are peers for, then what else is measured. */
export const FORMAT_PARTS = ['csv', 'json', 'xlsx', 'xml', 'pdf'];
export const PARTS = [...FORMAT_PARTS, 'objects', 'memory', 'page', 'size'];

const DEFAULTS = {
    ROWS: '10000,100000,1000000',
    OWN_ROWS: '',
    OBJECTS: '10000,100000',
    PAGE_ROWS: '1000000',
    RUNS: '3',
    ONLY: PARTS.join(','),
    PEERS: '',
    MEMORY_ROWS: '100000,1000000,5000000',
    KEEP: '',
    RECORD: '',
};

/**
 * @typedef {object} Settings
 * @property {number[]} rows records of the inputs, rising
 * @property {number[]} ownRows records of inputs for exportloom alone, rising
 * @property {number[]} objects records in memory, rising
 * @property {number} pageRows records in a page
 * @property {number} runs of each measurement
 * @property {string[]} parts what is measured
 * @property {string[]} peers names; none means all
 * @property {number[]} memoryRows records for memory, rising
 * @property {boolean} keep whether inputs above 1,000,000 records stay
 * @property {boolean} record whether RESULTS.md is written, with what earlier runs measured of other parts
 */

/** @param {string} text */
function list(text) {
    return text.split(',').map((item) => item.trim()).filter((item) => item !== '');
}

/**
 * @param {string} name
 * @param {string} text
 */
function count(name, text) {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name}=${text}: a whole number above 0 is expected`);
    return value;
}

/**
 * @param {string} name
 * @param {string} text
 */
function counts(name, text) {
    return list(text).map((item) => count(name, item)).sort((a, b) => a - b);
}

/** @param {string} text */
function parts(text) {
    const named = list(text);
    const unknown = named.find((part) => !PARTS.includes(part));
    if (unknown) throw new Error(`ONLY=${unknown}: there are ${PARTS.join(', ')}`);
    return named;
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
    return {
        rows: counts('ROWS', given.ROWS),
        ownRows: counts('OWN_ROWS', given.OWN_ROWS),
        objects: counts('OBJECTS', given.OBJECTS),
        pageRows: count('PAGE_ROWS', given.PAGE_ROWS),
        runs: count('RUNS', given.RUNS),
        parts: parts(given.ONLY),
        peers: list(given.PEERS),
        memoryRows: counts('MEMORY_ROWS', given.MEMORY_ROWS),
        keep: given.KEEP === '1',
        record: given.RECORD === '1' || Object.entries(DEFAULTS).every(([name, usual]) => given[name] === usual),
    };
}
