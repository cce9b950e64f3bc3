/* Records to rows, rows to segments.
 * SPDX-License-Identifier: MIT
 */
#include "sheet.h"

#include <stdio.h>

#include "../../core/memory.h"
#include "../flat.h"
#include "link.h"
#include "reference.h"
#include "styles.h"

/* Integers of more characters are shown with an exponent unless a format says otherwise. */
#define GENERAL_DIGITS 11u

/* Heights of rows, in points: of a line, and the lines of the highest row that Excel allows. */
#define LINE_HEIGHT 15u
#define MOST_LINES 27u

/* What stands between a cell's reference and its value: a style, and one of these; and what stands behind the value. */
#define TEXT_START 22u    /*  t="inlineStr"><is><t> */
#define NUMBER_START 4u   /* ><v> */
#define BOOLEAN_START 10u /*  t="b"><v> */
#define TEXT_END 13u      /* </t></is></c> */
#define VALUE_END 8u      /* </v></c> */

/* The most that the tags of a row take, besides its cells. */
#define ROW_TAGS 64u

/* Rows are numbered and deflated in pieces of so many bytes, which costs less than a hundredth of their size and bounds the memory. */
#define ENOUGH ((size_t)192 << 10)

/* The rows of one chunk while they are written. */
typedef struct writer {
    loom_encoding *e;
    const loom_xlsx_plan *plan;
    loom_draft *draft;   /* the rows, and what is noted of them */
    size_t value_end;    /* of the last value: where markup starts that rows have in common */
    uint32_t index;      /* of the record in the batch */
    uint32_t ordinal;    /* of the record in the chunk */
    uint32_t lines;      /* of the highest cell of the row */
    bool references;
} writer;

static const loom_xlsx_style wrapped = {" s=\"2\"", 6};
static const loom_xlsx_style integer = {" s=\"3\"", 6};
static const loom_xlsx_style share = {" s=\"4\"", 6};
static const loom_xlsx_style linked = {LOOM_XLSX_LINK_STYLE, sizeof LOOM_XLSX_LINK_STYLE - 1};
static const loom_xlsx_style centered = {" s=\"8\"", 6};

_Static_assert(LOOM_XLSX_WRAPPED == 2 && LOOM_XLSX_INTEGER == 3 && LOOM_XLSX_SHARE == 4 && LOOM_XLSX_LINK == 7 &&
                   LOOM_XLSX_BOOLEAN == 8,
               "the attributes above say the same");

static int warn(writer *w, int code, uint32_t column) {
    return loom_batch_warn(w->e->batch, code, (int32_t)column, w->ordinal, 1);
}

/* The style of a text by its line breaks; notes how high the row must be for them. */
static const loom_xlsx_style *wrap(writer *w, const uint8_t *text, size_t length, const loom_xlsx_style *style) {
    const uint8_t *at = length == 0 ? NULL : memchr(text, '\n', length);
    uint32_t lines = 1;
    if (at == NULL) {
        return style;
    }
    for (; at != NULL && lines < MOST_LINES; lines++) {
        at++;
        at = memchr(at, '\n', length - (size_t)(at - text));
    }
    w->lines = lines > w->lines ? lines : w->lines;
    return &wrapped;
}

static loom_xlsx_mark *last_mark(const writer *w) {
    return (loom_xlsx_mark *)(void *)(w->draft->places.bytes + w->draft->places.length) - 1;
}

/* Marks the place of the row's number; there is room for it. */
static void put_mark(writer *w, uint32_t column) {
    size_t before = w->draft->rows.length - w->value_end;
    loom_xlsx_mark mark = {.at = (uint32_t)w->draft->rows.length,
                           .column = column & LOOM_XLSX_ROW,
                           .before = (uint8_t)(before < LOOM_XLSX_MOST_MARKUP ? before : LOOM_XLSX_MOST_MARKUP)};
    loom_buffer_put(&w->draft->places, &mark, sizeof mark);
}

/* Completes the last mark: so many bytes stand between the reference and the value, and behind the value. */
static void end_cell(writer *w, const loom_xlsx_style *style, uint32_t start, uint32_t end) {
    uint32_t behind = w->references + style->length + start;
    last_mark(w)->behind = (uint8_t)(behind < LOOM_XLSX_MOST_MARKUP ? behind : LOOM_XLSX_MOST_MARKUP);
    w->value_end = w->draft->rows.length - end;
}

static int put_text(writer *w, uint32_t column, const uint8_t *text, size_t length, const loom_xlsx_style *style) {
    bool cut = false;
    int code = loom_xlsx_text(&w->draft->rows, text, length, style, &cut);
    end_cell(w, style, TEXT_START, TEXT_END);
    return code == LOOM_OK && cut ? warn(w, LOOM_TEXT_CUT, column) : code;
}

/* Decides whether the text can become a link, and notes it. */
static int note_link(writer *w, uint32_t column, uint32_t cell, const uint8_t *text, size_t length, bool *link) {
    enum loom_xlsx_link kind = loom_xlsx_link_of(text, length);
    *link = kind == LOOM_XLSX_IS_LINK;
    if (!*link) {
        return kind == LOOM_XLSX_LONG_LINK ? warn(w, LOOM_LINK_AS_TEXT, column) : LOOM_OK;
    }
    last_mark(w)->link = 1;
    loom_draft_link note = {w->index, column, cell};
    return loom_buffer_append(&w->draft->links, &note, sizeof note);
}

static bool may_be_link(uint8_t first) {
    uint8_t letter = first | 0x20;
    return letter == 'h' || letter == 'm' || letter == 'f';
}

/* A text of a column of dates; `*done` tells whether it was one. */
static int put_date(writer *w, uint32_t column, const uint8_t *text, size_t length, bool *done) {
    const loom_xlsx_column *look = &w->plan->columns[column];
    loom_moment moment;
    enum loom_date_kind kind = loom_date_read(text, length, &moment);
    if (kind != LOOM_NO_DATE) {
        loom_region_localize(w->e->region, &moment);
    }
    *done = kind != LOOM_NO_DATE && loom_xlsx_has_date(&moment);
    if (kind == LOOM_NO_DATE) {
        return LOOM_OK;
    }
    if (!*done) {
        return warn(w, LOOM_DATE_AS_TEXT, column);
    }
    const loom_xlsx_style *style = kind == LOOM_DATE ? &look->date : &look->datetime;
    int code = loom_xlsx_moment(&w->draft->rows, &moment, style);
    end_cell(w, style, NUMBER_START, VALUE_END);
    return code == LOOM_OK && moment.nanoseconds % 1000000 != 0 ? warn(w, LOOM_TIME_ROUNDED, column) : code;
}

static int put_text_cell(writer *w, uint32_t column, uint32_t number, const loom_cell *cell) {
    const uint8_t *text = loom_cell_text(w->e->batch, cell);
    const loom_xlsx_style *style = &w->plan->columns[column].text;
    bool done = false;
    int code = LOOM_OK;
    if (w->plan->columns[column].dates) {
        code = put_date(w, column, text, cell->length, &done);
        if (done || code != LOOM_OK) {
            return code;
        }
    }
    if (cell->length > 6 && may_be_link(text[0]) && w->e->settings->xlsx_links) {
        bool link = false;
        code = note_link(w, column, number, text, cell->length, &link);
        style = link ? &linked : style;
    }
    if (cell->flags & LOOM_CELL_ESCAPED) {
        style = wrap(w, text, cell->length, style);
    }
    return code == LOOM_OK ? put_text(w, column, text, cell->length, style) : code;
}

static int put_number(writer *w, uint32_t column, const loom_cell *cell) {
    const uint8_t *text = w->e->batch->text + cell->start;
    const loom_xlsx_column *look = &w->plan->columns[column];
    bool held = loom_xlsx_holds(text, cell->length);
    if (look->as_text || !held) {
        int code = held || look->as_text ? LOOM_OK : warn(w, LOOM_NUMBER_AS_TEXT, column);
        return code == LOOM_OK ? put_text(w, column, text, cell->length, &look->text) : code;
    }
    const loom_xlsx_style *style = &look->number;
    if (!look->own && cell->kind == LOOM_CELL_INTEGER && cell->length > GENERAL_DIGITS) {
        style = &integer;
    } else if (look->share && loom_xlsx_is_share(text, cell->length)) {
        style = &share;
    }
    int code = loom_xlsx_number(&w->draft->rows, text, cell->length, style);
    end_cell(w, style, NUMBER_START, VALUE_END);
    return code;
}

static int put_boolean(writer *w, bool value) {
    int code = loom_xlsx_boolean(&w->draft->rows, value, &centered);
    end_cell(w, &centered, BOOLEAN_START, VALUE_END);
    return code;
}

/* What stands in `scratch`, of which a block can be read behind its end. */
static int put_scratch(writer *w, uint32_t column) {
    loom_buffer *scratch = w->e->scratch;
    int code = loom_buffer_reserve(scratch, 1);
    if (code != LOOM_OK) {
        return code;
    }
    const loom_xlsx_style *style = wrap(w, scratch->bytes, scratch->length, &w->plan->columns[column].text);
    return put_text(w, column, scratch->bytes, scratch->length, style);
}

static int put_container(writer *w, uint32_t column, uint32_t cell) {
    bool text = true;
    int code = loom_flat_value(w->e, cell, (int32_t)column, w->ordinal, &text);
    return code == LOOM_OK ? put_scratch(w, column) : code;
}

/* The start of a cell's tag, which every cell begins with. */
static int start_cell(writer *w, uint32_t column) {
    loom_buffer *out = &w->draft->rows;
    int code = loom_buffer_reserve(out, 24);
    if (code != LOOM_OK) {
        return code;
    }
    loom_buffer_put(out, "<c", 2);
    if (w->references) {
        const loom_xlsx_column_name *name = &w->plan->columns[column].name;
        loom_buffer_put(out, " r=\"", 4);
        memcpy(out->bytes + out->length, name->text, sizeof name->text);
        out->length += name->length;
    }
    put_mark(w, column);
    if (w->references) {
        loom_buffer_put_byte(out, '"');
    }
    return LOOM_OK;
}

static int put_cell(writer *w, uint32_t column, uint32_t number) {
    const loom_cell *cell = &w->e->batch->cells[number];
    int code = start_cell(w, column);
    if (code != LOOM_OK) {
        return code;
    }
    switch (cell->kind) {
    case LOOM_CELL_TEXT:
        return put_text_cell(w, column, number, cell);
    case LOOM_CELL_INTEGER:
    case LOOM_CELL_NUMBER:
        return put_number(w, column, cell);
    case LOOM_CELL_FALSE:
    case LOOM_CELL_TRUE:
        return put_boolean(w, cell->kind == LOOM_CELL_TRUE);
    default:
        return put_container(w, column, number);
    }
}

/* Empty cells before one that is not: each takes its place where cells carry no reference. */
static int put_gaps(writer *w, uint32_t *gaps) {
    int code = LOOM_OK;
    if (w->references) {
        *gaps = 0;
        return LOOM_OK;
    }
    code = loom_buffer_reserve(&w->draft->rows, (size_t)*gaps * 4);
    for (; *gaps > 0 && code == LOOM_OK; (*gaps)--) {
        loom_buffer_put(&w->draft->rows, "<c/>", 4);
    }
    return code;
}

/* The columns `_extra` and `_raw`, which no cell stands for. */
static int put_special(writer *w, const loom_record *record, uint32_t column, bool late, uint32_t *gaps) {
    bool empty = false;
    int code = loom_flat_special(w->e, record, (int32_t)column, late, &empty);
    if (empty || code != LOOM_OK) {
        *gaps += empty;
        return code;
    }
    code = put_gaps(w, gaps);
    code = code == LOOM_OK ? start_cell(w, column) : code;
    return code == LOOM_OK ? put_scratch(w, column) : code;
}

/* Tells the height of a row of several lines, as Excel does when it saves a row that fits its text (18.3.1.73); `start` is where its
 * tag ends in the output, and `first` the first mark behind that. */
static int put_height(writer *w, size_t start, size_t first) {
    char height[24];
    size_t length = (size_t)snprintf(height, sizeof height, " ht=\"%u\"", (unsigned)(w->lines * LINE_HEIGHT));
    int code = loom_buffer_reserve(&w->draft->rows, length);
    if (code == LOOM_OK) {
        uint8_t *at = w->draft->rows.bytes + start;
        memmove(at + length, at, w->draft->rows.length - start);
        memcpy(at, height, length);
        w->draft->rows.length += length;
        w->value_end += length;
        loom_xlsx_mark *marks = (loom_xlsx_mark *)(void *)w->draft->places.bytes;
        marks[first].before = (uint8_t)(marks[first].before + length);
        for (size_t i = first; i < w->draft->places.length / sizeof *marks; i++) {
            marks[i].at += (uint32_t)length;
        }
    }
    return code;
}

static int put_cells(writer *w, const loom_record *record) {
    loom_encoding *e = w->e;
    bool late = false;
    uint32_t gaps = 0;
    int code = loom_row_fill(e->schema, e->columns, e->batch, record, e->cells, &late);
    for (uint32_t column = 0; column < e->columns->count && code == LOOM_OK; column++) {
        uint32_t cell = e->cells[column];
        if (cell != LOOM_NO_CELL && e->batch->cells[cell].kind != LOOM_CELL_NULL) {
            code = gaps > 0 ? put_gaps(w, &gaps) : LOOM_OK;
            code = code == LOOM_OK ? put_cell(w, column, cell) : code;
        } else if ((int32_t)column == e->columns->raw ||
                   ((int32_t)column == e->columns->extra && cell == LOOM_NO_CELL)) {
            code = put_special(w, record, column, late, &gaps);
        } else {
            gaps++;
        }
    }
    return code;
}

static int put_record(writer *w, const loom_record *record) {
    loom_buffer *out = &w->draft->rows;
    loom_buffer *marks = &w->draft->places;
    w->lines = 1;
    int code = loom_buffer_reserve(out, ROW_TAGS);
    code = code == LOOM_OK ? loom_buffer_reserve(marks, ((size_t)w->e->columns->count + 1) * sizeof(loom_xlsx_mark)) : code;
    if (code != LOOM_OK) {
        return code;
    }
    loom_buffer_put(out, "<row", 4);
    if (w->references) {
        loom_buffer_put(out, " r=\"", 4);
    }
    put_mark(w, LOOM_XLSX_ROW);
    w->value_end = out->length;
    if (w->references) {
        loom_buffer_put_byte(out, '"');
    }
    loom_buffer_put_byte(out, '>');
    size_t start = out->length - 1;
    size_t first = marks->length / sizeof(loom_xlsx_mark);
    code = put_cells(w, record);
    if (code == LOOM_OK && w->lines > 1) {
        code = put_height(w, start, first);
    }
    return code == LOOM_OK ? loom_buffer_append(out, "</row>", 6) : code;
}

int loom_xlsx_measure(loom_encoding *e) {
    loom_xlsx_plan *plan = NULL;
    writer w = {.e = e, .draft = e->draft, .references = e->settings->xlsx_references};
    int code = loom_xlsx_plan_of(e, &plan);
    w.plan = plan;
    for (; w.index < e->batch->record_count && code == LOOM_OK; w.index++) {
        const loom_record *record = &e->batch->records[w.index];
        w.ordinal = record->ordinal;
        code = put_record(&w, record);
        if (code == LOOM_OK) {
            uint32_t length = (uint32_t)w.draft->rows.length;
            code = loom_buffer_append(&w.draft->ends, &length, sizeof length);
        }
    }
    return code;
}

/* What the end of the sheet needs of a run of deflated pieces. */
typedef struct run {
    uint32_t raw;
    uint32_t crc;
    size_t start; /* in the output */
} run;

static run start_run(const loom_encoding *e) {
    return (run){0, 0, e->out->length};
}

/* Adds what stands in `scratch`, of which the hints are known. */
static int add_piece(loom_encoding *e, const loom_xlsx_plan *plan, run *run, const loom_buffer *hints) {
    const uint8_t *bytes = e->scratch->bytes;
    size_t length = e->scratch->length;
    const loom_deflate_hint *list = (const loom_deflate_hint *)(const void *)hints->bytes;
    run->crc = loom_crc32_join(run->crc, loom_crc32(plan->deflater, bytes, length), length);
    run->raw += (uint32_t)length;
    return loom_deflate_hinted(plan->deflater, e->out, bytes, length, list, hints->length / sizeof *list);
}

static int end_run(loom_encoding *e, const run *run) {
    char numbers[48];
    snprintf(numbers, sizeof numbers, ",%u,%u,%u", (unsigned)run->raw, (unsigned)run->crc, (unsigned)(e->out->length - run->start));
    return loom_buffer_append_text(e->state, numbers);
}

/* The links that the place has room for, out of those in the range. */
typedef struct range {
    const loom_draft_link *links;
    uint32_t count; /* of them in the range */
    uint32_t taken; /* of them that are links */
} range;

static range links_in(const loom_encoding *e, const loom_place *place) {
    const loom_draft_link *links = (const loom_draft_link *)(const void *)e->draft->links.bytes;
    uint32_t all = (uint32_t)(e->draft->links.length / sizeof *links);
    uint32_t first = 0;
    uint32_t end = 0;
    while (first < all && links[first].record < place->skip) {
        first++;
    }
    for (end = first; end < all && links[end].record - place->skip < place->take; end++) {
    }
    uint32_t left = place->links < LOOM_XLSX_MAX_LINKS ? LOOM_XLSX_MAX_LINKS - place->links : 0;
    uint32_t count = end - first;
    return (range){all == 0 ? NULL : links + first, count, count < left ? count : left};
}

/* The rows of the place, deflated; links behind the first `links` are texts. */
static int put_rows(loom_encoding *e, loom_xlsx_plan *plan, const loom_place *place, uint32_t links) {
    const loom_draft *draft = e->draft;
    const uint32_t *ends = (const uint32_t *)(const void *)draft->ends.bytes;
    const loom_xlsx_mark *marks = (const loom_xlsx_mark *)(const void *)draft->places.bytes;
    loom_xlsx_rows rows = {.bytes = draft->rows.bytes,
                           .ends = ends + place->skip,
                           .count = place->take,
                           .start = place->skip == 0 ? 0 : ends[place->skip - 1],
                           .marks = marks,
                           .mark_count = draft->places.length / sizeof *marks,
                           .links = links,
                           .numbered = e->settings->xlsx_references};
    run run = start_run(e);
    int code = LOOM_OK;
    for (; rows.mark_count > 0 && rows.marks->at < rows.start; rows.mark_count--) {
        rows.marks++;
    }
    while (rows.count > 0 && code == LOOM_OK) {
        uint32_t number = place->row + 2 + (place->take - rows.count);
        e->scratch->length = 0;
        code = loom_xlsx_number_rows(e->scratch, &plan->repeats, &rows, number, ENOUGH);
        code = code == LOOM_OK ? add_piece(e, plan, &run, &plan->repeats.hints) : code;
    }
    return code == LOOM_OK ? end_run(e, &run) : code;
}

/* Warns about links for which the sheet has no room. */
static int warn_left(loom_encoding *e, const range *range) {
    int code = LOOM_OK;
    for (uint32_t i = range->taken; i < range->count && code == LOOM_OK; i++) {
        const loom_draft_link *link = &range->links[i];
        code = loom_batch_warn(e->batch, LOOM_LINK_AS_TEXT, (int32_t)link->column, e->batch->records[link->record].ordinal, 1);
    }
    return code;
}

/* The fragments of the links: in the sheet, and in its relationships. */
static int put_links(loom_encoding *e, const loom_xlsx_plan *plan, const loom_place *place, const range *range,
                     bool targets) {
    int code = LOOM_OK;
    e->cuts[targets] = e->out->length;
    e->scratch->length = 0;
    for (uint32_t i = 0; i < range->taken && code == LOOM_OK; i++) {
        const loom_draft_link *link = &range->links[i];
        const loom_cell *cell = &e->batch->cells[link->cell];
        const uint8_t *text = loom_cell_text(e->batch, cell);
        uint32_t number = place->links + i + 1;
        uint32_t row = 1 + place->row + (link->record - place->skip);
        code = targets ? loom_xlsx_link_target(e->scratch, text, cell->length, number)
                       : loom_xlsx_link_reference(e->scratch, text, cell->length, row, link->column, number);
    }
    run run = start_run(e);
    code = code == LOOM_OK ? add_piece(e, plan, &run, &(loom_buffer){.length = 0}) : code;
    return code == LOOM_OK ? end_run(e, &run) : code;
}

int loom_xlsx_place(loom_encoding *e, const loom_place *place) {
    loom_xlsx_plan *plan = NULL;
    char start[32];
    int code = loom_xlsx_plan_of(e, &plan);
    if (code != LOOM_OK) {
        return code;
    }
    range range = links_in(e, place);
    snprintf(start, sizeof start, "[%u,%u", (unsigned)place->take, (unsigned)range.taken);
    code = loom_buffer_append_text(e->state, start);
    if (code == LOOM_OK) {
        code = put_rows(e, plan, place, range.taken);
    }
    if (code == LOOM_OK) {
        code = warn_left(e, &range);
    }
    if (code == LOOM_OK) {
        code = put_links(e, plan, place, &range, false);
    }
    if (code == LOOM_OK) {
        code = put_links(e, plan, place, &range, true);
    }
    e->written = place->take;
    return code == LOOM_OK ? loom_buffer_append_byte(e->state, ']') : code;
}
