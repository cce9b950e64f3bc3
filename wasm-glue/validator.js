// Validates what is written by its schema: JavaScript's side of the wasm module `validator` (src/formats/xml/validator.h).
// SPDX-License-Identifier: MIT
import { ERRORS } from '../build/generated/tables.js';
import { CoreError } from './binding.js';

/** Bytes that are fed at a time. */
const PIECE = 262144;
const NOTHING = new Uint8Array(0);

/** To be freed. */
export class Validator {
    /**
     * @param {import('./binding.js').Core} core the module `validator`
     * @param {string} schema
     * @param {{start: Uint8Array, end: Uint8Array}} frame what makes a document of a segment
     */
    constructor(core, schema, frame) {
        this.core = core;
        this.frame = frame;
        this.pointer = core.withText(schema, (pointer, length) => core.call.loom_validator_new(pointer, length));
        this.window = core.call.loom_alloc(PIECE);
        if (this.pointer !== 0 && this.window !== 0) return;
        this.free();
        throw CoreError.of('OUT_OF_MEMORY');
    }

    /**
     * Throws where a segment is not valid. @param {Uint8Array} segment of another module's memory
     * @param {number} before records before it
     */
    check(segment, before) {
        this.#check(this.frame.start, segment, this.frame.end, before);
    }

    /** The same for what stands around all records. @param {Uint8Array} end */
    checkEnd(end) {
        this.#check(this.frame.start, NOTHING, end, 0);
    }

    /** @param {Uint8Array} start @param {Uint8Array} records @param {Uint8Array} end @param {number} before */
    #check(start, records, end, before) {
        const { call } = this.core;
        const good =
            call.loom_validator_begin(this.pointer) === 0 &&
            this.#feed(start, call.loom_validator_feed) &&
            this.#feed(records, call.loom_validator_feed_records) &&
            this.#feed(end, call.loom_validator_feed) &&
            call.loom_validator_end(this.pointer) === 0;
        if (!good) throw this.#error(before);
    }

    /** @param {Uint8Array} bytes @param {(validator: number, bytes: number, length: number) => number} feed */
    #feed(bytes, feed) {
        let wrong = 0;
        for (let at = 0; at < bytes.length && wrong === 0; at += PIECE) {
            const part = bytes.subarray(at, at + PIECE);
            this.core.view(this.window, part.length).set(part);
            wrong = feed(this.pointer, this.window, part.length);
        }
        return wrong === 0;
    }

    /** @param {number} before */
    #error(before) {
        const { call } = this.core;
        const { message, suggestion } = ERRORS.NOT_VALID;
        const told = this.core.textAt(call.loom_validator_message(this.pointer));
        const record = call.loom_validator_record(this.pointer);
        const place = record < 0 ? '' : `record ${before + record}: `;
        return new CoreError({ code: 'NOT_VALID', message: `${message}: ${place}${told}`, suggestion, ...(record < 0 ? {} : { record: before + record }) });
    }

    free() {
        this.core.call.loom_validator_free(this.pointer);
        this.core.call.loom_free(this.window);
        this.pointer = this.window = 0;
    }
}
