// What the controls and the filter of the advanced demo page come to, tried on the library itself.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPTIONS } from '../../build/generated/tables.js';
import { ExportProcessor } from '../../dist/index.node.js';
import { choicesOf, columnsOf, moved } from '../../web/demo/advanced/column-list.js';
import { conditionsOf, queryOf, queryText } from '../../web/demo/advanced/filter-query.js';
import { controlsOf, optionsOf } from '../../web/demo/advanced/option-controls.js';
import { FORMATS } from '../../web/demo/formats.js';
import { linesOf } from './support.js';

const processor = new ExportProcessor();

/** Texts that their options take, where `x` is none. */
const TEXTS = { delimiter: ';', timeZone: 'Europe/Berlin', locale: 'de-DE', language: 'de', namespace: 'urn:x' };
/** Numbers for which the least one would be no export at all. */
const NUMBERS = { limit: '3', maxErrors: '3' };

/** A value that differs from the control's default. */
function otherValue({ name, kind, initial, choices, least }) {
    if (kind === 'check') return initial !== 'true';
    if (kind === 'select') return choices.find((choice) => choice !== initial);
    if (kind === 'number') return NUMBERS[name] ?? String(Number(least) + (String(least) === initial ? 1 : 0));
    return TEXTS[name] ?? 'x';
}

test('every option of the tables that a person can give has a control', () => {
    const names = [...controlsOf('export', 'host'), ...FORMATS.flatMap(({ value }) => controlsOf(value))].map(({ id }) => id);
    const elsewhere = ['format', 'columns', 'filter', 'signal', 'onProgress', 'sink', 'compression', 'thumbnails', 'thumbnailColumn'];
    const wanted = OPTIONS.map(({ group, name }) => `${group}.${name}`).filter((id) => !elsewhere.includes(id.split('.')[1]));
    assert.deepEqual(names.sort(), wanted.sort());
});

test('what the controls give is what the library takes', async () => {
    const records = linesOf([{ a: 1 }, { a: 2 }]);
    for (const { value: format } of FORMATS) {
        const controls = [...controlsOf(format), ...controlsOf('export', 'host')].filter(({ kind }) => !kind.startsWith('file'));
        for (const control of controls) {
            const value = otherValue(control);
            const options = await optionsOf(format, { [control.id]: value });
            const group = control.group === format ? options[format] : options;
            assert.deepEqual(group[control.name], control.kind === 'number' ? Number(value) : value, control.id);
            // Nested formats have the raw record anyway.
            if (control.name === 'includeRawData' && ['json', 'xml'].includes(format)) continue;
            const { report } = await processor.startExport(records, options).result;
            assert.equal(report.counts.rejected, 0, control.id);
        }
    }
});

test('controls as they are give no options', async () => {
    const untouched = Object.fromEntries(controlsOf('csv').map(({ id, kind, initial }) => [id, kind === 'check' ? initial === 'true' : initial]));
    assert.deepEqual(await optionsOf('csv', untouched), { format: 'csv' });
    assert.deepEqual(await optionsOf('csv', { 'compression.type': 'zip', 'compression.level': '9' }), { format: 'csv', compression: { type: 'zip', level: 9 } });
    assert.deepEqual(await optionsOf('pdf', { 'pdf.logo': [new File(['png'], 'a.png')] }), { format: 'pdf', pdf: { logo: new TextEncoder().encode('png') } });
});

test('a field that was emptied has its default, but where empty text means something', async () => {
    for (const { value: format } of FORMATS) {
        const fields = controlsOf(format, 'export', 'host').filter(({ kind }) => kind === 'number' || kind === 'text');
        const emptied = Object.fromEntries(fields.map(({ id }) => [id, '']));
        assert.deepEqual(await optionsOf(format, emptied), format === 'xml' ? { format, xml: { namespace: '' } } : { format });
    }
});

test('conditions let the records pass that they say', async () => {
    const records = [{ n: 1, t: 'Äpfel (rot)', b: true }, { n: 20, t: '', b: false }, { n: 3, t: 'banana' }, { t: 'Pear', b: null }];
    const typeOf = (key) => ({ n: 'integer', b: 'boolean' })[key];
    const passing = async (match, ...conditions) => {
        const query = queryOf({ match, conditions: conditions.map(([key, operator, value = ''], id) => ({ id, key, operator, value })) }, typeOf);
        const { blob } = await processor.startExport(records, { format: 'json', filter: query }).result;
        return JSON.parse(await blob.text()).map((record) => records.findIndex((one) => one.t === record.t));
    };
    assert.deepEqual(await passing('all', ['n', 'gt', '2']), [1, 2]);
    assert.deepEqual(await passing('all', ['n', 'gt', '2'], ['t', 'contains', 'AN']), [2]);
    assert.deepEqual(await passing('any', ['n', 'eq', '1'], ['n', 'in', '3, 20']), [0, 1, 2]);
    assert.deepEqual(await passing('all', ['t', 'contains', '(rot)']), [0]);
    assert.deepEqual(await passing('all', ['t', 'starts', 'pea']), [3]);
    assert.deepEqual(await passing('all', ['t', 'empty']), [1]);
    assert.deepEqual(await passing('all', ['n', 'filled']), [0, 1, 2]);
    assert.deepEqual(await passing('all', ['b', 'eq', 'true']), [0]);
    assert.deepEqual(await passing('all', ['b', 'empty']), [2, 3]);
    assert.deepEqual(await passing('all', ['n', 'ne', '1']), [1, 2, 3]);
    assert.deepEqual(await passing('all', ['n', 'gt', '']), [0, 1, 2, 3]);
});

test('conditions on long whole numbers keep all digits', async () => {
    const conditions = [{ id: 1, key: 'id', operator: 'in', value: '9007199254740993, 5' }];
    const text = queryText(queryOf({ match: 'all', conditions }, () => 'integer'));
    assert.equal(text, '{"id":{"$in":[9007199254740993,5]}}');
    const { blob } = await processor.startExport('{"id":9007199254740992}\n{"id":9007199254740993}\n', { format: 'csv', filter: text }).result;
    assert.equal(await blob.text(), 'id\r\n9007199254740993\r\n');
    assert.equal(queryText({ a: '\u0001\u0001x', b: '5' }, 2), '{\n  "a": "\\u0001\\u0001x",\n  "b": "5"\n}');
});

test('a query becomes conditions only where they say the same', () => {
    const typeOf = (key) => (key === 'n' ? 'integer' : 'text');
    const back = (query) => conditionsOf(query, typeOf);
    for (const query of [{ n: 5 }, { t: { $regex: 'a\\(b', $options: 'i' } }, { $or: [{ n: { $gt: 5 } }, { t: 'x' }] }, { t: { $nin: [null, ''] } }, { n: { $in: [1, 2] } }])
        assert.deepEqual(queryOf(back(query), typeOf), query);
    assert.deepEqual(back({ n: { $gte: 1 }, t: 'x' }).conditions.map(({ key, operator }) => [key, operator]), [['n', 'gte'], ['t', 'eq']]);
    for (const query of [{ n: { $gt: 1, $lt: 5 } }, { $nor: [{ n: 1 }] }, { t: { $regex: 'a|b', $options: 'i' } }, { t: 5 }, { n: null }, [], 5, { n: { $elemMatch: {} } }, { n: ' 5' }])
        assert.equal(back(query), undefined, JSON.stringify(query));
});

test('columns are named only when they are not as they were found', () => {
    const found = choicesOf([{ key: 'a', type: 'integer' }, { key: 'b', type: 'text' }, { key: 'c' }]);
    assert.equal(columnsOf(found, found), undefined);
    assert.deepEqual(columnsOf(moved(found, 2, 0), found), [{ key: 'c' }, { key: 'a' }, { key: 'b' }]);
    const changed = found.map((column) => ({ ...column, shown: column.key !== 'a', label: column.key === 'b' ? ' B ' : '', type: column.key === 'c' ? 'json' : '' }));
    assert.deepEqual(columnsOf(changed, found), [{ key: 'b', label: 'B' }, { key: 'c', type: 'json' }]);
});
