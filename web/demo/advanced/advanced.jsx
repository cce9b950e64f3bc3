// The advanced page: columns, filter, every option, previews by the real encoders, and many exports at once.
// SPDX-License-Identifier: MIT
import { useEffect, useMemo, useRef, useState } from 'react';
import { download } from 'exportloom';
import { useExport } from 'exportloom/react';
import { FORMATS, titleOf } from '../formats.js';
import { Card, Check, Choices } from '../parts.jsx';
import { FIRST_CHOICE } from '../records.js';
import { Shell, mount, useAnnounce } from '../shell.jsx';
import { SourcePicker } from '../source-picker.jsx';
import { counted } from '../words.js';
import { columnsOf } from './column-list.js';
import { Columns } from './columns.jsx';
import { Exports } from './exports.jsx';
import { Filter, NO_FILTER, filterOf } from './filter.jsx';
import { optionsOf } from './option-controls.js';
import { Options } from './options.jsx';
import { Preview } from './preview.jsx';
import { usePreview } from './use-preview.js';
import { useRecords } from './use-records.js';

/** @typedef {import('./option-controls.js').Values} Values */
/** @typedef {import('exportloom').ExportOptions} ExportOptions */
/** @typedef {import('../records.js').Records} Records */

/** The choices about what is exported, and the options of an export that they come to. @param {import('./use-preview.js').ExportWithPreview} show */
function useChoices(show) {
    const [choice, setChoice] = useState(FIRST_CHOICE);
    const { records, problem, found } = useRecords(choice, show);
    const [columns, setColumns] = useState(found);
    const [filter, setFilter] = useState(NO_FILTER);
    const [values, setValues] = useState(/** @type {Values} */ ({}));
    useEffect(() => {
        setColumns(found);
        setFilter((now) => ({ ...now, conditions: now.conditions.filter(({ key }) => found.some((column) => column.key === key)) }));
    }, [found]);
    const query = filterOf(filter, columns);
    const chosen = columnsOf(columns, found);

    /** @param {string} format @returns {Promise<ExportOptions>} */
    const optionsNow = async (format) => ({
        ...(await optionsOf(format, values)),
        ...(chosen ? { columns: chosen } : {}),
        ...(query === undefined ? {} : { filter: query }),
    });
    const key = useMemo(() => ({}), [values, JSON.stringify([chosen, query])]);
    return { choice, setChoice, records, problem, found, columns, setColumns, filter, setFilter, values, setValues, optionsNow, key, limited: chosen !== undefined };
}

/** @typedef {{records: Records, options: ExportOptions}} Remembered */

/** Starts exports, and remembers what they were started with. @param {ReturnType<typeof useExport>} exports @param {(text: string) => void} announce */
function useStarts(exports, announce) {
    const remembered = useRef(/** @type {Map<string, Remembered>} */ (new Map()));
    const [archives, setArchives] = useState(/** @type {import('./exports.jsx').Archive[]} */ ([]));
    const begin = (/** @type {Records} */ records, /** @type {ExportOptions} */ options) => {
        const { id } = exports.startExport(records.open(), { fileName: records.name, ...options });
        remembered.current.set(id, { records, options });
    };
    const beginAll = (/** @type {Records} */ records, /** @type {ExportOptions[]} */ all, /** @type {boolean} */ zip) => {
        const batch = exports.batchExport(records.open(), all, { fileName: records.name, zip });
        batch.jobs.forEach(({ id }, at) => remembered.current.set(id, { records, options: all[at] }));
        if (zip) batch.result.then(({ id, blob, fileName = 'exports.zip', size }) => blob && setArchives((now) => [{ id, blob, fileName, size }, ...now]), () => {});
    };
    /** What can be read only once is opened afresh. */
    const again = (/** @type {string} */ id) => {
        const known = remembered.current.get(id);
        if (known && !known.records.again) return begin(known.records, known.options);
        const job = exports.retryExport(id);
        if (known) remembered.current.set(job.id, known);
    };
    const rejectedAgain = (/** @type {string} */ id, /** @type {Records} */ records) => {
        try {
            exports.retryRejected(id, { source: records.open() });
        } catch (error) {
            announce(error instanceof Error ? error.message : String(error));
        }
    };
    const clear = () => {
        setArchives([]);
        exports.cleanup();
    };
    return { begin, beginAll, again, rejectedAgain, clear, archives, totalOf: (/** @type {string} */ id) => remembered.current.get(id)?.records.total };
}

/** @param {{disabled: boolean, format: string, start: () => void, startAll: (zip: boolean) => void, saves: boolean, setSaves: (saves: boolean) => void}} props */
function Actions({ disabled, format, start, startAll, saves, setSaves }) {
    const [zip, setZip] = useState(false);
    return (
        <div className="actions between">
            <div className="actions">
                <button type="button" className="primary large" id="start" disabled={disabled} onClick={start}>Export {titleOf(format)}</button>
                <button type="button" className="large" id="start-all" disabled={disabled} onClick={() => startAll(zip)}>Export all six formats</button>
            </div>
            <div className="actions checks">
                <Check label="All as one zip" name="zip" checked={zip} onChange={setZip} />
                <Check label="Save files when done" name="saves" checked={saves} onChange={setSaves} />
            </div>
        </div>
    );
}

function Page() {
    const announce = useAnnounce();
    const [saves, setSaves] = useState(false);
    const exports = useExport({
        autoDownload: saves,
        onComplete: ({ fileName, report }) => announce(`${fileName} is finished: ${counted(report.counts.written, 'record', 'records')}`),
        onError: ({ message }) => announce(`An export failed: ${message}`),
    });
    const [format, setFormat] = useState(/** @type {import('../formats.js').FormatName} */ ('csv'));
    const choices = useChoices(exports.exportWithPreview);
    const { choice, setChoice, records, problem, found, columns, setColumns, filter, setFilter, values, setValues, optionsNow, key, limited } = choices;
    const starts = useStarts(exports, announce);
    const shown = usePreview(exports.exportWithPreview, records, () => optionsNow(format), useMemo(() => ({}), [key, format]));
    const counts = shown.preview?.report.counts;
    const passing = counts && counts.filtered > 0 ? `${counted(counts.written, 'record', 'records')} of the first ${counts.read} pass` : '';

    const start = async () => records && starts.begin(records, await optionsNow(format));
    const startAll = async (/** @type {boolean} */ zip) => records && starts.beginAll(records, await Promise.all(FORMATS.map(({ value }) => optionsNow(value))), zip);
    return (
        <div className="advanced">
            <div className="side">
                <Card title="Records">
                    <SourcePicker choice={choice} onChange={(changed) => setChoice((now) => ({ ...now, ...changed }))} />
                    {problem && <p className="note" role="status">{problem}</p>}
                </Card>
                <Filter filter={filter} columns={columns} error={shown.filterError} aside={passing} onChange={(changed) => setFilter((now) => ({ ...now, ...changed }))} />
                <Columns columns={columns} limited={limited} onChange={setColumns} onReset={() => setColumns(found)} />
            </div>
            <div className="bench">
                <Card title="Format" id="format">
                    <Choices legend="Format" name="format" value={format} choices={FORMATS} onChange={setFormat} className="six" />
                    <Options format={format} title={titleOf(format)} values={values} onChange={(id, value) => setValues((now) => ({ ...now, [id]: value }))} />
                    <Actions disabled={!records || Boolean(shown.filterError)} format={format} start={start} startAll={startAll} saves={saves} setSaves={setSaves} />
                </Card>
                <Preview shown={shown} format={format} download={download} />
                <Exports active={exports.activeExports} history={exports.exportHistory} archives={starts.archives} totalOf={starts.totalOf}
                    cancel={exports.cancelExport} again={starts.again} rejectedAgain={(id) => records && starts.rejectedAgain(id, records)} clear={starts.clear} download={download} />
            </div>
        </div>
    );
}

mount(
    <Shell current="advanced" title="Export workbench" lead="Choose what is exported and how, look at it as the real encoders write it, and run as many exports as you like.">
        <Page />
    </Shell>,
);
