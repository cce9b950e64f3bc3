// The settings of a run of the benchmarks, from the environment or from arguments such as ROWS=20000.
// SPDX-License-Identifier: MIT

export const PARTS = ['csv', 'json', 'memory', 'page', 'size'];

const DEFAULTS = {
    ROWS: '1000000',
    RUNS: '3',
    ONLY: PARTS.join(','),
    PEERS: '',
    MEMORY_ROWS: '100000,1000000,5000000',
    KEEP: '',
};

/**
 * @typedef {object} Settings
 * @property {number} rows records for csv, json and page
 * @property {number} runs of each measurement
 * @property {string[]} parts what is measured
 * @property {string[]} peers names; none means all
 * @property {number[]} memoryRows records for memory, rising
 * @property {boolean} keep whether inputs above 1,000,000 records stay
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
    const parts = list(given.ONLY);
    const unknown = parts.find((part) => !PARTS.includes(part));
    if (unknown) throw new Error(`ONLY=${unknown}: there are ${PARTS.join(', ')}`);
    return {
        rows: count('ROWS', given.ROWS),
        runs: count('RUNS', given.RUNS),
        parts,
        peers: list(given.PEERS),
        memoryRows: list(given.MEMORY_ROWS).map((text) => count('MEMORY_ROWS', text)).sort((a, b) => a - b),
        keep: given.KEEP === '1',
    };
}
