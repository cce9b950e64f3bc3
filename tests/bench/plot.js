// Draws time and memory over records, both axes logarithmic, as SVG.
// SPDX-License-Identifier: MIT

const COLORS = { csv: '#1f6f8b', json: '#99582a', xlsx: '#2a7f4f', xml: '#7b3fa0', pdf: '#b03a48' };
const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM, GAP] = [400, 300, 64, 46, 20, 50, 10];

/** @typedef {{ format: string, points: [number, number][] }} Line */

/** Whole powers of ten around the values. @param {number[]} values @returns {[number, number]} */
function rangeOf(values) {
    return [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
}

/** @param {number} value */
function named(value) {
    if (value >= 1e6) return `${value / 1e6}M`;
    return value >= 1e3 ? `${value / 1e3}k` : String(Number(value.toPrecision(1)));
}

/** @param {number[]} powers @param {(power: number) => string} draw */
const each = (powers, draw) => powers.map(draw).join('');

/** @param {[number, number]} range */
function powersOf([low, high]) {
    return Array.from({ length: Math.max(1, high - low) + 1 }, (_, at) => low + at);
}

/**
 * @param {number} x of the chart's left edge
 * @param {string} title
 * @param {Line[]} lines
 */
function chart(x, title, lines) {
    const across = powersOf(rangeOf(lines.flatMap(({ points }) => points.map(([rows]) => rows))));
    const up = powersOf(rangeOf(lines.flatMap(({ points }) => points.map(([, value]) => value))));
    const [right, bottom] = [WIDTH - RIGHT, HEIGHT - BOTTOM];
    const toX = (/** @type {number} */ power) => LEFT + ((power - across[0]) / (across[across.length - 1] - across[0])) * (right - LEFT);
    const toY = (/** @type {number} */ power) => bottom - ((power - up[0]) / (up[up.length - 1] - up[0])) * (bottom - TOP);
    const grid = each(across, (power) => `<path d="M${toX(power)} ${TOP}V${bottom}"/><text x="${toX(power)}" y="${bottom + 18}" text-anchor="middle">${named(10 ** power)}</text>`)
        + each(up, (power) => `<path d="M${LEFT} ${toY(power)}H${right}"/><text x="${LEFT - 8}" y="${toY(power) + 4}" text-anchor="end">${named(10 ** power)}</text>`);
    const drawn = lines.map(({ format, points }) => {
        const places = points.map(([rows, value]) => [toX(Math.log10(rows)), toY(Math.log10(value))].map((place) => place.toFixed(1)));
        const dots = places.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="3"/>`).join('');
        const color = COLORS[/** @type {keyof typeof COLORS} */ (format)] ?? '#444';
        return `<g stroke="${color}" fill="${color}"><polyline fill="none" stroke-width="2" points="${places.map((place) => place.join()).join(' ')}"/>${dots}</g>`;
    });
    return `<g transform="translate(${x} 0)"><text class="title" x="${LEFT}" y="24">${title}</text><g class="grid">${grid}</g>${drawn.join('')}`
        + `<text x="${(LEFT + right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">records</text></g>`;
}

/** @param {import('./tables.js').Table[]} tables @param {string} figure @param {number} unit @returns {Line[]} */
function linesOf(tables, figure, unit) {
    return tables.map(({ format, sizes }) => ({
        format,
        points: sizes.flatMap(({ rows, peers }) => {
            const value = peers.find(({ peer }) => peer.name === 'exportloom')?.measured?.figures[figure];
            return value ? [/** @type {[number, number]} */ ([rows, value / unit])] : [];
        }),
    })).filter(({ points }) => points.length > 0);
}

/**
 * @param {import('./tables.js').Table[]} tables of files
 * @returns {string} SVG, or '' where there is nothing to draw
 */
export function plot(tables) {
    const charts = /** @type {const} */ ([['Time of an export, seconds', 'wall', 1], ['Memory that the library holds, MB', 'library', 1e6], ['Peak memory of the process, MB', 'rss', 1e6]])
        .map(([title, figure, unit]) => ({ title, lines: linesOf(tables, figure, unit) }));
    if (charts.some(({ lines }) => lines.length === 0)) return '';
    const legend = charts[0].lines.map(({ format }, at) => {
        const color = COLORS[/** @type {keyof typeof COLORS} */ (format)] ?? '#444';
        return `<g transform="translate(${LEFT + at * 90} ${HEIGHT + 8})"><rect width="12" height="12" fill="${color}"/><text x="18" y="11">${format.toUpperCase()}</text></g>`;
    });
    const [width, height] = [charts.length * (WIDTH + GAP) - GAP, HEIGHT + 30];
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" `
        + `aria-label="Time grows with the records, memory does not"><style>text{font:12px sans-serif;fill:#333}.title{font-weight:600;font-size:14px}`
        + `.grid path{stroke:#ddd;fill:none}</style><rect width="100%" height="100%" fill="#fff"/>`
        + `${charts.map(({ title, lines }, at) => chart(at * (WIDTH + GAP), title, lines)).join('')}${legend.join('')}</svg>\n`;
}
