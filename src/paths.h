/* The paths of records between workers, and the columns that come of them.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PATHS_H
#define LOOM_PATHS_H

#include "batch/row.h"
#include "core/document.h"

/** Appends the paths whose kinds or first places were not told yet as JSON; nothing when there are none. */
LOOM_CHECKED int loom_paths_write(loom_schema *schema, loom_buffer *out);

/** Takes over paths that loom_paths_write wrote. Errors: INTERNAL for any other text, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_paths_merge(const char *text, size_t length, loom_schema *schema);

/** Appends the columns for all leaves of the schema as JSON. Errors: TOO_MANY_COLUMNS with the count, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_paths_settle(const loom_schema *schema, bool extra, loom_buffer *out, loom_error *error);

/** The node of a path as one of them wrote it, which is made where there is none; the keys are decoded in place. Errors: INTERNAL for
 *  anything else, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_path_read(const cJSON *path, loom_schema *schema, uint32_t *node);

/** Reads an array that one of them wrote; free it with cJSON_Delete. Errors: INTERNAL for any other text, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_rows_parse(const char *text, size_t length, cJSON **rows);

#endif
