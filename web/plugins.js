// Formats in JavaScript: what can be registered, and how one without a module of its own is called on this thread.
// SPDX-License-Identifier: MIT
import { PluginFormat } from '../wasm-glue/plugin.js';
import { asExportError, errorOfWorker, exportError } from './errors.js';
import { filled, isOptions } from './filled.js';
import { isReserved } from './formats.js';
import { nearestName } from './nearest.js';
import { OPTION_GROUPS, optionRow } from './options.js';

/** @typedef {import('./types.js').FormatPlugin} FormatPlugin */

const MEMBERS = ['name', 'extension', 'mimeType', 'moduleUrl', 'options', 'separator', 'begin', 'batch', 'end'];

/** @param {boolean} right @param {string} detail */
function demand(right, detail) {
    if (!right) throw exportError('FORMAT_INVALID', detail);
}

/** @param {any} plugin */
function checkFunctions({ moduleUrl, begin, batch, end }) {
    if (moduleUrl !== undefined) {
        demand(typeof moduleUrl === 'string' || moduleUrl instanceof URL, 'moduleUrl must be a URL');
        demand([begin, batch, end].every((one) => one === undefined), 'the functions of a format with moduleUrl are those that its module exports');
        return;
    }
    demand(typeof batch === 'function', 'there is neither a moduleUrl nor a function batch');
    for (const one of [begin, end]) demand(one === undefined || typeof one === 'function', 'begin and end must be functions');
}

/**
 * A copy of the plugin, checked.
 * @param {any} plugin as the user gave it
 * @param {import('./formats.js').Registered} registered
 * @returns {FormatPlugin}
 */
export function checkPlugin(plugin, registered) {
    demand(typeof plugin === 'object' && plugin !== null, 'it must be an object');
    const unknown = Object.keys(plugin).find((member) => !MEMBERS.includes(member));
    const nearest = unknown && nearestName(unknown, MEMBERS);
    demand(!unknown, `there is no member ${unknown}${nearest ? `; did you mean ${nearest}?` : ''}`);
    const { name, extension, mimeType, options = {}, separator = '' } = plugin;
    demand(typeof name === 'string' && /^[a-z][a-z0-9_-]{0,31}$/i.test(name), 'name must be 1 to 32 letters, digits, - or _, and start with a letter');
    const taken = isReserved(name) || OPTION_GROUPS.includes(name) || optionRow(name) !== undefined || registered.has(name) || name in Object.prototype;
    demand(!taken, `the name ${name} is taken`);
    demand(typeof extension === 'string' && /^(\.[a-z0-9]{1,16}){1,2}$/i.test(extension), 'extension must be as .md');
    demand(typeof mimeType === 'string' && /^[\w.+-]+\/[\w.+-]+$/.test(mimeType), 'mimeType must be as text/markdown');
    demand(typeof options === 'object' && options !== null && !Array.isArray(options), 'options must be an object of defaults');
    demand(typeof separator === 'string', 'separator must be text');
    checkFunctions(plugin);
    return { ...plugin, options: { ...options }, separator };
}

/**
 * The options that an export gives to a registered format, with their defaults.
 * @param {FormatPlugin} plugin
 * @param {unknown} given
 */
export function pluginOptions({ name, options: defaults = {} }, given) {
    if (given === undefined || given === null) return { ...defaults };
    if (!isOptions(given)) throw exportError('INVALID_OPTION', `${name} must be an object of options`);
    for (const one of Object.keys(given)) {
        if (Object.hasOwn(defaults, one)) continue;
        const nearest = nearestName(one, Object.keys(defaults));
        const suggestion = nearest ? `did you mean ${name}.${nearest}?` : undefined;
        throw exportError('UNKNOWN_OPTION', `${name}.${one}`, { suggestion });
    }
    return { ...defaults, ...filled(given) };
}

/** What reports tell of a format's options: JSON can hold it. @param {string} name @param {unknown} given */
export function toldOptions(name, given) {
    try {
        return JSON.parse(JSON.stringify(given, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? 'null');
    } catch (error) {
        throw exportError('INVALID_OPTION', `${name} has an option that no report can tell: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
}

/** Workers get copies, which there are none of functions and other things that live. @param {string} name @param {Record<string, unknown>} options */
function checkCopies(name, options) {
    for (const [option, value] of Object.entries(options)) {
        try {
            structuredClone(value);
        } catch (error) {
            const suggestion = 'give what can be posted to a worker: texts, numbers, plain objects, lists, bytes';
            throw exportError('INVALID_OPTION', `${name}.${option} does not reach the workers: ${error instanceof Error ? error.message : error}`, { suggestion });
        }
    }
}

/** @param {FormatPlugin} plugin @param {Record<string, unknown>} options @returns {import('../wasm-glue/protocol.js').PluginModule | undefined} where it has a module */
export function pluginRequest({ name, moduleUrl, separator = '' }, options) {
    if (moduleUrl === undefined) return undefined;
    checkCopies(name, options);
    try {
        const base = globalThis.document?.baseURI ?? globalThis.location?.href ?? undefined;
        return { name, url: new URL(moduleUrl, base).href, options, separator };
    } catch {
        throw exportError('FORMAT_INVALID', `moduleUrl must be absolute here: ${moduleUrl}`);
    }
}

/** Makes of replies with rows what the worker would have made of them. */
export class InlineFormat {
    #format;

    /** @param {FormatPlugin} plugin @param {Record<string, unknown>} options */
    constructor(plugin, options) {
        this.separator = new TextEncoder().encode(plugin.separator).buffer;
        this.#format = new PluginFormat(plugin.name, { begin: plugin.begin, batch: plugin.batch, end: plugin.end }, options);
    }

    /**
     * @template T
     * @param {() => Promise<T>} use
     */
    async #told(use) {
        try {
            return await use();
        } catch (error) {
            const { failure } = /** @type {any} */ (error);
            throw failure ? errorOfWorker(failure) : asExportError(error, 'FORMAT_FAILED');
        }
    }

    /** @param {import('../wasm-glue/protocol.js').BytesReply} reply @param {string} metadata */
    head(reply, metadata) {
        this.#format.settle(new Uint8Array(reply.bytes, 0, reply.length));
        return this.#told(async () => this.#framing(reply, await this.#format.begin(metadata)));
    }

    /** @param {import('../wasm-glue/protocol.js').BytesReply} reply @param {string} totals */
    tail(reply, totals) {
        return this.#told(async () => this.#framing(reply, await this.#format.end(totals)));
    }

    /** @param {import('../wasm-glue/protocol.js').BytesReply} reply @param {Uint8Array<ArrayBuffer>} bytes */
    #framing(reply, bytes) {
        return { ...reply, bytes: bytes.buffer, length: bytes.length, lead: this.separator.byteLength > 0 ? 1 : 0 };
    }

    /** @param {import('../wasm-glue/protocol.js').SegmentReply} reply */
    segment(reply) {
        const { bytes: rows, length } = reply;
        if (!rows) return reply;
        return this.#told(async () => {
            const { bytes, info } = await this.#format.batch(new Uint8Array(rows, 0, length));
            return { ...reply, bytes: bytes.buffer, length: bytes.length, info, separator: this.separator.slice(0) };
        });
    }
}
