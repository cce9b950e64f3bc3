// One measurement of a peer that makes a file, from an NDJSON file or from records in memory.
// SPDX-License-Identifier: MIT
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './measure.js';
import { faultOf } from './verify.js';

/** @typedef {import('./peers.js').Peer} Peer */
/** @typedef {import('./peers.js').Format} Format */

/**
 * @param {string} build folder
 * @param {Peer} peer
 * @param {{ format: Format, input: string, rows: number, verify: boolean }} task the input is a file, or `records:COUNT`
 * @returns {{ fault?: string, figures: Record<string, number> }}
 */
export function measureFile(build, peer, { format, input, rows, verify }) {
    const output = join(build, `output.${format}`);
    const scratch = ['report.json', 'figures.json', 'output.xsd'].map((name) => join(build, name));
    const remove = () => [output, ...scratch].forEach((file) => rmSync(file, { force: true }));
    remove();
    try {
        const [report, clock] = scratch;
        const inMemory = input.startsWith('records:');
        const command = peer.command(format, input, output);
        const measured = measure(build, peer.own && !inMemory ? [...command, '--report', report] : command, { BENCH_FIGURES: clock, BENCH_REPORT: report });
        const own = peer.own ? { library: JSON.parse(readFileSync(report, 'utf8')).peakMemoryBytes } : {};
        const timed = inMemory ? JSON.parse(readFileSync(clock, 'utf8')) : {};
        const figures = { ...measured, ...timed, ...own, bytes: statSync(output).size };
        const fault = verify ? faultOf({ format, input, output, rows, blanks: peer.blanks }) : '';
        return fault ? { figures, fault } : { figures };
    } catch (error) {
        return { fault: error instanceof Error ? error.message : String(error), figures: {} };
    } finally {
        remove();
    }
}
