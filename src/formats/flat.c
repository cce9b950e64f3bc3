/* Lists, JSON and special columns as text.
 * SPDX-License-Identifier: MIT
 */
#include "flat.h"

#include "../batch/json_text.h"

#define LIST_SEPARATOR "; "

/* Whether the cells of an array are all scalars, so that they can be joined; `*text` tells whether there is text among them. */
static bool is_list(const loom_batch *batch, uint32_t array, bool *text) {
    uint32_t end = array + batch->cells[array].length;
    *text = false;
    for (uint32_t i = array + 1; i < end; i++) {
        if (batch->cells[i].kind >= LOOM_CELL_ARRAY) {
            return false;
        }
        *text |= batch->cells[i].kind == LOOM_CELL_TEXT;
    }
    return true;
}

/* Whether an item cannot be told from two. */
static bool has_separator(const uint8_t *text, size_t length) {
    const uint8_t *end = text + length;
    while (length > 1 && (text = memchr(text, LIST_SEPARATOR[0], (size_t)(end - text))) != NULL) {
        if (++text >= end || *text == (uint8_t)LIST_SEPARATOR[1]) {
            return text < end;
        }
    }
    return false;
}

static int join_item(loom_buffer *out, const loom_batch *batch, const loom_cell *cell, bool *ambiguous) {
    switch (cell->kind) {
    case LOOM_CELL_NULL:
        return LOOM_OK;
    case LOOM_CELL_FALSE:
        return loom_buffer_append(out, "false", 5);
    case LOOM_CELL_TRUE:
        return loom_buffer_append(out, "true", 4);
    default:
        break;
    }
    const uint8_t *text = loom_cell_text(batch, cell);
    *ambiguous |= cell->kind == LOOM_CELL_TEXT && has_separator(text, cell->length);
    return loom_buffer_append(out, text, cell->length);
}

static int join(loom_encoding *e, uint32_t array, int32_t column, uint32_t ordinal) {
    uint32_t end = array + e->batch->cells[array].length;
    bool ambiguous = false;
    int code = LOOM_OK;
    for (uint32_t i = array + 1; i < end && code == LOOM_OK; i++) {
        if (i > array + 1) {
            code = loom_buffer_append_text(e->scratch, LIST_SEPARATOR);
        }
        if (code == LOOM_OK) {
            code = join_item(e->scratch, e->batch, &e->batch->cells[i], &ambiguous);
        }
    }
    if (code == LOOM_OK && ambiguous) {
        code = loom_batch_warn(e->batch, LOOM_LIST_SEPARATOR_IN_TEXT, column, ordinal, 1);
    }
    return code;
}

int loom_flat_value(loom_encoding *e, uint32_t cell, int32_t column, uint32_t ordinal, bool *text) {
    bool array = e->batch->cells[cell].kind == LOOM_CELL_ARRAY;
    bool json = e->settings->export_arrays == LOOM_ARRAYS_JSON || e->columns->list[column].as_json;
    *text = true;
    bool list = array && !json && is_list(e->batch, cell, text);
    e->scratch->length = 0;
    int code = list ? join(e, cell, column, ordinal) : loom_json_value(e->scratch, e->schema, e->batch, cell, -1);
    *text = *text || !list || e->scratch->length == 0;
    return code;
}

int loom_flat_special(loom_encoding *e, const loom_record *record, int32_t column, bool late, bool *empty) {
    e->scratch->length = 0;
    *empty = false;
    if (column == e->columns->raw) {
        return loom_buffer_append(e->scratch, e->batch->text + record->start, record->end - record->start);
    }
    *empty = !late;
    if (!late) {
        return LOOM_OK;
    }
    int code = loom_row_extra(e->scratch, e->schema, e->batch, record);
    return code == LOOM_OK ? loom_batch_warn(e->batch, LOOM_LATE_KEY, LOOM_NO_COLUMN, record->ordinal, 1) : code;
}

int loom_flat_segment(loom_encoding *e, uint32_t skip, uint32_t take, int (*put)(loom_encoding *e, const loom_record *record)) {
    int code = LOOM_OK;
    for (uint32_t i = skip; i < e->batch->record_count && e->written < take && code == LOOM_OK; i++, e->written++) {
        code = put(e, &e->batch->records[i]);
    }
    return code;
}
