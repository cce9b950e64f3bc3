// Files that an export to PDF needs besides the records: fonts, and the picture on the cover.
// SPDX-License-Identifier: MIT
import { fontFiles, placeOf } from './fonts.js';

/** @typedef {import('./fonts.js').FontSource} FileSource */

/** The slot of the picture: LOOM_SLOT_LOGO of src/job.h. */
const LOGO_SLOT = 16;

/**
 * @param {{fonts?: FileSource[], logo?: FileSource}} given
 * @param {(file: string) => string} fontUrl where a font of the package is
 */
export function filesOfPdf({ fonts = [], logo }, fontUrl) {
    const files = fontFiles(fonts, fontUrl);
    if (logo !== undefined) files.push({ slot: LOGO_SLOT, use: 0, place: placeOf(logo, 'BAD_IMAGE'), first: true });
    return files;
}
