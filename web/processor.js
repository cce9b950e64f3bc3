// ExportProcessor: starts, queues, watches and cancels exports.
// SPDX-License-Identifier: MIT
import { Core } from '../wasm-glue/binding.js';
import { Splitter } from '../wasm-glue/splitter.js';
import { instantiate } from '../wasm-glue/loader.js';
import { rejectedAgain, wholeAgain } from './again.js';
import { BatchJob, BatchRun } from './batch.js';
import { callBack } from './callbacks.js';
import { asExportError, exportError } from './errors.js';
import { ExportJob } from './job.js';
import { browserPlatform } from './platform.js';
import { checkPlugin } from './plugins.js';
import { Governor } from './governor.js';
import { History } from './history.js';
import { Pool } from './pool.js';
import { readCleanupOptions, readProcessorOptions } from './processor-options.js';
import { previewOf } from './preview.js';
import { Run } from './run.js';
import { findOrigin } from './sources.js';

/** @typedef {import('./types.js').ProcessorOptions} ProcessorOptions */
/** @typedef {import('./types.js').ExportOptions} ExportOptions */
/** @typedef {import('./types.js').Format} Format */
/** @typedef {import('./types.js').ExportProgress} ExportProgress */
/** @typedef {import('./types.js').RecordSource} RecordSource */
/** @typedef {import('./types.js').Snapshot} Snapshot */

/** What `getInstance` gives. @type {ExportProcessor | undefined} */
let common;

/** Runs exports: queues them, shares workers and memory among them, and remembers what came of them. */
export class ExportProcessor {
    /** Exports that wait, those first that start first. @type {(Run | BatchRun)[]} */
    #queue = [];
    /** @type {Set<Run | BatchRun>} */
    #running = new Set();
    #history;
    #serial = 0;
    /** Formats that were registered, by name. @type {Map<string, import('./types.js').FormatPlugin>} */
    #registered = new Map();
    /** Each subscription counts, also those of one function. @type {Set<{listener: () => void}>} */
    #listeners = new Set();
    /** Previews that run, of which the history knows nothing. @type {Set<BatchRun>} */
    #previews = new Set();
    /** The module on this side, which only splits JSON arrays. @type {Promise<Core> | undefined} */
    #loading;
    /** @type {Core | undefined} */
    #core;
    /** @type {import('./run.js').RunContext} */
    #context;

    /**
     * @param {ProcessorOptions} [options]
     * @param {import('./platform.js').Platform} [platform]
     */
    constructor(options = {}, platform = browserPlatform) {
        this.options = readProcessorOptions(options);
        const pool = new Pool(platform, this.options, () => this.#changed());
        const governor = new Governor(pool, () => this.#core?.memory ?? 0, this.options.maxMemoryUsage);
        const now = this.options.now ?? Date.now;
        const memory = () => governor.held;
        this.#history = new History(this.options, { platform, now, memory, forgotten: () => this.#changed() });
        this.#context = {
            pool,
            governor,
            platform,
            openSplitter: () => this.#openSplitter(),
            workers: this.options.workers ?? platform.workers(),
            now,
            changed: () => this.#changed(),
            registered: this.#registered,
        };
    }

    /**
     * The processor that a whole page or program can share. The options count when it is made.
     * @param {ProcessorOptions} [options]
     * @returns {ExportProcessor}
     */
    static getInstance(options) {
        common ??= new this(options);
        return common;
    }

    /**
     * Starts an export, or queues it when `maxConcurrent` are running or memory has no room for one more. Those that wait start by their
     * `priority`, equal ones in order. Whatever is wrong rejects the job's `result`.
     * @param {RecordSource} source
     * @param {ExportOptions} options
     * @returns {ExportJob}
     */
    startExport(source, options) {
        return this.#start(source, options);
    }

    /** @param {RecordSource} source @param {ExportOptions} options @param {import('./again.js').Regard} [regard] */
    #start(source, options, regard) {
        this.#serial += 1;
        const run = new Run(`export-${this.#serial}`, source, options, { ...this.#context, ...regard });
        this.#enqueue(run);
        return new ExportJob(run);
    }

    /**
     * Starts several exports that read the source once. They count as one in the queue.
     * @param {RecordSource} source
     * @param {readonly (Format | ExportOptions)[]} formats names of formats, or options that come before the shared ones
     * @param {import('./types.js').BatchOptions} [shared]
     * @returns {BatchJob}
     */
    batchExport(source, formats, shared = {}) {
        return this.#startBatch(source, formats, shared ?? {});
    }

    /**
     * @param {RecordSource} source
     * @param {readonly (Format | ExportOptions)[]} formats
     * @param {import('./types.js').BatchOptions} shared
     * @param {import('./again.js').Regard} [regard]
     */
    #startBatch(source, formats, shared, regard) {
        this.#serial += 1;
        const batch = new BatchRun(`batch-${this.#serial}`, source, formats, shared, { ...this.#context, ...regard });
        this.#enqueue(batch);
        return new BatchJob(batch);
    }

    /**
     * Whether a source can be read more than once, so that it can be previewed and then exported, or exported again.
     * @param {RecordSource} source
     * @returns {boolean}
     */
    canReadAgain(source) {
        const { again, afresh } = findOrigin(source, this.#context.platform);
        return again || afresh === true;
    }

    /**
     * Exports the first records and shows them: at once, whatever else is running. The source is not read further than that.
     * @param {RecordSource} source
     * @param {import('./types.js').PreviewOptions} options
     * @returns {Promise<import('./types.js').Preview>} rejects with an ExportError
     */
    async previewExport(source, options) {
        this.#serial += 1;
        return previewOf(`preview-${this.#serial}`, source, options, { ...this.#context, changed: () => {} }, this.#previews);
    }

    /**
     * Makes a format known by its name, for exports that are started from now on. See web/README.md.
     * @param {import('./types.js').FormatPlugin} plugin
     */
    registerFormat(plugin) {
        const checked = checkPlugin(plugin, this.#registered);
        this.#registered.set(checked.name, checked);
    }

    /** @param {Run | BatchRun} run */
    #enqueue(run) {
        this.#history.add(run);
        const behind = this.#queue.findIndex(({ priority }) => priority < run.priority);
        this.#queue.splice(behind < 0 ? this.#queue.length : behind, 0, run);
        queueMicrotask(() => this.#startNext());
        this.#changed();
    }

    #startNext() {
        for (;;) {
            this.#queue = this.#queue.filter((run) => !run.progress.isLast);
            const [run] = this.#queue;
            if (!run || !this.#hasRoom(run)) return;
            this.#queue.shift();
            this.#running.add(run);
            void run.execute().then(() => {
                this.#running.delete(run);
                this.#startNext();
            });
        }
    }

    /** @param {Run | BatchRun} run */
    #hasRoom(run) {
        if (this.#running.size >= this.options.maxConcurrent) return false;
        const exports = [...this.#running].reduce((sum, one) => sum + one.exports, 0);
        return this.#context.governor.admits(exports, run.exports);
    }

    /**
     * @param {string} id
     * @returns {Promise<boolean>} true when it was running or waiting, once its workers and files are gone
     */
    async cancelExport(id) {
        return (await this.#history.get(id)?.cancel()) ?? false;
    }

    /**
     * @param {string} id
     * @returns {ExportProgress | undefined}
     */
    getExportProgress(id) {
        return this.#history.get(id)?.progress.snapshot;
    }

    /**
     * Starts an export or a batch that has ended once more, from the same source with the same options.
     * @template {string} Id
     * @param {Id} id
     * @returns {Id extends `batch-${number}` ? BatchJob : ExportJob}
     */
    retryExport(id) {
        return /** @type {any} */ (this.#again(wholeAgain(this.#history.get(id), id, (source) => this.canReadAgain(source))));
    }

    /**
     * Starts a new export, or batch, of the records alone that one which has ended has rejected; after they were mended in place, from a
     * mended source, or with other options. Reports tell the records' indexes in the source.
     * @template {string} Id
     * @param {Id} id
     * @param {Id extends `batch-${number}` ? import('./types.js').BatchRetryOptions : import('./types.js').RetryOptions} [changes] options
     *   in place of the old ones, and `source`; sink, limit and offset are not taken over, and names of files get ` (rejected)` where none is given
     * @returns {Id extends `batch-${number}` ? BatchJob : ExportJob}
     */
    retryRejected(id, changes) {
        const again = rejectedAgain(this.#history.get(id), id, changes ?? {}, (source) => this.canReadAgain(source));
        return /** @type {any} */ (this.#again(again));
    }

    /** @param {import('./again.js').Again} again */
    #again({ source, options, formats, regard }) {
        return formats ? this.#startBatch(source, formats, options, regard) : this.#start(source, options, regard);
    }

    /**
     * @param {() => void} listener called when a snapshot has changed
     * @returns {() => void} ends the subscription
     */
    subscribe = (listener) => {
        if (typeof listener !== 'function') throw exportError('INVALID_OPTION', 'subscribe takes a function');
        const subscription = { listener };
        this.#listeners.add(subscription);
        return () => void this.#listeners.delete(subscription);
    };

    /** @returns {Snapshot} the same object until something changes */
    getSnapshot = () => this.#history.snapshot;

    #changed() {
        this.#history.changed();
        for (const { listener } of this.#listeners) callBack('a subscriber', listener);
    }

    /**
     * Forgets exports that have ended, with their sources, options and files; without options all of them. Blobs that stand for private
     * files are of no use then.
     * @param {import('./types.js').CleanupOptions} [options]
     */
    cleanup(options = {}) {
        void this.#history.forget(readCleanupOptions(options));
    }

    /** Cancels everything and ends the workers. */
    async dispose() {
        const previews = Promise.all([...this.#previews].map((preview) => preview.cancel()));
        await this.#history.dispose(async () => {
            await previews;
            await this.#context.pool.end();
        });
        if (common === this) common = undefined;
    }

    async #openSplitter() {
        try {
            this.#loading ??= this.#context.pool.compiled('core').then(instantiate).then((exports) => new Core(exports));
            this.#core = await this.#loading;
            return new Splitter(this.#core);
        } catch (error) {
            this.#loading = undefined;
            throw asExportError(error, 'WASM_FAILED');
        }
    }
}
