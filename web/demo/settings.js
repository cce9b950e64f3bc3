// Reads the form of the demo page: which records, and the options of the export.
// SPDX-License-Identifier: MIT
import { extractionResults } from './generate.js';

/** How long records are made before the page gets its turn. */
const SLICE_MILLISECONDS = 5;

/** An example with broken lines, a formula, a list, and text that needs quotes. */
export const EXAMPLE = `{"id":1,"name":"Linen shirt","price":49.90,"tags":["summer","office"]}
{"id":2,"name":"Silk scarf \\"Aurora\\"","price":120,"tags":[]}
{"id":3,"name":"Number with a leading zero","price":012}
{"id":4,"name":"=HYPERLINK(A1)","price":15.5,"tags":["outlet"]}
{"id":5,"name":"No end to this record","price":
{"id":6,"name":"Größe 38, 花柄 🌸","price":88.00,"note":"line one\\nline two"}
`;

/**
 * What to export, and the name for the file.
 * @typedef {{source: import('../types.js').RecordSource, name: string}} Chosen
 */

/** What the page says when a setting cannot be used. */
export class SettingError extends Error {
    /**
     * @param {string} message
     * @param {string} field name or id of the form's field
     */
    constructor(message, field) {
        super(message);
        this.field = field;
    }
}

/** Lets the page do what waits: a message comes behind what is already in the queue, and is not slowed down as timers are. */
function pause() {
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            port1.close();
            resolve();
        };
        port2.postMessage(null);
    });
}

/** @type {object[]} the records made last, so that a second export need not make them again */
let made = [];

/**
 * @param {number} count
 * @param {AbortSignal} signal
 * @param {(done: number, count: number) => void} tell
 */
async function generateRecords(count, signal, tell) {
    if (made.length === count) return made;
    made = [];
    const records = [];
    let sliceEnds = performance.now() + SLICE_MILLISECONDS;
    for (const record of extractionResults(count)) {
        records.push(record);
        if (records.length % 64 || performance.now() < sliceEnds) continue;
        tell(records.length, count);
        await pause();
        signal.throwIfAborted();
        sliceEnds = performance.now() + SLICE_MILLISECONDS;
    }
    made = records;
    return records;
}

/** @param {AbortSignal} signal */
async function catalogue(signal) {
    const response = await fetch('products.ndjson', { signal });
    if (!response.ok) throw new SettingError('The catalogue could not be loaded.', 'source');
    return response.blob();
}

/**
 * @param {FormData} form
 * @param {File | undefined} file the file that was chosen or dropped
 * @param {AbortSignal} signal
 * @param {(done: number, count: number) => void} tell how far the making of records is
 * @returns {Promise<Chosen>}
 */
export async function readSource(form, file, signal, tell) {
    const kind = form.get('source');
    if (kind !== 'generated') made = [];
    if (kind === 'catalogue') return { source: await catalogue(signal), name: 'products' };
    if (kind === 'generated') {
        return { source: await generateRecords(Number(form.get('count')), signal, tell), name: 'extraction-results' };
    }
    if (kind === 'file') {
        if (!file) throw new SettingError('Choose a file first.', 'file');
        return { source: file, name: file.name.replace(/(\.(json|ndjson|jsonl))?(\.gz)?$/i, '') || 'export' };
    }
    const text = String(form.get('text') ?? '');
    if (!text.trim()) throw new SettingError('Paste some JSON first, or insert the example.', 'text');
    return { source: text, name: 'pasted' };
}

/**
 * The columns field: keys with commas between them, each with a label behind `=` if wanted.
 * @param {string} text
 */
export function readColumns(text) {
    return text.split(',').map((part) => part.trim()).filter(Boolean).map((part) => {
        const equals = part.indexOf('=');
        return equals < 0 ? { key: part } : { key: part.slice(0, equals).trim(), label: part.slice(equals + 1).trim() };
    });
}

/** @param {FormData} form */
function readLimit(form) {
    const text = String(form.get('limit') ?? '').trim();
    if (!text) return undefined;
    if (!/^\d{1,15}$/.test(text)) throw new SettingError('The number of records must be a whole number.', 'limit');
    return Number(text);
}

/** @param {FormData} form */
function formatOptions(form) {
    if (form.get('format') === 'json') return { json: { shape: form.get('shape'), pretty: form.has('pretty') } };
    if (form.get('format') === 'xlsx') {
        const sheetName = String(form.get('sheetName') ?? '').trim() || undefined;
        const xlsx = { sheetName, table: form.has('table'), links: form.has('links') };
        return { includeStatistics: form.has('statistics'), includeMetadata: form.has('audit'), xlsx };
    }
    return {
        arrays: form.get('arrays'),
        csv: {
            delimiter: form.get('delimiter'),
            preset: form.has('excel') ? 'excel' : 'rfc4180',
            formulaGuard: form.has('formulaGuard'),
        },
    };
}

/**
 * The options for `startExport`.
 * @param {FormData} form
 * @param {string} name the file's name unless the form has one
 * @returns {any}
 */
export function readOptions(form, name) {
    /** @type {Record<string, unknown>} */
    const options = { format: form.get('format'), fileName: String(form.get('fileName')).trim() || name };
    const columns = readColumns(String(form.get('columns') ?? ''));
    const limit = readLimit(form);
    if (columns.length) options.columns = columns;
    if (limit !== undefined) options.limit = limit;
    if (form.get('workers')) options.workers = Number(form.get('workers'));
    options.onError = form.get('onError');
    Object.assign(options, formatOptions(form));
    if (form.get('format') === 'json') {
        if (form.get('shape') === 'envelope') options.includeMetadata = true;
        // Line-by-line JSON cannot be indented.
        if (form.get('shape') === 'ndjson') options.json = { shape: 'ndjson' };
    }
    return options;
}
