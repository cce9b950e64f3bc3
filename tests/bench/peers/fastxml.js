// fast-xml-builder, a record at a time: node fastxml.js xml INPUT OUTPUT
// SPDX-License-Identifier: MIT
import XMLBuilder from 'fast-xml-builder';
import { XML_HEAD, XML_TAIL } from '../columns.js';
import { recordBatches, writeTexts } from '../lines.js';

const [, input, output] = process.argv.slice(2);
const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false, suppressBooleanAttributes: false });
const NULL = { '@_xsi:nil': 'true' };

/** The value as the builder wants it. @param {any} value @returns {unknown} */
function shaped(value) {
    if (value === null) return NULL;
    if (Array.isArray(value)) return { item: value.map(shaped) };
    if (typeof value !== 'object') return value;
    /** @type {Record<string, unknown>} */
    const object = {};
    for (const key in value) object[key] = shaped(value[key]);
    return object;
}

async function* xml() {
    yield XML_HEAD;
    let index = 0;
    for await (const batch of recordBatches(input)) {
        let records = '';
        for (const record of batch) records += `${builder.build({ record: { '@_index': index++, .../** @type {object} */ (shaped(record)) } })}\n`;
        yield records;
    }
    yield XML_TAIL;
}

await writeTexts(output, xml());
