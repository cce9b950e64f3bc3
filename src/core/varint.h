/* Whole numbers and runs of bytes in compact binary texts: seven bits a byte, the lowest first.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_VARINT_H
#define LOOM_VARINT_H

#include <stdbool.h>

#include "buffer.h"

/** The most bytes that a number takes. */
#define LOOM_VARINT_MOST 10

/** Where a reader stands. After the first fault every number is 0 and every run NULL. */
typedef struct loom_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool bad; /* the text broke off or said something impossible */
} loom_reader;

/** Appends a number for which there is room. */
static inline void loom_varint_put(loom_buffer *out, uint64_t number) {
    while (number >= 0x80) {
        loom_buffer_put_byte(out, (uint8_t)(number | 0x80));
        number >>= 7;
    }
    loom_buffer_put_byte(out, (uint8_t)number);
}

/** Reserves and appends a number. */
LOOM_CHECKED static inline int loom_varint_append(loom_buffer *out, uint64_t number) {
    int code = loom_buffer_reserve(out, LOOM_VARINT_MOST);
    if (code == LOOM_OK) {
        loom_varint_put(out, number);
    }
    return code;
}

/** Reads a number of at most `most`. */
static inline uint64_t loom_varint_read(loom_reader *reader, uint64_t most) {
    uint64_t number = 0;
    unsigned shift = 0;
    if (reader->at < reader->end && *reader->at < 0x80) {
        number = *reader->at++;
    } else {
        uint8_t byte = 0x80;
        for (; byte >= 0x80 && shift < 64 && reader->at < reader->end; shift += 7) {
            byte = *reader->at++;
            number |= (uint64_t)(byte & 0x7f) << shift;
        }
        reader->bad |= byte >= 0x80;
    }
    reader->bad |= number > most;
    return reader->bad ? 0 : number;
}

/** The next `length` bytes, or NULL when there are fewer. */
static inline const uint8_t *loom_run_read(loom_reader *reader, size_t length) {
    const uint8_t *run = reader->at;
    if (reader->bad || length > (size_t)(reader->end - reader->at)) {
        reader->bad = true;
        return NULL;
    }
    reader->at += length;
    return run;
}

/** A signed number as one that loom_varint_append takes, small where it is near 0. */
static inline uint64_t loom_zigzag(int64_t number) {
    return ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0);
}

/** The inverse of loom_zigzag. */
static inline int64_t loom_unzigzag(uint64_t number) {
    return (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
}

#endif
