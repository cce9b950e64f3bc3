/* The styles of the Data sheets, by the numbers that they have in every workbook.
 * SPDX-License-Identifier: MIT
 *
 * Cells are written on many workers, long before libxlsxwriter writes styles.xml. So the numbers are fixed here, and the shell checks
 * that libxlsxwriter gave the same ones.
 */
#ifndef LOOM_XLSX_STYLES_H
#define LOOM_XLSX_STYLES_H

#include "../../batch/row.h"
#include "../../core/region.h"

enum loom_xlsx_style_number {
    LOOM_XLSX_PLAIN = 0, /* cells without a style: general, at the top of their row */
    LOOM_XLSX_HEADER,
    LOOM_XLSX_WRAPPED,
    LOOM_XLSX_INTEGER,
    LOOM_XLSX_SHARE, /* a percentage with one decimal */
    LOOM_XLSX_DATE,
    LOOM_XLSX_DATETIME,
    LOOM_XLSX_LINK,
    LOOM_XLSX_BOOLEAN,
    LOOM_XLSX_HEADER_RIGHT, /* above numbers and dates */
    LOOM_XLSX_HEADER_CENTER,
    LOOM_XLSX_OWN, /* the first of the columns' own number formats */
};

/** Their number formats. */
#define LOOM_XLSX_INTEGER_FORMAT "0"
#define LOOM_XLSX_SHARE_FORMAT "0.0%"
#define LOOM_XLSX_BOOLEAN_FORMAT "\"TRUE\";\"TRUE\";\"FALSE\"" /* Excel needs none; LibreOffice shows some truth values as 1 without */
#define LOOM_XLSX_DATE_FORMAT "yyyy\\-mm\\-dd"
#define LOOM_XLSX_DATETIME_FORMAT "yyyy\\-mm\\-dd\\ hh:mm:ss"

/** The longest number format that libxlsxwriter holds. */
#define LOOM_XLSX_MAX_FORMAT 127u

/** The number formats of dates and date-times: those of the locale, if there is one. */
const char *loom_xlsx_date_format(const loom_region *region);
const char *loom_xlsx_datetime_format(const loom_region *region);

/** The style of a column's own number format; columns with the same format share it. The column has one. */
uint32_t loom_xlsx_own_style(const loom_columns *columns, uint32_t column, const loom_region *region);

/** Whether a column is the first one with its own format, so that there is a style to be made. */
bool loom_xlsx_is_new_format(const loom_columns *columns, uint32_t column, const loom_region *region);

/** Whether Excel takes the text as a number format (ECMA-376 Part 1 18.8.31): anything else would make the file unreadable. */
bool loom_xlsx_is_format(const char *format);

/** The characters that a number format shows of a date, or beside the `digits` of a number: rather too many than too few. */
uint32_t loom_xlsx_format_width(const char *format, bool dates, uint32_t digits);

#endif
