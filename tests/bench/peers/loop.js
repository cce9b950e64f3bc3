// A streaming loop as a good engineer writes it for these very records: node loop.js csv|json INPUT OUTPUT
// SPDX-License-Identifier: MIT
import { HEADINGS } from '../columns.js';
import { recordBatches, writeTexts } from '../lines.js';

const [format, input, output] = process.argv.slice(2);
const SPECIAL = /[",\r\n]/;

/** RFC 4180; null is empty, and empty text is quoted so that the two differ. @param {string | null} value */
function text(value) {
    if (value === null) return '';
    if (value === '') return '""';
    return SPECIAL.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** @param {number | boolean | null} value */
function plain(value) {
    return value === null ? '' : String(value);
}

/** @param {import('../columns.js').ExtractionResult} record */
function row({ id, imageUrl, product, attributes, tags, createdAt, reviewed, notes }) {
    const { color, material, pattern, sleeve, neckline, fit } = attributes;
    return `${text(id)},${text(imageUrl)},${text(product.name)},${text(product.brand)},${text(product.sku)},`
        + `${plain(product.price)},${text(product.currency)},${text(color.value)},${plain(color.confidence)},`
        + `${text(material.value)},${plain(material.confidence)},${text(pattern.value)},${plain(pattern.confidence)},`
        + `${text(sleeve)},${text(neckline)},${text(fit)},${text(tags.join('; '))},${text(createdAt)},${plain(reviewed)},`
        + `${text(notes)}\r\n`;
}

async function* csv() {
    yield `${HEADINGS.join(',')}\r\n`;
    for await (const batch of recordBatches(input)) {
        let rows = '';
        for (const record of batch) rows += row(record);
        yield rows;
    }
}

async function* json() {
    let separator = '[\n';
    for await (const batch of recordBatches(input)) {
        let records = '';
        for (const record of batch) {
            records += separator + JSON.stringify(record);
            separator = ',\n';
        }
        yield records;
    }
    yield separator === ',\n' ? '\n]\n' : '[]\n';
}

await writeTexts(output, format === 'csv' ? csv() : json());
