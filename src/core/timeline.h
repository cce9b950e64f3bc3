/* Counts over time: by day while all days lie within 62, else by month while all months do, else by year, decade, or century.
 * SPDX-License-Identifier: MIT
 *
 * What it holds depends on the days that were added and not on their order.
 */
#ifndef LOOM_TIMELINE_H
#define LOOM_TIMELINE_H

#include "varint.h"

/** The longest span, in days, months, years or decades. */
#define LOOM_TIMELINE_SPAN 62

enum loom_timeline_unit { LOOM_BY_DAY, LOOM_BY_MONTH, LOOM_BY_YEAR, LOOM_BY_DECADE, LOOM_BY_CENTURY };

typedef struct loom_period {
    int32_t number; /* days since 1970-01-01, or months, years, decades, centuries since the year 0 */
    uint64_t count;
} loom_period;

typedef struct loom_timeline {
    loom_period *periods; /* owned; ascending */
    uint32_t count;
    uint32_t capacity;
    uint8_t unit;
} loom_timeline;

/** Frees the periods; the cleared timeline may be used again. */
void loom_timeline_close(loom_timeline *timeline);

/** Adds `count` values of a day. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_timeline_add(loom_timeline *timeline, int32_t day, uint64_t count);

/** Appends it in binary. */
LOOM_CHECKED int loom_timeline_write(const loom_timeline *timeline, loom_buffer *out);

/** Adds what loom_timeline_write wrote. Errors: OUT_OF_MEMORY; faults are left in the reader. */
LOOM_CHECKED int loom_timeline_read(loom_timeline *timeline, loom_reader *reader);

/** Appends it as JSON: [{"period": "2026-01-05", "count": 3}, ...]. A period is a day, a month 2026-01, a year, or the first year of a
 *  decade or century, such as 2020s. Those without values in between are shown with 0. */
LOOM_CHECKED int loom_timeline_report(const loom_timeline *timeline, loom_buffer *out);

#endif
