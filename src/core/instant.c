/* The arithmetic of days and times.
 * SPDX-License-Identifier: MIT
 */
#include "instant.h"

#include "date.h"

void loom_instant_date(int32_t day, int *year, int *month, int *date) {
    int32_t z = day + 719468;
    int32_t era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t of_era = z - era * 146097;
    int32_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int32_t m = (5 * of_year + 2) / 153;
    *date = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

loom_instant loom_instant_read(const uint8_t *text, size_t length) {
    loom_moment moment = {.day = 0};
    (void)loom_date_read(text, length, &moment);
    return (loom_instant){moment.day, moment.nanoseconds};
}

int loom_instant_compare(loom_instant a, loom_instant b) {
    if (a.day != b.day) {
        return a.day < b.day ? -1 : 1;
    }
    return (a.time > b.time) - (a.time < b.time);
}
