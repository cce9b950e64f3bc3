// The structure of a report, object by object, as JHOVE's PDF module and ISO 19005-2 (PDF/A-2b) look at it; read by qpdf.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { extractionResults } from '../../web/demo/generate.js';
import { folder, png, report, run } from './pdf-support.js';

const DATE = /^u:D:\d{14}Z$/;
const FILTERS = new Set(['/FlateDecode', '/DCTDecode']);

/** The objects of a document, as qpdf tells them. */
class Document {
    constructor(path) {
        this.bytes = readFileSync(path);
        const [facts, objects] = JSON.parse(run('qpdf', '--json', '--json-key=qpdf', '--json-stream-data=none', path)).qpdf;
        this.facts = facts;
        this.objects = objects;
        this.trailer = objects.trailer.value;
        this.path = path;
    }

    /** What is meant, be it a reference or not; of a stream its dictionary. */
    get(value) {
        if (typeof value !== 'string' || !/^\d+ \d+ R$/.test(value)) return value;
        const object = this.objects[`obj:${value}`];
        assert.ok(object, `${value} exists`);
        return object.stream ? object.stream.dict : object.value;
    }

    /** The bytes of a stream, without its filters. */
    stream(reference) {
        const { stdout } = spawnSync('qpdf', [`--show-object=${reference.replace(/ R$/, '').replace(' ', ',')}`, '--filtered-stream-data', this.path], { maxBuffer: 1 << 26 });
        return stdout;
    }

    all() {
        return Object.entries(this.objects).filter(([name]) => name !== 'trailer').map(([name, { value, stream }]) => [name.slice(4), stream?.dict ?? value, stream !== undefined]);
    }
}

/** Every value in a value. */
function* valuesIn(value) {
    yield value;
    if (typeof value === 'object' && value !== null) for (const [name, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) yield name;
        yield* valuesIn(inner);
    }
}

/** The pages below a node, in their order, with all that 7.7.3 asks for. */
function pagesBelow(document, reference, parent, inherited = {}) {
    const node = document.get(reference);
    assert.equal(node['/Parent'], parent);
    const given = { ...inherited, ...(node['/MediaBox'] ? { box: node['/MediaBox'] } : {}) };
    if (node['/Type'] === '/Page') {
        assert.equal(given.box?.length, 4);
        assert.ok(node['/Resources'], 'a page has resources of its own');
        for (const content of [node['/Contents']].flat()) assert.ok(document.objects[`obj:${content}`].stream, 'contents are streams');
        return [reference];
    }
    assert.equal(node['/Type'], '/Pages');
    const pages = node['/Kids'].flatMap((kid) => pagesBelow(document, kid, reference, given));
    assert.equal(node['/Count'], pages.length);
    return pages;
}

/** The entries of an outline below a node, linked both ways (12.3.3). */
function entriesBelow(document, reference, pages) {
    const node = document.get(reference);
    if (!node['/First']) return 0;
    let count = 0;
    let before;
    for (let at = node['/First']; at; before = at, at = document.get(at)['/Next']) {
        const entry = document.get(at);
        assert.equal(entry['/Parent'], reference);
        assert.equal(entry['/Prev'], before);
        assert.match(entry['/Title'], /^u:./);
        assert.ok(pages.includes(entry['/Dest'][0]), 'it leads to a page');
        const below = entriesBelow(document, at, pages);
        assert.equal(Math.abs(entry['/Count'] ?? 0), below);
        count += 1;
    }
    assert.equal(node['/Last'], before);
    return count;
}

function checkTrailer({ trailer, facts, bytes }) {
    assert.equal(bytes.subarray(0, 9).toString('latin1'), '%PDF-1.7\n');
    assert.ok([...bytes.subarray(10, 14)].every((byte) => byte > 127), 'a comment of bytes above 127');
    assert.match(bytes.subarray(-40).toString('latin1'), /startxref\n\d+\n%%EOF\n$/);
    assert.deepEqual(trailer['/ID'].map((id) => id.length), [34, 34]);
    assert.equal(trailer['/Encrypt'], undefined);
    assert.ok(facts.maxobjectid < trailer['/Size']);
}

function checkFacts(document, standard) {
    const info = document.get(document.trailer['/Info']);
    assert.match(info['/CreationDate'], DATE);
    assert.match(info['/ModDate'], DATE);
    const catalog = document.get(document.trailer['/Root']);
    assert.equal(catalog['/Type'], '/Catalog');
    assert.equal(document.get(catalog['/ViewerPreferences'])['/DisplayDocTitle'], true);
    const { '/Filter': filter, '/Type': type, '/Subtype': subtype } = document.get(catalog['/Metadata']);
    assert.deepEqual([type, subtype, filter], ['/Metadata', '/XML', undefined]);
    const path = join(folder, 'metadata.xml');
    writeFileSync(path, document.stream(catalog['/Metadata']));
    const told = (name) => run('xmllint', '--xpath', `string(//*[local-name()="${name}"])`, path).trim();
    assert.equal(`u:${told('title')}`, info['/Title']);
    assert.equal(`u:${told('creator')}`, info['/Author']);
    assert.equal(`u:${told('Producer')}`, info['/Producer']);
    assert.equal(`u:${told('CreatorTool')}`, info['/Creator']);
    assert.equal(`u:D:${told('CreateDate').replaceAll(/[-:T]/g, '')}`, info['/CreationDate']);
    assert.equal(`u:${told('language')}`, catalog['/Lang']);
    assert.deepEqual([told('part'), told('conformance')], standard ? ['2', 'B'] : ['', '']);
    const { '/Nums': labels } = document.get(catalog['/PageLabels']);
    assert.deepEqual(labels.filter((_, i) => i % 2 === 0), [...labels.filter((_, i) => i % 2 === 0)].sort((one, other) => one - other));
    return catalog;
}

/** Fonts are embedded, with as many widths as they say, and maps to Unicode where their codes are none. */
function checkFonts(document) {
    const fonts = document.all().filter(([, value]) => value?.['/Type'] === '/Font').map(([, value]) => value);
    assert.ok(fonts.length > 1);
    for (const font of fonts) {
        if (font['/Subtype'] === '/Type0') {
            assert.ok(document.objects[`obj:${font['/ToUnicode']}`].stream);
            assert.equal(font['/Encoding'], '/Identity-H');
            continue;
        }
        const descriptor = document.get(font['/FontDescriptor']);
        assert.match(descriptor['/FontName'], /^\/[A-Z]{6}\+/);
        assert.equal(font['/BaseFont'], descriptor['/FontName']);
        assert.equal(document.stream(descriptor['/FontFile2']).readUInt32BE(0), 0x00010000);
        if (font['/Subtype'] === '/CIDFontType2') assert.ok(document.objects[`obj:${font['/CIDToGIDMap']}`].stream);
        else assert.equal(document.get(font['/Widths']).length, font['/LastChar'] - font['/FirstChar'] + 1);
    }
}

function checkStreams(document) {
    for (const [name, value, stream] of document.all()) {
        assert.equal(value?.['/AA'] ?? value?.['/A'] ?? value?.['/Annots'] ?? value?.['/S'], undefined, `${name} does nothing`);
        for (const inner of valuesIn(value)) if (typeof inner === 'string') assert.ok(inner.startsWith('/') ? inner.length <= 128 : inner.length < 32768, inner);
        if (stream) for (const filter of [value['/Filter'] ?? []].flat()) assert.ok(FILTERS.has(filter), filter);
        if (value?.['/Subtype'] === '/Image') assert.equal(value['/Interpolate'] ?? value['/Alternates'], undefined);
        if (value?.['/Subtype'] === '/Form') assert.ok(value['/Resources']);
    }
}

/** Colours are those of the output intent (ISO 19005-2 6.2.3). */
function checkIntent(document, catalog) {
    const [intent] = document.get(catalog['/OutputIntents']);
    assert.equal(intent['/S'], '/GTS_PDFA1');
    const profile = document.stream(intent['/DestOutputProfile']);
    assert.equal(document.get(intent['/DestOutputProfile'])['/N'], 3);
    assert.equal(profile.readUInt32BE(0), profile.length);
    assert.equal(profile.subarray(12, 24).toString('latin1'), 'mntrRGB XYZ ');
    assert.equal(profile.subarray(36, 40).toString('latin1'), 'acsp');
}

const records = [...extractionResults(2500)];
const logo = png(6, [200, 30, 40, 128]);
const pictures = records.slice(0, 40).map((record, id) => ({ ...record, imageUrl: `p:${id % 7}` }));
const common = { title: 'Ärger & <Co>', author: 'A. Müller', language: 'de-CH', logo };
const reports = {
    'a report': [records, { includeStatistics: true, includeMetadata: true, pdf: common }],
    'cards without a cover': [records, { pdf: { ...common, layout: 'cards', cover: false } }],
    'columns that go on': [records, { pdf: { ...common, wide: 'split', pageSize: 'A5' } }],
    'records with pictures': [pictures, { columns: ['id', 'imageUrl', 'product.name'], pdf: { ...common, thumbnails: (address) => png(2, [1, 2, Number(address.slice(2))]) } }],
};

for (const [name, [source, options]] of Object.entries(reports))
    for (const standard of ['pdf-1.7', 'pdf-a-2b'])
        test(`${name} as ${standard} is well-formed and valid`, async () => {
            const { path } = await report(source, { ...options, pdf: { ...options.pdf, standard } });
            assert.match(run('qpdf', '--check', path), /No syntax or stream encoding errors found/);
            run('mutool', 'info', path);
            const document = new Document(path);
            checkTrailer(document);
            const catalog = checkFacts(document, standard === 'pdf-a-2b');
            const pages = pagesBelow(document, catalog['/Pages'], undefined);
            assert.equal(new Set(pages).size, pages.length);
            entriesBelow(document, catalog['/Outlines'], pages);
            checkFonts(document);
            checkStreams(document);
            if (standard === 'pdf-a-2b') checkIntent(document, catalog);
            else assert.equal(catalog['/OutputIntents'], undefined);
        });
