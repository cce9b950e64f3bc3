// Filters against two judges that we did not write: mingo for queries, JavaScript's RegExp for patterns; and chunks, workers, offset and limit.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Query } from 'mingo';
import { exported, failure, linesOf, recordsOf } from './support.js';

/** A reproducible stream of numbers (mulberry32). */
function randomFrom(seed) {
    let state = seed;
    return (below) => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) % below;
    };
}

const LINES = { format: 'json', json: { shape: 'ndjson' } };

async function passing(records, filter, options = {}) {
    const { text, report } = await exported(linesOf(records), { ...LINES, ...options, filter });
    const { read, written, filtered, rejected } = report.counts;
    assert.equal(read, written + filtered + rejected);
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

const pick = (random, list) => list[random(list.length)];
const SCALARS = [0, 1, 2, 2.5, -1, '', 'a', 'b', 'ab', true, false, null];

function valueOf(random, depth) {
    const kind = random(8);
    if (depth > 0 && kind === 0) return Array.from({ length: 1 + random(3) }, () => (random(3) > 0 ? pick(random, SCALARS) : objectOf(random, 0)));
    if (depth > 0 && kind === 1) return objectOf(random, depth - 1);
    return pick(random, SCALARS);
}

function objectOf(random, depth) {
    return Object.fromEntries(['a', 'b', 'c'].filter(() => random(3) > 0).map((key) => [key, valueOf(random, depth)]));
}

/**
 * What mingo does as MongoDB documents it. It does not: look into arrays for $type, take scalars for $all, cut fractions for $mod, keep out
 * of arrays in arrays, want an array for $size and $elemMatch at the end of a path through arrays, tell an empty array on the way from a missing value. Those are in tests/cases/filter.json.
 */
function conditionOf(random, depth) {
    const scalar = () => pick(random, SCALARS.filter((one) => one !== null));
    const makers = [
        () => scalar(),
        () => ({ $eq: scalar() }),
        () => ({ $ne: scalar() }),
        () => ({ [pick(random, ['$gt', '$gte', '$lt', '$lte'])]: pick(random, [0, 1, 2, 2.5, 'a', 'b', '']) }),
        () => ({ $in: [scalar(), scalar()] }),
        () => ({ $nin: [scalar(), scalar()] }),
        () => ({ $regex: pick(random, ['a', '^b', 'b$', '^$', 'A']), $options: pick(random, ['', 'i']) }),
    ];
    if (depth > 0 && random(6) === 0) {
        const inner = conditionOf(random, 0);
        return typeof inner === 'object' ? { $not: inner } : inner;
    }
    return pick(random, makers)();
}

function queryOf(random, depth) {
    if (depth > 0 && random(3) === 0)
        return { [pick(random, ['$and', '$or', '$nor'])]: [queryOf(random, depth - 1), queryOf(random, depth - 1)] };
    if (random(6) === 0) return { [pick(random, ['a', 'b', 'c'])]: pick(random, [{ $size: random(3) }, { $elemMatch: { $gte: 1, $lt: 3 } }, { $exists: true }, { $exists: false }]) };
    return { [pick(random, ['a', 'b', 'c', 'a.b', 'b.c', 'a.b.c'])]: conditionOf(random, depth) };
}

test('random queries let the same records pass as mingo does', async () => {
    const random = randomFrom(6);
    const records = Array.from({ length: 200 }, (_, id) => ({ id, ...objectOf(random, 3) }));
    const differ = [];
    for (let round = 0; round < 300; round += 1) {
        const query = queryOf(random, 2);
        const got = (await passing(records, query)).map(({ id }) => id);
        const judge = new Query(query);
        const wanted = records.filter((record) => judge.test(record)).map(({ id }) => id);
        const odd = [...got.filter((id) => !wanted.includes(id)), ...wanted.filter((id) => !got.includes(id))];
        if (odd.length > 0) differ.push(`${JSON.stringify(query)}: ${JSON.stringify(records[odd[0]])}, passes here: ${got.includes(odd[0])}`);
    }
    assert.deepEqual(differ, []);
});

/** A random pattern of the subset; `depth` bounds it. */
function patternOf(random, depth) {
    const atoms = ['a', 'b', 'ä', '.', '\\d', '\\w', '\\s', '[ab]', '[^a]', '[a-cä]', '\\u00e4', '1', '😀'];
    const atom = () => (depth > 0 && random(3) === 0 ? `(?:${patternOf(random, depth - 1)})` : pick(random, atoms));
    const piece = () => (random(9) === 0 ? pick(random, ['^', '$', '\\b', '\\B']) : atom() + pick(random, ['', '', '', '*', '+', '?', '{2}', '{1,3}', '{0,2}?', '+?']));
    return Array.from({ length: 1 + random(2) }, () => Array.from({ length: 1 + random(3) }, piece).join('')).join('|');
}

test('random patterns match the same texts as RegExp does', async () => {
    const random = randomFrom(7);
    const letters = ['a', 'b', 'c', 'A', 'ä', 'Ä', '1', ' ', '\n', '_', '😀'];
    const records = Array.from({ length: 300 }, (_, id) => ({ id, t: Array.from({ length: random(7) }, () => pick(random, letters)).join('') }));
    const differ = [];
    for (let round = 0; round < 300; round += 1) {
        const pattern = patternOf(random, 2);
        const flags = ['', 'i', 'm', 's', 'im'][round % 5];
        const got = (await passing(records, { t: { $regex: pattern, $options: flags } })).map(({ id }) => id);
        const judge = new RegExp(pattern, `${flags}u`);
        // V8 looks for \\B in the middle of surrogate pairs too
        const judged = pattern.includes('\\B') ? records.filter(({ t }) => !t.includes('😀')) : records;
        const odd = judged.find(({ id, t }) => judge.test(t) !== got.includes(id));
        if (odd) differ.push(`/${pattern}/${flags}: ${JSON.stringify(odd.t)}, RegExp: ${judge.test(odd.t)}`);
    }
    assert.deepEqual(differ, []);
});

test('patterns that make others backtrack for ever are fast', async () => {
    const records = [{ t: 'a'.repeat(20000) }, { t: `${'a'.repeat(20000)}b` }];
    for (const pattern of ['^(a+)+$', '^(a|aa)+$', '^(a*)*c', '(x+x+)+y', '^(?:a?){50}a{50}$']) {
        const started = performance.now();
        await passing(records, { t: { $regex: pattern } });
        assert.ok(performance.now() - started < 5000, pattern);
    }
});

test('the place of what is no JSON is the offset of the error', async () => {
    const { code, offset } = await failure('{}\n', { ...LINES, filter: '{"ä": 1, "b" 2}' });
    assert.deepEqual({ code, offset }, { code: 'INVALID_OPTION', offset: 14 });
    assert.equal((await failure('{}\n', { ...LINES, filter: '{"a": {"$gtt": 1}}' })).offset, undefined);
});

test('patterns that are too large are refused', async () => {
    for (const pattern of ['(a{1000}){1000}', '((){1000}){1000}', 'a{1001}', 'a'.repeat(5000), `${'('.repeat(60)}${')'.repeat(60)}`])
        assert.equal((await failure('{}\n', { ...LINES, filter: { t: { $regex: pattern } } })).code, 'INVALID_OPTION', pattern);
});

test('values of JavaScript: RegExp, Date, BigInt; what cannot be meant is refused', async () => {
    const records = [{ n: 'Anna', d: '2026-01-01T00:00:00.000Z' }, { n: 'Bob' }];
    assert.equal((await passing(records, { n: /^a/i })).length, 1);
    assert.equal((await passing(records, { n: { $in: [/^a/i, 'Bob'] } })).length, 2);
    assert.equal((await passing(records, { d: new Date('2026-01-01') })).length, 1);
    const { text } = await exported('{"id":9007199254740993}\n{"id":9007199254740992}\n', { ...LINES, filter: { id: 9007199254740993n } });
    assert.equal(text, '{"id":9007199254740993}\n');
    for (const filter of [{ a: undefined }, { a: NaN }, { a: () => {} }, [], 5, new Map([['a', 1]]), new Set(), { a: new Map() }, { a: { $in: new Set([1]) } }])
        assert.equal((await failure(records, { ...LINES, filter })).code, 'INVALID_OPTION');
});

/** The same for every chunk size and number of workers, in memory and from streams. */
test('filter, offset and limit do not depend on chunks and workers', async () => {
    const records = recordsOf(9000);
    const filter = { 'nested.price': { $mod: [3, 0] } };
    const passes = records.filter(({ id }) => Math.trunc(id / 4) % 3 === 0);
    for (const format of ['json', 'csv', 'xlsx']) {
        /** @type {any} */
        let known;
        for (const [chunkSize, workers] of [[undefined, 1], [7, 2], [1000, 2]]) {
            const options = { format, filter, offset: 700, limit: 1500, chunkSize, workers, ...(format === 'json' ? LINES : {}) };
            const { text, report } = await exported(records, options);
            const { counts, columns } = report;
            const rest = { counts, columns, ...(format === 'xlsx' ? {} : { text }) };
            known ??= rest;
            assert.deepEqual(rest, known, `${format}, chunks of ${chunkSize}, ${workers} workers`);
        }
        assert.equal(known.counts.written, 1500);
        assert.equal(known.counts.read, passes[2199].id + 1);
        if (format === 'json') assert.equal(known.text, linesOf(passes.slice(700, 2200)));
    }
});

test('columns of a stream come from the records that pass, however late', async () => {
    async function* late() {
        for (let id = 0; id < 5000; id += 1) yield id < 4000 ? { id, early: 1 } : { id, kept: true };
    }
    const { text, report } = await exported(late(), { format: 'csv', filter: { kept: true }, limit: 2 });
    assert.equal(text, 'id,kept\r\n4000,true\r\n4001,true\r\n');
    assert.deepEqual(report.counts, { read: 4002, written: 2, filtered: 4000, rejected: 0 });
});

test('the report and the metadata show the filter', async () => {
    const filter = { id: { $lt: 2 } };
    const { text, report } = await exported(recordsOf(5), { format: 'json', includeMetadata: true, filter, offset: 1 });
    assert.deepEqual(JSON.parse(text).metadata.options.filter, filter);
    assert.equal(JSON.parse(text).metadata.options.offset, 1);
    assert.deepEqual(report.options.filter, filter);
});
