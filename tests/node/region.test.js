// timeZone and locale: what workbooks show, what other formats keep, and names that do not exist.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import XLSX from 'xlsx';
import { ExportProcessor } from '../../dist/index.node.js';
import { exported, failure, linesOf } from './support.js';

const processor = new ExportProcessor();

/** Cells of the first column below the heading, as SheetJS reads them. */
async function cellsOf(records, options) {
    const { blob } = await processor.startExport(records, { format: 'xlsx', ...options }).result;
    const book = XLSX.read(Buffer.from(await blob.arrayBuffer()), { cellNF: true });
    return records.map((_, row) => book.Sheets.Data[XLSX.utils.encode_cell({ r: row + 1, c: 0 })]);
}

/** Days since 1899-12-30 of what clocks show in the zone, told by the runtime. */
function localSerial(instant, timeZone) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' };
    const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields });
    const told = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(told.year, told.month - 1, told.day, told.hour, told.minute, told.second) / 86400000 + 25569;
}

/** Instants from 1901 to 2099, the same every time. */
function* instants(count) {
    const [start, end] = [Date.UTC(1901, 0, 1), Date.UTC(2099, 11, 30)];
    let state = 20261125;
    for (let i = 0; i < count; i += 1) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        yield start + Math.floor(((state / 2 ** 32) * (end - start)) / 1000) * 1000;
    }
}

for (const timeZone of ['Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata', 'Pacific/Apia', 'Africa/Casablanca', 'Australia/Lord_Howe', 'UTC'])
    test(`workbooks show instants as clocks in ${timeZone} do`, async () => {
        const times = [...instants(400), Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 2, 29, 1) - 1000, Date.UTC(2026, 9, 25, 1)];
        const cells = await cellsOf(times.map((at) => ({ at: new Date(at).toISOString() })), { timeZone, workers: 2, chunkSize: 100 });
        for (const [i, at] of times.entries())
            assert.ok(Math.abs(cells[i].v - localSerial(at, timeZone)) < 1e-8, `${new Date(at).toISOString()}: ${cells[i].v}`);
    });

test('times without a zone, and days, are local already', async () => {
    const [time, day] = [[{ at: '2026-07-31T22:30:00' }], [{ at: '2026-07-31' }]];
    assert.equal((await cellsOf(time, { timeZone: 'Asia/Tokyo' }))[0].v, (await cellsOf(time, {}))[0].v);
    assert.equal((await cellsOf(day, { timeZone: 'Asia/Tokyo' }))[0].v, (await cellsOf(day, {}))[0].v);
});

for (const [locale, day, time] of [
    ['de-DE', '31.07.2026', '31.07.2026 22:30:05'],
    ['en-US', '07/31/2026', '07/31/2026 10:30:05 PM'],
    ['ja-JP', '2026/07/31', '2026/07/31 22:30:05'],
    [undefined, '2026-07-31', '2026-07-31 22:30:05'],
])
    test(`dates as ${locale ?? 'ISO 8601'} writes them`, async () => {
        const options = locale ? { locale } : {};
        assert.equal((await cellsOf([{ at: '2026-07-31' }], options))[0].w, day);
        assert.equal((await cellsOf([{ at: '2026-07-31T22:30:05Z' }], options))[0].w, time);
    });

test("a column's own format comes before the locale's, also when it is the same", async () => {
    for (const format of ['yyyy', 'dd\\.mm\\.yyyy'])
        assert.equal(
            (await cellsOf([{ at: '2026-07-31' }], { locale: 'de-DE', columns: [{ key: 'at', type: 'date', format }] }))[0].w,
            format === 'yyyy' ? '2026' : '31.07.2026',
        );
});

test('statistics count the days of the zone, also in JSON', async () => {
    const records = [{ at: '2026-07-31T22:30:00Z' }, { at: '2026-08-01T10:00:00Z' }, { at: '2026-08-01T22:30:00Z' }];
    const timeline = async (timeZone) =>
        (await exported(linesOf(records), { format: 'json', includeStatistics: true, ...timeZone })).report.statistics.columns[0].timeline;
    assert.deepEqual(await timeline({}), [{ period: '2026-07-31', count: 1 }, { period: '2026-08-01', count: 2 }]);
    assert.deepEqual(await timeline({ timeZone: 'Europe/Berlin' }), [{ period: '2026-08-01', count: 2 }, { period: '2026-08-02', count: 1 }]);
});

test('formats that show no dates keep the text and say that the options do nothing', async () => {
    for (const format of ['csv', 'json'])
        for (const option of [{ timeZone: 'Europe/Berlin' }, { locale: 'de-DE' }]) {
            const { text, report } = await exported([{ at: '2026-07-31T22:30:00Z' }], { format, ...option });
            assert.match(text, /2026-07-31T22:30:00Z/);
            assert.deepEqual(report.warnings.map(({ code }) => code), ['OPTION_WITHOUT_EFFECT'], `${format} ${JSON.stringify(option)}`);
        }
    const { report } = await exported([{ at: 1 }], { format: 'csv', timeZone: 'UTC' });
    assert.deepEqual(report.warnings, []);
});

test('zones and languages that do not exist', async () => {
    for (const [options, suggestion] of [
        [{ timeZone: 'Europe/Berlim' }, 'did you mean Europe/Berlin?'],
        [{ timeZone: 'utcc' }, 'did you mean UTC?'],
        [{ timeZone: '' }, undefined],
        [{ locale: 'de_DE' }, 'did you mean de-DE?'],
        [{ locale: 'en_US.UTF-8' }, 'did you mean en?'],
        [{ locale: '!' }, 'use a language tag such as de-DE'],
    ]) {
        const error = await failure([{ a: 1 }], { format: 'xlsx', ...options });
        assert.equal(error.code, 'INVALID_OPTION', JSON.stringify(options));
        if (suggestion) assert.equal(error.suggestion, suggestion);
    }
});
