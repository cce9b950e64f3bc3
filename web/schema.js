// The schema of one export whose format has one: made of the shapes of its records, and what its file is validated by.
// SPDX-License-Identifier: MIT
import { Shapes } from './shapes.js';

/** @typedef {import('./workshop.js').Workshop} Workshop */

export class Schema {
    #shapes = new Shapes();
    /** The file's bytes, once it was made. @type {Uint8Array<ArrayBuffer> | undefined} */
    bytes;

    /** @param {string} job */
    constructor(job) {
        this.job = job;
    }

    /** Whether there are so many shapes that it takes any elements. */
    get leftOpen() {
        return this.#shapes.overflown;
    }

    /** @param {import('./shapes.js').ShapeRow[] | undefined} shapes */
    add(shapes) {
        this.#shapes.add(shapes);
    }

    /** Forgets what records had. */
    clear() {
        this.#shapes.clear();
    }

    /** Of all records that were looked at. @param {Workshop} workshop */
    async #ofShapes(workshop) {
        const { bytes } = await workshop.ask({ op: 'schema', job: this.job, shapes: this.#shapes.text() });
        return new Uint8Array(bytes);
    }

    /**
     * Everything that is written from now on is validated by the schema of what was looked at.
     * @param {Workshop} workshop
     * @param {string} metadata JSON
     * @param {boolean} guessed that was not all
     */
    async validate(workshop, metadata, guessed) {
        this.bytes = await this.#ofShapes(workshop);
        workshop.validate({ schema: new TextDecoder().decode(this.bytes), metadata, guessed });
    }

    /** Whether the schema by which was validated, if any, is that of all records. @param {Workshop} workshop */
    async wasRight(workshop) {
        const { bytes } = this;
        if (!bytes) return true;
        const found = await this.#ofShapes(workshop);
        return found.length === bytes.length && found.every((byte, at) => byte === bytes[at]);
    }

    /** The file. @param {Workshop} workshop */
    async make(workshop) {
        this.bytes ??= await this.#ofShapes(workshop);
        return this.bytes;
    }
}
