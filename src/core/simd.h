/* Questions about sixteen bytes at a time: WebAssembly SIMD, SSE2, or plain C.
 * SPDX-License-Identifier: MIT
 *
 * Each function reads 16 bytes and answers with a mask whose bit i stands for byte i.
 */
#ifndef LOOM_SIMD_H
#define LOOM_SIMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Bytes that one question reads: text that is asked about must be readable so far behind its end. */
#define LOOM_BLOCK 16

#if defined(__wasm_simd128__) && !defined(LOOM_NO_SIMD)
#include <wasm_simd128.h>

static inline uint32_t loom_mask_byte(const uint8_t *bytes, uint8_t byte) {
    return wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(bytes), wasm_i8x16_splat((int8_t)byte)));
}

/** Bytes above 0x7f. */
static inline uint32_t loom_mask_high(const uint8_t *bytes) {
    return wasm_i8x16_bitmask(wasm_v128_load(bytes));
}

/** The digits 0 to 9. */
static inline uint32_t loom_mask_digit(const uint8_t *bytes) {
    v128_t v = wasm_i8x16_sub(wasm_v128_load(bytes), wasm_i8x16_splat('0'));
    return wasm_i8x16_bitmask(wasm_u8x16_le(v, wasm_i8x16_splat(9)));
}

static inline uint32_t loom_mask_same(const uint8_t *a, const uint8_t *b) {
    return wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(a), wasm_v128_load(b)));
}

/** Bytes that end a run of plain string characters: `"`, `\`, below 0x20, above 0x7f. */
static inline uint32_t loom_mask_string(const uint8_t *bytes) {
    v128_t v = wasm_v128_load(bytes);
    v128_t quote = wasm_i8x16_eq(v, wasm_i8x16_splat('"'));
    v128_t escape = wasm_i8x16_eq(v, wasm_i8x16_splat('\\'));
    v128_t odd = wasm_i8x16_lt(v, wasm_i8x16_splat(0x20));
    return wasm_i8x16_bitmask(wasm_v128_or(wasm_v128_or(quote, escape), odd));
}

/** Bytes that XML text of a spreadsheet may not hold as they are, or that may start such a thing: `&`, `<`, `>`, `_`, below 0x20, 0xef. */
static inline uint32_t loom_mask_xml(const uint8_t *bytes) {
    v128_t v = wasm_v128_load(bytes);
    v128_t angle = wasm_i8x16_eq(wasm_v128_and(v, wasm_i8x16_splat((int8_t)0xfd)), wasm_i8x16_splat('<'));
    v128_t mark = wasm_v128_or(wasm_i8x16_eq(v, wasm_i8x16_splat('&')), wasm_i8x16_eq(v, wasm_i8x16_splat('_')));
    v128_t odd = wasm_v128_or(wasm_u8x16_lt(v, wasm_i8x16_splat(0x20)), wasm_i8x16_eq(v, wasm_i8x16_splat((int8_t)0xef)));
    return wasm_i8x16_bitmask(wasm_v128_or(wasm_v128_or(angle, mark), odd));
}

/** Bytes that XML text may not hold as they are, or that may start such a thing: `&`, `<`, `>`, below 0x20, 0xef. */
static inline uint32_t loom_mask_markup(const uint8_t *bytes) {
    v128_t v = wasm_v128_load(bytes);
    v128_t angle = wasm_i8x16_eq(wasm_v128_and(v, wasm_i8x16_splat((int8_t)0xfd)), wasm_i8x16_splat('<'));
    v128_t mark = wasm_v128_or(angle, wasm_i8x16_eq(v, wasm_i8x16_splat('&')));
    v128_t odd = wasm_v128_or(wasm_u8x16_lt(v, wasm_i8x16_splat(0x20)), wasm_i8x16_eq(v, wasm_i8x16_splat((int8_t)0xef)));
    return wasm_i8x16_bitmask(wasm_v128_or(mark, odd));
}

#elif defined(__SSE2__) && !defined(LOOM_NO_SIMD)
#include <emmintrin.h>

static inline uint32_t loom_mask_byte(const uint8_t *bytes, uint8_t byte) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)byte)));
}

/** Bytes above 0x7f. */
static inline uint32_t loom_mask_high(const uint8_t *bytes) {
    return (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

/** The digits 0 to 9. */
static inline uint32_t loom_mask_digit(const uint8_t *bytes) {
    __m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)bytes), _mm_set1_epi8('0'));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v));
}

static inline uint32_t loom_mask_same(const uint8_t *a, const uint8_t *b) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)a);
    __m128i w = _mm_loadu_si128((const __m128i *)(const void *)b);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, w));
}

/** Bytes that end a run of plain string characters: `"`, `\`, below 0x20, above 0x7f. */
static inline uint32_t loom_mask_string(const uint8_t *bytes) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i escape = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i odd = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, escape), odd));
}

/** Bytes that XML text of a spreadsheet may not hold as they are, or that may start such a thing: `&`, `<`, `>`, `_`, below 0x20, 0xef. */
static inline uint32_t loom_mask_xml(const uint8_t *bytes) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i angle = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xfd)), _mm_set1_epi8('<'));
    __m128i mark = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('&')), _mm_cmpeq_epi8(v, _mm_set1_epi8('_')));
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
    __m128i odd = _mm_or_si128(low, _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xef)));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(angle, mark), odd));
}

/** Bytes that XML text may not hold as they are, or that may start such a thing: `&`, `<`, `>`, below 0x20, 0xef. */
static inline uint32_t loom_mask_markup(const uint8_t *bytes) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i angle = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xfd)), _mm_set1_epi8('<'));
    __m128i mark = _mm_or_si128(angle, _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
    __m128i odd = _mm_or_si128(low, _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xef)));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(mark, odd));
}

#else

static inline uint32_t loom_mask_byte(const uint8_t *bytes, uint8_t byte) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
        mask |= (uint32_t)(bytes[i] == byte) << i;
    }
    return mask;
}

/** Bytes above 0x7f. */
static inline uint32_t loom_mask_high(const uint8_t *bytes) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
        mask |= (uint32_t)(bytes[i] > 0x7f) << i;
    }
    return mask;
}

/** The digits 0 to 9. */
static inline uint32_t loom_mask_digit(const uint8_t *bytes) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
        mask |= (uint32_t)(bytes[i] - (unsigned)'0' < 10) << i;
    }
    return mask;
}

static inline uint32_t loom_mask_same(const uint8_t *a, const uint8_t *b) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
        mask |= (uint32_t)(a[i] == b[i]) << i;
    }
    return mask;
}

/** Bytes that end a run of plain string characters: `"`, `\`, below 0x20, above 0x7f. */
static inline uint32_t loom_mask_string(const uint8_t *bytes) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
        uint8_t byte = bytes[i];
        mask |= (uint32_t)(byte == '"' || byte == '\\' || byte < 0x20 || byte > 0x7f) << i;
    }
    return mask;
}

/** Bytes that XML text of a spreadsheet may not hold as they are, or that may start such a thing: `&`, `<`, `>`, `_`, below 0x20, 0xef. */
static inline uint32_t loom_mask_xml(const uint8_t *bytes) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
        uint8_t byte = bytes[i];
        bool odd = byte == '&' || (byte & 0xfd) == '<' || byte == '_' || byte < 0x20 || byte == 0xef;
        mask |= (uint32_t)odd << i;
    }
    return mask;
}

/** Bytes that XML text may not hold as they are, or that may start such a thing: `&`, `<`, `>`, below 0x20, 0xef. */
static inline uint32_t loom_mask_markup(const uint8_t *bytes) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
        uint8_t byte = bytes[i];
        mask |= (uint32_t)(byte == '&' || (byte & 0xfd) == '<' || byte < 0x20 || byte == 0xef) << i;
    }
    return mask;
}

#endif

/** The number of the lowest set bit; the mask is not 0. */
static inline uint32_t loom_lowest(uint32_t mask) {
    return (uint32_t)__builtin_ctz(mask);
}

/** Copies in whole blocks and returns the end of the copy. A block can be read behind the text, and written behind the copy. */
static inline uint8_t *loom_copy_blocks(uint8_t *to, const uint8_t *from, size_t length) {
    for (size_t at = 0; at < length; at += LOOM_BLOCK) {
        memcpy(to + at, from + at, LOOM_BLOCK);
    }
    return to + length;
}

#endif
