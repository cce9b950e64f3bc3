/* What all pages share: header, footer, headings of the columns, the count of pages; forms that are written once (ISO 32000-1 8.10).
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_FRAME_H
#define LOOM_PDF_FRAME_H

#include "assembly.h"

/** What the header and the footer say. */
typedef struct loom_pdf_frame_texts {
    const char *title;
    const char *date;
    const char *source;
} loom_pdf_frame_texts;

/** The contents of the forms: /H header and footer, /T0, /T1, ... the same with the headings of a band, /N the count of pages. */
LOOM_CHECKED int loom_pdf_put_header(loom_pdf *pdf, const loom_pdf_frame_texts *texts, loom_buffer *out);
LOOM_CHECKED int loom_pdf_put_headings(loom_encoding *e, loom_pdf *pdf, uint32_t band, loom_buffer *out);
LOOM_CHECKED int loom_pdf_put_count(loom_pdf *pdf, uint32_t pages, loom_buffer *out);

/** Writes a form as an object. */
LOOM_CHECKED int loom_pdf_form(loom_assembly *assembly, uint32_t number, const loom_buffer *content);

#endif
