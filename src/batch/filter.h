/* Filters: query documents as MongoDB writes them, compiled once and asked about each record as it is parsed.
 * SPDX-License-Identifier: MIT
 *
 * filter.md tells what they mean.
 */
#ifndef LOOM_FILTER_H
#define LOOM_FILTER_H

#include "batch.h"

/** How deep a query, or a value in it, may be nested, and how many keys a path may have. */
#define LOOM_FILTER_MAX_DEPTH 64u

typedef struct loom_filter loom_filter;

/** Compiles a query document, JSON text. `*filter` is the caller's to loom_filter_free. Errors: INVALID_OPTION, whose detail tells the place
 *  in the document and what is wrong there, with a suggestion where a name is mistyped; OUT_OF_MEMORY. */
LOOM_CHECKED int loom_filter_compile(const uint8_t *text, size_t length, loom_filter **filter, loom_error *error);

/** What is remembered of the schema is forgotten; to be called whenever its nodes may have gone, such as between chunks. */
void loom_filter_reset(loom_filter *filter);

/** Whether the record that starts at `cell` passes. The schema may get nodes for keys of the filter. Errors: OUT_OF_MEMORY,
 *  LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_filter_match(loom_filter *filter, loom_schema *schema, const loom_batch *batch, uint32_t cell, bool *passes);

/** Accepts NULL. */
void loom_filter_free(loom_filter *filter);

#endif
