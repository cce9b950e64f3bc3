/* The rows of a Data sheet: records as XML, deflated, with the fragments for their links.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XLSX_SHEET_H
#define LOOM_XLSX_SHEET_H

#include "../format.h"
#include "cell.h"
#include "../../core/deflate.h"
#include "reference.h"

/** How the cells of a column are written. */
typedef struct loom_xlsx_column {
    loom_xlsx_style number;   /* of numbers and truth values: the column's own format, or none */
    loom_xlsx_style text;     /* of texts: the same, where the format says how texts are shown */
    loom_xlsx_style date;     /* of dates */
    loom_xlsx_style datetime; /* of date-times */
    loom_xlsx_column_name name;
    bool own;                 /* it has a format of its own */
    bool dates;               /* texts that are dates are dates */
    bool as_text;             /* numbers are texts, because the options say so */
    bool share;               /* numbers from 0 to 1 are percentages */
} loom_xlsx_column;

/** What a job keeps for its segments. */
typedef struct loom_xlsx_plan {
    loom_deflater *deflater;
    loom_xlsx_column *columns; /* owned; NULL when there are none */
    loom_xlsx_repeats repeats;
} loom_xlsx_plan;

/** The plan of a job, made when it is first asked for and kept. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_xlsx_plan_of(loom_encoding *e, loom_xlsx_plan **plan);

/** Frees a plan that was kept; accepts NULL. */
void loom_xlsx_plan_free(void *kept);

/** The `measure` of loom_format. */
LOOM_CHECKED int loom_xlsx_measure(loom_encoding *e);

/** The `place` of loom_format. */
LOOM_CHECKED int loom_xlsx_place(loom_encoding *e, const loom_place *place);

/** Appends the header row as XML. */
LOOM_CHECKED int loom_xlsx_header(loom_encoding *e, loom_buffer *out);

#endif
