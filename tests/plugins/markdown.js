// A complete example of a format in JavaScript: tables in Markdown (GitHub Flavored Markdown 4.10). See web/README.md.
// SPDX-License-Identifier: MIT

/** What would end the cell or the row, or start markup. @param {string | number | boolean | null} value */
function cell(value) {
    if (value === null) return '';
    return String(value)
        .replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&')
        .replace(/\r\n?|\n/g, '<br>');
}

/** @param {string[]} cells */
const line = (cells) => `| ${cells.join(' | ')} |\n`;

/** @param {import('exportloom').PluginContext} context */
export function begin({ columns, options }) {
    const title = options.title === '' ? '' : `# ${cell(options.title)}\n\n`;
    const marks = columns.map(({ type }) => (type === 'integer' || type === 'number' ? '--:' : ':--'));
    return title + line(columns.map(({ label }) => cell(label))) + line(marks);
}

/** @param {import('exportloom').CellValue[][]} rows */
export function batch(rows) {
    return rows.map((row) => line(row.map(cell))).join('');
}

/** @param {import('exportloom').PluginContext & import('exportloom').PluginEnd} context */
export function end({ counts }) {
    return `\n${counts.written} records\n`;
}
