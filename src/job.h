/* The public C API: one export job, its chunks, and its assembler.
 * SPDX-License-Identifier: MIT
 *
 * A job is opened once on every worker with the same options. From there on everything is a function of
 * (job, chunk, place), so that any worker can do any chunk, and do it again:
 *
 *   scan pass     loom_chunk_new, _text, _parse, _scan, _report: which paths the chunk saw first
 *                 loom_job_merge for every such report, in any order; loom_job_settle: the columns
 *   encode pass   loom_job_columns on every worker; then for each chunk _new, _text, _parse, _encode
 *   assembly      loom_job_head + the segments in order + loom_job_tail. Every segment that is not empty starts with
 *                 loom_job_lead() bytes of separator, which the assembler drops from the first one.
 *   statistics    with includeStatistics, after every _encode: loom_chunk_statistics, a blob that travels to one job, the
 *                 assembler's, which takes the blobs by loom_job_statistics_merge in the order of the chunks, before its
 *                 loom_job_tail. That job has its columns too. A chunk that is done again makes the same blob again; the job must be
 *                 given only one of them.
 *
 * A format whose file has parts of limited size, such as the sheets of a workbook, has loom_job_limit(ROWS) > 0. There, a
 * chunk is encoded in two steps, and the caller keeps the place, which is three numbers: records, bytes and links of the part so far.
 *
 *   encode pass   for each chunk _new, _text, _parse, _measure, on any worker, at the same time as others. Then, in the
 *                 order of the source, each chunk gets its place:
 *                   rows + GOOD <= limit(ROWS) and bytes + BYTES <= limit(BYTES):
 *                     _place(0, GOOD, rows, links); rows += GOOD; bytes += BYTES; links += LINKS
 *                   else:
 *                     n = _fit(0, limit(ROWS) - rows, limit(BYTES) - bytes); if n > 0: _place(0, n, rows, links)
 *                     loom_job_turn with more = 1; rows = bytes = links = 0; and the same with skip = n, as often as
 *                     needed. Where _fit answers 0 for an empty part, place one record all the same.
 *                 LINKS and BYTES are those of all good records after _measure, and of the n records after _fit. Only these numbers are
 *                 sequential: a chunk can be placed while the one before it is being placed on another worker. Nothing is placed
 *                 with take = 0.
 *   segments      _output of a placed segment is its body, the first aside and the second aside, one behind the other: BODY
 *                 bytes, ASIDE bytes, and the rest. Bodies are written in order; asides are kept, with loom_chunk_info, until the part
 *                 ends. Segments can be placed again, elsewhere, with the same result.
 *   assembly      loom_job_head, then loom_job_state; the bodies of the first part; loom_job_turn with
 *                 {"state": the state, "segments": [the info of each segment of the part]}, and again loom_job_state. Its output is
 *                 written in three pieces: up to loom_job_cut(0), all first asides in order, up to loom_job_cut(1), all
 *                 second asides in order, the rest. The last turn has more = 0. loom_job_tail ends the file; its totals
 *                 have the state of the last turn as the member `state`. What only the tail must know of the parts is in
 *                 loom_job_ledger after every turn; the caller keeps it and gives all of it back in loom_job_ledger_room.
 *
 * A format that flows down pages has parts too, and its place is also a spot: page, steps of height on it, pieces of pages so far; at the
 * start 0, 0, 0. loom_chunk_flow tells how the records of a chunk move it, from whatever height: three numbers for each of
 * the heights 0, 1, ... in order. For a chunk of n records that starts at (page, height, pieces), those at [3 * height] are: pages to be
 * added, the new height, pieces to be added. A spot goes on through all parts.
 *
 * Where LOOM_COUNT_PICTURES is not 0, the report of the chunk tells the addresses of the pictures. Before the chunk is placed, each of
 * them gets a spot: one that was seen before the spot that it had, others that of the chunk, whose fourth number, pictures, is then one
 * more. The new ones are written in this order before the segments of the chunk, by loom_job_picture, and what loom_job_state tells of
 * each stands among the infos of the segments. So equal addresses are one picture, and nothing need be known of it to place the chunk.
 *
 * head, turn and tail need nothing but their arguments and the columns; each may be called on another worker.
 *
 * Functions that return int give 0 or a number of errors.def; loom_job_error tells more. After a FATAL error only
 * loom_chunk_free and loom_job_free are legal; both accept NULL. Not thread-safe: one job belongs to one thread.
 */
#ifndef LOOM_JOB_H
#define LOOM_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/memory.h"

typedef struct loom_job loom_job;
typedef struct loom_chunk loom_chunk;

/** How the text of a chunk is laid out. */
enum loom_form {
    LOOM_FORM_LINES = 0,       /* NDJSON: one record a line, blank lines are skipped */
    LOOM_FORM_ARRAY_FIRST = 1, /* the inside of a JSON array from just behind its `[`: records with commas between */
    LOOM_FORM_ARRAY_NEXT = 2,  /* a later piece of it, which starts with the comma behind the piece before */
    LOOM_FORM_ARRAY_WHOLE = 3, /* a JSON array from `[` to `]` */
};

/** What loom_chunk_count can tell. */
enum loom_count {
    LOOM_COUNT_READ = 0,     /* records found, good and bad */
    LOOM_COUNT_GOOD = 1,     /* records that can be written: valid ones that the filter lets pass */
    LOOM_COUNT_REJECTED = 2, /* records that were not valid */
    LOOM_COUNT_WRITTEN = 3,  /* records that the last loom_chunk_encode wrote */
    LOOM_COUNT_ENDED = 4,    /* 1: a JSON array is broken here and nothing behind this chunk may be exported */
    LOOM_COUNT_LINKS = 5,    /* links of the good records after loom_chunk_measure, or of those that loom_chunk_fit counted */
    LOOM_COUNT_BYTES = 6,    /* the same for bytes before compression */
    LOOM_COUNT_BODY = 7,     /* bytes of the body in the output of the last loom_chunk_place */
    LOOM_COUNT_ASIDE = 8,    /* bytes of the first aside behind it */
    LOOM_COUNT_FILTERED = 9, /* valid records that the filter or loom_chunk_window left out: READ = GOOD + FILTERED + REJECTED */
    LOOM_COUNT_SKIPPED = 10, /* those of them that loom_chunk_window skipped */
    LOOM_COUNT_PICTURES = 11, /* pictures that the good records show, after loom_chunk_measure */
};

/** The slot of the picture on the cover; see loom_job_file. */
#define LOOM_SLOT_LOGO 16u

/** What loom_job_limit can tell. */
enum loom_limit {
    LOOM_LIMIT_ROWS = 0,  /* records that a part of the file holds; 0: the file has no parts */
    LOOM_LIMIT_BYTES = 1, /* bytes that the encoded records of a part may have before compression */
};

/** A job without options, or NULL when there is no memory. Free it with loom_job_free. */
loom_job *loom_job_new(void);

/** Frees the job; accepts NULL. Its chunks must have been freed before. */
void loom_job_free(loom_job *job);

/** Reads the options, a JSON object as in options.def: {"format": "csv", "columns": [...], "csv": {...}, ...}. Groups of
 *  other formats are read and checked too. Errors: UNKNOWN_OPTION (with the nearest right name), INVALID_OPTION,
 *  UNKNOWN_FORMAT, OUT_OF_MEMORY. Call it once, first. */
LOOM_CHECKED int loom_job_options(loom_job *job, const char *text, size_t length);

/** What the host knows of the time zone and the locale of the options, as loom_region_read takes it. Call it after loom_job_options on
 *  every worker whose options name one of them (another zone than UTC): without it, head and segments are refused. */
LOOM_CHECKED int loom_job_region(loom_job *job, const char *text, size_t length);

/** The last error as a JSON object {code, message, suggestion?, column?, record?, offset?}, NUL-terminated and owned by
 *  the job until the next call; the suggestion is there where it is better than the table's. "" when there was no error. Accepts NULL,
 *  which tells OUT_OF_MEMORY. */
const char *loom_job_error(loom_job *job);

/** Gives the job a file, such as a font, or (with `bytes` NULL) only tells that there is one, so that loom_job_wanted can ask for it. `slot`
 *  is 0 to 15 for fonts, LOOM_SLOT_LOGO for the picture on the cover; `use` says what a font is for, 1: regular text, 2: bold, 3: both; a
 *  character is taken from the first font in the order in which they were told that has it. `bytes` came from loom_alloc and
 *  belong to the job, also after an error. Call it after loom_job_options. Errors: BAD_FONT, BAD_IMAGE, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_job_file(loom_job *job, uint32_t slot, uint32_t use, uint8_t *bytes, size_t length);

/** Bit i: the file of slot i must be given before what the last _measure, _head or _tail made is of use. Then do it again. */
uint32_t loom_job_wanted(const loom_job *job);

/** Takes over the paths that a chunk saw first: the member `paths` of a chunk's report, with the brackets. Reports may
 *  come in any order, and each of them once: the values that they count are added up. */
LOOM_CHECKED int loom_job_merge(loom_job *job, const char *text, size_t length);

/** Makes the columns from what was merged, in order of first appearance, and leaves them as a JSON array
 *  [{"key", "label", "type", "width", "filled", "path": [...]}] in the job's output. `extra` adds the column `_extra` for keys that appear
 *  later; it has no path. A column whose name another one had first is told apart and has `"clash": true`.
 *  Errors: TOO_MANY_COLUMNS, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_job_settle(loom_job *job, int extra);

/** Settles the columns of this job as loom_job_settle left them, on any worker. Where the options name columns, those stay, and only learn
 *  how wide and how filled they are, and their types; for formats that lay columns out. Call it before anything is encoded. */
LOOM_CHECKED int loom_job_columns(loom_job *job, const char *text, size_t length);

/** The bytes before the first segment, into the job's output. `metadata` is a JSON value for the audit trail, shown only
 *  with includeMetadata. XLSX takes the time of its file from the member `exportedAt`, ISO 8601 in UTC, always. */
LOOM_CHECKED int loom_job_head(loom_job *job, const char *metadata, size_t length);

/** Whether the columns must be known before the first chunk is encoded: 1 for flat formats, and for all where includeStatistics is set.
 *  Such a job needs the scan pass or chosen columns. Valid after loom_job_options. */
int loom_job_needs_columns(const loom_job *job);

/** Takes the statistics of the next chunk, or of all chunks so far as loom_job_statistics_write left them, which can only be taken first.
 *  Chunks without records may be left out. Not without includeStatistics. Errors: INTERNAL for any other blob, and for a job
 *  without columns; OUT_OF_MEMORY. */
LOOM_CHECKED int loom_job_statistics_merge(loom_job *job, const uint8_t *blob, size_t length);

/** Leaves everything that was merged as one blob in the job's output, for a loom_job_statistics_merge elsewhere. */
LOOM_CHECKED int loom_job_statistics_write(loom_job *job);

/** Leaves the merged statistics in the job's output, a JSON object {"columns": [...]}. Members that do not apply to a column are left
 *  out:
 *    key, label, type     type of the values that there were, empty texts left out, whatever was asked for
 *    filled, empty        records with and without a value; null counts as none
 *    emptyText            empty texts among the filled ones
 *    distinct             different values, by their spelling: 1 and 1.0 are two; exact up to 4,096 of them and 256 KB of text, else a
 *    distinctExact        HyperLogLog's estimate (standard error 2.3 %)
 *    min, max             numbers, with their own digits
 *    mean, standardDeviation, sum       from exact sums; the deviation is that of a sample
 *    quantiles {p1, p5, p25, p50, p75, p95, p99}   exact and interpolated while `distinct` is exact, else within 1 % of a number of the
 *    quantilesExact       column; quantilesError tells the part where it is more than that
 *    histogram [{from, to, count}]      at most 20 bins
 *    top [{value, count}] the 20 most frequent of the first 4,096 different values, ties in order of first appearance; a text of more
 *    topExact             than 240 bytes is cut and ends in an ellipsis; false when there were others
 *    untracked            values that were others
 *    true, false          booleans
 *    earliest, latest     dates as they stand there; zones are heeded
 *    timeline [{period, count}]         by day, in `timeZone`, while all lie within 62 days, else by month, year, decade or century
 *    minLength, maxLength of texts, in UTF-16 units
 *  Where very many columns or values take more memory than allowed, "columnLimits" {values, sketches, sums, ranges} tells how many values
 *  a column could keep and which of the others there still are. */
LOOM_CHECKED int loom_job_statistics_report(loom_job *job);

/** The bytes behind the last segment, into the job's output. `totals` is a JSON object {"counts": {"written": n, ...}, ...}, which
 *  the envelope of JSON shows as its statistics. Where statistics were merged, formats get it with the members of
 *  loom_job_statistics_report added. XLSX takes from it: `state` (needed); `metadata`, as for loom_job_head, and
 *  `warnings` [{"code", "message", "column"?, "count"}] for the sheet Metadata; `defects` [{"record", "offset", "code", "message",
 *  "excerpt", "input"?}] for the sheet Errors. */
LOOM_CHECKED int loom_job_tail(loom_job *job, const char *totals, size_t length);

/** Bytes of separator that every segment that is not empty starts with. Valid after loom_job_options. */
size_t loom_job_lead(const loom_job *job);

/** Warnings about the job as a whole, known once loom_job_head is done: a JSON array as `warnings` of loom_chunk_report, or ""
 *  when there are none. Owned by the job until the next call; NULL when memory ran out. */
const char *loom_job_warnings(loom_job *job);

/** One of loom_limit. Valid after loom_job_options. */
uint32_t loom_job_limit(const loom_job *job, int which);

/** Formats with parts: ends a part, and starts the next one if `more` is not 0; see the top. `text` is a JSON object
 *  {"state", "segments"}. The bytes go into the job's output. */
LOOM_CHECKED int loom_job_turn(loom_job *job, const char *text, size_t length, int more);

/** Formats that have a schema: makes it, into the job's output, from the members `shapes` of the reports of all chunks: a row
 *  [parent, key, kinds, count, objects, followers...] a line, merged so that the kinds are joined, the counts added and the followers
 *  united; `parent` is the number of a line before, -1 in the first, and `followers`, at most 16 (with more there are none, and 1024 is added to
 *  the kinds), are the lines whose elements stood next to it in some object. Without rows the schema describes no records. Errors: INTERNAL for any other text. */
LOOM_CHECKED int loom_job_schema(loom_job *job, const char *text, size_t length);

/** Where in the output of the last loom_job_turn the first (`which` 0) or second (1) asides stand. */
size_t loom_job_cut(const loom_job *job, int which);

/** Formats with parts: what the next loom_job_turn or loom_job_tail must be told of the last loom_job_head or loom_job_turn, a JSON value;
 *  "" for other formats. Owned by the job until its next call; NULL when memory ran out. */
const char *loom_job_state(loom_job *job);

/** Formats with parts: what loom_job_tail must be told of the last loom_job_turn besides the state, some bytes for each page or none at all;
 *  owned by the job until the next turn or loom_job_ledger_room. */
const uint8_t *loom_job_ledger(const loom_job *job);
size_t loom_job_ledger_length(const loom_job *job);

/** Room for what loom_job_ledger told after every turn, `length` bytes in all, to be filled with them, one behind the other, before each
 *  loom_job_tail. NULL when memory ran out or there are more than 256 MB. */
uint8_t *loom_job_ledger_room(loom_job *job, size_t length);

/** What the last of settle, head, turn, tail, statistics_write and statistics_report made; owned by the job until the next of them. */
const uint8_t *loom_job_output(const loom_job *job);
size_t loom_job_output_length(const loom_job *job);

/** A chunk with room for `capacity` bytes of text, or NULL (see loom_job_error). Free it with loom_chunk_free. */
loom_chunk *loom_chunk_new(loom_job *job, size_t capacity);

/** Frees the chunk; accepts NULL. The job may keep its memory for the next chunk. */
void loom_chunk_free(loom_chunk *chunk);

/** Where the caller puts the text: `capacity` bytes, valid until loom_chunk_free. */
uint8_t *loom_chunk_text(loom_chunk *chunk);

/** What is taken of the records that are valid and that the filter lets pass: the first `skip` are left out, and parsing ends behind `take`
 *  further ones (0: it does not), as if the text ended there. To be called before loom_chunk_parse; without it all are taken. */
void loom_chunk_window(loom_chunk *chunk, uint32_t skip, uint32_t take);

/** Parses the first `length` bytes of the text (RFC 8259, UTF-8) into the record batch. `form` is a loom_form. Bad
 *  records are counted and reported, not returned. Call it once. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_chunk_parse(loom_chunk *chunk, size_t length, int form);

/** Notes which paths the good records have and which types they hold; `index` is the chunk's number in the source.
 *  What this job had not reported before is told by loom_chunk_report as `paths`. */
LOOM_CHECKED int loom_chunk_scan(loom_chunk *chunk, uint32_t index);

/** How the records move the spot: all good records after loom_chunk_measure, and the n records after loom_chunk_fit. Owned by the chunk until
 *  the next of these; NULL when memory ran out; of length 0 where the format does not flow. */
const uint32_t *loom_chunk_flow(loom_chunk *chunk);
size_t loom_chunk_flow_length(const loom_chunk *chunk);

/** Where the next loom_chunk_place stands; for formats that flow. Pictures that were told before are forgotten. */
void loom_chunk_spot(loom_chunk *chunk, uint32_t page, uint32_t height, uint32_t pieces, uint32_t pictures);

/** The spot of the next of the chunk's pictures, in their order; see the top. Errors: LIMIT_EXCEEDED, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_chunk_picture(loom_chunk *chunk, uint32_t page, uint32_t height, uint32_t pieces, uint32_t pictures);

/** Writes the picture of a spot, a PNG or JPEG file, into the job's output; loom_job_state tells what loom_job_turn must be told of it. Returns
 *  THUMBNAIL_UNREADABLE, a warning, where the bytes are no such file: then, as without bytes, an empty frame was written. */
LOOM_CHECKED int loom_job_picture(loom_job *job, uint32_t page, uint32_t height, uint32_t pieces, uint32_t pictures, const uint8_t *bytes,
                                  size_t length);

/** Encodes the good records `skip` to `skip + take - 1` as one segment. Errors: SOURCE_CHANGED, OUT_OF_MEMORY,
 *  LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_chunk_encode(loom_chunk *chunk, uint32_t skip, uint32_t take);

/** Formats with parts: encodes all good records, so that they can be placed. Errors as for loom_chunk_encode. */
LOOM_CHECKED int loom_chunk_measure(loom_chunk *chunk);

/** How many of the good records from `skip` on fit into `rows` records and `bytes` bytes; sets LOOM_COUNT_LINKS and LOOM_COUNT_BYTES.
 *  Needs loom_chunk_measure. */
uint32_t loom_chunk_fit(loom_chunk *chunk, uint32_t skip, uint32_t rows, uint32_t bytes);

/** Makes the segment of the good records `skip` to `skip + take - 1`, which follows `rows` records and `links` links of its part.
 *  Needs loom_chunk_measure. */
LOOM_CHECKED int loom_chunk_place(loom_chunk *chunk, uint32_t skip, uint32_t take, uint32_t rows, uint32_t links);

/** What loom_job_turn must be told of the segment that loom_chunk_place made: a JSON value of less than 200 bytes, owned by the chunk; ""
 *  when there is none. */
const char *loom_chunk_info(const loom_chunk *chunk);

/** One of loom_count. */
uint32_t loom_chunk_count(const loom_chunk *chunk, int which);

/** The statistics of the records that the last loom_chunk_encode wrote, for loom_job_statistics_merge; empty without
 *  includeStatistics. Owned by the chunk until the next encode. */
const uint8_t *loom_chunk_statistics(const loom_chunk *chunk);
size_t loom_chunk_statistics_length(const loom_chunk *chunk);

/** What is to be told besides the counts, as a JSON object, or "" when there is nothing:
 *  {"defects": [{"record": ordinal in the chunk, "offset": byte in the chunk's text, "code", "message", "excerpt"}],
 *   "warnings": [{"code", "column"?: label, "record": ordinal of the first, "count"}],
 *   "shapes": [...] after loom_chunk_measure, see loom_job_schema,
 *   "pictures": [addresses] after loom_chunk_measure,
 *   "paths": [...] as loom_job_merge takes them, "found": [numbers of columns that had a value first]}.
 *  At most 10,000 defects are listed; the rest is only counted. Owned by the chunk until the next call; NULL when memory ran out. */
const char *loom_chunk_report(loom_chunk *chunk);

/** The segment that loom_chunk_encode made; owned by the chunk. */
const uint8_t *loom_chunk_output(const loom_chunk *chunk);
size_t loom_chunk_output_length(const loom_chunk *chunk);

#endif
