/* The characters that a document shows, by face: what its embedded fonts must hold.
 * SPDX-License-Identifier: MIT
 *
 * A code is a code point, or stands in 0xd800..0xdfff, which are no code points, for a form that shaping chose: see shape.h. Every worker
 * notes the codes of its segments; the assembler merges the sets, in any order, and embeds the fonts at the end.
 */
#ifndef LOOM_PDF_USAGE_H
#define LOOM_PDF_USAGE_H

#include <stdbool.h>

#include "../../core/buffer.h"

/** Places for faces in a document. */
#define LOOM_SLOTS 16u

/** 256 codes of a face; `key` is slot << 16 | code >> 8. */
typedef struct loom_usage_block {
    uint32_t key;
    uint32_t bits[8];
} loom_usage_block;

/** All zero is the empty set. */
typedef struct loom_usage {
    loom_usage_block *blocks; /* owned, sorted by key */
    uint32_t count;
    uint32_t capacity;
    uint32_t last; /* the block that was used last */
} loom_usage;

/** Frees the set, which is empty then. */
void loom_usage_free(loom_usage *usage);

/** Empties the set; the memory stays for the next codes. */
void loom_usage_clear(loom_usage *usage);

/** Adds a code (at most 0x10ffff) of the face in `slot`. Errors: OUT_OF_MEMORY; the set stays what it was. */
LOOM_CHECKED int loom_usage_add(loom_usage *usage, uint32_t slot, uint32_t code);

/** Whether the set has the code. */
bool loom_usage_has(const loom_usage *usage, uint32_t slot, uint32_t code);

/** The first code of the face that is not below `from`; UINT32_MAX behind the last. */
uint32_t loom_usage_next(const loom_usage *usage, uint32_t slot, uint32_t from);

/** Appends the set as bytes for loom_usage_merge, the same for the same set. Nothing for an empty one. */
LOOM_CHECKED int loom_usage_write(const loom_usage *usage, loom_buffer *out);

/** Adds what loom_usage_write wrote. Errors: INTERNAL for any other bytes; OUT_OF_MEMORY. */
LOOM_CHECKED int loom_usage_merge(loom_usage *usage, const uint8_t *bytes, size_t length);

#endif
