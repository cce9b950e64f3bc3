// Reads the values of a workbook's Data sheets with SheetJS, which knows nothing of the library.
// SPDX-License-Identifier: MIT
import XLSX from 'xlsx';

/** Sheets that hold no records. */
const OTHERS = new Set(['Statistics', 'Charts', 'Metadata', 'Errors']);

/** @typedef {string | number | boolean | null} Value */

/** @param {Value[]} row */
function trimmed(row) {
    const last = row.findLastIndex((value) => value !== null);
    return row.slice(0, last + 1);
}

/** @param {import('xlsx').WorkSheet} sheet @returns {Value[][]} */
function rowsOf(sheet) {
    const rows = /** @type {Value[][]} */ (XLSX.utils.sheet_to_json(sheet, { header: 1, raw: true, defval: null, blankrows: true }));
    return rows.map(trimmed);
}

/**
 * Headings, then records; the sheets one behind the other, with their header once. A cell without a value is null, and left out at the
 * end of a row; empty text is ''.
 * @param {Uint8Array} bytes
 * @returns {Value[][]}
 */
export function cellsOf(bytes) {
    const book = XLSX.read(bytes, { type: 'array' });
    const data = book.SheetNames.filter((name) => !OTHERS.has(name)).map((name) => rowsOf(book.Sheets[name]));
    return data.flatMap((rows, sheet) => (sheet === 0 ? rows : rows.slice(1)));
}
