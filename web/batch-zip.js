// The zip file of a batch: each export's bytes wait in a spool until all of them are there, because a zip file has its members one
// after another.
// SPDX-License-Identifier: MIT
import { crc32, joinCrc32 } from '../wasm-glue/crc32.js';
import { Deflated } from './deflated.js';
import { asExportError } from './errors.js';
import { chooseSink } from './choose-sink.js';
import { undoneInTime } from './patience.js';
import { openSink, reserve, writeTo } from './sinks.js';
import { ZipFile } from './zip.js';

/** @typedef {import('./packed-sink.js').PipelineSink} PipelineSink */

/**
 * A place for bytes that are read once more; it is gone when it is removed.
 * @typedef {object} Spool
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>} write
 * @property {() => AsyncIterable<Uint8Array<ArrayBuffer>>} read from the start, when all was written
 * @property {() => void | Promise<void>} rewind forgets what was written
 * @property {() => void | Promise<void>} remove
 * @property {number} held bytes in memory
 */

/** What waits for its place in the zip file. @implements {PipelineSink} */
class Member {
    recycles = true;
    size = 0;
    crc = 0;
    raw = 0;
    /** @type {Spool | undefined} */
    spool;
    /** What belongs to it. @type {{name: string, bytes: Uint8Array<ArrayBuffer>}[]} */
    attached = [];
    /** @type {Deflated | undefined} */
    #stream;
    /** Settles when its place is there, or cannot be had. @type {Promise<unknown> | undefined} */
    #opening;

    /**
     * @param {string} name
     * @param {boolean} deflated whether it is text, which comes deflated; all else is stored as it is
     * @param {() => Promise<Spool>} openSpool
     */
    constructor(name, deflated, openSpool) {
        this.name = name;
        this.deflated = deflated;
        this.openSpool = openSpool;
    }

    get held() {
        return this.spool?.held ?? 0;
    }

    async open() {
        const opening = this.openSpool();
        this.#opening = opening.catch(() => {});
        this.spool = await opening;
        this.#begin();
    }

    #begin() {
        this.size = this.crc = this.raw = 0;
        this.#stream = this.deflated ? new Deflated((bytes) => this.spool?.write(bytes)) : undefined;
    }

    async rewind() {
        await this.spool?.rewind();
        this.#begin();
    }

    /** @param {Uint8Array<ArrayBuffer>} bytes @param {import('../wasm-glue/deflater.js').Packed} [packed] */
    async write(bytes, packed) {
        if (this.#stream) await this.#stream.add(bytes, packed);
        else {
            this.crc = joinCrc32(this.crc, crc32(bytes), bytes.length);
            this.raw += bytes.length;
            await this.spool?.write(bytes);
        }
        this.size = this.#stream?.size ?? this.raw;
    }

    /** @param {string} name @param {Uint8Array<ArrayBuffer>} bytes */
    attach(name, bytes) {
        this.attached.push({ name, bytes });
    }

    async close() {
        if (!this.#stream) return;
        await this.#stream.end();
        const { crc, raw, size } = this.#stream;
        Object.assign(this, { crc, raw, size });
    }

    async abort() {
        await this.#opening;
        const { spool } = this;
        this.spool = undefined;
        await spool?.remove();
    }
}

export class BatchZip {
    size = 0;
    /** In the order of the exports. @type {Member[]} */
    #members = [];
    /** Lets others have the sink; undefined while it is not this one's. @type {(() => void) | undefined} */
    #release;

    /**
     * @param {import('./types.js').ExportOptions['sink']} given the sink as the user gave it
     * @param {import('./platform.js').Platform} platform
     * @param {import('./private-file.js').OpenChannel} openChannel
     * @param {number} time of the members
     */
    constructor(given, platform, openChannel, time) {
        this.given = given;
        this.sink = chooseSink(given, { mimeType: 'application/zip' }, platform, openChannel);
        this.platform = platform;
        this.time = time;
    }

    /** @param {number} at which export @param {string} name @param {boolean} deflated @returns {PipelineSink} */
    member(at, name, deflated) {
        this.#members[at] = new Member(name, deflated, () => this.platform.openSpool());
        return this.#members[at];
    }

    /** Before anything is read, so that what cannot be written is known at once. @param {import('./patience.js').Patience} patience */
    async open(patience) {
        this.#release = reserve(this.given);
        await this.#toSink(patience, () => openSink(this.sink, patience));
    }

    /**
     * @param {boolean[]} complete which exports have come to their end
     * @param {import('./patience.js').Patience} patience whose stop says that the batch was called off
     * @returns {Promise<unknown>} what the sink's `close` gave
     */
    async write(complete, patience) {
        const put = (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => this.#toSink(patience, () => writeTo(this.sink, patience, bytes));
        const zip = new ZipFile(put, this.time);
        for (const [at, member] of this.#members.entries()) {
            if (member?.spool && complete[at]) {
                await zip.whole(member.name, member, member.spool.read());
                for (const { name, bytes } of member.attached) {
                    await zip.begin(name);
                    await zip.add(bytes);
                }
            }
            await member?.abort();
        }
        await zip.close();
        this.size = zip.size;
        const closed = await this.#toSink(patience, () => this.sink.close());
        this.#release?.();
        return closed;
    }

    /** A sink that is another's, or was never opened, is left alone. @param {unknown} reason */
    async abort(reason) {
        const release = this.#release;
        const aborting = async () => (release ? this.sink.abort?.(reason) : undefined);
        await undoneInTime(Promise.allSettled([...this.#members.map((member) => member?.abort()), aborting()]), this.platform.later);
        release?.();
    }

    /**
     * @template T
     * @param {import('./patience.js').Patience} patience
     * @param {() => T | Promise<T>} use
     * @returns {Promise<T>}
     */
    async #toSink({ stop }, use) {
        stop.check();
        try {
            return await stop.race((async () => use())());
        } catch (error) {
            if (stop.stopped) throw stop.reason;
            throw asExportError(error, 'SINK_FAILED');
        }
    }
}
