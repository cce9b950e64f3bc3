// exportloom/react: the hook, and the adapter for TanStack Query.
// SPDX-License-Identifier: MIT
export { exportMutationOptions, exportProgressOptions } from './mutation.js';
export { useExport } from './use-export.js';

/** @typedef {import('./hook-store.js').UseExportOptions} UseExportOptions */
/** @typedef {import('./hook-store.js').ExportView} ExportView */
/** @typedef {import('../index.js').ExportEntry} ExportEntry */
/** @typedef {import('./mutation.js').ExportMutationChoices} ExportMutationChoices */
/** @typedef {import('./mutation.js').ExportVariables} ExportVariables */
