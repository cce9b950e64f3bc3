/* JSON documents of the library itself, options and reports, through cJSON.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_DOCUMENT_H
#define LOOM_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "cJSON.h"
#include "core/error.h"

/** Parses one JSON text that ends where `length` says. `*document` is the caller's to cJSON_Delete. Errors: OUT_OF_MEMORY;
 *  SYNTAX when it is not JSON. */
LOOM_CHECKED int loom_document_parse(const char *text, size_t length, cJSON **document);

/** The largest whole number up to which a JSON number is exact in all readers (RFC 8259 6). */
#define LOOM_MOST_EXACT 9007199254740991u

/** Reads a number from 0 to `most`, which is at most LOOM_MOST_EXACT, without its fraction; false for anything else. */
bool loom_document_count(const cJSON *item, uint64_t most, uint64_t *count);

/** Starts a document to be written: what fails while it is built is remembered until loom_document_print. */
void loom_document_begin(void);

/** Prints a document compactly and deletes it; NULL when memory ran out since loom_document_begin. The text is the caller's to
 *  loom_free. Accepts NULL. */
char *loom_document_print(cJSON *document);

#endif
