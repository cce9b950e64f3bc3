// The package in a browser.
// SPDX-License-Identifier: MIT
export { BatchJob } from './batch.js';
export { download } from './download.js';
export { ExportError } from './errors.js';
export { ExportJob } from './job.js';
export { privateFileSink } from './private-file.js';
export { ExportProcessor } from './processor.js';

/** @typedef {import('./types.js').BatchEntry} BatchEntry */
/** @typedef {import('./types.js').BatchOptions} BatchOptions */
/** @typedef {import('./types.js').BatchProgress} BatchProgress */
/** @typedef {import('./types.js').BatchResult} BatchResult */
/** @typedef {import('./types.js').BatchRetryOptions} BatchRetryOptions */
/** @typedef {import('./types.js').ByteReader} ByteReader */
/** @typedef {import('./types.js').ByteSource} ByteSource */
/** @typedef {import('./types.js').CellValue} CellValue */
/** @typedef {import('./types.js').CleanupOptions} CleanupOptions */
/** @typedef {import('./types.js').Column} Column */
/** @typedef {import('./types.js').ColumnStatistics} ColumnStatistics */
/** @typedef {import('./types.js').Counts} Counts */
/** @typedef {import('./types.js').Defect} Defect */
/** @typedef {import('./types.js').Estimate} Estimate */
/** @typedef {import('./types.js').ExportEntry} ExportEntry */
/** @typedef {import('./types.js').ExportOptions} ExportOptions */
/** @typedef {import('./types.js').ExportProgress} ExportProgress */
/** @typedef {import('./types.js').ExportReport} ExportReport */
/** @typedef {import('./types.js').ExportResult} ExportResult */
/** @typedef {import('./types.js').ExportStatistics} ExportStatistics */
/** @typedef {import('./types.js').Filter} Filter */
/** @typedef {import('./types.js').Format} Format */
/** @typedef {import('./types.js').FormatPlugin} FormatPlugin */
/** @typedef {import('./types.js').JoinedSource} JoinedSource */
/** @typedef {import('./types.js').Packing} Packing */
/** @typedef {import('./types.js').Phase} Phase */
/** @typedef {import('./types.js').PlanReport} PlanReport */
/** @typedef {import('./types.js').PluginBytes} PluginBytes */
/** @typedef {import('./types.js').PluginContext} PluginContext */
/** @typedef {import('./types.js').PluginEnd} PluginEnd */
/** @typedef {import('./types.js').PluginFunctions} PluginFunctions */
/** @typedef {import('./types.js').PluginSegment} PluginSegment */
/** @typedef {import('./types.js').Preview} Preview */
/** @typedef {import('./types.js').PreviewOptions} PreviewOptions */
/** @typedef {import('./types.js').ProcessorOptions} ProcessorOptions */
/** @typedef {import('./types.js').RecordSource} RecordSource */
/** @typedef {import('./types.js').ReportedColumn} ReportedColumn */
/** @typedef {import('./types.js').ResultFile} ResultFile */
/** @typedef {import('./types.js').RetryOptions} RetryOptions */
/** @typedef {import('./types.js').Sink} Sink */
/** @typedef {import('./types.js').NodeWritable} NodeWritable */
/** @typedef {import('./types.js').Snapshot} Snapshot */
/** @typedef {import('./types.js').ThumbnailSource} ThumbnailSource */
/** @typedef {import('./types.js').Timings} Timings */
/** @typedef {import('./types.js').Warning} Warning */
