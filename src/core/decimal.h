/* Numbers between their decimal digits and doubles, without any locale.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_DECIMAL_H
#define LOOM_DECIMAL_H

#include "buffer.h"

/** The double that is nearest to a JSON number, which ends where `length` says and is followed by a byte that no number has.
 *  Infinite where it is too large. */
double loom_decimal_value(const uint8_t *text, size_t length);

/** Appends the shortest digits that give back a finite double. 0 has no sign. */
LOOM_CHECKED int loom_decimal_write(loom_buffer *out, double value);

/** Whether JSON number `a` stands before `b`: by their doubles, whole numbers with equal doubles by their digits; a spelling without
 *  fraction and exponent stands before others of the same double. */
int loom_decimal_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length);

/** How JSON numbers `a` and `b` stand to each other by what they mean, to the last digit: negative, 0 or positive. 1, 1.0 and 10e-1 are
 *  the same. */
int loom_decimal_order(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length);

#endif
