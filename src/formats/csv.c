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

/* Records that are not tried in the usual way after one that was odd, at most. */
#define MOST_ODD 64u

/* Whether null is nothing, and each other value stands in a cell of its own. */
static inline bool is_usual(const loom_encoding *e) {
    const loom_settings *settings = e->settings;
    return settings->csv_nullText[0] == '\0' && settings->csv_quotes != LOOM_QUOTES_ALWAYS && e->columns->count > 1 &&
           e->columns->raw == LOOM_NO_COLUMN && e->columns->extra == LOOM_NO_COLUMN && e->collector == NULL;
}

/* Copies text in whole blocks and tells whether it has the delimiter. Blocks behind both can be touched. */
static inline bool copy_text(uint8_t *to, const uint8_t *text, size_t length, uint8_t delimiter) {
    for (;;) {
        uint32_t mask = loom_mask_byte(text, delimiter);
        memcpy(to, text, LOOM_BLOCK);
        if (length <= LOOM_BLOCK) {
            return (mask & ((1u << length) - 1)) != 0;
        }
        if (mask != 0) {
            return true;
        }
        to += LOOM_BLOCK;
        text += LOOM_BLOCK;
        length -= LOOM_BLOCK;
    }
}

/* A value as it usually is: false where it needs more care. There is room for it. */
static inline bool put_usual(loom_encoding *e, const loom_cell *cell, uint8_t delimiter, bool guards) {
    const uint8_t *text = e->batch->text + cell->start;
    size_t length = cell->length;
    switch (cell->kind) {
    case LOOM_CELL_TEXT:
        if (cell->flags != 0 || length == 0 || (guards && is_formula(text[0]))) {
            return false;
        }
        break;
    case LOOM_CELL_INTEGER:
    case LOOM_CELL_NUMBER:
        break;
    case LOOM_CELL_NULL:
        return true;
    case LOOM_CELL_FALSE:
        text = false_text;
        length = 5;
        break;
    case LOOM_CELL_TRUE:
        text = true_text;
        length = 4;
        break;
    default:
        return false;
    }
    if (copy_text(e->out->bytes + e->out->length, text, length, delimiter)) {
        return false;
    }
    e->out->length += length;
    return true;
}

/* The most that a record's usual values take: each character at most once, and a delimiter for each column. */
static inline size_t most_usual(const loom_encoding *e, const loom_record *record) {
    return (size_t)(record->end - record->start) + e->columns->count + 5;
}

/* A value in its column, behind the delimiters of those before. `*next` is the first column that is not written yet. */
static inline int put_column(loom_encoding *e, const loom_record *record, uint32_t number, int32_t *next, bool *odd) {
    const loom_settings *settings = e->settings;
    const loom_cell *cell = &e->batch->cells[number];
    int32_t column = e->schema->nodes[cell->path].column;
    uint8_t delimiter = (uint8_t)settings->csv_delimiter[0];
    for (*next += *next == 0; *next <= column; ++*next) {
        loom_buffer_put_byte(e->out, delimiter);
    }
    if (put_usual(e, cell, delimiter, settings->csv_formulaGuard)) {
        return LOOM_OK;
    }
    int code = put_cell(e, number, column, record->ordinal, odd);
    return code == LOOM_OK ? loom_buffer_reserve(e->out, most_usual(e, record)) : code;
}

/* How many cells lie in one that has no column, or are stepped over with it; 0 where it must not be left out. */
static inline uint32_t step_past(const loom_encoding *e, const loom_node *node, const loom_cell *cell) {
    bool object = cell->kind == LOOM_CELL_OBJECT;
    if (object && cell->length > 1 && (node->below || cell->path == 0) && node->depth < LOOM_MAX_FLAT_DEPTH) {
        return 1;
    }
    bool nothing = cell->kind == LOOM_CELL_NULL || (object && cell->length == 1);
    return e->columns->chosen || (nothing && node->below) ? loom_cell_span(cell) : 0;
}

/* Writes the values of a record while it goes through its cells. `*odd` where they do not come in the order of the columns, or
 * where something else needs loom_row_fill. */
static inline int put_values(loom_encoding *e, const loom_record *record, bool *odd) {
    const loom_cell *cells = e->batch->cells;
    uint32_t end = record->cell + loom_cell_span(&cells[record->cell]);
    int32_t next = 0;
    int code = loom_buffer_reserve(e->out, most_usual(e, record));
    for (uint32_t i = record->cell; i < end && code == LOOM_OK && !*odd;) {
        const loom_cell *cell = &cells[i];
        const loom_node *node = &e->schema->nodes[cell->path];
        bool wanted = node->column != LOOM_NO_COLUMN;
        uint32_t step = wanted ? loom_cell_span(cell) : step_past(e, node, cell);
        bool strange = wanted && (cell->kind == LOOM_CELL_OBJECT || node->literal || node->column < next);
        *odd = strange || step == 0 || (cell->flags & LOOM_CELL_DROPPED) != 0;
        if (wanted && !*odd) {
            e->columns->list[node->column].found = true;
            code = put_column(e, record, i, &next, odd);
        }
        i += step;
    }
    for (next += next == 0; next < (int32_t)e->columns->count && code == LOOM_OK; next++) {
        loom_buffer_put_byte(e->out, (uint8_t)e->settings->csv_delimiter[0]);
    }
    return code == LOOM_OK ? put_line_break(e) : code;
}

/* The usual way to write a record. `*done` is false, and nothing was written, where it needs the other one, as with warnings. */
static int put_in_order(loom_encoding *e, const loom_record *record, bool *done) {
    loom_batch *batch = e->batch;
    size_t before = e->out->length;
    bool hushed = batch->hushed;
    bool odd = false;
    batch->hushed = true;
    batch->unheard = 0;
    int code = put_values(e, record, &odd);
    batch->hushed = hushed;
    *done = code == LOOM_OK && !odd && (hushed || batch->unheard == 0);
    if (!*done) {
        e->out->length = before;
    }
    return code;
}

static int put_record(loom_encoding *e, const loom_record *record) {
    bool late = false;
    int32_t count = (int32_t)e->columns->count;
    int code = loom_encoding_row(e, record, &late);
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

/* Records that turned out odd make the next ones be written in the other way at once, ever more of them. */
static int segment(loom_encoding *e, uint32_t skip, uint32_t take) {
    bool usual = is_usual(e);
    uint32_t odd = 0;
    uint32_t wait = 0;
    int code = LOOM_OK;
    for (uint32_t i = skip; i < e->batch->record_count && e->written < take && code == LOOM_OK; i++, e->written++) {
        const loom_record *record = &e->batch->records[i];
        bool done = false;
        if (usual && wait == 0) {
            code = put_in_order(e, record, &done);
            odd = done ? 0 : odd + 1;
            wait = odd < MOST_ODD ? odd : MOST_ODD;
        } else if (wait > 0) {
            wait--;
        }
        if (code == LOOM_OK && !done) {
            code = put_record(e, record);
        }
    }
    return code;
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
