/* The drawn pages of the report: cover and summary before the records, rejected records and audit trail behind them.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_SECTIONS_H
#define LOOM_PDF_SECTIONS_H

#include "frame.h"
#include "shell.h"

/** Columns that a list on a drawn page has at most; the number of the others is told. */
#define LOOM_PDF_MOST_COLUMNS 1000u

/** Says how many columns a list leaves out, where it does. */
void loom_pdf_more_columns(loom_shell *shell, uint32_t count);

/** Rejected records that are listed; their number is told in any case. */
#define LOOM_PDF_MOST_DEFECTS 2000

void loom_pdf_cover(loom_shell *shell, const loom_pdf_frame_texts *texts);
void loom_pdf_summary(loom_shell *shell);
void loom_pdf_rejected(loom_shell *shell);
void loom_pdf_audit(loom_shell *shell);

/** Writes the picture of the cover as object `number` and, where it is transparent, the next one. Errors: BAD_IMAGE. */
LOOM_CHECKED int loom_pdf_put_logo(loom_pdf *pdf, loom_assembly *assembly, uint32_t number, loom_error *error);

/** Writes the metadata of the document in XMP and, where the options ask for PDF/A, what its colours mean. */
void loom_pdf_lasting(loom_shell *shell, const char *producer);

/** Charts of the columns that have something to show. */
void loom_pdf_charts(loom_shell *shell);

/** A column of a list on a drawn page, in tenths of a point from the left of the frame. */
typedef struct loom_list_column {
    const char *heading;
    int32_t x;
    int32_t width;
    uint8_t align;
    uint32_t lines; /* that a text takes at most; 0 stands for 1 */
} loom_list_column;

/** A list with headings that are repeated on each page. */
typedef struct loom_list {
    loom_shell *shell;
    const loom_list_column *columns;
    uint32_t count;
} loom_list;

/** Sets the headings. */
void loom_list_start(const loom_list *list);

/** Sets a row of texts, one a column, and a rule below it. Returns the baseline of its first line. */
int32_t loom_list_row(const loom_list *list, const char *const *texts);

/** A title within a section, and a paragraph. */
void loom_pdf_subheading(loom_shell *shell, const char *text);
void loom_pdf_paragraph(loom_shell *shell, const char *text, uint32_t lines);

#endif
