/* References with their numbers, and hints for the deflater.
 * SPDX-License-Identifier: MIT
 */
#include "reference.h"

#include <string.h>

#include "../../core/deflate.h"
#include "../../core/memory.h"
#include "../../core/simd.h"

/* The digits of the largest row number, 1,048,576. */
#define MOST_DIGITS 7u

/* The cap of the hints, which are two for each mark of some rows. */
#define HINTS_CAP ((size_t)1 << 28)

typedef struct digits {
    uint8_t text[8];
    uint32_t length;
} digits;

/* Where the last mark of a column stands in the output, one more than that, and where its markup starts; 0 where there is none. */
typedef struct loom_xlsx_seen {
    uint32_t mark;
    uint32_t start;
} loom_xlsx_seen;

/* A row while it gets its number. */
typedef struct numbering {
    loom_buffer *out;
    loom_xlsx_repeats *repeats;
    loom_xlsx_rows *rows;
    digits digits;
    uint32_t alike[LOOM_XLSX_MOST_MARKUP + 1]; /* by the length of the markup behind it: the last mark of the row, one more than that */
} numbering;

static digits digits_of(uint32_t number) {
    digits made = {.length = 1};
    for (uint32_t left = number; left >= 10 && made.length < MOST_DIGITS; left /= 10) {
        made.length++;
    }
    for (uint32_t i = made.length; i > 0; i--) {
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

int loom_xlsx_repeats_open(loom_xlsx_repeats *repeats, uint32_t columns) {
    loom_buffer_init(&repeats->hints, HINTS_CAP);
    repeats->count = columns;
    repeats->columns = loom_alloc(((size_t)columns + 1) * sizeof *repeats->columns);
    return repeats->columns == NULL ? LOOM_OUT_OF_MEMORY : LOOM_OK;
}

void loom_xlsx_repeats_close(loom_xlsx_repeats *repeats) {
    loom_buffer_free(&repeats->hints);
    loom_free(repeats->columns);
}

/* The marks of the first row. */
static size_t count_marks(const loom_xlsx_rows *rows) {
    size_t count = 0;
    while (count < rows->mark_count && rows->marks[count].at < rows->ends[0]) {
        count++;
    }
    return count;
}

/* There is room for it. What lies too far back, or does not fit, is not told. */
static inline void put_hint(loom_buffer *hints, uint32_t position, uint32_t length, uint32_t source) {
    uint32_t offset = position - source;
    if (offset <= LOOM_DEFLATE_WINDOW) {
        loom_deflate_hint hint = {position, (uint16_t)length, (uint16_t)offset};
        loom_buffer_put(hints, &hint, sizeof hint);
    }
}

/* What stands before a mark stood before that of the same column in the row before, and the first digits of the number too. What stands
 * behind it stood behind another mark of the row, with the same number, or else in the row before, with another one. */
static void put_hints(numbering *n, const loom_xlsx_mark *mark, uint32_t position, uint32_t behind) {
    loom_buffer *hints = &n->repeats->hints;
    loom_xlsx_seen *seen = &n->repeats->columns[mark->column == LOOM_XLSX_ROW ? n->repeats->count : mark->column];
    uint32_t start = position - (mark->before <= position ? mark->before : position);
    uint32_t digits = n->rows->numbered ? n->digits.length : 0;
    uint32_t *alike = &n->alike[behind & LOOM_XLSX_MOST_MARKUP];
    if (seen->mark > 0) {
        put_hint(hints, start, position - start, seen->start);
    }
    if (behind > 0 && *alike > 0) {
        put_hint(hints, position, digits + behind, *alike - 1);
    } else if (behind > 0 && seen->mark > 0) {
        put_hint(hints, position + digits, behind, seen->mark - 1 + digits);
    }
    seen->start = start;
    seen->mark = position + 1;
    *alike = position + 1;
}

/* Writes what stands at a mark; returns where in the row it goes on. */
static uint32_t put_mark(numbering *n, const loom_xlsx_mark *mark, uint8_t **to) {
    static const uint32_t style = sizeof LOOM_XLSX_LINK_STYLE - 1;
    uint32_t position = (uint32_t)(*to - n->out->bytes);
    uint32_t behind = mark->behind;
    uint32_t at = mark->at;
    if (n->rows->numbered) {
        memcpy(*to, n->digits.text, sizeof n->digits.text);
        *to += n->digits.length;
    }
    if (mark->link && n->rows->links == 0) {
        if (n->rows->numbered) {
            *(*to)++ = '"';
            at++;
        }
        at += style;
        behind -= style;
    }
    n->rows->links -= mark->link && n->rows->links > 0;
    put_hints(n, mark, position, behind);
    return at;
}

static int number_row(numbering *n, uint32_t number) {
    loom_xlsx_rows *rows = n->rows;
    size_t marks = count_marks(rows);
    uint32_t at = rows->start;
    n->digits = digits_of(number);
    memset(n->alike, 0, sizeof n->alike);
    int code = loom_buffer_reserve(n->out, rows->ends[0] - at + marks * MOST_DIGITS);
    code = code == LOOM_OK ? loom_buffer_reserve(&n->repeats->hints, marks * 2 * sizeof(loom_deflate_hint)) : code;
    if (code != LOOM_OK) {
        return code;
    }
    uint8_t *to = n->out->bytes + n->out->length;
    for (size_t i = 0; i < marks; i++) {
        to = loom_copy_blocks(to, rows->bytes + at, rows->marks[i].at - at);
        at = put_mark(n, &rows->marks[i], &to);
    }
    to = loom_copy_blocks(to, rows->bytes + at, rows->ends[0] - at);
    n->out->length = (size_t)(to - n->out->bytes);
    rows->start = rows->ends[0];
    rows->ends++;
    rows->count--;
    rows->marks += marks;
    rows->mark_count -= marks;
    return LOOM_OK;
}

int loom_xlsx_number_rows(loom_buffer *out, loom_xlsx_repeats *repeats, loom_xlsx_rows *rows, uint32_t number, size_t enough) {
    numbering n = {.out = out, .repeats = repeats, .rows = rows};
    int code = LOOM_OK;
    repeats->hints.length = 0;
    memset(repeats->columns, 0, ((size_t)repeats->count + 1) * sizeof *repeats->columns);
    for (; rows->count > 0 && out->length < enough && code == LOOM_OK; number++) {
        code = number_row(&n, number);
    }
    return code;
}
