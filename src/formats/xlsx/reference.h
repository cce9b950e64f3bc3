/* References of rows and cells: <row r="12"><c r="AB12">, which are optional (ECMA-376 Part 1 18.3.1.4, 18.3.1.73) but wanted by some
 * readers.
 * SPDX-License-Identifier: MIT
 *
 * Rows are encoded before their numbers are known. So each reference is written without the number, its place is noted, and the numbers
 * come in when the rows get their place on a sheet.
 */
#ifndef LOOM_XLSX_REFERENCE_H
#define LOOM_XLSX_REFERENCE_H

#include "../../core/buffer.h"

/** A column's name: A, ..., XFD. */
typedef struct loom_xlsx_column_name {
    char text[4];
    uint8_t length;
} loom_xlsx_column_name;

/** The name of a column, from 0; there are 16,384. */
loom_xlsx_column_name loom_xlsx_name_column(uint32_t column);

/** Encoded rows. */
typedef struct loom_xlsx_rows {
    const uint8_t *bytes;
    const uint32_t *ends; /* where each row ends in `bytes` */
    uint32_t count;
    uint32_t start;         /* where the first one starts */
    const uint32_t *places; /* where numbers belong in `bytes`, ascending */
    size_t place_count;
} loom_xlsx_rows;

/** Appends the first rows with their numbers, the first of them `number`, from 1, until `out` has `enough` bytes, and takes them off the
 *  rest. At least LOOM_BLOCK bytes behind the rows can be read. */
LOOM_CHECKED int loom_xlsx_number_rows(loom_buffer *out, loom_xlsx_rows *rows, uint32_t number, size_t enough);

#endif
