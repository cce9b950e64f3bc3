/* ISO 8601 dates and date-times as they stand in JSON.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_DATE_H
#define LOOM_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum loom_date_kind { LOOM_NO_DATE, LOOM_DATE, LOOM_DATETIME };

/** Tells whether the whole text is a calendar date YYYY-MM-DD, or a date-time: the same, then `T` or a blank, hh:mm, optional :ss,
 *  optional fraction of one to nine digits, optional zone `Z` or +hh:mm or -hh:mm (ISO 8601 extended format; RFC 3339 5.6). The day
 *  must exist in its month; second 60 is not taken, because no spreadsheet can hold it. */
enum loom_date_kind loom_date_classify(const uint8_t *text, size_t length);

/** A point in time: in UTC if the text had a zone, else in the time that the text is in. */
typedef struct loom_moment {
    int32_t day;         /* days since 1970-01-01 */
    int64_t nanoseconds; /* since the day began */
    bool zoned;          /* the text named a zone */
} loom_moment;

/** As loom_date_classify, and tells which moment it is, midnight for a date. */
enum loom_date_kind loom_date_read(const uint8_t *text, size_t length, loom_moment *moment);

/** Days since 1970-01-01 in the Gregorian calendar; the date must exist. */
int32_t loom_date_day(int year, int month, int day);

#endif
