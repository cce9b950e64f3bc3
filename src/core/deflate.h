/* Raw deflate (RFC 1951) in pieces that can be joined, and CRC-32 of joined pieces.
 * SPDX-License-Identifier: MIT
 *
 * Every piece ends in a full flush: it starts and ends on a byte, refers to nothing before it, and none of its blocks is the last. A
 * stream is any number of pieces followed by LOOM_DEFLATE_END.
 */
#ifndef LOOM_DEFLATE_H
#define LOOM_DEFLATE_H

#include "buffer.h"

/** The last block of a stream: empty, with the fixed codes (RFC 1951 3.2.6). */
#define LOOM_DEFLATE_END "\x03\x00"
#define LOOM_DEFLATE_END_LENGTH 2

typedef struct loom_deflater loom_deflater;

/** A compressor of level 1 (fast) to 9 (small), or NULL when there is no memory. Free it with loom_deflater_free. */
loom_deflater *loom_deflater_new(int level);

/** Frees the compressor; accepts NULL. */
void loom_deflater_free(loom_deflater *deflater);

/** Appends `bytes` as one piece; nothing for no bytes. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_deflate(loom_deflater *deflater, loom_buffer *out, const void *bytes, size_t length);

/** How far back a match may lie (RFC 1951 2). */
#define LOOM_DEFLATE_WINDOW 32768u

/** What is known of the bytes: `length` of them at `position` probably repeat those `offset` bytes before, and perhaps more do behind
 *  them. What is wrong makes the piece larger, never wrong. */
typedef struct loom_deflate_hint {
    uint32_t position;
    uint16_t length;
    uint16_t offset; /* at most LOOM_DEFLATE_WINDOW */
} loom_deflate_hint;

/** The same as loom_deflate, at level 1 in less time where hints hold. They ascend by their ends. */
LOOM_CHECKED int loom_deflate_hinted(loom_deflater *deflater, loom_buffer *out, const void *bytes, size_t length,
                                     const loom_deflate_hint *hints, size_t count);

/** The most bytes that a piece of `length` bytes takes. */
size_t loom_deflate_bound(loom_deflater *deflater, size_t length);

/** Puts `bytes` as one piece into `out`, which has room for loom_deflate_bound of them, and tells its length; 0 for no bytes. */
size_t loom_deflate_into(loom_deflater *deflater, void *out, const void *bytes, size_t length);

/** The CRC-32 of the bytes (ISO 3309, as zip files have it). The deflater has the tables for it. */
uint32_t loom_crc32(const loom_deflater *deflater, const void *bytes, size_t length);

/** The CRC-32 of two runs of bytes, one behind the other, of which the second has `length` bytes. */
uint32_t loom_crc32_join(uint32_t first, uint32_t second, uint64_t length);

/** Appends the content of a raw deflate stream, which must be exactly `length` bytes. Errors: SYNTAX where it is not; OUT_OF_MEMORY,
 *  LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_inflate(loom_buffer *out, const void *bytes, size_t size, size_t length);

#endif
