/* Decimal numbers of many digits that are multiplied by powers of two: the exact way between decimal digits and doubles.
 * SPDX-License-Identifier: MIT
 *
 * Slower than a library of powers would be, and a tenth of its size; decimal.h takes short numbers on a faster way.
 */
#ifndef LOOM_DIGITS_H
#define LOOM_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** More digits than any double, and any number halfway between two of them, has. */
#define LOOM_MOST_DIGITS 800

/** The number 0.DIGITS times ten to the power of `point`; without digits it is 0. The first and the last digit are not 0. */
typedef struct loom_digits {
    uint32_t count;
    int32_t point;
    bool more;                            /* digits that are not 0 were dropped behind the last one */
    uint8_t digits[LOOM_MOST_DIGITS + 20]; /* 0 to 9; the last 20 are room for a shift */
} loom_digits;

/** Reads the JSON number of that length; its sign does not matter. */
void loom_digits_read(loom_digits *number, const char *text, size_t length);

/** The exact digits of a finite double's magnitude. */
void loom_digits_of(loom_digits *number, double value);

/** The nearest double, ties to even; infinite where it is too large. The digits are used up. */
double loom_digits_value(loom_digits *number);

/** Rounds to `count` digits, ties to even; to 0 or 1 digit where `count` is 0, and to 0 where it is negative. */
void loom_digits_round(loom_digits *number, int64_t count);

#endif
