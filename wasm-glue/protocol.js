// Every message between host and worker, and the protocol told once.
// SPDX-License-Identifier: MIT

/**
 * The host sends requests, the worker answers each one with exactly one reply that carries the request's `id`. A worker
 * works on one request at a time, in the order in which they came; the host keeps at most two of them waiting, so that a
 * worker is never idle and never ahead. Backpressure is that: no reply, no further chunk.
 *
 * `job` names an export; the worker opens it at `open`, keeps its C job, and drops it at `close`. `encode` and `scan` get
 * the chunk's text in `text`: bytes (transferred, and given back in the reply as `text`), or a string, which the worker
 * encodes. Between `open` and the first `encode` of a format with columns comes `columns`.
 * A job with a limit needs its chunks placed: it is sent `parse`, which answers with the counts and keeps the chunk, and
 * then `place`, which encodes and drops it. All other chunks go through `encode` in one step.
 * An error crosses by code (`ErrorReply`), never by prototype. After `fatal: true` the worker is of no further use.
 *
 * @typedef {object} LoadRequest      loads the wasm module; first of all
 * @property {'load'} op
 * @property {string} wasmUrl         absolute
 *
 * @typedef {object} OpenRequest
 * @property {'open'} op
 * @property {string} job
 * @property {string} options         JSON, as loom_job_options takes it
 *
 * @typedef {object} ScanRequest      answers with SegmentReply without `bytes`
 * @property {'scan'} op
 * @property {string} job
 * @property {number} chunk           the chunk's number in the source
 * @property {ArrayBuffer | string} text
 * @property {number} start           first byte of the chunk in `text`; 0 for a string
 * @property {number} length          bytes; ignored for a string
 * @property {number} form            a loom_form of src/job.h
 *
 * @typedef {object} EncodeRequest    answers with SegmentReply
 * @property {'encode' | 'parse'} op
 * @property {string} job
 * @property {number} chunk
 * @property {ArrayBuffer | string} text
 * @property {number} start
 * @property {number} length
 * @property {number} form
 * @property {boolean} scan           note paths and types too (formats that need no columns, for the report)
 * @property {ArrayBuffer} [spare]    a buffer that the segment may be put into; given back as `bytes`
 *
 * @typedef {object} PlaceRequest     answers with SegmentReply
 * @property {'place'} op
 * @property {string} job
 * @property {number} chunk           parsed before, on the same worker
 * @property {number} skip            good records to leave out at the chunk's start
 * @property {number} take            good records to write at most
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
 * @property {string} columns         JSON, as `settle` gave it
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
 * @typedef {object} TailRequest      answers with BytesReply
 * @property {'tail'} op
 * @property {string} job
 * @property {string} totals          JSON
 * @property {ArrayBuffer} [statistics] the state of all chunks
 *
 * @typedef {object} CloseRequest     frees the job and its chunks; answers with DoneReply
 * @property {'close'} op
 * @property {string} job
 *
 * @typedef {LoadRequest | OpenRequest | ScanRequest | EncodeRequest | PlaceRequest | SettleRequest | ColumnsRequest
 *   | GatherRequest | HeadRequest | TailRequest | CloseRequest} Request
 *
 * @typedef {object} SegmentReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory          bytes of the worker's wasm memory
 * @property {{read: number, good: number, rejected: number, written: number, ended: number}} counts
 * @property {string} report          JSON of loom_chunk_report, or ''
 * @property {boolean} [late]         made by the host: the chunk has values outside the settled columns
 * @property {ArrayBuffer} [text]     the request's own, given back
 * @property {ArrayBuffer} [bytes]    the segment is its first `length` bytes
 * @property {number} [length]
 * @property {ArrayBuffer} [statistics] of the records in the segment
 *
 * @typedef {object} BytesReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {ArrayBuffer} bytes
 * @property {number} lead            bytes of separator at the start of every segment (loom_job_lead); of head and tail
 * @property {string} warnings        JSON of loom_job_warnings, or ''; of head and tail
 * @property {string} [statistics]    JSON of loom_job_statistics_report, of a tail with statistics
 *
 * @typedef {object} TextReply
 * @property {number} id
 * @property {true} ok
 * @property {number} memory
 * @property {string} value
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
 * @typedef {SegmentReply | BytesReply | TextReply | DoneReply | ErrorReply} Reply
 */
export {};
