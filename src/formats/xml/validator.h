/* Validation of XML documents by a schema, as they stream (libxml2). A wasm module of its own, because most exports need none of it.
 * SPDX-License-Identifier: MIT
 *
 * A document is fed piece by piece; nothing of it is kept. What stands around the records goes through libxml2's parser, the records through
 * a reader of what the encoder writes (reader.h); the events of both go to libxml2's schema validation. Records that are like others which were
 * valid do not (known.h). All validators of a process belong to one thread. Where libxml2 gets no memory, the program traps.
 */
#ifndef LOOM_XML_VALIDATOR_H
#define LOOM_XML_VALIDATOR_H

#include <stddef.h>
#include <stdint.h>

typedef struct loom_validator loom_validator;

/** A validator for a schema (XML Schema 1.0, UTF-8), which is copied. NULL when memory ran out. Free it with loom_validator_free. */
loom_validator *loom_validator_new(const uint8_t *schema, size_t length);

/** Frees it; accepts NULL. */
void loom_validator_free(loom_validator *validator);

/** Starts a document; one that was not ended is forgotten. 0, or 1 when that is not possible: see loom_validator_message. */
int loom_validator_begin(loom_validator *validator);

/** Goes on with the document. 0 while it is well formed and valid. */
int loom_validator_feed(loom_validator *validator, const uint8_t *bytes, size_t length);

/** Goes on with records as the encoder writes them. The document so far must end in the start tag of what holds the records. */
int loom_validator_feed_records(loom_validator *validator, const uint8_t *bytes, size_t length);

/** Ends the document. 0 when it was well formed and valid. */
int loom_validator_end(loom_validator *validator);

/** What was wrong first, or "" when nothing was; owned by the validator until the next call. */
const char *loom_validator_message(const loom_validator *validator);

/** The record, counted from 0 in this document, in which that was, or -1. */
int loom_validator_record(const loom_validator *validator);

#endif
