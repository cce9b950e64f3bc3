/* Texts outside of the records: titles, headings, labels, figures.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_CAPTION_H
#define LOOM_PDF_CAPTION_H

#include "document.h"

/** Colours, as operators for filling; all are told apart without colour too. */
#define LOOM_PDF_INK ".1 g"
#define LOOM_PDF_GREY ".38 g"
#define LOOM_PDF_ACCENT ".12 .31 .47 rg"

/** How a text is set, in tenths of a point. */
typedef struct loom_caption {
    int32_t x; /* the left edge of its column */
    int32_t y; /* the first baseline */
    int32_t width; /* of its column; longer text is wrapped */
    int32_t size;
    uint32_t lines; /* it takes at most; what is left out is told by an ellipsis. 0 stands for 1 */
    uint8_t style;  /* loom_style */
    uint8_t align;  /* loom_align */
    const char *colour; /* an operator; NULL: LOOM_PDF_INK */
} loom_caption;

/** Appends the operators for a text of valid UTF-8 to a stream whose unit is a tenth of a point, and tells how many lines it took; `lines` may
 *  be NULL. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_pdf_caption(loom_pdf *pdf, loom_buffer *out, const loom_caption *caption, const char *text,
                                  uint32_t *lines);

/** The width of a text on one line. 0 where it cannot be told. */
int32_t loom_pdf_caption_width(loom_pdf *pdf, enum loom_style style, int32_t size, const char *text);

/** The lines that a text takes, at most `most`. */
uint32_t loom_pdf_caption_lines(loom_pdf *pdf, enum loom_style style, int32_t size, int32_t width, uint32_t most, const char *text);

/** From line to line. */
static inline int32_t loom_pdf_leading(int32_t size) {
    return size * 5 / 4;
}

#endif
