/* Sums of doubles and of their squares without any rounding, so that the order of the terms does not matter.
 * SPDX-License-Identifier: MIT
 *
 * A sum is one long fixed-point number (Kulisch's accumulator) in digits of 32 bits that carry late. Bit 0 of a sum is 2^-1074, the
 * smallest double; bit 0 of a sum of squares is 2^-2148. With the 64 bits for the number of terms the longest needs 134 digits.
 */
#ifndef LOOM_EXACT_SUM_H
#define LOOM_EXACT_SUM_H

#include "varint.h"

/** Digits of the longest sum, and room for carries. */
#define LOOM_EXACT_DIGITS 144u

/** The most digits that settled sums and sums of squares have. */
#define LOOM_EXACT_SUM_MOST 70u
#define LOOM_EXACT_SQUARES_MOST 138u

/** The weight of bit 0, as the exponent of 2. */
#define LOOM_EXACT_SUM_SCALE (-1074)
#define LOOM_EXACT_SQUARES_SCALE (-2148)

typedef struct loom_exact {
    int64_t digits[LOOM_EXACT_DIGITS];
    uint32_t low; /* digits outside of low to high - 1 are 0 */
    uint32_t high;
    bool negative; /* valid once it is settled: the digits are the magnitude */
} loom_exact;

/** 0; the struct's contents do not matter before. */
void loom_exact_zero(loom_exact *exact);

/** Adds `count` times the value and its square. The value is finite. Takes up to 2^30 calls between two loom_exact_settle. */
void loom_exact_add(loom_exact *sum, loom_exact *squares, double value, uint32_t count);

/** Brings a sum into the one form that its value has; nothing may be added to it afterwards. */
void loom_exact_settle(loom_exact *exact);

/** Appends a settled sum. */
LOOM_CHECKED int loom_exact_write(const loom_exact *exact, loom_buffer *out);

/** Adds a sum that loom_exact_write wrote, of at most `most` digits. */
void loom_exact_read(loom_exact *exact, loom_reader *reader, uint32_t most);

/** The double that is nearest to a settled sum. */
double loom_exact_value(const loom_exact *exact, int scale);

/** The sample variance of `count` values, at least two, from their settled sums; rounded at its end only. */
double loom_exact_variance(const loom_exact *sum, const loom_exact *squares, uint64_t count);

#endif
