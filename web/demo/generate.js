// Deterministic AI fashion extraction results, as many as asked for: plain objects, about 500 bytes of JSON each.
// SPDX-License-Identifier: MIT

const BRANDS = ['Nordlicht', 'Maison Éclair', 'Atelier Sève', 'Köhler & Söhne', 'Hana 花', 'Tidewater', 'Ørsted Knit',
    'Casa Luján', 'Plain Goods', 'Linden', 'Kirei', 'Fable & Thread', 'Sable', 'Marlow', 'Open Field', 'Żar'];
const STYLES = ['Ribbed', 'Relaxed', 'Cropped', 'Tailored', 'Oversized', 'Pleated', 'Quilted', 'Washed', 'Belted', 'Boxy'];
const FABRICS = ['Merino', 'Linen', 'Cotton', 'Silk', 'Denim', 'Cashmere', 'Corduroy', 'Viscose'];
const GARMENTS = ['Cardigan', 'Shirt', 'Midi Dress', 'Blazer', 'Trousers', 'Jumper', 'Overshirt', 'Skirt', 'Coat', 'T-Shirt'];
const SIZES = ['XS', 'S', 'M', 'L', 'XL'];
const CURRENCIES = ['EUR', 'EUR', 'USD', 'GBP', 'JPY'];
const COLORS = ['navy', 'ecru', 'forest green', 'black', 'burgundy', 'sky blue', 'rosé', 'camel', 'charcoal', 'off-white'];
const MATERIALS = ['merino wool', 'organic cotton', 'linen', 'silk', 'recycled polyester', 'denim', 'cashmere blend'];
const PATTERNS = ['solid', 'striped', 'checked', 'floral', 'houndstooth', 'polka dot', 'paisley'];
const SLEEVES = ['long', 'short', 'sleeveless', 'three-quarter', 'cap'];
const NECKLINES = ['crew neck', 'V-neck', 'turtleneck', 'boat neck', 'collared', 'square'];
const FITS = ['slim', 'regular', 'loose', 'oversized'];
const TAGS = ['casual', 'office', 'summer', 'winter', 'knitwear', 'sustainable', 'new in', 'outlet', 'unisex', 'petite'];
const NOTES = [
    'Color differs between front, back and detail shot.',
    'Label reads "100 % wool", the model says "blend".',
    'First line: hem cut off\nSecond line: please retake',
    'Größe prüfen, Ärmel wirkt kürzer als üblich',
    '襟の形が不明確、再確認が必要です',
    'Looks great 👗✨ keep as hero image',
    'Two garments in one picture; only the upper one was read',
    'Crop is tight; "sleeve" is a guess, ±1 class',
    '模特遮挡了领口\r\n建议更换图片',
    'Naïve match on façade background – très sûr malgré tout',
];
const FIRST_INSTANT = Date.UTC(2026, 0, 5, 6, 0, 0);

/**
 * A small seeded generator of random numbers (xorshift32): the same numbers everywhere, for the same seed.
 * @param {number} seed
 * @returns {(below: number) => number} whole numbers from 0 to below - 1
 */
function randomNumbers(seed) {
    let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995 || 1;
    return (below) => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return Math.floor(((state >>> 0) / 4294967296) * below);
    };
}

/**
 * @param {(below: number) => number} random
 * @param {string[]} values
 */
function attribute(random, values) {
    // Once in a while the model is not sure enough to name a value.
    const value = random(40) === 0 ? null : values[random(values.length)];
    return { value, confidence: value === null ? null : (500 + random(500)) / 1000 };
}

/** @param {(below: number) => number} random */
function product(random) {
    const brand = BRANDS[random(BRANDS.length)];
    const currency = CURRENCIES[random(CURRENCIES.length)];
    const cents = 900 + random(40000);
    return {
        name: `${STYLES[random(STYLES.length)]} ${FABRICS[random(FABRICS.length)]} ${GARMENTS[random(GARMENTS.length)]}`,
        brand,
        // Leading zeros are meant: an article number is text.
        sku: `${String(random(1000000)).padStart(7, '0')}-${SIZES[random(SIZES.length)]}`,
        price: random(30) === 0 ? null : currency === 'JPY' ? cents : cents / 100,
        currency,
    };
}

/** @param {(below: number) => number} random */
function tags(random) {
    const first = random(TAGS.length);
    const count = random(4);
    const chosen = [];
    for (let i = 0; i < count; i++) chosen.push(TAGS[(first + i * 3) % TAGS.length]);
    return chosen;
}

/**
 * @param {number} index
 * @param {(below: number) => number} random
 */
function extractionResult(index, random) {
    const key = (0x10000000 + random(0x70000000)).toString(16);
    return {
        id: `ext_${String(index + 1).padStart(9, '0')}`,
        imageUrl: `https://images.example.com/looks/${key.slice(0, 2)}/${key}.jpg`,
        product: product(random),
        attributes: {
            color: attribute(random, COLORS),
            material: attribute(random, MATERIALS),
            pattern: attribute(random, PATTERNS),
            sleeve: SLEEVES[random(SLEEVES.length)],
            neckline: NECKLINES[random(NECKLINES.length)],
            fit: random(10) === 0 ? null : FITS[random(FITS.length)],
        },
        tags: tags(random),
        createdAt: new Date(FIRST_INSTANT + index * 1700 + random(1700)).toISOString(),
        reviewed: random(4) !== 0,
        notes: random(3) === 0 ? NOTES[random(NOTES.length)] : null,
    };
}

/** @typedef {ReturnType<typeof extractionResult>} ExtractionResult */

/**
 * `count` extraction results, the same ones for the same seed. 20 leaf paths; a record depends on its place only through
 * the ones before it, so a shorter run is the beginning of a longer one.
 * @param {number} count
 * @param {number} [seed]
 * @returns {Generator<ExtractionResult, void, undefined>}
 */
export function* extractionResults(count, seed = 1) {
    const random = randomNumbers(seed);
    for (let index = 0; index < count; index++) yield extractionResult(index, random);
}
