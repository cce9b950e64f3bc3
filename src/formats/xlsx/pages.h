/* The sheets that tell about the records: Statistics with its Charts, Metadata, Errors. Only for files that include xlsxwriter.h.
 * SPDX-License-Identifier: MIT
 *
 * libxlsxwriter reports where memory runs out by NULL and leaves the rest undone, so the makers of pages go on and the shell asks
 * once, at the end.
 */
#ifndef LOOM_XLSX_PAGES_H
#define LOOM_XLSX_PAGES_H

#include <xlsxwriter.h>

#include "../../core/document.h"
#include "../format.h"

/** The styles of these sheets. */
typedef struct loom_xlsx_look {
    lxw_format *title;
    lxw_format *note; /* small and grey, below a title */
    lxw_format *section;
    lxw_format *heading;
    lxw_format *heading_right;
    lxw_format *label;
    lxw_format *text;
    lxw_format *wrapped;
    lxw_format *count;  /* #,##0 */
    lxw_format *about;  /* the same, estimated */
    lxw_format *number; /* up to four decimals */
    lxw_format *share;  /* 0.0% */
} loom_xlsx_look;

/** Where the figures of a chart stand on the sheet Statistics. */
typedef struct loom_xlsx_series {
    const char *label; /* of the column that they are about */
    uint32_t first;    /* row */
    uint32_t last;
    int rank; /* the lower, the sooner it is shown */
    enum { LOOM_XLSX_TOP, LOOM_XLSX_HISTOGRAM, LOOM_XLSX_TIMELINE } kind;
} loom_xlsx_series;

/** The sheet and columns of Statistics on which charts draw: their categories and their counts. */
#define LOOM_XLSX_STATISTICS "Statistics"
#define LOOM_XLSX_CATEGORIES 1
#define LOOM_XLSX_COUNTS 2

/** The most bars that a chart of frequent values has. */
#define LOOM_XLSX_BARS 12u

/** The sheet Charts: the most telling of the series, at most six. Sorts them. */
void loom_xlsx_charts(lxw_workbook *workbook, const loom_xlsx_look *look, loom_xlsx_series *series, uint32_t count);

/** The columns of a heading row, from the first column on. */
void loom_xlsx_headings_row(lxw_worksheet *sheet, const loom_xlsx_look *look, uint32_t row, const char *const *texts,
                            uint32_t count, uint32_t first_right);

/** A count of JSON, or 0. */
double loom_xlsx_figure(const cJSON *object, const char *name);

/** The text of a member, or "". */
const char *loom_xlsx_member(const cJSON *object, const char *name);

/** Appends text to a sheet as what it is: control characters and _xHHHH_ escaped as in the Data sheets, cut where it is too long. */
void loom_xlsx_write(lxw_worksheet *sheet, uint32_t row, uint16_t column, const char *text, lxw_format *format);

/** Writes a number, or what it lies beyond where no double holds it: a workbook with an infinite number cannot be read. */
void loom_xlsx_write_figure(lxw_worksheet *sheet, uint32_t row, uint16_t column, double figure, lxw_format *format);

/** Title and print set-up of a sheet. */
void loom_xlsx_title(lxw_worksheet *sheet, const loom_xlsx_look *look, const char *title, const char *note);

/** The sheets Statistics and Charts, from the members `columns`, as loom_job_statistics_report tells them, and `counts` of the totals. */
void loom_xlsx_statistics(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *totals);

/** The sheet Metadata, from the members `metadata`, `counts`, `warnings` of the totals and the columns. */
void loom_xlsx_metadata(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *totals,
                        const loom_columns *columns);

/** The sheet Errors, from the members `defects` and `counts` of the totals. */
void loom_xlsx_errors(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *totals);

#endif
