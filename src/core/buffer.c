/* The growing of byte buffers.
 * SPDX-License-Identifier: MIT
 */
#include "buffer.h"

#include "memory.h"

/* Buffers start with so many bytes, and are doubled up to so many, then grow by half. */
#define SMALLEST ((size_t)512)
#define LARGE ((size_t)65536)

void loom_buffer_init(loom_buffer *buffer, size_t cap) {
    *buffer = (loom_buffer){.cap = cap};
}

void loom_buffer_free(loom_buffer *buffer) {
    loom_free(buffer->bytes);
    loom_buffer_init(buffer, buffer->cap);
}

int loom_buffer_grow(loom_buffer *buffer, size_t extra) {
    if (extra > buffer->cap - buffer->length) {
        return LOOM_LIMIT_EXCEEDED;
    }
    size_t needed = buffer->length + extra;
    size_t capacity = buffer->capacity < SMALLEST ? SMALLEST : buffer->capacity;
    while (capacity < needed) {
        capacity += capacity < LARGE ? capacity : capacity / 2;
    }
    capacity = capacity < buffer->cap ? capacity : buffer->cap;
    if (capacity > SIZE_MAX - LOOM_BUFFER_SLACK) {
        return LOOM_LIMIT_EXCEEDED;
    }
    uint8_t *bytes = loom_realloc(buffer->bytes, capacity + LOOM_BUFFER_SLACK);
    if (bytes == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return LOOM_OK;
}

int loom_buffer_append(loom_buffer *buffer, const void *bytes, size_t length) {
    int code = loom_buffer_reserve(buffer, length);
    if (code == LOOM_OK && length > 0) {
        loom_buffer_put(buffer, bytes, length);
    }
    return code;
}

int loom_buffer_append_text(loom_buffer *buffer, const char *text) {
    return loom_buffer_append(buffer, text, strlen(text));
}

int loom_buffer_append_byte(loom_buffer *buffer, uint8_t byte) {
    return loom_buffer_append(buffer, &byte, 1);
}
