/* Deflate by libdeflate, patched so that its blocks go on.
 * SPDX-License-Identifier: MIT
 */
#include "deflate.h"

#include <libdeflate.h>

#include "../../core/memory.h"

/* libdeflate hands this struct around without ever looking into it, as we do. */
loom_deflater *loom_deflater_new(int level) {
    libdeflate_set_memory_allocator(loom_alloc, loom_free);
    return (loom_deflater *)libdeflate_alloc_compressor(level);
}

void loom_deflater_free(loom_deflater *deflater) {
    libdeflate_free_compressor((struct libdeflate_compressor *)deflater);
}

int loom_deflate(loom_deflater *deflater, loom_buffer *out, const void *bytes, size_t length) {
    struct libdeflate_compressor *compressor = (struct libdeflate_compressor *)deflater;
    if (length == 0) {
        return LOOM_OK;
    }
    size_t bound = libdeflate_deflate_compress_bound(compressor, length);
    int code = loom_buffer_reserve(out, bound);
    if (code != LOOM_OK) {
        return code;
    }
    size_t made = libdeflate_deflate_compress(compressor, bytes, length, out->bytes + out->length, bound);
    out->length += made;
    return made == 0 ? LOOM_INTERNAL : LOOM_OK;
}

uint32_t loom_crc32(const void *bytes, size_t length) {
    return length == 0 ? 0 : libdeflate_crc32(0, bytes, length);
}

/* The product of two polynomials over GF(2), bits reversed, modulo the one of CRC-32. */
static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = UINT32_C(1) << 31; bit != 0; bit >>= 1) {
        product ^= a & bit ? b : 0;
        b = (b >> 1) ^ (b & 1 ? UINT32_C(0xedb88320) : 0);
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
