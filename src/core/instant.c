/* The arithmetic of days and times.
 * SPDX-License-Identifier: MIT
 */
#include "instant.h"

#include "date.h"

#define SECOND ((int64_t)1000000000)
#define DAY (86400 * SECOND)

static int number(const uint8_t *text, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

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

static int64_t time_of(const uint8_t *text, size_t length) {
    int64_t minutes = number(text, 2) * 60 + number(text + 3, 2);
    int64_t time = minutes * 60 * SECOND;
    size_t at = 5;
    if (at < length && text[at] == ':') {
        time += number(text + 6, 2) * SECOND;
        at = 8;
    }
    if (at < length && text[at] == '.') {
        int64_t unit = SECOND;
        for (at++; at < length && text[at] - (unsigned)'0' < 10; at++) {
            unit /= 10;
            time += (text[at] - '0') * unit;
        }
    }
    if (at + 6 <= length) {                                                      /* +hh:mm */
        int64_t zone = number(text + at + 1, 2) * 60 + number(text + at + 4, 2); /* minutes */
        time -= (text[at] == '-' ? -zone : zone) * 60 * SECOND;
    }
    return time;
}

loom_instant loom_instant_read(const uint8_t *text, size_t length) {
    loom_instant instant = {loom_date_day(number(text, 4), number(text + 5, 2), number(text + 8, 2)), 0};
    if (length > 11) {
        instant.time = time_of(text + 11, length - 11);
        int32_t days = instant.time < 0 ? -1 : instant.time >= DAY;
        instant.day += days;
        instant.time -= days * DAY;
    }
    return instant;
}

int loom_instant_compare(loom_instant a, loom_instant b) {
    if (a.day != b.day) {
        return a.day < b.day ? -1 : 1;
    }
    return (a.time > b.time) - (a.time < b.time);
}
