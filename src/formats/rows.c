/* Rows for JavaScript: the columns in the first line, then each record as a JSON array of its cells. Previews and formats that are
 * written in JavaScript read it; it is no file that anybody saves.
 * SPDX-License-Identifier: MIT
 *
 * A cell is null, a truth value, a number or a text, as in the other flat formats: a list is joined, an object is JSON text. A number that
 * a double does not hold as it is spelled is a text.
 */
#include <float.h>
#include <math.h>

#include "../batch/json_text.h"
#include "../core/decimal.h"
#include "flat.h"

static const char *const type_names[] = {"text", "integer", "number", "boolean", "date", "datetime", "json"};

static int put_string(loom_buffer *out, const char *text) {
    return loom_json_string(out, (const uint8_t *)text, strlen(text));
}

static int put_column(loom_buffer *out, const loom_column *column) {
    int code = loom_buffer_append_text(out, "{\"key\":");
    if (code == LOOM_OK) {
        code = put_string(out, column->key);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(out, ",\"label\":");
    }
    if (code == LOOM_OK) {
        code = put_string(out, column->label);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(out, ",\"type\":");
    }
    if (code == LOOM_OK) {
        code = put_string(out, type_names[column->type]);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(out, '}') : code;
}

static int head(loom_encoding *e, const char *metadata, size_t length) {
    (void)metadata;
    (void)length;
    int code = loom_buffer_append_byte(e->out, '[');
    for (uint32_t i = 0; i < e->columns->count && code == LOOM_OK; i++) {
        code = i == 0 ? LOOM_OK : loom_buffer_append_byte(e->out, ',');
        if (code == LOOM_OK) {
            code = put_column(e->out, &e->columns->list[i]);
        }
    }
    return code == LOOM_OK ? loom_buffer_append(e->out, "]\n", 2) : code;
}

/* The digits of a JSON number without zeros in front; `*zero` tells whether all of them are zeros. */
static size_t count_digits(const uint8_t *text, size_t length, bool *zero) {
    size_t digits = 0;
    *zero = true;
    for (size_t i = 0; i < length && (text[i] | 0x20) != 'e'; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        *zero &= !digit || text[i] == '0';
        digits += digit && !*zero;
    }
    return digits;
}

/* Whether JavaScript keeps the number: all of its digits, or the shortest ones of its double, mean the same. */
static int is_kept(loom_encoding *e, const uint8_t *text, size_t length, bool *kept) {
    bool zero = true;
    size_t digits = count_digits(text, length, &zero);
    double value = loom_decimal_value(text, length);
    *kept = isfinite(value) && (digits <= DBL_DIG) && (value != 0 || zero);
    if (*kept || !isfinite(value)) {
        return LOOM_OK;
    }
    e->scratch->length = 0;
    int code = loom_decimal_write(e->scratch, value);
    *kept = code == LOOM_OK && loom_decimal_order(e->scratch->bytes, e->scratch->length, text, length) == 0;
    return code;
}

static int put_number(loom_encoding *e, const uint8_t *text, size_t length) {
    bool kept = false;
    int code = is_kept(e, text, length, &kept);
    if (code != LOOM_OK) {
        return code;
    }
    return kept ? loom_buffer_append(e->out, text, length) : loom_json_string(e->out, text, length);
}

static int put_cell(loom_encoding *e, uint32_t number, int32_t column, uint32_t ordinal) {
    const loom_cell *cell = &e->batch->cells[number];
    bool text = false;
    int code = LOOM_OK;
    switch (cell->kind) {
    case LOOM_CELL_NULL:
        return loom_buffer_append(e->out, "null", 4);
    case LOOM_CELL_FALSE:
        return loom_buffer_append(e->out, "false", 5);
    case LOOM_CELL_TRUE:
        return loom_buffer_append(e->out, "true", 4);
    case LOOM_CELL_INTEGER:
    case LOOM_CELL_NUMBER:
        return put_number(e, e->batch->text + cell->start, cell->length);
    case LOOM_CELL_TEXT:
        return loom_json_string(e->out, loom_cell_text(e->batch, cell), cell->length);
    default:
        code = loom_flat_value(e, number, column, ordinal, &text);
        return code == LOOM_OK ? loom_json_string(e->out, e->scratch->bytes, e->scratch->length) : code;
    }
}

/* The columns `_extra` and `_raw`. */
static int put_special(loom_encoding *e, const loom_record *record, int32_t column, bool late) {
    bool empty = false;
    int code = loom_flat_special(e, record, column, late, &empty);
    if (code != LOOM_OK) {
        return code;
    }
    return empty ? loom_buffer_append(e->out, "null", 4) : loom_json_string(e->out, e->scratch->bytes, e->scratch->length);
}

static int put_record(loom_encoding *e, const loom_record *record) {
    bool late = false;
    int code = loom_encoding_row(e, record, &late);
    for (int32_t column = 0; column < (int32_t)e->columns->count && code == LOOM_OK; column++) {
        bool special = column == e->columns->raw || column == e->columns->extra;
        code = loom_buffer_append_byte(e->out, column == 0 ? '[' : ',');
        if (code != LOOM_OK) {
            break;
        }
        if (e->cells[column] != LOOM_NO_CELL) {
            code = put_cell(e, e->cells[column], column, record->ordinal);
        } else {
            code = special ? put_special(e, record, column, late) : loom_buffer_append(e->out, "null", 4);
        }
    }
    if (code == LOOM_OK && e->columns->count == 0) {
        code = loom_buffer_append_byte(e->out, '[');
    }
    return code == LOOM_OK ? loom_buffer_append(e->out, "]\n", 2) : code;
}

static int segment(loom_encoding *e, uint32_t skip, uint32_t take) {
    return loom_flat_segment(e, skip, take, put_record);
}

const loom_format loom_format_rows = {
    .name = "rows", .head = head, .segment = segment, .flat = true};
