/* Dates as XML Schema has them.
 * SPDX-License-Identifier: MIT
 */
#include "date.h"

#include <stdbool.h>
#include <string.h>

#include "../../core/date.h"

/* XML Schema part 2 3.2.7 and 3.2.9: a `T`, seconds, no year 0000, a zone of at most 14 hours. */
enum loom_date_kind loom_xml_date_kind(const uint8_t *text, size_t length) {
    enum loom_date_kind kind = loom_date_classify(text, length);
    if (kind == LOOM_NO_DATE || memcmp(text, "0000", 4) == 0) {
        return LOOM_NO_DATE;
    }
    if (kind == LOOM_DATE) {
        return LOOM_DATE;
    }
    if (text[10] != 'T' || length < 19 || text[16] != ':') {
        return LOOM_NO_DATE;
    }
    const uint8_t *zone = text + length - 6;
    bool far = (zone[0] == '+' || zone[0] == '-') && memcmp(zone + 1, "14:00", 5) > 0;
    return far ? LOOM_NO_DATE : LOOM_DATETIME;
}
