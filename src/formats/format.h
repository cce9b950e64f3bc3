/* What a format is: a head, a segment for each chunk, and a tail.
 * SPDX-License-Identifier: MIT
 *
 * A format is one file that defines `const loom_format loom_format_<name>` and one row in formats.def. A segment depends on
 * nothing but the job and the chunk, so it must not keep anything between calls.
 */
#ifndef LOOM_FORMAT_H
#define LOOM_FORMAT_H

#include "../batch/collector.h"
#include "settings.h"

/** What a format may look at while it writes. */
typedef struct loom_encoding {
    const loom_settings *settings;
    const loom_schema *schema;
    loom_columns *columns;
    loom_batch *batch; /* the chunk's; in head and tail one without records, for warnings */
    uint32_t *cells;   /* one place a column, for loom_row_fill */
    loom_buffer *out;
    loom_buffer *scratch;      /* for texts that are put together first */
    uint32_t written;          /* segment: the records that it holds; tail: all records that were written */
    loom_collector *collector; /* takes each row for the statistics; NULL where there are none */
} loom_encoding;

/** Fills the row of a record as loom_row_fill does, and counts it for the statistics. Flat formats call it once for each record that they
 *  write. */
LOOM_CHECKED int loom_encoding_row(loom_encoding *encoding, const loom_record *record, bool *late);

typedef struct loom_format {
    const char *name;

    /** Checks what options.def cannot say, and settles options that depend on each other. */
    int (*check)(loom_settings *settings, loom_error *error);

    /** Bytes of separator before every segment that is not empty. */
    size_t (*lead)(const loom_settings *settings);

    /** Appends what stands before the first record. `metadata` is a JSON value or empty. */
    int (*head)(loom_encoding *encoding, const char *metadata, size_t length);

    /** Appends the good records `skip` to `skip + take - 1` of the batch and counts them. */
    int (*segment)(loom_encoding *encoding, uint32_t skip, uint32_t take);

    /** Appends what stands behind the last record. `totals` is a JSON object or empty; with statistics it has `columns`. */
    int (*tail)(loom_encoding *encoding, const char *totals, size_t length);

    /** Whether its columns must be known before the first record. */
    bool flat;
} loom_format;

/** The format of that name, or NULL. */
const loom_format *loom_format_find(const char *name);

/** The name of the i-th format, or NULL behind the last. */
const char *loom_format_name(size_t i);

#endif
