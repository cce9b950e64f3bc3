// Random exports for a long time, in Node and in Chromium: node tests/soak/run.js [SECONDS] [SEED]. Every export has a seed of its own,
// from SEED on; what fails is told with its seed, and SECONDS=1 SEED=that runs it again.
// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [seconds = '60', seed = String(Date.now() % 1000000000)] = process.argv.slice(2);
console.log(`soak: ${seconds} seconds, seed ${seed}`);
/** V8's room for new objects would grow to 32 MB by itself, and glibc keeps what was freed in pieces in an arena for each thread: that hides what grows besides. */
const FLAGS = ['--max-semi-space-size=2'];
const env = { ...process.env, MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '131072' };

for (const part of ['node.js', 'browser.js']) {
    const words = [...FLAGS, fileURLToPath(new URL(part, import.meta.url)), String(Number(seconds) / 2), seed];
    const { status } = spawnSync(process.execPath, words, { stdio: 'inherit', env });
    if (status !== 0) process.exitCode = 1;
}
