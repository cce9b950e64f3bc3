/* Measuring, wrapping and encoding the values of records.
 * SPDX-License-Identifier: MIT
 */
#include "row.h"

#include <stdio.h>

#include "../../batch/json_text.h"
#include "../../core/utf8.h"
#include "../flat.h"
#include "dates.h"
#include "operators.h"

/* A line is never so narrow that a character of a normal font takes less than this, in thousandths of an em, on average. */
#define LEAST_LETTER 150u

/* Colours of labels and values on cards. */
#define LABEL_COLOUR ".42 g"
#define VALUE_COLOUR ".1 g"

typedef struct setter {
    loom_encoding *e;
    loom_pdf *pdf;
    const loom_pdf_layout *layout;
    loom_buffer *out;
    loom_pen pen;
    loom_pen plain; /* how a line starts and ends */
    int32_t x;      /* where the text position is, from the origin of the line */
    int32_t y;
    uint32_t lines;   /* of the tallest value so far */
    uint32_t ordinal; /* of the record */
    uint32_t picture; /* of the record, counted from 1 in the chunk; 0: none */
    bool long_enough; /* the text was cut before it was shaped */
} setter;

/* A value on its way to its cell: UTF-8 that is followed by readable bytes. */
typedef struct value {
    const uint8_t *text;
    size_t length;
    uint32_t column;
} value;

int32_t loom_pdf_ascent(const loom_pdf_layout *layout) {
    return layout->pad_y + (layout->leading + layout->size) / 2 - layout->size / 5;
}

int32_t loom_pdf_gap(const loom_pdf_layout *layout) {
    return layout->leading * 4 / 5;
}

int loom_pdf_start_text(loom_pdf *pdf, loom_pen *pen, loom_buffer *out) {
    size_t start = out->length;
    *pen = (loom_pen){0};
    snprintf(pen->size, sizeof pen->size, "%d", (int)pdf->layout.size);
    int code = loom_shape_show_plain(&pdf->shaper, LOOM_REGULAR, pen, (const uint8_t *)"", 0, out);
    out->length = start; /* only the pen was wanted */
    return code == LOOM_OK ? loom_pdf_print(out, "\n/F%u %s Tf", pdf->fonts.stacks[LOOM_REGULAR][0], pen->size) : code;
}

static int move(setter *s, int32_t x, int32_t y) {
    int code = LOOM_OK;
    if (x != s->x || y != s->y) {
        code = loom_pdf_move(s->out, x - s->x, y - s->y);
    }
    s->x = x;
    s->y = y;
    return code;
}

/* The left end of a text in its cell. */
static int32_t start_of(const setter *s, const loom_pdf_column *cell, uint32_t width, bool right) {
    int32_t room = cell->width - 2 * s->layout->pad_x;
    int32_t taken = (int32_t)((int64_t)width * s->layout->size / 1000);
    return cell->x + s->layout->pad_x + (right && taken < room ? room - taken : 0);
}

static uint32_t room_of(const setter *s, const loom_pdf_column *cell) {
    int64_t room = (int64_t)(cell->width - 2 * s->layout->pad_x) * 1000 / s->layout->size;
    return room > 0 ? (uint32_t)room : 1;
}

/* A text that takes far more lines than there are is cut before it is shaped. */
static int shorten(setter *s, value *value, uint32_t room) {
    size_t most = 64 + (size_t)s->layout->most_lines * (room / LEAST_LETTER + 1) * 4;
    loom_buffer *scratch = s->e->scratch;
    s->long_enough = value->length > most;
    if (!s->long_enough) {
        return LOOM_OK;
    }
    size_t kept = loom_utf8_whole((const char *)value->text, most);
    if (value->text != scratch->bytes) {
        scratch->length = 0;
        int code = loom_buffer_append(scratch, value->text, kept);
        if (code != LOOM_OK) {
            return code;
        }
    }
    scratch->length = kept;
    int code = loom_buffer_append_text(scratch, "\xe2\x80\xa6");
    value->text = scratch->bytes;
    value->length = scratch->length;
    return code;
}

/* Wraps and shows a text; `*cut` tells whether some of it was left out. */
static int put_lines(setter *s, const loom_pdf_column *cell, const value *value, uint32_t room, int32_t top,
                     bool *cut) {
    loom_shaper *shaper = &s->pdf->shaper;
    bool right = cell->align == LOOM_ALIGN_RIGHT;
    uint32_t count = 0;
    uint32_t at = 0;
    int code = loom_shape(shaper, LOOM_REGULAR, value->text, value->length);
    while (code == LOOM_OK && shaper->wanted == 0 && at < value->length && count < s->layout->most_lines) {
        loom_line line;
        if (count + 1 == s->layout->most_lines) {
            loom_shape_cut(shaper, at, room, &line);
        } else {
            loom_shape_line(shaper, at, room, &line);
        }
        code = move(s, start_of(s, cell, line.width, right || line.rtl), top - (int32_t)count * s->layout->leading);
        code = code == LOOM_OK ? loom_shape_show(shaper, &line, &s->pen, s->out) : code;
        *cut |= line.ellipsis;
        at = line.next;
        count++;
    }
    s->lines = count > s->lines ? count : s->lines;
    return code;
}

static int warn(setter *s, int code, uint32_t column, uint32_t count) {
    return count == 0 ? LOOM_OK : loom_batch_warn(s->e->batch, code, (int32_t)column, s->ordinal, count);
}

static int warn_shaping(setter *s, uint32_t column) {
    loom_shaper *shaper = &s->pdf->shaper;
    int code = warn(s, LOOM_CHARACTER_NOT_IN_FONTS, column, shaper->missing);
    for (uint32_t i = 0; shaper->missing > 0 && i < LOOM_MISSED && shaper->missed[i] != 0; i++) {
        loom_batch_warn_character(s->e->batch, LOOM_CHARACTER_NOT_IN_FONTS, (int32_t)column, shaper->missed[i]);
    }
    code = code == LOOM_OK ? warn(s, LOOM_SCRIPT_NOT_SHAPED, column, shaper->unshaped) : code;
    code = code == LOOM_OK ? warn(s, LOOM_CHARACTER_REPLACED, column, shaper->replaced) : code;
    shaper->missing = shaper->unshaped = shaper->replaced = 0;
    return code;
}

/* A text that is not plain, or too wide for one line. */
static int put_long(setter *s, const loom_pdf_column *cell, value value, int32_t y) {
    bool cut = false;
    uint32_t room = room_of(s, cell);
    int code = shorten(s, &value, room);
    code = code == LOOM_OK ? put_lines(s, cell, &value, room, y, &cut) : code;
    code = code == LOOM_OK ? warn(s, LOOM_TEXT_SHORTENED, value.column, cut || s->long_enough) : code;
    return code == LOOM_OK ? warn_shaping(s, value.column) : code;
}

/* Shows a value in its cell, its first baseline at `y`. */
static int put_value(setter *s, const loom_pdf_column *cell, const value *value, int32_t y) {
    uint32_t width = 0;
    if (value->length == 0) {
        return LOOM_OK;
    }
    bool plain = loom_shape_plain(&s->pdf->shaper, LOOM_REGULAR, value->text, value->length, &width);
    if (!plain || width > room_of(s, cell)) {
        return put_long(s, cell, *value, y);
    }
    s->lines = s->lines > 1 ? s->lines : 1;
    int code = move(s, start_of(s, cell, width, cell->align == LOOM_ALIGN_RIGHT), y);
    return code == LOOM_OK
               ? loom_shape_show_plain(&s->pdf->shaper, LOOM_REGULAR, &s->pen, value->text, value->length, s->out)
               : code;
}

/* The columns `_extra` and `_raw`, which no cell stands for. */
static int special_value(setter *s, const loom_record *record, uint32_t column, bool late, value *value) {
    bool empty = false;
    int code = loom_flat_special(s->e, record, (int32_t)column, late, &empty);
    if (code == LOOM_OK && !empty) {
        value->text = s->e->scratch->bytes;
        value->length = s->e->scratch->length;
    }
    return code;
}

/* A text as it is, or a date as the options want dates. */
static int text_value(setter *s, const loom_cell *cell, uint32_t column, value *value) {
    loom_encoding *e = s->e;
    uint8_t type = e->columns->list[column].type;
    bool date = false;
    value->text = loom_cell_text(e->batch, cell);
    value->length = cell->length;
    if (!e->region->told || (type != LOOM_TYPE_DATE && type != LOOM_TYPE_DATETIME)) {
        return LOOM_OK;
    }
    e->scratch->length = 0;
    int code = loom_pdf_date(e->region, value->text, value->length, e->scratch, &date);
    if (code == LOOM_OK && date) {
        value->text = e->scratch->bytes;
        value->length = e->scratch->length;
    }
    return code;
}

/* What a record has in a column; of length 0 where that is nothing. */
static int value_of(setter *s, const loom_record *record, uint32_t column, bool late, value *value) {
    loom_encoding *e = s->e;
    uint32_t number = e->cells[column];
    *value = (struct value){.column = column};
    if (number == LOOM_NO_CELL) {
        bool special = (int32_t)column == e->columns->raw || (int32_t)column == e->columns->extra;
        return special ? special_value(s, record, column, late, value) : LOOM_OK;
    }
    const loom_cell *cell = &e->batch->cells[number];
    bool text = false;
    int code = LOOM_OK;
    switch (cell->kind) {
    case LOOM_CELL_NULL:
        return LOOM_OK;
    case LOOM_CELL_FALSE:
    case LOOM_CELL_TRUE:
        value->text = (const uint8_t *)(cell->kind == LOOM_CELL_TRUE ? "true" : "false");
        value->length = cell->kind == LOOM_CELL_TRUE ? 4 : 5;
        return LOOM_OK;
    case LOOM_CELL_TEXT:
        return text_value(s, cell, column, value);
    case LOOM_CELL_INTEGER:
    case LOOM_CELL_NUMBER:
        value->text = loom_cell_text(e->batch, cell);
        value->length = cell->length;
        return LOOM_OK;
    default:
        code = loom_flat_value(e, number, (int32_t)column, s->ordinal, &text);
        value->text = e->scratch->bytes;
        value->length = e->scratch->length;
        return code;
    }
}

static void start_line(setter *s) {
    s->x = s->y = 0;
    s->lines = 0;
}

/* Ends a piece of a line: moves to the line below it, of which only the height may not be known yet. */
static int end_piece(setter *s, int32_t height) {
    int code = LOOM_OK;
    if (s->pen.font != s->plain.font) {
        code = loom_pdf_start_text(s->pdf, &s->pen, s->out);
    }
    return code == LOOM_OK ? loom_pdf_move(s->out, -s->x, -height - s->y) : code;
}

static int note_line(setter *s, uint32_t record, uint32_t steps, uint32_t picture) {
    loom_draft_line line = {(uint32_t)s->out->length, record, steps, picture};
    return loom_buffer_append(&s->e->draft->lines, &line, sizeof line);
}

static uint32_t steps_of(int32_t height) {
    return (uint32_t)((height + LOOM_PDF_STEP - 1) / LOOM_PDF_STEP);
}

/* Notes the address of the record's picture: a text, or the first one of a list. */
static int take_picture(setter *s) {
    loom_encoding *e = s->e;
    uint32_t number = s->layout->frame > 0 ? e->cells[s->layout->picture] : LOOM_NO_CELL;
    s->picture = 0;
    if (number == LOOM_NO_CELL) {
        return LOOM_OK;
    }
    const loom_cell *cell = &e->batch->cells[number];
    cell += cell->kind == LOOM_CELL_ARRAY && cell->length > 1;
    if (cell->kind != LOOM_CELL_TEXT || cell->length == 0) {
        return LOOM_OK;
    }
    loom_buffer *addresses = &e->draft->addresses;
    int code = loom_buffer_append_byte(addresses, e->draft->picture_count == 0 ? '[' : ',');
    s->picture = ++e->draft->picture_count;
    return code == LOOM_OK ? loom_json_string(addresses, loom_cell_text(e->batch, cell), cell->length) : code;
}

/* Whether a cell shows the record's picture instead of a text. */
static bool is_picture(const setter *s, uint32_t column) {
    return s->picture > 0 && column == s->layout->picture;
}

/* The height of a line of text, and of the picture beside it. */
static uint32_t steps_with(const setter *s, int32_t height, bool picture) {
    int32_t framed = picture ? s->layout->frame + 2 * s->layout->pad_y : 0;
    return steps_of(height > framed ? height : framed);
}

/* The values of a band. */
static int put_cells(setter *s, const loom_record *record, uint32_t band, bool late) {
    int code = LOOM_OK;
    s->x = s->y = 0;
    for (uint32_t i = s->layout->starts[band]; i < s->layout->starts[band + 1] && code == LOOM_OK; i++) {
        const loom_pdf_column *cell = &s->layout->columns[i];
        value value;
        if (is_picture(s, cell->number)) {
            continue;
        }
        code = value_of(s, record, cell->number, late, &value);
        code = code == LOOM_OK ? put_value(s, cell, &value, 0) : code;
    }
    return code;
}

/* A row of the table. Bands end at the height of the tallest, so that all but the last are done twice where it turns out that their height
 * was not that of the row. */
static int put_row(setter *s, const loom_record *record, uint32_t number, bool late) {
    loom_buffer *lines = &s->e->draft->lines;
    size_t first = s->out->length;
    size_t first_line = lines->length;
    uint32_t before = 0;
    int code = LOOM_OK;
    s->lines = 0;
    do {
        before = s->lines;
        s->out->length = first;
        lines->length = first_line;
        for (uint32_t band = 0; band < s->layout->bands && code == LOOM_OK; band++) {
            code = put_cells(s, record, band, late);
            uint32_t count = s->lines > 0 ? s->lines : 1;
            uint32_t steps = steps_with(s, (int32_t)count * s->layout->leading + 2 * s->layout->pad_y, s->picture > 0);
            code = code == LOOM_OK ? end_piece(s, (int32_t)steps * LOOM_PDF_STEP) : code;
            code = code == LOOM_OK ? note_line(s, number, steps, s->picture) : code;
        }
    } while (code == LOOM_OK && s->layout->bands > 1 && s->lines != before);
    return code;
}

/* A field of a card, `y` its first baseline. */
static int put_field(setter *s, const value *value, int32_t y) {
    const loom_pdf_layout *layout = s->layout;
    const char *label = s->e->columns->list[value->column].label;
    loom_pdf_column left = {.x = -layout->pad_x, .width = layout->label_width};
    loom_pdf_column right = {.x = layout->label_width, .width = layout->right - layout->left - layout->label_width};
    struct value name = {(const uint8_t *)label, strlen(label), value->column};
    s->lines = 0;
    int code = loom_buffer_append_text(s->out, "\n" LABEL_COLOUR);
    code = code == LOOM_OK ? put_value(s, &left, &name, y) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(s->out, "\n" VALUE_COLOUR) : code;
    return code == LOOM_OK && !is_picture(s, value->column) ? put_value(s, &right, value, y) : code;
}

/* A record as a card: one line for each field that has a value, with some room above the first. */
static int put_card(setter *s, const loom_record *record, uint32_t number, bool late) {
    const loom_pdf_layout *layout = s->layout;
    int32_t gap = loom_pdf_gap(layout);
    bool first = true;
    int code = LOOM_OK;
    for (uint32_t i = 0; i < layout->starts[1] && code == LOOM_OK; i++) {
        value value;
        code = value_of(s, record, layout->columns[i].number, late, &value);
        if (code != LOOM_OK || value.length == 0) {
            continue;
        }
        start_line(s);
        code = put_field(s, &value, first ? -gap : 0);
        bool picture = is_picture(s, value.column);
        uint32_t steps = steps_with(s, (int32_t)s->lines * layout->leading + layout->pad_y, picture);
        steps = first ? steps + steps_of(gap) : steps;
        code = code == LOOM_OK ? end_piece(s, (int32_t)steps * LOOM_PDF_STEP) : code;
        code = code == LOOM_OK ? note_line(s, number, steps, picture ? s->picture : 0) : code;
        first = false;
    }
    if (code == LOOM_OK && first) { /* nothing to show, but a record */
        start_line(s);
        uint32_t steps = steps_of(layout->leading + gap);
        code = end_piece(s, (int32_t)steps * LOOM_PDF_STEP);
        code = code == LOOM_OK ? note_line(s, number, steps, 0) : code;
    }
    return code;
}

static int put_record(setter *s, uint32_t number) {
    const loom_record *record = &s->e->batch->records[number];
    loom_encoding *e = s->e;
    bool late = false;
    s->ordinal = record->ordinal;
    int code = loom_row_fill(e->schema, e->columns, e->batch, record, e->cells, &late);
    code = code == LOOM_OK ? take_picture(s) : code;
    if (code == LOOM_OK) {
        code = s->layout->cards ? put_card(s, record, number, late) : put_row(s, record, number, late);
    }
    uint32_t end = (uint32_t)s->out->length;
    return code == LOOM_OK ? loom_buffer_append(&e->draft->ends, &end, sizeof end) : code;
}

int loom_pdf_measure(loom_encoding *e) {
    loom_pdf *pdf = NULL;
    int code = loom_pdf_laid_out(e, &pdf);
    if (code != LOOM_OK) {
        return code;
    }
    setter s = {.e = e, .pdf = pdf, .layout = &pdf->layout, .out = &e->draft->rows};
    loom_usage_clear(&pdf->shaper.usage);
    pdf->shaper.missing = pdf->shaper.unshaped = pdf->shaper.replaced = 0;
    code = loom_pdf_start_text(pdf, &s.plain, s.out);
    s.pen = s.plain;
    s.out->length = 0;
    for (uint32_t i = 0; i < e->batch->record_count && code == LOOM_OK; i++) {
        code = put_record(&s, i);
    }
    if (code == LOOM_OK && e->draft->picture_count > 0) {
        code = loom_buffer_append(&e->draft->addresses, "]", 2);
    }
    return code == LOOM_OK ? loom_usage_write(&pdf->shaper.usage, &e->draft->notes) : code;
}
