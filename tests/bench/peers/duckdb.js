// DuckDB with a thread for each core, the types of the records known in advance: node duckdb.js csv|json INPUT OUTPUT
// SPDX-License-Identifier: MIT
import { availableParallelism } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { HEADINGS } from '../columns.js';

const [format, input, output] = process.argv.slice(2);

/** Given, not detected: detection costs time, and it writes the date-times in another form than they came. */
const ATTRIBUTE = 'STRUCT("value" VARCHAR, confidence DOUBLE)';
const TYPES = `{
    id: 'VARCHAR', imageUrl: 'VARCHAR',
    product: 'STRUCT(name VARCHAR, brand VARCHAR, sku VARCHAR, price DOUBLE, currency VARCHAR)',
    attributes: 'STRUCT(color ${ATTRIBUTE}, material ${ATTRIBUTE}, pattern ${ATTRIBUTE}, sleeve VARCHAR, neckline VARCHAR, fit VARCHAR)',
    tags: 'VARCHAR[]', createdAt: 'VARCHAR', reviewed: 'BOOLEAN', notes: 'VARCHAR'}`;

/** @param {string} heading */
function field(heading) {
    if (heading === 'tags') return "array_to_string(tags, '; ') AS tags";
    return `${heading} AS "${heading}"`;
}

/** @param {string} path */
function quoted(path) {
    return `'${path.replaceAll("'", "''")}'`;
}

const fields = format === 'csv' ? HEADINGS.map(field).join(', ') : '*';
const form = format === 'csv' ? 'FORMAT csv, HEADER' : 'FORMAT json, ARRAY true';
const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
const connection = await instance.connect();
await connection.run(`COPY (SELECT ${fields} FROM read_ndjson(${quoted(input)}, columns = ${TYPES})) TO ${quoted(output)} (${form})`);
