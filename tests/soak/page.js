// The soak's part in a page: runs plans, and tells the first thing that is wrong.
// SPDX-License-Identifier: MIT
import { ExportProcessor } from '/dist/index.js';
import { described, planOf, runPlan } from '/tests/soak/plan.js';

/** @type {Set<Worker>} */
const workers = new Set();

const processor = new ExportProcessor({
    createWorker() {
        const worker = new Worker('/dist/worker.js', { type: 'module' });
        workers.add(worker);
        worker.terminate = () => {
            workers.delete(worker);
            Worker.prototype.terminate.call(worker);
        };
        return worker;
    },
});

/** A worker that is ended says nothing of it; one that fails does. */
function kill() {
    const [worker] = workers;
    worker?.dispatchEvent(new ErrorEvent('error', { message: 'killed on purpose' }));
    worker?.terminate();
}

/** @param {number} seed of the first @param {number} count @param {string[]} formats @param {number} most */
async function soak(seed, count, formats, most) {
    for (let at = seed; at < seed + count; at += 1) {
        const plan = planOf(at, formats, most);
        const fault = await runPlan(processor, plan, kill);
        if (fault) return `${described(plan)}\n  ${fault}`;
    }
    return '';
}

globalThis.soak = { soak, dispose: () => processor.dispose() };
