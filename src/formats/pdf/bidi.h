/* The Unicode Bidirectional Algorithm (UAX #9, revision 46): levels of a paragraph, and the visual order of a line.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_BIDI_H
#define LOOM_PDF_BIDI_H

#include <stddef.h>

#include "../../core/error.h"
#include "characters.h"

/** What the algorithm works on; all zero is empty. One piece of memory, kept for the next text. */
typedef struct loom_bidi {
    uint32_t *codes;    /* code points; the caller fills them in. Owned: the others lie behind them. */
    uint32_t *matches;  /* of isolate initiators and their ends: the place of the other one; else UINT32_MAX */
    uint32_t *sequence; /* an isolating run sequence; later a visual order */
    uint8_t *classes;   /* original classes */
    uint8_t *resolved;  /* classes as the rules change them */
    uint8_t *levels;
    uint32_t capacity;
} loom_bidi;

/** Makes room for `count` characters; the contents are lost. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_bidi_reserve(loom_bidi *bidi, uint32_t count);

/** Frees the memory; all zero again. */
void loom_bidi_free(loom_bidi *bidi);

/** Resolves the levels of the paragraph codes[start..end), whose separator, if it has one, is its last character. `base` is its level, 0 or
 *  1, or -1 to find it out (rules P2 and P3). Fills in `classes` and `levels` (rules X1 to I2; L1 is left to lines), and returns the
 *  paragraph's level. Characters that rule X9 removes get the level of what is before them. */
uint8_t loom_bidi_resolve(loom_bidi *bidi, uint32_t start, uint32_t end, int base);

/** Rule L1 for a line [start..end): blanks at its end and before tabs get the paragraph's level. */
void loom_bidi_trim(const uint8_t *classes, uint8_t *levels, uint32_t count, uint8_t paragraph);

/** Rule L2: `order` becomes 0..count - 1 in visual order, from left to right. */
void loom_bidi_order(const uint8_t *levels, uint32_t count, uint32_t *order);

#endif
