/* Registers and bins.
 * SPDX-License-Identifier: MIT
 */
#include "sketch.h"

#include <math.h>

#include "memory.h"

/* Bits of the hash that ranks are taken from. */
#define RANK_BITS 53

/* Bits of a double below those of a key: 6 bits of the mantissa stay. */
#define KEY_SHIFT 46

#define LARGEST_KEY 131072

/* The two series of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", section 4. */
static double sigma(double x) {
    double z = x;
    double before = -1;
    double y = 1;
    while (z != before) {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    }
    return z;
}

static double tau(double x) {
    if (x == 0 || x == 1) {
        return 0;
    }
    double z = 1 - x;
    double before = -1;
    double y = 1;
    while (z != before) {
        x = sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    }
    return z / 3;
}

double loom_distinct_estimate(const uint8_t registers[LOOM_REGISTERS]) {
    uint32_t counts[RANK_BITS + 2] = {0};
    const double m = LOOM_REGISTERS;
    for (uint32_t i = 0; i < LOOM_REGISTERS; i++) {
        counts[registers[i]]++;
    }
    if (counts[0] == LOOM_REGISTERS) {
        return 0;
    }
    double z = m * tau(1 - counts[RANK_BITS + 1] / m);
    for (int k = RANK_BITS; k > 0; k--) {
        z = 0.5 * (z + counts[k]);
    }
    z += m * sigma(counts[0] / m);
    return 0.72134752044448170368 * m * m / z; /* 1 / (2 ln 2) */
}

void loom_spread_close(loom_spread *spread) {
    loom_free(spread->bins);
    *spread = (loom_spread){0};
}

static int32_t key_of(double value, uint32_t shift) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int32_t key = (int32_t)(bits >> KEY_SHIFT & (LARGEST_KEY - 1));
    key = bits >> 63 && bits << 1 != 0 ? -1 - key : key;
    return key >> shift;
}

static int insert(loom_spread *spread, uint32_t place, loom_bin bin) {
    if (spread->count == spread->capacity) {
        uint32_t capacity = spread->capacity == 0 ? 32 : spread->capacity * 2;
        loom_bin *bins = loom_realloc(spread->bins, capacity * sizeof *bins);
        if (bins == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        spread->bins = bins;
        spread->capacity = capacity;
    }
    memmove(spread->bins + place + 1, spread->bins + place, (spread->count - place) * sizeof bin);
    spread->bins[place] = bin;
    spread->count++;
    return LOOM_OK;
}

/* Halves the resolution. */
static void halve(loom_spread *spread) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < spread->count; i++) {
        loom_bin bin = spread->bins[i];
        bin.key >>= 1;
        if (kept > 0 && spread->bins[kept - 1].key == bin.key) {
            spread->bins[kept - 1].count += bin.count;
        } else {
            spread->bins[kept++] = bin;
        }
    }
    spread->count = kept;
    spread->shift++;
}

void loom_spread_limit(loom_spread *spread, uint32_t most) {
    while (spread->count > most) {
        halve(spread);
    }
}

int loom_spread_add(loom_spread *spread, double value, uint64_t count, uint32_t most) {
    int32_t key = key_of(value, spread->shift);
    uint32_t low = 0;
    for (uint32_t size = spread->count; size > 0;) {
        uint32_t half = size / 2;
        bool below = spread->bins[low + half].key < key;
        low = below ? low + half + 1 : low;
        size = below ? size - half - 1 : half;
    }
    if (low < spread->count && spread->bins[low].key == key) {
        spread->bins[low].count += count;
        return LOOM_OK;
    }
    int code = insert(spread, low, (loom_bin){key, count});
    loom_spread_limit(spread, most);
    return code;
}

/* The double with the least magnitude in the bin of that key, which is not negative. */
static double least_of(int64_t key, uint32_t shift) {
    uint64_t bits = (uint64_t)key << (KEY_SHIFT + shift);
    double value;
    const uint64_t largest = 0x7fefffffffffffffu;
    bits = bits > largest ? largest : bits;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double loom_spread_value(const loom_spread *spread, uint32_t bin) {
    int64_t key = spread->bins[bin].key;
    if (key == 0 && spread->shift == 0) {
        return 0;
    }
    int64_t magnitude = key < 0 ? -1 - key : key;
    double value = 0.5 * least_of(magnitude, spread->shift) + 0.5 * least_of(magnitude + 1, spread->shift);
    return key < 0 ? -value : value;
}

int loom_spread_write(const loom_spread *spread, loom_buffer *out) {
    int64_t before = 0;
    int code = loom_buffer_reserve(out, (size_t)(spread->count + 1) * 2 * LOOM_VARINT_MOST);
    if (code != LOOM_OK) {
        return code;
    }
    loom_varint_put(out, spread->shift);
    loom_varint_put(out, spread->count);
    for (uint32_t i = 0; i < spread->count; i++) {
        loom_varint_put(out, loom_zigzag(spread->bins[i].key - before));
        loom_varint_put(out, spread->bins[i].count);
        before = spread->bins[i].key;
    }
    return LOOM_OK;
}

int loom_spread_read(loom_spread *spread, loom_reader *reader) {
    spread->shift = (uint32_t)loom_varint_read(reader, 17);
    uint32_t count = (uint32_t)loom_varint_read(reader, LOOM_MAX_BINS);
    int64_t key = 0;
    int code = LOOM_OK;
    for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
        int64_t step = loom_unzigzag(loom_varint_read(reader, UINT32_MAX));
        uint64_t values = loom_varint_read(reader, UINT64_MAX);
        key += step;
        if (reader->bad || (i > 0 && step < 1) || key >= LARGEST_KEY || key < -LARGEST_KEY) {
            reader->bad = true;
            return LOOM_OK;
        }
        code = insert(spread, i, (loom_bin){(int32_t)key, values});
    }
    return code;
}
