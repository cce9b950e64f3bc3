// A zip file (APPNOTE 6.3) that is written from front to back, ZIP64 where a number needs it.
// SPDX-License-Identifier: MIT
import { Deflated } from './deflated.js';
import { safeName } from './safe-name.js';

/** @typedef {import('./deflated.js').Packed} Packed */

const STORE = 0;
const DEFLATE = 8;

/** General purpose flags: sizes follow in a data descriptor; names are UTF-8. */
const DESCRIPTOR = 0x0008;
const UTF8 = 0x0800;

/** Readers of version 2.0 know deflate, those of 4.5 ZIP64. */
const PLAIN_VERSION = 20;
const LARGE_VERSION = 45;

/** The largest numbers of fields of 2 and 4 bytes say that the true number stands in a ZIP64 field. */
const MOST_16 = 0xffff;
const MOST_32 = 0xffffffff;

const encoder = new TextEncoder();

/**
 * @typedef {object} Member
 * @property {Uint8Array} name
 * @property {number} method
 * @property {number} flags
 * @property {number} offset
 * @property {number} crc
 * @property {number} raw
 * @property {number} size
 */

/** Little-endian fields, one behind the other. */
class Fields {
    /** @type {number[]} */
    #bytes = [];

    /** @param {...[width: number, value: number]} fields */
    put(...fields) {
        for (let [width, value] of fields)
            for (; width > 0; width -= 1, value = Math.floor(value / 256)) this.#bytes.push(value % 256);
        return this;
    }

    /** @param {...Uint8Array} behind */
    with(...behind) {
        const length = behind.reduce((sum, { length }) => sum + length, this.#bytes.length);
        const made = new Uint8Array(length);
        made.set(this.#bytes);
        let at = this.#bytes.length;
        for (const piece of behind) {
            made.set(piece, at);
            at += piece.length;
        }
        return made;
    }
}

/** Date and time of MS-DOS, in steps of two seconds from 1980 on. @param {number} time milliseconds since 1970 */
function dosTime(time) {
    const date = new Date(Math.min(Math.max(time, Date.UTC(1980)), Date.UTC(2107, 11, 31, 23, 59, 58)));
    const days = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
    return ((days << 16) | (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)) >>> 0;
}

export class ZipFile {
    /** Bytes so far. */
    size = 0;
    /** @type {Member[]} */
    #members = [];
    /** @type {Set<string>} */
    #names = new Set();
    /** The member that is being written. @type {{stream: Deflated, member: Member} | undefined} */
    #open;

    /**
     * @param {(bytes: Uint8Array<ArrayBuffer>) => unknown} write
     * @param {number} time of the members
     */
    constructor(write, time) {
        this.write = write;
        this.time = dosTime(time);
    }

    /** @param {Uint8Array<ArrayBuffer>} bytes */
    async #put(bytes) {
        this.size += bytes.length;
        await this.write(bytes);
    }

    /** A member whose size is known when it ends. @param {string} name */
    async begin(name) {
        await this.end();
        const member = this.#member(name, { method: DEFLATE, flags: UTF8 | DESCRIPTOR, crc: 0, raw: 0, size: 0 });
        this.#open = { stream: new Deflated((bytes) => this.#put(bytes)), member };
        await this.#put(this.#local(member));
    }

    /**
     * Goes on with the member.
     * @param {Uint8Array<ArrayBuffer>} bytes
     * @param {Packed} [packed] where they are deflated already
     */
    async add(bytes, packed) {
        await this.#open?.stream.add(bytes, packed);
    }

    /**
     * A member that is there as a whole.
     * @param {string} name
     * @param {{crc: number, raw: number, size: number, deflated: boolean}} facts
     * @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces
     */
    async whole(name, { crc, raw, size, deflated }, pieces) {
        await this.end();
        const member = this.#member(name, { method: deflated ? DEFLATE : STORE, flags: UTF8, crc, raw, size });
        await this.#put(this.#local(member));
        for await (const piece of pieces) await this.#put(piece);
    }

    /** @param {string} name @param {Omit<Member, 'name' | 'offset'>} facts */
    #member(name, facts) {
        const member = { name: encoder.encode(safeName(name, this.#names)), offset: this.size, ...facts };
        this.#members.push(member);
        return member;
    }

    /** The local header (APPNOTE 4.3.7). @param {Member} member */
    #local(member) {
        const { name, method, flags, crc, raw, size } = member;
        const large = raw >= MOST_32 || size >= MOST_32;
        const extra = large ? new Fields().put([2, 1], [2, 16], [8, raw], [8, size]).with() : new Uint8Array(0);
        return new Fields()
            .put([4, 0x04034b50], [2, large ? LARGE_VERSION : PLAIN_VERSION], [2, flags], [2, method], [4, this.time], [4, crc])
            .put([4, large ? MOST_32 : size], [4, large ? MOST_32 : raw], [2, name.length], [2, extra.length])
            .with(name, extra);
    }

    /** Ends the member, if there is one: its data descriptor (4.3.9), with sizes of 8 bytes where 4 do not hold them. */
    async end() {
        if (!this.#open) return;
        const { stream, member } = this.#open;
        this.#open = undefined;
        await stream.end();
        const { crc, raw, size } = Object.assign(member, { crc: stream.crc, raw: stream.raw, size: stream.size });
        const width = raw >= MOST_32 || size >= MOST_32 ? 8 : 4;
        await this.#put(new Fields().put([4, 0x08074b50], [4, crc], [width, size], [width, raw]).with());
    }

    /** The central directory (4.3.12 to 4.3.16). */
    async close() {
        await this.end();
        const offset = this.size;
        for (const member of this.#members) await this.#put(this.#central(member));
        const [count, size] = [this.#members.length, this.size - offset];
        if (count >= MOST_16 || size >= MOST_32 || offset >= MOST_32) await this.#closeLarge(count, size, offset);
        await this.#put(
            new Fields()
                .put([4, 0x06054b50], [2, 0], [2, 0], [2, Math.min(count, MOST_16)], [2, Math.min(count, MOST_16)])
                .put([4, Math.min(size, MOST_32)], [4, Math.min(offset, MOST_32)], [2, 0])
                .with(),
        );
    }

    /** @param {Member} member */
    #central({ name, method, flags, offset, crc, raw, size }) {
        const fields = new Fields();
        for (const value of [raw, size, offset]) if (value >= MOST_32) fields.put([8, value]);
        const values = fields.with();
        const large = values.length > 0;
        const extra = large ? new Fields().put([2, 1], [2, values.length]).with(values) : values;
        return new Fields()
            .put([4, 0x02014b50], [2, large ? LARGE_VERSION : PLAIN_VERSION], [2, large ? LARGE_VERSION : PLAIN_VERSION])
            .put([2, flags], [2, method], [4, this.time], [4, crc], [4, Math.min(size, MOST_32)], [4, Math.min(raw, MOST_32)])
            .put([2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, Math.min(offset, MOST_32)])
            .with(name, extra);
    }

    /** The ZIP64 end record and where it stands (4.3.14, 4.3.15). @param {number} count @param {number} size @param {number} offset */
    async #closeLarge(count, size, offset) {
        const end = this.size;
        await this.#put(
            new Fields()
                .put([4, 0x06064b50], [8, 44], [2, LARGE_VERSION], [2, LARGE_VERSION], [4, 0], [4, 0], [8, count], [8, count])
                .put([8, size], [8, offset])
                .put([4, 0x07064b50], [4, 0], [8, end], [4, 1])
                .with(),
        );
    }
}
