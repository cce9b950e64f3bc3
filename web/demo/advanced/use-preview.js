// The preview that belongs to the choices on the page, made by the real encoders soon after they change.
// SPDX-License-Identifier: MIT
import { useEffect, useState } from 'react';

/** @typedef {import('exportloom').Preview} Preview */
/** @typedef {import('exportloom').ExportError} ExportError */
/** @typedef {import('exportloom').ExportOptions} ExportOptions */
/** @typedef {ReturnType<typeof import('exportloom/react').useExport>['exportWithPreview']} ExportWithPreview */
/** @typedef {{preview?: Preview, error?: ExportError, filterError?: ExportError, busy: boolean}} Shown */

const WAIT_MILLISECONDS = 250;
export const ROWS = 20;

/** What is wrong with a filter alone, which is tried on no records. @param {ExportWithPreview} show @param {ExportOptions['filter']} filter */
async function filterFault(show, filter) {
    if (filter === undefined) return undefined;
    return show('{}\n', { format: 'json', filter }).then(() => undefined, (error) => error);
}

/**
 * @param {ExportWithPreview} show
 * @param {import('../records.js').Records} records
 * @param {ExportOptions} options
 * @returns {Promise<Omit<Shown, 'busy'>>}
 */
async function previewed(show, records, options) {
    const filterError = await filterFault(show, options.filter);
    if (filterError) return { filterError };
    return show(records.first(), { ...options, rows: ROWS }).then(({ preview }) => ({ preview }), (error) => ({ error }));
}

/**
 * @param {ExportWithPreview} show
 * @param {import('../records.js').Records | undefined} records
 * @param {() => Promise<ExportOptions>} optionsNow
 * @param {unknown} key changes when the options do
 * @returns {Shown}
 */
export function usePreview(show, records, optionsNow, key) {
    const [shown, setShown] = useState(/** @type {Shown} */ ({ busy: true }));
    useEffect(() => {
        if (!records) {
            setShown({ busy: false });
            return;
        }
        let stale = false;
        setShown((now) => ({ ...now, busy: true }));
        const timer = setTimeout(async () => {
            const made = await optionsNow().then((options) => previewed(show, records, options));
            if (!stale) setShown({ ...made, busy: false });
        }, WAIT_MILLISECONDS);
        return () => {
            stale = true;
            clearTimeout(timer);
        };
    }, [show, records, key]);
    return shown;
}
