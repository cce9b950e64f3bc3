/* Columns of a job: chosen by the options, or settled from what the scans of all chunks found.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_COLUMNS_H
#define LOOM_COLUMNS_H

#include "batch/row.h"
#include "core/document.h"

/** Reads the option `columns`: keys, or objects {key, label, type, width, format, hidden}. A dot in a key leads into an object,
 *  `\.` is a dot of the key itself; hidden columns are left out. Errors: INVALID_OPTION, UNKNOWN_OPTION, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_columns_choose(const cJSON *list, loom_schema *schema, loom_columns *columns, loom_error *error);

/** Takes over what loom_paths_settle found out about the paths of columns that were chosen: their types, widths, and how filled they
 *  are, where the options do not say. Errors: INTERNAL for any other text, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_columns_learn(const char *text, size_t length, loom_schema *schema, loom_columns *columns);

/** Reads columns as loom_paths_settle wrote them. `*clashes` counts those that were told apart there. Errors: INTERNAL for any
 *  other text, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_columns_read(const char *text, size_t length, loom_schema *schema, loom_columns *columns, uint32_t *clashes);

/** Numbers the labels that an earlier column has too, and adds how many there were to `*clashes`. */
LOOM_CHECKED int loom_columns_tell_apart(loom_columns *columns, uint32_t *clashes);

/** Appends the column `_raw`. */
LOOM_CHECKED int loom_columns_add_raw(loom_columns *columns);

/** Enters a name into a set of names, the children of its root. One that is there already gets a number, and `*clash` is true. */
LOOM_CHECKED int loom_name_enter(loom_schema *names, loom_buffer *name, bool *clash);

/** The names of the types, in the order of enum loom_column_type. */
extern const char *const loom_type_names[LOOM_TYPE_JSON + 1];

#endif
