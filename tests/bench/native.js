// Builds the native peers: fetches yyjson, checks its sum, and compiles each program of native/ with it.
// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Debian 12 has no package of yyjson; the source package of DuckDB for Node carries its version 0.9. */
const PACKAGE = 'duckdb@1.4.4';
const ARCHIVE = 'duckdb-1.4.4.tgz';
const SHA256 = '5bb967dcbcd517670ba5f169f238fb9d6787e53752c60ebe24386169d76941ed';
const YYJSON = 'package/src/duckdb/third_party/yyjson';
const FILES = [`${YYJSON}/yyjson.cpp`, `${YYJSON}/include/yyjson.hpp`, 'package/LICENSE'];

const sources = join(dirname(fileURLToPath(import.meta.url)), 'native');

/**
 * @param {string} folder
 * @param {string} name of a file in native/, without its ending
 */
export function nativeProgram(folder, name) {
    return join(folder, `native-${name}`);
}

/**
 * What a native peer is made of.
 * @param {string} name
 */
export function nativeFiles(name) {
    return [join(sources, `${name}.cpp`), join(sources, 'records.hpp')];
}

/**
 * Builds a native peer where its program is missing or older than its source.
 * @param {string} folder
 * @param {string} name
 * @param {string[]} [libraries] flags for compiler and linker
 */
export function buildNative(folder, name, libraries = []) {
    const program = nativeProgram(folder, name);
    const [source, header] = nativeFiles(name);
    const newest = Math.max(...[source, header].map((path) => statSync(path).mtimeMs));
    if (existsSync(program) && statSync(program).mtimeMs > newest) return;
    const yyjson = unpacked(folder);
    console.error(`compiling the native program ${name}`);
    execFileSync('g++', ['-O3', '-DNDEBUG', '-w', `-I${yyjson}`, `-I${join(yyjson, YYJSON, 'include')}`, '-o', program,
        source, join(yyjson, YYJSON, 'yyjson.cpp'), ...libraries], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/**
 * The folder with yyjson's sources.
 * @param {string} folder
 */
function unpacked(folder) {
    const target = join(folder, 'yyjson');
    if (FILES.every((file) => existsSync(join(target, file)))) return target;
    const archive = fetched(folder);
    const fresh = `${target}.new`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(join(fresh, 'duckdb/common'), { recursive: true });
    execFileSync('tar', ['-x', '-z', '-f', archive, '-C', fresh, ...FILES]);
    // yyjson.hpp includes this header of DuckDB, but uses nothing of it.
    writeFileSync(join(fresh, 'duckdb/common/fast_mem.hpp'), '');
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
    return target;
}

/**
 * The package's archive, with the right sum.
 * @param {string} folder
 */
function fetched(folder) {
    const archive = join(folder, ARCHIVE);
    if (!existsSync(archive)) {
        console.error(`fetching ${PACKAGE} for the yyjson in it`);
        execFileSync('npm', ['pack', PACKAGE, '--pack-destination', folder, '--loglevel=error'], { stdio: ['ignore', 'ignore', 'pipe'] });
    }
    const sum = createHash('sha256').update(readFileSync(archive)).digest('hex');
    if (sum !== SHA256) throw new Error(`${ARCHIVE} has the SHA-256 ${sum}, not the pinned one`);
    return archive;
}
