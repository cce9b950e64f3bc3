// Measures exportloom beside what a person would use instead: node tests/bench/run.js [ONLY=csv,file,…] [SIZES=10k,1M] [PEERS=…] [RUNS=…]
// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureFile } from './files.js';
import { hasRoom, input, warm } from './input.js';
import { machine, obstacle, systemVersions } from './measure.js';
import { measurePage, pageAbsence } from './page.js';
import { absence, allPeers, dist, root } from './peers.js';
import { plot } from './plot.js';
import { markOf, Runs } from './runs.js';
import { FORMATS, readSettings, SOURCES } from './settings.js';
import { line, report } from './tables.js';

/** @typedef {import('./peers.js').Peer} Peer */
/** @typedef {import('./peers.js').Format} Format */
/** @typedef {import('./settings.js').Settings} Settings */
/** @typedef {{ format: Format, source: string, rows: number }} Task */
/** @typedef {Peer & { made: string }} Marked */

const here = dirname(fileURLToPath(import.meta.url));
const build = join(root, 'build/bench');

/** Records of a page, and the longest array of them. */
const PAGE_ROWS = 1000000;

/** @returns {Settings} ends the program where they are wrong, or nothing can be measured here */
function checkedSettings() {
    try {
        const reason = obstacle();
        if (reason) throw new Error(reason);
        return readSettings(process.argv.slice(2), process.env);
    } catch (error) {
        console.error(`bench: ${error instanceof Error ? error.message : error}`);
        process.exit(2);
    }
}

/** @param {Settings} settings @returns {Task[]} small ones first */
function tasksOf({ formats, sources, sizes }) {
    return sizes.flatMap((rows) => sources.flatMap((source) => formats.map((format) => ({ format, source, rows }))));
}

/** exportloom in a page. @returns {Marked} */
function pagePeer() {
    const files = [dist, join(here, 'page.js'), join(root, 'tests/browser/page.js')];
    const most = { file: 0, memory: 0, page: PAGE_ROWS };
    return { name: 'page', title: 'exportloom', formats: FORMATS, files, most, own: true, command: () => [], made: markOf(files) };
}

/** Everything that is measured, in the order of the tables. @returns {Marked[]} */
function everyone() {
    return [...allPeers(build).map((peer) => ({ ...peer, made: markOf(peer.files) })), pagePeer()];
}

/** @param {Task} task @param {Marked} peer */
const rowOf = ({ format, source, rows }, { name, made }) => ({ peer: name, made, format, source, rows });

/** @param {Task} task @param {Marked} peer @param {boolean} verify */
function measureOnce({ format, source, rows }, peer, verify) {
    if (source === 'page') return measurePage(format, rows);
    return measureFile(build, peer, { format, input: source === 'memory' ? `records:${rows}` : input(build, rows), rows, verify });
}

/**
 * The runs that are missing. Peers take turns, so that they share a slow minute of the machine; one that fails is left out until the next time.
 * @param {Task} task
 * @param {Marked[]} peers
 * @param {number} runs
 */
async function measureTask(task, peers, runs) {
    const failed = new Set();
    for (let run = 1; run <= runs; run++) {
        for (const peer of peers) {
            const row = rowOf(task, peer);
            const done = log.count(row);
            if (done >= run || failed.has(peer)) continue;
            const outcome = await measureOnce(task, peer, done === 0);
            log.add({ ...row, commit, fault: outcome.fault, figures: outcome.figures });
            if (outcome.fault) failed.add(peer);
            console.log(line(peer.title, { ...row, runs: run, fault: outcome.fault ?? '', figures: outcome.figures }));
        }
    }
    return failed.size;
}

/** @param {Task} task @param {Settings} settings @param {Marked[]} peers who can run */
function missing(task, { peers: names, runs }, peers) {
    return peers.filter((peer) => peer.formats.includes(task.format) && task.rows <= (peer.most[task.source] ?? 0)
        && (names.length === 0 || names.includes(peer.name)) && log.count(rowOf(task, peer)) < runs);
}

/** @param {Marked[]} peers @param {Settings} settings */
async function measureAll(peers, settings) {
    let failures = 0;
    for (const task of tasksOf(settings)) {
        const chosen = missing(task, settings, peers);
        if (chosen.length === 0) continue;
        if (task.source === 'file' && !hasRoom(build, task.rows)) {
            console.error(`${task.format}: the disk has no room for ${task.rows} records; skipped`);
            continue;
        }
        if (task.source === 'file') warm(input(build, task.rows));
        failures += await measureTask(task, chosen, settings.runs);
        writeReport(peers);
    }
    return failures;
}

/** RESULTS.md and its picture, of all runs of what is here now. @param {Marked[]} peers */
function writeReport(peers) {
    const sizes = log.sizes();
    const tables = SOURCES.flatMap((source) => FORMATS.map((format) => ({ format, source, sizes: sizes.map((rows) => ({ rows,
        peers: peers.filter((peer) => peer.formats.includes(format)).map((peer) => ({ peer, measured: log.measured(rowOf({ format, source, rows }, peer)) })) })) })));
    const picture = plot(tables.filter(({ source }) => source === 'file'));
    const versions = [`exportloom ${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}${commit && ` (commit ${commit})`}`,
        ...systemVersions(), ...peers.flatMap(({ version }) => version ?? [])];
    const text = report({ machine: machine(), versions, day: new Date().toISOString().slice(0, 10), tables, picture: picture !== '' });
    writeFileSync(join(here, 'RESULTS.md'), text);
    if (picture) writeFileSync(join(here, 'results.svg'), picture);
}

const settings = checkedSettings();
mkdirSync(build, { recursive: true });
const log = new Runs(join(build, 'runs.jsonl'));
const commit = spawnSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout?.trim() ?? '';
const peers = everyone().filter((peer) => {
    const reason = peer.most.page ? pageAbsence() : absence(peer);
    if (reason) console.error(`${peer.title}: left out: ${reason}`);
    return !reason;
});
const failures = await measureAll(peers, settings);
writeReport(peers);
console.log('tests/bench/RESULTS.md is written');
process.exitCode = failures > 0 ? 1 : 0;
