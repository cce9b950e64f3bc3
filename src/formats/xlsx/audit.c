/* The sheets Metadata and Errors.
 * SPDX-License-Identifier: MIT
 */
#include "pages.h"

void loom_xlsx_metadata(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *totals, const loom_columns *columns) {
    (void)workbook;
    (void)look;
    (void)totals;
    (void)columns;
}

void loom_xlsx_errors(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *totals) {
    (void)workbook;
    (void)look;
    (void)totals;
}
