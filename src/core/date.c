/* Recognising ISO 8601 dates.
 * SPDX-License-Identifier: MIT
 */
#include "date.h"

/* The two digits at `text`, or -1. */
static int pair(const uint8_t *text) {
    unsigned tens = text[0] - (unsigned)'0';
    unsigned ones = text[1] - (unsigned)'0';
    return tens < 10 && ones < 10 ? (int)(tens * 10 + ones) : -1;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool is_date(const uint8_t *text) {
    int century = pair(text);
    int years = pair(text + 2);
    int month = pair(text + 5);
    int day = pair(text + 8);
    if (century < 0 || years < 0 || text[4] != '-' || text[7] != '-' || month < 1 || month > 12) {
        return false;
    }
    return day >= 1 && day <= days_in(century * 100 + years, month);
}

/* The length of a zone at the end of the text, 0 for none, -1 for a wrong one. */
static int zone_length(const uint8_t *text, size_t length) {
    if (length == 0) {
        return 0;
    }
    if (length == 1 && text[0] == 'Z') {
        return 1;
    }
    bool sign = text[0] == '+' || text[0] == '-';
    if (length != 6 || !sign || text[3] != ':') {
        return -1;
    }
    int hours = pair(text + 1);
    int minutes = pair(text + 4);
    return hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59 ? 6 : -1;
}

static bool is_time(const uint8_t *text, size_t length) {
    if (length < 5 || text[2] != ':') {
        return false;
    }
    int hours = pair(text);
    int minutes = pair(text + 3);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return false;
    }
    size_t at = 5;
    if (length >= 8 && text[5] == ':') {
        int seconds = pair(text + 6);
        if (seconds < 0 || seconds > 59) {
            return false;
        }
        at = 8;
        if (at < length && text[at] == '.') {
            size_t digits = 0;
            while (at + 1 + digits < length && text[at + 1 + digits] - (unsigned)'0' < 10) {
                digits++;
            }
            if (digits < 1 || digits > 9) {
                return false;
            }
            at += 1 + digits;
        }
    }
    return zone_length(text + at, length - at) >= 0;
}

enum loom_date_kind loom_date_classify(const uint8_t *text, size_t length) {
    if (length < 10 || length > 35 || !is_date(text)) {
        return LOOM_NO_DATE;
    }
    if (length == 10) {
        return LOOM_DATE;
    }
    bool joined = text[10] == 'T' || text[10] == ' ';
    return joined && is_time(text + 11, length - 11) ? LOOM_DATETIME : LOOM_NO_DATE;
}

/* Years are counted from March, so that leap days come last. */
int32_t loom_date_day(int year, int month, int day) {
    int y = month > 2 ? year : year - 1;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int64_t read_fraction(const uint8_t *text, size_t *digits) {
    int64_t value = 0;
    int64_t scale = 1000000000;
    *digits = 0;
    while (text[*digits] - (unsigned)'0' < 10) {
        value = value * 10 + (text[*digits] - '0');
        scale /= 10;
        (*digits)++;
    }
    return value * scale;
}

/* The time behind the `T`, which was found to be good. */
static void read_time(const uint8_t *text, size_t length, loom_moment *moment) {
    const int64_t second = 1000000000;
    const int64_t whole_day = 86400 * second;
    int64_t time = ((int64_t)pair(text) * 60 + pair(text + 3)) * 60 * second;
    size_t at = 5;
    if (at < length && text[at] == ':') {
        time += pair(text + 6) * second;
        at = 8;
    }
    if (at < length && text[at] == '.') {
        size_t digits = 0;
        time += read_fraction(text + at + 1, &digits);
        at += digits + 1;
    }
    moment->zoned = length > at;
    if (length - at == 6) {
        int64_t shift = ((int64_t)pair(text + at + 1) * 60 + pair(text + at + 4)) * 60 * second;
        time += text[at] == '+' ? -shift : shift;
    }
    int days = time < 0 ? -1 : time >= whole_day;
    moment->day += days;
    moment->nanoseconds = time - days * whole_day;
}

enum loom_date_kind loom_date_read(const uint8_t *text, size_t length, loom_moment *moment) {
    enum loom_date_kind kind = loom_date_classify(text, length);
    if (kind == LOOM_NO_DATE) {
        return kind;
    }
    moment->day = loom_date_day(pair(text) * 100 + pair(text + 2), pair(text + 5), pair(text + 8));
    moment->nanoseconds = 0;
    moment->zoned = false;
    if (kind == LOOM_DATETIME) {
        read_time(text + 11, length - 11, moment);
    }
    return kind;
}
