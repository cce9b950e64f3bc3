// A URL, or the answer to a request, as a source of bytes that goes on after the connection was lost.
// SPDX-License-Identifier: MIT
import { exportError, ExportError } from './errors.js';

/** @typedef {import('./types.js').ByteReader} ByteReader */

/** A failure that may pass. */
class NetworkFailure extends Error {
    /** @param {string} message @param {number} [retryAfter] milliseconds that the server asks for @param {unknown} [cause] */
    constructor(message, retryAfter, cause) {
        super(message, { cause });
        this.retryAfter = retryAfter;
    }
}

/** RFC 9110 15.5.9, 15.6; RFC 6585 4; RFC 8470 5.2. @param {number} status */
function mayPass(status) {
    return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** RFC 9110 10.2.3: seconds, or a date. @param {Response} response @returns {number | undefined} milliseconds */
function retryAfter(response) {
    const value = response.headers.get('retry-after');
    if (!value) return undefined;
    const seconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
    return seconds > 0 ? seconds : undefined;
}

/** What tells that two answers have the same bytes: RFC 9110 8.8. @param {Response} response */
function validatorOf({ headers }) {
    const tag = headers.get('etag');
    return tag && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? undefined);
}

/** Where the bytes of a partial answer begin: RFC 9110 14.4. @param {Response} response */
function firstByteOf({ headers }) {
    const found = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '');
    return found ? Number(found[1]) : undefined;
}

/** What to do where a download cannot be gone on with. */
const NO_VALIDATOR = 'start the export again; the server tells no ETag or Last-Modified, without which a download cannot be resumed';

/**
 * A request of a page to another site with a header that is out of the ordinary is preceded by a question that many servers do not
 * understand; there only the answer tells whether the content is the same.
 * @param {string} url
 */
function isElsewhere(url) {
    const own = globalThis.location?.origin;
    return own !== undefined && new URL(url).origin !== own;
}

/** Reads the bytes in order, whatever connections they come over. @implements {ByteReader} */
class UrlReader {
    /** Known when the first answer is there. @type {number | undefined} */
    size = undefined;
    /** Bytes that were given so far. */
    #count = 0;
    /** What tells whether the content is the same. @type {string | undefined} */
    version = undefined;
    /** What tells so for every byte. @type {string | undefined} */
    #validator;
    /** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
    #body;
    /** @type {Uint8Array} */
    #left = new Uint8Array(0);
    /** The read that is being waited for; what one that was given up still brings is asked for again. */
    #turn = 0;
    #waits = false;
    #ended = false;
    #closed = false;
    #abort = new AbortController();

    /** @param {string} url @param {Response} [first] where it was answered already */
    constructor(url, first) {
        this.url = url;
        if (first) this.#body = this.#begin(first);
        this.#ended = first !== undefined && !this.#body; // an answer without a body is not asked for again
    }

    /** @param {Response} response @returns {ReadableStreamDefaultReader<Uint8Array> | undefined} */
    #begin(response) {
        this.#validator = validatorOf(response);
        this.version = response.headers.get('etag') ?? this.#validator;
        const length = response.headers.get('content-length');
        this.size = length && !response.headers.get('content-encoding') ? Number(length) : undefined;
        return bodyOf(response);
    }

    /** @param {Uint8Array} view */
    async read(view) {
        if (this.#waits) this.giveUp();
        const turn = (this.#turn += 1);
        this.#waits = true;
        try {
            const piece = await this.#next(turn);
            const taken = piece.subarray(0, view.length);
            view.set(taken);
            this.#left = piece.subarray(taken.length);
            this.#count += taken.length;
            return taken.length;
        } catch (error) {
            if (this.#closed) return 0;
            if (turn === this.#turn) this.#drop();
            throw this.#judged(error);
        } finally {
            if (turn === this.#turn) this.#waits = false;
        }
    }

    /** Nobody waits for the read any more. */
    giveUp() {
        this.#turn += 1;
        this.#waits = false;
        this.#drop();
    }

    /**
     * What a read waits for; a read that was given up goes no further, lest it takes bytes from the one that came after it.
     * @template T
     * @param {number} turn
     * @param {T | Promise<T>} wait
     */
    async #within(turn, wait) {
        const result = await wait;
        if (turn !== this.#turn) throw new NetworkFailure('the read was given up');
        return result;
    }

    /** @param {number} turn @returns {Promise<Uint8Array>} at least one byte; none at the end */
    async #next(turn) {
        if (this.#left.length === 0 && !this.#ended && !this.#body) this.#body = await this.#within(turn, this.#answer(turn));
        while (this.#left.length === 0 && !this.#ended) {
            const { done = true, value } = (await this.#within(turn, this.#body?.read())) ?? {};
            this.#ended = done;
            if (value) this.#left = value;
        }
        return this.#left;
    }

    /** Only what tells its version can be gone on with. @param {unknown} error */
    #judged(error) {
        if (error instanceof ExportError || this.#count === 0 || this.#validator) return error;
        return exportError('SOURCE_FAILED', error instanceof Error ? error.message : String(error), { cause: error, suggestion: NO_VALIDATOR });
    }

    #drop() {
        const body = this.#body;
        this.#body = undefined;
        this.#left = new Uint8Array(0);
        this.#abort.abort();
        this.#abort = new AbortController();
        void body?.cancel().catch(() => {});
    }

    /** The body of the first answer, or of a further one that begins, or is made to begin, where the last one broke off. @param {number} turn */
    async #answer(turn) {
        const { signal } = this.#abort;
        const isFirst = this.#count === 0;
        if (!isFirst && !this.#validator) throw exportError('SOURCE_FAILED', 'the connection stalled', { suggestion: NO_VALIDATOR });
        const response = await this.#within(turn, fetch(this.url, isFirst ? { signal } : { signal, headers: { range: `bytes=${this.#count}-`, ...this.#condition } }));
        if (!response.ok) throw failureOf(response);
        if (isFirst) return this.#begin(response);
        const first = response.status === 206 ? firstByteOf(response) : 0;
        const body = bodyOf(response);
        if (validatorOf(response) !== this.#validator || !body || (first !== 0 && first !== this.#count)) throw exportError('SOURCE_CHANGED', this.url);
        if (first === 0) await this.#skip(turn, body);
        return body;
    }

    /** @returns {Record<string, string>} */
    get #condition() {
        return this.#validator && !isElsewhere(this.url) ? { 'if-range': this.#validator } : {};
    }

    /** A server that knows no ranges sends all of it again. @param {number} turn @param {ReadableStreamDefaultReader<Uint8Array>} body */
    async #skip(turn, body) {
        for (let left = this.#count; left > 0; ) {
            const { done, value } = await this.#within(turn, body.read());
            if (done) throw exportError('SOURCE_CHANGED', this.url);
            if (value.length > left) this.#left = value.subarray(left);
            left -= Math.min(left, value.length);
        }
    }

    async close() {
        this.#closed = true;
        this.#turn += 1;
        const body = this.#body;
        this.#body = undefined;
        await body?.cancel().catch(() => {});
        this.#abort.abort();
    }
}

/** @param {Response} response @returns {ReadableStreamDefaultReader<Uint8Array> | undefined} */
function bodyOf(response) {
    return /** @type {any} */ (response.body?.getReader());
}

/** @param {Response} response */
function failureOf(response) {
    const message = `HTTP status ${response.status}`;
    void response.body?.cancel().catch(() => {});
    if (mayPass(response.status)) return new NetworkFailure(message, retryAfter(response));
    return exportError('SOURCE_FAILED', message);
}

/** Everything that is not judged yet is a failure of the network. @param {unknown} error */
function mayNetworkPass(error) {
    return !(error instanceof ExportError) || error.code === 'SOURCE_STALLED';
}

/** Addresses of `data:` and `blob:` name no file. @param {string} url @returns {string | undefined} */
function nameOf(url) {
    if (!/^https?:/i.test(url)) return undefined;
    const name = new URL(url).pathname.split('/').pop() ?? '';
    try {
        return decodeURIComponent(name);
    } catch {
        return name; // its escapes are not UTF-8
    }
}

/** @param {URL} url @returns {import('./types.js').ByteSource} */
export function urlSource(url) {
    return {
        name: nameOf(url.href),
        again: false,
        afresh: true,
        mayPass: mayNetworkPass,
        openReader: () => new UrlReader(url.href),
    };
}

/**
 * It was asked for in a way that nobody knows any more; what is asked for again must be of the same version.
 * @param {Response} response
 * @returns {import('./types.js').ByteSource}
 */
export function responseSource(response) {
    const { url } = response;
    return {
        name: nameOf(url),
        again: false,
        mayPass: (error) => url !== '' && mayNetworkPass(error),
        openReader() {
            if (!response.ok) throw exportError('SOURCE_FAILED', `HTTP status ${response.status}`);
            if (response.bodyUsed || response.body?.locked) throw exportError('SOURCE_FAILED', 'the body of the response was read already');
            return new UrlReader(url, response);
        },
    };
}
