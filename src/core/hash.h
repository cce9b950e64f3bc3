/* A hash of bytes that is the same on every machine.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_HASH_H
#define LOOM_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Eight bytes, the lowest first. */
static inline uint64_t loom_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/** At most seven bytes, the lowest first. */
static inline uint64_t loom_short_word(const uint8_t *bytes, size_t length) {
    uint64_t word = 0;
    for (size_t i = 0; i < length; i++) {
        word |= (uint64_t)bytes[i] << (8 * i);
    }
    return word;
}

/** Spreads every bit over all 64 (the finalizer of MurmurHash3). */
static inline uint64_t loom_hash_mix(uint64_t hash) {
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 33;
}

/** The hash of `length` bytes and a seed. Reads nothing behind them. */
static inline uint64_t loom_hash(const uint8_t *bytes, size_t length, uint64_t seed) {
    uint64_t hash = seed ^ length * 0x9e3779b97f4a7c15u;
    size_t i = 0;
    for (; length - i >= 8; i += 8) {
        hash = (hash ^ loom_word(bytes + i)) * 0x9fb21c651e98df25u;
        hash ^= hash >> 32;
    }
    if (i < length) {
        uint64_t rest = length >= 8 ? loom_word(bytes + length - 8) : loom_short_word(bytes, length);
        hash = (hash ^ rest) * 0x9fb21c651e98df25u;
    }
    return loom_hash_mix(hash);
}

#endif
