/* Dates and date-times as points in time, and days as months and years.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_INSTANT_H
#define LOOM_INSTANT_H

#include <stddef.h>
#include <stdint.h>

typedef struct loom_instant {
    int32_t day;  /* since 1970-01-01 */
    int64_t time; /* nanoseconds of that day */
} loom_instant;

/** The instant of a text that loom_date_classify takes for a date or a date-time: in UTC where it has a zone, as it stands where it
 *  has none. */
loom_instant loom_instant_read(const uint8_t *text, size_t length);

/** Negative, 0 or positive, as in memcmp. */
int loom_instant_compare(loom_instant a, loom_instant b);

/** The calendar date of a day (proleptic Gregorian). */
void loom_instant_date(int32_t day, int *year, int *month, int *date);

#endif
