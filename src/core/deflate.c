/* Deflate by libdeflate, patched so that its blocks go on.
 * SPDX-License-Identifier: MIT
 */
#include "deflate.h"

#include <libdeflate.h>

#include "memory.h"

#define POLYNOMIAL UINT32_C(0xedb88320)

/* Words of a run that wait for what the words before them leave in them; shorter runs are not worth two lanes. */
#define WAITING 5u
#define SHORTEST_RUN ((size_t)1024)

/* A word each of two runs of bytes. */
typedef uint64_t lanes __attribute__((vector_size(16)));

_Static_assert(sizeof(loom_deflate_hint) == sizeof(struct libdeflate_hint) &&
                   offsetof(loom_deflate_hint, length) == offsetof(struct libdeflate_hint, length) &&
                   offsetof(loom_deflate_hint, offset) == offsetof(struct libdeflate_hint, offset),
               "libdeflate takes our hints as they are");

struct loom_deflater {
    struct libdeflate_compressor *compressor;
    uint32_t table[256]; /* the remainders of bytes */
};

/* The table is made here, because as a constant it would be a part of the wasm module. */
static void make_table(uint32_t table[256]) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t rest = byte;
        for (int bit = 0; bit < 8; bit++) {
            rest = (rest >> 1) ^ (rest & 1 ? POLYNOMIAL : 0);
        }
        table[byte] = rest;
    }
}

loom_deflater *loom_deflater_new(int level) {
    loom_deflater *deflater = loom_alloc(sizeof *deflater);
    if (deflater == NULL) {
        return NULL;
    }
    libdeflate_set_memory_allocator(loom_alloc, loom_free);
    deflater->compressor = libdeflate_alloc_compressor(level);
    if (deflater->compressor == NULL) {
        loom_free(deflater);
        return NULL;
    }
    make_table(deflater->table);
    return deflater;
}

void loom_deflater_free(loom_deflater *deflater) {
    if (deflater != NULL) {
        libdeflate_free_compressor(deflater->compressor);
        loom_free(deflater);
    }
}

size_t loom_deflate_bound(loom_deflater *deflater, size_t length) {
    return libdeflate_deflate_compress_bound(deflater->compressor, length);
}

size_t loom_deflate_into(loom_deflater *deflater, void *out, const void *bytes, size_t length) {
    size_t bound = loom_deflate_bound(deflater, length);
    return length == 0 ? 0 : libdeflate_deflate_compress(deflater->compressor, bytes, length, out, bound);
}

/* Room for a piece; `*end` is where it goes. */
static int make_room(loom_deflater *deflater, loom_buffer *out, size_t length, uint8_t **end) {
    int code = loom_buffer_reserve(out, loom_deflate_bound(deflater, length));
    *end = code == LOOM_OK ? out->bytes + out->length : NULL;
    return code;
}

static int take_piece(loom_buffer *out, size_t made) {
    out->length += made;
    return made == 0 ? LOOM_INTERNAL : LOOM_OK;
}

int loom_deflate(loom_deflater *deflater, loom_buffer *out, const void *bytes, size_t length) {
    uint8_t *end = NULL;
    int code = length == 0 ? LOOM_OK : make_room(deflater, out, length, &end);
    return end == NULL ? code : take_piece(out, loom_deflate_into(deflater, end, bytes, length));
}

int loom_deflate_hinted(loom_deflater *deflater, loom_buffer *out, const void *bytes, size_t length, const loom_deflate_hint *hints,
                        size_t count) {
    static const loom_deflate_hint none;
    const struct libdeflate_hint *list = (const struct libdeflate_hint *)(const void *)(count == 0 ? &none : hints);
    uint8_t *end = NULL;
    int code = length == 0 ? LOOM_OK : make_room(deflater, out, length, &end);
    if (end == NULL) {
        return code;
    }
    size_t bound = loom_deflate_bound(deflater, length);
    return take_piece(out, libdeflate_deflate_compress_hinted(deflater->compressor, bytes, length, list, count, end, bound));
}

/* The product of two polynomials over GF(2), bits reversed, modulo the one of CRC-32. */
static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = UINT32_C(1) << 31; bit != 0; bit >>= 1) {
        product ^= a & bit ? b : 0;
        b = (b >> 1) ^ (b & 1 ? POLYNOMIAL : 0);
    }
    return product;
}

/* `length` zero bytes behind the first run multiply its remainder by x to the power of 8 * length. */
uint32_t loom_crc32_join(uint32_t first, uint32_t second, uint64_t length) {
    uint32_t power = UINT32_C(1) << 23; /* x^8 */
    uint32_t shift = UINT32_C(1) << 31; /* 1 */
    for (; length != 0; length >>= 1) {
        if (length & 1) {
            shift = multiply(shift, power);
        }
        power = multiply(power, power);
    }
    return multiply(shift, first) ^ second;
}

static uint32_t add_bytes(const loom_deflater *deflater, uint32_t rest, const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        rest = (rest >> 8) ^ deflater->table[(rest ^ bytes[i]) & 0xff];
    }
    return rest;
}

static inline lanes load(const uint8_t *first, const uint8_t *second) {
    lanes words = {0, 0};
    uint64_t word = 0;
    memcpy(&word, first, sizeof word);
    words[0] = word;
    memcpy(&word, second, sizeof word);
    words[1] = word;
    return words;
}

/* x^300 + x^155 + x^117 + x^89 + 1 is a multiple of the polynomial, so a bit of a run may be dropped for those that stand 145, 183, 211 and
 * 300 bits behind it: a word leaves its bits in words that follow, and only the last five are divided byte by byte. The idea and the multiple
 * are those of Russell's "Chorba". Two runs of `length` bytes, a multiple of 8, are divided at once. */
static void add_runs(const loom_deflater *deflater, uint32_t rests[2], const uint8_t *first, const uint8_t *second, size_t length) {
    lanes waiting[WAITING] = {{rests[0], rests[1]}};
    size_t at = 0;
    for (; at < length - sizeof(uint64_t) * WAITING; at += 8) {
        const lanes word = load(first + at, second + at) ^ waiting[0];
        waiting[0] = waiting[1];
        waiting[1] = waiting[2] ^ (word << 17) ^ (word << 55);
        waiting[2] = waiting[3] ^ (word >> 47) ^ (word >> 9) ^ (word << 19);
        waiting[3] = waiting[4] ^ (word >> 45) ^ (word << 44);
        waiting[4] = word >> 20;
    }
    rests[0] = rests[1] = 0;
    for (size_t i = 0; i < WAITING; i++, at += 8) {
        const lanes word = load(first + at, second + at) ^ waiting[i];
        uint8_t bytes[sizeof word];
        memcpy(bytes, &word, sizeof bytes);
        rests[0] = add_bytes(deflater, rests[0], bytes, 8);
        rests[1] = add_bytes(deflater, rests[1], bytes + 8, 8);
    }
}

uint32_t loom_crc32(const loom_deflater *deflater, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    uint32_t rests[2] = {UINT32_MAX, 0};
    if (length >= 2 * SHORTEST_RUN) {
        size_t half = length / 2 & ~(size_t)7;
        add_runs(deflater, rests, at, at + half, half);
        rests[0] = loom_crc32_join(rests[0], rests[1], half);
        at += 2 * half;
        length -= 2 * half;
    }
    return ~add_bytes(deflater, rests[0], at, length);
}

int loom_inflate(loom_buffer *out, const void *bytes, size_t size, size_t length) {
    int code = loom_buffer_reserve(out, length);
    if (code != LOOM_OK) {
        return code;
    }
    libdeflate_set_memory_allocator(loom_alloc, loom_free);
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    if (decompressor == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    enum libdeflate_result result =
        libdeflate_deflate_decompress_ex(decompressor, bytes, size, out->bytes + out->length, length, NULL, NULL);
    libdeflate_free_decompressor(decompressor);
    out->length += result == LIBDEFLATE_SUCCESS ? length : 0;
    return result == LIBDEFLATE_SUCCESS ? LOOM_OK : LOOM_SYNTAX;
}
