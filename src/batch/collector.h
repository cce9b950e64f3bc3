/* Collects the values that the records of one chunk have in each column, and makes a portion of statistics of them.
 * SPDX-License-Identifier: MIT
 *
 * While records come in, a value costs one look-up in a table; everything else is done once for each distinct value at the end.
 */
#ifndef LOOM_COLLECTOR_H
#define LOOM_COLLECTOR_H

#include "../core/region.h"
#include "row.h"
#include "tally.h"

/** A distinct value of a column. */
typedef struct loom_seen {
    uint32_t start;
    uint32_t length;
    uint32_t count;
    uint32_t place; /* column << 8 | source of the text << 4 | loom_value_kind */
} loom_seen;

typedef struct loom_collector {
    loom_seen *seen; /* owned; in order of first appearance */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* owned; numbers in `seen` + 1 with bits of the hash, or 0 */
    uint32_t slot_count;
    loom_buffer rendered;    /* texts of containers */
    const uint8_t *bases[3]; /* what the starts refer to: the chunk's text, its decoded text, `rendered` */
    const loom_region *region; /* whose days the timeline counts; NULL for those of UTC */
    uint32_t columns;
    uint32_t records;
    loom_exact sum; /* what follows is for loom_collector_write */
    loom_exact squares;
    loom_timeline timeline;
} loom_collector;

/** Makes a cleared struct usable. Allocates nothing. */
void loom_collector_open(loom_collector *collector);

/** Frees what it owns. */
void loom_collector_close(loom_collector *collector);

/** Forgets everything before a chunk. */
void loom_collector_start(loom_collector *collector, uint32_t columns);

/** Takes a record's row as loom_row_fill left it. All rows are of one batch. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_collector_row(loom_collector *collector, const loom_schema *schema, const loom_columns *columns,
                                    const loom_batch *batch, const loom_record *record, const uint32_t *cells,
                                    bool late);

/** Appends the portion of all rows since loom_collector_start. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_collector_write(loom_collector *collector, loom_buffer *out);

#endif
