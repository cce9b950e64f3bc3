/* The sheets Statistics and Charts.
 * SPDX-License-Identifier: MIT
 */
#include "pages.h"

void loom_xlsx_statistics(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *statistics) {
    (void)workbook;
    (void)look;
    (void)statistics;
}
