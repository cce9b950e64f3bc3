// Very many columns: labels that are alike, and chosen members in any order.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ExportProcessor } from '../../dist/index.node.js';

const processor = new ExportProcessor({ workers: 2 });
after(() => processor.dispose());

/** @param {any} source @param {any} options */
async function textOf(source, options) {
    const { blob, report } = await processor.startExport(source, options).result;
    return { text: await blob.text(), report };
}

test('labels and names that are alike are numbered, also where a number is a label already', async () => {
    const columns = Array.from({ length: 3000 }, (_, at) => ({ key: `k${at}`, label: at === 1 ? 'x (3)' : 'x' }));
    const expected = ['x', 'x (3)', 'x (2)', ...Array.from({ length: 2997 }, (_, at) => `x (${at + 4})`)];
    const { text, report } = await textOf([{ k0: 1 }], { format: 'csv', columns });
    assert.deepEqual(text.split('\r\n')[0].split(','), expected);
    assert.deepEqual(
        report.columns.map(({ label }) => label),
        expected,
    );
    const { blob } = await processor.startExport([{ k0: 1 }], { format: 'xlsx', columns, xlsx: { table: true } }).result;
    assert.ok(blob.size > 0);
    const named = await textOf([{ 'a.b': 1, a: { b: 2 }, 'a.b (2)': 3 }], { format: 'csv' });
    assert.deepEqual(named.text.split('\r\n').slice(0, 2), ['a.b,a.b (2),a.b (2) (2)', '1,2,3']);
});

test('chosen members stand in the order of the columns, whatever the order in the record', async () => {
    const keys = Array.from({ length: 400 }, (_, at) => `k${at}`);
    const record = (/** @type {string[]} */ of) => Object.fromEntries(of.map((key) => [key, Number(key.slice(1))]));
    const shuffled = keys.map((_, at) => keys[(at * 171) % 400]);
    const nested = (/** @type {string[]} */ of) => ({ z: record(of.slice(0, 9)), ...record(of) });
    const source = [keys, [...keys].reverse(), shuffled, keys.filter((_, at) => at % 3), [...shuffled].filter((_, at) => at % 5)].map(nested);
    const columns = ['k399', 'k0', 'z.k3', 'z', 'k7', 'k8', 'none', ...keys.slice(20, 300).reverse()].filter((key) => key !== 'z');
    for (const chunkSize of [1, 1000]) {
        const { text } = await textOf(source, { format: 'json', columns, chunkSize, json: { shape: 'ndjson' } });
        const expected = source.map((one) => {
            const chosen = /** @type {any} */ ({});
            for (const key of columns) {
                if (key in one) chosen[key] = one[/** @type {'z'} */ (key)];
                else if (key === 'z.k3') chosen.z = 'k3' in one.z ? { k3: one.z.k3 } : {};
            }
            return JSON.stringify(chosen);
        });
        assert.deepEqual(text.trimEnd().split('\n'), expected);
    }
});
