// hucre's streaming writers: node hucre.js csv|xlsx INPUT OUTPUT
// SPDX-License-Identifier: MIT
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeCsvStream } from 'hucre/csv';
import { writeXlsxStream } from 'hucre/xlsx';
import { HEADINGS, valuesOf } from '../columns.js';
import { recordBatches } from '../lines.js';

const [format, input, output] = process.argv.slice(2);
const DATE = HEADINGS.indexOf('createdAt');

async function* rows() {
    for await (const records of recordBatches(input))
        for (const record of records) {
            /** @type {any[]} */
            const values = valuesOf(record);
            if (format === 'xlsx') values[DATE] = new Date(values[DATE]);
            yield values;
        }
}

function workbook() {
    const columns = HEADINGS.map((header, at) => (at === DATE ? { header, numFmt: 'yyyy-mm-dd hh:mm:ss' } : { header }));
    return writeXlsxStream(rows(), { name: 'Data', columns, freezePane: { rows: 1 } });
}

const stream = format === 'csv' ? writeCsvStream(rows(), { headers: HEADINGS }) : workbook();
await pipeline(Readable.fromWeb(/** @type {any} */ (stream)), createWriteStream(output, { highWaterMark: 1 << 20 }));
