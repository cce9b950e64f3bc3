// One worker, of the browser or of Node, behind one interface: requests in, replies out, and a clear end.
// SPDX-License-Identifier: MIT
import { errorOfWorker, exportError } from './errors.js';

/** @typedef {Worker | import('./types.js').NodeWorker} WorkerLike */
/** @typedef {import('../wasm-glue/protocol.js').Request} Request */
/** @typedef {import('../wasm-glue/protocol.js').Reply} Reply */
/** @typedef {{id: number, resolve: (reply: any) => void, reject: (error: unknown) => void}} Waiting */

/** A worker that has not loaded after this many milliseconds never will. */
const LOAD_TIMEOUT = 20000;

export class Channel {
    /** Bytes of the worker's wasm memory. */
    memory = 0;
    /** Requests that carry chunks and have no reply yet. */
    busy = 0;
    /** @type {Set<string>} */
    jobs = new Set();
    /** Whether it is ended as soon as it has no chunks. */
    leaving = false;
    /** Why the worker is of no use any more. @type {unknown} */
    failure = undefined;
    /** Whether it never answered; a fresh one would not either. */
    stalled = false;
    /** Requests without a reply, in the order in which they are answered. @type {Waiting[]} */
    #waiting = [];
    #serial = 0;
    /** Modules that are loaded or on their way. @type {Map<string, Promise<import('../wasm-glue/protocol.js').LoadReply>>} */
    #modules = new Map();

    /**
     * @param {WorkerLike} worker
     * @param {import('./platform.js').Platform} platform
     */
    constructor(worker, platform) {
        this.worker = worker;
        this.platform = platform;
        this.#listen();
    }

    /** Names of the modules that it has. */
    get modules() {
        return [...this.#modules.keys()];
    }

    /**
     * Loads a module where that was not done yet.
     * @param {string} module its name
     * @param {string} wasmUrl
     * @param {WebAssembly.Module} [compiled]
     * @returns {Promise<import('../wasm-glue/protocol.js').LoadReply>}
     */
    load(module, wasmUrl, compiled) {
        const known = this.#modules.get(module);
        if (known) return known;
        const late = () => {
            this.stalled = true;
            this.fail(exportError('WORKER_FAILED', `no answer after ${LOAD_TIMEOUT / 1000} seconds`));
        };
        const callOff = this.platform.later(late, LOAD_TIMEOUT);
        const loaded = this.request({ op: 'load', module, wasmUrl, compiled }).finally(callOff);
        loaded.catch((error) => this.fail(error));
        this.#modules.set(module, loaded);
        return loaded;
    }

    #listen() {
        const ended = (/** @type {unknown} */ detail) => this.fail(exportError('WORKER_FAILED', textOf(detail), { cause: detail }));
        const { worker } = this;
        if ('on' in worker) {
            worker.on('message', (reply) => this.#answer(reply));
            worker.on('error', ended);
            worker.on('messageerror', ended);
            worker.on('exit', (code) => ended(`it ended with code ${code}`));
            worker.unref();
            return;
        }
        worker.addEventListener('message', (event) => this.#answer(event.data));
        worker.addEventListener('messageerror', () => ended('a message could not be read'));
        worker.addEventListener('error', (event) => {
            event.preventDefault();
            ended(event.message || 'its script could not be loaded');
        });
    }

    /**
     * @param {Request} request
     * @param {Transferable[]} [transfer]
     * @returns {Promise<any>} the reply; rejects with an ExportError
     */
    request(request, transfer = []) {
        return new Promise((resolve, reject) => {
            if (this.failure) return reject(this.failure);
            const id = this.#serial + 1;
            this.worker.postMessage({ ...request, id }, /** @type {any} */ (transfer)); // what cannot be posted is not waited for
            this.#serial = id;
            this.#waiting.push({ id, resolve, reject });
            if (this.#waiting.length === 1 && 'ref' in this.worker) this.worker.ref();
        });
    }

    /** @param {Reply} reply */
    #answer(reply) {
        if (this.failure) return; // it is being ended, and must stay known to the event loop until then
        const waiting = this.#waiting.shift();
        if (waiting?.id !== reply.id) return this.fail(exportError('INTERNAL', 'a worker answered out of turn'));
        if (this.#waiting.length === 0 && 'unref' in this.worker) this.worker.unref();
        if (reply.ok) {
            this.memory = reply.memory;
            waiting.resolve(reply);
            return;
        }
        const error = errorOfWorker(reply.error);
        waiting.reject(error);
        if (reply.fatal) this.fail(error);
    }

    /** @param {unknown} error */
    fail(error) {
        if (this.failure) return;
        this.failure = error;
        for (const { reject } of this.#waiting) reject(error);
        this.#waiting = [];
        this.memory = 0;
        void this.worker.terminate();
    }

    /** Ends the worker at once; what it was working on is lost. */
    async end() {
        this.fail(exportError('WORKER_FAILED', 'it was ended'));
        await this.worker.terminate();
    }
}

/** @param {unknown} detail */
function textOf(detail) {
    return detail instanceof Error ? detail.message : String(detail);
}
