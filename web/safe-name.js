// Names of files that are safe wherever they are unpacked or saved.
// SPDX-License-Identifier: MIT

/** Characters that no file system takes, that lead out of a folder, or that show a name as another: halves of pairs, marks of direction, blanks without width. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;

/** What stands for devices on Windows, with any ending. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(\.|$))/i;

/** File systems take 255 bytes; a few are left for what is added to tell two names apart. */
const LONGEST_BYTES = 240;
const LONGEST_ENDING = 16;

const encoder = new TextEncoder();

/** The name of a source without its ending. @param {string} name */
export function stemOf(name) {
    return name.replace(/\.gz$/i, '').replace(/\.[a-z][a-z0-9]{0,7}$/i, '');
}

/** The name, or the path, of the schema that belongs to an XML document. @param {string} document */
export function schemaNameOf(document) {
    return `${document.replace(/\.xml$/i, '')}.xsd`;
}

/** The start of a text that takes at most so many bytes. @param {string} text @param {number} bytes */
export function cut(text, bytes) {
    const room = new Uint8Array(Math.max(0, bytes));
    return text.slice(0, encoder.encodeInto(text, room).read);
}

/**
 * A name that stays in the folder where the file is put.
 * @param {string} name
 * @param {Set<string>} [taken] names that are there already, in small letters
 */
export function safeName(name, taken = new Set()) {
    const bare = name.replace(UNSAFE, '_').replace(/^[. ]+|[. ]+$/g, '').replace(DEVICE, '$1_');
    const dot = bare.lastIndexOf('.');
    const ending = dot > 0 && bare.length - dot <= LONGEST_ENDING ? bare.slice(dot) : '';
    const whole = bare.slice(0, bare.length - ending.length);
    const stem = cut(whole, LONGEST_BYTES - encoder.encode(ending).length).trimEnd() || 'export';
    let unique = stem + ending;
    for (let number = 2; taken.has(unique.toLowerCase()); number += 1) unique = `${stem} (${number})${ending}`;
    taken.add(unique.toLowerCase());
    return unique;
}
