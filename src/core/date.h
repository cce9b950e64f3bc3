/* ISO 8601 dates and date-times as they stand in JSON.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_DATE_H
#define LOOM_DATE_H

#include <stddef.h>
#include <stdint.h>

enum loom_date_kind { LOOM_NO_DATE, LOOM_DATE, LOOM_DATETIME };

/** Tells whether the whole text is a calendar date YYYY-MM-DD, or a date-time: the same, then `T` or a blank, hh:mm, optional :ss,
 *  optional fraction of one to nine digits, optional zone `Z` or +hh:mm or -hh:mm (ISO 8601 extended format; RFC 3339 5.6). The day
 *  must exist in its month; second 60 is not taken, because no spreadsheet can hold it. */
enum loom_date_kind loom_date_classify(const uint8_t *text, size_t length);

#endif
