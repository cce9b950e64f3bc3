// useExport: exports as React sees them.
// SPDX-License-Identifier: MIT
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { HookStore, NOTHING } from './hook-store.js';

/** @typedef {import('./hook-store.js').UseExportOptions} UseExportOptions */

/** What the hook hands on of its store. All of them are the same at every render. */
const FUNCTIONS = /** @type {const} */ ([
    'startExport', 'cancelExport', 'retryExport', 'retryRejected', 'batchExport', 'exportWithPreview', 'exportJSON', 'exportCSV', 'exportPDF', 'exportXLSX',
    'exportXML', 'hasActiveExports', 'getTotalProgress', 'getCompletedExports', 'download', 'cleanup',
]);

/** @typedef {Pick<HookStore, (typeof FUNCTIONS)[number]>} ExportFunctions */

/**
 * The exports of a processor, and functions to start, watch, cancel and save them, which are the same at every render.
 * @param {UseExportOptions} [options]
 * @returns {import('./hook-store.js').ExportView & ExportFunctions}
 */
export function useExport(options = {}) {
    const { processor } = options;
    // A store belongs to one processor; of the other options the latest count. It is state, which hot reload keeps.
    const [kept, keep] = useState(() => new HookStore(options));
    const store = kept.processor === processor ? kept : new HookStore(options);
    if (store !== kept) keep(store);
    useEffect(() => {
        store.options = options;
    });
    useEffect(store.mount, [store]);
    const view = useSyncExternalStore(store.subscribe, store.getSnapshot, () => NOTHING);
    return useMemo(() => {
        const functions = /** @type {ExportFunctions} */ (Object.fromEntries(FUNCTIONS.map((name) => [name, store[name]])));
        return { ...view, ...functions };
    }, [store, view]);
}
