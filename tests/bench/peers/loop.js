// A streaming loop as a good engineer writes it for these very records: node loop.js csv|json|xml INPUT OUTPUT
// SPDX-License-Identifier: MIT
import { HEADINGS, XML_HEAD, XML_TAIL } from '../columns.js';
import { recordBatches, writeTexts } from '../lines.js';

const [format, input, output] = process.argv.slice(2);
const SPECIAL = /[",\r\n]/;
const ODD = /[&<>\0-\x08\x0b-\x1f\ufffe\uffff]/;

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

/** XML 1.0 2.4 and 2.2. @param {string} value */
function escaped(value) {
    return ODD.test(value) ? value.replace(/[&<>]/g, (one) => (one === '&' ? '&amp;' : one === '<' ? '&lt;' : '&gt;')).replaceAll('\r', '&#13;')
        .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd') : value;
}

/** @param {string} name @param {unknown} value @returns {string} */
function element(name, value) {
    if (value === null) return `<${name} xsi:nil="true"/>`;
    if (typeof value !== 'object') return `<${name}>${typeof value === 'string' ? escaped(value) : value}</${name}>`;
    let inner = '';
    if (Array.isArray(value)) for (const item of value) inner += element('item', item);
    else for (const key in value) inner += element(key, /** @type {Record<string, unknown>} */ (value)[key]);
    return `<${name}>${inner}</${name}>`;
}

async function* xml() {
    yield XML_HEAD;
    let index = 0;
    for await (const batch of recordBatches(input)) {
        let records = '';
        for (const record of batch) records += `<record index="${index++}">${element('', record).slice(2, -3)}</record>\n`;
        yield records;
    }
    yield XML_TAIL;
}

await writeTexts(output, { csv, json, xml }[/** @type {'csv' | 'json' | 'xml'} */ (format)]());
