/* Columns, and the row of cells that a record has in them: what every flat format writes.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_ROW_H
#define LOOM_ROW_H

#include "batch.h"

enum loom_column_type {
    LOOM_TYPE_TEXT,
    LOOM_TYPE_INTEGER,
    LOOM_TYPE_NUMBER,
    LOOM_TYPE_BOOLEAN,
    LOOM_TYPE_DATE,
    LOOM_TYPE_DATETIME,
    LOOM_TYPE_JSON,
};

typedef struct loom_column {
    char *key;      /* owned; the dotted path */
    char *label;    /* owned; the heading */
    char *format;   /* owned; a spreadsheet's number format, or NULL */
    double width;   /* in characters, or 0 */
    double filled;  /* values at the start of the source, or 0; the more the better it is filled */
    uint32_t nuls;  /* NULs of its keys, for which the label has U+FFFD */
    bool as_json;   /* arrays as JSON, whatever the job says */
    bool typed;     /* the options name the type */
    bool sized;     /* the options name the width */
    bool learned;   /* the type is that of the values that the scan found */
    bool found;     /* had a value in a record */
    bool announced; /* and that was told */
    uint8_t type;   /* loom_column_type */
} loom_column;

typedef struct loom_columns {
    loom_column *list; /* owned */
    uint32_t count;
    bool chosen;   /* by the options: other keys are left out on purpose */
    int32_t extra; /* the column `_extra` for late keys, or LOOM_NO_COLUMN */
    int32_t raw;   /* the column `_raw` with the record's own JSON, or LOOM_NO_COLUMN */
} loom_columns;

/** No cell in this column. */
#define LOOM_NO_CELL UINT32_MAX

/** Frees the columns; a cleared struct is accepted. */
void loom_columns_close(loom_columns *columns);

/** Fills `cells`, one place a column, with the numbers of the record's cells or LOOM_NO_CELL. `*late` tells whether the record has
 *  values at paths that came after the columns were settled: the record's root goes to the column `_extra` for loom_row_extra.
 *  Errors: SOURCE_CHANGED when there is such a value and no such column; OUT_OF_MEMORY. */
LOOM_CHECKED int loom_row_fill(const loom_schema *schema, loom_columns *columns, loom_batch *batch, const loom_record *record,
                               uint32_t *cells, bool *late);

/** Appends the late values of a record as one JSON object that keeps their nesting. */
LOOM_CHECKED int loom_row_extra(loom_buffer *out, const loom_schema *schema, const loom_batch *batch, const loom_record *record);

#endif
