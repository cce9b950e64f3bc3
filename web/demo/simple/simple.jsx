// The simple page: pick records, a format, and go.
// SPDX-License-Identifier: MIT
import { useEffect, useRef, useState } from 'react';
import { download } from 'exportloom';
import { useExport } from 'exportloom/react';
import { FORMATS, titleOf } from '../formats.js';
import { usePauses } from '../meter.jsx';
import { Card, Check, Choices, Problem } from '../parts.jsx';
import { FIRST_CHOICE, SettingError, recordsOf } from '../records.js';
import { Shell, mount, useAnnounce } from '../shell.jsx';
import { SourcePicker } from '../source-picker.jsx';
import { PHASES } from '../words.js';
import { Outcome } from './outcome.jsx';
import { runOf } from './run-view.js';

/** @typedef {import('./run-view.js').Started} Started */

const CHOICES = [...FORMATS, { value: 'all', title: 'All of them', note: 'From one read' }];

/** Clicks that follow one another so fast are one. */
const DOUBLE_CLICK_MS = 500;

/**
 * Starts what the settings say, and keeps what came of the last start.
 * @param {ReturnType<typeof useExport>} exports
 */
function useStart(exports) {
    const [started, setStarted] = useState(/** @type {Started | undefined} */ (undefined));
    const [problem, setProblem] = useState(/** @type {SettingError | undefined} */ (undefined));

    /** @param {import('../records.js').Choice} choice @param {string} format @param {boolean} zip */
    async function start(choice, format, zip) {
        setProblem(undefined);
        try {
            const records = await recordsOf(choice);
            exports.cleanup();
            const own = { fileName: records.name };
            const job = format === 'all'
                ? exports.batchExport(records.open(), FORMATS.map(({ value }) => value), { ...own, zip })
                : exports.startExport(records.open(), { ...own, format });
            setStarted({ job, format, total: records.total, at: Date.now() });
            // Where all fit into one zip file, it is known only when all have ended.
            job.result.then((result) => setStarted((now) => (now?.job === job ? { ...now, result } : now)), () => {});
        } catch (error) {
            if (!(error instanceof SettingError)) throw error;
            setProblem(error);
            document.querySelector(/** @type {'input'} */ (`[name="${error.field}"]`))?.focus();
        }
    }
    return { started, problem, start };
}

/** Tells screen readers of phases and quarters. @param {ReturnType<typeof runOf>} run */
function useSpoken(run) {
    const announce = useAnnounce();
    const quarter = Math.floor((run.percent ?? 0) / 25) * 25;
    const words = run.state === 'idle' ? '' : run.running && quarter ? `${PHASES[run.phase]}, ${quarter} percent` : run.heading;
    const more = run.running ? '' : run.text;
    useEffect(() => announce(more ? `${words}. ${more}` : words), [announce, words, more]);
}

function Page() {
    const exports = useExport();
    const [choice, setChoice] = useState(FIRST_CHOICE);
    const [format, setFormat] = useState('csv');
    const [zip, setZip] = useState(false);
    const { started, problem, start } = useStart(exports);
    const run = runOf(started, exports);
    const pauses = usePauses(run.running);
    const cancel = useRef(/** @type {HTMLButtonElement | null} */ (null));
    useSpoken(run);
    useEffect(() => {
        if (run.running) cancel.current?.focus();
    }, [run.running]);

    const submit = (/** @type {import('react').FormEvent} */ event) => {
        event.preventDefault();
        void start(choice, format, zip);
    };
    // The second click of a double click meets the button that has just taken the place of the first.
    const stop = () => void (started && Date.now() - started.at > DOUBLE_CLICK_MS && started.job.cancel());
    return (
        <div className="simple">
            <form className="setup" aria-label="Export settings" onSubmit={submit} noValidate>
                <Card title="Records">
                    <SourcePicker choice={choice} disabled={run.running} onChange={(changed) => setChoice((now) => ({ ...now, ...changed }))} />
                </Card>
                <Card title="Format">
                    <Choices legend="Format" name="format" className="formats" value={format} choices={CHOICES} onChange={setFormat} />
                    {format === 'all' && <Check label="As one zip file" name="zip" checked={zip} onChange={setZip} />}
                </Card>
                {problem && <Problem message={problem.message} />}
                <div className="actions">
                    {run.running
                        ? <button key="cancel" type="button" className="large" id="cancel" ref={cancel} onClick={stop}>Cancel</button>
                        : <button key="start" type="submit" className="primary large" id="start">Export {format === 'all' ? 'all formats' : titleOf(format)}</button>}
                </div>
            </form>
            <Outcome run={run} pauses={pauses} download={download} again={() => void start(choice, format, zip)} />
        </div>
    );
}

mount(
    <Shell current="simple" title="Export records" lead="Pick records and a format. The file is made in this browser, by workers, while the page stays free.">
        <Page />
    </Shell>,
);
