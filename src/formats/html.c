/* HTML: a page with one table, that needs no script and nothing from elsewhere. See html.md.
 * SPDX-License-Identifier: MIT
 */
#include "flat.h"

/* What a character is written as; the others stand as they are. */
enum mark { PLAIN, AMPERSAND, LESS, GREATER, QUOTE, APOSTROPHE, RETURN, UNFIT };

static const struct {
    const char *text;
    size_t length;
} escapes[] = {
    [AMPERSAND] = {"&amp;", 5}, [LESS] = {"&lt;", 4},    [GREATER] = {"&gt;", 4},
    [QUOTE] = {"&quot;", 6},    [APOSTROPHE] = {"&#39;", 5}, [RETURN] = {"&#13;", 5}, /* a parser makes a line feed of a raw one */
    [UNFIT] = {"\xef\xbf\xbd", 3},
};

/* Control characters of ASCII but tab, line feed and carriage return have no place in a page (HTML 3.2.6, 13.2.3.5). */
static inline enum mark mark_of(uint8_t byte) {
    switch (byte) {
    case '&':
        return AMPERSAND;
    case '<':
        return LESS;
    case '>':
        return GREATER;
    case '"':
        return QUOTE;
    case '\'':
        return APOSTROPHE;
    case '\r':
        return RETURN;
    case '\t':
    case '\n':
        return PLAIN;
    default:
        return byte < ' ' || byte == 0x7f ? UNFIT : PLAIN;
    }
}

/* Text that means itself, in an element or in a quoted attribute; `*unfit` counts characters that were replaced. */
static int put_text(loom_buffer *out, const uint8_t *text, size_t length, uint32_t *unfit) {
    int code = LOOM_OK;
    size_t from = 0;
    for (size_t at = 0; at < length && code == LOOM_OK; at++) {
        enum mark mark = mark_of(text[at]);
        if (mark == PLAIN) {
            continue;
        }
        *unfit += mark == UNFIT;
        code = loom_buffer_append(out, text + from, at - from);
        if (code == LOOM_OK) {
            code = loom_buffer_append(out, escapes[mark].text, escapes[mark].length);
        }
        from = at + 1;
    }
    return code == LOOM_OK ? loom_buffer_append(out, text + from, length - from) : code;
}

static int put_setting(loom_encoding *e, const char *text) {
    uint32_t unfit = 0;
    return put_text(e->out, (const uint8_t *)text, strlen(text), &unfit);
}

static const char style[] =
    "</title>\n<style>\n"
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\n"
    "body{margin:1.5rem}\n"
    "h1{font-size:1.5rem;margin:0 0 1rem}\n"
    ".scroll{overflow:auto;max-height:85vh;border:1px solid GrayText}\n"
    "table{width:max-content;border-collapse:separate;border-spacing:0;font-size:.875rem}\n"
    "th,td{padding:.375rem .625rem;border-bottom:1px solid GrayText;text-align:start;vertical-align:top}\n"
    "th{position:sticky;top:0;background:Canvas;border-bottom-width:2px}\n"
    "td{white-space:pre-wrap;overflow-wrap:anywhere;min-width:3rem;max-width:30rem;unicode-bidi:plaintext}\n"
    ".n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "@media print{.scroll{overflow:visible;max-height:none;border:0}th{position:static}tr{break-inside:avoid}}\n"
    "</style>\n</head>\n<body>\n<main>\n<h1 id=\"title\">";

static const char table[] =
    "</h1>\n<div class=\"scroll\" role=\"region\" aria-labelledby=\"title\" tabindex=\"0\">\n"
    "<table aria-labelledby=\"title\">\n<thead>\n<tr>";

/* A page that others made may not load anything, whatever its cells hold. */
static int open_page(loom_encoding *e) {
    int code = loom_buffer_append_text(e->out, "<!DOCTYPE html>\n<html lang=\"");
    if (code == LOOM_OK) {
        code = put_setting(e, e->settings->html_language);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(e->out, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                                               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                                               "style-src 'unsafe-inline'\">\n"
                                               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    }
    if (code == LOOM_OK) {
        code = put_setting(e, e->settings->html_title);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(e->out, style);
    }
    if (code == LOOM_OK) {
        code = put_setting(e, e->settings->html_title);
    }
    return code == LOOM_OK ? loom_buffer_append_text(e->out, table) : code;
}

static bool is_number(const loom_column *column) {
    return column->type == LOOM_TYPE_INTEGER || column->type == LOOM_TYPE_NUMBER;
}

static int put_heading(loom_encoding *e, int32_t number) {
    const loom_column *column = &e->columns->list[number];
    uint32_t unfit = 0;
    int code = loom_buffer_append_text(e->out, is_number(column) ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
    if (code == LOOM_OK) {
        code = put_text(e->out, (const uint8_t *)column->label, strlen(column->label), &unfit);
    }
    if (code == LOOM_OK && unfit > 0) {
        code = loom_batch_warn(e->batch, LOOM_CHARACTER_REPLACED, number, 0, unfit);
    }
    return code == LOOM_OK ? loom_buffer_append_text(e->out, "</th>") : code;
}

static int head(loom_encoding *e, const char *metadata, size_t length) {
    (void)metadata;
    (void)length;
    int code = LOOM_OK;
    if (e->settings->export_includeMetadata || e->settings->export_includeStatistics) {
        code = loom_batch_warn(e->batch, LOOM_OPTION_WITHOUT_EFFECT, LOOM_NO_COLUMN, 0, 1);
    }
    if (code == LOOM_OK) {
        code = open_page(e);
    }
    for (int32_t i = 0; i < (int32_t)e->columns->count && code == LOOM_OK; i++) {
        code = put_heading(e, i);
    }
    return code == LOOM_OK ? loom_buffer_append_text(e->out, "</tr>\n</thead>\n<tbody>\n") : code;
}

static int put_value(loom_encoding *e, int32_t column, uint32_t ordinal, const uint8_t *text, size_t length) {
    uint32_t unfit = 0;
    int code = put_text(e->out, text, length, &unfit);
    return code == LOOM_OK && unfit > 0 ? loom_batch_warn(e->batch, LOOM_CHARACTER_REPLACED, column, ordinal, unfit) : code;
}

static int put_cell(loom_encoding *e, uint32_t number, int32_t column, uint32_t ordinal) {
    const loom_cell *cell = &e->batch->cells[number];
    bool text = false;
    int code = LOOM_OK;
    switch (cell->kind) {
    case LOOM_CELL_NULL:
        return LOOM_OK;
    case LOOM_CELL_FALSE:
        return loom_buffer_append(e->out, "false", 5);
    case LOOM_CELL_TRUE:
        return loom_buffer_append(e->out, "true", 4);
    case LOOM_CELL_INTEGER:
    case LOOM_CELL_NUMBER:
    case LOOM_CELL_TEXT:
        return put_value(e, column, ordinal, loom_cell_text(e->batch, cell), cell->length);
    default:
        code = loom_flat_value(e, number, column, ordinal, &text);
        return code == LOOM_OK ? put_value(e, column, ordinal, e->scratch->bytes, e->scratch->length) : code;
    }
}

/* The columns `_extra` and `_raw`. */
static int put_special(loom_encoding *e, const loom_record *record, int32_t column, bool late) {
    bool empty = false;
    int code = loom_flat_special(e, record, column, late, &empty);
    if (code != LOOM_OK || empty) {
        return code;
    }
    return put_value(e, column, record->ordinal, e->scratch->bytes, e->scratch->length);
}

static int put_record(loom_encoding *e, const loom_record *record) {
    bool late = false;
    int code = loom_encoding_row(e, record, &late);
    if (code == LOOM_OK) {
        code = loom_buffer_append(e->out, "<tr>", 4);
    }
    for (int32_t column = 0; column < (int32_t)e->columns->count && code == LOOM_OK; column++) {
        code = loom_buffer_append_text(e->out, is_number(&e->columns->list[column]) ? "<td class=\"n\">" : "<td>");
        if (code == LOOM_OK && e->cells[column] != LOOM_NO_CELL) {
            code = put_cell(e, e->cells[column], column, record->ordinal);
        } else if (code == LOOM_OK && (column == e->columns->raw || column == e->columns->extra)) {
            code = put_special(e, record, column, late);
        }
        if (code == LOOM_OK) {
            code = loom_buffer_append(e->out, "</td>", 5);
        }
    }
    return code == LOOM_OK ? loom_buffer_append(e->out, "</tr>\n", 6) : code;
}

static int segment(loom_encoding *e, uint32_t skip, uint32_t take) {
    return loom_flat_segment(e, skip, take, put_record);
}

static int tail(loom_encoding *e, const char *totals, size_t length) {
    (void)totals;
    (void)length;
    return loom_buffer_append_text(e->out, "</tbody>\n</table>\n</div>\n</main>\n</body>\n</html>\n");
}

const loom_format loom_format_html = {
    .name = "html", .head = head, .segment = segment, .tail = tail, .flat = true};
