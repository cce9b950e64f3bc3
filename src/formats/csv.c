/* CSV (RFC 4180), with the guards that spreadsheets need. See csv.md.
 * SPDX-License-Identifier: MIT
 */
#include "../core/simd.h"
#include "flat.h"

static int check(loom_settings *settings, loom_error *error) {
    char d = settings->csv_delimiter[0];
    bool letter = (d >= '0' && d <= '9') || (d >= 'a' && d <= 'z') || (d >= 'A' && d <= 'Z');
    if (letter || (d < ' ' && d != '\t') || d > '~' || strchr("\"'+-.", d) != NULL) {
        return loom_fail(error, LOOM_INVALID_OPTION, "csv.delimiter must be an ASCII character such as , ; | or tab, "
                                                     "not a letter, digit, quote, sign, dot or line break");
    }
    const char *null_text = settings->csv_nullText;
    for (size_t i = 0; null_text[i] != '\0'; i++) {
        if (null_text[i] == d || null_text[i] == '"' || (uint8_t)null_text[i] < ' ') {
            return loom_fail(error, LOOM_INVALID_OPTION,
                             "csv.nullText cannot hold the delimiter, a quote or a control character");
        }
    }
    return LOOM_OK;
}

/* Whether the text has any of the bytes that force quotes: RFC 4180 2.6, and control characters. Bytes behind it are readable. */
static bool has_delimiter(const uint8_t *text, size_t length, uint8_t delimiter) {
    for (size_t at = 0; at < length; at += LOOM_BLOCK) {
        uint32_t mask = loom_mask_byte(text + at, delimiter);
        if (length - at < LOOM_BLOCK) {
            mask &= (1u << (length - at)) - 1;
        }
        if (mask != 0) {
            return true;
        }
    }
    return false;
}

static bool has_special(const uint8_t *text, size_t length, uint8_t delimiter) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] == '"' || text[i] == delimiter) {
            return true;
        }
    }
    return false;
}

/* OWASP: the characters that make a spreadsheet read text as a formula. */
static bool is_formula(uint8_t first) {
    return first == '=' || first == '+' || first == '-' || first == '@' || first == '\t' || first == '\r';
}

static bool equals_null(const loom_settings *settings, const uint8_t *text, size_t length) {
    const char *null_text = settings->csv_nullText;
    return null_text[0] != '\0' && strlen(null_text) == length && memcmp(text, null_text, length) == 0;
}

/* RFC 4180 2.5 and 2.7: in quotes, a quote is doubled. */
static int put_quoted(loom_buffer *out, const uint8_t *text, size_t length, bool guard) {
    if (length > (SIZE_MAX - 3) / 2) {
        return LOOM_LIMIT_EXCEEDED;
    }
    int code = loom_buffer_reserve(out, length * 2 + 3);
    if (code != LOOM_OK) {
        return code;
    }
    loom_buffer_put_byte(out, '"');
    if (guard) {
        loom_buffer_put_byte(out, '\'');
    }
    const uint8_t *end = text + length;
    while (text < end) {
        const uint8_t *quote = memchr(text, '"', (size_t)(end - text));
        const uint8_t *behind = quote == NULL ? end : quote + 1;
        loom_buffer_put(out, text, (size_t)(behind - text));
        if (quote != NULL) {
            loom_buffer_put_byte(out, '"');
        }
        text = behind;
    }
    loom_buffer_put_byte(out, '"');
    return LOOM_OK;
}

/* Text as it stands. At least LOOM_BLOCK bytes behind its start can be read; short text is copied in one block, into the slack at
 * most. */
static inline int put_plain(loom_buffer *out, const uint8_t *text, size_t length) {
    int code = loom_buffer_reserve(out, length + 1);
    if (code == LOOM_OK && length <= LOOM_BLOCK) {
        memcpy(out->bytes + out->length, text, LOOM_BLOCK);
        out->length += length;
    } else if (code == LOOM_OK) {
        loom_buffer_put(out, text, length);
    }
    return code;
}

/* The text of one field. `plain`: it is known to have neither quotes nor control characters. At least LOOM_BLOCK bytes behind
 * it can be read. `*guarded` tells whether the formula guard changed it. */
static inline int put_text(loom_encoding *e, const uint8_t *text, size_t length, bool plain, bool *guarded) {
    const loom_settings *settings = e->settings;
    uint8_t delimiter = (uint8_t)settings->csv_delimiter[0];
    bool guard = length > 0 && settings->csv_formulaGuard && is_formula(text[0]);
    bool quote = length == 0 || settings->csv_quotes == LOOM_QUOTES_ALWAYS ||
                 (plain ? has_delimiter(text, length, delimiter) : has_special(text, length, delimiter)) ||
                 equals_null(settings, text, length);
    *guarded = guard;
    if (quote) {
        return put_quoted(e->out, text, length, guard);
    }
    int code = loom_buffer_reserve(e->out, 1);
    if (code == LOOM_OK && guard) {
        loom_buffer_put_byte(e->out, '\'');
    }
    return code == LOOM_OK ? put_plain(e->out, text, length) : code;
}

/* A number or a truth value, which needs no care but that it may look like the null text. */
static inline int put_bare(loom_encoding *e, const uint8_t *text, size_t length) {
    if (e->settings->csv_quotes == LOOM_QUOTES_ALWAYS || equals_null(e->settings, text, length)) {
        return put_quoted(e->out, text, length, false);
    }
    return put_plain(e->out, text, length);
}

static int put_null(loom_encoding *e, uint32_t ordinal) {
    const char *null_text = e->settings->csv_nullText;
    if (e->columns->count == 1 && null_text[0] == '\0') {
        int code = loom_batch_warn(e->batch, LOOM_NULL_AS_EMPTY_TEXT, 0, ordinal, 1);
        return code == LOOM_OK ? loom_buffer_append(e->out, "\"\"", 2) : code;
    }
    return loom_buffer_append_text(e->out, null_text);
}

/* Puts what was put together in `scratch` into a field; `*guarded` as for put_text. */
static int put_scratch(loom_encoding *e, bool *guarded) {
    int code = loom_buffer_reserve(e->scratch, 1); /* so that there are bytes to read */
    return code == LOOM_OK ? put_text(e, e->scratch->bytes, e->scratch->length, false, guarded) : code;
}

/* Puts what was put together into a field and never guards it: joined numbers, or JSON text, which starts with `-` only where
 * it is a number. */
static int put_unguarded(loom_encoding *e) {
    const uint8_t *text = e->scratch->bytes;
    size_t length = e->scratch->length;
    bool quote = has_special(text, length, (uint8_t)e->settings->csv_delimiter[0]);
    return quote ? put_quoted(e->out, text, length, false) : put_bare(e, text, length);
}

static int put_container(loom_encoding *e, uint32_t cell, int32_t column, uint32_t ordinal, bool *guarded) {
    bool text = true;
    int code = loom_flat_value(e, cell, column, ordinal, &text);
    if (code != LOOM_OK) {
        return code;
    }
    return text ? put_scratch(e, guarded) : put_unguarded(e);
}

/* The columns `_extra` and `_raw`, which no cell stands for. */
static int put_special(loom_encoding *e, const loom_record *record, int32_t column, bool late) {
    bool empty = false;
    int code = loom_flat_special(e, record, column, late, &empty);
    if (code != LOOM_OK) {
        return code;
    }
    return empty ? put_null(e, record->ordinal) : put_unguarded(e);
}

/* Truth values, as long as a block. */
static const uint8_t false_text[LOOM_BLOCK] = "false";
static const uint8_t true_text[LOOM_BLOCK] = "true";

static inline int put_cell(loom_encoding *e, uint32_t number, int32_t column, uint32_t ordinal, bool *guarded) {
    const loom_cell *cell = &e->batch->cells[number];
    switch (cell->kind) {
    case LOOM_CELL_TEXT: {
        bool plain = !(cell->flags & LOOM_CELL_ESCAPED);
        return put_text(e, loom_cell_text(e->batch, cell), cell->length, plain, guarded);
    }
    case LOOM_CELL_INTEGER:
    case LOOM_CELL_NUMBER:
        return put_bare(e, e->batch->text + cell->start, cell->length);
    case LOOM_CELL_NULL:
        return put_null(e, ordinal);
    case LOOM_CELL_FALSE:
        return put_bare(e, false_text, 5);
    case LOOM_CELL_TRUE:
        return put_bare(e, true_text, 4);
    default:
        return put_container(e, number, column, ordinal, guarded);
    }
}

static int put_line_break(loom_encoding *e) {
    bool lf = e->settings->csv_newline == LOOM_NEWLINE_LF;
    return loom_buffer_append(e->out, lf ? "\n" : "\r\n", lf ? 1 : 2);
}

static int put_record(loom_encoding *e, const loom_record *record) {
    bool late = false;
    int code = loom_encoding_row(e, record, &late);
    int32_t count = (int32_t)e->columns->count;
    for (int32_t column = 0; column < count && code == LOOM_OK; column++) {
        uint32_t cell = e->cells[column];
        bool guarded = false;
        if (column > 0) {
            code = loom_buffer_reserve(e->out, 1);
        }
        if (column > 0 && code == LOOM_OK) {
            loom_buffer_put_byte(e->out, (uint8_t)e->settings->csv_delimiter[0]);
        }
        if (code != LOOM_OK) {
            return code;
        }
        if (cell != LOOM_NO_CELL) {
            code = put_cell(e, cell, column, record->ordinal, &guarded);
        } else if (column == e->columns->raw || column == e->columns->extra) {
            code = put_special(e, record, column, late);
        } else {
            code = put_null(e, record->ordinal);
        }
        if (guarded && code == LOOM_OK) {
            code = loom_batch_warn(e->batch, LOOM_FORMULA_GUARDED, column, record->ordinal, 1);
        }
    }
    return code == LOOM_OK ? put_line_break(e) : code;
}

static int segment(loom_encoding *e, uint32_t skip, uint32_t take) {
    return loom_flat_segment(e, skip, take, put_record);
}

static int head(loom_encoding *e, const char *metadata, size_t length) {
    (void)metadata;
    (void)length;
    int code = LOOM_OK;
    if (e->settings->export_includeMetadata || e->settings->export_includeStatistics) {
        code = loom_batch_warn(e->batch, LOOM_OPTION_WITHOUT_EFFECT, LOOM_NO_COLUMN, 0, 1);
    }
    if (code == LOOM_OK && e->settings->csv_preset == LOOM_PRESET_EXCEL) {
        code = loom_buffer_append(e->out, "\xef\xbb\xbf", 3);
    }
    if (!e->settings->csv_header || e->columns->count == 0) {
        return code;
    }
    for (uint32_t i = 0; i < e->columns->count && code == LOOM_OK; i++) {
        bool guarded = false;
        e->scratch->length = 0;
        if (i > 0) {
            code = loom_buffer_append_byte(e->out, (uint8_t)e->settings->csv_delimiter[0]);
        }
        if (code == LOOM_OK) {
            code = loom_buffer_append_text(e->scratch, e->columns->list[i].label);
        }
        if (code == LOOM_OK) {
            code = put_scratch(e, &guarded);
        }
        if (guarded && code == LOOM_OK) {
            code = loom_batch_warn(e->batch, LOOM_FORMULA_GUARDED, (int32_t)i, 0, 1);
        }
    }
    return code == LOOM_OK ? put_line_break(e) : code;
}

const loom_format loom_format_csv = {
    .name = "csv", .check = check, .head = head, .segment = segment, .flat = true};
