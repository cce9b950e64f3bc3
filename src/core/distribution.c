/* Quantiles and histograms.
 * SPDX-License-Identifier: MIT
 */
#include "distribution.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "digits.h"

/* Whole numbers up to this are doubles. */
#define LARGEST_WHOLE 9007199254740992.0

/* The value with `rank` numbers before it. */
static double value_at(const loom_distribution *d, uint64_t rank) {
    uint32_t i = 0;
    while (i + 1 < d->size && rank >= d->weights[i].count) {
        rank -= d->weights[i++].count;
    }
    return d->weights[i].value;
}

double loom_distribution_quantile(const loom_distribution *d, unsigned percent) {
    uint64_t last = d->total - 1;
    uint64_t rank = last / 100 * percent + last % 100 * percent / 100;
    unsigned rest = (unsigned)(last % 100 * percent % 100);
    double low = value_at(d, rank);
    if (!d->exact || rest == 0) {
        return low;
    }
    double value = low + (value_at(d, rank + 1) - low) * (rest / 100.0);
    return isfinite(value) ? value : low;
}

/* Bins of the width factor * 10^exponent; the limits are whole multiples of it. */
typedef struct ruler {
    int factor;
    int exponent;
    int64_t first;
    int64_t last;
} ruler;

/* A limit as the double that is nearest to its decimal digits. */
static double limit_at(const ruler *r, int64_t number) {
    char text[48];
    snprintf(text, sizeof text, "%llde%d", (long long)number * r->factor, r->exponent);
    return loom_decimal_value((const uint8_t *)text, strlen(text));
}

static bool lay(ruler *r, const loom_distribution *d) {
    double width = limit_at(r, 1);
    double first = floor(d->least / width);
    double last = ceil(d->most / width);
    if (!(fabs(first) * r->factor < LARGEST_WHOLE && fabs(last) * r->factor < LARGEST_WHOLE)) {
        return false;
    }
    r->first = (int64_t)first;
    r->last = (int64_t)last;
    while (limit_at(r, r->first) > d->least) {
        r->first--;
    }
    while (limit_at(r, r->first + 1) <= d->least) {
        r->first++;
    }
    while (limit_at(r, r->last - 1) >= d->most) {
        r->last--;
    }
    while (limit_at(r, r->last) < d->most || (d->whole && limit_at(r, r->last) == d->most)) {
        r->last++;
    }
    return r->last > r->first && isfinite(limit_at(r, r->first)) && isfinite(limit_at(r, r->last));
}

/* The narrowest bins that are few enough; false where doubles are too coarse for that. */
static bool choose(ruler *r, const loom_distribution *d) {
    static const int factors[] = {1, 2, 5};
    loom_digits digits;
    double width = d->most / LOOM_MAX_HISTOGRAM - d->least / LOOM_MAX_HISTOGRAM;
    if (!isfinite(width) || width <= 0) {
        return false;
    }
    loom_digits_of(&digits, width);
    loom_digits_round(&digits, 4);
    r->exponent = d->whole && digits.point < 1 ? 0 : digits.point - 1;
    if (r->exponent < -300) {
        return false;
    }
    for (int i = 0; i < 9; i++) {
        r->factor = factors[i % 3];
        if (!lay(r, d)) {
            return false;
        }
        if (r->last - r->first <= LOOM_MAX_HISTOGRAM) {
            return true;
        }
        r->exponent += i % 3 == 2;
    }
    return false;
}

static int put_bin(double from, double to, uint64_t count, bool first, loom_buffer *out) {
    char text[48];
    int code = loom_buffer_append_text(out, first ? "{\"from\":" : ",{\"from\":");
    if (code == LOOM_OK) {
        code = loom_decimal_write(out, from);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(out, ",\"to\":");
    }
    if (code == LOOM_OK) {
        code = loom_decimal_write(out, to);
    }
    snprintf(text, sizeof text, ",\"count\":%llu}", (unsigned long long)count);
    return code == LOOM_OK ? loom_buffer_append_text(out, text) : code;
}

static int put_bins(const ruler *r, const loom_distribution *d, loom_buffer *out) {
    uint32_t at = 0;
    int code = LOOM_OK;
    for (int64_t i = r->first; i < r->last && code == LOOM_OK; i++) {
        double to = limit_at(r, i + 1);
        uint64_t count = 0;
        while (at < d->size && (d->weights[at].value < to || i + 1 == r->last)) {
            count += d->weights[at++].count;
        }
        code = put_bin(limit_at(r, i), to, count, i == r->first, out);
    }
    return code;
}

int loom_distribution_histogram(const loom_distribution *d, loom_buffer *out) {
    ruler r = {0};
    int code = loom_buffer_append_byte(out, '[');
    if (code == LOOM_OK) {
        bool binned = d->least < d->most && choose(&r, d);
        code = binned ? put_bins(&r, d, out) : put_bin(d->least, d->most, d->total, true, out);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(out, ']') : code;
}
