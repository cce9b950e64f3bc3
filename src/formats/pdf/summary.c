/* The summary: key figures, what the columns hold, what was left out, and warnings.
 * SPDX-License-Identifier: MIT
 */
#include "sections.h"

#include <math.h>
#include <stdio.h>

#include "../../core/utf8.h"
#include "embed.h"

/* Warnings that the summary tells; the audit trail has all of them. */
#define MOST_WARNINGS 60

/* Characters that no font has, by number. */
#define MOST_CHARACTERS 24

#define LEFT_OUT "COLUMN_LEFT_OUT"

#define TILES 4

static double count_of(const loom_shell *shell, const char *name) {
    return loom_shell_figure(cJSON_GetObjectItemCaseSensitive(shell->totals, "counts"), name);
}

static void put_tiles(loom_shell *shell) {
    static const char *const labels[TILES] = {"Records", "Columns", "Rejected records", "Warnings"};
    const loom_pdf_layout *layout = &shell->pdf->layout;
    const cJSON *warnings = cJSON_GetObjectItemCaseSensitive(shell->totals, "warnings");
    double figures[TILES] = {count_of(shell, "written"), shell->e->columns->count, count_of(shell, "rejected"),
                             cJSON_GetArraySize(warnings)};
    int32_t gap = 10 * LOOM_POINT;
    int32_t width = (layout->right - layout->left - (TILES - 1) * gap) / TILES;
    int32_t height = 52 * LOOM_POINT;
    for (int i = 0; i < TILES; i++) {
        char text[48];
        int32_t x = layout->left + i * (width + gap);
        loom_shell_count(text, sizeof text, figures[i]);
        loom_shell_box(shell, x, shell->y - height, width, height, loom_pale);
        loom_shell_box(shell, x, shell->y - height, 2 * LOOM_POINT, height, loom_accent);
        loom_caption label = {
            .x = x + 100, .y = shell->y - 16 * LOOM_POINT, .width = width - 140, .size = 75, .colour = LOOM_PDF_GREY};
        loom_caption figure = {
            .x = x + 100, .y = shell->y - 41 * LOOM_POINT, .width = width - 140, .size = 200, .style = LOOM_BOLD};
        (void)loom_shell_text(shell, label, labels[i]);
        (void)loom_shell_text(shell, figure, text);
    }
    shell->y -= height + 6 * LOOM_POINT;
}

/* A value of the column as a text: numbers with their own digits, as far as a spreadsheet keeps them. */
static void figure_text(char *text, size_t size, const cJSON *member) {
    text[0] = '\0';
    if (cJSON_IsString(member)) {
        snprintf(text, size, "%.40s", member->valuestring);
    } else if (cJSON_IsNumber(member)) {
        snprintf(text, size, "%.15g", member->valuedouble);
    }
    text[loom_utf8_whole(text, strlen(text))] = '\0';
}

/* A mean as a text, as exact as it is of use. */
static void mean_text(char *text, size_t size, const cJSON *member) {
    text[0] = '\0';
    if (cJSON_IsNumber(member)) {
        bool large = fabs(member->valuedouble) >= 1e6 && fabs(member->valuedouble) < 1e15;
        snprintf(text, size, large ? "%.0f" : "%.6g", member->valuedouble);
    }
}

/* A date as it stands in its record, so with its zone; lines may break before the time. */
static void date_text(char *text, size_t size, const cJSON *member) {
    figure_text(text, size, member);
    if (strlen(text) > 10 && text[10] == 'T') {
        text[10] = ' ';
    }
}

static const cJSON *member(const cJSON *object, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* How much of a column is filled, as a bar; there is room for the percent beside it. */
static void put_share(loom_shell *shell, int32_t x, int32_t y, int32_t room, double share) {
    int32_t width = room < 80 * LOOM_POINT ? room - 34 * LOOM_POINT : 46 * LOOM_POINT;
    loom_shell_box(shell, x, y - 5, width, 50, loom_faint);
    loom_shell_box(shell, x, y - 5, (int32_t)(share * width), 50, loom_accent);
}

static void put_column(const loom_list *list, const cJSON *column) {
    bool dates = member(column, "earliest") != NULL;
    bool about = cJSON_IsFalse(member(column, "distinctExact"));
    double filled = loom_shell_figure(column, "filled");
    double all = filled + loom_shell_figure(column, "empty");
    char share[32];
    char distinct[64];
    char count[48];
    char least[48];
    char most[48];
    char mean[48];
    double part = all > 0 ? filled / all : 0;
    bool nearly = part >= .9995 && filled < all;
    snprintf(share, sizeof share, "%s%.0f %%", nearly ? "> " : "", nearly ? 99. : part * 100);
    loom_shell_count(count, sizeof count, loom_shell_figure(column, "distinct"));
    snprintf(distinct, sizeof distinct, "%s%s", about ? "\xe2\x89\x88 " : "", count);
    (dates ? date_text : figure_text)(least, sizeof least, member(column, dates ? "earliest" : "min"));
    (dates ? date_text : figure_text)(most, sizeof most, member(column, dates ? "latest" : "max"));
    mean_text(mean, sizeof mean, member(column, "mean"));
    const char *const texts[] = {
        loom_shell_member(column, "label"), loom_shell_member(column, "type"), share, distinct, least, most, mean};
    int32_t y = loom_list_row(list, texts);
    put_share(list->shell, list->shell->pdf->layout.left + list->columns[2].x, y, list->columns[2].width, part);
}

/* What the columns hold, by the statistics. */
static void put_statistics(loom_shell *shell, const cJSON *columns) {
    int32_t unit = (shell->pdf->layout.right - shell->pdf->layout.left) / 100;
    const loom_list_column places[] = {
        {"Column", 0, 26 * unit, LOOM_ALIGN_LEFT, 1},          {"Type", 27 * unit, 10 * unit, LOOM_ALIGN_LEFT, 1},
        {"Filled", 37 * unit, 17 * unit, LOOM_ALIGN_RIGHT, 1}, {"Distinct", 55 * unit, 10 * unit, LOOM_ALIGN_RIGHT, 1},
        {"Least", 66 * unit, 12 * unit, LOOM_ALIGN_RIGHT, 2},  {"Greatest", 79 * unit, 12 * unit, LOOM_ALIGN_RIGHT, 2},
        {"Mean", 92 * unit, 8 * unit, LOOM_ALIGN_RIGHT, 1},
    };
    const cJSON *column = NULL;
    loom_list list = {shell, places, sizeof places / sizeof places[0]};
    loom_pdf_subheading(shell, "What the columns hold");
    loom_list_start(&list);
    uint32_t listed = 0;
    cJSON_ArrayForEach(column, columns) {
        if (listed++ < LOOM_PDF_MOST_COLUMNS) {
            put_column(&list, column);
        }
    }
    loom_pdf_more_columns(shell, listed);
}

/* The columns by name and type alone. */
static void put_names(loom_shell *shell, const cJSON *columns) {
    int32_t unit = (shell->pdf->layout.right - shell->pdf->layout.left) / 100;
    const loom_list_column places[] = {
        {"Column", 0, 40 * unit, LOOM_ALIGN_LEFT, 1},
        {"Key", 41 * unit, 40 * unit, LOOM_ALIGN_LEFT, 1},
        {"Type", 82 * unit, 18 * unit, LOOM_ALIGN_LEFT, 1},
    };
    const cJSON *column = NULL;
    loom_list list = {shell, places, sizeof places / sizeof places[0]};
    loom_pdf_subheading(shell, "Columns");
    loom_list_start(&list);
    uint32_t listed = 0;
    cJSON_ArrayForEach(column, columns) {
        const char *const texts[] = {loom_shell_member(column, "label"), loom_shell_member(column, "key"),
                                     loom_shell_member(column, "type")};
        if (listed++ < LOOM_PDF_MOST_COLUMNS) {
            (void)loom_list_row(&list, texts);
        }
    }
    loom_pdf_more_columns(shell, listed);
}

static void put_left_out(loom_shell *shell) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    loom_buffer names;
    if (layout->left_out_count == 0) {
        return;
    }
    loom_buffer_init(&names, shell->e->out->cap);
    for (uint32_t i = 0; i < layout->left_out_count; i++) {
        loom_shell_note(shell, loom_buffer_append_text(&names, i == 0 ? "" : ", "));
        loom_shell_note(shell, loom_buffer_append_text(&names, shell->e->columns->list[layout->left_out[i]].label));
    }
    loom_shell_note(shell, loom_buffer_append_byte(&names, '\0'));
    loom_pdf_subheading(shell, "Not in the table");
    loom_pdf_paragraph(shell, "A page is not wide enough for all columns. These were left out:", 2);
    if (shell->code == LOOM_OK) {
        loom_pdf_paragraph(shell, (const char *)names.bytes, 12);
    }
    loom_buffer_free(&names);
}

/* The characters of the records that no font has, by their numbers. */
static void put_missing(loom_shell *shell) {
    loom_embed embed;
    loom_buffer text;
    loom_buffer_init(&text, shell->e->out->cap);
    int code = loom_buffer_append_text(&text, "No font has these characters: ");
    size_t length = text.length;
    code = code == LOOM_OK ? loom_embed_open(&embed, &shell->pdf->fonts, &shell->pdf->shaper.usage) : code;
    code = code == LOOM_OK ? loom_embed_missing(&embed, MOST_CHARACTERS, &text) : code;
    bool any = text.length > length;
    code = code == LOOM_OK ? loom_buffer_append(&text, ".", 2) : code;
    loom_shell_note(shell, code);
    if (any && code == LOOM_OK) {
        loom_pdf_paragraph(shell, (const char *)text.bytes, 4);
    }
    loom_buffer_free(&text);
}

static void put_warnings(loom_shell *shell) {
    int32_t unit = (shell->pdf->layout.right - shell->pdf->layout.left) / 100;
    const loom_list_column places[] = {
        {"Times", 0, 9 * unit, LOOM_ALIGN_RIGHT, 1},
        {"Column", 11 * unit, 25 * unit, LOOM_ALIGN_LEFT, 1},
        {"What happened", 37 * unit, 63 * unit, LOOM_ALIGN_LEFT, 3},
    };
    const cJSON *warnings = member(shell->totals, "warnings");
    const cJSON *warning = NULL;
    loom_list list = {shell, places, sizeof places / sizeof places[0]};
    int told = 0;
    cJSON_ArrayForEach(warning, warnings) {
        told += strcmp(loom_shell_member(warning, "code"), LEFT_OUT) != 0;
    }
    if (told == 0) {
        return;
    }
    told = 0;
    loom_pdf_subheading(shell, "Warnings");
    loom_list_start(&list);
    cJSON_ArrayForEach(warning, warnings) {
        char count[48];
        if (strcmp(loom_shell_member(warning, "code"), LEFT_OUT) == 0) {
            continue; /* told above */
        }
        if (told++ == MOST_WARNINGS) {
            break;
        }
        loom_shell_count(count, sizeof count, loom_shell_figure(warning, "count"));
        const char *const texts[] = {count, loom_shell_member(warning, "column"),
                                     loom_shell_member(warning, "message")};
        (void)loom_list_row(&list, texts);
    }
    put_missing(shell);
}

void loom_pdf_summary(loom_shell *shell) {
    const cJSON *columns = member(shell->totals, "columns");
    bool counted = member(cJSON_GetArrayItem(columns, 0), "filled") != NULL;
    loom_shell_page(shell, true);
    loom_shell_heading(shell, "Summary");
    put_tiles(shell);
    put_left_out(shell);
    if (counted) {
        loom_pdf_charts(shell);
        put_statistics(shell, columns);
    } else if (cJSON_GetArraySize(columns) > 0) {
        put_names(shell, columns);
    }
    put_warnings(shell);
}
