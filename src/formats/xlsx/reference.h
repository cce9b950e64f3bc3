/* References with the numbers of their rows: <row r="12"><c r="AB12">, which are optional (ECMA-376 Part 1 18.3.1.4, 18.3.1.73) but wanted
 * by some readers; and what of the rows is known to stand in the rows before.
 * SPDX-License-Identifier: MIT
 *
 * Rows are encoded before their numbers are known. So each reference is written without the number, its place is marked, and the numbers
 * come in when the rows get their place on a sheet. Only then is known too which of the links are links (18.3.1.48): the others lose their
 * style. What stands around a mark is markup, most of which stands around the mark of the same column in the row before: the deflater is
 * told, and need not search.
 */
#ifndef LOOM_XLSX_REFERENCE_H
#define LOOM_XLSX_REFERENCE_H

#include <stdbool.h>

#include "../../core/buffer.h"

/** A column's name: A, ..., XFD. */
typedef struct loom_xlsx_column_name {
    char text[4];
    uint8_t length;
} loom_xlsx_column_name;

/** The name of a column, from 0; there are 16,384. */
loom_xlsx_column_name loom_xlsx_name_column(uint32_t column);

/** The attribute of a link's style, which follows the reference. */
#define LOOM_XLSX_LINK_STYLE " s=\"7\""

/** The column of the marks of rows. */
#define LOOM_XLSX_ROW 0x7fffu

/** The most bytes before and behind a mark that it tells of. */
#define LOOM_XLSX_MOST_MARKUP 63u

/** Where the number of a row belongs, or would where cells carry no references. */
typedef struct loom_xlsx_mark {
    uint32_t at;          /* in the encoded rows */
    uint32_t column : 15; /* or LOOM_XLSX_ROW */
    uint32_t link : 1;    /* the cell has the style of a link */
    uint32_t before : 8;  /* bytes of markup between the value before and the mark */
    uint32_t behind : 8;  /* and between the mark and the cell's value */
} loom_xlsx_mark;

/** Encoded rows. */
typedef struct loom_xlsx_rows {
    const uint8_t *bytes;
    const uint32_t *ends; /* where each row ends in `bytes` */
    uint32_t count;
    uint32_t start;              /* where the first one starts */
    const loom_xlsx_mark *marks; /* ascending */
    size_t mark_count;
    uint32_t links; /* further ones are texts */
    bool numbered;  /* the references are written */
} loom_xlsx_rows;

/** What the output repeats. */
typedef struct loom_xlsx_repeats {
    loom_buffer hints; /* a loom_deflate_hint each, about the rows of the last call */
    struct loom_xlsx_seen *columns; /* owned; where their last marks stand, and behind them that of the row */
    uint32_t count;                 /* of columns */
} loom_xlsx_repeats;

/** For so many columns. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_xlsx_repeats_open(loom_xlsx_repeats *repeats, uint32_t columns);

/** Frees what it owns; a cleared struct is accepted. */
void loom_xlsx_repeats_close(loom_xlsx_repeats *repeats);

/** Puts the first rows with their numbers, the first of them `number`, from 1, into the empty `out` until it has `enough` bytes, and takes
 *  them off the rest. At least LOOM_BLOCK bytes behind the rows can be read. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_xlsx_number_rows(loom_buffer *out, loom_xlsx_repeats *repeats, loom_xlsx_rows *rows, uint32_t number, size_t enough);

#endif
