/* What a format is: a head, a segment for each chunk, and a tail.
 * SPDX-License-Identifier: MIT
 *
 * A format is one file that defines `const loom_format loom_format_<name>` and one row in formats.def. A segment depends on
 * nothing but the job and the chunk, so it must not keep anything between calls.
 */
#ifndef LOOM_FORMAT_H
#define LOOM_FORMAT_H

#include "../batch/collector.h"
#include "../core/region.h"
#include "settings.h"

/** A link that a record has: its cell, and the number of the record in the batch. */
typedef struct loom_draft_link {
    uint32_t record;
    uint32_t column;
    uint32_t cell;
} loom_draft_link;

/** Where a format that flows has come to. */
typedef struct loom_spot {
    uint32_t page;
    uint32_t height; /* steps of the page that are full */
    uint32_t pieces; /* of pages so far */
    uint32_t pictures; /* of records so far */
} loom_spot;

/** What `measure` leaves with a chunk for `place`. */
typedef struct loom_draft {
    loom_buffer rows;  /* all good records, encoded, one behind the other */
    loom_buffer ends;  /* a uint32_t each: where they end in `rows` */
    loom_buffer places; /* what the format marks in `rows`, such as where the number of a row belongs */
    loom_buffer links; /* a loom_draft_link each, in the order of the records */
    loom_buffer lines; /* of formats that flow: a loom_draft_line each */
    loom_buffer notes; /* what the format tells of the chunk with each of its segments */
    loom_buffer shapes; /* what values the records have, where the format makes a schema: JSON */
    loom_buffer addresses; /* of the pictures that records show, in their order: JSON strings with commas between */
    uint32_t picture_count;
    loom_buffer pictures; /* a loom_spot each: where they stand */
} loom_draft;

/** A line of a format that flows down pages: what is never parted. A record has one or several. */
typedef struct loom_draft_line {
    uint32_t end;    /* where it ends in `rows` */
    uint32_t record; /* number of its record in the batch */
    uint32_t height; /* in steps of the page */
    uint32_t picture; /* that it shows, counted from 1 among those of the chunk; 0: none */
} loom_draft_line;

/** Where a segment stands. */
typedef struct loom_place {
    uint32_t skip;  /* good records of the chunk that it leaves out */
    uint32_t take;  /* good records that it has */
    uint32_t row;   /* records of the part before it */
    uint32_t links; /* links of the part before it */
    loom_spot spot; /* of formats that flow */
} loom_place;

/** What a format may look at while it writes. */
typedef struct loom_encoding {
    const loom_settings *settings;
    const loom_region *region; /* of timeZone and locale */
    const loom_schema *schema;
    loom_columns *columns;
    loom_batch *batch; /* the chunk's; in head and tail one without records, for warnings */
    uint32_t *cells;   /* one place a column, for loom_row_fill */
    loom_buffer *out;
    loom_buffer *scratch;      /* for texts that are put together first */
    uint32_t written;          /* segment: the records that it holds; tail: all records that were written */
    loom_collector *collector; /* takes each row for the statistics; NULL where there are none */

    /* Formats with parts only. */
    loom_draft *draft;  /* measure, place */
    loom_buffer *state; /* head, turn: what the next turn or the tail must know; place: what turn must know of this segment. JSON. */
    loom_buffer *ledger; /* turn: what only the tail must know is appended; tail: what all turns appended */
    size_t cuts[2];     /* turn: where the first and the second asides of the segments stand in the output; place: where
                           the first and the second aside of this segment start */
    loom_error *error;
    void **kept; /* what the format keeps for the job, freed by `release` */
} loom_encoding;

/** Fills the row of a record as loom_row_fill does, and counts it for the statistics. Flat formats call it once for each record that they
 *  write. */
LOOM_CHECKED int loom_encoding_row(loom_encoding *encoding, const loom_record *record, bool *late);

typedef struct loom_format {
    const char *name;

    /** Checks what options.def cannot say, and settles options that depend on each other; or NULL. */
    int (*check)(loom_settings *settings, loom_error *error);

    /** Bytes of separator before every segment that is not empty; or NULL: none. */
    size_t (*lead)(const loom_settings *settings);

    /** Appends what stands before the first record. `metadata` is a JSON value or empty. */
    int (*head)(loom_encoding *encoding, const char *metadata, size_t length);

    /** Appends the good records `skip` to `skip + take - 1` of the batch and counts them. */
    int (*segment)(loom_encoding *encoding, uint32_t skip, uint32_t take);

    /** Appends what stands behind the last record; or NULL: nothing. `totals` is a JSON object or empty; with statistics it has
     *  `columns`. */
    int (*tail)(loom_encoding *encoding, const char *totals, size_t length);

    /** Formats whose file has parts of limited size, such as sheets, have these instead of `segment`; `head` opens the first part.
     *  All of them are functions of their inputs: `measure` of the chunk, `place` of it and the place, `turn` and `tail` of the
     *  state. See job.h. */
    int (*measure)(loom_encoding *encoding);
    int (*place)(loom_encoding *encoding, const loom_place *place);
    int (*turn)(loom_encoding *encoding, const char *text, size_t length, bool more);

    /** Formats that make a schema have this too: appends it. See loom_job_schema. */
    int (*schema)(loom_encoding *encoding, const char *text, size_t length);

    /** Formats that flow down pages have this too: appends to the output what job.h tells of loom_chunk_flow, of the good records `skip`
     *  to `skip + take - 1`. */
    int (*flow)(loom_encoding *encoding, uint32_t skip, uint32_t take);

    /** Formats that show pictures of the records have this: see loom_job_picture. It tells what `turn` must know in the state. */
    int (*picture)(loom_encoding *encoding, const loom_spot *where, const uint8_t *bytes, size_t length);

    /** Formats that need files have these: see loom_job_file and loom_job_wanted. `bytes` are the format's own from then on, also where
     *  this fails. */
    int (*file)(loom_encoding *encoding, uint32_t slot, uint32_t use, uint8_t *bytes, size_t length);
    uint32_t (*wanted)(void *kept);
    void (*release)(void *kept);
    uint32_t most_rows;  /* records in a part, or 0 for formats without parts */
    uint32_t most_bytes; /* of encoded records in a part */

    /** Whether its columns must be known before the first record. */
    bool flat;

    /** Whether it shows dates as such, in the time zone and in the way of the locale: see encoding->region. Others keep their
     *  texts. */
    bool regional;
} loom_format;

/** The format of that name, or NULL when this module does not hold it. */
const loom_format *loom_format_find(const char *name);

/** The name of the i-th of all formats, those of other modules too, or NULL behind the last. */
const char *loom_format_name(size_t i);

#endif
