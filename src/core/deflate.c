/* Deflate by libdeflate, patched so that its blocks go on.
 * SPDX-License-Identifier: MIT
 */
#include "deflate.h"

#include <libdeflate.h>

#include "memory.h"

/* Bytes that one step of the checksum takes; there is a table for each of them. */
#define STRIDE 16u

#define POLYNOMIAL UINT32_C(0xedb88320)

struct loom_deflater {
    struct libdeflate_compressor *compressor;
    uint32_t tables[STRIDE][256]; /* [k][b]: the remainder of byte b with k zero bytes behind it */
};

/* The tables are made here, because as constants they would be a good part of the wasm module. */
static void make_tables(uint32_t tables[STRIDE][256]) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t rest = byte;
        for (int bit = 0; bit < 8; bit++) {
            rest = (rest >> 1) ^ (rest & 1 ? POLYNOMIAL : 0);
        }
        tables[0][byte] = rest;
    }
    for (uint32_t k = 1; k < STRIDE; k++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t rest = tables[k - 1][byte];
            tables[k][byte] = (rest >> 8) ^ tables[0][rest & 0xff];
        }
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
    make_tables(deflater->tables);
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

int loom_deflate(loom_deflater *deflater, loom_buffer *out, const void *bytes, size_t length) {
    if (length == 0) {
        return LOOM_OK;
    }
    int code = loom_buffer_reserve(out, loom_deflate_bound(deflater, length));
    if (code != LOOM_OK) {
        return code;
    }
    size_t made = loom_deflate_into(deflater, out->bytes + out->length, bytes, length);
    out->length += made;
    return made == 0 ? LOOM_INTERNAL : LOOM_OK;
}

static inline uint32_t word(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The remainder of a word with `behind` and three more bytes behind its last and its first byte. */
static inline uint32_t fold(const loom_deflater *deflater, uint32_t word, uint32_t behind) {
    return deflater->tables[behind + 3][word & 0xff] ^ deflater->tables[behind + 2][word >> 8 & 0xff] ^
           deflater->tables[behind + 1][word >> 16 & 0xff] ^ deflater->tables[behind][word >> 24];
}

uint32_t loom_crc32(const loom_deflater *deflater, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    uint32_t rest = UINT32_MAX;
    for (; length >= STRIDE; length -= STRIDE, at += STRIDE) {
        rest = fold(deflater, rest ^ word(at), 12) ^ fold(deflater, word(at + 4), 8) ^ fold(deflater, word(at + 8), 4) ^
               fold(deflater, word(at + 12), 0);
    }
    for (; length > 0; length--, at++) {
        rest = (rest >> 8) ^ deflater->tables[0][(rest ^ *at) & 0xff];
    }
    return ~rest;
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
