// Objects as JavaScript has them: what JSON.stringify would drop or change in silence is converted, or reported with its place.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { exported, failure, recordsOf } from './support.js';

/** Exports one record between two plain ones, in every way of cutting, and gives what became of it. */
async function written(record) {
    const seen = [];
    for (const [source, chunkSize] of [[[{ a: 1 }, record, { a: 2 }], undefined], [new Set([{ a: 1 }, record, { a: 2 }]), 1]]) {
        const { text, report } = await exported(source, { format: 'json', json: { shape: 'ndjson' }, chunkSize });
        const lines = text.trimEnd().split('\n');
        assert.deepEqual([lines[0], lines.at(-1)], ['{"a":1}', '{"a":2}']);
        const { counts, defects, warnings } = report;
        assert.equal(counts.read, counts.written + counts.rejected);
        seen.push({
            text: lines.length === 3 ? lines[1] : undefined,
            defects: defects.map(({ record: index, code, message }) => [index, code, message.replace(/^[^:]*: /, '')]),
            warnings: warnings.map(({ code, column, record: index, count }) => [code, column, index, count]),
        });
    }
    assert.deepEqual(seen[0], seen[1]);
    return seen[0];
}

class Product {
    #secret = 1;
    constructor(name) {
        this.name = name;
    }
    get upper() {
        return this.name.toUpperCase() + this.#secret;
    }
}
class Hidden {
    #all = 1;
    read() {
        return this.#all;
    }
}
const cyclic = { list: [{}] };
cyclic.list[0].back = cyclic;
const shared = { x: 1 };

/** A value, and the text that it comes to. @type {[string, () => unknown, string][]} */
const CONVERTED = [
    ['a BigInt', () => ({ a: 12345678901234567890n }), '{"a":12345678901234567890}'],
    ['a Date', () => ({ a: new Date(0) }), '{"a":"1970-01-01T00:00:00.000Z"}'],
    ['a Map whose keys are texts', () => ({ a: new Map([['x', 1], ['y', new Map([['z', 2n]])]]) }), '{"a":{"x":1,"y":{"z":2}}}'],
    ['a Map with other keys', () => ({ a: new Map([[1, 'x'], [{ k: 1 }, 2]]) }), '{"a":[[1,"x"],[{"k":1},2]]}'],
    ['a Map as a record', () => new Map([['a', 1]]), '{"a":1}'],
    ['a Set', () => ({ a: new Set([1, 'x', new Set()]) }), '{"a":[1,"x",[]]}'],
    ['typed arrays', () => ({ a: Uint8Array.of(1, 255), b: Float64Array.of(0.5), c: new Uint16Array(0) }), '{"a":[1,255],"b":[0.5],"c":[]}'],
    ['a BigInt64Array', () => ({ a: BigInt64Array.of(-(2n ** 63n)) }), '{"a":[-9223372036854775808]}'],
    ['bytes', () => ({ a: Buffer.from('hi'), b: new ArrayBuffer(2), c: new DataView(Uint8Array.of(1, 2, 3).buffer, 1) }), '{"a":[104,105],"b":[0,0],"c":[2,3]}'],
    ['toJSON', () => ({ a: { toJSON: (/** @type {string} */ key) => new Map([[key, 1n]]) } }), '{"a":{"a":1}}'],
    ['undefined is a missing value', () => ({ a: undefined, b: 1 }), '{"b":1}'],
    ['an instance of a class shows its fields', () => new Product('x'), '{"name":"x"}'],
    ['an Error', () => ({ a: Object.assign(new TypeError('bad', { cause: new Error('why') }), { code: 7 }) }), '{"a":{"name":"TypeError","message":"bad","cause":{"name":"Error","message":"why"},"code":7}}'],
    ['a URL', () => ({ a: new URL('http://a/?b=1'), b: new URLSearchParams({ c: 'd' }) }), '{"a":"http://a/?b=1","b":"c=d"}'],
    ['a RegExp', () => ({ a: /x"/gi }), '{"a":"/x\\"/gi"}'],
    ['boxed values', () => ({ a: Object(1), b: Object('s'), c: Object(false), d: Object(5n) }), '{"a":1,"b":"s","c":false,"d":5}'],
    ['minus zero, as JavaScript writes it', () => ({ a: -0, b: 1n }), '{"a":0,"b":1}'],
    ['no prototype', () => Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['a key __proto__', () => ({ ...JSON.parse('{"__proto__":{"x":1}}'), b: 1 }), '{"__proto__":{"x":1},"b":1}'],
    ['a proxy', () => new Proxy({ a: 1 }, { get: () => 7n }), '{"a":7}'],
    ['objects of another realm', () => runInNewContext('({ a: { b: [new Date(0)] }, c: new Map([["d", new Uint8Array(1)]]), e: {} })'), '{"a":{"b":["1970-01-01T00:00:00.000Z"]},"c":{"d":[0]},"e":{}}'],
    ['the same object twice is no cycle', () => ({ a: shared, b: [shared], c: 1n }), '{"a":{"x":1},"b":[{"x":1}],"c":1}'],
    ['empty things', () => ({ a: {}, b: [], c: new Map(), d: new Set(), e: '' }), '{"a":{},"b":[],"c":{},"d":[],"e":""}'],
];

for (const [name, make, text] of CONVERTED)
    test(`objects: ${name}`, async () => assert.deepEqual(await written(make()), { text, defects: [], warnings: [] }));

/** What is written otherwise than it is, and the warnings. @type {[string, () => unknown, string, [string, string | undefined, number, number][]][]} */
const WARNED = [
    ['numbers that are none', () => ({ a: NaN, b: { c: [Infinity, -Infinity] } }), '{"a":null,"b":{"c":[null,null]}}', [['NUMBER_NOT_FINITE', 'a', 1, 1], ['NUMBER_NOT_FINITE', 'b.c', 1, 2]]],
    ['functions and symbols', () => ({ a() {}, b: Symbol('b'), c: [() => 1], d: 1 }), '{"c":[null],"d":1}', ['a', 'b', 'c'].map((column) => ['VALUE_LEFT_OUT', column, 1, 1])],
    ['objects that show nothing', () => ({ a: new Hidden(), b: Promise.resolve(), c: new WeakMap(), d: 1 }), '{"d":1}', ['a', 'b', 'c'].map((column) => ['VALUE_LEFT_OUT', column, 1, 1])],
    ['a Date that is not valid', () => ({ a: new Date(NaN) }), '{"a":null}', [['DATE_NOT_VALID', 'a', 1, 1]]],
    ['holes and undefined in a list', () => ({ a: [1, , undefined, 4] }), '{"a":[1,null,null,4]}', [['UNDEFINED_AS_NULL', 'a', 1, 2]]],
    ['half a surrogate pair', () => ({ a: 'x\ud800' }), '{"a":"x\ufffd"}', [['LONE_SURROGATE', undefined, 1, 1]]],
    ['a record that is NaN', () => NaN, 'null', [['NUMBER_NOT_FINITE', undefined, 1, 1]]],
];

for (const [name, make, text, warnings] of WARNED)
    test(`objects: ${name}`, async () => {
        const seen = await written(make());
        assert.deepEqual([seen.text, seen.defects], [text, []]);
        assert.deepEqual(seen.warnings.map(([code, column, ...rest]) => [code, code === 'LONE_SURROGATE' ? undefined : column, ...rest]), warnings);
    });

/** @type {[string, () => unknown, string, RegExp][]} */
const REFUSED = [
    ['a cycle', () => cyclic, 'NOT_SERIALIZABLE', /cycle at list\.back/],
    ['a cycle through a Map', () => { const map = new Map(); map.set('me', map); return { map }; }, 'NOT_SERIALIZABLE', /cycle at map\.me/],
    ['a getter that throws', () => ({ a: { get b() { throw new Error('no such thing'); } } }), 'NOT_SERIALIZABLE', /a\.b: no such thing/],
    ['a toJSON that throws', () => ({ a: { toJSON() { throw new Error('not me'); } } }), 'NOT_SERIALIZABLE', /a: not me/],
    ['a proxy that was revoked', () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; }, 'NOT_SERIALIZABLE', /./],
    ['undefined', () => undefined, 'NOT_SERIALIZABLE', /undefined/],
    ['a function', () => () => 1, 'NOT_SERIALIZABLE', /function/],
    ['a symbol', () => Symbol('s'), 'NOT_SERIALIZABLE', /symbol/],
    ['a Promise', () => Promise.resolve({}), 'NOT_SERIALIZABLE', /Promise/],
    ['1,500 levels', () => JSON.parse('['.repeat(1500) + ']'.repeat(1500)), 'NESTED_TOO_DEEP', /./],
    ['1,500 levels of Maps', () => { let map = new Map(); for (let i = 0; i < 1500; i += 1) map = new Map([['m', map]]); return map; }, 'NESTED_TOO_DEEP', /./],
    ['shared objects that unfold to 2 to the power of 60', () => { let one = {}; for (let i = 0; i < 60; i += 1) one = { l: one, r: one }; return one; }, 'RECORD_TOO_LARGE', /./],
    ['a list of a billion holes', () => ({ a: new Array(1e9) }), 'RECORD_TOO_LARGE', /./],
];

for (const [name, make, code, message] of REFUSED)
    test(`objects: ${name} is rejected`, async () => {
        const seen = await written(make());
        assert.deepEqual([seen.text, seen.warnings, seen.defects.length], [undefined, [], 1]);
        assert.deepEqual(seen.defects[0].slice(0, 2), [1, code]);
        assert.match(seen.defects[0][2], message);
    });

test('objects: an empty place of an array of records is rejected like undefined, whatever is cut and written', async () => {
    for (const chunkSize of [undefined, 1, 2])
        for (const format of ['json', 'csv']) {
            const { report } = await exported([{ a: 1 }, , { a: 3 }], { format, chunkSize });
            assert.deepEqual([report.counts.written, report.defects.map(({ record, code }) => [record, code])], [2, [[1, 'NOT_SERIALIZABLE']]]);
        }
});

test('objects: any number of warnings and of lost records', async () => {
    const { report } = await exported([{ list: new Array(250000).fill(NaN) }], { format: 'json' });
    assert.deepEqual(report.warnings.map(({ code, count }) => [code, count]), [['NUMBER_NOT_FINITE', 250000]]);
    const lost = await exported([...new Array(200000).fill(undefined), 1], { format: 'json', chunkSize: 200001 });
    assert.deepEqual([lost.report.counts.rejected, lost.report.counts.written], [200000, 1]);
});

test('objects: the warnings of a limit’s rest do not count, and onError fails at the first record', async () => {
    const records = recordsOf(100).map((record) => ({ ...record, odd: NaN }));
    const { report } = await exported(records, { format: 'csv', limit: 10, chunkSize: 100, filter: { id: { $gte: 5 } } });
    assert.deepEqual([report.counts.written, report.warnings.find(({ code }) => code === 'NUMBER_NOT_FINITE').count], [10, 15]);
    const error = await failure([{ a: 1 }, { a: () => 1, b: cyclic }], { format: 'csv', onError: 'fail' });
    assert.deepEqual([error.code, error.record], ['NOT_SERIALIZABLE', 1]);
});

test('objects that change while they are exported are written as they are at that moment, each once', async () => {
    const records = recordsOf(30000);
    let flips = 0;
    const flip = setInterval(() => {
        flips += 1;
        for (const record of records) record.nested.price = flips % 2 ? NaN : new Map([['now', 1n]]);
    }, 1);
    const { text, report } = await exported(records, { format: 'json' }).finally(() => clearInterval(flip));
    assert.equal(JSON.parse(text).length, 30000);
    assert.deepEqual(report.counts, { read: 30000, written: 30000, filtered: 0, rejected: 0 });
    const nulls = JSON.parse(text).filter(({ nested }) => nested.price === null).length;
    assert.equal(report.warnings.find(({ code }) => code === 'NUMBER_NOT_FINITE')?.count ?? 0, nulls);
});

test('an array that becomes shorter while it is exported fails, one that grows is exported to its end', async () => {
    const changing = (change) => {
        const records = recordsOf(5000);
        let once = () => change(records);
        records[100].toJSON = () => {
            once();
            once = () => {};
            return { id: 100 };
        };
        return [records, { format: 'json', chunkSize: 50 }];
    };
    for (const change of [(records) => records.splice(0, 1000), (records) => records.splice(0)])
        assert.equal((await failure(...changing(change))).code, 'SOURCE_CHANGED');
    const { report } = await exported(...changing((records) => records.push({ id: 5000 })));
    assert.equal(report.counts.written, 5001);
});

test('objects: text of more bytes than characters goes through buffers that grow', async () => {
    const records = Array.from({ length: 3000 }, (_, id) => ({ id, text: '漢字かな🎈'.repeat(id % 90) }));
    for (const chunkSize of [undefined, 3000, 7]) {
        const { text } = await exported(records, { format: 'json', chunkSize });
        assert.deepEqual(JSON.parse(text), records);
    }
});
