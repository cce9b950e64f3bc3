// Where the files of the package are: each address is spelled out, because bundlers look for this very form.
// SPDX-License-Identifier: MIT

/** The wasm modules. @type {Record<string, URL>} */
export const wasmUrls = {
    core: new URL('./exportloom-core.wasm', import.meta.url),
    xlsx: new URL('./exportloom-xlsx.wasm', import.meta.url),
    pdf: new URL('./exportloom-pdf.wasm', import.meta.url),
    table: new URL('./exportloom-table.wasm', import.meta.url),
    xml: new URL('./exportloom-xml.wasm', import.meta.url),
    validator: new URL('./exportloom-validator.wasm', import.meta.url),
    deflate: new URL('./exportloom-deflate.wasm', import.meta.url),
};

/** The fonts of PDF. @type {Record<string, URL>} */
export const fontUrls = {
    'NotoSans-Regular.ttf': new URL('./fonts/NotoSans-Regular.ttf', import.meta.url),
    'NotoSans-Bold.ttf': new URL('./fonts/NotoSans-Bold.ttf', import.meta.url),
    'DejaVuSansCondensed.ttf': new URL('./fonts/DejaVuSansCondensed.ttf', import.meta.url),
    'DejaVuSansCondensed-Bold.ttf': new URL('./fonts/DejaVuSansCondensed-Bold.ttf', import.meta.url),
};
