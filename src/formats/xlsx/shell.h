/* The workbook around the rows, made by libxlsxwriter: styles, empty Data sheets, the sheets that tell about them, properties.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XLSX_SHELL_H
#define LOOM_XLSX_SHELL_H

#include "../../core/document.h"
#include "../format.h"
#include "capture.h"

/** The most columns of a sheet. */
#define LOOM_XLSX_MAX_COLUMNS 16384u

/** What a workbook is made from. */
typedef struct loom_xlsx_book {
    loom_encoding *e;
    const uint32_t *rows; /* records of each Data sheet */
    uint32_t sheets;      /* Data sheets, at least one */
    const char *clock;    /* ISO 8601, or NULL */
    const cJSON *totals;  /* what the other sheets tell, or NULL for Data sheets only */
} loom_xlsx_book;

/** Captures all parts of the workbook; free them with loom_capture_free, also after an error. */
LOOM_CHECKED int loom_xlsx_shell(const loom_xlsx_book *book, loom_capture *capture);

#endif
