// Compares the native builds, with and without SIMD and of two compilers: the same random documents come to the same digest.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const programs = ['asan', 'nosimd', 'clang'].map((build) => fileURLToPath(new URL(`../../build/native/${build}/test-differential`, import.meta.url)));
const missing = !programs.every((program) => existsSync(program)) && 'the native tests are not built: make native';

test('differential: all native builds come to the same', { skip: missing }, async () => {
    for (const seed of ['1', '987654321']) {
        const answers = await Promise.all(programs.map((program) => run(program, ['150', seed])));
        const [first, ...others] = answers.map(({ stdout }) => stdout);
        assert.match(first, /digest [0-9a-f]{16}/);
        for (const other of others) assert.equal(other, first);
    }
});
