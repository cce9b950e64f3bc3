// Runs one case of the tables through an ExportProcessor; used by the tests in Node and in browsers alike.
// SPDX-License-Identifier: MIT
import { cellsOf } from '../readers/workbook.js';

/**
 * @typedef {{text: string, times: number, before: string, after: string}} Repeat
 * @typedef {{code: string, column?: string, count: number}} CaseWarning
 *
 * @typedef {object} Expected
 * @property {string} [output]
 * @property {string} [outputBase64]
 * @property {Repeat} [outputRepeat]
 * @property {(string | number | boolean | null)[][]} [cells] of a workbook
 * @property {string} [error]
 * @property {string} [mentions]
 * @property {{read: number, written: number, filtered?: number, rejected: number}} [counts]
 * @property {{code: string, record: number, offset: number}[]} [defects]
 * @property {CaseWarning[]} [warnings]
 * @property {string[]} [columns]
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {string} [input]
 * @property {string} [inputBase64]
 * @property {Repeat} [inputRepeat]
 * @property {'lines' | 'array'} form
 * @property {Record<string, any>} options
 * @property {Expected} expect
 * @property {boolean} [once] the source can be read only once
 * @property {boolean} [json] the output holds facts of the run: only its records are compared
 * @property {boolean} [defectsListed] false: which of many defects are listed depends on the chunks
 * @property {{native?: string, js?: string}} [skip] why it is not run
 *
 * @typedef {object} Way how a case is run
 * @property {number} [chunkSize]
 * @property {number} [workers]
 * @property {'file' | 'bytes' | 'stream'} [source]
 * @property {number} [piece] bytes that a stream brings at a time
 */

/** Sources that can be read only once are looked at so far before their columns are settled. */
const SAMPLE_TEXT = 1048576;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** @param {string} text */
function fromBase64(text) {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * The bytes of the member `name`, `nameBase64` or `nameRepeat`.
 * @param {Record<string, any>} object
 * @param {string} name
 * @returns {Uint8Array | undefined}
 */
function bytesOf(object, name) {
    if (object[name] !== undefined) return encoder.encode(object[name]);
    if (object[`${name}Base64`] !== undefined) return fromBase64(object[`${name}Base64`]);
    const repeat = object[`${name}Repeat`];
    return repeat && encoder.encode(repeat.before + repeat.text.repeat(repeat.times) + repeat.after);
}

/** @param {Case} test */
export function inputOf(test) {
    return bytesOf(test, 'input') ?? new Uint8Array();
}

/**
 * Bytes that can be read only once, so many at a time.
 * @param {Uint8Array} bytes
 * @param {string} name
 * @param {number} piece
 */
function streamOf(bytes, name, piece) {
    let at = 0;
    const read = (/** @type {Uint8Array} */ view) => {
        const part = bytes.subarray(at, at + Math.min(piece, view.length));
        view.set(part);
        at += part.length;
        return part.length;
    };
    return { name, again: false, openReader: () => ({ read, close() {} }) };
}

/**
 * @param {Case} test
 * @param {Way} way
 * @returns {any}
 */
function sourceOf(test, way) {
    const bytes = inputOf(test);
    const name = test.form === 'lines' ? 'case.ndjson' : 'case.json';
    const small = bytes.length < SAMPLE_TEXT && test.inputRepeat === undefined;
    if (test.once || (way.source === 'stream' && small)) return streamOf(bytes, name, way.piece ?? 65536);
    const opens = decoder.decode(bytes).trimStart().startsWith('[');
    if (way.source === 'bytes' && opens === (test.form === 'array')) return bytes;
    return new File([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)], name);
}

/** @param {Uint8Array} bytes */
function shown(bytes) {
    const text = JSON.stringify(decoder.decode(bytes));
    return text.length > 500 ? `${text.slice(0, 500)}… (${bytes.length} bytes)` : text;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function isSame(one, other) {
    return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/**
 * @param {string} what
 * @param {unknown} got
 * @param {unknown} wanted
 * @returns {string[]}
 */
function compare(what, got, wanted) {
    const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
    return one === other ? [] : [`${what}: got ${one}, wanted ${other}`];
}

/**
 * @param {Case} test
 * @param {Uint8Array} got
 */
function compareOutput(test, got) {
    const wanted = bytesOf(test.expect, 'output');
    if (test.expect.cells) return compare('cells', cellsOf(got), test.expect.cells);
    if (wanted === undefined) return [];
    if (test.json) {
        const [one, other] = [got, wanted].map((bytes) => JSON.parse(decoder.decode(bytes)));
        return [...compare('members', Object.keys(one), Object.keys(other)), ...compare('records', one.records, other.records)];
    }
    return isSame(got, wanted) ? [] : [`output: got ${shown(got)}, wanted ${shown(wanted)}`];
}

/**
 * @param {Case} test
 * @param {any} error
 */
function compareError(test, error) {
    const { expect } = test;
    if (error.code !== expect.error)
        return [`got the error ${error.code ?? error.stack}, wanted ${expect.error ?? 'none'}: ${error.message}`];
    const told = `${error.message} ${error.suggestion ?? ''} ${error.column ?? ''}`;
    if (expect.mentions === undefined || told.includes(expect.mentions)) return [];
    return [`the error does not mention ${expect.mentions}: ${told}`];
}

/** @param {CaseWarning[]} warnings */
function warningLines(warnings) {
    return warnings.map(({ code, column, count }) => `${code}${column === undefined ? '' : ` in ${column}`}: ${count}`).sort();
}

/**
 * @param {Case} test
 * @param {any} report
 */
function compareReport(test, report) {
    const { expect, defectsListed = true } = test;
    const { read, written, filtered, rejected } = report.counts;
    const problems = compare('read', read, written + filtered + rejected);
    const found = { read, written, ...(expect.counts?.filtered === undefined ? {} : { filtered }), rejected };
    if (expect.counts) problems.push(...compare('counts', found, expect.counts));
    const ofDefect = (/** @type {any} */ { code, record, offset }) => ({ code, record, offset });
    if (defectsListed) problems.push(...compare('defects', report.defects.map(ofDefect), (expect.defects ?? []).map(ofDefect)));
    const told = (/** @type {CaseWarning} */ { code }) => defectsListed || code !== 'DEFECTS_NOT_LISTED';
    problems.push(...compare('warnings', warningLines(report.warnings.filter(told)), warningLines(expect.warnings ?? [])));
    const labels = report.columns.map((/** @type {any} */ { label }) => label);
    return expect.columns ? [...problems, ...compare('columns', labels, expect.columns)] : problems;
}

/**
 * Runs a case and tells everything that is not as it expects.
 * @param {Case} test
 * @param {{startExport: (source: any, options: any) => {result: Promise<any>}}} processor
 * @param {Way} [way]
 * @returns {Promise<string[]>}
 */
export async function runCase(test, processor, way = {}) {
    const { chunkSize, workers } = way;
    const options = { ...(chunkSize && { chunkSize }), ...(workers && { workers }), ...test.options };
    let result;
    try {
        result = await processor.startExport(sourceOf(test, way), options).result;
    } catch (error) {
        return compareError(test, error);
    }
    if (test.expect.error) return [`no error, wanted ${test.expect.error}`];
    const output = new Uint8Array(await result.blob.arrayBuffer());
    return [...compareOutput(test, output), ...compareReport(test, result.report)];
}
