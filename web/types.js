// The types that users of the library see.
// SPDX-License-Identifier: MIT

/**
 * What can be exported. A string is JSON or NDJSON text, bytes are the same in UTF-8, plain or gzipped. A stream may
 * bring bytes, text, records, or arrays of records.
 * @typedef {object[] | Iterable<object> | AsyncIterable<object | object[] | Uint8Array | string> | ReadableStream | Blob
 *   | Response | URL | ArrayBuffer | ArrayBufferView | string | ByteSource
 *   | JoinedSource} RecordSource
 *
 * Several sources whose records are exported one after another.
 * @typedef {object} JoinedSource
 * @property {RecordSource[]} inputs
 *
 * A source of bytes that anybody can write; `exportloom/node` makes them from files.
 * @typedef {object} ByteSource
 * @property {string} [name] a name that ends in .ndjson or .jsonl says that there is one record a line
 * @property {boolean} again whether `openReader` may be called more than once
 * @property {boolean} [afresh] whether a further export may call it where this one may not, because it costs much
 * @property {number} [size] bytes, where known before it is opened
 * @property {() => ByteReader | Promise<ByteReader>} openReader
 * @property {(error: any) => boolean} [mayPass] whether what failed with this error, opening or a read, may be tried again: `read` goes on
 *   behind what it gave last
 *
 * @typedef {object} ByteReader
 * @property {(view: Uint8Array) => number | Promise<number>} read puts bytes at the start of the view (4 KiB or more) and
 *   tells how many; 0 at the end
 * @property {() => void | Promise<void>} close
 * @property {number} [size] bytes of the source, where known now
 * @property {string} [version] differs when the source was changed since it was opened before
 *
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
 *
 * @typedef {object} Column
 * @property {string} key dotted path
 * @property {string} [label]
 * @property {'text' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'json'} [type]
 * @property {number} [width]
 * @property {string} [format]
 * @property {boolean} [hidden]
 *
 * @typedef {import('../build/generated/options.js').ExportOptionValues} EveryFormatOptions
 * @typedef {import('../build/generated/options.js').HostOptionValues} HostOptions
 *
 * A query document, such as `{ price: { $gt: 10 }, $or: [{ brand: /^a/i }, { stock: null }] }`. Values are what JSON has, and also BigInts
 * (all digits count), dates (their ISO text) and regular expressions.
 * @typedef {Record<string, unknown>} Filter
 *
 * @typedef {object} MoreOptions
 * @property {string} format the format's name
 * @property {(string | Column)[]} [columns] the columns and their order; default: every leaf path
 * @property {Filter | string} [filter] which records are exported: a query as MongoDB writes them, or its JSON text
 * @property {boolean | 'gzip' | 'zip' | {type?: 'gzip' | 'zip', level?: number}} [compression] `true` packs text formats into a .gz file
 *   and leaves the others as they are; `level` is 1 (fast) to 9 (small), also of what XLSX compresses inside
 * @property {AbortSignal} [signal] cancels the export
 * @property {(progress: ExportProgress) => void} [onProgress]
 * @property {WritableStream | FileSystemFileHandle | Sink} [sink] default: a Blob
 * @property {import('../build/generated/options.js').JsonOptionValues} [json]
 * @property {import('../build/generated/options.js').CsvOptionValues} [csv]
 * @property {import('../build/generated/options.js').XlsxOptionValues} [xlsx]
 * @property {import('../build/generated/options.js').XmlOptionValues} [xml]
 * @property {import('../build/generated/options.js').HtmlOptionValues} [html]
 * @property {import('../build/generated/options.js').PdfOptionValues & PdfFileOptions} [pdf]
 *
 * @typedef {object} PdfFileOptions
 * @property {import('./fonts.js').FontSource[]} [fonts] further TrueType fonts, for characters that the own fonts lack
 * @property {import('./fonts.js').FontSource} [logo] a picture for the cover: PNG or JPEG
 * @property {ThumbnailSource} [thumbnails] gets the pictures of the records, from the addresses in the column `thumbnailColumn`
 *
 * Gets the bytes of a PNG or JPEG file of at most 512 KB; nothing, where there is none. Each address is asked for once, up to 8 at a time.
 * @typedef {(address: string, context: {signal: AbortSignal}) => PictureBytes | Promise<PictureBytes>} ThumbnailSource
 * @typedef {ArrayBuffer | ArrayBufferView | null | undefined} PictureBytes
 *
 * @typedef {EveryFormatOptions & HostOptions & MoreOptions} ExportOptions
 *
 * @typedef {'queued' | 'analyzing' | 'encoding' | 'finalizing' | 'completed' | 'cancelled' | 'failed'} Phase
 *
 * Flat formats without `columns` read the source twice, analyzing and encoding. The counts are those of the phase.
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
 *
 * What an export is going to be, judged by what was written of it so far.
 * @typedef {object} Estimate
 * @property {number} records written
 * @property {number} bytes of the file
 * @property {number} ms of the whole export
 * @property {number} [pages] of a document
 * @property {readonly Warning[]} warnings of limits that it is going to meet
 *
 * @typedef {object} Counts
 * @property {number} read
 * @property {number} written
 * @property {number} filtered
 * @property {number} rejected
 *
 * A record that was rejected.
 * @typedef {object} Defect
 * @property {number} record its index in the source, from 0
 * @property {number} [offset] the byte of the source's text that is wrong
 * @property {string} code
 * @property {string} message
 * @property {string} [excerpt]
 * @property {string} [input] the name of the input, where there are several
 *
 * @typedef {object} Warning
 * @property {string} code
 * @property {string} message
 * @property {string} [column]
 * @property {number} [record] the first that it is about
 * @property {number} count
 * @property {string} [characters] the first that it is about, each once
 * @property {string} [suggestion] of limits
 * @property {string} [format] of limits: a format that has none
 *
 * @typedef {object} ReportedColumn
 * @property {string} key
 * @property {string} label
 * @property {string} [type]
 *
 * @typedef {object} Timings milliseconds
 * @property {number} queued
 * @property {number} analyzing
 * @property {number} encoding
 * @property {number} finalizing
 * @property {number} total
 *
 * Statistics of the columns, as `loom_job_statistics_report` of src/job.h describes them.
 * @typedef {{columns: Record<string, any>[], columnLimits?: object}} ExportStatistics
 *
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
 * @property {string} startedAt
 * @property {string} finishedAt
 * @property {string[]} suggestions
 *
 * The figures that steer an export. They change while it runs, with its share of memory and with the records.
 * @typedef {object} PlanReport
 * @property {number} workers that it may use
 * @property {number} chunksInFlight that may be on the way
 * @property {number} windowBytes text that may be on the way
 * @property {number} chunkSize records that a chunk has about
 * @property {number} chunkBytes text that a chunk may have
 * @property {number} memoryShare bytes of the budget of all exports
 * @property {number} recordBytes of the source's text for a record
 * @property {number} bytesPerSecond of the source's text that a worker encodes
 * @property {number} waits how often the next chunk had to wait, because the exports held too much memory
 * @property {{workers: PlanReason, chunkBytes: PlanReason}} why what kept each figure from being larger
 *
 * @typedef {'option' | 'usual' | 'memory' | 'speed' | 'cores'} PlanReason
 *
 * @typedef {object} ExportResult
 * @property {string} id
 * @property {string} fileName
 * @property {string} mimeType
 * @property {number} size bytes
 * @property {Blob} [blob] where there was no sink
 * @property {ResultFile[]} files the file itself, then those that belong to it: the schema of an XML document
 * @property {ExportReport} report
 *
 * @typedef {object} ResultFile
 * @property {string} fileName
 * @property {string} mimeType
 * @property {number} size bytes
 * @property {Blob} [blob] of the first file where there was no sink; of others always
 *
 * What a batch shares: options of all its exports, which an export's own options come before. Sinks are each export's own, unless all go
 * into one zip file.
 * @typedef {Omit<Partial<ExportOptions>, 'onProgress' | 'format'> & BatchOwnOptions} BatchOptions
 *
 * What `retryRejected` changes: options in place of those of the export, and the source, where it is another one now.
 * @typedef {Partial<ExportOptions> & {source?: RecordSource}} RetryOptions
 * @typedef {BatchOptions & {source?: RecordSource, formats?: (string | ExportOptions)[]}} BatchRetryOptions
 *
 * @typedef {object} BatchOwnOptions
 * @property {boolean} [zip] put all files into one zip file; `sink` and `fileName` are its own then
 * @property {(progress: BatchProgress) => void} [onProgress]
 *
 * The exports of a batch as one: its records are counted once, what was written is summed up. It is `completed` when all have ended and
 * not all have failed.
 * @typedef {ExportProgress & {jobs: readonly Readonly<ExportProgress>[]}} BatchProgress format is `batch`; `jobs` in the order of the formats
 *
 * A format that fails does not end the others; the batch is rejected only when all of them have failed, or when it was cancelled.
 * @typedef {object} BatchResult
 * @property {string} id
 * @property {(ExportResult | undefined)[]} results in the order of the formats; with `zip` without blobs
 * @property {(import('./errors.js').ExportError | undefined)[]} errors the same, of those that failed
 * @property {number} size bytes of all files, or of the zip file
 * @property {string} [fileName] of the zip file
 * @property {string} [mimeType] of the zip file
 * @property {Blob} [blob] the zip file, where there was no sink
 *
 * @typedef {object} PreviewOwnOptions
 * @property {number} [rows] records that are shown at most; default 50
 * @typedef {Omit<ExportOptions, 'sink' | 'fileName' | 'compression'> & PreviewOwnOptions} PreviewOptions
 *
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
 *
 * @typedef {string | number | boolean | null} CellValue
 *
 * A wasm module: the formats of the core, those that are loaded when they are asked for, and what compresses text.
 * @typedef {'core' | 'xlsx' | 'pdf' | 'xml' | 'table' | 'deflate' | 'validator'} WasmModule
 *
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
 *
 * Each may be async. `batch` is called for chunks of the source in any order, on any worker and maybe twice, so that it must depend on
 * nothing but its arguments.
 * @typedef {object} PluginFunctions
 * @property {(context: PluginContext & {metadata?: object}) => PluginBytes | Promise<PluginBytes>} [begin] what stands before the first row
 * @property {(rows: CellValue[][], context: PluginContext) => PluginSegment | Promise<PluginSegment>} batch
 * @property {(context: PluginContext & PluginEnd) => PluginBytes | Promise<PluginBytes>} [end] what stands behind the last row
 *
 * @typedef {string | Uint8Array | ArrayBuffer | undefined} PluginBytes a string is written as UTF-8
 * @typedef {PluginBytes | {bytes: PluginBytes, info?: unknown}} PluginSegment `info`, which JSON can hold, is told to `end`
 *
 * @typedef {object} PluginContext
 * @property {{key: string, label: string, type: string}[]} columns
 * @property {Record<string, any>} options the format's own
 *
 * @typedef {object} PluginEnd
 * @property {Counts} counts
 * @property {{offset: number, length: number, info?: unknown}[]} segments where the results of `batch` stand in the file, before it is packed
 *
 * What the library needs of a worker of `node:worker_threads`, told so that pages need no types of Node.
 * @typedef {object} NodeWorker
 * @property {(event: string, listener: (value: any) => void) => unknown} on
 * @property {(message: any, transfer?: any) => void} postMessage
 * @property {() => void} ref
 * @property {() => void} unref
 * @property {() => Promise<unknown>} terminate
 *
 * @typedef {object} ProcessorOptions
 * @property {number} [maxConcurrent] exports that run at a time; default 5, or as many as have 8 MiB each
 * @property {number} [maxMemoryUsage] bytes that all exports together may hold; default 50 MiB, or what an export asks for where that is more
 * @property {number} [historyLimit] exports that have ended and are remembered, with their results; default 100
 * @property {number} [historyAge] milliseconds after which they are forgotten; default: never
 * @property {number} [workers] workers of an export that does not say how many
 * @property {string | URL} [workerUrl] default: worker.js beside this module
 * @property {() => Worker | NodeWorker} [createWorker] instead of `workerUrl`
 * @property {string | URL | Partial<Record<WasmModule, string | URL>>} [wasmUrl] of exportloom-core.wasm, with the others
 *   beside it, or of each module that is not beside this script
 * @property {() => number} [now] the clock, in milliseconds since 1970
 *
 * @typedef {object} Snapshot never changes; a new one is made when something does
 * @property {readonly Readonly<ExportProgress>[]} exports
 * @property {readonly ExportEntry[]} entries the same exports, with what came of them
 * @property {readonly BatchEntry[]} batches
 * @property {number} running
 * @property {number} queued
 * @property {number} memoryBytes all wasm memories and all buffers that the library held when the snapshot was made
 *
 * @typedef {object} ExportEntry the same object until something changes
 * @property {string} id
 * @property {string} format
 * @property {string} [fileName] as the options say until it has ended
 * @property {Readonly<ExportProgress>} progress
 * @property {ExportResult} [result] when it is completed
 * @property {import('./errors.js').ExportError} [error] when it has failed or was cancelled
 * @property {number} createdAt milliseconds since 1970
 * @property {number} [endedAt]
 *
 * @typedef {object} BatchEntry the same object until something changes
 * @property {string} id
 * @property {readonly string[]} jobs the ids of its exports
 * @property {Readonly<BatchProgress>} progress
 * @property {BatchResult} [result] when it is completed
 * @property {import('./errors.js').ExportError} [error] when it has failed or was cancelled
 * @property {number} createdAt milliseconds since 1970
 * @property {number} [endedAt]
 *
 * @typedef {object} CleanupOptions
 * @property {number} [age] only exports that ended so many milliseconds ago
 * @property {number} [count] keep the newest so many
 */
export {};
