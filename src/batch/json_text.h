/* Cells as compact JSON text (RFC 8259), for every encoder that writes JSON.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_JSON_TEXT_H
#define LOOM_JSON_TEXT_H

#include "batch.h"

/** Appends characters as a JSON string with its quotes; control characters become \u00XX or their short escapes. The
 *  characters are valid UTF-8 and need not be followed by anything. */
LOOM_CHECKED int loom_json_string(loom_buffer *out, const uint8_t *text, size_t length);

/** Appends the value of a cell and of all cells that it holds; dropped members are left out. `indent` is the number of blanks of the
 *  line that the value stands on, or a negative number for compact text. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_json_value(loom_buffer *out, const loom_schema *schema, const loom_batch *batch, uint32_t cell, int indent);

/** Appends the key of a node as a JSON string. */
LOOM_CHECKED int loom_json_key(loom_buffer *out, const loom_schema *schema, uint32_t node);

/** Appends a line break and `indent` blanks; nothing when it is negative. */
LOOM_CHECKED int loom_json_break(loom_buffer *out, int indent);

#endif
