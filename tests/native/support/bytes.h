/* A growable run of bytes for the tests; plain malloc, so that failing allocations never hit the tests themselves.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_BYTES_H
#define LOOM_TEST_BYTES_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
    uint8_t *at;
    size_t length;
    size_t room;
};

static inline void *must(void *memory) {
    if (memory == NULL) {
        fputs("the test itself has no memory\n", stderr);
        abort();
    }
    return memory;
}

static inline void bytes_room(struct bytes *bytes, size_t more) {
    if (bytes->length + more + 1 <= bytes->room)
        return;
    bytes->room = (bytes->length + more + 1) * 2;
    bytes->at = must(realloc(bytes->at, bytes->room));
}

/** Appends and keeps a NUL behind the end, so that text can be printed. */
static inline void bytes_add(struct bytes *bytes, const void *from, size_t length) {
    bytes_room(bytes, length);
    if (length != 0)
        memcpy(bytes->at + bytes->length, from, length);
    bytes->length += length;
    bytes->at[bytes->length] = 0;
}

static inline void bytes_text(struct bytes *bytes, const char *text) {
    bytes_add(bytes, text, strlen(text));
}

static inline void bytes_byte(struct bytes *bytes, int byte) {
    uint8_t one = (uint8_t)byte;
    bytes_add(bytes, &one, 1);
}

__attribute__((format(printf, 2, 3))) static inline void bytes_print(struct bytes *bytes, const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length > 0)
        bytes_add(bytes, line, (size_t)length < sizeof line ? (size_t)length : sizeof line - 1);
}

static inline void bytes_clear(struct bytes *bytes) {
    free(bytes->at);
    memset(bytes, 0, sizeof *bytes);
}

static inline int bytes_same(const struct bytes *one, const struct bytes *other) {
    return one->length == other->length && (one->length == 0 || memcmp(one->at, other->at, one->length) == 0);
}

/** The whole file; 0 when it cannot be read. */
static inline int bytes_read_file(struct bytes *bytes, const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    uint8_t block[65536];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) != 0)
        bytes_add(bytes, block, got);
    int good = !ferror(file);
    fclose(file);
    return good;
}

/** Appends the bytes in a form that a person can read: control characters and invalid bytes as \xHH. */
static inline void bytes_show(struct bytes *into, const uint8_t *from, size_t length) {
    size_t shown = length < 600 ? length : 600;
    bytes_text(into, "");
    for (size_t i = 0; i < shown; i++) {
        if (from[i] == '\n')
            bytes_text(into, "\\n");
        else if (from[i] == '\r')
            bytes_text(into, "\\r");
        else if (from[i] < 0x20 || from[i] >= 0x7f)
            bytes_print(into, "\\x%02X", from[i]);
        else
            bytes_byte(into, from[i]);
    }
    if (shown < length)
        bytes_print(into, " … (%zu bytes)", length);
}

#endif
