// The arithmetic of the benchmarks: what is kept of runs, what the tables say of them, and what they leave out.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { median } from '../bench/measure.js';
import { plot } from '../bench/plot.js';
import { Runs } from '../bench/runs.js';
import { readSettings } from '../bench/settings.js';
import { report } from '../bench/tables.js';
import { temporaryFolder } from './support.js';

const row = { peer: 'exportloom', made: 'abc', format: 'csv', source: 'file', rows: 1e6 };
const own = { name: 'exportloom', title: 'exportloom, 2 workers', own: true, most: { file: Infinity } };
const loop = { name: 'loop', title: 'a loop', most: { file: 1e5 } };
const native = { name: 'native', title: 'native C', most: { file: 1e6 } };

const measured = (wall, cpu, more = {}) => ({ runs: 3, fault: '', figures: { wall, cpu, rss: 9e7, library: 1e7, bytes: 2e8 }, ...more });

/** RESULTS.md of CSV with so many entries for each size. */
const results = (sizes) => report({ machine: 'm', versions: ['v'], day: 'd', picture: false, tables: [{ format: 'csv', source: 'file', sizes }] });

test('medians', () => {
    assert.deepEqual([median([3]), median([4, 1, 3]), median([4, 1, 3, 2])], [3, 3, 2.5]);
});

test('settings: sizes, formats and sources', () => {
    const { formats, sources, sizes, runs } = readSettings(['ONLY=xml,file', 'SIZES=1M,10k,10k', 'RUNS=5'], { SIZES: '3' });
    assert.deepEqual([formats, sources, sizes, runs], [['xml'], ['file'], [10000, 1000000], 5]);
    assert.deepEqual(readSettings(['ONLY=page'], {}).formats.length, 5);
    for (const wrong of ['ONLY=cvs', 'SIZES=10K', 'RUNS=0', 'ROWS=1']) assert.throws(() => readSettings([wrong], {}), new RegExp(wrong.slice(0, 4)));
});

test('runs are kept, counted while what they measured is the same, and a line that was cut off is not one', () => {
    const path = join(temporaryFolder(), 'runs.jsonl');
    const log = new Runs(path);
    for (const wall of [3, 1, 2]) log.add({ ...row, figures: { wall } });
    log.add({ ...row, fault: 'out of memory', figures: {} });
    appendFileSync(path, '{"peer":"exportloom","rows":');
    new Runs(path).add({ ...row, rows: 10, figures: {} });
    const again = new Runs(path);
    assert.equal(again.count(row), 3);
    assert.deepEqual(again.measured(row).figures, { wall: 2 });
    assert.equal(again.count({ ...row, made: 'other' }), 0);
    assert.equal(again.measured({ ...row, peer: 'loop' }), undefined);
    assert.deepEqual(again.sizes(), [10, 1e6]);
});

test('the tables show losses, faults and limits, and nothing that was not measured', () => {
    const text = results([{ rows: 1e6, peers: [{ peer: own, measured: measured(2, 3) }, { peer: loop }, { peer: native, measured: measured(1, 4) }] }]);
    assert.match(text, /\| CSV \| NDJSON file \| 1,000,000 \| native C \| wall s 2\.00 against 1\.00 \|/);
    assert.match(text, /\| 1,000,000 \| native C \| 1\.00 \| 4\.00 \| 0\.50 \| 1\.33 \| 1,000,000 \|/);
    assert.match(text, /CPU: exportloom, 2 workers at least 1 x native C \| 1\.33 x \| yes \|/);
    assert.match(text, /a loop \| not run with more than 100,000 records/);
    assert.doesNotMatch(text, /NaN|Infinity|undefined|at least 4 x/);
    const faulty = results([{ rows: 1e4, peers: [{ peer: loop, measured: measured(1, 1, { runs: 0, fault: 'record 3 differs' }) }, { peer: native }] }]);
    assert.match(faulty, /a loop \| \*\*record 3 differs\*\*/);
    assert.doesNotMatch(faulty, /native|NaN|Infinity|undefined/);
});

test('the plot has a line for each format that was measured', () => {
    const sizes = [1e4, 1e5, 1e6].map((rows, at) => ({ rows, peers: [{ peer: own, measured: measured(10 ** at, 1) }] }));
    const svg = plot([{ format: 'csv', source: 'file', sizes }, { format: 'pdf', source: 'file', sizes: [] }]);
    const [time, memory] = [...svg.matchAll(/<polyline[^>]* points="([^"]*)"/g)].map(([, points]) => points.split(' ').map((point) => point.split(',').map(Number)));
    assert.ok(time[0][1] - time[1][1] > 10 && Math.abs(time[0][1] - 2 * time[1][1] + time[2][1]) < 0.3, 'a straight line upwards');
    assert.equal(new Set(memory.map(([, y]) => y)).size, 1, 'a level line');
    assert.doesNotMatch(svg, /NaN|PDF/);
    assert.equal(plot([]), '');
});
