// Calls a format that was registered: its functions get rows and give bytes. Runs in the worker that imported them, or on the page's thread.
// SPDX-License-Identifier: MIT
import { ERRORS } from '../build/generated/tables.js';
import { CoreError } from './binding.js';

/** @typedef {{begin?: Function, batch?: Function, end?: Function}} Functions */
/** @typedef {{key: string, label: string, type: string}} PluginColumn */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @param {string} code @param {string} name @param {unknown} error */
export function pluginError(code, name, error) {
    const { message, suggestion } = ERRORS[code];
    return new CoreError({ code, message: `${message}: ${name}: ${error instanceof Error ? error.message : error}`, suggestion });
}

/** @param {unknown} made @returns {Uint8Array<ArrayBuffer>} of its own */
function bytesOf(made) {
    if (made === undefined || made === null) return new Uint8Array(0);
    if (typeof made === 'string') return encoder.encode(made);
    if (made instanceof ArrayBuffer) return new Uint8Array(made.slice(0)); // it is posted, and the format may give it again
    if (ArrayBuffer.isView(made)) return new Uint8Array(made.buffer, made.byteOffset, made.byteLength).slice();
    throw new TypeError(`neither text nor bytes but ${typeof made}`);
}

/** @param {unknown} made by `batch` @returns {made is {bytes: unknown, info?: unknown}} */
function isPair(made) {
    return typeof made === 'object' && made !== null && 'bytes' in made;
}

export class PluginFormat {
    /**
     * @param {string} name
     * @param {Functions} functions
     * @param {Record<string, unknown>} options the format's own
     */
    constructor(name, functions, options) {
        this.name = name;
        this.functions = functions;
        this.options = options;
        /** As the first line of rows tells them; undefined until then. @type {PluginColumn[] | undefined} */
        this.columns = undefined;
        if (typeof functions.batch !== 'function') throw pluginError('FORMAT_NOT_LOADED', name, 'there is no function batch');
    }

    /** @param {keyof Functions} which @param {unknown[]} values @param {object} [more] of the context */
    async #call(which, values, more) {
        const { columns, options } = this;
        try {
            return await this.functions[which]?.(...values, { columns, options, ...more });
        } catch (error) {
            throw pluginError('FORMAT_FAILED', this.name, error);
        }
    }

    /** @param {unknown} made */
    #bytes(made) {
        try {
            return bytesOf(made);
        } catch (error) {
            throw pluginError('FORMAT_FAILED', this.name, error);
        }
    }

    /** @param {unknown} info @returns {string | undefined} JSON */
    #info(info) {
        try {
            return JSON.stringify(info);
        } catch (error) {
            throw pluginError('FORMAT_FAILED', this.name, error);
        }
    }

    /** @param {Uint8Array} line the columns */
    settle(line) {
        this.columns = JSON.parse(decoder.decode(line));
    }

    /** @param {string} metadata JSON */
    async begin(metadata) {
        return this.#bytes(await this.#call('begin', [], { metadata: JSON.parse(metadata) }));
    }

    /** @param {Uint8Array} lines @returns {Promise<{bytes: Uint8Array<ArrayBuffer>, info?: string}>} */
    async batch(lines) {
        const texts = decoder.decode(lines).split('\n');
        texts.pop();
        if (texts.length === 0) return { bytes: new Uint8Array(0) };
        const made = await this.#call('batch', [texts.map((text) => JSON.parse(text))]);
        if (!isPair(made)) return { bytes: this.#bytes(made) };
        return { bytes: this.#bytes(made.bytes), info: this.#info(made.info) };
    }

    /** @param {string} totals JSON: {counts, segments} */
    async end(totals) {
        const { counts, segments } = JSON.parse(totals);
        return this.#bytes(await this.#call('end', [], { counts, segments }));
    }
}
