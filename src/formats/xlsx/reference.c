/* References with their numbers.
 * SPDX-License-Identifier: MIT
 */
#include "reference.h"

#include <string.h>

#include "../../core/simd.h"

/* The digits of the largest row number, 1,048,576. */
#define MOST_DIGITS 7u

typedef struct digits {
    uint8_t text[8];
    size_t length;
} digits;

static digits digits_of(uint32_t number) {
    digits made = {.length = 1};
    for (uint32_t left = number; left >= 10 && made.length < MOST_DIGITS; left /= 10) {
        made.length++;
    }
    for (size_t i = made.length; i > 0; i--) {
        made.text[i - 1] = (uint8_t)('0' + number % 10);
        number /= 10;
    }
    return made;
}

loom_xlsx_column_name loom_xlsx_name_column(uint32_t column) {
    loom_xlsx_column_name name = {.length = 0};
    for (uint32_t left = column + 1; left > 0 && name.length < sizeof name.text; left = (left - 1) / 26) {
        memmove(name.text + 1, name.text, sizeof name.text - 1);
        name.text[0] = (char)('A' + (left - 1) % 26);
        name.length++;
    }
    return name;
}

/* There is room for the bytes, and a block can be read and written behind them. */
static inline uint8_t *copy(uint8_t *to, const uint8_t *from, size_t length) {
    for (size_t at = 0; at < length; at += LOOM_BLOCK) {
        memcpy(to + at, from + at, LOOM_BLOCK);
    }
    return to + length;
}

/* The places of the first row. */
static size_t count_places(const loom_xlsx_rows *rows) {
    size_t count = 0;
    while (count < rows->place_count && rows->places[count] < rows->ends[0]) {
        count++;
    }
    return count;
}

static int number_row(loom_buffer *out, const loom_xlsx_rows *rows, size_t places, uint32_t number) {
    const digits digits = digits_of(number);
    uint32_t at = rows->start;
    int code = loom_buffer_reserve(out, rows->ends[0] - at + places * MOST_DIGITS);
    if (code != LOOM_OK) {
        return code;
    }
    uint8_t *to = out->bytes + out->length;
    for (size_t i = 0; i < places; i++) {
        to = copy(to, rows->bytes + at, rows->places[i] - at);
        memcpy(to, digits.text, sizeof digits.text);
        to += digits.length;
        at = rows->places[i];
    }
    to = copy(to, rows->bytes + at, rows->ends[0] - at);
    out->length = (size_t)(to - out->bytes);
    return LOOM_OK;
}

int loom_xlsx_number_rows(loom_buffer *out, loom_xlsx_rows *rows, uint32_t number, size_t enough) {
    int code = LOOM_OK;
    for (; rows->count > 0 && out->length < enough && code == LOOM_OK; number++) {
        size_t places = count_places(rows);
        code = number_row(out, rows, places, number);
        rows->start = rows->ends[0];
        rows->ends++;
        rows->count--;
        rows->places += places;
        rows->place_count -= places;
    }
    return code;
}
