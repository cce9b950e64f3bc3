// Fetches or reads the wasm module and instantiates it with the few imports that a STANDALONE_WASM module asks for.
// SPDX-License-Identifier: MIT

/** WASI's errno for "function not supported" (wasi_snapshot_preview1, errno 52). */
const NOT_SUPPORTED = 52;

/** What every module begins with; pages that stand in for missing files do not. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** @type {Record<string, (...values: number[]) => number | void>} */
const KNOWN_IMPORTS = {
    proc_exit(status) {
        throw new WebAssembly.RuntimeError(`the module ended itself with status ${status}`);
    },
    emscripten_notify_memory_growth() {},
};

/**
 * Imports are made from the module's own list, so that a newer toolchain with one more of them still links. C has no
 * use for files, clocks or the environment, so all others say that they are not supported.
 * @param {WebAssembly.Module} module
 * @returns {WebAssembly.Imports}
 */
function importsOf(module) {
    /** @type {Record<string, Record<string, Function>>} */
    const imports = {};
    for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
        if (kind !== 'function') throw new WebAssembly.LinkError(`the module imports a ${kind}, ${name}`);
        imports[space] ??= {};
        imports[space][name] = KNOWN_IMPORTS[name] ?? (() => NOT_SUPPORTED);
    }
    return /** @type {WebAssembly.Imports} */ (imports);
}

/**
 * A module of Node, asked for so that no bundler for pages looks for it. Node before 20.16 has no getBuiltinModule.
 * @param {string} name
 * @returns {Promise<any>}
 */
export async function nodeModule(name) {
    return process.getBuiltinModule?.(name) ?? import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}

/** @param {URL} url */
function isNodeFile(url) {
    return url.protocol === 'file:' && typeof process === 'object';
}

/** @param {URL} url */
async function request(url) {
    const response = await fetch(url, { credentials: 'same-origin' });
    if (!response.ok) throw new Error(`${url.href}: HTTP status ${response.status}`);
    return response;
}

/**
 * @param {URL} url
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function readBytes(url) {
    if (!isNodeFile(url)) return new Uint8Array(await (await request(url)).arrayBuffer());
    const { readFile } = await nodeModule('node:fs/promises');
    return new Uint8Array(await readFile(url));
}

/**
 * Streaming compilation wants the media type application/wasm, which many servers do not send; then the bytes are
 * compiled when they are all there.
 * @param {string} wasmUrl absolute
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(wasmUrl) {
    const url = new URL(wasmUrl);
    if (isNodeFile(url)) return WebAssembly.compile(await readBytes(url));
    const response = await request(url);
    const type = response.headers.get('content-type') ?? '';
    if (/^application\/wasm\b/i.test(type) && typeof WebAssembly.compileStreaming === 'function')
        return WebAssembly.compileStreaming(response);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (MAGIC.some((byte, at) => bytes[at] !== byte)) throw new Error(`${url.href} is no WebAssembly, but ${type || 'of unknown type'}`);
    return WebAssembly.compile(bytes);
}

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<WebAssembly.Exports>} of the initialized instance
 */
export async function instantiate(module) {
    const { exports } = await WebAssembly.instantiate(module, importsOf(module));
    if (typeof exports._initialize === 'function') exports._initialize();
    return exports;
}
