/* A strict checker of JSON (RFC 8259) that knows nothing of the parser under test: one byte after the other, no recursion.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_JSON_READER_H
#define LOOM_TEST_JSON_READER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define JSON_READER_DEPTH 2100

struct json_reader {
    const uint8_t *at, *end;
    size_t depth;
    size_t items; /* values directly in the outermost array */
    char open[JSON_READER_DEPTH];
};

static inline int json_byte(const struct json_reader *reader) {
    return reader->at < reader->end ? *reader->at : -1;
}

static inline void json_blanks(struct json_reader *reader) {
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) != NULL && *reader->at != 0)
        reader->at++;
}

/** The bytes that a character behind `first` may have: RFC 3629 section 4, written as its table. 0: no character. */
static inline int json_utf8(struct json_reader *reader) {
    static const struct row {
        uint8_t first, last, low, high;
        int more;
    } rows[] = {{0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2}, {0xe1, 0xec, 0x80, 0xbf, 2},
                {0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2}, {0xf0, 0xf0, 0x90, 0xbf, 3},
                {0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3}};
    uint8_t first = *reader->at;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (first < rows[i].first || first > rows[i].last || reader->end - reader->at <= rows[i].more)
            continue;
        if (reader->at[1] < rows[i].low || reader->at[1] > rows[i].high)
            return 0;
        for (int j = 2; j <= rows[i].more; j++)
            if (reader->at[j] < 0x80 || reader->at[j] > 0xbf)
                return 0;
        reader->at += rows[i].more + 1;
        return 1;
    }
    return 0;
}

static inline int json_escape(struct json_reader *reader) {
    reader->at++;
    int byte = json_byte(reader);
    reader->at++;
    if (byte > 0 && strchr("\"\\/bfnrt", byte) != NULL)
        return 1;
    for (int i = 0; i < 4 && byte == 'u'; i++, reader->at++)
        if (json_byte(reader) <= 0 || strchr("0123456789abcdefABCDEF", json_byte(reader)) == NULL)
            return 0;
    return byte == 'u';
}

static inline int json_string(struct json_reader *reader) {
    for (reader->at++; reader->at < reader->end;) {
        uint8_t byte = *reader->at;
        if (byte == '"') {
            reader->at++;
            return 1;
        }
        if (byte == '\\') {
            if (!json_escape(reader))
                return 0;
        } else if (byte >= 0x80) {
            if (!json_utf8(reader))
                return 0;
        } else if (byte < 0x20) {
            return 0;
        } else {
            reader->at++;
        }
    }
    return 0;
}

static inline size_t json_digits(struct json_reader *reader) {
    size_t count = 0;
    for (; json_byte(reader) >= '0' && json_byte(reader) <= '9'; count++)
        reader->at++;
    return count;
}

static inline int json_number(struct json_reader *reader) {
    reader->at += json_byte(reader) == '-';
    int zero = json_byte(reader) == '0';
    size_t digits = json_digits(reader);
    if (digits == 0 || (zero && digits > 1))
        return 0;
    if (json_byte(reader) == '.') {
        reader->at++;
        if (json_digits(reader) == 0)
            return 0;
    }
    if (json_byte(reader) != 'e' && json_byte(reader) != 'E')
        return 1;
    reader->at++;
    reader->at += json_byte(reader) == '+' || json_byte(reader) == '-';
    return json_digits(reader) != 0;
}

static inline int json_literal(struct json_reader *reader, const char *text) {
    size_t length = strlen(text);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, text, length) != 0)
        return 0;
    reader->at += length;
    return 1;
}

static inline int json_key(struct json_reader *reader) {
    json_blanks(reader);
    if (json_byte(reader) != '"' || !json_string(reader))
        return 0;
    json_blanks(reader);
    return json_byte(reader) == ':' && reader->at++ != NULL;
}

/** A scalar, or the opening of a container, which is pushed. `*opened` tells. */
static inline int json_begin(struct json_reader *reader, int *opened) {
    json_blanks(reader);
    int byte = json_byte(reader);
    *opened = byte == '{' || byte == '[';
    if (*opened) {
        if (reader->depth == JSON_READER_DEPTH)
            return 0;
        reader->open[reader->depth++] = byte == '{' ? '}' : ']';
        reader->at++;
        return 1;
    }
    if (byte == '"')
        return json_string(reader);
    if (byte == 't' || byte == 'f')
        return json_literal(reader, byte == 't' ? "true" : "false");
    return byte == 'n' ? json_literal(reader, "null") : json_number(reader);
}

/** What may follow a value: brackets that close, then a comma, or the end of all. 0: wrong, 1: another value, 2: the end. */
static inline int json_follow(struct json_reader *reader) {
    while (reader->depth > 0) {
        json_blanks(reader);
        int byte = json_byte(reader), close = reader->open[reader->depth - 1];
        if (byte == ',') {
            reader->at++;
            return close == ']' || json_key(reader) ? 1 : 0;
        }
        if (byte != close)
            return 0;
        reader->at++;
        reader->depth--;
        reader->items += reader->depth == 1;
    }
    json_blanks(reader);
    return reader->at == reader->end ? 2 : 0;
}

/** 1 when the text is one JSON value. `*items` gets the number of values in it when it is an array. */
static inline int json_check(const uint8_t *text, size_t length, size_t *items) {
    struct json_reader reader;
    reader.at = text;
    reader.end = text + length;
    reader.depth = 0;
    reader.items = 0;
    int next = length == 0 ? 0 : 1;
    while (next == 1) {
        int opened = 0;
        if (!json_begin(&reader, &opened))
            return 0;
        json_blanks(&reader);
        if (opened && json_byte(&reader) != reader.open[reader.depth - 1]) {
            next = reader.open[reader.depth - 1] == ']' || json_key(&reader) ? 1 : 0;
            continue;
        }
        reader.items += !opened && reader.depth == 1;
        next = json_follow(&reader);
    }
    *items = reader.items;
    return next == 2;
}

#endif
