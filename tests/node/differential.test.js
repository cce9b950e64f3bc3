// Compares the builds with and without SIMD: the same random documents must come to the same digest.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const [simd, plain] = ['asan', 'nosimd'].map((build) => fileURLToPath(new URL(`../../build/native/${build}/test-differential`, import.meta.url)));
const missing = !(existsSync(simd) && existsSync(plain)) && 'the native tests are not built: make native';

test('differential: SIMD and plain C come to the same', { skip: missing }, async () => {
    for (const seed of ['1', '987654321']) {
        const answers = await Promise.all([simd, plain].map((program) => run(program, ['150', seed])));
        const [one, other] = answers.map(({ stdout }) => stdout);
        assert.match(one, /digest [0-9a-f]{16}/);
        assert.equal(one, other);
    }
});
