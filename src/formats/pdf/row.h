/* Records as pieces of content streams that can stand anywhere on a page.
 * SPDX-License-Identifier: MIT
 *
 * A line of the draft (loom_draft_line) is what a page never parts: a row of the table, or some fields of a card. It has one piece in
 * `rows` for each band. A piece starts at the origin of the line, the left edge of the table at the height of its first baseline, with the
 * regular font in force, moves by Td only, and ends at the origin of a line below it. Its numbers are in tenths of a point. Pictures are no
 * text and stand beside it: the line tells which one it shows.
 */
#ifndef LOOM_PDF_ROW_H
#define LOOM_PDF_ROW_H

#include "document.h"

/** The `measure` of loom_format. The notes of the draft become the characters that the records use, as loom_usage_write tells them. Where
 *  loom_pdf_wanted is not 0 afterwards, the draft is of no use. */
LOOM_CHECKED int loom_pdf_measure(loom_encoding *e);

/** From the top of a line to its first baseline. */
int32_t loom_pdf_ascent(const loom_pdf_layout *layout);

/** What is left free above a card. */
int32_t loom_pdf_gap(const loom_pdf_layout *layout);

/** Appends what puts the regular font in force at the size of the records, and sets the pen accordingly. */
LOOM_CHECKED int loom_pdf_start_text(loom_pdf *pdf, loom_pen *pen, loom_buffer *out);

#endif
