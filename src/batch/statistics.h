/* Statistics of all columns, merged from the portions of the chunks.
 * SPDX-License-Identifier: MIT
 *
 * What comes out depends on the records and their order, and not on how they were cut into chunks. The portion of a chunk holds all its
 * values; merged in the order of the chunks, a column's table keeps the first LOOM_MAX_HELD distinct ones and counts them to the
 * end, and sketches tell the rest. Memory is bounded: where all tables together take too much, all become smaller by half, as if
 * they had been so from the start; after that sketches, sums and ranges are given up in this order.
 */
#ifndef LOOM_STATISTICS_H
#define LOOM_STATISTICS_H

#include "collector.h"
#include "value_table.h"

/** Bytes that are allocated for what belongs to one column. */
typedef struct loom_owned {
    uint8_t *bytes;
    uint32_t length;
} loom_owned;

/** The numbers of a column. */
typedef struct loom_numbers {
    loom_owned least;
    loom_owned most;
    loom_owned sum; /* as loom_exact_write wrote it */
    loom_owned squares;
} loom_numbers;

/** The dates of a column. */
typedef struct loom_dates {
    loom_owned earliest;
    loom_owned latest;
    loom_timeline timeline;
} loom_dates;

typedef struct loom_column_state {
    loom_tally tally;
    loom_numbers *numbers; /* owned, as what follows; NULL where there are none, or where they were given up */
    loom_dates *dates;
    loom_value_table *table;
} loom_column_state;

typedef struct loom_statistics {
    loom_column_state *columns; /* owned */
    uint32_t count;
    uint64_t records;
    uint32_t level; /* 0: everything; see tally.h */
    size_t cost;    /* of all ranges and tables */
    bool whole;
    loom_buffer list; /* what is kept when not `whole` */
    loom_buffer scratch;
    loom_exact sum;
    loom_exact squares;
} loom_statistics;

/** Statistics of `columns` columns without records. `whole` ones start at the first record of the source; they take the memory that is
 *  told above. Others stand for a piece in the middle: they keep its portions side by side for those to which they are merged later.
 *  Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_statistics_open(loom_statistics *statistics, uint32_t columns, bool whole);

/** Frees what it owns; a cleared struct is accepted. */
void loom_statistics_close(loom_statistics *statistics);

/** Takes the portion of the next chunk, or what loom_statistics_write wrote of the records that follow. What whole statistics wrote can only
 *  be taken as the first. Errors: INTERNAL for anything else, OUT_OF_MEMORY, LIMIT_EXCEEDED. After an error only loom_statistics_close
 *  is legal. */
LOOM_CHECKED int loom_statistics_merge(loom_statistics *statistics, const uint8_t *blob, size_t length);

/** Appends all that is known, for another loom_statistics_merge. */
LOOM_CHECKED int loom_statistics_write(const loom_statistics *statistics, loom_buffer *out);

/** Appends the members of a JSON object: "columns":[...], and "columnLimits":{...} where something was given up. `_raw` is left out. The
 *  statistics are whole, and of these columns. `spelled` is for formats that show them: the most frequent numbers, and the least and the
 *  greatest whole number of more than 15 digits, are texts, since reading them as doubles would lose how they are spelled. */
LOOM_CHECKED int loom_statistics_report(const loom_statistics *statistics, const loom_columns *columns, bool spelled,
                                        loom_buffer *out);

#endif
