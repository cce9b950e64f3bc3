// The records that the picker stands for, and the columns that are found in the first of them.
// SPDX-License-Identifier: MIT
import { useEffect, useState } from 'react';
import { recordsOf } from '../records.js';
import { choicesOf } from './column-list.js';

/** @typedef {import('../records.js').Records} Records */
/** @typedef {import('./column-list.js').ColumnChoice} ColumnChoice */

const WAIT_MILLISECONDS = 200;
const ROWS = 200;

/**
 * @param {import('../records.js').Choice} choice
 * @param {import('./use-preview.js').ExportWithPreview} show
 * @returns {{records?: Records, problem?: string, found: ColumnChoice[]}} `found` is the same list until other records are chosen
 */
export function useRecords(choice, show) {
    const [state, setState] = useState(/** @type {{records?: Records, problem?: string, found: ColumnChoice[]}} */ ({ found: [] }));
    useEffect(() => {
        let stale = false;
        const look = async () => {
            const records = await recordsOf(choice);
            // What is wrong with the records is told by the preview of them, which comes next.
            const found = await show(records.first(), { format: 'csv', rows: ROWS }).then(({ preview }) => choicesOf(preview.columns), () => []);
            if (!stale) setState({ records, found });
        };
        const timer = setTimeout(() => look().catch((error) => !stale && setState({ problem: error.message, found: [] })), WAIT_MILLISECONDS);
        return () => {
            stale = true;
            clearTimeout(timer);
        };
    }, [choice, show]);
    return state;
}
