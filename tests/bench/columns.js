// The columns that all peers write, the values that they hold, and what stands around them in XML.
// SPDX-License-Identifier: MIT

/** @typedef {import('../../web/demo/generate.js').ExtractionResult} ExtractionResult */

export const HEADINGS = ['id', 'imageUrl', 'product.name', 'product.brand', 'product.sku', 'product.price', 'product.currency',
    'attributes.color.value', 'attributes.color.confidence', 'attributes.material.value', 'attributes.material.confidence',
    'attributes.pattern.value', 'attributes.pattern.confidence', 'attributes.sleeve', 'attributes.neckline', 'attributes.fit',
    'tags', 'createdAt', 'reviewed', 'notes'];

/** What stands around the records of an XML document. */
export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<export xmlns="urn:exportloom:export:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n<records>\n';
export const XML_TAIL = '</records>\n</export>\n';

/**
 * The values of a record, in the order of the headings.
 * @param {ExtractionResult} record
 */
export function valuesOf({ id, imageUrl, product, attributes, tags, createdAt, reviewed, notes }) {
    const { color, material, pattern, sleeve, neckline, fit } = attributes;
    return [id, imageUrl, product.name, product.brand, product.sku, product.price, product.currency,
        color.value, color.confidence, material.value, material.confidence, pattern.value, pattern.confidence,
        sleeve, neckline, fit, tags.join('; '), createdAt, reviewed, notes];
}
