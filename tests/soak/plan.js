// Random exports for a soak: each is told by its seed alone, with what must come of it. Runs in Node and in pages.
// SPDX-License-Identifier: MIT

/** A generator of numbers from 0 to 1 (mulberry32). @param {number} seed */
function randomOf(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

/** @typedef {ReturnType<typeof randomOf>} Random */

/** @param {Random} random @param {number} least @param {number} most */
const integer = (random, least, most) => least + Math.floor(random() * (most - least + 1));
/** @template T @param {Random} random @param {T[]} list @returns {T} */
const one = (random, list) => list[integer(random, 0, list.length - 1)];

const TEXTS = ['plain', 'with, comma', 'with "quotes"', '=1+1', '', 'é漢🎈', 'https://example.com/a?b=1&c=2', '<b>&amp;</b>', '  blanks  '];
const FAULTS = ['none', 'none', 'none', 'none', 'cancel', 'abort', 'source', 'sink', 'kill', 'fail'];

/** @param {Random} random @param {number} id */
function recordOf(random, id) {
    return {
        id,
        name: one(random, TEXTS),
        price: integer(random, 0, 1e6) / 100,
        when: new Date(Date.UTC(2026, 0, 1) + integer(random, 0, 1e10)).toISOString(),
        ok: one(random, [true, false, null]),
        tags: Array.from({ length: integer(random, 0, 3) }, () => one(random, TEXTS)),
        nested: { confidence: random(), deep: { note: one(random, TEXTS) } },
        ...(random() < 0.01 ? { [`late${integer(random, 0, 3)}`]: id } : {}),
    };
}

/**
 * @typedef {object} Plan
 * @property {number} seed
 * @property {object[]} records
 * @property {'array' | 'iterable' | 'text' | 'blob'} source
 * @property {number} bad lines of a text that are no records
 * @property {string} fault
 * @property {number} at which record, write or millisecond the fault comes
 * @property {Record<string, any>} options
 */

/** @param {Random} random @param {string[]} formats */
function optionsOf(random, formats) {
    const format = one(random, formats);
    return {
        format,
        ...(random() < 0.5 ? { chunkSize: one(random, [1, 7, 100, 1000]) } : {}),
        ...(random() < 0.3 ? { workers: integer(random, 1, 3) } : {}),
        ...(random() < 0.3 ? { includeStatistics: true } : {}),
        ...(random() < 0.3 ? { includeMetadata: true } : {}),
        ...(random() < 0.2 ? { columns: ['id', { key: 'nested.deep.note', label: 'Note' }, 'when'] } : {}),
        ...(random() < 0.2 ? { timeZone: one(random, ['Europe/Berlin', 'Asia/Kolkata', 'UTC']) } : {}),
        ...(random() < 0.2 ? { arrays: 'json' } : {}),
    };
}

/** Options of one format, each of which takes another way through it. @type {Record<string, Record<string, any>[]>} */
const OWN = {
    json: [{ shape: 'ndjson' }, { pretty: true }, { shape: 'envelope' }],
    csv: [{ preset: 'excel' }, { quotes: 'always', delimiter: ';' }, { header: false }],
    xlsx: [{ table: true }, { links: false }, { level: 9 }],
    pdf: [{ layout: 'cards' }, { wide: 'split', pageSize: 'A5' }, { cover: false, maxLines: 1 }],
    xml: [{ scalars: 'attributes' }, { pretty: true, prefix: 'p' }, { layout: 'flat' }],
    html: [{ title: '<b>' }],
};

/**
 * What chooses records, packs the file, or belongs to one format. A limit leaves it open whether what is behind it is read, so it comes
 * without bad lines and without a fault that a place has.
 * @param {Random} random @param {string} format @param {boolean} mayEnd
 */
function choicesOf(random, format, mayEnd) {
    return {
        ...(random() < 0.2 ? { filter: one(random, [{ ok: true }, { id: { $mod: [3, 0] } }, { name: { $regex: 'with' } }, { id: { $lt: 0 } }]) } : {}),
        ...(random() < 0.2 && mayEnd ? { limit: integer(random, 0, 300) } : {}),
        ...(random() < 0.2 ? { compression: one(random, ['gzip', 'zip', { level: 3 }]) } : {}),
        ...(random() < 0.2 && format !== 'json' && format !== 'xml' ? { includeRawData: true } : {}),
        ...(random() < 0.4 && format in OWN ? { [format]: one(random, OWN[format]) } : {}),
    };
}

/** Whether a filter of `choicesOf` lets a record pass, told apart from the library. @param {any} record @param {any} filter */
function passes({ ok, id, name }, filter) {
    if (!filter) return true;
    if ('ok' in filter) return ok === true;
    if ('name' in filter) return name.includes('with');
    return '$mod' in filter.id ? id % 3 === 0 : false;
}

/** @param {number} seed @param {string[]} formats @param {number} most records @returns {Plan} */
export function planOf(seed, formats, most) {
    const random = randomOf(seed);
    const options = optionsOf(random, formats);
    const count = Math.floor(10 ** (random() * Math.log10(options.chunkSize === 1 ? Math.min(most, 500) : most)));
    const source = /** @type {Plan['source']} */ (one(random, ['array', 'iterable', 'text', 'blob']));
    const fault = one(random, FAULTS);
    const text = source === 'text' || source === 'blob';
    const bad = text && (fault === 'fail' || random() < 0.2) ? integer(random, 1, 5) : 0;
    if (fault === 'fail') options.onError = 'fail';
    const records = Array.from({ length: count }, (_, id) => recordOf(random, id));
    const at = integer(random, 0, 40);
    Object.assign(options, choicesOf(random, options.format, bad === 0 && ['none', 'cancel', 'abort', 'kill'].includes(fault)));
    return { seed, records, source, bad, fault, at, options };
}

/** The lines of a plan's text, bad ones among them. @param {Plan} plan */
function textOf({ seed, records, bad }) {
    const random = randomOf(seed + 1);
    const lines = records.map((record) => JSON.stringify(record));
    for (let left = bad; left > 0; left -= 1) lines.splice(integer(random, 0, lines.length), 0, one(random, ['{"id":', 'nonsense', '{"a":01}', '"']));
    return lines.map((line) => `${line}\n`).join('');
}

/** @param {Plan} plan */
function* iterated({ records, fault, at }) {
    for (const [id, record] of records.entries()) {
        if (fault === 'source' && id === at) throw new Error('the source fails on purpose');
        yield record;
    }
}

/** @param {Plan} plan @returns {any} */
export function sourceOf(plan) {
    if (plan.source === 'iterable' || plan.fault === 'source') return iterated(plan);
    if (plan.source === 'array') return plan.records;
    return plan.source === 'text' ? textOf(plan) : new Blob([textOf(plan)]);
}

/** A sink that keeps nothing, and fails on purpose where the plan says so. @param {Plan} plan */
export function failingSink({ at }) {
    let writes = 0;
    return {
        aborted: false,
        write() {
            writes += 1;
            if (writes > at % 3) throw new Error('the sink fails on purpose');
        },
        close() {
            throw new Error('the sink fails on purpose');
        },
        abort() {
            this.aborted = true;
        },
    };
}

/** How an export may end: codes of errors, '' for well. @param {Plan} plan @returns {string[]} */
function endings({ fault, at, records, bad, source }) {
    const text = source === 'text' || source === 'blob';
    const hopeless = bad > 0 && records.length === 0 && text && fault !== 'source' ? ['NOTHING_EXPORTED'] : [];
    if (fault === 'cancel' || fault === 'abort') return ['', 'CANCELLED', ...hopeless];
    if (fault === 'kill') return hopeless.length > 0 ? hopeless : ['']; // one lost worker costs nothing but time
    if (fault === 'source') return records.length > at ? ['SOURCE_FAILED'] : [''];
    if (fault === 'sink') return ['SINK_FAILED', ...hopeless];
    if (fault === 'fail') return bad > 0 ? ['SYNTAX', 'TRUNCATED', 'INVALID_NUMBER', 'INVALID_STRING', 'TRAILING_CONTENT'] : [''];
    return hopeless.length > 0 ? hopeless : [''];
}

/**
 * What is wrong with how an export ended, or ''.
 * @param {Plan} plan
 * @param {{code: string, message?: string, report?: any, size?: number, blob?: Blob}} outcome
 */
export function faultOf(plan, { code, message, report, size = 0 }) {
    if (!endings(plan).includes(code)) return `ended with ${code || 'no error'}: ${message ?? ''}`;
    if (code !== '' || plan.fault === 'cancel' || plan.fault === 'abort') return '';
    const { read, written, filtered, rejected } = report.counts;
    const bad = plan.fault === 'source' ? 0 : plan.bad;
    if (read !== written + filtered + rejected) return `counts do not reconcile: ${JSON.stringify(report.counts)}`;
    const passing = plan.records.filter((record) => passes(record, plan.options.filter)).length;
    const whole = passing < (plan.options.limit ?? Infinity);
    if (written !== Math.min(passing, plan.options.limit ?? Infinity) || rejected !== bad) return `counts are ${JSON.stringify(report.counts)}`;
    if (whole && filtered !== plan.records.length - passing) return `${filtered} records were left out of ${plan.records.length - passing}`;
    if (report.defects.length !== rejected) return `${report.defects.length} defects for ${rejected} records`;
    return size > 0 || written === 0 ? '' : 'the file is empty';
}

/** For a message. @param {Plan} plan */
export function described({ seed, records, source, bad, fault, at, options }) {
    return `seed ${seed}: ${records.length} records from ${source}, ${bad} bad, fault ${fault} at ${at}, ${JSON.stringify(options)}`;
}

/** How many records a file has, for formats that tell it plainly. @param {Plan} plan @param {Blob} blob */
async function rowsIn({ options }, blob) {
    const packed = options.compression === 'gzip';
    if (options.compression !== undefined && !packed) return undefined;
    const text = await new Response(packed ? blob.stream().pipeThrough(new DecompressionStream('gzip')) : blob).text();
    const own = options[options.format] ?? {};
    if (options.format === 'xml') return text.match(/<(p:)?record[ >/]/g)?.length ?? 0;
    if (options.format === 'html') return text.match(/<tr>/g).length - 1;
    if (options.format !== 'json') return undefined;
    if (own.shape === 'ndjson') return text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).length;
    const value = JSON.parse(text);
    return Array.isArray(value) ? value.length : value.records.length;
}

/**
 * Runs one export of a plan to its end; tells what is wrong, or ''.
 * @param {import('../../dist/index.js').ExportProcessor} processor
 * @param {Plan} plan
 * @param {() => void} kill ends a worker
 */
export async function runPlan(processor, plan, kill) {
    const abort = new AbortController();
    const sink = plan.fault === 'sink' ? failingSink(plan) : undefined;
    const options = { ...plan.options, signal: abort.signal, ...(sink ? { sink } : {}) };
    const job = processor.startExport(sourceOf(plan), /** @type {any} */ (options));
    const strike = { cancel: () => void job.cancel(), abort: () => abort.abort(), kill }[plan.fault];
    const timer = strike ? setTimeout(strike, plan.at) : undefined;
    /** @type {Parameters<typeof faultOf>[1]} */
    const outcome = await job.result.then(
        ({ size, report, blob }) => ({ code: '', size, report, blob }),
        (error) => ({ code: error.code ?? 'NO_CODE', message: error.message }),
    );
    clearTimeout(timer);
    processor.cleanup();
    const fault = faultOf(plan, outcome);
    const rows = fault || !outcome.blob ? undefined : await rowsIn(plan, outcome.blob);
    return rows === undefined || rows === outcome.report.counts.written ? fault : `the file has ${rows} records of ${outcome.report.counts.written}`;
}
