// exceljs's streaming writer: node exceljs.js xlsx INPUT OUTPUT
// SPDX-License-Identifier: MIT
import ExcelJS from 'exceljs';
import { HEADINGS, valuesOf } from '../columns.js';
import { recordBatches } from '../lines.js';

const [, input, output] = process.argv.slice(2);
const MOST_ROWS = 1048576;
const DATE = HEADINGS.indexOf('createdAt');

const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: output, useStyles: true, useSharedStrings: false });

function newSheet() {
    const sheet = book.addWorksheet(undefined, { views: [{ state: 'frozen', ySplit: 1 }] });
    sheet.columns = HEADINGS.map((header) => ({ header }));
    sheet.getColumn(DATE + 1).numFmt = 'yyyy-mm-dd hh:mm:ss';
    return sheet;
}

let sheet = newSheet();
let rows = 1;
for await (const records of recordBatches(input))
    for (const record of records) {
        if (rows === MOST_ROWS) {
            sheet.commit();
            sheet = newSheet();
            rows = 1;
        }
        /** @type {any[]} */
        const values = valuesOf(record);
        values[DATE] = new Date(values[DATE]);
        sheet.addRow(values).commit();
        rows += 1;
    }
await book.commit();
