// Bytes that wait in Blobs, which browsers keep outside of the page's memory.
// SPDX-License-Identifier: MIT
import { BlobSink } from './sinks.js';

/** @returns {Promise<import('./batch-zip.js').Spool>} */
export async function blobSpool() {
    const sink = new BlobSink('');
    /** @type {Blob | undefined} */
    let blob;
    return {
        write: (bytes) => sink.write(bytes),
        async *read() {
            blob ??= sink.close();
            const reader = blob.stream().getReader();
            for (let piece = await reader.read(); !piece.done; piece = await reader.read())
                yield /** @type {Uint8Array<ArrayBuffer>} */ (piece.value);
        },
        rewind: () => sink.rewind(),
        remove() {
            sink.abort();
            blob = undefined;
        },
        get held() {
            return blob ? 0 : sink.held;
        },
    };
}
