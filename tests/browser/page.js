// The part of the browser tests that runs in the page: makes sources, exports them, and tells what came out.
// SPDX-License-Identifier: MIT
import { ExportError, ExportProcessor } from '/dist/index.js';
import { extractionResults } from '/web/demo/generate.js';

const processor = new ExportProcessor();

/** Bytes as text that survives the way to the test, whatever they are. */
async function base64(blob) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
}

function bytesOf(text) {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Cuts bytes into pieces, so that records lie across the cuts. */
function* pieces(bytes, size) {
    for (let i = 0; i < bytes.length; i += size) yield bytes.slice(i, i + size);
}

function streamOf(bytes) {
    const rest = pieces(bytes, 1021);
    return new ReadableStream({
        pull(controller) {
            const { value, done } = rest.next();
            if (done) controller.close();
            else controller.enqueue(value);
        },
    });
}

/** Several gzip members, cut in the middle of records; one has nothing. */
function membersOf(bytes) {
    const cuts = [0, 1, 777, 777, Math.floor(bytes.length / 2), bytes.length];
    const packed = (part) => new Response(new Blob([part]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
    return Promise.all(cuts.slice(1).map((end, at) => packed(bytes.slice(cuts[at], end))));
}

/** Every kind of source, made from the same NDJSON bytes. */
const SOURCES = {
    string: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    bytes: (bytes) => bytes,
    blob: (bytes) => new Blob([bytes]),
    file: (bytes) => new File([bytes], 'records.ndjson'),
    stream: streamOf,
    gzip: (bytes) => streamOf(bytes).pipeThrough(new CompressionStream('gzip')),
    gzips: async (bytes) => new Blob(await membersOf(bytes)),
    gzipsInPieces: async (bytes) => streamOf(new Uint8Array(await new Blob(await membersOf(bytes)).arrayBuffer())),
    gzipCut: async (bytes) => new Blob(await membersOf(bytes)).slice(0, -5),
    gzipCutInside: async (bytes) => {
        const [first, ...others] = await membersOf(bytes);
        return new Blob([first.slice(0, -9), ...others]);
    },
    gzipAndMore: async (bytes) => new Blob([...(await membersOf(bytes)), 'more']),
    gzipDamaged: async (bytes) => {
        const damaged = new Uint8Array(await new Blob(await membersOf(bytes)).arrayBuffer());
        damaged[damaged.length - 7] ^= 1; // the checksum of the last
        return damaged;
    },
    response: (bytes) => new Response(streamOf(bytes)),
    array: (bytes) => records(bytes),
    iterable: (bytes) => new Set(records(bytes)),
    asyncIterable: recordsInTime,
};

function records(bytes) {
    return new TextDecoder().decode(bytes).split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

async function* recordsInTime(bytes) {
    for (const [i, record] of records(bytes).entries()) {
        if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve));
        yield record;
    }
}

/** What a test wants to know of an error. */
function described(error) {
    return {
        name: error.name,
        code: error.code,
        message: `${error.message} ${error.suggestion ?? ''}`,
        record: error.record,
        offset: error.offset,
        expected: error instanceof ExportError,
    };
}

/** Exports one source of the kind `kind` and gives the file in base64, or the error. */
async function exportBytes(kind, input, options) {
    try {
        const result = await processor.startExport(await SOURCES[kind](bytesOf(input)), options).result;
        const { fileName, mimeType, size, report } = result;
        return { fileName, mimeType, size, report, output: await base64(result.blob) };
    } catch (error) {
        return { error: described(error) };
    }
}

/** Exports many sources one after the other, which is faster than a call for each. */
async function exportEach(jobs) {
    const outcomes = [];
    for (const { kind, input, options } of jobs) outcomes.push(await exportBytes(kind, input, options));
    return outcomes;
}

/** Records as objects of this page, made in slices. */
async function makeRecords(count) {
    const made = [];
    for (const record of extractionResults(count)) {
        made.push(record);
        if (made.length % 20000 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    return made;
}

/** Runs a timer that must never be late; `stop` tells the longest time that it was, and all that were over a frame. */
function watchThread() {
    const interval = 4;
    const late = [];
    let longest = 0;
    let expected = performance.now() + interval;
    let timer = setTimeout(function tick() {
        const now = performance.now();
        const by = now - expected;
        if (by > 16) late.push(Math.round(by));
        longest = Math.max(longest, by);
        expected = now + interval;
        timer = setTimeout(tick, interval);
    }, interval);
    return () => {
        clearTimeout(timer);
        return { longest: Math.max(longest, performance.now() - expected), late };
    };
}

let made = [];

/** Makes the objects that are exported next. What is made after them, and let go, moves them to where V8 does not copy them any more. */
async function keepRecords(count) {
    if (made.length === count) return;
    made = await makeRecords(count);
    await makeRecords(60000);
}

/** Exports `count` objects of this page and measures the longest block of its thread meanwhile. */
async function measureExport(count, options) {
    await keepRecords(count);
    // Rest a moment, so that the collection of garbage from making the records is not measured.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const stop = watchThread();
    performance.mark('export starts');
    const started = performance.now();
    const result = await processor.startExport(made, options).result;
    const milliseconds = performance.now() - started;
    performance.mark('export ends');
    const pauses = stop();
    const { counts, peakMemoryBytes } = result.report;
    const head = await result.blob.slice(0, 2000).text();
    return { ...pauses, milliseconds, size: result.size, counts, peakMemoryBytes, head };
}

/** Starts an export and cancels it at a phase; tells how it ended. */
async function cancelAt(phase, count, options) {
    const job = processor.startExport(await makeRecords(count), {
        ...options,
        onProgress: (progress) => progress.phase === phase && job.cancel(),
    });
    return job.result.then(() => ({ completed: true }), (error) => ({ error: described(error) }));
}

/** Exports of several formats side by side, or as one batch: what they wrote, and the most that was held. */
async function exportTogether(formats, count, asBatch) {
    const records = await makeRecords(count);
    let most = 0;
    const leave = processor.subscribe(() => void (most = Math.max(most, processor.getSnapshot().memoryBytes)));
    const jobs = asBatch ? processor.batchExport(records, formats).jobs : formats.map((format) => processor.startExport(records, { format }));
    const results = await Promise.all(jobs.map(({ result }) => result));
    leave();
    processor.cleanup();
    return { written: results.map(({ report }) => report.counts.written), sizes: results.map(({ blob, size }) => blob.size - size), most };
}

/** Exports one after another, every tenth called off: how they ended, and what the library held on the way. */
async function exportInTurn(formats, count) {
    const records = await makeRecords(100);
    const ends = { completed: 0, CANCELLED: 0 };
    const held = [];
    for (let at = 0; at < count; at += 1) {
        const job = processor.startExport(records, { format: formats[at % formats.length] });
        if (at % 10 === 9) void job.cancel();
        await job.result.then(() => (ends.completed += 1), ({ code }) => (ends[code] += 1));
        if (at % 50 === 49) held.push(processor.getSnapshot().memoryBytes);
    }
    processor.cleanup();
    return { ends, held, entries: processor.getSnapshot().entries.length };
}

/** Commands in an order that the seed decides: the phases of every export as they were told, and the errors of commands. */
async function explore(formats, seed, steps) {
    let state = seed;
    const below = (count) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * count);
    const records = await makeRecords(400);
    const courses = new Map();
    const refused = new Set();
    const jobs = [];
    const note = ({ id, phase }) => {
        const course = courses.get(id) ?? [];
        if (course.at(-1) !== phase) courses.set(id, [...course, phase]);
    };
    const start = () => jobs.push(processor.startExport(records, { format: formats[below(formats.length)], chunkSize: 50, includeStatistics: below(2) > 0, onProgress: note }));
    const again = (retry) => jobs.length > 0 && jobs.push(retry(jobs[below(jobs.length)].id));
    const commands = [
        start, start, start,
        () => jobs[below(jobs.length)]?.cancel(),
        () => again((id) => processor.retryExport(id)),
        () => again((id) => processor.retryRejected(id)),
        () => processor.cleanup(),
        () => new Promise((resolve) => void setTimeout(resolve, below(60))),
    ];
    for (let step = 0; step < steps; step += 1) {
        try {
            await commands[below(commands.length)]();
        } catch ({ code }) {
            refused.add(code);
        }
    }
    await Promise.allSettled(jobs.map(({ result }) => result));
    processor.cleanup();
    return { courses: [...courses.values()].map((course) => course.join(' ')), jobs: jobs.length, refused: [...refused], entries: processor.getSnapshot().entries.length };
}

/** An export one of whose workers is ended in the middle, and the same undisturbed. */
async function exportWithKill(format, count) {
    const records = (await makeRecords(count)).map((record, id) => ({ ...record, id }));
    const options = { format, chunkSize: 50, retries: 5 };
    const own = new ExportProcessor({ now: () => 0 });
    const calm = await own.startExport(records, options).result;
    let killed = 0;
    const kill = () => {
        if (own.getSnapshot().exports.at(-1).phase !== 'encoding' || killed > 0) return;
        const [worker] = globalThis.watched.workers;
        killed += 1;
        worker?.dispatchEvent(new ErrorEvent('error', { message: 'killed on purpose' })); // one that is ended says nothing of it
    };
    const { blob, report } = await own.startExport(records, { ...options, onProgress: kill }).result;
    await own.dispose();
    return { killed, retries: report.retries, same: (await base64(blob)) === (await base64(calm.blob)) };
}

globalThis.loom = { processor, exportBytes, exportEach, makeRecords, keepRecords, measureExport, cancelAt, exportTogether, exportInTurn, explore, exportWithKill };
