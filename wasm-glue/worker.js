// The worker: answers the requests of protocol.js with the C core; runs in Web Workers and in node:worker_threads.
// SPDX-License-Identifier: MIT
import { ERRORS, EXPORTS } from '../build/generated/tables.js';
import { Core, CoreError, Job } from './binding.js';
import { Chunk } from './chunk.js';
import { Deflater } from './deflater.js';
import { compile, instantiate, nodeModule, readBytes } from './loader.js';
import { PluginFormat, pluginError } from './plugin.js';
import { regionOf } from './region.js';
import { STORE_OPERATIONS } from './store.js';
import { Validator } from './validator.js';

/** @typedef {import('./protocol.js').Request & {id: number}} Message */
/** @typedef {import('./protocol.js').EncodeRequest} EncodeRequest */
/** @typedef {import('./protocol.js').ScanRequest} ScanRequest */
/** @typedef {{post(message: object, transfer: ArrayBuffer[]): void, listen(listener: (message: Message) => void): void}} Port */
/** @typedef {Record<string, unknown>} Answer */
/** @typedef {import('./protocol.js').FormatFile} FormatFile */
/** @typedef {{job: Job, options: string, files: FormatFile[], columns?: string, parsed: Map<number, Chunk>,
 *   deflater?: Deflater, validator?: Validator, plugin?: PluginFormat, separator?: string}} Entry */

/** The modules that were loaded, by name. @type {Map<string, Core>} */
const cores = new Map();

/** @type {Map<string, Entry>} */
const jobs = new Map();

/** @param {string} name */
function opened(name) {
    const entry = jobs.get(name);
    if (!entry) throw new CoreError({ ...CoreError.of('INTERNAL').failure, message: `no job ${name} is open here` });
    return entry;
}

/** A chunk that was parsed here before. @param {string} job @param {number} number */
function kept(job, number) {
    const chunk = opened(job).parsed.get(number);
    if (!chunk) throw CoreError.of('INTERNAL');
    return chunk;
}

/** @param {string} job @param {number} number @param {Chunk} chunk */
function drop(job, number, chunk) {
    opened(job).parsed.delete(number);
    chunk.free();
}

/** @param {ScanRequest | EncodeRequest} request */
function parse(request) {
    const { text, start, length, form, window } = request;
    return new Chunk(opened(request.job).job, new Uint8Array(text, start, length), form, window);
}

/**
 * What every chunk answers with.
 * @param {Chunk} chunk
 * @param {ArrayBuffer} [text] the request's own
 * @returns {Answer}
 */
function told(chunk, text) {
    return { counts: chunk.counts(), report: chunk.report(), text };
}

/**
 * A segment as it is written: deflated, where the job is. The separator in front of it stays as it is, because the first segment of a
 * file has none.
 * @param {string} name of the job
 * @param {Chunk} chunk
 * @param {ArrayBuffer} [spare]
 * @returns {Answer | Promise<Answer>}
 */
function segment(name, chunk, spare) {
    const { job, deflater, plugin } = opened(name);
    if (plugin) return pluginSegment(name, plugin, chunk.view);
    if (!deflater) return chunk.output(spare);
    const { view } = chunk;
    return { ...deflater.deflate(view.subarray(job.lead), spare), separator: view.slice(0, job.lead).buffer };
}

/** What stands before or behind the segments. @param {string} name @param {Uint8Array<ArrayBuffer>} bytes */
function framing(name, bytes) {
    const { deflater } = opened(name);
    return deflater ? deflater.deflate(bytes) : { bytes: bytes.buffer, length: bytes.length };
}

/**
 * The registered format of a job. It is told its columns by the head of a job of its own, because the open one counts warnings.
 * @param {string} name of the job
 * @param {PluginFormat} plugin
 */
function settled(name, plugin) {
    const { job, options, columns } = opened(name);
    if (plugin.columns) return plugin;
    const settling = new Job(job.core, options);
    try {
        if (columns !== undefined) settling.columns(columns);
        plugin.settle(settling.head('{}'));
        return plugin;
    } finally {
        settling.free();
    }
}

/** @param {string} name of the job @param {PluginFormat} plugin @param {Uint8Array} lines rows */
async function pluginSegment(name, plugin, lines) {
    const { bytes, info } = await settled(name, plugin).batch(lines);
    const separator = new TextEncoder().encode(opened(name).separator).buffer;
    return { ...framing(name, bytes), info, separator };
}

/** @param {string} name of the job @param {PluginFormat} plugin @param {string} metadata */
async function pluginHead(name, plugin, metadata) {
    const { job, separator = '' } = opened(name);
    job.head(metadata);
    const { warnings, state } = job;
    const made = framing(name, await settled(name, plugin).begin(metadata));
    return { ...made, lead: separator === '' ? 0 : 1, warnings, state };
}

/**
 * @param {string} name of the job
 * @param {import('./protocol.js').PluginModule} plugin
 */
async function loadPlugin(name, plugin) {
    try {
        const functions = await import(/* webpackIgnore: true */ /* @vite-ignore */ plugin.url);
        Object.assign(opened(name), { plugin: new PluginFormat(plugin.name, functions, plugin.options), separator: plugin.separator });
    } catch (error) {
        throw error instanceof CoreError ? error : pluginError('FORMAT_NOT_LOADED', plugin.name, error);
    }
}

/**
 * @param {Job} job
 * @param {FormatFile} file
 */
async function give(job, { slot, use, place }) {
    try {
        job.file(slot, use, typeof place === 'string' ? await readBytes(new URL(place)) : place);
    } catch (error) {
        if (error instanceof CoreError) throw error;
        const { message, suggestion } = ERRORS.FILE_FAILED;
        const cause = error instanceof Error ? error.message : String(error);
        throw new CoreError({ code: 'FILE_FAILED', message: `${message}: ${place}: ${cause}`, suggestion });
    }
}

/**
 * Does something again with the files that it turned out to need.
 * @param {Entry} entry
 * @param {() => Answer} act
 * @returns {Promise<Answer>}
 */
async function withFiles({ job, files }, act) {
    for (;;) {
        const answer = act();
        const { wanted } = job;
        if (wanted === 0) return answer;
        for (const file of files) if ((wanted & (1 << file.slot)) !== 0) await give(job, file);
    }
}

/**
 * A chunk that is measured and kept until it has its places.
 * @param {EncodeRequest} request
 * @returns {Answer}
 */
function measured(request) {
    const { job, parsed } = opened(request.job);
    parsed.get(request.chunk)?.free();
    const chunk = parse(request);
    parsed.set(request.chunk, chunk);
    try {
        if (request.scan) chunk.scan(request.chunk);
        chunk.measure();
        if (job.wanted !== 0) return {};
        const answer = { ...told(chunk, request.text), flow: chunk.flow() };
        if (chunk.counts().good === 0) drop(request.job, request.chunk, chunk);
        return answer;
    } catch (error) {
        drop(request.job, request.chunk, chunk);
        throw error;
    }
}

/** @type {{[Op in Message['op']]: (request: any) => Answer | Promise<Answer>}} */
const OPERATIONS = {
    ...STORE_OPERATIONS,

    /** @param {import('./protocol.js').LoadRequest} request */
    async load({ module, wasmUrl, compiled }) {
        try {
            const made = compiled ?? (await compile(wasmUrl));
            cores.set(module, new Core(await instantiate(made), EXPORTS[module]));
            return { compiled: made };
        } catch (error) {
            const { message, suggestion } = ERRORS.WASM_FAILED;
            const cause = error instanceof Error ? error.message : String(error);
            throw new CoreError({ code: 'WASM_FAILED', message: `${message}: ${cause}`, suggestion });
        }
    },

    /** @param {import('./protocol.js').OpenRequest} request */
    async open({ job: name, module, options, files = [], level, plugin }) {
        const core = cores.get(module);
        const deflate = cores.get('deflate');
        if (!core || (level && !deflate)) throw CoreError.of('WASM_FAILED');
        const job = new Job(core, options);
        const region = regionOf(JSON.parse(options));
        if (region) job.region(region);
        jobs.set(name, { job, options, files, parsed: new Map() });
        if (deflate && level) opened(name).deflater = new Deflater(deflate, level);
        if (plugin) await loadPlugin(name, plugin);
        for (const { slot, use } of files) job.file(slot, use);
        for (const file of files) if (file.first) await give(job, file);
        return { limits: job.limits };
    },

    /** @param {ScanRequest} request */
    scan(request) {
        const chunk = parse(request);
        try {
            chunk.scan(request.chunk);
            if (request.shapes) chunk.measure();
            return told(chunk, request.text);
        } finally {
            chunk.free();
        }
    },

    /** @param {EncodeRequest} request */
    async encode(request) {
        const chunk = parse(request);
        try {
            if (request.scan) chunk.scan(request.chunk);
            chunk.encode(0, Infinity);
            const answer = { ...told(chunk, request.text), statistics: chunk.statistics() };
            return { ...answer, ...(await segment(request.job, chunk, request.spare)) };
        } finally {
            chunk.free();
        }
    },

    /** @param {EncodeRequest} request */
    parse(request) {
        return withFiles(opened(request.job), () => measured(request));
    },

    /** @param {import('./protocol.js').FitRequest} request */
    fit({ job, chunk: number, skip, rows, bytes: room }) {
        const chunk = kept(job, number);
        const take = chunk.fit(skip, rows, room);
        const { links, bytes } = chunk.counts();
        return { take, links, bytes, flow: chunk.flow() };
    },

    /** @param {import('./protocol.js').PlaceRequest} request */
    place({ job, chunk: number, skip, take, rows, links, spot, pictures = [], last, spare }) {
        const chunk = kept(job, number);
        try {
            chunk.spot(spot);
            chunk.pictures(pictures);
            chunk.place(skip, take, rows, links);
            const { deflater, validator } = opened(job);
            validator?.check(chunk.view, rows);
            const made = deflater ? deflater.deflate(chunk.view, spare) : chunk.output(spare);
            return { ...told(chunk), ...made, info: chunk.info(), statistics: chunk.statistics() };
        } finally {
            if (last) drop(job, number, chunk);
        }
    },

    /**
     * In a job of its own: the open one knows paths of chunks that do not count, when the input is broken before them.
     * @param {import('./protocol.js').SettleRequest} request
     */
    settle({ job: name, paths, extra }) {
        const { job, options } = opened(name);
        const settling = new Job(job.core, JSON.stringify({ ...JSON.parse(options), columns: undefined }));
        try {
            for (const report of paths) settling.merge(report);
            return { value: settling.settle(extra) };
        } finally {
            settling.free();
        }
    },

    /** @param {import('./protocol.js').ColumnsRequest} request */
    columns({ job: name, columns }) {
        const entry = opened(name);
        entry.job.columns(columns);
        entry.columns = columns;
        return {};
    },

    /**
     * In a job of its own, so that it can be done again.
     * @param {import('./protocol.js').GatherRequest} request
     */
    gather({ job: name, state, blobs }) {
        const { job, options, columns } = opened(name);
        const gathering = new Job(job.core, options);
        try {
            if (columns !== undefined) gathering.columns(columns);
            for (const blob of state ? [state, ...blobs] : blobs) gathering.gather(blob);
            return { bytes: gathering.gathered().buffer };
        } finally {
            gathering.free();
        }
    },

    /** @param {import('./protocol.js').HeadRequest} request */
    head({ job: name, metadata }) {
        const entry = opened(name);
        const { job, plugin } = entry;
        if (plugin) return pluginHead(name, plugin, metadata);
        const made = () => ({ ...framing(name, job.head(metadata)), lead: job.lead, warnings: job.warnings, state: job.state });
        return withFiles(entry, made);
    },

    /** @param {import('./protocol.js').SchemaRequest} request */
    schema({ job: name, shapes }) {
        return { bytes: opened(name).job.schema(shapes).buffer };
    },

    /**
     * From here on all that is placed is validated. What stands around the records comes from a job of its own.
     * @param {import('./protocol.js').ValidatorRequest} request
     */
    validator({ job: name, schema, metadata }) {
        const entry = opened(name);
        const core = cores.get('validator');
        if (!core) throw CoreError.of('WASM_FAILED');
        const framing = new Job(entry.job.core, entry.options);
        try {
            if (entry.columns !== undefined) framing.columns(entry.columns);
            const [start, end] = [framing.head(metadata), framing.tail('{"counts":{"written":1}}')];
            entry.validator?.free();
            entry.validator = new Validator(core, schema, { start, end });
        } finally {
            framing.free();
        }
        return {};
    },

    /** @param {import('./protocol.js').PictureRequest} request */
    picture({ job: name, spot, file }) {
        const { job } = opened(name);
        const { bytes, unreadable } = job.picture(spot, new Uint8Array(file));
        return { bytes: bytes.buffer, state: job.state, unreadable };
    },

    /** @param {import('./protocol.js').TurnRequest} request */
    turn({ job: name, ending, more }) {
        const { job } = opened(name);
        const { bytes, cuts, ledger } = job.turn(ending, more);
        return { bytes: bytes.buffer, cuts, state: job.state, ledger };
    },

    /** @param {import('./protocol.js').TailRequest} request */
    async tail({ job: name, totals, statistics, ledger }) {
        const entry = opened(name);
        const { job, plugin } = entry;
        if (statistics) job.gather(statistics);
        const told = statistics ? { statistics: job.statistics() } : {};
        if (plugin) return { ...framing(name, await settled(name, plugin).end(totals)), lead: 0, warnings: job.warnings, ...told };
        const made = () => {
            const bytes = job.tail(totals, ledger);
            entry.validator?.checkEnd(bytes);
            return { ...framing(name, bytes), lead: job.lead, warnings: job.warnings, ...told };
        };
        return withFiles(entry, made);
    },

    /** @param {import('./protocol.js').CloseRequest} request */
    close({ job: name }) {
        const entry = jobs.get(name);
        jobs.delete(name);
        for (const chunk of entry?.parsed.values() ?? []) chunk.free();
        entry?.job.free();
        entry?.deflater?.free();
        entry?.validator?.free();
        return {};
    },
};

/**
 * A trap leaves the heap in an unknown state, which ends the worker's use.
 * @param {number} id
 * @param {unknown} error
 */
function refusal(id, error) {
    if (error instanceof CoreError)
        return { id, ok: false, fatal: false, error: error.failure };
    const detail = error instanceof Error ? error.message : String(error);
    const { message, suggestion } = ERRORS.INTERNAL;
    return { id, ok: false, fatal: true, error: { code: 'INTERNAL', message: `${message}: ${detail}`, suggestion } };
}

/** Bytes of all wasm memories here. */
function memoryOfAll() {
    let memory = 0;
    for (const core of cores.values()) memory += core.memory;
    return memory;
}

/** @param {Message} message */
async function reply(message) {
    const began = performance.now();
    try {
        const answer = await OPERATIONS[message.op](message);
        return { id: message.id, ok: true, memory: memoryOfAll(), spent: performance.now() - began, ...answer };
    } catch (error) {
        return refusal(message.id, error);
    }
}

/**
 * In a page the listener must be there before the script ends, so there nothing is waited for.
 * @returns {Port | Promise<Port>}
 */
function openPort() {
    if (typeof process === 'object' && process.versions?.node) return openNodePort();
    return {
        post: (message, transfer) => globalThis.postMessage(message, { transfer }),
        listen: (listener) => globalThis.addEventListener('message', (event) => listener(event.data)),
    };
}

/** @returns {Promise<Port>} */
async function openNodePort() {
    /** @type {import('node:worker_threads')} */
    const { parentPort } = await nodeModule('node:worker_threads');
    if (!parentPort) throw new Error('this is the script of a worker');
    return {
        post: (message, transfer) => parentPort.postMessage(message, transfer),
        listen: (listener) => parentPort.on('message', listener),
    };
}

let last = Promise.resolve();

/**
 * @param {Port} port
 * @param {Message} message
 */
async function answer(port, message) {
    const answered = await reply(message);
    const buffers = Object.values(answered).filter((value) => value instanceof ArrayBuffer);
    port.post(answered, buffers);
}

/** @param {Port} port */
function serve(port) {
    port.listen((message) => {
        last = last.then(() => answer(port, message));
    });
}

const port = openPort();
if (port instanceof Promise) void port.then(serve);
else serve(port);
