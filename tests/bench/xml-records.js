// Reads the records of an XML document back, strictly, and compares them with the records that they were made of.
// SPDX-License-Identifier: MIT
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;
const TOKEN = /<(\/?)([A-Za-z_][\w.-]*)((?: [\w:.-]+="[^"<]*")*)(\/?)>|([^<>]+)/gy;
const REFERENCES = /&(?:(amp|lt|gt|quot)|#(\d+));/g;
const NAMES = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** @typedef {{ name: string, attributes: string, text: string, children: Element[] }} Element */

/**
 * The elements `record`, each as its text.
 * @param {string} path
 * @returns {Generator<string, void, undefined>}
 */
export function* recordElements(path) {
    const file = openSync(path, 'r');
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const decoder = new TextDecoder();
    let rest = '';
    for (let length; (length = readSync(file, chunk)) > 0;) {
        rest += decoder.decode(chunk.subarray(0, length), { stream: true });
        let start = 0;
        for (let end; (end = rest.indexOf('</record>', start)) >= 0; start = end + 9) {
            const from = rest.indexOf('<record ', start);
            if (from < 0 || from > end) throw new Error('a record ends that did not start');
            yield rest.slice(from, end + 9);
        }
        rest = rest.slice(start);
    }
    closeSync(file);
    if (!rest.includes('</export>')) throw new Error('the document does not end');
}

/** @param {string} text */
const plain = (text) => text.replace(REFERENCES, (_, name, code) => (name ? NAMES[/** @type {keyof NAMES} */ (name)] : String.fromCodePoint(Number(code))));

/**
 * @param {string} text one element
 * @returns {Element}
 */
function elementOf(text) {
    /** @type {Element} */
    const root = { name: '', attributes: '', text: '', children: [] };
    const open = [root];
    TOKEN.lastIndex = 0;
    for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
        const token = TOKEN.exec(text);
        if (!token) throw new Error(`no XML: ${text.slice(at, at + 80)}`);
        const [, ends, name, attributes, empty, words] = token;
        const inner = open[open.length - 1];
        if (words !== undefined) inner.text += plain(words);
        else if (ends) {
            if (open.length < 2 || open.pop()?.name !== name) throw new Error(`</${name}> ends nothing`);
        } else {
            const element = { name, attributes, text: '', children: [] };
            inner.children.push(element);
            if (!empty) open.push(element);
        }
    }
    if (open.length !== 1 || root.children.length !== 1) throw new Error('an element does not end');
    return root.children[0];
}

/** @param {Element} element @param {unknown} value as JSON.parse gives it @returns {boolean} */
function isSame({ attributes, text, children }, value) {
    if (value === null) return attributes === ' xsi:nil="true"' && text === '' && children.length === 0;
    if (Array.isArray(value))
        return children.length === value.length && children.every((child, at) => child.name === 'item' && isSame(child, value[at]));
    if (typeof value === 'object') {
        const members = Object.entries(value);
        return children.length === members.length && children.every((child, at) => child.name === members[at][0] && isSame(child, members[at][1]));
    }
    return attributes === '' && children.length === 0 && (typeof value === 'number' ? Number(text) === value && text !== '' : text === String(value));
}

/**
 * Whether an element `record` has that number and those values.
 * @param {string} text @param {number} number @param {unknown} record
 */
export function isRecord(text, number, record) {
    const element = elementOf(text);
    return element.name === 'record' && element.attributes === ` index="${number}"` && isSame(element, record);
}
