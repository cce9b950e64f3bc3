// Saves the file of an export to the user's downloads.
// SPDX-License-Identifier: MIT

import { exportError } from './errors.js';

/** A browser may ask where to save before it begins to read, so the address of the file lives for a while. */
const LIFE_MS = 40000;

/**
 * Saves a file from a page.
 * @param {{blob?: Blob | undefined, fileName?: string | undefined}} result of an export, or of a batch with `zip`
 * @returns {() => void} takes the address of the file back at once
 */
export function download({ blob, fileName = 'export' }) {
    if (!blob) throw exportError('UNSUPPORTED', 'there is no blob to save', { suggestion: 'look where the bytes went: to a sink, or to each result of the batch' });
    if (typeof document === 'undefined') throw exportError('UNSUPPORTED', 'only a page can download', { suggestion: 'use fileSink(path) of exportloom/node' });
    const address = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = address;
    link.download = fileName;
    link.click();
    const revoke = () => {
        clearTimeout(timer);
        URL.revokeObjectURL(address);
    };
    const timer = setTimeout(revoke, LIFE_MS);
    return revoke;
}
