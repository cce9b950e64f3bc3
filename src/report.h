/* What a chunk or a job has to tell besides its bytes, as JSON.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_REPORT_H
#define LOOM_REPORT_H

#include "batch/row.h"
#include "core/document.h"

/** An error as {code, message, suggestion?, column?}; the caller's to loom_free; NULL when memory ran out. */
char *loom_report_error(const loom_error *error);

/** The report of a chunk as job.h describes it, with the given `paths`, `shapes` and `pictures`, or NULL in `*text` when there is nothing to tell. Columns that had a
 *  value for the first time are marked as announced. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_report_chunk(const loom_batch *batch, loom_columns *columns, const char *paths, const char *shapes,
                                   const char *pictures, char **text);

/** The warnings of a batch as a JSON array, or NULL in `*text` when there are none. */
LOOM_CHECKED int loom_report_warnings(const loom_batch *batch, const loom_columns *columns, char **text);

#endif
