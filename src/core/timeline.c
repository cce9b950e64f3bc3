/* Periods and their counts.
 * SPDX-License-Identifier: MIT
 */
#include "timeline.h"

#include <stdio.h>

#include "instant.h"
#include "memory.h"

/* More than any unit can have: 62, or the centuries of the years -1 to 10000. */
#define MOST_PERIODS 102u

void loom_timeline_close(loom_timeline *timeline) {
    loom_free(timeline->periods);
    *timeline = (loom_timeline){0};
}

static int32_t coarser(int32_t number, uint8_t unit) {
    int year = 0;
    int month = 0;
    int date = 0;
    if (unit == LOOM_BY_DAY) {
        loom_instant_date(number, &year, &month, &date);
        return year * 12 + month - 1;
    }
    int32_t size = unit == LOOM_BY_MONTH ? 12 : 10;
    return number >= 0 ? number / size : -((size - 1 - number) / size);
}

/* Goes over to the next unit. */
static void coarsen(loom_timeline *timeline) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < timeline->count; i++) {
        loom_period period = timeline->periods[i];
        period.number = coarser(period.number, timeline->unit);
        if (kept > 0 && timeline->periods[kept - 1].number == period.number) {
            timeline->periods[kept - 1].count += period.count;
        } else {
            timeline->periods[kept++] = period;
        }
    }
    timeline->count = kept;
    timeline->unit++;
}

static bool fits(const loom_timeline *timeline, int32_t number) {
    if (timeline->unit == LOOM_BY_CENTURY || timeline->count == 0) {
        return true;
    }
    int64_t first = timeline->periods[0].number;
    int64_t last = timeline->periods[timeline->count - 1].number;
    first = number < first ? number : first;
    last = number > last ? number : last;
    return last - first < LOOM_TIMELINE_SPAN;
}

static int insert(loom_timeline *timeline, uint32_t place, loom_period period) {
    if (timeline->count == timeline->capacity) {
        uint32_t capacity = timeline->capacity == 0 ? 8 : timeline->capacity * 2;
        loom_period *periods = loom_realloc(timeline->periods, capacity * sizeof *periods);
        if (periods == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        timeline->periods = periods;
        timeline->capacity = capacity;
    }
    memmove(timeline->periods + place + 1, timeline->periods + place, (timeline->count - place) * sizeof period);
    timeline->periods[place] = period;
    timeline->count++;
    return LOOM_OK;
}

/* Adds to a period that is counted in `unit`, which is no coarser than the timeline's. */
static int add(loom_timeline *timeline, int32_t number, uint8_t unit, uint64_t count) {
    for (; unit < timeline->unit; unit++) {
        number = coarser(number, unit);
    }
    while (!fits(timeline, number)) {
        coarsen(timeline);
        number = coarser(number, unit++);
    }
    uint32_t low = 0;
    uint32_t high = timeline->count;
    if (high > 0 && timeline->periods[high - 1].number == number) {
        low = --high; /* times mostly go on */
    }
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (timeline->periods[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < timeline->count && timeline->periods[low].number == number) {
        timeline->periods[low].count += count;
        return LOOM_OK;
    }
    return insert(timeline, low, (loom_period){number, count});
}

int loom_timeline_add(loom_timeline *timeline, int32_t day, uint64_t count) {
    return add(timeline, day, LOOM_BY_DAY, count);
}

int loom_timeline_write(const loom_timeline *timeline, loom_buffer *out) {
    int64_t before = 0;
    int code = loom_buffer_reserve(out, (size_t)(timeline->count + 1) * 2 * LOOM_VARINT_MOST);
    if (code != LOOM_OK) {
        return code;
    }
    loom_varint_put(out, timeline->unit);
    loom_varint_put(out, timeline->count);
    for (uint32_t i = 0; i < timeline->count; i++) {
        loom_varint_put(out, loom_zigzag(timeline->periods[i].number - before));
        loom_varint_put(out, timeline->periods[i].count);
        before = timeline->periods[i].number;
    }
    return LOOM_OK;
}

int loom_timeline_read(loom_timeline *timeline, loom_reader *reader) {
    static const int64_t most[] = {3700000, 120100, 10001, 1001, 101}; /* of each unit, to either side of 0 */
    uint8_t unit = (uint8_t)loom_varint_read(reader, LOOM_BY_CENTURY);
    uint32_t count = (uint32_t)loom_varint_read(reader, MOST_PERIODS);
    int64_t number = 0;
    int code = LOOM_OK;
    while (timeline->unit < unit) {
        coarsen(timeline);
    }
    for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
        number += loom_unzigzag(loom_varint_read(reader, UINT32_MAX));
        uint64_t values = loom_varint_read(reader, UINT64_MAX);
        if (reader->bad || number < -most[unit] || number > most[unit]) {
            reader->bad = true;
            return LOOM_OK;
        }
        code = add(timeline, (int32_t)number, unit, values);
    }
    return code;
}

static int put_period(const loom_timeline *timeline, int32_t number, uint64_t count, bool first, loom_buffer *out) {
    char text[96];
    int year = number;
    int month = 0;
    int date = 0;
    if (timeline->unit == LOOM_BY_DAY) {
        loom_instant_date(number, &year, &month, &date);
        snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, date);
    } else if (timeline->unit == LOOM_BY_MONTH) {
        year = coarser(number, LOOM_BY_MONTH);
        snprintf(text, sizeof text, "%04d-%02d", year, number - year * 12 + 1);
    } else if (timeline->unit == LOOM_BY_YEAR) {
        snprintf(text, sizeof text, "%04d", year);
    } else {
        snprintf(text, sizeof text, "%04ds", year * (timeline->unit == LOOM_BY_DECADE ? 10 : 100));
    }
    int code = loom_buffer_append_text(out, first ? "{\"period\":\"" : ",{\"period\":\"");
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(out, text);
    }
    snprintf(text, sizeof text, "\",\"count\":%llu}", (unsigned long long)count);
    return code == LOOM_OK ? loom_buffer_append_text(out, text) : code;
}

int loom_timeline_report(const loom_timeline *timeline, loom_buffer *out) {
    int code = loom_buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < timeline->count && code == LOOM_OK; i++) {
        const loom_period *period = &timeline->periods[i];
        int32_t gap = i > 0 ? period[-1].number + 1 : period->number;
        for (; gap < period->number && code == LOOM_OK; gap++) {
            code = put_period(timeline, gap, 0, false, out);
        }
        if (code == LOOM_OK) {
            code = put_period(timeline, period->number, period->count, i == 0, out);
        }
    }
    return code == LOOM_OK ? loom_buffer_append_byte(out, ']') : code;
}
