/* What jobs and their chunks are made of, for job.c and chunk.c.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_JOB_PRIVATE_H
#define LOOM_JOB_PRIVATE_H

#include "batch/parser.h"
#include "batch/statistics.h"
#include "columns.h"
#include "formats/format.h"
#include "job.h"

/** The most that one text, segment, head or tail may hold. */
#define LOOM_TEXT_CAP ((size_t)1 << 28)

struct loom_job {
    loom_settings settings;
    const loom_format *format;
    loom_schema schema;
    loom_columns columns;
    loom_region region;
    loom_error error;
    loom_buffer output;
    loom_buffer scratch;
    uint32_t *cells;   /* one place a column */
    loom_batch notes;  /* warnings that are about no chunk */
    loom_chunk *spare; /* freed chunks, linked by `next` */
    char *told;        /* the text that the last *_error or *_warnings gave */
    bool ready;        /* options were read */
    bool merging;      /* `statistics` is open */
    loom_collector collector;
    loom_statistics statistics;
    loom_buffer state; /* formats with parts: for the next turn or the tail */
    loom_buffer ledger; /* of the last turn, or for the tail of all of them */
    size_t cuts[2];    /* of the last turn */
    void *kept;        /* the format's own */
    loom_parser parser;
};

struct loom_chunk {
    loom_job *job;
    loom_chunk *next;
    uint8_t *text; /* capacity + LOOM_TEXT_PAD bytes */
    size_t capacity;
    loom_batch batch;
    loom_buffer output;
    loom_buffer statistics;
    uint32_t written;
    char *report;
    loom_draft draft;
    bool measured;
    loom_spot spot;
    uint32_t skip; /* of loom_chunk_window */
    uint32_t take;
    uint32_t flow_skip; /* the records that loom_chunk_flow is about */
    uint32_t flow_take;
    loom_buffer flow;
    uint32_t links;
    uint32_t bytes;
    size_t cuts[2];
    loom_buffer info;
};

/** Returns the code; the job's error tells it afterwards, in the words that were found for it before if there are any. */
int loom_job_answer(loom_job *job, int code);

/** Forgets the error of the call before. Errors: INTERNAL where the job has no options yet. */
LOOM_CHECKED int loom_job_check_ready(loom_job *job);

/** Errors: INTERNAL where the region or the columns must be known before anything is encoded, and are not. */
LOOM_CHECKED int loom_job_check_known(loom_job *job);

/** Errors: INTERNAL where the job is not ready or its format has no parts. */
LOOM_CHECKED int loom_job_check_has_parts(loom_job *job);

/** All three. */
LOOM_CHECKED int loom_job_check_parts(loom_job *job);

/** What the format gets to encode `batch` into `out`. */
loom_encoding loom_job_encoding(loom_job *job, loom_batch *batch, loom_buffer *out);

/** Frees the chunk and all that it holds. */
void loom_chunk_destroy(loom_chunk *chunk);

#endif
