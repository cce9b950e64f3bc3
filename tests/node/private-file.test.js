// The ladder from a Blob to a private file, where the private file system is made up: what browsers do is tested in browsers.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { LadderSink } from '../../web/private-file.js';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('an abort while the file opens or moves leaves neither the file nor its worker', async () => {
    const files = new Set();
    const folder = { removeEntry: async (name) => void files.delete(name) };
    const storage = {
        estimate: async () => pause(20).then(() => ({ quota: 1e12, usage: 0 })),
        getDirectory: async () => ({ getDirectoryHandle: async () => folder }),
    };
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { storage } });
    for (const moment of [0, 10, 30, 60]) {
        const workers = { opened: 0, ended: 0 };
        const openChannel = () => {
            workers.opened += 1;
            return {
                async request({ op, name }) {
                    if (op === 'storeOpen') files.add(name);
                    await pause(20);
                    return {};
                },
                async end() {
                    workers.ended += 1;
                },
            };
        };
        const sink = new LadderSink(openChannel, 'text/csv', 2 ** 30);
        const opening = sink.open();
        await pause(moment);
        await sink.abort();
        await opening;
        assert.deepEqual([workers.ended, files.size], [workers.opened, 0]);
    }
});
