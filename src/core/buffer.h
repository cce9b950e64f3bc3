/* A growable byte buffer with a mandatory cap.
 * SPDX-License-Identifier: MIT
 *
 * Writers reserve first and then put without checks; a put never writes beyond what was reserved.
 */
#ifndef LOOM_BUFFER_H
#define LOOM_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "error.h"

/** Bytes behind the reserved ones that a put in whole blocks may overwrite. */
#define LOOM_BUFFER_SLACK 32

typedef struct loom_buffer {
    uint8_t *bytes; /* owned */
    size_t length;
    size_t capacity; /* without the slack */
    size_t cap;      /* the most it may ever hold, set by loom_buffer_init */
} loom_buffer;

/** An empty buffer that may grow to `cap` bytes. Allocates nothing. */
void loom_buffer_init(loom_buffer *buffer, size_t cap);

/** Frees the bytes; the buffer may be used again. */
void loom_buffer_free(loom_buffer *buffer);

/** The slow half of loom_buffer_reserve. */
LOOM_CHECKED int loom_buffer_grow(loom_buffer *buffer, size_t extra);

/** Makes room for `extra` more bytes. Errors: OUT_OF_MEMORY; LIMIT_EXCEEDED at the cap. The contents stay. */
LOOM_CHECKED static inline int loom_buffer_reserve(loom_buffer *buffer, size_t extra) {
    if (extra <= buffer->capacity - buffer->length) {
        return LOOM_OK;
    }
    return loom_buffer_grow(buffer, extra);
}

/** Appends bytes for which there is room. */
static inline void loom_buffer_put(loom_buffer *buffer, const void *bytes, size_t length) {
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

/** Appends one byte for which there is room. */
static inline void loom_buffer_put_byte(loom_buffer *buffer, uint8_t byte) {
    buffer->bytes[buffer->length++] = byte;
}

/** Reserves and appends. */
LOOM_CHECKED int loom_buffer_append(loom_buffer *buffer, const void *bytes, size_t length);

/** Reserves and appends the text up to its NUL. */
LOOM_CHECKED int loom_buffer_append_text(loom_buffer *buffer, const char *text);

/** Reserves and appends one byte. */
LOOM_CHECKED int loom_buffer_append_byte(loom_buffer *buffer, uint8_t byte);

#endif
