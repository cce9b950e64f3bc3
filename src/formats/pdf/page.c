/* Flowing lines down pages, and content streams of them.
 * SPDX-License-Identifier: MIT
 */
#include "page.h"

#include <stdio.h>

#include "../../core/base64.h"
#include "../../core/memory.h"
#include "../../core/varint.h"
#include "operators.h"
#include "row.h"

/* What every stream starts and ends with; its unit becomes a tenth of a point. */
#define START "q .1 0 0 .1 0 0 cm\n"
#define END "Q\n"

/* Rules between rows: thin and grey, so that the text stands out. */
#define RULE ".8 G 4 w\n"
#define TEXT_COLOUR ".1 g\n"

/* Lines of the draft, seen without their bands. */
typedef struct lines {
    const loom_draft_line *list;
    uint32_t first;
    uint32_t end;
    uint32_t bands;
} lines;

/* Where a sheet that starts with a line leads to. */
typedef struct course {
    uint32_t pages;
    uint32_t height;
} course;

static const loom_draft_line *line_of(const lines *lines, uint32_t i) {
    return &lines->list[(size_t)i * lines->bands];
}

/* The lines of the records `skip` to `skip + take - 1`. */
static lines lines_of(const loom_encoding *e, const loom_pdf_layout *layout, uint32_t skip, uint32_t take) {
    lines lines = {.list = (const loom_draft_line *)(const void *)e->draft->lines.bytes, .bands = layout->bands};
    uint32_t all = (uint32_t)(e->draft->lines.length / sizeof *lines.list / layout->bands);
    while (lines.first < all && line_of(&lines, lines.first)->record < skip) {
        lines.first++;
    }
    for (lines.end = lines.first; lines.end < all && line_of(&lines, lines.end)->record - skip < take; lines.end++) {
    }
    return lines;
}

/* The first line from `first` on that has no place on a sheet of which `height` steps are full; `*filled` becomes those that are then. */
static uint32_t fill(const lines *lines, uint32_t first, uint32_t room, uint32_t height, uint32_t *filled) {
    uint32_t i = first;
    while (i < lines->end && height + line_of(lines, i)->height <= room) {
        height += line_of(lines, i++)->height;
    }
    *filled = height;
    return i;
}

/* For every line the course of a sheet that starts with it, from the last to the first. `stop` is the line that does not fit on it any more,
 * `sum` the steps of the lines from this one to before that; both move only towards the start. */
static void plot(const lines *lines, uint32_t room, course *courses) {
    uint32_t stop = lines->end;
    uint32_t sum = 0;
    for (uint32_t i = lines->end; i-- > lines->first;) {
        sum += line_of(lines, i)->height;
        while (sum > room) {
            sum -= line_of(lines, --stop)->height;
        }
        course *course = &courses[i - lines->first];
        *course = (struct course){0, sum};
        if (stop < lines->end) {
            *course = courses[stop - lines->first];
            course->pages++;
        }
    }
}

int loom_pdf_flow(loom_encoding *e, uint32_t skip, uint32_t take) {
    loom_pdf *pdf = NULL;
    int code = loom_pdf_laid_out(e, &pdf);
    if (code != LOOM_OK) {
        return code;
    }
    uint32_t room = pdf->layout.room;
    lines lines = lines_of(e, &pdf->layout, skip, take);
    uint32_t count = lines.end - lines.first;
    course *courses = loom_alloc(((size_t)count + 1) * sizeof *courses);
    code =
        courses == NULL ? LOOM_OUT_OF_MEMORY : loom_buffer_reserve(e->out, ((size_t)room + 1) * 3 * sizeof(uint32_t));
    if (code == LOOM_OK) {
        plot(&lines, room, courses);
    }
    for (uint32_t height = 0; height <= room && code == LOOM_OK; height++) {
        uint32_t filled = 0;
        uint32_t stop = fill(&lines, lines.first, room, height, &filled);
        uint32_t moves[] = {0, filled, stop > lines.first};
        if (stop < lines.end) {
            const course *course = &courses[stop - lines.first];
            moves[0] = course->pages + 1;
            moves[1] = course->height;
            moves[2] += course->pages + 1;
        }
        loom_buffer_put(e->out, moves, sizeof moves);
    }
    loom_free(courses);
    return code;
}

int loom_pdf_stream(loom_buffer *out, loom_deflater *deflater, uint32_t number, const char *entries,
                    const loom_buffer *content) {
    loom_buffer packed;
    loom_buffer_init(&packed, out->cap);
    int code = loom_pdf_compress(deflater, content->bytes, content->length, &packed);
    if (code == LOOM_OK) {
        code = loom_pdf_print(out, "%u 0 obj\n<<%s/Filter/FlateDecode/Length %u>>stream\n", (unsigned)number, entries,
                              (unsigned)packed.length);
    }
    code = code == LOOM_OK ? loom_buffer_append(out, packed.bytes, packed.length) : code;
    loom_buffer_free(&packed);
    return code == LOOM_OK ? loom_buffer_append_text(out, LOOM_PDF_STREAM_END) : code;
}

int32_t loom_pdf_plain_width(const loom_pdf *pdf, enum loom_style style, const char *text, int32_t size) {
    uint32_t width = 0;
    (void)loom_shape_plain(&pdf->shaper, style, (const uint8_t *)text, strlen(text), &width);
    return (int32_t)((int64_t)width * size / 1000);
}

loom_pdf_footer loom_pdf_footer_of(const loom_pdf *pdf) {
    const loom_pdf_layout *layout = &pdf->layout;
    return (loom_pdf_footer){layout->left, layout->bottom - 20 * LOOM_POINT, 70};
}

/* The form /N holds ` of ` and the count; it starts behind the number. */
int loom_pdf_page_number(loom_pdf *pdf, uint32_t number, loom_buffer *out) {
    char digits[16];
    loom_pdf_footer footer = loom_pdf_footer_of(pdf);
    snprintf(digits, sizeof digits, "%u", (unsigned)number);
    int32_t x = footer.x + loom_pdf_plain_width(pdf, LOOM_REGULAR, LOOM_PDF_PAGE_WORD, footer.size);
    int32_t behind = x + loom_pdf_plain_width(pdf, LOOM_REGULAR, digits, footer.size);
    return loom_pdf_print(out, ".35 g BT /F%u %d Tf %d %d Td (%s)Tj ET q 1 0 0 1 %d %d cm /N Do Q\n",
                          pdf->fonts.stacks[LOOM_REGULAR][0], (int)footer.size, (int)x, (int)footer.y, digits,
                          (int)behind, (int)footer.y);
}

/* A piece of a sheet. */
typedef struct piece {
    uint32_t first; /* line */
    uint32_t end;
    uint32_t page;   /* of the sheet's first band; counted from 0 */
    uint32_t height; /* steps of the sheet that are full before it */
    uint32_t number; /* of the object of its first band */
} piece;

/* Whether a card starts with this line. */
static bool starts_record(const lines *lines, uint32_t i) {
    return i == 0 || line_of(lines, i)->record != line_of(lines, i - 1)->record;
}

/* A rule below every row, or above every card that does not stand at the top. */
static int put_rules(const loom_pdf_layout *layout, const lines *lines, const piece *piece, uint32_t band,
                     loom_buffer *out) {
    const loom_pdf_column *last = layout->cards || layout->starts[band + 1] == layout->starts[band]
                                      ? NULL
                                      : &layout->columns[layout->starts[band + 1] - 1];
    int32_t right = last == NULL ? layout->right : layout->left + last->x + last->width;
    int32_t y = layout->table_top - (int32_t)piece->height * LOOM_PDF_STEP;
    int code = loom_buffer_append_text(out, RULE);
    for (uint32_t i = piece->first; i < piece->end && code == LOOM_OK; i++) {
        if (layout->cards && y < layout->table_top && starts_record(lines, i)) {
            int32_t rule = y - layout->leading / 4;
            code = loom_pdf_line(out, layout->left, rule, right, rule);
        }
        y -= (int32_t)line_of(lines, i)->height * LOOM_PDF_STEP;
        if (!layout->cards) {
            code = loom_pdf_line(out, layout->left, y, right, y);
        }
    }
    return code == LOOM_OK ? loom_buffer_append_text(out, "S\n") : code;
}

/* The text of the lines of one band, as it was encoded. */
static int put_lines(const loom_encoding *e, const lines *lines, const piece *piece, uint32_t band, loom_buffer *out) {
    if (lines->bands == 1) {
        uint32_t start = piece->first == 0 ? 0 : lines->list[piece->first - 1].end;
        return loom_buffer_append(out, e->draft->rows.bytes + start, lines->list[piece->end - 1].end - start);
    }
    int code = LOOM_OK;
    for (uint32_t i = piece->first; i < piece->end && code == LOOM_OK; i++) {
        const loom_draft_line *line = line_of(lines, i) + band;
        uint32_t start = i == 0 && band == 0 ? 0 : line[-1].end;
        code = loom_buffer_append(out, e->draft->rows.bytes + start, line->end - start);
    }
    return code;
}

int loom_pdf_number(loom_encoding *e, const loom_pdf_layout *layout, const loom_spot *spot, uint32_t *number) {
    uint64_t sheets = (uint64_t)spot->page + (spot->height > 0);
    uint64_t nodes = (sheets + layout->node_sheets - 1) / layout->node_sheets;
    uint64_t objects = (spot->pieces + sheets) * layout->bands + nodes * LOOM_PDF_NODE_OBJECTS +
                       (uint64_t)spot->pictures * LOOM_PDF_PICTURE;
    *number = loom_pdf_first(layout) + (uint32_t)objects;
    return objects < LOOM_PDF_MOST_OBJECTS - LOOM_PDF_OTHER_OBJECTS
               ? LOOM_OK
               : loom_fail(e->error, LOOM_LIMIT_EXCEEDED, "the document would have too many pages or pictures");
}

/* The number of the picture that a line shows. */
static int find_picture(loom_encoding *e, const loom_pdf_layout *layout, const loom_draft_line *line,
                        uint32_t *number) {
    const loom_spot *spots = (const loom_spot *)(const void *)e->draft->pictures.bytes;
    return line->picture > e->draft->pictures.length / sizeof *spots
               ? loom_fail(e->error, LOOM_INTERNAL, "a picture has no spot")
               : loom_pdf_number(e, layout, &spots[line->picture - 1], number);
}

/* Where pictures stand in a band, from the left of the table; -1: not there. */
static int32_t picture_x(const loom_pdf_layout *layout, uint32_t band) {
    if (layout->cards) {
        return layout->label_width + layout->pad_x;
    }
    for (uint32_t i = layout->starts[band]; i < layout->starts[band + 1]; i++) {
        if (layout->columns[i].number == layout->picture) {
            return layout->columns[i].x + layout->pad_x;
        }
    }
    return -1;
}

static int put_pictures(loom_encoding *e, const loom_pdf_layout *layout, const lines *lines, const piece *piece,
                        uint32_t band) {
    int32_t x = layout->frame > 0 ? picture_x(layout, band) : -1;
    int32_t y = layout->table_top - (int32_t)piece->height * LOOM_PDF_STEP;
    int code = LOOM_OK;
    for (uint32_t i = piece->first; i < piece->end && x >= 0 && code == LOOM_OK; i++) {
        const loom_draft_line *line = line_of(lines, i);
        int32_t gap = layout->cards && starts_record(lines, i) ? loom_pdf_gap(layout) : 0;
        uint32_t number = 0;
        code = line->picture > 0 ? find_picture(e, layout, line, &number) : LOOM_OK;
        if (code == LOOM_OK && number > 0) {
            code = loom_pdf_print(e->scratch, "q 1 0 0 1 %d %d cm /I%u Do Q\n", (int)(layout->left + x),
                                  (int)(y - gap - layout->pad_y - layout->frame), (unsigned)number);
        }
        y -= (int32_t)line->height * LOOM_PDF_STEP;
    }
    return code;
}

/* Tells which pictures a piece shows. */
static int tell_pictures(loom_encoding *e, const loom_pdf_layout *layout, const lines *lines, const piece *piece,
                         loom_buffer *told) {
    uint32_t count = 0;
    for (uint32_t i = piece->first; i < piece->end; i++) {
        count += line_of(lines, i)->picture > 0;
    }
    int code = layout->frame > 0 ? loom_varint_append(told, count) : LOOM_OK;
    for (uint32_t i = piece->first; i < piece->end && count > 0 && code == LOOM_OK; i++) {
        uint32_t number = 0;
        if (line_of(lines, i)->picture > 0) {
            code = find_picture(e, layout, line_of(lines, i), &number);
            code = code == LOOM_OK ? loom_varint_append(told, number) : code;
        }
    }
    return code;
}

static int put_band(loom_encoding *e, loom_pdf *pdf, const lines *lines, const piece *piece, uint32_t band) {
    const loom_pdf_layout *layout = &pdf->layout;
    loom_buffer *out = e->scratch;
    loom_pen pen;
    int32_t y = layout->table_top - (int32_t)piece->height * LOOM_PDF_STEP - loom_pdf_ascent(layout);
    out->length = 0;
    int code = loom_buffer_append_text(out, START);
    if (code == LOOM_OK && piece->height == 0) {
        code = loom_pdf_print(out, "/T%u Do\n", (unsigned)band);
        code = code == LOOM_OK ? loom_pdf_page_number(pdf, piece->page + band + 1, out) : code;
    }
    code = code == LOOM_OK ? put_rules(layout, lines, piece, band, out) : code;
    code = code == LOOM_OK ? put_pictures(e, layout, lines, piece, band) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(out, TEXT_COLOUR "BT ") : code;
    code = code == LOOM_OK ? loom_pdf_start_text(pdf, &pen, out) : code;
    code = code == LOOM_OK ? loom_pdf_move(out, layout->left, y) : code;
    code = code == LOOM_OK ? put_lines(e, lines, piece, band, out) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(out, "\nET\n" END) : code;
    return code == LOOM_OK ? loom_pdf_stream(e->out, pdf->deflater, piece->number + band, "", out) : code;
}

/* The objects of a piece; what is told of them goes to `told`. */
static int put_piece(loom_encoding *e, loom_pdf *pdf, const lines *lines, const piece *piece, loom_buffer *told) {
    uint32_t records = 0;
    for (uint32_t i = piece->first; i < piece->end; i++) {
        records += starts_record(lines, i);
    }
    uint64_t entry = piece->height == 0 ? LOOM_ENTRY_STARTS : LOOM_ENTRY_GOES_ON;
    int code = loom_varint_append(told, ((uint64_t)records << 2 | entry) + 1);
    for (uint32_t band = 0; band < lines->bands && code == LOOM_OK; band++) {
        size_t start = e->out->length;
        code = put_band(e, pdf, lines, piece, band);
        code = code == LOOM_OK ? loom_varint_append(told, e->out->length - start) : code;
    }
    return code == LOOM_OK ? tell_pictures(e, &pdf->layout, lines, piece, told) : code;
}

static int put_pieces(loom_encoding *e, loom_pdf *pdf, const lines *lines, loom_spot spot, loom_buffer *told) {
    const loom_pdf_layout *layout = &pdf->layout;
    uint32_t line = lines->first;
    int code = LOOM_OK;
    while (line < lines->end && code == LOOM_OK) {
        uint32_t filled = 0;
        uint32_t stop = fill(lines, line, layout->room, spot.height, &filled);
        piece piece = {line, stop, spot.page * layout->bands, spot.height, 0};
        code = loom_pdf_number(e, layout, &spot, &piece.number);
        if (stop == line && spot.height == 0) {
            return loom_fail(e->error, LOOM_INTERNAL, "a line is higher than its page");
        }
        if (stop > line && code == LOOM_OK) {
            code = put_piece(e, pdf, lines, &piece, told);
            spot.pieces++;
        }
        spot.page++;
        spot.height = 0;
        line = stop;
    }
    return code;
}

int loom_pdf_tell(loom_encoding *e, const loom_buffer *told) {
    int code = loom_buffer_append_byte(e->state, '"');
    code = code == LOOM_OK ? loom_base64_write(e->state, told->bytes, told->length) : code;
    return code == LOOM_OK ? loom_buffer_append_byte(e->state, '"') : code;
}

int loom_pdf_place(loom_encoding *e, const loom_place *place) {
    loom_pdf *pdf = NULL;
    loom_buffer told;
    int code = loom_pdf_laid_out(e, &pdf);
    if (code != LOOM_OK) {
        return code;
    }
    loom_buffer_init(&told, e->out->cap);
    lines lines = lines_of(e, &pdf->layout, place->skip, place->take);
    code = put_pieces(e, pdf, &lines, place->spot, &told);
    code = code == LOOM_OK ? loom_varint_append(&told, 0) : code;
    code = code == LOOM_OK ? loom_buffer_append(&told, e->draft->notes.bytes, e->draft->notes.length) : code;
    code = code == LOOM_OK ? loom_pdf_tell(e, &told) : code;
    loom_buffer_free(&told);
    e->cuts[0] = e->cuts[1] = e->out->length;
    e->written = place->take;
    return code;
}
