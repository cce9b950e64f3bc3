/* How the parser of a record reads values that are more than plain ASCII text and short numbers.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_RECORD_VALUE_H
#define LOOM_RECORD_VALUE_H

#include "../core/simd.h"
#include "record.h"

/** Whether no text of the record is left. */
static inline bool loom_at_end(const loom_parser *p) {
    return p->at >= p->end || (p->lines && *p->at == '\n');
}

/** Whether the record ends before its text is complete. A piece of an array always ends behind a record, so a scalar that is
 * not complete there is wrong in itself, however the array is cut. */
static inline bool loom_is_cut_short(const loom_parser *p) {
    return loom_at_end(p) && (p->lines || p->depth > 0);
}

/** Behind characters that stand for themselves and need no look: the first other one. */
static inline const uint8_t *loom_plain_end(const uint8_t *at) {
    uint32_t mask = loom_mask_string(at);
    while (mask == 0) {
        at += LOOM_BLOCK;
        mask = loom_mask_string(at);
    }
    return at + loom_lowest(mask);
}

/** A string that is more than plain ASCII, from its first character on; `at` stands at the first that is not, and then behind the
 *  closing quote, or on the byte that is wrong. Errors: TRUNCATED, INVALID_STRING, INVALID_UTF8, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_record_string(loom_state *s, const uint8_t *start, loom_cell *cell);

/** A number, true, false or null at `at`, which then stands behind it, or on the byte that is wrong. Errors: those of
 *  `loom_unexpected`; INVALID_NUMBER. */
LOOM_CHECKED int loom_record_scalar(loom_state *s, loom_cell *cell);

#endif
