// The types that users of the library see.
// SPDX-License-Identifier: MIT

/**
 * What can be exported. A string is JSON or NDJSON text, bytes are the same in UTF-8, plain or gzipped. A stream or an async
 * iterable may bring bytes, text, records, or arrays of records. Records are objects as a rule; any other value comes to the column `value`.
 * @typedef {Iterable<unknown> | AsyncIterable<unknown> | ReadableStream | Blob | Response | URL | ArrayBuffer | ArrayBufferView | string
 *   | ByteSource | JoinedSource} RecordSource
 */

/**
 * Several sources whose records are exported one after another.
 * @typedef {object} JoinedSource
 * @property {readonly RecordSource[]} inputs
 */

/**
 * A source of bytes that anybody can write; `exportloom/node` makes them from files.
 * @typedef {object} ByteSource
 * @property {string} [name] a name that ends in .ndjson or .jsonl says that there is one record a line
 * @property {boolean} again whether `openReader` may be called more than once
 * @property {boolean} [afresh] whether a further export may call it where this one may not, because it costs much
 * @property {number} [size] bytes, where known before it is opened
 * @property {() => ByteReader | Promise<ByteReader>} openReader
 * @property {(error: any) => boolean} [mayPass] whether what failed with this error, opening or a read, may be tried again: `read` goes on
 *   behind what it gave last
 */

/**
 * What a `ByteSource` is read with.
 * @typedef {object} ByteReader
 * @property {(view: Uint8Array) => number | Promise<number>} read puts bytes at the start of the view (4 KiB or more) and
 *   tells how many; 0 at the end
 * @property {() => void | Promise<void>} close
 * @property {number} [size] bytes of the source, where known now
 * @property {string} [version] differs when the source was changed since it was opened before
 */

/**
 * Where the bytes go. `write` is called again only when its promise has settled. One of `close` and `abort` is called last.
 * @typedef {object} Sink
 * @property {() => void | Promise<void>} [open] called once, before anything is read
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>} write
 * @property {() => unknown} [rewind] takes back all that was written, after `open`; with it most sources need to be read only once
 * @property {() => unknown} close
 * @property {(name: string, bytes: Uint8Array<ArrayBuffer>) => unknown} [attach] takes a small second file that belongs to the first, such
 *   as the schema of an XML document, before `close`
 * @property {(reason: unknown) => unknown} [abort] undoes what was written, as far as it can
 * @property {(error: any) => boolean} [mayPass] whether a `write` that failed with this error may be tried again with the same bytes,
 *   which take the place of those that were written in part
 * @property {boolean} [recycles] the bytes are not looked at any more when `write` has settled
 */

/**
 * A stream of Node that is written to: a file's, a response of `http`.
 * @typedef {{end: (...given: any[]) => unknown, pipe: (...given: any[]) => unknown}} NodeWritable
 */

/**
 * A column of the file, as the options name it.
 * @typedef {object} Column
 * @property {string} key dotted path; `\.` is a dot of the key itself
 * @property {string} [label] its heading; default: the key
 * @property {'text' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'json'} [type] default: as the values are
 * @property {number} [width] in characters, of XLSX and PDF
 * @property {string} [format] number format of Excel, of XLSX
 * @property {boolean} [hidden] left out, as if it were not there
 */

/** @typedef {import('../build/generated/options.js').ExportOptionValues} EveryFormatOptions */

/** @typedef {import('../build/generated/options.js').HostOptionValues} HostOptions */

/**
 * A query document, such as `{ price: { $gt: 10 }, $or: [{ brand: /^a/i }, { stock: null }] }`. Values are what JSON has, and also BigInts
 * (all digits count), dates (their ISO text) and regular expressions.
 * @typedef {Record<string, unknown>} Filter
 */

/** A format's name; also that of one which was registered. @typedef {'json' | 'csv' | 'xlsx' | 'pdf' | 'xml' | 'html' | (string & {})} Format */

/**
 * @typedef {object} MoreOptions
 * @property {Format} format the format's name
 * @property {readonly (string | Column)[]} [columns] the columns and their order; default: every leaf path
 * @property {Filter | string} [filter] which records are exported: a query as MongoDB writes them, or its JSON text
 * @property {boolean | 'gzip' | 'zip' | Packing} [compression] `true` packs text formats into a .gz file
 *   and leaves the others as they are; `level` is 1 (fast) to 9 (small), also of what XLSX compresses inside
 * @property {AbortSignal} [signal] cancels the export
 * @property {(progress: ExportProgress) => void} [onProgress] gets each progress
 * @property {WritableStream | NodeWritable | FileSystemFileHandle | Sink | import('./private-file.js').PrivateFile} [sink] default: a Blob
 * @property {import('../build/generated/options.js').JsonOptionValues} [json]
 * @property {import('../build/generated/options.js').CsvOptionValues} [csv]
 * @property {import('../build/generated/options.js').XlsxOptionValues} [xlsx]
 * @property {import('../build/generated/options.js').XmlOptionValues} [xml]
 * @property {import('../build/generated/options.js').HtmlOptionValues} [html]
 * @property {import('../build/generated/options.js').PdfOptionValues & PdfFileOptions} [pdf]
 */

/**
 * How a file is packed.
 * @typedef {object} Packing
 * @property {'gzip' | 'zip'} [type] default: gzip for text formats; others are not packed, and `level` is that of what they compress inside
 * @property {number} [level] 1 (fast) to 9 (small); default: 6
 */

/**
 * @typedef {object} PdfFileOptions
 * @property {readonly import('./fonts.js').FontSource[]} [fonts] further TrueType fonts, for characters that the own fonts lack
 * @property {import('./fonts.js').FontSource} [logo] a picture for the cover: PNG or JPEG
 * @property {ThumbnailSource} [thumbnails] gets the pictures of the records, from the addresses in the column `thumbnailColumn`
 */

/**
 * Gets the bytes of a PNG or JPEG file of at most 512 KB; nothing, where there is none. Each address is asked for once, up to 8 at a time.
 * @typedef {(address: string, context: {signal: AbortSignal}) => PictureBytes | Promise<PictureBytes>} ThumbnailSource
 */

/** @typedef {ArrayBuffer | ArrayBufferView | null | undefined} PictureBytes */

/** What `startExport` takes; see web/options.md. @typedef {EveryFormatOptions & HostOptions & MoreOptions} ExportOptions */

/** Where an export is. @typedef {'queued' | 'analyzing' | 'encoding' | 'finalizing' | 'completed' | 'cancelled' | 'failed'} Phase */

/**
 * How far an export is. Flat formats without `columns` may read the source twice, analyzing and encoding; the counts are those of the phase.
 * @typedef {object} ExportProgress
 * @property {string} id
 * @property {string} format
 * @property {Phase} phase
 * @property {number} recordsRead
 * @property {number} recordsWritten
 * @property {number} recordsFiltered
 * @property {number} recordsRejected
 * @property {number} [recordsTotal]
 * @property {number} bytesIn of the source's text
 * @property {number} bytesOut
 * @property {number} [percent] of the whole export, where the size of the source is known
 * @property {number} recordsPerSecond in this phase
 * @property {number} [etaMs]
 * @property {number} memoryBytes all wasm memories and all buffers that the library holds
 * @property {number} workers
 * @property {number} chunkSize records in the last chunk
 * @property {number} retries
 * @property {number} warnings of different kinds, those of the estimate included
 * @property {Estimate} [estimate] once the first chunks are written, where the size of the source is known
 */

/**
 * What an export is going to be, judged by what was written of it so far.
 * @typedef {object} Estimate
 * @property {number} records written
 * @property {number} bytes of the file
 * @property {number} ms of the whole export
 * @property {number} [pages] of a document
 * @property {readonly Warning[]} warnings of limits that it is going to meet
 */

/**
 * Of records: `read = written + filtered + rejected`.
 * @typedef {object} Counts
 * @property {number} read
 * @property {number} written
 * @property {number} filtered
 * @property {number} rejected
 */

/**
 * A record that was rejected.
 * @typedef {object} Defect
 * @property {number} record its index in the source, from 0
 * @property {number} [offset] the byte of the source's text that is wrong
 * @property {string} code
 * @property {string} message
 * @property {string} [excerpt]
 * @property {string} [input] the name of the input, where there are several
 */

/**
 * What a format could not hold, or what else is not as one might think, and how often.
 * @typedef {object} Warning
 * @property {string} code
 * @property {string} message
 * @property {string} [column]
 * @property {number} [record] the first that it is about
 * @property {number} count
 * @property {string} [characters] the first that it is about, each once
 * @property {string} [suggestion] of limits
 * @property {string} [format] of limits: a format that has none
 */

/**
 * A column as it was written.
 * @typedef {object} ReportedColumn
 * @property {string} key
 * @property {string} label
 * @property {string} [type]
 */

/**
 * Milliseconds in each phase.
 * @typedef {object} Timings
 * @property {number} queued
 * @property {number} analyzing
 * @property {number} encoding
 * @property {number} finalizing
 * @property {number} total
 */

/**
 * Statistics of the columns. Where very many columns or values took more memory than allowed, `columnLimits` tells how many values a
 * column could keep, and which of the others there still are.
 * @typedef {{columns: ColumnStatistics[], columnLimits?: object}} ExportStatistics
 */

/**
 * Of one column; members that do not apply to it are left out.
 * @typedef {object} ColumnStatistics
 * @property {string} key
 * @property {string} label
 * @property {string} type of the values that there were, empty texts left out
 * @property {number} filled records with a value
 * @property {number} empty records without one; null counts as none
 * @property {number} [emptyText] empty texts among the filled ones
 * @property {number} [distinct] different values, by their spelling
 * @property {boolean} [distinctExact] whether `distinct` is more than an estimate
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [mean]
 * @property {number} [standardDeviation] of a sample
 * @property {number} [sum]
 * @property {Record<'p1' | 'p5' | 'p25' | 'p50' | 'p75' | 'p95' | 'p99', number>} [quantiles]
 * @property {boolean} [quantilesExact] whether they are more than within 1 % of a number of the column
 * @property {number} [quantilesError] the part within which they are, where it is more than that
 * @property {{from: number, to: number, count: number}[]} [histogram] at most 20 bins
 * @property {{value: CellValue, count: number}[]} [top] the 20 most frequent values
 * @property {boolean} [topExact] false where there were too many values to count each
 * @property {number} [untracked] values that were not counted for `top`
 * @property {number} [true] of booleans
 * @property {number} [false] of booleans
 * @property {string} [earliest] of dates, as it stands there
 * @property {string} [latest]
 * @property {{period: string, count: number}[]} [timeline] by day, month, year, decade or century
 * @property {number} [minLength] of texts, in UTF-16 units
 * @property {number} [maxLength]
 */

/**
 * What became of an export: JSON can hold it.
 * @typedef {object} ExportReport
 * @property {Counts} counts
 * @property {true} [validated] the document was found valid by its schema
 * @property {boolean} partial records were rejected, or the input ended early
 * @property {ReportedColumn[]} columns
 * @property {ExportStatistics} [statistics] with includeStatistics
 * @property {Defect[]} defects the first 10,000
 * @property {Warning[]} warnings
 * @property {Timings} timings
 * @property {number} peakMemoryBytes
 * @property {number} retries how often something was done again because a worker was lost or a source failed
 * @property {Estimate} [estimate] what was told first, once the first chunks were written
 * @property {PlanReport} plan how the export was cut and spread at its end
 * @property {string} version
 * @property {Record<string, unknown>} options as they were given
 * @property {string} startedAt ISO 8601, UTC
 * @property {string} finishedAt
 * @property {string[]} suggestions what to do about the warnings and defects
 */

/**
 * The figures that steer an export. They change while it runs, with its share of memory and with the records.
 * @typedef {object} PlanReport
 * @property {number} workers that it may use
 * @property {number} workersWanted those of them that were worth their start
 * @property {number} chunksInFlight that may be on the way
 * @property {number} windowBytes text that may be on the way
 * @property {number} chunkSize records that a chunk has about
 * @property {number} chunkBytes text that a chunk may have
 * @property {number} memoryShare bytes of the budget of all exports
 * @property {number} recordBytes of the source's text for a record
 * @property {number} bytesPerSecond of the source's text that a worker encodes
 * @property {number} waits how often the next chunk had to wait, because the exports held too much memory
 * @property {{workers: PlanReason, chunkBytes: PlanReason}} why what kept each figure from being larger
 */

/** @typedef {'option' | 'usual' | 'memory' | 'speed' | 'cores'} PlanReason */

/**
 * A file that is complete.
 * @typedef {object} ExportResult
 * @property {string} id
 * @property {string} fileName
 * @property {string} mimeType
 * @property {number} size bytes
 * @property {Blob} [blob] where there was no sink
 * @property {ResultFile[]} files the file itself, then those that belong to it: the schema of an XML document
 * @property {ExportReport} report
 */

/**
 * One file of those that belong to an export.
 * @typedef {object} ResultFile
 * @property {string} fileName
 * @property {string} mimeType
 * @property {number} size bytes
 * @property {Blob} [blob] of the first file where there was no sink; of others always
 */

/**
 * What a batch shares: options of all its exports, which an export's own options come before. Sinks are each export's own, unless all go
 * into one zip file.
 * @typedef {Omit<Partial<ExportOptions>, 'onProgress' | 'format'> & BatchOwnOptions} BatchOptions
 */

/**
 * What `retryRejected` changes: options in place of those of the export, and the source, where it is another one now.
 * @typedef {Partial<ExportOptions> & {source?: RecordSource | undefined}} RetryOptions
 */

/**
 * The same of a batch; `formats` in place of its own.
 * @typedef {BatchOptions & {source?: RecordSource | undefined, formats?: readonly (Format | ExportOptions)[] | undefined}} BatchRetryOptions
 */

/**
 * @typedef {object} BatchOwnOptions
 * @property {boolean} [zip] put all files into one zip file; `sink` and `fileName` are its own then
 * @property {(progress: BatchProgress) => void} [onProgress] gets the progress of the whole batch
 */

/**
 * The exports of a batch as one: its records are counted once, what was written is summed up. It is `completed` when all have ended and
 * not all have failed.
 * Its format is `batch`; `jobs` stand in the order of the formats.
 * @typedef {ExportProgress & {jobs: readonly Readonly<ExportProgress>[]}} BatchProgress
 */

/**
 * A format that fails does not end the others; the batch is rejected only when all of them have failed, or when it was cancelled.
 * @typedef {object} BatchResult
 * @property {string} id
 * @property {(ExportResult | undefined)[]} results in the order of the formats; with `zip` without blobs
 * @property {(import('./errors.js').ExportError | undefined)[]} errors the same, of those that failed
 * @property {number} size bytes of all files, or of the zip file
 * @property {string} [fileName] of the zip file
 * @property {string} [mimeType] of the zip file
 * @property {Blob} [blob] the zip file, where there was no sink
 */

/**
 * @typedef {object} PreviewOwnOptions
 * @property {number} [rows] records that are shown at most; default 50
 */

/** What `previewExport` takes. @typedef {Omit<ExportOptions, 'sink' | 'fileName' | 'compression'> & PreviewOwnOptions} PreviewOptions */

/**
 * The first records through the real encoder.
 * @typedef {object} Preview
 * @property {string} format
 * @property {string} mimeType of the blob
 * @property {Blob} blob the small file itself: a workbook, a PDF document, a text
 * @property {string} [text] of formats that are text
 * @property {ReportedColumn[]} columns of the table below, which is flat for every format
 * @property {CellValue[][]} rows the same records as a table; dates are the text that they were; numbers that a double cannot hold
 *   are text too
 * @property {boolean} truncated whether the source has more
 * @property {ExportReport} report
 */

/** A cell of a flat table. @typedef {string | number | boolean | null} CellValue */

/**
 * A wasm module: the formats of the core, those that are loaded when they are asked for, and what compresses text.
 * @typedef {'core' | 'xlsx' | 'pdf' | 'xml' | 'table' | 'deflate' | 'validator'} WasmModule
 */

/**
 * A format in JavaScript: see web/README.md. Without `moduleUrl` the functions run on the page's thread; with it, the module exports
 * them, and they run in the workers.
 * @typedef {object} FormatPlugin
 * @property {string} name of letters, digits, `-` and `_`; also the name of its group of options
 * @property {string} extension such as `.md`
 * @property {string} mimeType
 * @property {string | URL} [moduleUrl] of a module that exports `begin`, `batch` and `end`; relative to the page
 * @property {Record<string, unknown>} [options] the options that it has, with their defaults
 * @property {string} [separator] what stands between two results of `batch`
 * @property {PluginFunctions['begin']} [begin]
 * @property {PluginFunctions['batch']} [batch]
 * @property {PluginFunctions['end']} [end]
 */

/**
 * Each may be async. `batch` is called for chunks of the source in any order, on any worker and maybe twice, so that it must depend on
 * nothing but its arguments.
 * @typedef {object} PluginFunctions
 * @property {(context: PluginContext & {metadata?: object}) => PluginBytes | Promise<PluginBytes>} [begin] what stands before the first row
 * @property {(rows: CellValue[][], context: PluginContext) => PluginSegment | Promise<PluginSegment>} batch
 * @property {(context: PluginContext & PluginEnd) => PluginBytes | Promise<PluginBytes>} [end] what stands behind the last row
 */

/** A string is written as UTF-8. @typedef {string | Uint8Array | ArrayBuffer | null | undefined} PluginBytes */

/** `info`, which JSON can hold, is told to `end`. @typedef {PluginBytes | {bytes: PluginBytes, info?: unknown}} PluginSegment */

/**
 * What all functions of a plugin get.
 * @typedef {object} PluginContext
 * @property {{key: string, label: string, type: string}[]} columns
 * @property {Record<string, any>} options the format's own
 */

/**
 * What `end` of a plugin gets besides.
 * @typedef {object} PluginEnd
 * @property {Counts} counts
 * @property {{offset: number, length: number, info?: unknown}[]} segments where the results of `batch` stand in the file, before it is packed
 */

/**
 * What the library needs of a worker of `node:worker_threads`, told so that pages need no types of Node.
 * @typedef {object} NodeWorker
 * @property {(event: string, listener: (value: any) => void) => unknown} on
 * @property {(message: any, transfer?: any) => void} postMessage
 * @property {() => void} ref
 * @property {() => void} unref
 * @property {() => Promise<unknown>} terminate
 */

/**
 * What an `ExportProcessor` is made with.
 * @typedef {object} ProcessorOptions
 * @property {number} [maxConcurrent] exports that run at a time; default 5, or as many as have 8 MiB each
 * @property {number} [maxMemoryUsage] bytes that all exports together may hold; default 50 MiB, or what an export asks for where that is more
 * @property {number} [historyLimit] exports that have ended and are remembered, with their results; default 100
 * @property {number} [historyAge] milliseconds after which they are forgotten; default: never
 * @property {number} [workers] the most workers of an export that does not say how many
 * @property {string | URL} [workerUrl] default: worker.js beside this module
 * @property {() => Worker | NodeWorker} [createWorker] instead of `workerUrl`
 * @property {string | URL | Partial<Record<WasmModule, string | URL>>} [wasmUrl] of exportloom-core.wasm, with the others
 *   beside it, or of each module that is not beside this script
 * @property {() => number} [now] the clock, in milliseconds since 1970
 */

/**
 * All exports of a processor; it never changes, a new one is made when something does.
 * @typedef {object} Snapshot
 * @property {readonly Readonly<ExportProgress>[]} exports
 * @property {readonly ExportEntry[]} entries the same exports, with what came of them
 * @property {readonly BatchEntry[]} batches
 * @property {number} running
 * @property {number} queued
 * @property {number} memoryBytes all wasm memories and all buffers that the library held when the snapshot was made
 */

/**
 * An export as the snapshot shows it: the same object until something in it changes.
 * @typedef {object} ExportEntry
 * @property {string} id
 * @property {string} format
 * @property {string} [fileName] as the options say until it has ended
 * @property {Readonly<ExportProgress>} progress
 * @property {ExportResult} [result] when it is completed
 * @property {import('./errors.js').ExportError} [error] when it has failed or was cancelled
 * @property {number} createdAt milliseconds since 1970
 * @property {number} [endedAt]
 */

/**
 * A batch as the snapshot shows it: the same object until something in it changes.
 * @typedef {object} BatchEntry
 * @property {string} id
 * @property {readonly string[]} jobs the ids of its exports
 * @property {Readonly<BatchProgress>} progress
 * @property {BatchResult} [result] when it is completed
 * @property {import('./errors.js').ExportError} [error] when it has failed or was cancelled
 * @property {number} createdAt milliseconds since 1970
 * @property {number} [endedAt]
 */

/**
 * What `cleanup` forgets.
 * @typedef {object} CleanupOptions
 * @property {number} [age] only exports that ended so many milliseconds ago
 * @property {number} [count] keep the newest so many
 */
export {};
