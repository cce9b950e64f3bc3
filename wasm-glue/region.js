// What C must be told of a time zone and a locale, from the tables that the runtime has.
// SPDX-License-Identifier: MIT

/** Offsets are told from the year 1900, where the days of spreadsheets begin, to the end of 2099; see src/core/region.h. */
const FIRST = Date.UTC(1900, 0, 1) / 1000;
const END = Date.UTC(2100, 0, 1) / 1000;

/** No zone has changed its offset twice in so many seconds. */
const STEP = 14 * 86400;

/** What was asked for before. @type {Map<string, [number, number][]>} */
const known = new Map();

/** @param {string} timeZone */
function readerOfOffsets(timeZone) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset', year: 'numeric' });
    return (/** @type {number} */ second) => {
        const [, sign, hours, minutes, seconds] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(second * 1000)) ?? [];
        const ahead = sign ? (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0) : 0;
        return sign === '-' ? -ahead : ahead;
    };
}

/**
 * From which instant on a zone is how far ahead of UTC, in seconds.
 * @param {string} timeZone
 * @returns {[number, number][]}
 */
function offsetsOf(timeZone) {
    const before = known.get(timeZone);
    if (before) return before;
    const aheadAt = readerOfOffsets(timeZone);
    /** @type {[number, number][]} */
    const offsets = [[FIRST, aheadAt(FIRST)]];
    for (let low = FIRST; low < END; low += STEP) {
        const ahead = aheadAt(low + STEP);
        if (ahead === offsets[offsets.length - 1][1]) continue;
        let [a, b] = [low, low + STEP];
        while (b - a > 1) {
            const middle = Math.floor((a + b) / 2);
            if (aheadAt(middle) === ahead) b = middle;
            else a = middle;
        }
        offsets.push([b, ahead]);
    }
    known.set(timeZone, offsets);
    return offsets;
}

/** @param {Intl.DateTimeFormatPart} part @param {boolean} noon whether the day has two halves */
function patternOf({ type, value }, noon) {
    if (type === 'year') return 'yyyy';
    if (type === 'month') return 'mm';
    if (type === 'day') return 'dd';
    if (type === 'hour') return noon ? 'h' : 'hh';
    if (type === 'minute') return 'mm';
    if (type === 'second') return 'ss';
    if (type === 'dayPeriod') return 'AM/PM';
    const text = value.replace(/[\u200e\u200f\u061c]/g, '').replace(/\s/g, ' '); // no marks of direction
    return text === ':' ? text : text.replace(/[.,/\- ]/g, '\\$&').replace(/[^.,/\- \\]+/g, '"$&"');
}

/** @param {string} locale @param {Intl.DateTimeFormatOptions} parts */
function patternIn(locale, parts) {
    const format = new Intl.DateTimeFormat(locale, { ...parts, calendar: 'gregory', numberingSystem: 'latn', timeZone: 'UTC' });
    const { hour12 } = format.resolvedOptions();
    return format
        .formatToParts(0)
        .map((part) => patternOf(part, hour12 === true))
        .join('');
}

/**
 * How a locale writes dates and date-times, as number formats of a spreadsheet: the shape of the dates, in digits.
 * @param {string} locale a language tag
 */
function patternsOf(locale) {
    /** @type {Intl.DateTimeFormatOptions} */
    const day = { year: 'numeric', month: '2-digit', day: '2-digit' };
    const date = patternIn(locale, day);
    const datetime = `${date}\\ ${patternIn(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' })}`;
    return { date, datetime };
}

/**
 * What loom_job_region takes, or undefined where the options name neither zone nor locale.
 * @param {{timeZone?: string | null, locale?: string | null}} options
 */
export function regionOf({ timeZone, locale }) {
    if (!timeZone && !locale) return undefined;
    const offsets = timeZone && timeZone !== 'UTC' ? offsetsOf(timeZone) : [];
    return JSON.stringify({ offsets, ...(locale ? patternsOf(locale) : {}) });
}
