// The package in Node: the same as in a browser, on Node's workers.
// SPDX-License-Identifier: MIT
import { nodePlatform } from './node-platform.js';
import { ExportProcessor as Processor } from './processor.js';

export { BatchJob } from './batch.js';
export { download } from './download.js';
export { ExportError } from './errors.js';
export { ExportJob } from './job.js';
export { privateFileSink } from './private-file.js';

export class ExportProcessor extends Processor {
    /** @param {import('./types.js').ProcessorOptions} [options] */
    constructor(options) {
        super(options, nodePlatform);
    }
}
