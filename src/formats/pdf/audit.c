/* The pages behind the records: those that were rejected, and the audit trail.
 * SPDX-License-Identifier: MIT
 */
#include "sections.h"

#include <stdio.h>

#include "../../core/memory.h"
#include "../../core/utf8.h"

static void put_defect(const loom_list *list, const cJSON *defect) {
    char record[48];
    char offset[48] = "";
    loom_shell_count(record, sizeof record, loom_shell_figure(defect, "record"));
    if (cJSON_HasObjectItem(defect, "offset")) {
        loom_shell_count(offset, sizeof offset, loom_shell_figure(defect, "offset"));
    }
    const char *const texts[] = {record, offset, loom_shell_member(defect, "message"),
                                 loom_shell_member(defect, "excerpt")};
    (void)loom_list_row(list, texts);
}

void loom_pdf_rejected(loom_shell *shell) {
    int32_t unit = (shell->pdf->layout.right - shell->pdf->layout.left) / 100;
    const loom_list_column places[] = {
        {"Record", 0, 10 * unit, LOOM_ALIGN_RIGHT, 1},
        {"Byte", 11 * unit, 12 * unit, LOOM_ALIGN_RIGHT, 1},
        {"What is wrong", 25 * unit, 32 * unit, LOOM_ALIGN_LEFT, 2},
        {"How it starts", 59 * unit, 41 * unit, LOOM_ALIGN_LEFT, 2},
    };
    const cJSON *defects = cJSON_GetObjectItemCaseSensitive(shell->totals, "defects");
    const cJSON *defect = NULL;
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(shell->totals, "counts");
    loom_list list = {shell, places, sizeof places / sizeof places[0]};
    int listed = 0;
    int all = cJSON_GetArraySize(defects);
    char number[48];
    char note[160];
    if (loom_shell_figure(counts, "rejected") <= 0) {
        return;
    }
    loom_shell_count(number, sizeof number, loom_shell_figure(counts, "rejected"));
    snprintf(note, sizeof note,
             "Records that were rejected and are not in this report: %s; listed: %d. Records are counted from 0.",
             number, all < LOOM_PDF_MOST_DEFECTS ? all : LOOM_PDF_MOST_DEFECTS);
    loom_shell_page(shell, true);
    loom_shell_heading(shell, "Rejected records");
    loom_pdf_paragraph(shell, note, 2);
    loom_list_start(&list);
    cJSON_ArrayForEach(defect, defects) {
        if (listed++ < LOOM_PDF_MOST_DEFECTS) {
            put_defect(&list, defect);
        }
    }
}

/* A value as a text, owned by the caller. */
static char *text_of(loom_shell *shell, const cJSON *value) {
    char *text = cJSON_PrintUnformatted(value);
    if (text == NULL) {
        loom_shell_note(shell, LOOM_OUT_OF_MEMORY);
    }
    return text;
}

/* One line for each member; objects within get a line for each of theirs. */
static void put_members(const loom_list *list, const char *prefix, const cJSON *object, int depth) {
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, object) {
        char name[160];
        snprintf(name, sizeof name, "%s%s%.60s", prefix, prefix[0] == '\0' ? "" : ".",
                 member->string == NULL ? "" : member->string);
        name[loom_utf8_whole(name, strlen(name))] = '\0';
        if (cJSON_IsObject(member) && member->child != NULL && depth < 3) {
            put_members(list, name, member, depth + 1);
            continue;
        }
        char *text = cJSON_IsString(member) ? NULL : text_of(list->shell, member);
        const char *const texts[] = {name, cJSON_IsString(member) ? member->valuestring : text == NULL ? "" : text};
        (void)loom_list_row(list, texts);
        loom_free(text);
    }
}

static void put_pairs(loom_shell *shell, const char *title, const cJSON *object) {
    int32_t unit = (shell->pdf->layout.right - shell->pdf->layout.left) / 100;
    const loom_list_column places[] = {
        {"Name", 0, 30 * unit, LOOM_ALIGN_LEFT, 1},
        {"Value", 31 * unit, 69 * unit, LOOM_ALIGN_LEFT, 6},
    };
    loom_list list = {shell, places, sizeof places / sizeof places[0]};
    if (cJSON_GetArraySize(object) > 0) {
        loom_pdf_subheading(shell, title);
        loom_list_start(&list);
        put_members(&list, "", object, 0);
    }
}

static void put_columns(loom_shell *shell) {
    static const char *const type_names[] = {"text", "integer", "number", "boolean", "date", "datetime", "json"};
    int32_t unit = (shell->pdf->layout.right - shell->pdf->layout.left) / 100;
    const loom_list_column places[] = {
        {"Column", 0, 40 * unit, LOOM_ALIGN_LEFT, 2},
        {"Key", 41 * unit, 40 * unit, LOOM_ALIGN_LEFT, 2},
        {"Type", 82 * unit, 18 * unit, LOOM_ALIGN_LEFT, 1},
    };
    const loom_columns *columns = shell->e->columns;
    loom_list list = {shell, places, sizeof places / sizeof places[0]};
    loom_pdf_subheading(shell, "Columns");
    loom_list_start(&list);
    for (uint32_t i = 0; i < columns->count && i < LOOM_PDF_MOST_COLUMNS; i++) {
        const loom_column *column = &columns->list[i];
        bool known = column->typed || !columns->chosen;
        const char *const texts[] = {column->label, column->key, known ? type_names[column->type] : "as it comes"};
        (void)loom_list_row(&list, texts);
    }
    loom_pdf_more_columns(shell, columns->count);
}

static void put_warnings(loom_shell *shell) {
    int32_t unit = (shell->pdf->layout.right - shell->pdf->layout.left) / 100;
    const loom_list_column places[] = {
        {"Times", 0, 9 * unit, LOOM_ALIGN_RIGHT, 1},
        {"Column", 11 * unit, 18 * unit, LOOM_ALIGN_LEFT, 2},
        {"Warning", 30 * unit, 27 * unit, LOOM_ALIGN_LEFT, 1},
        {"What happened", 58 * unit, 42 * unit, LOOM_ALIGN_LEFT, 4},
    };
    const cJSON *warnings = cJSON_GetObjectItemCaseSensitive(shell->totals, "warnings");
    const cJSON *warning = NULL;
    loom_list list = {shell, places, sizeof places / sizeof places[0]};
    if (cJSON_GetArraySize(warnings) == 0) {
        return;
    }
    loom_pdf_subheading(shell, "Warnings");
    loom_list_start(&list);
    cJSON_ArrayForEach(warning, warnings) {
        char count[48];
        loom_shell_count(count, sizeof count, loom_shell_figure(warning, "count"));
        const char *const texts[] = {count, loom_shell_member(warning, "column"), loom_shell_member(warning, "code"),
                                     loom_shell_member(warning, "message")};
        (void)loom_list_row(&list, texts);
    }
}

void loom_pdf_audit(loom_shell *shell) {
    loom_shell_page(shell, true);
    loom_shell_heading(shell, "Metadata");
    loom_pdf_paragraph(shell, "How this report came to be.", 1);
    put_pairs(shell, "Export", cJSON_GetObjectItemCaseSensitive(shell->totals, "metadata"));
    put_pairs(shell, "Records", cJSON_GetObjectItemCaseSensitive(shell->totals, "counts"));
    put_columns(shell);
    put_warnings(shell);
}
