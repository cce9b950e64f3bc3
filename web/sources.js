// Every kind of source, opened as a stream of chunks.
// SPDX-License-Identifier: MIT
import { ArrayBoundaries, LineBoundaries } from './boundaries.js';
import { BLOCK } from './buffers.js';
import { firstNotBlank, isGzip, isLineOfValues, markLength, namesLines, nextLine, SIGNATURE } from './encoding.js';
import { pacer } from './chunks.js';
import { asExportError, exportError } from './errors.js';
import { joinedOrigin } from './joined-source.js';
import { PieceEncoder, PieceReader, TextReader, blobReader, bytesReader, countingReader, patientReader, readerAfter } from './readers.js';
import { RecordChunks, arrayFeed, iteratorFeed, letGo } from './record-chunks.js';
import { TextChunks } from './text-chunks.js';
import { responseSource, urlSource } from './url-source.js';

/** @typedef {import('./types.js').ByteReader} ByteReader */
/** @typedef {import('./types.js').ByteSource} ByteSource */
/** @typedef {import('./chunks.js').ChunkStream} ChunkStream */

/**
 * What a source needs to be opened.
 * @typedef {object} SourceContext
 * @property {import('./buffers.js').Buffers} buffers
 * @property {import('./platform.js').Platform} platform
 * @property {() => Promise<import('../wasm-glue/splitter.js').Splitter>} openSplitter
 * @property {number} maxRecord bytes
 * @property {import('./patience.js').Patience} patience
 *
 * @typedef {object} Origin
 * @property {string} [name]
 * @property {boolean} again whether it may be opened more than once in an export
 * @property {boolean} [afresh] whether a further export may open it, where this one may not
 * @property {number} [size] what the positions of its chunks go up to, where known before it is opened
 * @property {(context: SourceContext) => Promise<ChunkStream>} open
 */

/** An input is judged by so many bytes at most: blanks, or a line that may be the first of several. */
const JUDGED = 65536;

/** @param {Uint8Array} start */
function showsKind(start) {
    return start.length >= SIGNATURE && firstNotBlank(start, start[0] === 0xef ? 3 : 0) < start.length;
}

/**
 * Reads until something can be said about the input.
 * @param {ByteReader} reader
 * @param {(start: Uint8Array) => boolean} [isEnough]
 */
async function readStart(reader, isEnough = showsKind) {
    const start = new Uint8Array(JUDGED);
    let length = 0;
    while (length < JUDGED && !isEnough(start.subarray(0, length))) {
        // A reader is promised some room.
        const piece = new Uint8Array(4096);
        const count = await reader.read(piece);
        if (count === 0) break;
        start.set(piece.subarray(0, Math.min(count, JUDGED - length)), length);
        if (count > JUDGED - length) reader = readerAfter(piece.subarray(JUDGED - length), reader);
        length = Math.min(JUDGED, length + count);
    }
    return { start: start.subarray(0, length), rest: readerAfter(start.subarray(0, length), reader) };
}

/**
 * @param {ByteReader} reader
 * @param {SourceContext} context
 */
async function unpacked(reader, context) {
    const plain = await readStart(reader);
    if (!isGzip(plain.start)) return { ...plain, packed: false };
    return { ...(await readStart(context.platform.gunzip(plain.rest))), packed: true };
}

/**
 * @param {ByteReader} reader
 * @param {string | undefined} name
 * @param {SourceContext} context
 * @param {Partial<import('./text-chunks.js').TextOrigin>} [own] what this source tells otherwise
 * @returns {Promise<TextChunks>}
 */
async function openText(reader, name, context, own) {
    const raw = countingReader(reader);
    const { start, rest, packed } = await unpacked(raw, context);
    const mark = markLength(start);
    const first = firstNotBlank(start, mark);
    const mayBeArray = !namesLines(name) && start[first] === 0x5b;
    const more = mayBeArray ? await readStart(rest, (text) => nextLine(text, first) > 0) : { start, rest };
    const isArray = mayBeArray && !isLineOfValues(more.start, first);
    const offset = isArray ? first + 1 : mark;
    await skip(more.rest, offset);
    return new TextChunks({
        reader: more.rest,
        boundaries: isArray ? new ArrayBoundaries(await context.openSplitter()) : new LineBoundaries(),
        buffers: context.buffers,
        pace: pacer(context.platform.yieldToLoop),
        maxRecord: context.maxRecord,
        offset,
        position: packed ? () => raw.count : (at) => at,
        total: reader.size,
        version: () => reader.version,
        ...own,
    });
}

/** @param {ByteReader} reader that holds so many bytes already @param {number} count */
async function skip(reader, count) {
    for (let left = count; left > 0; ) left -= await reader.read(new Uint8Array(Math.min(left, BLOCK)));
}

/**
 * Keeps the reader closed when the text cannot be opened, or when nobody wants it any more although nothing has come yet.
 * @param {ByteReader} reader
 * @param {string | undefined} name
 * @param {SourceContext} context
 */
async function openReader(reader, name, context) {
    const { stop } = context.patience;
    const opening = openText(reader, name, context);
    try {
        return await stop.race(opening);
    } catch (error) {
        opening.then((text) => text.origin.boundaries.free(), () => {});
        await stop.race((async () => reader.close())()).catch(() => {}); // why it could not be opened says more
        throw error;
    }
}

/**
 * Opens a reader; one that comes when it was given up is closed.
 * @param {ByteSource} source
 * @param {import('./patience.js').Patience} patience
 */
async function opened(source, patience) {
    const opening = Promise.resolve(source.openReader());
    return patience.within(opening).catch((error) => {
        opening.then((reader) => reader.close()).catch(() => {});
        throw error;
    });
}

/**
 * @param {ByteSource} source
 * @returns {Origin}
 */
function byteOrigin(source) {
    /** @type {string | undefined} */
    let version;
    return {
        name: typeof source.name === 'string' ? source.name : undefined,
        again: source.again,
        afresh: source.afresh,
        size: source.size,
        async open(context) {
            const { patience } = context;
            const reader = patientReader(await patience.again(() => opened(source, patience), source), patience, source);
            const changed = version !== undefined && reader.version !== version;
            version = reader.version;
            if (changed) await reader.close();
            if (changed) throw exportError('SOURCE_CHANGED', source.name);
            return openReader(reader, source.name, context);
        },
    };
}

/** @param {string} text @returns {Origin} */
function textOrigin(text) {
    return {
        again: true,
        async open(context) {
            const reader = new TextReader(text);
            // Positions are bytes; the text's length in bytes is not known, so its units stand for them.
            return openText(reader, undefined, context, { lone: () => reader.lone, position: () => reader.position, total: text.length });
        },
    };
}

/** @param {import('./record-chunks.js').RecordFeed} feed @param {SourceContext} context */
function recordChunks(feed, { maxRecord, buffers, platform }) {
    return new RecordChunks(feed, { maxRecord, buffers, yieldToLoop: platform.yieldToLoop });
}

/** @param {unknown[]} records @returns {Origin} */
function arrayOrigin(records) {
    return {
        again: true,
        open: async (context) => recordChunks(arrayFeed(records), context),
    };
}

/** @param {unknown} value @returns {Uint8Array | undefined} */
function bytesOf(value) {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/**
 * @param {AsyncIterator<unknown> | Iterator<unknown>} iterator
 * @returns {AsyncIterator<unknown>}
 */
function bytesOnly(iterator) {
    return {
        next: async () => {
            const { done, value } = await iterator.next();
            const bytes = bytesOf(value);
            if (!done && !bytes) throw exportError('SOURCE_TYPE', 'a stream of bytes brought something else');
            return done ? { done, value: undefined } : { done: false, value: bytes };
        },
    };
}

/**
 * @param {AsyncIterator<unknown>} iterator of text
 * @param {PieceEncoder} encoder
 * @returns {AsyncIterator<unknown>}
 */
function encoded(iterator, encoder) {
    let ended = false;
    return {
        next: async () => {
            if (ended) return { done: true, value: undefined };
            const { done, value } = await iterator.next();
            ended = done === true;
            if (!done && typeof value !== 'string') throw exportError('SOURCE_TYPE', 'a stream of text brought something else');
            return { done: false, value: ended ? encoder.end() : encoder.encode(value) };
        },
    };
}

/**
 * An iterator whose first result was taken already.
 * @param {IteratorResult<unknown>} first
 * @param {Iterator<unknown> | AsyncIterator<unknown>} iterator
 * @returns {Iterator<unknown> | AsyncIterator<unknown>}
 */
function iteratorAfter(first, iterator) {
    let started = false;
    return /** @type {Iterator<unknown>} */ ({
        next() {
            if (started) return iterator.next();
            started = true;
            return first;
        },
        return: (/** @type {unknown} */ value) => iterator.return?.(value) ?? { done: true, value },
    });
}

/**
 * @param {AsyncIterator<unknown> | Iterator<unknown>} iterator
 * @param {import('./patience.js').Patience} patience
 * @returns {AsyncIterator<unknown> | Iterator<unknown>}
 */
function patientIterator(iterator, patience) {
    if (patience.timeout === 0) return iterator;
    return /** @type {AsyncIterator<unknown>} */ ({
        next: () => patience.within(iterator.next()),
        return: (value) => iterator.return?.(value) ?? { done: true, value },
    });
}

/** Iterators that were read: another export would get what is left of them, or nothing, and look complete. @type {WeakSet<object>} */
const spent = new WeakSet();

/**
 * @template {AsyncIterator<unknown> | Iterator<unknown>} T
 * @param {T} iterator
 */
function unspent(iterator) {
    if (spent.has(iterator)) throw exportError('SOURCE_FAILED', 'the iterator was read already');
    spent.add(iterator);
    return iterator;
}

/**
 * The first thing that an iterator gives; it is let go of when nobody waits for that any more.
 * @param {AsyncIterator<unknown> | Iterator<unknown>} iterator
 * @param {import('./stop.js').Stop} stop
 */
async function firstOf(iterator, stop) {
    try {
        return await stop.race(iterator.next());
    } catch (error) {
        letGo(iterator);
        throw error;
    }
}

/**
 * Bytes, text or records: the first thing that an iterator gives tells. Text in a sync iterable is a record.
 * @param {() => AsyncIterator<unknown> | Iterator<unknown>} start
 * @param {{name?: string, sync: boolean}} facts
 * @returns {Origin}
 */
function iteratorOrigin(start, { name, sync }) {
    return {
        name,
        again: false,
        async open(context) {
            const given = unspent(start());
            const iterator = sync ? given : patientIterator(given, context.patience);
            const first = await firstOf(iterator, context.patience.stop);
            const rest = iteratorAfter(first, iterator);
            const isText = typeof first.value === 'string' && !sync;
            if (!isText && !bytesOf(first.value))
                return recordChunks(iteratorFeed(rest, !sync), context);
            const encoder = new PieceEncoder();
            const pieces = bytesOnly(isText ? encoded(/** @type {AsyncIterator<unknown>} */ (rest), encoder) : rest);
            const pace = pacer(context.platform.yieldToLoop);
            const next = async () => {
                await pace();
                return /** @type {Uint8Array | undefined} */ ((await pieces.next()).value);
            };
            const stream = await openReader(new PieceReader(next, () => letGo(iterator)), name, context);
            stream.origin.lone = () => encoder.lone;
            return stream;
        },
    };
}

/**
 * @param {ReadableStream<unknown>} stream
 * @returns {AsyncIterator<unknown>}
 */
function streamIterator(stream) {
    const reader = stream.getReader();
    return {
        next: async () => {
            const { done, value } = await reader.read();
            return done ? { done, value: undefined } : { done, value };
        },
        return: async () => {
            await reader.cancel().catch(() => {});
            return { done: true, value: undefined };
        },
    };
}

/** A stream of Node that has ended gives a new iterator each time, which ends at once. @param {any} source @returns {AsyncIterator<unknown>} */
function asyncIterator(source) {
    if (source.readableEnded === true) throw exportError('SOURCE_FAILED', 'the stream was read already');
    return source[Symbol.asyncIterator]();
}

/** What is no source, with what was most likely meant. @param {any} source */
function unfit(source) {
    const kind = source === null ? 'null' : typeof source === 'object' ? source.constructor?.name : typeof source;
    const asked = typeof source === 'function' ? 'call the function, and pass what it gives' : undefined;
    const suggestion = typeof source?.then === 'function' ? 'await the promise, and pass what it gives' : asked;
    return exportError('SOURCE_TYPE', kind, { suggestion });
}

/**
 * @param {any} source
 * @param {import('./platform.js').Platform} platform
 * @returns {Origin}
 */
function originOf(source, platform) {
    if (typeof source === 'string') return textOrigin(source);
    if (Array.isArray(source)) return arrayOrigin(source);
    const bytes = bytesOf(source);
    if (bytes) return byteOrigin({ again: true, openReader: () => bytesReader(bytes) });
    if (typeof source !== 'object' || source === null) throw unfit(source);
    if (source instanceof URL) return byteOrigin(platform.openUrl(source) ?? urlSource(source));
    if (source instanceof Blob)
        return byteOrigin({ name: /** @type {File} */ (source).name, again: true, openReader: () => blobReader(source) });
    if (typeof Response === 'function' && source instanceof Response) return byteOrigin(responseSource(source));
    if (typeof source.openReader === 'function') return byteOrigin(source);
    if (Array.isArray(source.inputs))
        return joinedOrigin(source.inputs.map((/** @type {unknown} */ input) => originOf(input, platform)));
    if (typeof source.getReader === 'function') return iteratorOrigin(() => streamIterator(source), { sync: false });
    if (Symbol.asyncIterator in source) return iteratorOrigin(() => asyncIterator(source), { sync: false });
    if (Symbol.iterator in source) return iteratorOrigin(() => source[Symbol.iterator](), { sync: true });
    throw unfit(source);
}

/**
 * What is thrown by the source itself is a failure of the source.
 * @param {ChunkStream} stream
 * @returns {ChunkStream}
 */
function guarded(stream) {
    return {
        total: stream.total,
        records: stream.records,
        get lone() {
            return stream.lone;
        },
        get version() {
            return stream.version;
        },
        ...(stream.skip ? { skip: (records) => Promise.resolve(stream.skip?.(records) ?? 0).catch(failed) } : {}),
        next: (wish) => Promise.resolve(stream.next(wish)).catch(failed),
        close: () => Promise.resolve().then(() => stream.close()).catch(failed),
    };
}

/** @param {unknown} error @returns {never} */
function failed(error) {
    throw asExportError(error, 'SOURCE_FAILED');
}

/** What cannot even be looked at, such as a buffer that was given away, is a failure of the source too. @template T @param {() => T} look */
function looked(look) {
    try {
        return look();
    } catch (error) {
        throw asExportError(error, 'SOURCE_FAILED');
    }
}

/**
 * @param {unknown} source
 * @param {import('./platform.js').Platform} platform
 * @returns {Origin} its failures are ExportErrors
 */
export function findOrigin(source, platform) {
    const origin = looked(() => originOf(source, platform));
    return { ...origin, open: (context) => Promise.resolve(origin.open(context)).then(guarded, failed) };
}
