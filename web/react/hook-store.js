// The store behind one `useExport`: what its component sees, at most so often, and the functions that it calls.
// SPDX-License-Identifier: MIT
import { BatchJob, download, ExportError, ExportProcessor } from '../index.js';
import { callBack } from '../callbacks.js';
import { merged } from '../merged.js';
import { strangeName } from '../nearest.js';
import { LAST_PHASES } from '../progress.js';
import { fileNameFrom } from './file-name.js';

/** @typedef {import('../index.js').ExportOptions} ExportOptions */
/** @typedef {import('../index.js').ExportProgress} ExportProgress */
/** @typedef {import('../index.js').ExportResult} ExportResult */
/** @typedef {import('../index.js').BatchResult} BatchResult */
/** @typedef {import('../index.js').ExportJob} ExportJob */
/** @typedef {import('../index.js').RecordSource} RecordSource */
/** @typedef {import('../index.js').ExportEntry} ExportEntry */
/** @typedef {import('../index.js').Format} Format */

/**
 * @typedef {object} UseExportOptions
 * @property {ExportProcessor} [processor] default: `ExportProcessor.getInstance()`, made when it is needed first and never on a server
 * @property {boolean} [autoDownload] save each file of this hook when it is complete; default false
 * @property {string | ((parts: import('./file-name.js').NameParts) => string)} [fileName] for exports without one: a pattern with {format},
 *   {number}, {date}, {time}, or a function
 * @property {Partial<ExportOptions>} [defaults] for every export of this hook; its own options come before them
 * @property {(progress: ExportProgress) => void} [onProgress] of exports of this hook
 * @property {(result: ExportResult) => void} [onComplete]
 * @property {(error: ExportError) => void} [onError] not called for exports that were cancelled
 * @property {number} [throttle] milliseconds between two renders at least; default 100
 * @property {'keep' | 'cancel'} [unmount] what happens to exports of this hook that run when the component goes; default 'keep'
 */

/**
 * What a render sees.
 * @typedef {object} ExportView
 * @property {readonly ExportEntry[]} activeExports waiting and running, of the whole processor
 * @property {readonly ExportEntry[]} exportHistory ended, the last one first
 * @property {boolean} isExporting
 */

/** Options without the one format, which the name of the function says. @typedef {Omit<ExportOptions, 'format'>} FormatOptions */

const OPTIONS = ['processor', 'autoDownload', 'fileName', 'defaults', 'onProgress', 'onComplete', 'onError', 'throttle', 'unmount'];

const USUAL_THROTTLE = 100;

/** @param {ExportEntry} entry */
function hasEnded({ progress }) {
    return LAST_PHASES.has(progress.phase);
}

/** @type {ExportView} */
export const NOTHING = Object.freeze({ activeExports: Object.freeze([]), exportHistory: Object.freeze([]), isExporting: false });

export class HookStore {
    /** @type {UseExportOptions} the latest */
    options;
    /** @type {Set<() => void>} */
    #listeners = new Set();
    #view = NOTHING;
    #leave = () => {};
    #told = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #leaving;
    /** Exports that this hook started and that have not ended. @type {Map<string, {cancel(): Promise<boolean>}>} */
    #own = new Map();
    #number = 0;
    /** @type {ExportProcessor | undefined} */
    #opened;

    /** @param {UseExportOptions} options */
    constructor(options) {
        const strange = strangeName(options, OPTIONS);
        if (strange) throw new ExportError('UNKNOWN_OPTION', `useExport has no option ${strange.name}; ${strange.suggestion}`, strange);
        this.options = options;
        /** What it was made for. */
        this.processor = options.processor;
    }

    get #processor() {
        this.#opened ??= this.processor ?? ExportProcessor.getInstance();
        return this.#opened;
    }

    /** Of all exports, in the order in which they were started. */
    get #entries() {
        return this.#processor.getSnapshot().entries;
    }

    /** @param {() => void} listener */
    subscribe = (listener) => {
        this.#listeners.add(listener);
        if (this.#listeners.size === 1) {
            this.#leave = this.#processor.subscribe(() => this.#changed());
            this.#view = this.#made();
        }
        return () => {
            this.#listeners.delete(listener);
            if (this.#listeners.size > 0) return;
            this.#leave();
            clearTimeout(this.#timer);
            this.#timer = undefined;
        };
    };

    /** The same object until the next render is due. */
    getSnapshot = () => this.#view;

    #changed() {
        if (this.#timer !== undefined) return;
        const wait = this.#told + (this.options.throttle ?? USUAL_THROTTLE) - Date.now();
        if (wait > 0) this.#timer = setTimeout(() => this.#tell(), wait);
        else this.#tell();
    }

    #tell() {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#told = Date.now();
        this.#view = this.#made();
        for (const listener of this.#listeners) listener();
    }

    /** @returns {ExportView} */
    #made() {
        const entries = this.#entries;
        if (entries.length === 0) return NOTHING;
        const activeExports = entries.filter((entry) => !hasEnded(entry));
        return { activeExports, exportHistory: entries.filter(hasEnded).reverse(), isExporting: activeExports.length > 0 };
    }

    /** The component is there. @returns {() => void} to be called when it goes */
    mount = () => {
        clearTimeout(this.#leaving);
        return () => {
            if (this.options.unmount !== 'cancel') return;
            // StrictMode and hot reload let a component go and come back at once.
            this.#leaving = setTimeout(() => {
                for (const job of this.#own.values()) void job.cancel();
            });
        };
    };

    /** @param {Partial<ExportOptions> | undefined} own @returns {any} */
    #optionsOf(own) {
        if (typeof own !== 'object' || own === null) return own; // which the export tells
        const options = this.#named(merged(this.options.defaults ?? {}, own), String(own.format));
        return { ...options, onProgress: this.#telling(options.onProgress) };
    }

    /** @param {Record<string, any>} options @param {string} format */
    #named(options, format) {
        const { fileName } = this.options;
        if (fileName === undefined || options.fileName !== undefined) return options;
        this.#number += 1;
        return { ...options, fileName: fileNameFrom(fileName, { format, number: this.#number, date: new Date() }) };
    }

    /** Tells both who started the export and the hook's own callback, the latest. @param {((progress: ExportProgress) => void) | undefined} told */
    #telling(told) {
        return (/** @type {ExportProgress} */ progress) => {
            callBack('onProgress', told, progress);
            callBack('onProgress', this.options.onProgress, progress);
        };
    }

    /**
     * @template {{id: string, result: Promise<any>, cancel(): Promise<boolean>}} T
     * @param {T} job
     * @returns {T}
     */
    #owned(job) {
        this.#own.set(job.id, job);
        job.result.then(
            (result) => {
                this.#own.delete(job.id);
                if (this.options.autoDownload && result.blob) this.download(result);
                callBack('onComplete', this.options.onComplete, result);
            },
            (error) => {
                this.#own.delete(job.id);
                if (error.code !== 'CANCELLED') callBack('onError', this.options.onError, error);
            },
        );
        return job;
    }

    /**
     * @param {RecordSource} source
     * @param {ExportOptions} options
     * @returns {ExportJob}
     */
    startExport = (source, options) => {
        return this.#owned(this.#processor.startExport(source, this.#optionsOf(options)));
    };

    /** @param {string} id */
    cancelExport = (id) => this.#processor.cancelExport(id);

    /** @type {ExportProcessor['retryExport']} */
    retryExport = (id) => this.#tracked(this.#processor.retryExport(id));

    /** @type {ExportProcessor['retryRejected']} */
    retryRejected = (id, changes) => this.#tracked(this.#processor.retryRejected(id, changes));

    /** @template {ExportJob | BatchJob} T @param {T} job @returns {T} */
    #tracked(job) {
        if (job instanceof BatchJob) this.#ownedBatch(job);
        else this.#owned(job);
        return job;
    }

    /** Each of its exports is told about; where there is a zip file, it has the bytes of all. @param {import('../index.js').BatchJob} batch */
    #ownedBatch(batch) {
        for (const job of batch.jobs) this.#owned(job);
        batch.result.then((result) => this.options.autoDownload && result.blob && this.download(result), () => {});
        return batch;
    }

    /** @param {Format | ExportOptions} format @param {ExportOptions['onProgress']} usual @returns {ExportOptions} */
    #member(format, usual) {
        const options = typeof format === 'string' ? { format } : format;
        return { ...options, onProgress: this.#telling(options?.onProgress ?? usual) };
    }

    /**
     * @param {RecordSource} source
     * @param {readonly (Format | ExportOptions)[]} formats
     * @param {import('../index.js').BatchOptions} [shared]
     * @returns {import('../index.js').BatchJob}
     */
    batchExport = (source, formats, shared = {}) => {
        const { onProgress, ...defaults } = this.options.defaults ?? {};
        const all = this.#named(merged(defaults, shared), 'batch');
        const own = Array.isArray(formats) ? formats.map((one) => this.#member(one, onProgress)) : formats;
        const batch = this.#processor.batchExport(source, own, all);
        return this.#ownedBatch(batch);
    };

    /**
     * Shows the first records; the export starts when the preview's `startExport` is called. The source must be one that can be read twice.
     * @param {RecordSource} source
     * @param {ExportOptions & {rows?: number | undefined}} options
     * @returns {Promise<{preview: import('../index.js').Preview, startExport: (more?: Partial<ExportOptions>) => ExportJob}>}
     */
    exportWithPreview = async (source, { rows, ...options }) => {
        if (!this.#processor.canReadAgain(source))
            throw new ExportError('SOURCE_READ_ONCE', 'a source that can be read only once cannot be previewed and then exported');
        const all = merged(this.options.defaults ?? {}, options);
        const { sink: _sink, fileName: _fileName, compression: _compression, onProgress: _onProgress, ...shown } = all;
        const preview = await this.#processor.previewExport(source, /** @type {any} */ ({ ...shown, rows }));
        return { preview, startExport: (more = {}) => this.startExport(source, /** @type {any} */ (merged(options, more))) };
    };

    /** @param {RecordSource} source @param {FormatOptions} [options] */
    exportJSON = (source, options) => this.startExport(source, { ...options, format: 'json' });
    /** @param {RecordSource} source @param {FormatOptions} [options] */
    exportCSV = (source, options) => this.startExport(source, { ...options, format: 'csv' });
    /** @param {RecordSource} source @param {FormatOptions} [options] */
    exportXLSX = (source, options) => this.startExport(source, { ...options, format: 'xlsx' });
    /** @param {RecordSource} source @param {FormatOptions} [options] */
    exportPDF = (source, options) => this.startExport(source, { ...options, format: 'pdf' });
    /** @param {RecordSource} source @param {FormatOptions} [options] */
    exportXML = (source, options) => this.startExport(source, { ...options, format: 'xml' });

    /** Now, not at the last render. */
    hasActiveExports = () => this.#entries.some((entry) => !hasEnded(entry));

    /** @returns {number} percent of all that is waiting and running now; 0 when nothing is */
    getTotalProgress = () => {
        const active = this.#entries.filter((entry) => !hasEnded(entry));
        const sum = active.reduce((total, { progress }) => total + (progress.percent ?? 0), 0);
        return active.length === 0 ? 0 : sum / active.length;
    };

    /** @returns {ExportEntry[]} the last one first */
    getCompletedExports = () => this.#entries.filter(({ progress }) => progress.phase === 'completed').reverse();

    /**
     * Saves the file of an export; its address is withdrawn after 40 seconds.
     * @param {string | ExportResult | BatchResult} exported an export's id, or its result
     * @param {string} [fileName]
     */
    download = (exported, fileName) => {
        const result = typeof exported === 'string' ? this.#entries.find(({ id }) => id === exported)?.result : exported;
        if (!result?.blob) throw new ExportError('UNSUPPORTED', 'this export has no file to download: it has not ended, failed, or went to a sink');
        download({ blob: result.blob, fileName: fileName ?? result.fileName });
    };

    /** Forgets what has ended. */
    cleanup = () => this.#processor.cleanup();
}
