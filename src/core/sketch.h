/* Two sketches of values that are too many to be kept: how many are distinct, and how numbers are distributed.
 * SPDX-License-Identifier: MIT
 *
 * Both depend on the values that were added and not on their order.
 */
#ifndef LOOM_SKETCH_H
#define LOOM_SKETCH_H

#include "varint.h"

/** HyperLogLog (Flajolet et al. 2007) with Ertl's estimator (2017): a standard error of 2.3 %. */
#define LOOM_REGISTERS 2048u

/** Notes a value by its hash. */
static inline void loom_distinct_add(uint8_t registers[LOOM_REGISTERS], uint64_t hash) {
    uint8_t rank = (uint8_t)(__builtin_clzll(hash << 11 | 1u << 10) + 1); /* 1 to 54 */
    uint8_t *place = &registers[hash >> 53];
    *place = rank > *place ? rank : *place;
}

/** About how many values were noted. */
double loom_distinct_estimate(const uint8_t registers[LOOM_REGISTERS]);

/** The most bins that a spread holds. */
#define LOOM_MAX_BINS 2048u

/** A DDSketch (Masson et al. 2019) with bins that are equal parts of a power of two: 64 of them as long as the bins suffice, so that a
 *  value differs from the middle of its bin by at most 0.8 %; when there are too many, any two neighbours become one. */
typedef struct loom_bin {
    int32_t key; /* the first bits of the double; complemented for negative ones */
    uint64_t count;
} loom_bin;

typedef struct loom_spread {
    loom_bin *bins; /* owned; ascending */
    uint32_t count;
    uint32_t capacity;
    uint32_t shift; /* times that the bins were halved */
} loom_spread;

/** Frees the bins; the cleared spread may be used again. */
void loom_spread_close(loom_spread *spread);

/** Adds `count` times the value to a spread of at most `most` bins. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_spread_add(loom_spread *spread, double value, uint64_t count, uint32_t most);

/** Makes it one of at most `most` bins, as if it had always been one. */
void loom_spread_limit(loom_spread *spread, uint32_t most);

/** The value that stands for a bin. */
double loom_spread_value(const loom_spread *spread, uint32_t bin);

/** Appends it in binary. */
LOOM_CHECKED int loom_spread_write(const loom_spread *spread, loom_buffer *out);

/** Fills an empty spread from what loom_spread_write wrote. Errors: OUT_OF_MEMORY; faults are left in the reader. */
LOOM_CHECKED int loom_spread_read(loom_spread *spread, loom_reader *reader);

#endif
