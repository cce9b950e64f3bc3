// What only Node has: files, standard input and standard output, as sources and sinks.
// SPDX-License-Identifier: MIT
export { fileSink, stdoutSink } from './file-sink.js';
export { fileSource, stdinSource } from './file-source.js';
