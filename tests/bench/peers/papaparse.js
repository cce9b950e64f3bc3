// Papa Parse's unparse, a batch at a time: node papaparse.js csv INPUT OUTPUT
// SPDX-License-Identifier: MIT
// @ts-expect-error: it comes without types
import papa from 'papaparse';
import { HEADINGS, valuesOf } from '../columns.js';
import { recordBatches, writeTexts } from '../lines.js';

const [, input, output] = process.argv.slice(2);

async function* csv() {
    yield `${papa.unparse([HEADINGS])}\r\n`;
    for await (const records of recordBatches(input)) {
        const rows = Array.from(records, valuesOf);
        if (rows.length > 0) yield `${papa.unparse(rows)}\r\n`;
    }
}

await writeTexts(output, csv());
