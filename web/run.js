// One run of an export: waits for its turn, goes through the pipeline, and leaves nothing behind when it fails.
// SPDX-License-Identifier: MIT
import { callBack } from './callbacks.js';
import { asExportError, exportError } from './errors.js';
import { modulesOf, optionsNow, priorityOf, readOptions } from './options.js';
import { Pipeline } from './pipeline.js';
import { Pace } from './pace.js';
import { Patience, undoneInTime } from './patience.js';
import { planOf } from './plan.js';
import { Progress } from './progress.js';
import { packedSink, PACKINGS } from './packed-sink.js';
import { chooseSink } from './choose-sink.js';
import { reserve } from './sinks.js';
import { safeName, schemaNameOf, stemOf } from './safe-name.js';
import { findOrigin } from './sources.js';
import { selectedOrigin } from './selected-source.js';
import { heed, Stop } from './stop.js';

/** @typedef {import('./types.js').ExportResult} ExportResult */

/**
 * What all runs of a processor share.
 * @typedef {object} RunContext
 * @property {import('./pool.js').Pool} pool
 * @property {import('./platform.js').Platform} platform
 * @property {() => Promise<import('../wasm-glue/splitter.js').Splitter>} openSplitter
 * @property {import('./governor.js').Governor} governor
 * @property {number} workers
 * @property {() => number} now
 * @property {() => void} changed called when the progress of a run has changed
 * @property {import('./formats.js').Registered} registered formats
 * @property {boolean} [internal] whether formats count that the library makes for itself
 * @property {import('./sources.js').Origin} [origin] of a batch: the source as this run sees it
 * @property {import('./indexes.js').Indexes} [only] records of the source that are exported; default: all
 * @property {string} [mark] what names of files get before their ending, so that they are told from those of an export before
 * @property {string} [before] the version that the source had when it was exported before
 * @property {(name: string, deflated: boolean) => import('./packed-sink.js').PipelineSink} [member] of a batch that makes one zip file: the
 *   place of the run's file in it
 * @property {Set<string>} [taken] names of the files in it, in small letters
 */

export class Run {
    stop = new Stop();
    /** As they were when it was started. @type {import('./types.js').ExportOptions} */
    options = /** @type {any} */ (undefined);
    /** What is wrong with them as a whole. @type {import('./errors.js').ExportError | undefined} */
    #fault;
    /** Takes away what the export has left, such as a file that its Blob stands for. @type {() => Promise<void>} */
    remove = async () => {};
    /** Records of the source that were rejected, once it has ended. @type {import('./indexes.js').Indexes | undefined} */
    rejected;
    /** Of the source, where it tells one. @type {string | undefined} */
    version;
    /** @type {Set<() => void>} */
    #watchers = new Set();
    /** @type {(result: ExportResult) => void} */
    #resolve = () => {};
    /** @type {(error: unknown) => void} */
    #reject = () => {};
    /** Settles when nothing of the run is left. @type {Promise<void>} */
    over;
    #end = () => {};
    /** Milliseconds since 1970. @type {number | undefined} */
    endedAt = undefined;
    /** Once it runs. @type {FileNames | undefined} */
    #names;
    /** @type {Partial<import('./types.js').ExportEntry>} */
    #outcome = {};
    /** @type {import('./types.js').ExportEntry | undefined} */
    #entry;

    /**
     * @param {string} id
     * @param {import('./types.js').RecordSource} source
     * @param {import('./types.js').ExportOptions} options
     * @param {RunContext} context
     */
    constructor(id, source, options, context) {
        this.id = id;
        this.source = source;
        try {
            this.options = optionsNow(options);
        } catch (error) {
            this.#fault = asExportError(error, 'INVALID_OPTION'); // of a getter
        }
        this.context = context;
        const { format, signal } = this.options ?? {};
        const named = typeof format === 'string' ? format : typeof format;
        this.progress = new Progress(id, named, context.now, context.platform.later, (progress) => this.#tell(progress));
        /** @type {Promise<ExportResult>} */
        this.result = new Promise((resolve, reject) => {
            this.#resolve = resolve;
            this.#reject = reject;
        });
        this.result.catch(() => {}); // whoever looks at it still gets the failure
        this.over = new Promise((resolve) => {
            this.#end = resolve;
        });
        heed(signal, (reason) => void this.cancel(reason), this.over);
    }

    /** In the queue. */
    get priority() {
        return priorityOf(this.options);
    }

    /** How many exports run when this one does. */
    get exports() {
        return 1;
    }

    get sinks() {
        return [this.options?.sink];
    }

    /** @param {import('./types.js').ExportProgress} progress */
    #tell(progress) {
        for (const wake of this.#watchers) wake();
        this.#watchers.clear();
        callBack('onProgress', this.options?.onProgress, progress);
        this.context.changed();
    }

    /** What stores show of the export: the same object until something changes. @returns {import('./types.js').ExportEntry} */
    get entry() {
        const progress = this.progress.snapshot;
        if (this.#entry?.progress !== progress) {
            const { id, format, began } = this.progress;
            const times = { createdAt: began.queued ?? 0, endedAt: this.endedAt };
            const fileName = this.options?.fileName;
            this.#entry = Object.freeze({ id, format, fileName, progress, ...times, ...this.#outcome });
        }
        return this.#entry;
    }

    /** What is known with the last progress. @param {Partial<import('./types.js').ExportEntry>} outcome */
    #ending(outcome) {
        this.#outcome = outcome;
        this.endedAt = this.context.now();
    }

    /** Settles when the progress changes next. @returns {Promise<void>} */
    change() {
        return new Promise((resolve) => this.#watchers.add(resolve));
    }

    /**
     * @param {unknown} [cause] why, where somebody said so
     * @returns {Promise<boolean>} whether there was something to cancel; settles when nothing of the run is left
     */
    async cancel(cause) {
        if (this.progress.isLast) return false;
        const waiting = this.progress.phase === 'queued';
        this.stop.stop(exportError('CANCELLED', undefined, { cause }));
        if (waiting) this.#failed(this.stop.reason, undefined);
        await this.over;
        return this.progress.phase === 'cancelled';
    }

    /** Runs to the end; never rejects. */
    async execute() {
        const { pool, governor } = this.context;
        /** @type {Pipeline | undefined} */
        let pipeline;
        /** @type {import('./governor.js').Member} */
        const member = { modules: [] };
        let release = () => {};
        pool.enter();
        try {
            release = reserve(this.options?.sink);
            const parts = this.#parts(member);
            pipeline = new Pipeline(parts);
            const closed = await pipeline.run();
            await pool.close(this.id);
            this.#completed(pipeline, parts, closed);
        } catch (error) {
            const failure = asExportError(error, 'INTERNAL');
            await this.#undo(failure, pipeline);
            this.#failed(failure, pipeline);
        } finally {
            this.version = pipeline?.version ?? this.context.before;
            release();
            pipeline?.unmetered();
            governor.leave(member);
            pool.leave();
            this.#end();
        }
    }

    /** @param {import('./governor.js').Member} member @returns {import('./pipeline.js').PipelineParts} */
    #parts(member) {
        const { pool, platform, openSplitter, governor, workers } = this.context;
        if (this.#fault) throw this.#fault;
        const settings = readOptions(this.options, this.context);
        member.modules = modulesOf(settings);
        member.most = this.options.maxMemoryUsage;
        governor.join(member);
        const origin = originOf(this.source, this.context);
        const names = namesOf(settings, origin, this.context);
        this.#names = names;
        const { retries, sourceTimeout } = settings.host;
        const retried = () => (this.progress.retries += 1);
        const patience = new Patience({ retries, timeout: sourceTimeout, retried, stop: this.stop, later: platform.later });
        return {
            job: this.id,
            settings,
            plan: planOf(settings.host),
            pace: new Pace(settings.host, workers, governor, member),
            governor,
            origin,
            sink: this.#sink(settings, origin, names, patience),
            patience,
            pool,
            platform,
            openSplitter,
            progress: this.progress,
            stop: this.stop,
            schemaName: names.schemaName,
            before: this.context.before,
        };
    }

    /**
     * @param {import('./options.js').Settings} settings
     * @param {import('./sources.js').Origin} origin
     * @param {FileNames} names
     * @param {Patience} patience
     * @returns {import('./packed-sink.js').PipelineSink}
     */
    #sink(settings, origin, names, patience) {
        const { type, level } = settings.compression;
        const { member } = this.context;
        if (member && settings.host.sink) throw exportError('INVALID_OPTION', 'a file in a zip file has no sink of its own');
        if (member) return member(names.fileName, level !== undefined);
        const file = { mimeType: names.mimeType, estimate: origin.size };
        const { pool } = this.context;
        const sink = chooseSink(settings.host.sink, file, pool.platform, () => pool.openChannel());
        this.remove = async () => sink.remove?.();
        if (!type) return sink;
        return packedSink(sink, type, { name: names.member, time: this.context.now(), patience });
    }

    /**
     * @param {Pipeline} pipeline
     * @param {import('./pipeline.js').PipelineParts} parts
     * @param {unknown} closed
     */
    #completed(pipeline, parts, closed) {
        const { fileName, mimeType } = /** @type {FileNames} */ (this.#names);
        const blob = closed instanceof Blob ? { blob: closed } : {};
        const size = parts.sink.size ?? pipeline.outlet.size;
        const file = { fileName, mimeType, size, ...blob };
        const files = [file, ...schemaFiles(parts.schemaName, pipeline.schema)];
        this.rejected = pipeline.rejected;
        this.progress.bytesOut = size;
        this.progress.close('completed');
        const result = { id: this.id, ...file, files, report: pipeline.report() };
        this.#ending({ fileName, result });
        this.progress.tellLast();
        this.#resolve(result);
    }

    /**
     * @param {unknown} error
     * @param {Pipeline | undefined} pipeline
     */
    async #undo(error, pipeline) {
        this.stop.stop(error);
        const { pool, platform } = this.context;
        const undone = Promise.allSettled([
            Promise.resolve().then(() => pipeline?.parts.sink.abort?.(error)),
            Promise.resolve().then(() => pipeline?.close()),
            pool.drop(this.id),
        ]);
        await undoneInTime(undone, platform.later);
    }

    /**
     * @param {unknown} reason
     * @param {Pipeline | undefined} pipeline
     */
    #failed(reason, pipeline) {
        const error = asExportError(reason, 'INTERNAL');
        error.report ??= pipeline?.report();
        if (error.code === 'NOTHING_EXPORTED') this.rejected = pipeline?.rejected; // all of them were read
        if (!this.progress.isLast) this.#ending({ error });
        this.progress.enter(error.code === 'CANCELLED' ? 'cancelled' : 'failed');
        this.#reject(error);
        this.#end();
    }
}

/**
 * @param {import('./types.js').RecordSource} source
 * @param {Pick<RunContext, 'platform' | 'only' | 'origin'>} context
 * @returns {import('./sources.js').Origin}
 */
export function originOf(source, { platform, only, origin: given }) {
    if (given) return given;
    const origin = findOrigin(source, platform);
    return only ? selectedOrigin(origin, only) : origin;
}

/**
 * What the file is called, and what belongs to it.
 * @typedef {object} FileNames
 * @property {string} fileName
 * @property {string} mimeType
 * @property {string} member the name of what is packed into it, or ''
 * @property {string} [schemaName] of the file with the schema of an XML document: that of the document with another ending
 */

/**
 * @param {import('./options.js').Settings} settings
 * @param {import('./sources.js').Origin} origin
 * @param {Pick<RunContext, 'taken' | 'mark'>} context
 * @returns {FileNames}
 */
function namesOf({ facts, host, compression, schema }, origin, { taken, mark = '' }) {
    const packing = compression.type && PACKINGS[compression.type];
    const wanted = host.fileName;
    const ending = packing ? packing.ending : '';
    const named = ending && wanted?.toLowerCase().endsWith(ending) ? wanted : undefined;
    const plain = fileNameOf(named ? named.slice(0, -ending.length) : wanted, origin.name, facts, mark);
    const document = safeName(plain, taken);
    const schemaName = schema === true ? safeName(schemaNameOf(document), taken) : undefined;
    if (!packing) return { member: '', fileName: document, mimeType: facts.mimeType, schemaName };
    return { member: document, fileName: safeName(named && !mark ? named : document + ending), mimeType: packing.mimeType, schemaName };
}

/** @param {string | undefined} fileName @param {Uint8Array<ArrayBuffer> | undefined} bytes */
function schemaFiles(fileName, bytes) {
    if (fileName === undefined || !bytes) return [];
    const mimeType = 'application/xml';
    return [{ fileName, mimeType, size: bytes.length, blob: new Blob([bytes], { type: mimeType }) }];
}

/**
 * A name with the format's ending, which is not safe yet: users put files under it into a folder of theirs.
 * @param {string | undefined} wanted
 * @param {string | undefined} source the source's name
 * @param {import('./formats.js').FormatFacts} facts
 * @param {string} mark what stands before the ending
 */
function fileNameOf(wanted, source, { extension, endings }, mark) {
    const bare = wanted?.replace(/[. ]+$/, '');
    const complete = bare && endings.find((ending) => bare.toLowerCase().endsWith(ending.toLowerCase()));
    const stem = bare || (!wanted && source && stemOf(source)) || 'export';
    if (!complete) return stem + mark + extension;
    return (bare.slice(0, -complete.length).replace(/^[. ]+/, '') || 'export') + mark + bare.slice(-complete.length);
}
