// A table as one draws it with pdfkit, page by page, nine columns and 45 rows on A4: node pdfkit.js pdf INPUT OUTPUT
// SPDX-License-Identifier: MIT
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
// @ts-expect-error: it comes without types
import PDFDocument from 'pdfkit';
import { HEADINGS, valuesOf } from '../columns.js';
import { recordBatches } from '../lines.js';
import { PDF_COLUMNS } from '../peers.js';

const [, input, output] = process.argv.slice(2);
const PLACES = PDF_COLUMNS.map((key) => HEADINGS.indexOf(key));
const [MARGIN, TOP, LINE, ROWS] = [30, 40, 11, 45];

const document = new PDFDocument({ size: 'A4', layout: 'landscape', margin: MARGIN, autoFirstPage: false, font: 'Helvetica' });
const file = createWriteStream(output, { highWaterMark: 1 << 20 });
document.pipe(file);
let width = 0;
let row = ROWS;

/** @param {(string | number | boolean | null)[]} values @param {string} font */
function put(values, font) {
    document.font(font).fontSize(7);
    for (const [at, value] of values.entries())
        document.text(value === null ? '' : String(value), MARGIN + at * width, TOP + row * LINE, { width: width - 4, height: LINE, ellipsis: true, lineBreak: false });
    row += 1;
}

function startPage() {
    document.addPage();
    width = (document.page.width - 2 * MARGIN) / PLACES.length;
    row = 0;
    put(PDF_COLUMNS, 'Helvetica-Bold');
}

for await (const records of recordBatches(input)) {
    for (const record of records) {
        if (row >= ROWS) startPage();
        const values = valuesOf(record);
        put(PLACES.map((place) => values[place]), 'Helvetica');
    }
    await new Promise((resolve) => setImmediate(resolve)); // the pages go to the file
}
document.end();
await finished(file);
