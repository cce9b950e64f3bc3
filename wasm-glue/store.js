// Files of the browser's private file system (OPFS), which only workers can write piece by piece without a copy.
// SPDX-License-Identifier: MIT
import { ERRORS } from '../build/generated/tables.js';
import { CoreError } from './binding.js';

/** The folder of all such files, and how old one may be that nobody has taken away. */
export const STORE_FOLDER = 'exportloom';
const STALE_MS = 86400000;

/** What TypeScript's library for pages does not know. @typedef {{write(bytes: Uint8Array, at: {at: number}): number, truncate(size: number): void,
 *   flush(): void, close(): void}} AccessHandle */

/** The files that are open here, by name. @type {Map<string, {handle: AccessHandle, size: number}>} */
const files = new Map();

/** @param {string} name */
function opened(name) {
    const file = files.get(name);
    if (!file) throw CoreError.of('INTERNAL');
    return file;
}

/** @param {unknown} error @returns {never} */
function failed(error) {
    if (error instanceof CoreError) throw error;
    const full = error instanceof Error && error.name === 'QuotaExceededError';
    const code = full ? 'STORAGE_FULL' : 'STORAGE_FAILED';
    const { message, suggestion } = ERRORS[code];
    throw new CoreError({ code, message: `${message}: ${error instanceof Error ? error.message : error}`, suggestion });
}

/** Takes away what pages left behind that were closed before. @param {any} folder */
async function sweep(folder) {
    for await (const name of folder.keys()) {
        const made = Number.parseInt(name, 36);
        if (Date.now() - made > STALE_MS) await folder.removeEntry(name).catch(() => {});
    }
}

/** @param {string} name starts with the time in base 36 */
async function open(name) {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(STORE_FOLDER, { create: true });
    await sweep(folder).catch(() => {});
    const entry = /** @type {any} */ (await folder.getFileHandle(name, { create: true }));
    files.set(name, { handle: await entry.createSyncAccessHandle(), size: 0 });
}

/** @type {Record<'storeOpen' | 'storeWrite' | 'storeRewind' | 'storeClose', (request: any) => Promise<{}>>} */
export const STORE_OPERATIONS = {
    /** @param {import('./protocol.js').StoreRequest} request */
    async storeOpen({ name }) {
        await open(name).catch(failed);
        return {};
    },

    /** @param {import('./protocol.js').StoreWriteRequest} request */
    async storeWrite({ name, bytes }) {
        const file = opened(name);
        const view = new Uint8Array(bytes);
        try {
            for (let at = 0; at < view.length; ) {
                const count = file.handle.write(view.subarray(at), { at: file.size + at });
                if (count === 0) throw new Error('no more could be written');
                at += count;
            }
            file.size += view.length; // what was written in part is written over by the next try
        } catch (error) {
            failed(error);
        }
        return {};
    },

    /** @param {import('./protocol.js').StoreRequest} request */
    async storeRewind({ name }) {
        const file = opened(name);
        file.handle.truncate(0);
        file.size = 0;
        return {};
    },

    /** @param {import('./protocol.js').StoreRequest} request */
    async storeClose({ name }) {
        const { handle } = opened(name);
        files.delete(name);
        try {
            handle.flush();
            handle.close();
        } catch (error) {
            failed(error);
        }
        return {};
    },
};
