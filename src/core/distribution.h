/* What can be said of numbers that were counted: quantiles and a histogram.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_DISTRIBUTION_H
#define LOOM_DISTRIBUTION_H

#include <stdbool.h>

#include "buffer.h"

/** The most bins of a histogram. */
#define LOOM_MAX_HISTOGRAM 20

typedef struct loom_weight {
    double value;
    uint64_t count;
} loom_weight;

/** Finite numbers with their counts, ascending; none is empty. */
typedef struct loom_distribution {
    const loom_weight *weights;
    uint32_t size;
    uint64_t total; /* of the counts */
    double least;
    double most;
    bool exact; /* the values are the numbers themselves and not those of bins */
    bool whole; /* all are whole numbers */
} loom_distribution;

/** The value below which `percent` of the numbers lie; between two exact ones it is interpolated, as spreadsheets do. */
double loom_distribution_quantile(const loom_distribution *distribution, unsigned percent);

/** Appends [{"from": 0, "to": 5, "count": 3}, ...]: at most LOOM_MAX_HISTOGRAM bins of the same width, which is 1, 2 or 5 times a power of
 *  ten, as are their limits' distances from 0. `to` belongs to the next bin, but for the last bin of numbers that are not whole. */
LOOM_CHECKED int loom_distribution_histogram(const loom_distribution *distribution, loom_buffer *out);

#endif
