// The formats as the pages name them.
// SPDX-License-Identifier: MIT

/** @typedef {'csv' | 'xlsx' | 'pdf' | 'json' | 'xml' | 'html'} FormatName */

/** @type {readonly {value: FormatName, title: string, note: string}[]} */
export const FORMATS = [
    { value: 'csv', title: 'CSV', note: 'One flat table' },
    { value: 'xlsx', title: 'XLSX', note: 'For spreadsheets' },
    { value: 'pdf', title: 'PDF', note: 'A report to print' },
    { value: 'json', title: 'JSON', note: 'With its nesting' },
    { value: 'xml', title: 'XML', note: 'With a schema' },
    { value: 'html', title: 'HTML', note: 'A table to look at' },
];

/** @param {string} format */
export function titleOf(format) {
    return FORMATS.find(({ value }) => value === format)?.title ?? format;
}
