/* What the sheets that tell about the records have in common.
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdio.h>

#include "capture.h"
#include "cell.h"
#include "pages.h"

/* The longest text of such a cell, in bytes, so that it surely has fewer characters than a cell holds. */
#define MOST_TEXT 32000u

#define TITLE_HEIGHT 30
#define HEADING_HEIGHT 21

/* Appends _xHHHH_. */
static int escape(loom_buffer *out, unsigned code) {
    char text[16];
    snprintf(text, sizeof text, "_x%04X_", code & 0xffff);
    return loom_buffer_append_text(out, text);
}

/* libxlsxwriter escapes control characters in cells, but not where a chart keeps a copy of them, and no other that needs it. */
static int prepare(loom_buffer *out, const char *from) {
    const uint8_t *text = (const uint8_t *)from;
    int code = LOOM_OK;
    size_t at = 0;
    while (text[at] != '\0' && code == LOOM_OK) {
        bool starts = (text[at] & 0xc0) != 0x80;
        if (at >= MOST_TEXT && starts) {
            return loom_buffer_append_text(out, "\xe2\x80\xa6");
        }
        if (loom_xlsx_is_noncharacter(text + at, SIZE_MAX)) { /* stops at the NUL */
            code = escape(out, text[at + 2] == 0xbe ? 0xfffe : 0xffff);
            at += 3;
            continue;
        }
        if (text[at] < ' ' && text[at] != '\t' && text[at] != '\n') {
            code = escape(out, text[at]);
        } else if (loom_xlsx_is_escape(text + at, SIZE_MAX)) {
            code = escape(out, '_');
        } else {
            code = loom_buffer_append_byte(out, text[at]);
        }
        at++;
    }
    return code;
}

void loom_xlsx_write(lxw_worksheet *sheet, uint32_t row, uint16_t column, const char *text, lxw_format *format) {
    loom_buffer prepared;
    loom_buffer_init(&prepared, SIZE_MAX / 8);
    int code = prepare(&prepared, text);
    code = code == LOOM_OK ? loom_buffer_append_byte(&prepared, '\0') : code;
    if (code == LOOM_OK) {
        worksheet_write_string(sheet, row, column, (const char *)prepared.bytes, format);
    } else {
        loom_capture_fail(code);
    }
    loom_buffer_free(&prepared);
}

/* What stands for a figure that no double holds, or NULL. */
static const char *beyond_of(double figure) {
    if (isfinite(figure)) {
        return NULL;
    }
    return figure > 0 ? "> 1.8E+308" : "< -1.8E+308";
}

void loom_xlsx_write_figure(lxw_worksheet *sheet, uint32_t row, uint16_t column, double figure, lxw_format *format) {
    const char *beyond = beyond_of(figure);
    if (beyond != NULL) {
        loom_xlsx_write(sheet, row, column, beyond, format);
    } else {
        worksheet_write_number(sheet, row, column, figure, format);
    }
}

void loom_xlsx_title(lxw_worksheet *sheet, const loom_xlsx_look *look, const char *title, const char *note) {
    worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
    worksheet_set_landscape(sheet);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_set_margins(sheet, 0.5, 0.5, 0.6, 0.6);
    worksheet_set_footer(sheet, "&L&8&A&R&8&P / &N");
    worksheet_set_row(sheet, 0, TITLE_HEIGHT, NULL);
    loom_xlsx_write(sheet, 0, 0, title, look->title);
    loom_xlsx_write(sheet, 1, 0, note, look->note);
}

void loom_xlsx_headings_row(lxw_worksheet *sheet, const loom_xlsx_look *look, uint32_t row, const char *const *texts,
                            uint32_t count, uint32_t first_right) {
    worksheet_set_row(sheet, row, HEADING_HEIGHT, NULL);
    for (uint32_t i = 0; i < count; i++) {
        loom_xlsx_write(sheet, row, (uint16_t)i, texts[i], i < first_right ? look->heading : look->heading_right);
    }
}

double loom_xlsx_figure(const cJSON *object, const char *name) {
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(member) ? member->valuedouble : 0;
}

const char *loom_xlsx_member(const cJSON *object, const char *name) {
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(member) ? member->valuestring : "";
}
