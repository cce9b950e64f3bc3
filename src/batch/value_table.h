/* The first distinct values of a column with their counts, and sketches of all values once there are more than the table takes.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_VALUE_TABLE_H
#define LOOM_VALUE_TABLE_H

#include "../core/sketch.h"
#include "tally.h"

/** The most values of a table, and bytes of their spellings. */
#define LOOM_MAX_HELD 4096u
#define LOOM_MAX_HELD_TEXT 262144u

typedef struct loom_held {
    uint64_t count;
    uint32_t start;
    uint32_t hash;
    uint16_t length;
    uint8_t kind; /* loom_value_kind */
} loom_held;

typedef struct loom_value_table {
    loom_held *held;     /* owned, like all that follows; in order of first appearance */
    uint8_t *text;       /* and LOOM_BLOCK bytes more */
    uint32_t *slots;     /* numbers in `held` + 1 by hash; NULL while there are few */
    uint8_t *registers;  /* NULL while the table is not closed */
    uint8_t *filter;     /* NULL while the table is not closed, and when it is small */
    loom_spread *spread; /* of all numbers; NULL while the table is not closed */
    uint32_t count;
    uint32_t capacity;
    uint32_t text_length;
    uint32_t text_capacity;
    uint32_t slot_count;
    bool closed;        /* there were values that it did not take */
    uint64_t untracked; /* how often those came */
} loom_value_table;

/** Frees what the table owns; the cleared table may be used again. */
void loom_value_table_close(loom_value_table *table);

/** Counts the value that was just read. With each level tables are smaller by half, with each fourth one spreads are too. Errors:
 *  OUT_OF_MEMORY. */
LOOM_CHECKED int loom_value_table_add(loom_value_table *table, const loom_values_cursor *value, uint32_t level);

/** Makes the table one of a higher level, as if it had always been one. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_value_table_shrink(loom_value_table *table, uint32_t level);

/** About the bytes that it takes: the same for the same values on every machine, and never less when values are added. */
size_t loom_value_table_cost(const loom_value_table *table, uint32_t level);

/** Appends values and sketches. */
LOOM_CHECKED int loom_value_table_write(const loom_value_table *table, loom_buffer *out);

/** Reads what stands behind the values of a closed table of level `level`. */
LOOM_CHECKED int loom_value_table_read_rest(loom_value_table *table, uint32_t level, loom_reader *reader);

/** The spelling of a value that it holds. */
static inline loom_spelling loom_held_spelling(const loom_value_table *table, const loom_held *held) {
    return (loom_spelling){table->text + held->start, held->length};
}

static inline bool loom_held_is_number(const loom_held *held) {
    return held->kind == LOOM_VALUE_INTEGER || held->kind == LOOM_VALUE_NUMBER;
}

/** The number that it holds. */
double loom_held_value(const loom_value_table *table, const loom_held *held);

#endif
