/* A strict reader of CSV (RFC 4180) that knows nothing of the writer: it counts rows and fields and refuses everything else.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_CSV_READER_H
#define LOOM_TEST_CSV_READER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct csv_facts {
    size_t rows;
    size_t least; /* fields of the shortest and of the longest row */
    size_t most;
    const char *wrong; /* what is not RFC 4180, or NULL */
    size_t at;
};

struct csv_reader {
    const uint8_t *text;
    size_t length, at;
    uint8_t delimiter;
    const char *newline;
    const char *wrong;
};

static inline int csv_at_newline(const struct csv_reader *reader) {
    size_t wanted = strlen(reader->newline);
    return reader->length - reader->at >= wanted && memcmp(reader->text + reader->at, reader->newline, wanted) == 0;
}

static inline void csv_quoted(struct csv_reader *reader) {
    for (reader->at++; reader->at < reader->length; reader->at++) {
        if (reader->text[reader->at] != '"')
            continue;
        reader->at++;
        if (reader->at >= reader->length || reader->text[reader->at] != '"')
            return;
    }
    reader->wrong = "a quote is not closed";
}

static inline void csv_plain(struct csv_reader *reader) {
    for (; reader->at < reader->length; reader->at++) {
        uint8_t byte = reader->text[reader->at];
        if (byte == reader->delimiter || csv_at_newline(reader))
            return;
        if (byte == '"' || byte == '\r' || byte == '\n' || byte < 0x20) {
            reader->wrong = "a field needs quotes";
            return;
        }
    }
}

/** One row; returns the number of its fields. */
static inline size_t csv_row(struct csv_reader *reader) {
    for (size_t fields = 1; reader->wrong == NULL; fields++) {
        if (reader->at < reader->length && reader->text[reader->at] == '"')
            csv_quoted(reader);
        else
            csv_plain(reader);
        if (reader->wrong != NULL)
            break;
        if (csv_at_newline(reader)) {
            reader->at += strlen(reader->newline);
            return fields;
        }
        if (reader->at >= reader->length || reader->text[reader->at] != reader->delimiter)
            reader->wrong = "a field ends with neither delimiter nor line break";
        reader->at++;
    }
    return 0;
}

static inline struct csv_facts csv_read(const uint8_t *text, size_t length, char delimiter, const char *newline) {
    struct csv_reader reader = {text, length, 0, (uint8_t)delimiter, newline, NULL};
    struct csv_facts facts = {0, SIZE_MAX, 0, NULL, 0};
    while (reader.at < length && reader.wrong == NULL) {
        size_t fields = csv_row(&reader);
        facts.rows++;
        facts.least = fields < facts.least ? fields : facts.least;
        facts.most = fields > facts.most ? fields : facts.most;
    }
    facts.wrong = reader.wrong;
    facts.at = reader.at;
    return facts;
}

#endif
