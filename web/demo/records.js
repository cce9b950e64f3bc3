// Where the records of an export come from: the sample, a generator, text that was pasted, or a file.
// SPDX-License-Identifier: MIT
import { extractionResults } from './generate.js';

/** Made records that are looked at. */
const FIRST = 500;

/** How long records are made before the page gets its turn. */
const SLICE_MILLISECONDS = 4;

/** What the source picker holds. @typedef {{kind: 'sample' | 'generated' | 'text' | 'file', count: number, text: string, file?: File}} Choice */

/**
 * Records that can be exported.
 * @typedef {object} Records
 * @property {string} name for files
 * @property {() => import('exportloom').RecordSource} open a source that nobody has read yet
 * @property {() => import('exportloom').RecordSource} first records for a look, in a source that can be read again and again
 * @property {number} [total] records, where known
 * @property {boolean} again whether what `open` gave can be read a second time
 */

/** @type {Choice} */
export const FIRST_CHOICE = { kind: 'sample', count: 100_000, text: '' };

/** An example with broken lines, a formula, a list, and text that needs quotes. */
export const EXAMPLE = `{"id":1,"name":"Linen shirt","price":49.90,"tags":["summer","office"]}
{"id":2,"name":"Silk scarf \\"Aurora\\"","price":120,"tags":[]}
{"id":3,"name":"Number with a leading zero","price":012}
{"id":4,"name":"=HYPERLINK(A1)","price":15.5,"tags":["outlet"]}
{"id":5,"name":"No end to this record","price":
{"id":6,"name":"Größe 38, 花柄 🌸","price":88.00,"note":"line one\\nline two"}
`;

/** What is missing before an export can start. */
export class SettingError extends Error {
    /**
     * @param {string} message
     * @param {string} field name of the field that can mend it
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

/**
 * Made while they are read, a slice of a few milliseconds at a time, so that they are never all there.
 * @param {number} count
 */
async function* generated(count) {
    /** @type {object[]} */
    let slice = [];
    let ends = performance.now() + SLICE_MILLISECONDS;
    for (const record of extractionResults(count)) {
        slice.push(record);
        if (slice.length % 64 || performance.now() < ends) continue;
        yield slice;
        slice = [];
        await pause();
        ends = performance.now() + SLICE_MILLISECONDS;
    }
    if (slice.length > 0) yield slice;
}

/** @type {Promise<File> | undefined} */
let sample;

async function fetchSample() {
    const response = await fetch('../products.ndjson').catch(() => undefined); // no answer is no sample either
    if (!response?.ok) throw new SettingError('The sample could not be loaded. Is the server still running?', 'kind');
    return new File([await response.blob()], 'products.ndjson');
}

/** @param {string} fileName */
function stem(fileName) {
    return fileName.replace(/(\.(json|ndjson|jsonl))?(\.gz)?$/i, '') || 'export';
}

/** @param {Choice} choice @returns {Promise<Records>} */
export async function recordsOf({ kind, count, text, file }) {
    if (kind === 'generated') return { name: 'extraction-results', open: () => generated(count), first: () => [...extractionResults(Math.min(count, FIRST))], total: count, again: false };
    if (kind === 'sample') {
        sample ??= fetchSample().catch((error) => {
            sample = undefined;
            throw error;
        });
        const products = await sample;
        return { name: 'products', open: () => products, first: () => products, total: 194, again: true };
    }
    if (kind === 'text') {
        if (!text.trim()) throw new SettingError('Paste some JSON first, or insert the example.', 'text');
        return { name: 'pasted', open: () => text, first: () => text, again: true };
    }
    if (!file) throw new SettingError('Choose a file first, or drop one on the page.', 'file');
    return { name: stem(file.name), open: () => file, first: () => file, again: true };
}

/**
 * In percent. Where the source tells no size, what is known of it counts.
 * @param {import('exportloom').ExportProgress} progress
 * @param {number} [total] records
 */
export function percentOf({ phase, percent, recordsRead }, total) {
    if (phase === 'completed') return 100;
    if (phase === 'queued') return 0;
    return percent ?? (total ? Math.min(100, (100 * recordsRead) / total) : undefined);
}
