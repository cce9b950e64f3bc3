// The way of one export: look at the source where the format needs its columns first, encode it, close the file.
// SPDX-License-Identifier: MIT
import { ERRORS, VERSION } from '../build/generated/tables.js';
import { Buffers } from './buffers.js';
import { Columns } from './columns.js';
import { exportError, ExportError } from './errors.js';
import { filesOfPdf } from './files.js';
import { Forecast } from './forecast.js';
import { metadataText } from './options.js';
import { Outlet } from './outlet.js';
import { Parts } from './parts.js';
import { Pass } from './pass.js';
import { InlineFormat } from './plugins.js';
import { readChunkReport, reportOf, Tally } from './report.js';
import { Schema } from './schema.js';
import { Statistics } from './statistics.js';
import { Survey } from './survey.js';
import { Thumbnails } from './thumbnails.js';
import { Workshop } from './workshop.js';

/** @typedef {import('./chunks.js').Chunk} Chunk */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */
/** @typedef {import('../wasm-glue/protocol.js').SegmentReply} SegmentReply */

/** Formats that look at the start of the source even where the options name the columns, because it decides how wide they are. */
const LAYS_OUT = new Set(['pdf', 'xlsx']);

/**
 * @typedef {object} PipelineParts
 * @property {string} job
 * @property {import('./options.js').Settings} settings
 * @property {import('./plan.js').Plan} plan
 * @property {import('./pace.js').Pace} pace
 * @property {import('./governor.js').Governor} governor
 * @property {import('./sources.js').Origin} origin
 * @property {import('./packed-sink.js').PipelineSink} sink
 * @property {import('./pool.js').Pool} pool
 * @property {import('./platform.js').Platform} platform
 * @property {string} [schemaName] the name of the file with the schema, for a format that has one
 * @property {() => Promise<import('../wasm-glue/splitter.js').Splitter>} openSplitter
 * @property {import('./progress.js').Progress} progress
 * @property {import('./stop.js').Stop} stop
 * @property {import('./patience.js').Patience} patience
 * @property {string} [before] the version that the source had when it was exported before
 */

export class Pipeline {
    /** @type {Tally} */
    #tally = new Tally();
    /** What the scan has counted, where the whole source was scanned. @type {Tally | undefined} */
    #scanned;
    /** Whether records had values outside the columns that the start of the source has. */
    #missed = false;
    #columns;
    /** Of a format whose file has parts. @type {Parts | undefined} */
    #parts;
    /** @type {ChunkStream | undefined} */
    #stream;
    /** Chunks of the stream that were looked at already. @type {Chunk[]} */
    #kept = [];
    /** Of a registered format: where its segments stand. @type {{offset: number, length: number, info?: unknown}[]} */
    #segments = [];
    #statistics = this.#newStatistics();
    /** @type {Thumbnails | undefined} */
    #thumbnails;
    /** Of a format that has a schema. */
    #schema;
    #validated = false;
    /** Of the source, where it tells one. @type {string | undefined} */
    version;
    /** @type {import('./types.js').ExportStatistics | undefined} */
    #told;
    #buffers = new Buffers();
    #forecast;

    /** @param {PipelineParts} parts */
    constructor(parts) {
        this.parts = parts;
        this.#columns = new Columns(parts.job, parts.settings);
        this.#schema = new Schema(parts.job);
        this.workshop = this.#newWorkshop();
        const { sink, stop, progress, settings, patience } = parts;
        this.outlet = new Outlet({ sink, stop, patience, buffers: this.#buffers, wrote: (bytes) => (progress.bytesOut = bytes) });
        this.#forecast = new Forecast({ format: settings.format, excel: settings.excel, mostBytes: () => this.outlet.mostBytes });
        this.unmetered = parts.governor.meter(() => this.#heldHere);
        parts.progress.workers = parts.pace.workers;
    }

    /** @returns {Workshop} */
    #newWorkshop() {
        const { job, settings, pace, pool, stop, patience } = this.parts;
        const { module } = settings.facts;
        const files = this.#files();
        this.parts.pace.files = files.reduce((sum, { place }) => sum + (typeof place === 'string' ? 0 : place.length), 0);
        const { level } = settings.compression;
        const { plugin } = settings;
        const inline = plugin?.inline ? new InlineFormat(plugin.format, plugin.options) : undefined;
        const { retries, retried } = patience;
        const own = { plugin: plugin?.module, inline, retries, retried, shapes: settings.validate };
        return new Workshop({ job, module, options: settings.core, level, files, pace, pool, buffers: this.#buffers, stop, ...own });
    }

    /** What the format needs besides the records. */
    #files() {
        const { settings, pool } = this.parts;
        return settings.format === 'pdf' ? filesOfPdf(settings.files, (file) => pool.fontUrl(file)) : [];
    }

    /** @returns {Promise<unknown>} what the sink's `close` gave */
    async run() {
        const { progress, settings, origin } = this.parts;
        const { open, told } = this.#columns;
        const scans = open || settings.validate;
        if (settings.validate && !origin.again) throw exportError('SOURCE_READ_ONCE');
        progress.enter(scans ? 'analyzing' : 'encoding');
        await this.workshop.open();
        this.parts.pace.parts = this.workshop.limits.rows > 0;
        await this.outlet.open();
        const guesses = scans && !settings.thumbnails && origin.again && this.outlet.rewinds;
        progress.passes = scans && origin.again && !guesses ? 2 : 1;
        if (scans && origin.again && !guesses) await this.#analyze();
        else if (settings.validate) await this.#guessSchema();
        else if (scans || LAYS_OUT.has(settings.format)) await this.#sample(scans && !guesses && !settings.columns);
        progress.enter('encoding');
        await this.#encode(guesses || told);
        if (guesses && !(await this.#hasGuessed())) await this.#startOver();
        progress.enter('finalizing');
        return this.#finish();
    }

    #newStatistics() {
        return new Statistics(async (state, blobs) => {
            const { bytes } = await this.workshop.askFirst({ op: 'gather', job: this.parts.job, state, blobs });
            return bytes;
        });
    }

    /** The report as far as it is known. */
    report() {
        const { progress, settings } = this.parts;
        return reportOf({
            tally: this.#tally,
            columns: this.#columns.list,
            statistics: this.#told,
            validated: this.#validated,
            timings: progress.timings(),
            peakMemoryBytes: progress.peakMemoryBytes,
            retries: progress.retries,
            plan: this.parts.pace.figures(),
            estimate: this.#forecast.first,
            options: settings.given,
            startedAt: progress.began.queued ?? 0,
            finishedAt: progress.now(),
        });
    }

    /** The file of the schema, where the format has one. */
    get schema() {
        return this.#schema.bytes;
    }

    /** The records that were rejected. */
    get rejected() {
        return this.#tally.indexes;
    }

    /** Lets go of the source. */
    async close() {
        this.#buffers.trim();
        const stream = this.#stream;
        this.version = stream?.version ?? this.version;
        this.#stream = undefined;
        await stream?.close();
    }

    /** Lets go of the source while the export goes on, which a source that does not close must not keep from being cancelled. */
    #leave() {
        return this.parts.stop.race(this.close());
    }

    async #open() {
        const { origin, platform, openSplitter, plan, stop, progress, patience } = this.parts;
        const context = { buffers: this.#buffers, platform, openSplitter, maxRecord: plan.maxRecord, patience };
        const opening = origin.open(context);
        opening.then((stream) => (stop.stopped ? stream.close() : undefined)).catch(() => {});
        const stream = await stop.race(opening);
        if (stream.records !== undefined) progress.recordsTotal = Math.min(stream.records, plan.filters ? Infinity : plan.offset + plan.limit);
        this.#stream = stream;
        return stream;
    }

    /**
     * Most sources have all their columns in their first records, so they are encoded at once with those columns. Whether that was
     * right is known at the end, or as soon as a record has a value elsewhere.
     */
    async #hasGuessed() {
        if (this.#missed || !(await this.#schema.wasRight(this.workshop))) return false;
        return !this.#columns.open || this.#columns.wereRight(this.workshop, this.#parts !== undefined);
    }

    /** What was written is taken back, and the source is looked at as a whole first. */
    async #startOver() {
        const { job, pool, progress, stop } = this.parts;
        await this.#leave();
        await this.outlet.rewind();
        await stop.race(pool.close(job));
        const { limits } = this.workshop;
        this.workshop = this.#newWorkshop();
        this.workshop.limits = limits;
        this.#statistics = this.#newStatistics();
        this.#schema.clear();
        this.#columns.clear();
        this.#kept = [];
        this.#segments = [];
        progress.startOver(2);
        await this.#analyze();
        progress.enter('encoding');
        await this.#encode(this.#columns.told);
    }

    async #survey() {
        const { plan, pace, stop } = this.parts;
        const scan = (/** @type {Chunk} */ chunk) => this.workshop.send(chunk, 'scan', true);
        return new Survey({ stream: await this.#open(), plan, pace, stop, scan, buffers: this.#buffers });
    }

    /** The first of two passes. */
    async #analyze() {
        const { progress, settings } = this.parts;
        const tally = (this.#tally = new Tally());
        const survey = await this.#survey();
        await survey.whole(tally, (chunk, reply, start) => this.#commitScan(chunk, reply, start));
        await this.#leave();
        if (this.#columns.open) await this.#columns.settle(this.workshop, false);
        if (settings.validate) await this.#validate(false);
        this.#scanned = tally;
        progress.recordsTotal = tally.read;
        progress.passed = 1;
    }

    /** @param {Chunk} chunk @param {SegmentReply} reply @param {boolean} widths */
    #commitScan(chunk, reply, widths) {
        this.#count(chunk, reply, widths);
        this.#buffers.release(chunk);
        return !this.#tally.ended;
    }

    /**
     * The columns of the start of the source; with `extra`, later keys go to the column `_extra`.
     * @param {boolean} extra
     */
    async #sample(extra) {
        const survey = await this.#survey();
        const { kept, more } = await survey.start((_chunk, { report }) => this.#columns.add(readChunkReport(report).paths, true));
        this.#kept = kept;
        return this.#columns.settle(this.workshop, extra && more);
    }

    /** What the start of the source has is the schema by which records are validated while it is not known whether all are so. */
    async #guessSchema() {
        const survey = await this.#survey();
        const { kept } = await survey.start((_chunk, { report }) => {
            const { paths, shapes } = readChunkReport(report);
            this.#columns.add(paths, true);
            this.#schema.add(shapes);
        });
        this.#kept = kept;
        if (this.#columns.open) await this.#columns.settle(this.workshop, false);
        await this.#validate(true);
        this.#schema.clear();
    }

    /** @param {boolean} guessed not all records were looked at */
    #validate(guessed) {
        return this.#schema.validate(this.workshop, this.#metadata(), guessed);
    }

    /** @param {boolean} scan note the paths for the report */
    async #encode(scan) {
        const { stop, plan, pace } = this.parts;
        const tally = (this.#tally = new Tally());
        this.workshop.restart();
        const stream = this.#stream ?? (await this.#open());
        await this.#begin();
        await new Pass({
            next: async (wish) => this.#kept.shift() ?? stream.next(wish),
            send: async (chunk) => chunk.known ?? (this.#parts ? this.#parts.send(chunk, scan) : this.workshop.send(chunk, 'encode', scan)),
            commit: (chunk, reply) => this.#commitSegment(chunk, reply),
            stop,
            plan,
            pace,
        }).run();
        tally.finish(stream);
        await this.#leave();
        this.#checkUnchanged();
        const { before } = this.parts;
        if (before !== undefined && this.version !== undefined && before !== this.version) tally.warn('SOURCE_OTHER_VERSION', 1);
    }

    /** Writes what stands before the first record. */
    async #begin() {
        const { job } = this.parts;
        const { workshop } = this;
        const metadata = this.#metadata();
        const told = await workshop.ask({ op: 'head', job, metadata });
        const head = (await workshop.parts.inline?.head(told, metadata)) ?? told;
        this.outlet.lead = head.lead;
        this.#thumbnails = Thumbnails.of(this.parts, this.#columns.list, this.#tally);
        const context = { job, workshop, outlet: this.outlet, thumbnails: this.#thumbnails };
        this.#parts = workshop.limits.rows > 0 ? new Parts(context, head.state) : undefined;
        if (head.warnings) this.#warnJob(head.warnings);
        await this.outlet.write(new Uint8Array(head.bytes, 0, head.length), head.packed);
    }

    /** @param {string} warnings JSON */
    #warnJob(warnings) {
        for (const { code, count, column } of JSON.parse(warnings)) this.#tally.warn(code, count, column);
    }

    /** The audit trail. */
    #metadata() {
        const { settings, origin, progress, schemaName } = this.parts;
        if (!settings.metadata && this.workshop.limits.rows === 0) return '{}';
        return metadataText({
            generator: `exportloom ${VERSION}`,
            exportedAt: new Date(progress.began.queued ?? 0).toISOString(),
            format: settings.format,
            source: origin.name,
            options: settings.given,
            ...(schemaName === undefined ? {} : { schema: encodeURIComponent(schemaName) }),
        });
    }

    /** @param {Chunk} chunk @param {SegmentReply} reply */
    async #commitSegment(chunk, reply) {
        this.#missed = reply.late === true && this.outlet.rewinds && !this.#scanned;
        if (this.#missed) return false;
        if (reply.late) throw exportError('SOURCE_CHANGED');
        this.#count(chunk, reply);
        this.parts.progress.recordsWritten = this.#tally.written;
        this.#buffers.release(chunk);
        const { bytes, placed } = reply;
        if (bytes) await this.#writeSegment(bytes, reply);
        if (placed) await this.#parts?.commit(placed);
        this.#foretell();
        for (const { statistics } of placed ? placed.map(({ segment }) => segment) : [reply]) await this.#statistics.add(statistics);
        return !this.#tally.ended;
    }

    /** @param {ArrayBuffer} bytes @param {SegmentReply} reply */
    async #writeSegment(bytes, reply) {
        const { length = 0, packed, info } = reply;
        const offset = await this.outlet.writeSegment(bytes, reply);
        if (this.parts.settings.plugin && length > 0) this.#note(offset, packed?.raw ?? length, info);
    }

    /** What a registered format is told of a segment at the end. @param {number} offset @param {number} length @param {string} [info] JSON */
    #note(offset, length, info) {
        this.#segments.push({ offset, length, ...(info === undefined ? {} : { info: JSON.parse(info) }) });
    }

    /** @param {Chunk} chunk @param {SegmentReply} reply @param {boolean} [widths] of the columns are looked at */
    #count(chunk, reply, widths = false) {
        const report = readChunkReport(reply.report);
        const last = reply.placed?.at(-1)?.segment.report; // of a placed chunk, with all its warnings
        if (last) report.warnings = readChunkReport(last).warnings;
        this.#tally.add(chunk, reply.counts, report);
        this.#schema.add(report.shapes);
        this.#columns.add(report.paths, widths);
        this.#tellProgress(chunk, reply);
        this.#checkRejected();
    }

    /** @param {Chunk} chunk @param {SegmentReply} reply */
    #tellProgress(chunk, reply) {
        const { progress, plan, pace, governor } = this.parts;
        const tally = this.#tally;
        const total = this.#stream?.total;
        progress.recordsRead = tally.read;
        progress.recordsFiltered = tally.filtered;
        progress.recordsRejected = tally.rejected;
        progress.warnings = tally.warned;
        progress.bytesIn += chunk.bytes;
        progress.chunkSize = reply.counts.read + chunk.lost.length;
        progress.workers = pace.workers;
        const shares = [tally.good / plan.limit, total ? chunk.position / total : 0];
        if (total || plan.limit < Infinity) progress.share = Math.max(...shares);
        pace.note(chunk.length, reply.counts.read, reply.spent, progress.share);
        progress.warnings += progress.estimate?.warnings.length ?? 0;
        if (governor.pressure > 1) {
            this.#buffers.trim();
            governor.relieve();
        }
        progress.holds(governor.held);
        progress.changed();
    }

    /** Bytes that this export holds on this side. */
    get #heldHere() {
        const kept = this.#statistics.held + (this.#parts?.held ?? 0) + (this.#thumbnails?.held ?? 0);
        return this.#buffers.held + kept + this.outlet.held;
    }

    #checkRejected() {
        const { rejected, defects } = this.#tally;
        const { onError, maxErrors } = this.parts.settings.host;
        const first = defects[0];
        if (rejected > 0 && onError === 'fail')
            throw new ExportError(first.code, `${first.message} (record ${first.record})`, first);
        if (rejected > maxErrors) throw exportError('TOO_MANY_REJECTED', `${rejected}; the first is record ${first.record}`, first);
    }

    #checkUnchanged() {
        if (!this.#scanned) return;
        const [before, now] = [this.#scanned, this.#tally];
        if (before.read !== now.read || before.rejected !== now.rejected || before.filtered !== now.filtered) throw exportError('SOURCE_CHANGED');
    }

    async #finish() {
        const { settings, job, progress, governor } = this.parts;
        const tally = this.#tally;
        progress.recordsTotal = tally.read;
        if (tally.read > 0 && tally.rejected === tally.read) throw this.#nothing();
        this.#meetLimits();
        await this.#columns.finish(this.workshop, tally);
        const statistics = await this.#statistics.finish();
        await this.#parts?.end(false);
        const totals = this.#totals(statistics !== undefined);
        const ended = await this.workshop.askFirst({ op: 'tail', job, totals, statistics, ledger: this.#parts?.ledger });
        const tail = (await this.workshop.parts.inline?.tail(ended, totals)) ?? ended;
        if (tail.statistics) this.#told = JSON.parse(tail.statistics);
        else if (settings.statistics) this.#told = this.#noStatistics;
        progress.holds(governor.held);
        await this.outlet.write(new Uint8Array(tail.bytes, 0, tail.length), tail.packed);
        await this.outlet.settle();
        await this.#makeSchema();
        this.#validated = settings.validate;
        return this.outlet.close();
    }

    #foretell() {
        const { progress, pace } = this.parts;
        progress.estimate = this.#forecast.look(progress, pace, this.#parts?.pages ?? 0) ?? progress.estimate;
    }

    #meetLimits() {
        const { progress } = this.parts;
        const extent = { records: this.#tally.written, bytes: progress.bytesOut, pages: this.#parts?.pages ?? 0 };
        this.#tally.meet(this.#forecast.limits(extent));
        progress.warnings = this.#tally.warned;
    }

    /** The schema of a format that has one goes with the file. */
    async #makeSchema() {
        const { schemaName } = this.parts;
        if (schemaName === undefined) return;
        if (this.#schema.leftOpen) this.#tally.warn('SCHEMA_LEFT_OPEN', 1);
        await this.outlet.attach(schemaName, await this.#schema.make(this.workshop));
    }

    /**
     * What the end of the file may tell of all records, as JSON.
     * @param {boolean} counted whether the core adds the statistics of the columns
     */
    #totals(counted) {
        const { settings } = this.parts;
        const { counts, warnings, defects } = this.#tally;
        const columns = settings.statistics ? this.#noStatistics : { columns: this.#columns.list };
        const totals = JSON.stringify({ counts, ...(counted ? {} : columns) });
        if (settings.plugin) return JSON.stringify({ counts, segments: this.#segments });
        if (!this.#parts) return totals;
        const more = JSON.stringify({ warnings, defects });
        return `${totals.slice(0, -1)},${more.slice(1, -1)},"metadata":${this.#metadata()},"state":${this.#parts.state}}`;
    }

    /** Of a file without records. */
    get #noStatistics() {
        return { columns: this.#columns.list.map(({ key, label }) => ({ key, label, type: 'text', filled: 0, empty: 0 })) };
    }

    #nothing() {
        const first = this.#tally.defects[0];
        // A record that is no JSON at all says that the input is of another kind.
        const suggestion = first.code === 'SYNTAX' || first.code === 'TRUNCATED' ? undefined : ERRORS[first.code]?.suggestion;
        const place = { record: first.record, offset: first.offset, suggestion };
        return exportError('NOTHING_EXPORTED', `record ${first.record}: ${first.message}`, place);
    }
}
