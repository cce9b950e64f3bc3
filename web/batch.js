// A batch: several exports from one read of the source, watched and cancelled as one.
// SPDX-License-Identifier: MIT
import { Buffers } from './buffers.js';
import { callBack } from './callbacks.js';
import { asExportError, exportError } from './errors.js';
import { BatchZip } from './batch-zip.js';
import { isOptions } from './filled.js';
import { combinedEstimate } from './forecast.js';
import { Indexes } from './indexes.js';
import { merged } from './merged.js';
import { ExportJob, following } from './job.js';
import { Patience } from './patience.js';
import { planOf } from './plan.js';
import { originOf, Run } from './run.js';
import { safeName, stemOf } from './safe-name.js';
import { heed, Stop } from './stop.js';
import { Tap } from './tap.js';
import { checkOption, optionsNow, priorityOf, readOptions } from './options.js';

/** @typedef {import('./types.js').BatchProgress} BatchProgress */
/** @typedef {import('./types.js').BatchResult} BatchResult */
/** @typedef {import('./types.js').ExportOptions} ExportOptions */
/** @typedef {import('./types.js').Format} Format */
/** @typedef {import('./types.js').ExportProgress} ExportProgress */
/** @typedef {import('./types.js').ExportResult} ExportResult */
/** @typedef {import('./errors.js').ExportError} ExportError */
/** @typedef {import('./types.js').Phase} Phase */
/** @typedef {'recordsRead' | 'recordsWritten' | 'recordsRejected' | 'recordsFiltered' | 'bytesIn' | 'bytesOut' | 'recordsPerSecond' | 'workers'
 *   | 'memoryBytes' | 'chunkSize' | 'retries' | 'warnings'} Counted */

/** Phases from the first to the last that an export goes through. @type {Phase[]} */
const WAY = ['queued', 'analyzing', 'encoding', 'finalizing'];

/**
 * The options of each export: its own before those that all share.
 * @param {readonly (Format | ExportOptions)[]} formats
 * @param {import('./types.js').BatchOptions} shared
 * @returns {ExportOptions[]}
 */
function optionsOf(formats, shared) {
    const { zip, onProgress: _onProgress, sink: _sink, fileName, ...all } = shared;
    const common = zip || fileName === undefined ? all : { ...all, fileName };
    return formats.map((format) => /** @type {ExportOptions} */ (merged(common, typeof format === 'string' ? { format } : (format ?? {}))));
}

/** Refuses what is wrong with the batch as a whole. @param {unknown} formats @param {import('./types.js').BatchOptions} shared */
function checkBatch(formats, shared) {
    const refuse = (/** @type {string} */ detail) => {
        throw exportError('INVALID_OPTION', detail);
    };
    if (!Array.isArray(formats) || formats.length === 0) refuse('formats must be an array of formats or of options, and not empty');
    if (!isOptions(shared)) refuse('the shared options must be an object');
    if (typeof (shared.zip ?? false) !== 'boolean') refuse('zip must be true or false');
    if (typeof (shared.onProgress ?? refuse) !== 'function') refuse('onProgress must be a function');
    if (shared.zip) checkOption('fileName', shared.fileName);
    else if (shared.sink) refuse('a sink belongs to one export; give it with the options of the format');
}

/** It stands in the queue like a run. */
export class BatchRun {
    /** @type {Run[]} */
    runs = [];
    /** @type {Promise<BatchResult>} */
    result;
    /** Settles when nothing of the batch is left. @type {Promise<void>} */
    over;
    /** @type {(result: BatchResult) => void} */
    #resolve = () => {};
    /** @type {(error: unknown) => void} */
    #reject = () => {};
    #end = () => {};
    /** @type {Promise<void> | undefined} */
    #settling;
    /** Ends what the zip file is waited for, when the batch is called off as a whole. */
    #off = new Stop();
    /** @type {Set<() => void>} */
    #watchers = new Set();
    /** @type {Readonly<BatchProgress> | undefined} */
    #snapshot;
    /** @type {{tap: Tap, origins: ReturnType<Tap['origins']>[]} | undefined} */
    #tapped;
    #buffers = new Buffers();
    /** Ends what the source is waited for. */
    #stop = new Stop();
    /** @type {BatchZip | undefined} */
    #zip;
    /** Names of the files in it. @type {Set<string>} */
    #taken = new Set();
    /** As they were when it was started. @type {readonly (Format | ExportOptions)[]} */
    formats = [];
    /** @type {import('./types.js').BatchOptions} */
    shared = {};
    /** What is wrong with them. @type {ExportError | undefined} */
    fault;
    /** Why the batch as a whole failed. @type {unknown} */
    #failure;
    /** Milliseconds since 1970, once it has ended. @type {number | undefined} */
    endedAt;
    /** @type {{result?: BatchResult, error?: ExportError}} */
    #outcome = {};
    /** @type {import('./types.js').BatchEntry | undefined} */
    #entry;

    /**
     * @param {string} id
     * @param {import('./types.js').RecordSource} source
     * @param {readonly (Format | ExportOptions)[]} formats
     * @param {import('./types.js').BatchOptions} shared
     * @param {import('./run.js').RunContext} context
     */
    constructor(id, source, formats, shared, context) {
        this.id = id;
        this.source = source;
        this.context = context;
        this.createdAt = context.now();
        this.result = new Promise((resolve, reject) => {
            this.#resolve = resolve;
            this.#reject = reject;
        });
        this.result.catch(() => {}); // whoever looks at it still gets the failure
        this.over = new Promise((resolve) => {
            this.#end = resolve;
        });
        try {
            this.#read(formats, shared);
        } catch (error) {
            this.fault = asExportError(error, 'INVALID_OPTION');
        }
        const options = this.fault ? [] : optionsOf(this.formats, this.shared);
        this.runs = options.map((one, at) => new Run(`${id}.${at + 1}`, source, one, this.#contextOf(at, options.length)));
        void Promise.all(this.runs.map(({ over }) => over)).then(() => this.#settle()); // wherever they end, also while it waits
        heed(shared?.signal, (reason) => void this.cancel(reason), this.over);
    }

    /** @param {readonly (Format | ExportOptions)[]} formats @param {import('./types.js').BatchOptions} shared */
    #read(formats, shared) {
        this.formats = Array.isArray(formats) ? formats.map((format) => optionsNow(format)) : formats;
        this.shared = optionsNow(shared);
        checkBatch(this.formats, this.shared);
        const { platform, pool, now } = this.context;
        if (this.shared.zip) this.#zip = new BatchZip(this.shared.sink ?? undefined, platform, () => pool.openChannel(), now());
    }

    /** Records of the source that any of its exports rejected; of those that came to their end. */
    get rejected() {
        const all = this.runs.flatMap(({ rejected }) => rejected ?? []);
        return all.length > 0 ? Indexes.union(all) : undefined;
    }

    /** Of the source, where it tells one. */
    get version() {
        return this.runs.map(({ version }) => version).find((version) => version !== undefined);
    }

    /** In the queue. */
    get priority() {
        return priorityOf(this.shared);
    }

    /** How many exports run when the batch does. */
    get exports() {
        return this.runs.length;
    }

    get sinks() {
        return [this.shared?.sink, ...this.runs.flatMap((run) => run.sinks)];
    }

    /**
     * @param {number} at
     * @param {number} count
     * @returns {import('./run.js').RunContext}
     */
    #contextOf(at, count) {
        const { context } = this;
        const originOf = () => this.#tap(count).origins[at];
        return {
            ...context,
            get origin() {
                return originOf();
            },
            changed: () => this.#changed(),
            member: this.#zip ? (name, deflated) => /** @type {BatchZip} */ (this.#zip).member(at, name, deflated) : undefined,
            taken: this.#zip ? this.#taken : undefined,
        };
    }

    /** @param {number} count */
    #tap(count) {
        if (!this.#tapped) {
            const { platform, openSplitter } = this.context;
            const maxRecord = Math.min(...this.#hosts.map((host) => planOf(host).maxRecord));
            const context = { buffers: this.#buffers, platform, openSplitter, maxRecord, patience: this.#patienceWith(this.#stop) };
            const tap = new Tap(originOf(this.source, this.context), count, context);
            this.#tapped = { tap, origins: this.runs.map(() => tap.origins()) };
        }
        return this.#tapped;
    }

    /** Options of the exports that have no fault. */
    get #hosts() {
        return this.runs.flatMap((run) => settingsOf(run)?.host ?? []);
    }

    /** For what all exports wait for together. @param {Stop} stop */
    #patienceWith(stop) {
        const hosts = this.#hosts;
        const timeouts = hosts.map(({ sourceTimeout }) => sourceTimeout).filter((timeout) => timeout > 0);
        return new Patience({
            retries: Math.max(...hosts.map(({ retries }) => retries)),
            timeout: timeouts.length > 0 ? Math.min(...timeouts) : 0,
            retried: () => {
                for (const { progress } of this.runs) if (!progress.isLast) progress.retries += 1;
            },
            stop,
            later: this.context.platform.later,
        });
    }

    /** Runs to the end; never rejects. */
    async execute() {
        const unmetered = this.context.governor.meter(() => this.#buffers.held);
        try {
            await this.#zip?.open(this.#patienceWith(this.#off));
        } catch (error) {
            this.#failure = error;
            await Promise.all(this.runs.map((run) => run.cancel()));
        }
        await Promise.all(this.runs.map((run, at) => this.#execute(run, at)));
        await this.#settle();
        unmetered();
    }

    /** An export that never opens the source must not be waited for there. @param {Run} run @param {number} at */
    async #execute(run, at) {
        if (!run.progress.isLast) await run.execute();
        try {
            this.#tap(this.runs.length).origins[at].forgo();
        } catch {
            // The source is of no kind that is known, which every export tells by itself.
        }
    }

    #settle() {
        this.#settling ??= this.#settleOnce();
        return this.#settling;
    }

    async #settleOnce() {
        const outcomes = await Promise.allSettled(this.runs.map(({ result }) => result));
        this.#stop.stop(exportError('CANCELLED'));
        const results = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
        const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? /** @type {ExportError} */ (outcome.reason) : undefined));
        const file = await this.#file(results.map((result) => result !== undefined));
        const size = results.reduce((sum, result) => sum + (result?.size ?? 0), 0);
        this.endedAt = this.context.now();
        const error = this.#errorOf(results, errors);
        if (error) this.#outcome = { error: asExportError(error, 'INTERNAL') };
        else this.#outcome = { result: { id: this.id, results, errors, size, ...file } };
        this.#changed();
        if (this.#outcome.result) this.#resolve(this.#outcome.result);
        else this.#reject(this.#outcome.error);
        this.#end();
    }

    /** Why there is nothing to show. @param {(ExportResult | undefined)[]} results @param {(ExportError | undefined)[]} errors */
    #errorOf(results, errors) {
        if (this.#failure) return this.#failure;
        if (this.#isCancelled) return this.#off.reason ?? exportError('CANCELLED');
        if (results.some((result) => result)) return undefined;
        return this.fault ?? errors[0];
    }

    /** What stores show of the batch: the same object until something changes. @returns {import('./types.js').BatchEntry} */
    get entry() {
        const progress = this.progress.snapshot;
        if (this.#entry?.progress !== progress) {
            const jobs = Object.freeze(this.runs.map(({ id }) => id));
            const times = { createdAt: this.createdAt, endedAt: this.endedAt };
            this.#entry = Object.freeze({ id: this.id, jobs, progress, ...times, ...this.#outcome });
        }
        return this.#entry;
    }

    /**
     * The zip file, where one is made and there is something to put into it.
     * @param {boolean[]} complete which exports have come to their end
     */
    async #file(complete) {
        const zip = this.#zip;
        if (!zip) return {};
        try {
            if (!complete.includes(true)) throw exportError('CANCELLED');
            const blob = await zip.write(complete, this.#patienceWith(this.#off));
            const stem = this.shared.fileName?.replace(/\.zip$/i, '') ?? stemOf(this.#tap(complete.length).tap.origin.name ?? '');
            const fileName = safeName(`${stem || 'export'}${this.context.mark ?? ''}.zip`);
            return { size: zip.size, fileName, mimeType: 'application/zip', ...(blob instanceof Blob ? { blob } : {}) };
        } catch (error) {
            await zip.abort(error);
            if (complete.includes(true)) this.#failure ??= asExportError(error, 'INTERNAL');
            return {};
        }
    }

    /**
     * @param {unknown} [cause] why, where somebody said so
     * @returns {Promise<boolean>} true when it was running or waiting, once all of it is gone
     */
    async cancel(cause) {
        if (this.#ended) return false;
        this.#off.stop(exportError('CANCELLED', undefined, { cause }));
        await Promise.all(this.runs.map((run) => run.cancel(cause)));
        await this.over;
        return this.progress.phase === 'cancelled';
    }

    #changed() {
        this.#snapshot = undefined;
        for (const wake of this.#watchers) wake();
        this.#watchers.clear();
        callBack('onProgress', this.shared?.onProgress, this.progress.snapshot);
        this.context.changed();
    }

    /** Settles when the progress changes next. @returns {Promise<void>} */
    change() {
        return new Promise((resolve) => this.#watchers.add(resolve));
    }

    get #ended() {
        return this.endedAt !== undefined;
    }

    /** Takes away what the batch has left, such as a file that its Blob stands for. */
    async remove() {
        await this.#zip?.sink.remove?.();
    }

    /** As `Run` has it. */
    get progress() {
        this.#snapshot ??= this.#combined();
        const { phase } = this.#snapshot;
        return { snapshot: this.#snapshot, phase, isLast: this.#ended };
    }

    /** @returns {Phase} */
    #phase() {
        const phases = this.runs.map(({ progress }) => progress.phase);
        const behind = WAY.find((phase) => phases.includes(phase));
        if (!this.#ended) return phases.length === 0 ? 'queued' : (behind ?? 'finalizing');
        if (this.#isCancelled) return 'cancelled';
        return phases.includes('completed') && !this.#failure ? 'completed' : 'failed';
    }

    /** Exports that had come to their end before keep their results. */
    get #isCancelled() {
        const phases = this.runs.map(({ progress }) => progress.phase);
        if (this.#failure) return asExportError(this.#failure, 'INTERNAL').code === 'CANCELLED';
        if (phases.length > 0 && phases.every((phase) => phase === 'cancelled')) return true;
        return this.#off.stopped && phases.includes('cancelled');
    }

    /** @returns {Readonly<BatchProgress>} */
    #combined() {
        const jobs = Object.freeze(this.runs.map(({ progress }) => progress.snapshot));
        const phase = this.#phase();
        const most = (/** @type {Counted} */ name) => Math.max(0, ...jobs.map((job) => job[name]));
        const sum = (/** @type {Counted} */ name) => jobs.reduce((all, job) => all + job[name], 0);
        const etas = jobs.flatMap(({ etaMs }) => etaMs ?? []);
        return Object.freeze({
            id: this.id,
            format: 'batch',
            phase,
            recordsRead: most('recordsRead'),
            recordsWritten: sum('recordsWritten'),
            recordsFiltered: most('recordsFiltered'),
            recordsRejected: most('recordsRejected'),
            recordsTotal: jobs.find(({ recordsTotal }) => recordsTotal !== undefined)?.recordsTotal,
            bytesIn: most('bytesIn'),
            bytesOut: this.#outcome.result?.size ?? sum('bytesOut'),
            percent: phase === 'completed' ? 100 : percentOf(jobs),
            recordsPerSecond: most('recordsPerSecond'),
            etaMs: etas.length > 0 ? Math.max(...etas) : undefined,
            memoryBytes: most('memoryBytes'),
            workers: most('workers'),
            chunkSize: most('chunkSize'),
            retries: sum('retries'),
            warnings: sum('warnings'),
            estimate: combinedEstimate(jobs.map(({ estimate }) => estimate)),
            jobs,
        });
    }
}

/**
 * An export that has ended has done its part.
 * @param {readonly Readonly<ExportProgress>[]} jobs
 */
function percentOf(jobs) {
    const percents = jobs.map(({ phase, percent }) => (WAY.includes(phase) ? percent : 100));
    let sum = 0;
    for (const percent of percents) {
        if (percent === undefined) return undefined;
        sum += percent;
    }
    return Math.floor((sum / Math.max(1, jobs.length)) * 10) / 10;
}

/** Options that are wrong are told by the export itself. @param {Run} run */
function settingsOf({ options, context }) {
    try {
        return readOptions(options, context);
    } catch {
        return undefined;
    }
}

/** What a caller holds of a batch. */
export class BatchJob {
    /** @type {BatchRun} */
    #run;

    /** @param {BatchRun} run */
    constructor(run) {
        this.#run = run;
        this.id = run.id;
        /** Its exports, in the order of the formats; each can be watched and cancelled alone. @type {ExportJob[]} */
        this.jobs = run.runs.map((one) => new ExportJob(one));
        /** @type {Promise<BatchResult>} rejects with an ExportError when all of them have failed */
        this.result = run.result;
    }

    /** @returns {Readonly<BatchProgress>} */
    get progress() {
        return this.#run.progress.snapshot;
    }

    /** @returns {Promise<boolean>} true when it was running or waiting, once its workers and files are gone */
    cancel() {
        return this.#run.cancel();
    }

    /**
     * The progress whenever it changes, up to the last one; what came between two looks is left out.
     * @returns {AsyncGenerator<Readonly<BatchProgress>, void, void>}
     */
    [Symbol.asyncIterator]() {
        return following(this.#run);
    }
}
