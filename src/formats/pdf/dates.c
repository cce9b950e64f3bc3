/* Writing dates by the patterns of core/region.h.
 * SPDX-License-Identifier: MIT
 */
#include "dates.h"

#include <stdio.h>

#include "../../core/instant.h"

#define SECOND INT64_C(1000000000)

/* What the letters of a pattern stand for. */
typedef struct clock {
    int year, month, day;
    int hour, minute, second;
    int64_t fraction;
} clock;

static clock clock_of(const loom_moment *moment) {
    clock clock = {0};
    int64_t seconds = moment->nanoseconds / SECOND;
    loom_instant_date(moment->day, &clock.year, &clock.month, &clock.day);
    clock.hour = (int)(seconds / 3600);
    clock.minute = (int)(seconds / 60 % 60);
    clock.second = (int)(seconds % 60);
    clock.fraction = moment->nanoseconds % SECOND;
    return clock;
}

/* The fraction in milliseconds, microseconds or nanoseconds, whichever holds it. */
static int put_fraction(loom_buffer *out, int64_t fraction) {
    char text[16];
    int length = snprintf(text, sizeof text, ".%09lld", (long long)fraction);
    while (length > 3 && strcmp(text + length - 3, "000") == 0) {
        length -= 3;
        text[length] = '\0';
    }
    return length > 1 ? loom_buffer_append(out, text, (size_t)length) : LOOM_OK;
}

static int put_number(loom_buffer *out, int number, size_t digits) {
    char text[16];
    snprintf(text, sizeof text, "%0*d", (int)digits, number);
    return loom_buffer_append_text(out, text);
}

/* A run of a letter; `m` stands for minutes behind hours, else for the month (ECMA-376 Part 1 18.8.31). */
static int put_letter(loom_buffer *out, char letter, size_t run, const clock *clock, bool half, bool *timed) {
    int hour = half ? (clock->hour + 11) % 12 + 1 : clock->hour;
    int code = LOOM_OK;
    switch (letter) {
    case 'y':
        return put_number(out, run > 2 ? clock->year : clock->year % 100, run > 2 ? 4 : 2);
    case 'm':
        return put_number(out, *timed ? clock->minute : clock->month, run);
    case 'd':
        return put_number(out, clock->day, run);
    case 'h':
        *timed = true;
        return put_number(out, hour, run);
    default:
        code = put_number(out, clock->second, run);
        return code == LOOM_OK ? put_fraction(out, clock->fraction) : code;
    }
}

static int put_pattern(loom_buffer *out, const char *pattern, const clock *clock) {
    bool half = strstr(pattern, "AM/PM") != NULL;
    bool timed = false;
    int code = LOOM_OK;
    for (const char *at = pattern; *at != '\0' && code == LOOM_OK;) {
        if (strncmp(at, "AM/PM", 5) == 0) {
            code = loom_buffer_append_text(out, clock->hour < 12 ? "AM" : "PM");
            at += 5;
        } else if (*at == '\\' && at[1] != '\0') {
            code = loom_buffer_append_byte(out, (uint8_t)at[1]);
            at += 2;
        } else if (*at == '"') {
            size_t quoted = strcspn(at + 1, "\"");
            code = loom_buffer_append(out, at + 1, quoted);
            at += quoted + 1 + (at[quoted + 1] == '"');
        } else if (strchr("ymdhs", *at) != NULL) {
            const char letter[] = {*at, '\0'};
            size_t run = strspn(at, letter);
            code = put_letter(out, *at, run, clock, half, &timed);
            at += run;
        } else {
            code = loom_buffer_append_byte(out, (uint8_t)*at++);
        }
    }
    return code;
}

int loom_pdf_date(const loom_region *region, const uint8_t *text, size_t length, loom_buffer *out, bool *shown) {
    loom_moment moment;
    bool named = region->date[0] != '\0';
    *shown = false;
    if (!named && region->count == 0) {
        return LOOM_OK;
    }
    enum loom_date_kind kind = loom_date_read(text, length, &moment);
    if (kind == LOOM_NO_DATE) {
        return LOOM_OK;
    }
    loom_region_localize(region, &moment);
    clock clock = clock_of(&moment);
    *shown = true;
    if (kind == LOOM_DATE) {
        return put_pattern(out, named ? region->date : "yyyy\\-mm\\-dd", &clock);
    }
    return put_pattern(out, named ? region->datetime : "yyyy\\-mm\\-dd\\ hh:mm:ss", &clock);
}
