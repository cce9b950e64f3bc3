// hucre's streaming writer of workbooks: node hucre.js xlsx INPUT OUTPUT
// SPDX-License-Identifier: MIT
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeXlsxStream } from 'hucre/xlsx';
import { HEADINGS, valuesOf } from '../columns.js';
import { recordBatches } from '../lines.js';

const [, input, output] = process.argv.slice(2);
const DATE = HEADINGS.indexOf('createdAt');

async function* rows() {
    for await (const records of recordBatches(input))
        for (const record of records) {
            /** @type {any[]} */
            const values = valuesOf(record);
            values[DATE] = new Date(values[DATE]);
            yield values;
        }
}

const columns = HEADINGS.map((header, at) => (at === DATE ? { header, numFmt: 'yyyy-mm-dd hh:mm:ss' } : { header }));
const stream = writeXlsxStream(rows(), { name: 'Data', columns, freezePane: { rows: 1 } });
await pipeline(Readable.fromWeb(/** @type {any} */ (stream)), createWriteStream(output, { highWaterMark: 1 << 20 }));
