// Independent readers of what the library wrote: Papa Parse, DuckDB, and python's csv and json.
// SPDX-License-Identifier: MIT
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import Papa from 'papaparse';

const run = promisify(execFile);
const script = fileURLToPath(new URL('read.py', import.meta.url));

/** Rows of texts, the header first. null where the reader tells it from empty text. @typedef {(string | null)[][]} Rows */

/** @param {string} path @returns {Promise<Rows>} */
export async function readWithPapa(path) {
    const { data, errors } = Papa.parse(await readFile(path, 'utf8'), { delimiter: ',', newline: '\r\n' });
    if (errors.length > 0) throw new Error(`Papa Parse: ${JSON.stringify(errors[0])}`);
    return data.slice(0, -1); // behind the last line break it finds one more row
}

/** @param {string} path @returns {Promise<Rows>} */
export async function readWithDuckDB(path) {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const settings = `header = false, all_varchar = true, delim = ',', quote = '"', escape = '"', strict_mode = true,
        nullstr = '', allow_quoted_nulls = false, auto_detect = false, max_line_size = 67108864, parallel = false,
        columns = {${await columnList(path)}}`;
    const reader = await connection.runAndReadAll(`SELECT * FROM read_csv('${path.replaceAll("'", "''")}', ${settings})`);
    const rows = reader.getRows();
    connection.closeSync();
    return /** @type {Rows} */ (rows);
}

/** One name for each column: with neither names nor a guess DuckDB does not read. @param {string} path */
async function columnList(path) {
    const [header] = (await readWithPapa(path)).slice(0, 1);
    return header.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ');
}

/** undefined where there is no python3. */
export async function findPython() {
    return run('python3', ['--version']).then(
        () => true,
        () => undefined,
    );
}

/**
 * @param {'csv' | 'json'} kind
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function readWithPython(kind, path) {
    const { stdout } = await run('python3', [script, kind, path], { maxBuffer: 1 << 29 });
    return JSON.parse(stdout);
}
