// Progress on standard error: a bar on a terminal, plain lines elsewhere.
// SPDX-License-Identifier: MIT

/** @typedef {import('./types.js').ExportProgress} ExportProgress */

/** Between two plain lines of the same phase, and between two drawings of the bar. */
const LINE_MS = 5000;
const BAR_MS = 100;

const BAR_WIDTH = 28;

/** Phases that need no plain line; what comes at the end is told by the summary. */
const UNTOLD = new Set(['queued', 'completed', 'cancelled', 'failed']);

/** @param {number} count */
function grouped(count) {
    return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count with its noun. @param {number} count @param {string} noun */
export function counted(count, noun) {
    return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** @param {number} bytes */
export function sizeText(bytes) {
    if (bytes < 1000) return `${bytes} B`;
    const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
    return `${(bytes / 1000 ** power).toFixed(1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** @param {ExportProgress} progress */
function factsOf(progress) {
    const { recordsRead, recordsRejected, recordsPerSecond, bytesOut, etaMs } = progress;
    const facts = [counted(recordsRead, 'record'), `${grouped(recordsPerSecond)}/s`];
    if (recordsRejected > 0) facts.push(`${grouped(recordsRejected)} rejected`);
    if (bytesOut > 0) facts.push(sizeText(bytesOut));
    if (etaMs !== undefined) facts.push(`${Math.ceil(etaMs / 1000)} s left`);
    return facts.join(', ');
}

/** @param {ExportProgress} progress */
function barOf(progress) {
    if (progress.percent === undefined) return '';
    const full = Math.round((progress.percent / 100) * BAR_WIDTH);
    return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${String(Math.floor(progress.percent)).padStart(3)} %  `;
}

/**
 * Says something to people. That nobody reads it any more, or that there is no room for it, must not end the export.
 * @param {NodeJS.WriteStream} stream @param {string} text
 */
export function tell(stream, text) {
    try {
        stream.write(text);
    } catch {
        // the exit code tells
    }
}

export class ProgressPrinter {
    #phase = '';
    #printed = 0;
    #drawn = false;

    /**
     * @param {NodeJS.WriteStream} stream
     * @param {string} name of the output
     */
    constructor(stream, name) {
        this.stream = stream;
        this.name = name;
    }

    /** @param {ExportProgress} progress */
    print(progress) {
        const now = Date.now();
        const waited = now - this.#printed >= (this.stream.isTTY ? BAR_MS : LINE_MS);
        const isNew = progress.phase !== this.#phase;
        if (!isNew && !waited) return;
        this.#phase = progress.phase;
        this.#printed = now;
        if (this.stream.isTTY) this.#draw(progress);
        else if (!UNTOLD.has(progress.phase)) tell(this.stream, `${this.name}: ${this.#text(progress)}\n`);
    }

    /** @param {ExportProgress} progress */
    #text(progress) {
        const percent = progress.percent === undefined ? '' : ` ${progress.percent} %`;
        return progress.recordsRead === 0 ? progress.phase : `${progress.phase}${percent}, ${factsOf(progress)}`;
    }

    /** @param {ExportProgress} progress */
    #draw(progress) {
        const line = `${this.name}: ${barOf(progress)}${progress.phase}, ${factsOf(progress)}`;
        tell(this.stream, `\r\x1b[K${line.slice(0, Math.max(20, (this.stream.columns ?? 80) - 1))}`);
        this.#drawn = true;
    }

    /** What was drawn makes room for what is printed next. */
    clear() {
        if (this.#drawn) tell(this.stream, '\r\x1b[K');
        this.#drawn = false;
    }
}
