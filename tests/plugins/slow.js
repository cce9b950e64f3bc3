// A format that takes a long time for each record, for tests.
// SPDX-License-Identifier: MIT

/** @param {unknown[][]} rows */
export function batch(rows) {
    const end = performance.now() + rows.length / 2;
    while (performance.now() < end);
    return `${rows.length}\n`;
}
