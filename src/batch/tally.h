/* What is known of the values of one column, and its compact binary form, in which chunks and merged statistics travel.
 * SPDX-License-Identifier: MIT
 *
 * A portion is: "LST" and the version, LOOM_PORTION_ONE, level, number of columns, records; then for each column with a value the
 * distance from the one before, the counts, the range and sums of its numbers, the range and timeline of its dates, the values in
 * order of first appearance, and, for a column whose table is full, the sketches; then 0. Numbers are varints, all else little endian. A list is: "LST" and the version,
 * LOOM_PORTION_LIST, and portions, each behind its length.
 */
#ifndef LOOM_TALLY_H
#define LOOM_TALLY_H

#include "../core/exact_sum.h"
#include "../core/timeline.h"
#include "batch.h"

#define LOOM_PORTION_MARK "LST\x01"
enum loom_portion_form { LOOM_PORTION_ONE, LOOM_PORTION_LIST };

/** The longest spelling of a value that is kept: of a longer text its start and the hash of all of it. */
#define LOOM_MAX_SPELLING 240u

enum loom_value_kind {
    LOOM_VALUE_FALSE,
    LOOM_VALUE_TRUE,
    LOOM_VALUE_INTEGER,
    LOOM_VALUE_NUMBER,
    LOOM_VALUE_TEXT,
    LOOM_VALUE_JSON,
    LOOM_VALUE_LONG_TEXT,
    LOOM_VALUE_LONG_JSON,
    LOOM_VALUE_MIXED, /* of a list of values: each says its own */
};

/** Bits beside those of loom_kind_bit in loom_tally.kinds. */
#define LOOM_KIND_INFINITE 1024u /* a number is too large for a double */
#define LOOM_KINDS_KNOWN 2046u

#define LOOM_KINDS_NUMBER (LOOM_KIND_INTEGER | LOOM_KIND_NUMBER)
#define LOOM_KINDS_DATE (LOOM_KIND_DATE | LOOM_KIND_DATETIME)

typedef struct loom_tally {
    uint64_t filled;
    uint64_t empty_text;
    uint64_t trues;
    uint32_t kinds;      /* of the values, empty texts left out */
    uint32_t min_length; /* of texts, in UTF-16 units; valid where max_length was set or empty_text is not 0 */
    uint32_t max_length;
} loom_tally;

/** Characters that somebody else owns. */
typedef struct loom_spelling {
    const uint8_t *text;
    uint32_t length;
} loom_spelling;

/** Whether there were numbers. */
static inline bool loom_tally_numbers(const loom_tally *tally) {
    return (tally->kinds & LOOM_KINDS_NUMBER) != 0;
}

/** Whether there were dates or date-times. */
static inline bool loom_tally_dates(const loom_tally *tally) {
    return (tally->kinds & LOOM_KINDS_DATE) != 0;
}

/** Whether there were texts. */
static inline bool loom_tally_lengths(const loom_tally *tally) {
    return (tally->kinds & (LOOM_KIND_TEXT | LOOM_KINDS_DATE)) != 0 || tally->empty_text > 0;
}

/** What full statistics have and degraded ones give up, by level: first the tables become smaller, then these go. */
#define LOOM_LEVEL_NO_TABLES 13u
#define LOOM_LEVEL_NO_SKETCHES 14u
#define LOOM_LEVEL_NO_SUMS 15u
#define LOOM_LEVEL_NO_RANGES 16u

/** Appends the mark, form, level, number of columns and records of a portion. */
LOOM_CHECKED int loom_portion_write_head(loom_buffer *out, uint32_t level, uint32_t columns, uint64_t records);

/** Appends the counts of a column; `closed` tells that values are left out of its list. */
LOOM_CHECKED int loom_tally_write(const loom_tally *tally, bool closed, loom_buffer *out);

/** Reads them; faults are left in the reader. */
void loom_tally_read(loom_tally *tally, bool *closed, loom_reader *reader);

/** Adds the counts of later records. */
void loom_tally_merge(loom_tally *tally, const loom_tally *later);

/** Appends the two ends of a range, each with its length. */
LOOM_CHECKED int loom_ends_write(loom_spelling least, loom_spelling most, loom_buffer *out);

/** Whether it is a JSON number; a byte that no number has must stand behind it. */
bool loom_spelling_is_number(loom_spelling spelling);

/** Reads at least `least` and at most LOOM_MAX_SPELLING characters, which stay where they are. */
loom_spelling loom_spelling_read(uint32_t least, loom_reader *reader);

/** The list of values of a column while it is written or read: each is told by what differs from the one before. `text` has room for
 *  reading in blocks and ends in a 0 when it was read. */
typedef struct loom_values_cursor {
    uint8_t text[LOOM_MAX_SPELLING + 16];
    uint32_t length;
    uint8_t kind;
    uint8_t shared_kind; /* of all values, or LOOM_VALUE_MIXED */
    uint64_t count;
    uint32_t left;
} loom_values_cursor;

/** Starts a list of `count` values. */
LOOM_CHECKED int loom_values_write_head(loom_values_cursor *cursor, uint32_t count, uint8_t shared_kind,
                                        loom_buffer *out);

/** Appends a value. */
LOOM_CHECKED int loom_values_write(loom_values_cursor *cursor, loom_spelling spelling, uint8_t kind, uint64_t count,
                                   loom_buffer *out);

/** Starts to read a list. */
void loom_values_read_head(loom_values_cursor *cursor, loom_reader *reader);

/** Reads the next value; false at the end or at a fault. */
bool loom_values_read(loom_values_cursor *cursor, loom_reader *reader);

#endif
