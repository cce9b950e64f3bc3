// The formats that an export can have: those of the table, those that were registered, and those that the library keeps for itself.
// SPDX-License-Identifier: MIT
import { FORMATS } from '../build/generated/tables.js';
import { exportError } from './errors.js';
import { nearestName } from './nearest.js';

/**
 * @typedef {object} FormatFacts
 * @property {string} extension
 * @property {string[]} endings that a name may have: the extension and others
 * @property {string} mimeType
 * @property {string} module the wasm module that has the encoder
 * @property {'FLAT' | 'NESTED'} columns
 * @property {import('./types.js').FormatPlugin} [plugin] where it was registered
 */

/** @typedef {ReadonlyMap<string, import('./types.js').FormatPlugin>} Registered */

/** The format that registered ones and previews read: rows of cells. */
export const ROWS = 'rows';

/** The formats of the library that make files, by name. @type {Readonly<Record<string, FormatFacts>>} */
export const FILE_FORMATS = Object.fromEntries(Object.entries(FORMATS).filter(([, { extension }]) => extension !== ''));

/** Names that a registered format cannot have. @param {string} name */
export function isReserved(name) {
    return Object.hasOwn(FORMATS, name);
}

/**
 * @param {unknown} name
 * @param {Registered} registered
 * @param {boolean} internal whether formats that make no files count too
 * @returns {FormatFacts}
 */
export function findFormat(name, registered, internal) {
    if (typeof name !== 'string') throw exportError('INVALID_OPTION', 'format must be the name of a format');
    if (Object.hasOwn(internal ? FORMATS : FILE_FORMATS, name)) return FORMATS[name];
    const plugin = registered.get(name);
    if (plugin) return { extension: plugin.extension, endings: [plugin.extension], mimeType: plugin.mimeType, module: FORMATS[ROWS].module, columns: 'FLAT', plugin };
    const names = [...Object.keys(FILE_FORMATS), ...registered.keys()];
    const nearest = nearestName(name, names);
    throw exportError('UNKNOWN_FORMAT', name, {
        suggestion: nearest ? `did you mean ${nearest}?` : `use one of ${names.join(', ')}`,
    });
}
