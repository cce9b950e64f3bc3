// Every message between host and worker, and the protocol told once.
// SPDX-License-Identifier: MIT

/**
 * The host sends requests, the worker answers each one with exactly one reply that carries the request's `id`. A worker
 * works on one request at a time, in the order in which they came; the host keeps at most two of them waiting, so that a
 * worker is never idle and never ahead. Backpressure is that: no reply, no further chunk.
 *
 * `job` names an export; the worker opens it at `open`, keeps its C job, and drops it at `close`. `encode` and `scan` get
 * the chunk's text in `text`, transferred, and given back in the reply as `text`. Between `open` and the first `encode` of a format with columns comes `columns`.
 * Where `open` answers with a limit of rows, the file has parts, and chunks are placed as src/job.h says: a chunk is sent `parse`,
 * which measures it, answers with the counts and keeps it if it has good records, and then, to the same worker, `fit` as often as
 * needed and `place`, of which the last drops it. All other chunks go through `encode` in one step.
 * An error crosses by code (`ErrorReply`), never by prototype. After `fatal: true` the worker is of no further use.
 *
 * @typedef {object} LoadRequest      loads a wasm module, before the first job that needs it; answers with LoadReply
 * @property {'load'} op
 * @property {string} module          its name
 * @property {string} wasmUrl         absolute
 * @property {WebAssembly.Module} [compiled] where another worker has fetched and compiled it before
 *
 * @typedef {object} OpenRequest      answers with OpenReply
 * @property {'open'} op
 * @property {string} job
 * @property {string} module          the module that has the format
 * @property {string} options         JSON, as loom_job_options takes it
 * @property {PluginModule} [plugin]  a registered format that has a module: what `options` make are rows for it
 * @property {number} [level]         deflate segments, head and tail, from 1 (fast) to 9 (small); needs the module `deflate`
 * @property {FormatFile[]} [files]   that the format may need
 *
 * @typedef {object} FormatFile        a file for loom_job_file
 * @property {number} slot
 * @property {number} use
 * @property {string | Uint8Array<ArrayBuffer>} place   an absolute URL, which the worker reads, or the bytes
 * @property {boolean} first          it is read at once, others when they are wanted
 *
 * @typedef {object} Spot              where a format that flows has come to; see src/job.h
 * @property {number} page
 * @property {number} height
 * @property {number} pieces
 * @property {number} pictures
 *
 * @typedef {Spot & {address: string}} FreshPicture one that is to be written
 *
 * @typedef {object} PluginModule
 * @property {string} name            of the format
 * @property {string} url             absolute
 * @property {Record<string, unknown>} options
 * @property {string} separator       between segments
 *
 * @typedef {object} ScanRequest      answers with SegmentReply without `bytes`
 * @property {boolean} [shapes]       tell the values of the records, for the schema
 * @property {'scan'} op
 * @property {string} job
 * @property {number} chunk           the chunk's number in the source
 * @property {ArrayBuffer} text
 * @property {number} start           first byte of the chunk in `text`
 * @property {number} length          bytes
 * @property {number} form            a loom_form of src/job.h
 * @property {import('./chunk.js').Window} [window] what is taken of the records that pass the filter
 *
 * @typedef {object} EncodeRequest    answers with SegmentReply
 * @property {'encode' | 'parse'} op  `parse` answers without `bytes`
 * @property {string} job
 * @property {number} chunk
 * @property {ArrayBuffer} text
 * @property {number} start
 * @property {number} length
 * @property {number} form
 * @property {import('./chunk.js').Window} [window]
 * @property {boolean} scan           note paths and types too (formats that need no columns, for the report)
 * @property {ArrayBuffer} [spare]    a buffer that the segment may be put into; given back as `bytes`
 *
 * @typedef {object} FitRequest       answers with FitReply
 * @property {'fit'} op
 * @property {string} job
 * @property {number} chunk           parsed before, on the same worker
 * @property {number} skip            good records to leave out at the chunk's start
 * @property {number} rows            room in the part
 * @property {number} bytes           the same
 *
 * @typedef {object} PlaceRequest     answers with SegmentReply; its report repeats that of `parse`, with more warnings
 * @property {'place'} op
 * @property {string} job
 * @property {number} chunk           parsed before, on the same worker
 * @property {number} skip            good records to leave out at the chunk's start
 * @property {number} take            good records to write
 * @property {number} rows            records of the part before
 * @property {number} links           links of the part before
 * @property {boolean} last           the chunk is not needed any more
 * @property {Spot} spot              for formats that flow
 * @property {Spot[]} [pictures] of all good records of the chunk
 * @property {ArrayBuffer} [spare]
 *
 * @typedef {object} SettleRequest    pure: merges the paths and answers with TextReply, the columns as JSON
 * @property {'settle'} op
 * @property {string} job
 * @property {string[]} paths         the `paths` of all reports, each as JSON
 * @property {boolean} extra
 *
 * @typedef {object} ColumnsRequest   answers with DoneReply
 * @property {'columns'} op
 * @property {string} job
 * @property {string} columns         JSON, as `settle` gave it; see loom_job_columns
 *
 * @typedef {object} GatherRequest    pure: folds statistics in the order of their chunks; answers with BytesReply, the new state
 * @property {'gather'} op
 * @property {string} job
 * @property {ArrayBuffer} [state]
 * @property {ArrayBuffer[]} blobs
 *
 * @typedef {object} HeadRequest      answers with BytesReply
 * @property {'head'} op
 * @property {string} job
 * @property {string} metadata        JSON
 *
 * @typedef {object} TurnRequest      pure: ends a part; answers with TurnReply
 * @property {'turn'} op
 * @property {string} job
 * @property {string} ending          JSON: {state, segments}
 * @property {boolean} more           start the next part
 *
 * @typedef {object} PictureRequest   pure: writes the picture of a record; answers with PictureReply
 * @property {'picture'} op
 * @property {string} job
 * @property {Spot} spot
 * @property {ArrayBuffer} file       empty for an empty frame
 *
 * @typedef {object} SchemaRequest    pure: answers with BytesReply, the schema of a format that has one
 * @property {'schema'} op
 * @property {string} job
 * @property {string} shapes          rows of the reports' `shapes`, merged, one a line; see loom_job_schema
 *
 * @typedef {object} ValidatorRequest all that is placed from now on is validated; needs the module `validator`; answers with DoneReply
 * @property {'validator'} op
 * @property {string} job
 * @property {string} schema
 * @property {string} metadata        JSON, as of `head`
 *
 * @typedef {object} TailRequest      answers with BytesReply
 * @property {'tail'} op
 * @property {string} job
 * @property {string} totals          JSON
 * @property {ArrayBuffer} [statistics] the state of all chunks
 * @property {Uint8Array[]} [ledger]  what the turns told of it
 *
 * @typedef {object} CloseRequest     frees the job and its chunks; answers with DoneReply
 * @property {'close'} op
 * @property {string} job
 *
 * @typedef {object} StoreRequest     a file of the browser's private file system: opens it, empties it, or closes it; answers with DoneReply
 * @property {'storeOpen' | 'storeRewind' | 'storeClose'} op
 * @property {string} name
 *
 * @typedef {object} StoreWriteRequest writes behind what is there; answers with DoneReply
 * @property {'storeWrite'} op
 * @property {string} name
 * @property {ArrayBuffer} bytes
 *
 * @typedef {StoreRequest | StoreWriteRequest | LoadRequest | OpenRequest | ScanRequest | EncodeRequest | FitRequest | PlaceRequest | SettleRequest
 *   | ColumnsRequest | GatherRequest | HeadRequest | PictureRequest | TurnRequest | SchemaRequest | ValidatorRequest | TailRequest | CloseRequest} Request
 *
 * @typedef {object} OpenReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {import('./binding.js').Limits} limits of a part of the file; `rows` is 0 where there are no parts
 *
 * @typedef {object} SegmentReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory          bytes of the worker's wasm memories
 * @property {number} spent           milliseconds that the worker needed
 * @property {import('./chunk.js').Counts} counts
 * @property {string} report          JSON of loom_chunk_report, or ''
 * @property {boolean} [late]         made by the host: the chunk has values outside the settled columns or the guessed schema
 * @property {ArrayBuffer} [text]     the request's own, given back
 * @property {ArrayBuffer} [bytes]    the segment is its first `length` bytes
 * @property {number} [length]
 * @property {import('./deflater.js').Packed} [packed] of a segment that was deflated
 * @property {ArrayBuffer} [separator] of such a segment, or of one of a registered format, as it is; it is not in `bytes`
 * @property {ArrayBuffer} [statistics] of the records in the segment
 * @property {string} [info]          JSON: of `place` that of loom_chunk_info, of a registered format what it wants to be told at the end
 * @property {ArrayBuffer} [flow]     of `parse`, where the format flows: what loom_chunk_flow tells of all good records
 * @property {{turns: boolean, segment: SegmentReply, fresh: FreshPicture[]}[]} [placed] made by the host: the segments of a chunk of a format with parts
 *
 * @typedef {object} FitReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {number} take            good records that fit
 * @property {number} links           of them
 * @property {number} bytes           of them
 * @property {ArrayBuffer} [flow]     of them, as of `parse`
 *
 * @typedef {object} BytesReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {ArrayBuffer} bytes
 * @property {number} [length]        of head and tail, which are the first `length` bytes
 * @property {import('./deflater.js').Packed} [packed] of head and tail that were deflated
 * @property {number} lead            bytes of separator at the start of every segment (loom_job_lead); of head and tail
 * @property {string} warnings        JSON of loom_job_warnings, or ''; of head and tail
 * @property {string} [statistics]    JSON of loom_job_statistics_report, of a tail with statistics
 * @property {string} [state]         JSON of loom_job_state, of a head; '' where the file has no parts
 *
 * @typedef {object} TurnReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {ArrayBuffer} bytes
 * @property {[number, number]} cuts  where the asides stand in it
 * @property {string} state           JSON of loom_job_state
 * @property {Uint8Array<ArrayBuffer>} ledger for the tail
 *
 * @typedef {object} PictureReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {ArrayBuffer} bytes
 * @property {string} state           JSON, what the turn must be told of it
 * @property {boolean} unreadable     an empty frame was written
 *
 * @typedef {object} TextReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {string} value
 *
 * @typedef {object} LoadReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {WebAssembly.Module} compiled  for the next worker
 *
 * @typedef {object} DoneReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 *
 * @typedef {object} ErrorReply
 * @property {number} id
 * @property {false} ok
 * @property {boolean} fatal
 * @property {{code: string, message: string, suggestion?: string, column?: string, record?: number, offset?: number}} error
 *
 * @typedef {OpenReply | SegmentReply | FitReply | BytesReply | PictureReply | TurnReply | TextReply | LoadReply | DoneReply | ErrorReply} Reply
 */
export {};
