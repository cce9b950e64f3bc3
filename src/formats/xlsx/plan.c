/* What is known of a Data sheet before its first record: how the cells of its columns are written, and its headings.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "../../core/memory.h"
#include "names.h"
#include "sheet.h"
#include "styles.h"

/* Whether the last part of the key says that the numbers are confidences or the like. */
static bool names_share(const char *key) {
    static const char *const names[] = {"confidence", "probability", "likelihood"};
    size_t length = strlen(key);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t n = strlen(names[i]);
        if (length >= n && strcmp(key + length - n + 1, names[i] + 1) == 0 && (key[length - n] | 0x20) == names[i][0]) {
            return true;
        }
    }
    return false;
}

static loom_xlsx_column column_of(const loom_columns *columns, uint32_t i, const loom_region *region) {
    const loom_column *from = &columns->list[i];
    loom_xlsx_column column = {
        .own = from->format != NULL,
        .dates = from->type == LOOM_TYPE_DATE || from->type == LOOM_TYPE_DATETIME,
        .as_text = from->typed && from->type == LOOM_TYPE_TEXT,
        .share = from->format == NULL && names_share(from->key),
        .name = loom_xlsx_name_column(i),
    };
    uint32_t style = column.own ? loom_xlsx_own_style(columns, i, region) : 0;
    column.number = loom_xlsx_style_of(style);
    column.text = loom_xlsx_style_of(column.own && strchr(from->format, '@') != NULL ? style : LOOM_XLSX_PLAIN);
    column.date = loom_xlsx_style_of(column.own ? style : LOOM_XLSX_DATE);
    column.datetime = loom_xlsx_style_of(column.own ? style : LOOM_XLSX_DATETIME);
    return column;
}

void loom_xlsx_plan_free(void *kept) {
    loom_xlsx_plan *plan = kept;
    if (plan != NULL) {
        loom_deflater_free(plan->deflater);
        loom_xlsx_repeats_close(&plan->repeats);
        loom_free(plan->columns);
        loom_free(plan);
    }
}

int loom_xlsx_plan_of(loom_encoding *e, loom_xlsx_plan **plan) {
    *plan = *e->kept;
    if (*plan != NULL) {
        return LOOM_OK;
    }
    loom_xlsx_plan *made = loom_alloc(sizeof *made);
    if (made == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    made->deflater = loom_deflater_new((int)e->settings->xlsx_level);
    made->columns = loom_alloc(e->columns->count * sizeof *made->columns);
    int code = loom_xlsx_repeats_open(&made->repeats, e->columns->count);
    if (code != LOOM_OK || made->deflater == NULL || (made->columns == NULL && e->columns->count > 0)) {
        loom_xlsx_plan_free(made);
        return LOOM_OUT_OF_MEMORY;
    }
    for (uint32_t i = 0; i < e->columns->count; i++) {
        made->columns[i] = column_of(e->columns, i, e->region);
    }
    *e->kept = made;
    *plan = made;
    return LOOM_OK;
}

/* A heading stands where the values below it do. */
static uint32_t header_style(const loom_column *column) {
    switch (column->type) {
    case LOOM_TYPE_INTEGER:
    case LOOM_TYPE_NUMBER:
    case LOOM_TYPE_DATE:
    case LOOM_TYPE_DATETIME:
        return LOOM_XLSX_HEADER_RIGHT;
    case LOOM_TYPE_BOOLEAN:
        return LOOM_XLSX_HEADER_CENTER;
    default:
        return LOOM_XLSX_HEADER;
    }
}

static int start_heading(loom_buffer *out, uint32_t column, bool reference) {
    char start[24] = "<c";
    const loom_xlsx_column_name name = loom_xlsx_name_column(column);
    if (reference) {
        snprintf(start, sizeof start, "<c r=\"%.*s1\"", name.length, name.text);
    }
    return loom_buffer_append_text(out, start);
}

/* Counts what a heading lost. */
static int warn_of_heading(loom_encoding *e, uint32_t column, bool cut) {
    uint64_t unfit = 0;
    bool fits = !e->settings->xlsx_table || loom_xlsx_heading_fits(e->columns->list[column].label, &unfit);
    int code = cut || !fits ? loom_batch_warn(e->batch, LOOM_TEXT_CUT, (int32_t)column, 0, 1) : LOOM_OK;
    return code == LOOM_OK && unfit > 0 ? loom_batch_warn(e->batch, LOOM_CHARACTER_REPLACED, (int32_t)column, 0, unfit)
                                        : code;
}

int loom_xlsx_header(loom_encoding *e, loom_buffer *out) {
    char **headings = NULL;
    bool references = e->settings->xlsx_references;
    if (e->columns->count == 0) {
        return LOOM_OK;
    }
    int code = loom_xlsx_headings(e, false, &headings);
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(out, references ? "<row r=\"1\"" : "<row");
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(out, " ht=\"21\" customHeight=\"1\">");
    }
    for (uint32_t i = 0; i < e->columns->count && code == LOOM_OK; i++) {
        bool cut = false;
        const loom_xlsx_style style = loom_xlsx_style_of(header_style(&e->columns->list[i]));
        e->scratch->length = 0;
        code = loom_buffer_append_text(e->scratch, headings[i]);
        code = code == LOOM_OK ? loom_buffer_reserve(e->scratch, 1) : code;
        code = code == LOOM_OK ? start_heading(out, i, references) : code;
        code = code == LOOM_OK ? loom_xlsx_text(out, e->scratch->bytes, e->scratch->length, &style, &cut) : code;
        code = code == LOOM_OK ? warn_of_heading(e, i, cut) : code;
    }
    loom_free(headings);
    return code == LOOM_OK ? loom_buffer_append_text(out, "</row>") : code;
}
