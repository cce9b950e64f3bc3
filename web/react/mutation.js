// Exports as mutations of TanStack Query, with their progress in its cache. Nothing is imported from it.
// SPDX-License-Identifier: MIT
import { ExportError, ExportProcessor } from '../index.js';
import { merged } from '../merged.js';

/** @typedef {import('../index.js').ExportProgress} ExportProgress */
/** @typedef {{setQueryData(key: any, value: any): unknown}} CacheOfQueries */

/**
 * @typedef {object} ExportMutationChoices
 * @property {ExportProcessor} [processor] default: `ExportProcessor.getInstance()`
 * @property {readonly unknown[]} [mutationKey] default: `['exportloom']`
 * @property {CacheOfQueries} [queryClient] needed before TanStack Query 5.89, which hands it to mutations
 * @property {Partial<import('../index.js').ExportOptions>} [defaults] for every export
 */

/**
 * @typedef {object} ExportVariables
 * @property {import('../index.js').RecordSource} source
 * @property {import('../index.js').ExportOptions} options its `signal` cancels the export
 */

const USUAL_KEY = ['exportloom'];

/**
 * `useMutation(exportMutationOptions())`, and then `mutate({ source, options })`; `data` is the ExportResult.
 * @param {ExportMutationChoices} [choices]
 */
export function exportMutationOptions({ processor, mutationKey = USUAL_KEY, queryClient, defaults } = {}) {
    const { queryKey } = exportProgressOptions(mutationKey);
    return {
        mutationKey,
        /**
         * @param {ExportVariables} variables
         * @param {{client?: CacheOfQueries}} [context]
         * @returns {Promise<import('../index.js').ExportResult>}
         */
        mutationFn: async ({ source, options }, context) => {
            const cache = queryClient ?? context?.client;
            const all = /** @type {import('../index.js').ExportOptions} */ (merged(defaults ?? {}, options ?? {}));
            const onProgress = (/** @type {ExportProgress} */ progress) => {
                cache?.setQueryData(queryKey, progress);
                return all.onProgress?.(progress);
            };
            return (processor ?? ExportProcessor.getInstance()).startExport(source, { ...all, onProgress }).result;
        },
    };
}

/**
 * `useQuery(exportProgressOptions())`: `data` is the ExportProgress of the export that told last.
 * @param {readonly unknown[]} [mutationKey] the same as that of the mutation
 * @returns {{queryKey: unknown[], queryFn: () => Promise<ExportProgress>, enabled: false, staleTime: number}}
 */
export function exportProgressOptions(mutationKey = USUAL_KEY) {
    const queryFn = () => Promise.reject(new ExportError('UNSUPPORTED', 'progress is told by the export and cannot be fetched'));
    return { queryKey: [...mutationKey, 'progress'], queryFn, enabled: false, staleTime: Infinity };
}
