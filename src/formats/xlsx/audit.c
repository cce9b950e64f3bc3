/* The sheets Metadata and Errors.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "../../core/memory.h"
#include "pages.h"

/* Errors that the sheet lists; their number is told in any case. */
#define MOST_ERRORS 10000

static const char *const type_names[] = {"text", "integer", "number", "boolean", "date", "datetime", "json"};

/* A sheet on its way down. */
typedef struct page {
    lxw_worksheet *sheet;
    const loom_xlsx_look *look;
    uint32_t row;
} page;

static void put_section(page *page, const char *title) {
    page->row++;
    worksheet_set_row(page->sheet, page->row, 24, NULL);
    loom_xlsx_write(page->sheet, page->row++, 0, title, page->look->section);
}

/* Compact JSON, for what has no shape of its own here. */
static void put_json(page *page, uint16_t column, const cJSON *value) {
    char *text = cJSON_PrintUnformatted(value);
    loom_xlsx_write(page->sheet, page->row, column, text == NULL ? "" : text, page->look->wrapped);
    loom_free(text);
}

static void put_value(page *page, uint16_t column, const cJSON *value) {
    if (cJSON_IsString(value)) {
        loom_xlsx_write(page->sheet, page->row, column, value->valuestring, page->look->wrapped);
    } else if (cJSON_IsNumber(value)) {
        loom_xlsx_write_figure(page->sheet, page->row, column, value->valuedouble, page->look->text);
    } else if (cJSON_IsBool(value)) {
        loom_xlsx_write(page->sheet, page->row, column, cJSON_IsTrue(value) ? "yes" : "no", page->look->text);
    } else {
        put_json(page, column, value);
    }
}

/* One line for each member; objects within get a line for each of theirs. */
static void put_members(page *page, const char *prefix, const cJSON *object, int depth) {
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, object) {
        char name[160];
        snprintf(name, sizeof name, "%s%s%s", prefix, prefix[0] == '\0' ? "" : ".",
                 member->string == NULL ? "" : member->string);
        if (cJSON_IsObject(member) && member->child != NULL && depth < 3) {
            put_members(page, name, member, depth + 1);
            continue;
        }
        loom_xlsx_write(page->sheet, page->row, 0, name, page->look->label);
        put_value(page, 1, member);
        page->row++;
    }
}

static void put_counts(page *page, const cJSON *counts) {
    const cJSON *count = NULL;
    put_section(page, "Records");
    cJSON_ArrayForEach(count, counts) {
        char name[64];
        snprintf(name, sizeof name, "%s", count->string == NULL ? "" : count->string);
        loom_xlsx_write(page->sheet, page->row, 0, name, page->look->label);
        put_value(page, 1, count);
        page->row++;
    }
}

static void put_columns(page *page, const loom_columns *columns) {
    static const char *const headings[] = {"Column", "Key", "Type"};
    put_section(page, "Columns");
    loom_xlsx_headings_row(page->sheet, page->look, page->row++, headings, 3, 3);
    for (uint32_t i = 0; i < columns->count; i++) {
        const loom_column *column = &columns->list[i];
        bool known = column->typed || column->learned || !columns->chosen;
        loom_xlsx_write(page->sheet, page->row, 0, column->label, page->look->text);
        loom_xlsx_write(page->sheet, page->row, 1, column->key, page->look->text);
        loom_xlsx_write(page->sheet, page->row++, 2, known ? type_names[column->type] : "as it comes",
                        page->look->text);
    }
}

static void put_warnings(page *page, const cJSON *warnings) {
    static const char *const headings[] = {"Warning", "What happened", "Column", "Count"};
    const cJSON *warning = NULL;
    if (cJSON_GetArraySize(warnings) == 0) {
        return;
    }
    put_section(page, "Warnings");
    loom_xlsx_headings_row(page->sheet, page->look, page->row++, headings, 4, 3);
    cJSON_ArrayForEach(warning, warnings) {
        loom_xlsx_write(page->sheet, page->row, 0, loom_xlsx_member(warning, "code"), page->look->text);
        loom_xlsx_write(page->sheet, page->row, 1, loom_xlsx_member(warning, "message"), page->look->wrapped);
        loom_xlsx_write(page->sheet, page->row, 2, loom_xlsx_member(warning, "column"), page->look->text);
        worksheet_write_number(page->sheet, page->row++, 3, loom_xlsx_figure(warning, "count"), page->look->count);
    }
}

void loom_xlsx_metadata(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *totals,
                        const loom_columns *columns) {
    page page = {workbook_add_worksheet(workbook, "Metadata"), look, 2};
    if (page.sheet == NULL) {
        return;
    }
    loom_xlsx_title(page.sheet, look, "Metadata", "How this workbook came to be.");
    worksheet_set_column(page.sheet, 0, 0, 34, NULL);
    worksheet_set_column(page.sheet, 1, 1, 64, NULL);
    worksheet_set_column(page.sheet, 2, 2, 34, NULL);
    worksheet_set_column(page.sheet, 3, 3, 12, NULL);
    put_section(&page, "Export");
    put_members(&page, "", cJSON_GetObjectItemCaseSensitive(totals, "metadata"), 0);
    put_counts(&page, cJSON_GetObjectItemCaseSensitive(totals, "counts"));
    put_columns(&page, columns);
    put_warnings(&page, cJSON_GetObjectItemCaseSensitive(totals, "warnings"));
}

static void put_defect(page *page, const cJSON *defect) {
    const cJSON *record = cJSON_GetObjectItemCaseSensitive(defect, "record");
    const cJSON *offset = cJSON_GetObjectItemCaseSensitive(defect, "offset");
    if (cJSON_IsNumber(record)) {
        worksheet_write_number(page->sheet, page->row, 0, record->valuedouble, page->look->count);
    }
    if (cJSON_IsNumber(offset)) {
        worksheet_write_number(page->sheet, page->row, 1, offset->valuedouble, page->look->count);
    }
    loom_xlsx_write(page->sheet, page->row, 2, loom_xlsx_member(defect, "code"), page->look->text);
    loom_xlsx_write(page->sheet, page->row, 3, loom_xlsx_member(defect, "message"), page->look->text);
    loom_xlsx_write(page->sheet, page->row, 4, loom_xlsx_member(defect, "excerpt"), page->look->text);
    loom_xlsx_write(page->sheet, page->row++, 5, loom_xlsx_member(defect, "input"), page->look->text);
}

void loom_xlsx_errors(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *totals) {
    static const char *const headings[] = {"Record", "Offset", "Error", "What is wrong", "How the record starts",
                                           "Input"};
    const cJSON *defects = cJSON_GetObjectItemCaseSensitive(totals, "defects");
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(totals, "counts");
    const cJSON *defect = NULL;
    char note[120];
    page page = {workbook_add_worksheet(workbook, "Errors"), look, 3};
    if (page.sheet == NULL) {
        return;
    }
    int listed = cJSON_GetArraySize(defects) < MOST_ERRORS ? cJSON_GetArraySize(defects) : MOST_ERRORS;
    snprintf(note, sizeof note, "Records that were rejected and are not in this workbook: %.0f; listed: %d.",
             loom_xlsx_figure(counts, "rejected"), listed);
    loom_xlsx_title(page.sheet, look, "Errors", note);
    static const double widths[] = {12, 14, 22, 44, 80, 20};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        worksheet_set_column(page.sheet, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
    }
    loom_xlsx_headings_row(page.sheet, look, page.row, headings, 6, 6);
    loom_xlsx_write(page.sheet, page.row, 0, headings[0], look->heading_right);
    loom_xlsx_write(page.sheet, page.row++, 1, headings[1], look->heading_right);
    worksheet_freeze_panes(page.sheet, page.row, 0);
    cJSON_ArrayForEach(defect, defects) {
        if (page.row < 4 + (uint32_t)listed) {
            put_defect(&page, defect);
        }
    }
    worksheet_autofilter(page.sheet, 3, 0, page.row - 1, 5);
    worksheet_repeat_rows(page.sheet, 3, 3);
}
