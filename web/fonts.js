// The fonts of a PDF: which files the worker may need, in the order in which a character is looked for in them.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';

/** A TrueType font: its bytes, or where it is. @typedef {ArrayBuffer | ArrayBufferView | URL | string} FontSource */
/** @typedef {import('../wasm-glue/protocol.js').FormatFile} FormatFile */

/** `use` of loom_job_file. */
const REGULAR = 1;
const BOLD = 2;

/** The text faces, which are loaded at once. */
const FIRST = [
    { slot: 0, use: REGULAR, file: 'NotoSans-Regular.ttf' },
    { slot: 1, use: BOLD, file: 'NotoSans-Bold.ttf' },
];

/** The last ones, loaded when a character needs them. */
const LAST = [
    { slot: 14, use: REGULAR, file: 'DejaVuSansCondensed.ttf' },
    { slot: 15, use: BOLD, file: 'DejaVuSansCondensed-Bold.ttf' },
];

/** What is left for the caller's fonts. */
const MOST_FONTS = 12;

/**
 * @param {unknown} file
 * @returns {file is FontSource}
 */
export function isFile(file) {
    return (typeof file === 'string' && file !== '') || file instanceof URL || file instanceof ArrayBuffer || ArrayBuffer.isView(file);
}

/**
 * @param {unknown} fonts
 * @returns {fonts is FontSource[]}
 */
export function areFonts(fonts) {
    return Array.isArray(fonts) && fonts.length <= MOST_FONTS && fonts.every(isFile);
}

/**
 * Bytes are copied, because every worker gets them.
 * @param {FontSource} font or another file
 * @param {string} code of the error where that is no place
 * @returns {string | Uint8Array<ArrayBuffer>}
 */
export function placeOf(font, code) {
    if (font instanceof ArrayBuffer) return new Uint8Array(font);
    if (ArrayBuffer.isView(font)) return Uint8Array.from(new Uint8Array(font.buffer, font.byteOffset, font.byteLength));
    try {
        return new URL(font, globalThis.location?.href).href;
    } catch {
        throw exportError(code, `${font} is no absolute URL`);
    }
}

/**
 * The caller's fonts stand between: they are opened at once, so that one that cannot be used is told.
 * @param {FontSource[]} fonts
 * @param {(file: string) => string} urlOf where a font of the package is
 * @returns {FormatFile[]}
 */
export function fontFiles(fonts, urlOf) {
    const own = (/** @type {typeof FIRST} */ list, /** @type {boolean} */ first) =>
        list.map(({ slot, use, file }) => ({ slot, use, place: urlOf(file), first }));
    const others = fonts.map((font, i) => ({ slot: FIRST.length + i, use: REGULAR | BOLD, place: placeOf(font, 'BAD_FONT'), first: true }));
    return [...own(FIRST, true), ...others, ...own(LAST, false)];
}
