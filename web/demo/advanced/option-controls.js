// Controls for the options of formats and exports, made from the same tables as the library itself.
// SPDX-License-Identifier: MIT
import { OPTIONS } from '../../../build/generated/tables.js';

/**
 * @typedef {object} Control
 * @property {string} id `group.name`
 * @property {string} group
 * @property {string} name
 * @property {string} label
 * @property {string} hint
 * @property {'check' | 'select' | 'number' | 'text' | 'file' | 'files'} kind
 * @property {string} initial
 * @property {string[]} choices
 * @property {number} [least]
 * @property {number} [most]
 */

/** What the person chose; what is not there has its default. @typedef {Record<string, string | boolean | File[]>} Values */

/** Options that have a place of their own on the page, or that only a program can give. */
const ELSEWHERE = new Set(['format', 'columns', 'filter', 'signal', 'onProgress', 'sink', 'compression', 'thumbnails', 'thumbnailColumn']);

/** @type {Record<string, Control['kind']>} */
const KINDS = { BOOLEAN: 'check', ENUM: 'select', INTEGER: 'number', TEXT: 'text' };

/** Words that labels keep in capitals. */
const CAPITALS = /\b(xml|csv|json|pdf|xlsx|html)\b/gi;

/** @param {string} name */
function labelOf(name) {
    const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().replace(CAPITALS, (word) => word.toUpperCase());
    return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {string} doc */
function hintOf(doc) {
    const plain = doc.replace(/`/g, '');
    return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}

/** @param {(typeof OPTIONS)[number]} option @returns {Control} */
function controlOf({ group, name, type, default: initial, range, doc }) {
    const kind = KINDS[type] ?? (name.endsWith('s') ? 'files' : 'file');
    const [least, most] = type === 'INTEGER' || type === 'TEXT' ? range.split('..').map(Number) : [];
    return { id: `${group}.${name}`, group, name, label: labelOf(name), hint: hintOf(doc), kind, initial, choices: type === 'ENUM' ? range.split('|') : [], least, most };
}

/** @param {...string} groups @returns {Control[]} */
export function controlsOf(...groups) {
    return OPTIONS.filter(({ group, name }) => groups.includes(group) && !ELSEWHERE.has(name)).map(controlOf);
}

/** The value as the library takes it, or undefined for the default. @param {Control} control @param {Values[string] | undefined} value */
function given({ kind, initial, least = 0 }, value) {
    if (value === undefined || value === initial || String(value) === initial) return undefined;
    // A field that was emptied has its default again, but where empty text means something.
    if (value === '' && (kind === 'number' || least > 0)) return undefined;
    if (kind === 'number') return Number(value);
    if (Array.isArray(value)) return value.length === 0 ? undefined : kind === 'files' ? value : value[0];
    return value;
}

/** @param {Control[]} controls @param {Values} values */
function chosen(controls, values) {
    return Object.fromEntries(controls.flatMap((control) => {
        const value = given(control, values[control.id]);
        return value === undefined ? [] : [[control.name, value]];
    }));
}

/** Files are read before the export starts, which takes them as bytes. @param {Record<string, unknown>} options */
async function withBytes(options) {
    const read = async (/** @type {unknown} */ value) => (value instanceof File ? new Uint8Array(await value.arrayBuffer()) : value);
    const entries = Object.entries(options).map(async ([name, value]) => [name, Array.isArray(value) ? await Promise.all(value.map(read)) : await read(value)]);
    return Object.fromEntries(await Promise.all(entries));
}

/** @param {Values} values */
function compressionOf(values) {
    const type = values['compression.type'];
    const level = values['compression.level'];
    if (!type) return {};
    return { compression: level ? { type, level: Number(level) } : type };
}

/**
 * The options of an export as the controls say, without those that are as they would be anyway.
 * @param {string} format
 * @param {Values} values
 * @returns {Promise<import('exportloom').ExportOptions>}
 */
export async function optionsOf(format, values) {
    const own = await withBytes(chosen(controlsOf(format), values));
    const shared = chosen(controlsOf('export', 'host'), values);
    return /** @type {any} */ ({ format, ...shared, ...compressionOf(values), ...(Object.keys(own).length > 0 ? { [format]: own } : {}) });
}
