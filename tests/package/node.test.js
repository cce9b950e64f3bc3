// The package in programs of Node: ES modules and CommonJS, from a folder of its own.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { EXPORT_ALL, faults, pack, project, root } from './support.js';

const PRINT = 'exportAll(new ExportProcessor()).then((outcome) => console.log(JSON.stringify(outcome)));';
const FILES = {
    'module.mjs': `import { ExportProcessor, ExportError } from 'exportloom';\nimport { fileSink } from 'exportloom/node';\n${EXPORT_ALL}\n${PRINT}`,
    'script.cjs': `const { ExportProcessor } = require('exportloom');\nconst { fileSink } = require('exportloom/node');
        if (typeof fileSink !== 'function') throw new Error('exportloom/node');\n${EXPORT_ALL.replace('export async', 'async')}\n${PRINT}`,
    'file.cjs': `const { ExportProcessor, ExportError } = require('exportloom');
        const { fileSink, fileSource } = require('exportloom/node');
        const { writeFileSync, readFileSync } = require('node:fs');
        (async () => {
            writeFileSync('in.ndjson', '{"a":1}\\n{"a":2}\\n');
            const processor = new ExportProcessor();
            await processor.startExport(fileSource('in.ndjson'), { format: 'csv', sink: fileSink('out.csv') }).result;
            const error = await processor.startExport(7, { format: 'csv' }).result.catch((thrown) => thrown);
            console.log(JSON.stringify([readFileSync('out.csv', 'utf8'), error instanceof ExportError, error.code]));
        })();`,
};

describe('programs of Node', () => {
    let place;
    before(() => {
        place = project('node', pack('node'), FILES);
    });
    const run = (...args) => JSON.parse(execFileSync(process.execPath, args, { cwd: place, encoding: 'utf8', timeout: 60000 }));

    for (const name of ['module.mjs', 'script.cjs'])
        test(`${name} exports to every format`, () => assert.deepEqual(faults(run(name)), []));

    test('require gives files, and errors of one class', () => {
        assert.deepEqual(run('file.cjs'), ['a\r\n1\r\n2\r\n', true, 'SOURCE_TYPE']);
    });

    test('the hook finds the library where a link leads to its folder', () => {
        const program = `console.log(typeof require(${JSON.stringify(join(root, 'dist/cjs/react.js'))}).useExport)`;
        assert.equal(execFileSync(process.execPath, ['-e', program], { cwd: place, encoding: 'utf8' }), 'function\n');
    });

    test('the command is there', () => {
        const said = execFileSync('node_modules/.bin/exportloom', ['--version'], { cwd: place, encoding: 'utf8' });
        assert.match(said, /\d+\.\d+\.\d+/);
    });
});
