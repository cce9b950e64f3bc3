/* Header, footer and headings.
 * SPDX-License-Identifier: MIT
 */
#include "frame.h"

#include <stdio.h>

#include "caption.h"
#include "operators.h"

/* The header's letters, and where they stand above the frame. */
#define HEADER_SIZE 72
#define HEADER_Y (13 * LOOM_POINT)
#define HEADER_RULE (8 * LOOM_POINT)

int loom_pdf_put_header(loom_pdf *pdf, const loom_pdf_frame_texts *texts, loom_buffer *out) {
    const loom_pdf_layout *layout = &pdf->layout;
    int32_t width = layout->right - layout->left;
    loom_pdf_footer footer = loom_pdf_footer_of(pdf);
    int32_t thirds = layout->bands > 1 ? 1 : 2; /* between title and date stands which part of the columns it is */
    loom_caption title = {layout->left, layout->top + HEADER_Y, width * thirds / 3, HEADER_SIZE, 1,
                          LOOM_BOLD,    LOOM_ALIGN_LEFT,        LOOM_PDF_ACCENT};
    loom_caption date = {layout->left + width * 2 / 3,
                         layout->top + HEADER_Y,
                         width / 3,
                         HEADER_SIZE,
                         1,
                         LOOM_REGULAR,
                         LOOM_ALIGN_RIGHT,
                         LOOM_PDF_GREY};
    loom_caption page = {footer.x, footer.y, 0, footer.size, 1, LOOM_REGULAR, LOOM_ALIGN_LEFT, ".35 g"};
    loom_caption source = {layout->left + width / 3, footer.y, width * 2 / 3, footer.size, 1, LOOM_REGULAR,
                           LOOM_ALIGN_RIGHT,         ".35 g"};
    int code = loom_pdf_print(out, "%s %d %d %d 6 re f\n", LOOM_PDF_ACCENT, (int)layout->left,
                              (int)(layout->top + HEADER_RULE), (int)width);
    code = code == LOOM_OK ? loom_pdf_caption(pdf, out, &title, texts->title, NULL) : code;
    code = code == LOOM_OK ? loom_pdf_caption(pdf, out, &date, texts->date, NULL) : code;
    code = code == LOOM_OK ? loom_pdf_caption(pdf, out, &page, LOOM_PDF_PAGE_WORD, NULL) : code;
    return code == LOOM_OK ? loom_pdf_caption(pdf, out, &source, texts->source, NULL) : code;
}

/* A heading stands as its values do, and on the last line where others take more. */
static int put_heading(loom_encoding *e, loom_pdf *pdf, const loom_pdf_column *column, loom_buffer *out) {
    const loom_pdf_layout *layout = &pdf->layout;
    const char *label = e->columns->list[column->number].label;
    int32_t width = column->width - 2 * layout->pad_x;
    uint32_t lines = loom_pdf_caption_lines(pdf, LOOM_BOLD, layout->size, width, LOOM_PDF_HEADING_LINES, label);
    int32_t last = layout->table_top + 2 * layout->pad_y + layout->size / 5;
    int32_t y = last + ((int32_t)lines - 1) * loom_pdf_leading(layout->size);
    loom_caption caption = {layout->left + column->x + layout->pad_x,
                            y,
                            width,
                            layout->size,
                            LOOM_PDF_HEADING_LINES,
                            LOOM_BOLD,
                            column->align,
                            LOOM_PDF_INK};
    return loom_pdf_caption(pdf, out, &caption, label, NULL);
}

int loom_pdf_put_headings(loom_encoding *e, loom_pdf *pdf, uint32_t band, loom_buffer *out) {
    const loom_pdf_layout *layout = &pdf->layout;
    uint32_t first = layout->starts[band];
    uint32_t end = layout->starts[band + 1];
    int code = loom_buffer_append_text(out, "/H Do\n");
    if (layout->cards || first == end || code != LOOM_OK) {
        return code;
    }
    int32_t width = layout->columns[end - 1].x + layout->columns[end - 1].width;
    code = loom_pdf_print(out, ".93 g %d %d %d %d re f .3 g %d %d %d 7 re f\n", (int)layout->left,
                          (int)layout->table_top, (int)width, (int)(layout->top - layout->table_top), (int)layout->left,
                          (int)layout->table_top, (int)width);
    for (uint32_t i = first; i < end && code == LOOM_OK; i++) {
        code = put_heading(e, pdf, &layout->columns[i], out);
    }
    if (code == LOOM_OK && layout->bands > 1) {
        char part[64];
        snprintf(part, sizeof part, "Columns: part %u of %u", (unsigned)band + 1, (unsigned)layout->bands);
        loom_caption caption = {
            layout->left,      layout->top + HEADER_Y, layout->right - layout->left, HEADER_SIZE, 1, LOOM_REGULAR,
            LOOM_ALIGN_CENTER, LOOM_PDF_GREY};
        code = loom_pdf_caption(pdf, out, &caption, part, NULL);
    }
    return code;
}

int loom_pdf_put_count(loom_pdf *pdf, uint32_t pages, loom_buffer *out) {
    char text[32];
    snprintf(text, sizeof text, " of %u", (unsigned)pages);
    loom_caption caption = {0, 0, 0, loom_pdf_footer_of(pdf).size, 1, LOOM_REGULAR, LOOM_ALIGN_LEFT, ".35 g"};
    return loom_pdf_caption(pdf, out, &caption, text, NULL);
}

int loom_pdf_form(loom_assembly *assembly, uint32_t number, const loom_buffer *content) {
    const loom_pdf_layout *layout = &assembly->pdf->layout;
    char entries[160];
    snprintf(entries, sizeof entries, "/Type/XObject/Subtype/Form/BBox[-%d -%d %d %d]/Resources %u 0 R",
             (int)layout->width, (int)layout->height, (int)layout->width, (int)layout->height, LOOM_PDF_RESOURCES);
    return loom_assembly_stream(assembly, number, entries, content);
}
