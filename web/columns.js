// The columns of one export: those that the options name or those that the records have, and whether a guess at them was right.
// SPDX-License-Identifier: MIT
import { leaveTypesOpen, pathsOf, withTypes } from './chosen.js';
import { Paths } from './paths.js';
import { givenColumns, readColumns, withRawColumn } from './report.js';

/** @typedef {import('./types.js').ReportedColumn} ReportedColumn */
/** @typedef {import('./workshop.js').Workshop} Workshop */

/** Formats that want to know which types the values of named columns have, where the options do not say. */
const TYPED = new Set(['xlsx']);

/** More columns than this cannot be settled: LOOM_MAX_PATHS. */
const MOST_COLUMNS = 65536;

/** Columns without what only the start of the source decides. @param {string} settled JSON, as `settle` tells them */
function narrowed(settled) {
    return JSON.stringify(JSON.parse(settled), (name, value) => (name === 'width' || name === 'filled' ? undefined : value));
}

export class Columns {
    /** As the report tells them. @type {ReportedColumn[]} */
    list;
    /** Paths of the chunks since they were asked for. */
    #paths;
    /** What the workers were told: JSON. */
    #settled = '';

    /** @param {string} job @param {import('./options.js').Settings} settings */
    constructor(job, settings) {
        this.job = job;
        this.settings = settings;
        this.list = this.#given;
        const { columns, facts, statistics, format } = settings;
        this.#paths = new Paths(columns && pathsOf(this.#given));
        /** Whether the first record needs them. */
        this.early = facts.columns === 'FLAT' || statistics;
        /** Whether they, or the types of those that the options name, are what the records have. */
        this.open = columns ? TYPED.has(format) && leaveTypesOpen(columns) : this.early;
        /** Whether the report wants paths that the records' way into the file does not need. */
        this.told = columns ? !this.open && leaveTypesOpen(columns) : !this.early;
    }

    /** Those that the options name. */
    get #given() {
        const { columns } = this.settings;
        return columns ? givenColumns(columns) : [];
    }

    /** @param {import('./paths.js').PathRow[] | undefined} paths @param {boolean} widths are looked at, as at the start of the source */
    add(paths, widths) {
        this.#paths.add(paths, widths);
    }

    /** Forgets what records had. */
    clear() {
        this.#paths.clear();
    }

    /**
     * Settles columns with what records had so far, for all that is encoded from now on.
     * @param {Workshop} workshop
     * @param {boolean} extra later keys go to the column `_extra`
     */
    async settle(workshop, extra) {
        const settled = await this.#merge(workshop, extra, this.told); // the report will want them all
        workshop.settle(settled);
        this.#settled = settled;
        if (!this.settings.columns) this.list = readColumns(settled);
        else if (this.open) this.list = withTypes(this.#given, settled);
    }

    /** @param {Workshop} workshop @param {boolean} extra @param {boolean} [keeps] what was found for another time @returns {Promise<string>} */
    async #merge(workshop, extra, keeps = false) {
        const { value } = await workshop.ask({ op: 'settle', job: this.job, paths: [this.#paths.text()], extra });
        if (!keeps) this.#paths.clear();
        return value;
    }

    /**
     * Whether all records had what was settled.
     * @param {Workshop} workshop
     * @param {boolean} typed types show in the file
     */
    async wereRight(workshop, typed) {
        const guessed = this.list;
        const found = await this.#merge(workshop, false);
        if (this.settings.columns) return JSON.stringify(withTypes(this.#given, found)) === JSON.stringify(guessed);
        if (typed) return narrowed(found) === narrowed(this.#settled);
        this.list = readColumns(found);
        const same = (/** @type {ReportedColumn} */ column, /** @type {number} */ at) =>
            column.key === guessed[at].key && column.label === guessed[at].label;
        return guessed.length === this.list.length && this.list.every(same);
    }

    /**
     * Behind the last record.
     * @param {Workshop} workshop
     * @param {import('./report.js').Tally} tally
     */
    async finish(workshop, tally) {
        const { columns, facts, raw } = this.settings;
        if (this.told) await this.#tell(workshop, tally);
        if (columns) this.#warnNeverFound(tally);
        if (facts.columns === 'FLAT' && raw) this.list = withRawColumn(this.list);
    }

    /**
     * What the report alone wants; the file has all of it, whether or not it can be told. Where records keep their nesting, a column that is
     * an object, or lies within another one, has no cells of its own that would tell that it was found.
     * @param {Workshop} workshop
     * @param {import('./report.js').Tally} tally
     */
    async #tell(workshop, tally) {
        const { known } = this.#paths;
        if (known.size > MOST_COLUMNS) return tally.warn('COLUMNS_NOT_LISTED', 1);
        this.#given.forEach((column, number) => {
            if ([...pathsOf([column])].some((path) => known.has(path))) tally.found.add(number);
        });
        const found = await this.#merge(workshop, false);
        this.list = this.settings.columns ? withTypes(this.#given, found) : readColumns(found);
    }

    /** @param {import('./report.js').Tally} tally */
    #warnNeverFound(tally) {
        this.list.forEach((column, number) => {
            if (!tally.found.has(number)) tally.warn('COLUMN_NEVER_FOUND', 1, column.label);
        });
    }
}
