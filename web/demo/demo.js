// The demo page: starts an export with the form's settings, shows how it goes, and hands the file over.
// SPDX-License-Identifier: MIT
import { bytes, count, duration, find, sentence } from './page.js';
import { PauseMeter } from './pauses.js';
import { showReport, summary } from './report.js';
import { EXAMPLE, readOptions, readSource, SettingError } from './settings.js';

/** @typedef {import('../types.js').ExportProgress} ExportProgress */
/** @typedef {import('../types.js').ExportResult} ExportResult */

/** How long a browser may take to begin with a download before the address of the file is withdrawn. */
const DOWNLOAD_MILLISECONDS = 40000;

/** @type {Record<string, string>} */
const PHASES = {
    queued: 'Waiting for its turn',
    analyzing: 'Finding the columns',
    encoding: 'Writing the records',
    finalizing: 'Closing the file',
};

const form = find('setup', HTMLFormElement);
const outcome = find('outcome', HTMLElement);
const title = find('outcome-title', HTMLElement);
const text = find('outcome-text', HTMLElement);
const bar = find('bar', HTMLProgressElement);
const problem = find('problem', HTMLElement);
const startButton = find('start', HTMLButtonElement);
const cancelButton = find('cancel', HTMLButtonElement);
const meter = new PauseMeter(find('pauses', HTMLCanvasElement));

/** @type {File | undefined} */
let file;
/** @type {AbortController | undefined} the export that runs */
let running;
/** @type {ExportResult | undefined} the last file */
let finished;
/** @type {Set<string>} addresses of downloads that may still be read */
const addresses = new Set();
/** @type {Partial<ExportProgress> | undefined} what to show at the next frame */
let latest;
let startedAt = 0;
let announced = '';

/** The library, loaded when it is needed first, so that the page can say what is missing. */
async function loadProcessor() {
    const address = new URL('../../dist/index.js', import.meta.url).href;
    const library = await import(address).catch(() => {
        throw new SettingError('The library is not built yet: run “make”, then reload this page.', 'start');
    });
    return library.ExportProcessor.getInstance();
}

/**
 * Tells screen readers something once.
 * @param {string} message
 */
function announce(message) {
    if (message === announced) return;
    announced = message;
    find('announce', HTMLElement).textContent = message;
}

/**
 * @param {string} state idle, running, completed, partial, cancelled or failed
 * @param {string} heading
 * @param {string} more
 */
function show(state, heading, more) {
    outcome.dataset.state = state;
    title.textContent = heading;
    text.textContent = more;
}

/** @param {number | undefined} percent */
function showPercent(percent) {
    if (percent === undefined || !Number.isFinite(percent)) bar.removeAttribute('value');
    else bar.value = percent;
    find('percent', HTMLOutputElement).textContent = percent === undefined ? '' : `${Math.floor(percent)} %`;
}

/** @param {Record<string, string>} figures text for each figure-... element */
function showFigures(figures) {
    for (const [name, value] of Object.entries(figures)) find(`figure-${name}`, HTMLElement).textContent = value;
}

/** @param {Partial<ExportProgress>} progress */
function showProgress(progress) {
    const phase = PHASES[progress.phase ?? ''];
    if (phase && !running?.signal.aborted) show('running', phase, `${count(progress.recordsRead)} records read.`);
    showPercent(progress.percent);
    showFigures({
        records: count(progress.recordsWritten),
        rate: progress.recordsPerSecond ? count(progress.recordsPerSecond) : '–',
        time: duration(progress.etaMs),
        size: bytes(progress.bytesOut),
        memory: bytes(progress.memoryBytes),
        workers: count(progress.workers),
    });
    const quarter = Math.floor((progress.percent ?? 0) / 25) * 25;
    if (phase) announce(quarter ? `${phase}, ${quarter} percent` : phase);
}

/** Once a frame while an export runs: everything that moves. */
function drawFrame() {
    if (latest) showProgress(latest);
    latest = undefined;
    find('pause', HTMLElement).textContent = duration(Math.round(meter.longest));
    meter.draw();
    if (running) requestAnimationFrame(drawFrame);
}

/** @param {boolean} busy */
function setBusy(busy) {
    for (const id of ['records', 'format']) find(id, HTMLFieldSetElement).disabled = busy;
    startButton.hidden = busy;
    cancelButton.hidden = !busy;
    cancelButton.disabled = false;
    if (busy) cancelButton.focus();
}

function forgetLast() {
    for (const address of addresses) URL.revokeObjectURL(address);
    addresses.clear();
    finished = undefined;
    problem.hidden = true;
    find('result', HTMLElement).hidden = true;
    find('report', HTMLElement).replaceChildren();
    find('time-label', HTMLElement).textContent = 'Time left';
    find('memory-label', HTMLElement).textContent = 'Memory held';
    showFigures({ records: '0', rate: '–', time: '–', size: '–', memory: '–', workers: '–' });
    showPercent(undefined);
}

/** @param {ExportResult} result */
async function showFinished(result) {
    const milliseconds = performance.now() - startedAt;
    const time = duration(milliseconds);
    const state = result.report.partial ? 'partial' : 'completed';
    const outline = summary(result.report, result.size, time);
    const heading = state === 'partial' ? 'Finished in part' : 'Finished';
    finished = result;
    find('download', HTMLButtonElement).textContent = `Download ${result.fileName} (${bytes(result.size)})`;
    await showReport(find('report', HTMLElement), result);
    showPercent(100);
    const { counts, peakMemoryBytes } = result.report;
    showFigures({
        time,
        size: bytes(result.size),
        records: count(counts.written),
        rate: count((counts.written / milliseconds) * 1000),
        memory: bytes(peakMemoryBytes),
    });
    find('time-label', HTMLElement).textContent = 'Time taken';
    find('memory-label', HTMLElement).textContent = 'Most memory held';
    find('result', HTMLElement).hidden = false;
    show(state, heading, outline);
    announce(`${heading}. ${outline}`);
}

/**
 * The element of the form that an error is about, or the button to try again.
 * @param {unknown} error
 * @returns {HTMLElement}
 */
function placeOf(error) {
    const field = error instanceof SettingError ? form.elements.namedItem(error.field) : null;
    return field instanceof HTMLElement ? field : startButton;
}

/** @param {any} error an ExportError, or whatever was thrown */
function showFailure(error) {
    showPercent(0);
    showFigures({ time: '–' });
    if (error instanceof SettingError) {
        show('idle', 'Ready', 'Choose records and a file, then export.');
        problem.textContent = error.message;
        problem.hidden = false;
    } else if (running?.signal.aborted) {
        show('cancelled', 'Cancelled', 'The export was stopped and nothing of it was kept.');
        announce('Cancelled');
    } else {
        const advice = error.suggestion ? ` ${sentence(error.suggestion)}.` : '';
        show('failed', 'The export failed', `${sentence(String(error.message ?? error))}.${advice}`);
        announce(`The export failed. ${text.textContent}`);
    }
}

/**
 * @param {FormData} values
 * @param {AbortSignal} signal
 * @returns {Promise<ExportResult>}
 */
async function exportRecords(values, signal) {
    const processor = await loadProcessor();
    const { source, name } = await readSource(values, file, signal, (done, all) => {
        show('running', 'Making records', `${count(done)} of ${count(all)} records made.`);
        latest = { percent: (done / all) * 100 };
    });
    // The making of records is not part of what is measured.
    meter.start();
    startedAt = performance.now();
    const options = readOptions(values, name);
    const job = processor.startExport(source, {
        ...options,
        signal,
        onProgress: (/** @type {ExportProgress} */ progress) => { latest = progress; },
    });
    return job.result;
}

async function run() {
    const abort = new AbortController();
    // Fields that are disabled are not part of a form's values, so these come first.
    const values = new FormData(form);
    running = abort;
    forgetLast();
    setBusy(true);
    show('running', 'Starting', 'Loading the records.');
    requestAnimationFrame(drawFrame);
    let next = find('download', HTMLElement);
    try {
        const result = await exportRecords(values, abort.signal);
        meter.stop();
        await showFinished(result);
    } catch (error) {
        showFailure(error);
        next = placeOf(error);
    }
    meter.stop();
    latest = undefined;
    running = undefined;
    // The button goes away, and whoever was on it is taken to what comes next.
    const focused = document.activeElement === cancelButton || document.activeElement === document.body;
    setBusy(false);
    if (focused) next.focus();
}

function cancel() {
    if (!running) return;
    running.abort();
    cancelButton.disabled = true;
    show('running', 'Cancelling', 'Ending the workers.');
}

/**
 * Saves a Blob as a file. Its address lives for a while, because a browser may ask before it begins to read.
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
    const address = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    addresses.add(address);
    setTimeout(() => {
        URL.revokeObjectURL(address);
        addresses.delete(address);
    }, DOWNLOAD_MILLISECONDS);
}

function saveReport() {
    if (!finished) return;
    const json = JSON.stringify(finished.report, null, 2);
    save(new Blob([json], { type: 'application/json' }), `${finished.fileName}.report.json`);
}

/** Shows the panels that belong to what is chosen. */
function showPanels() {
    const values = new FormData(form);
    for (const panel of form.querySelectorAll('.panel')) {
        if (!(panel instanceof HTMLElement)) continue;
        const { source, format } = panel.dataset;
        panel.hidden = source ? source !== values.get('source') : format !== values.get('format');
    }
}

/** @param {File | undefined} chosen */
function takeFile(chosen) {
    if (!chosen || running) return;
    file = chosen;
    find('file-name', HTMLElement).textContent = `${chosen.name}, ${bytes(chosen.size)}`;
    const radio = form.querySelector('input[name=source][value=file]');
    if (radio instanceof HTMLInputElement) radio.checked = true;
    problem.hidden = true;
    showPanels();
}

/** @param {DragEvent} event */
function dragged(event) {
    event.preventDefault();
    document.body.classList.toggle('dragging', event.type === 'dragover');
    if (event.type === 'drop') takeFile(event.dataTransfer?.files[0]);
}

form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!running) run();
});
form.addEventListener('change', showPanels);
cancelButton.addEventListener('click', cancel);
find('download', HTMLButtonElement).addEventListener('click', () => finished?.blob && save(finished.blob, finished.fileName));
find('save-report', HTMLButtonElement).addEventListener('click', saveReport);
find('file', HTMLInputElement).addEventListener('change', (event) => {
    if (event.target instanceof HTMLInputElement) takeFile(event.target.files?.[0]);
});
find('sample', HTMLButtonElement).addEventListener('click', () => {
    find('text', HTMLTextAreaElement).value = EXAMPLE;
});
for (const type of /** @type {const} */ (['dragover', 'dragleave', 'drop'])) document.addEventListener(type, dragged);
showPanels();
meter.draw();
