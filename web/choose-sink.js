// Chooses where the bytes of an export go: what the user said, or the ladder from a Blob to a private file.
// SPDX-License-Identifier: MIT
import { exportError } from './errors.js';
import { hasPrivateFiles, LadderSink, PrivateFile, PrivateFileSink } from './private-file.js';
import { findSink } from './sinks.js';

/**
 * @param {unknown} sink as the user gave it
 * @param {{mimeType: string, estimate?: number}} file
 * @param {import('./platform.js').Platform} platform
 * @param {import('./private-file.js').OpenChannel} openChannel
 * @returns {import('./types.js').Sink & {held?: number, mostBytes?: number, remove?: () => Promise<void>}}
 */
export function chooseSink(sink, { mimeType, estimate = 0 }, platform, openChannel) {
    if (sink === undefined) return new LadderSink(hasPrivateFiles() ? openChannel : undefined, mimeType, estimate);
    if (!(sink instanceof PrivateFile)) return findSink(sink, platform);
    if (!hasPrivateFiles()) throw exportError('UNSUPPORTED', 'there is no private file system here', { suggestion: 'leave the sink out' });
    return new PrivateFileSink(openChannel, mimeType);
}
