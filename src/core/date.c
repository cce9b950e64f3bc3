/* Recognising ISO 8601 dates.
 * SPDX-License-Identifier: MIT
 */
#include "date.h"

#include <stdbool.h>

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
