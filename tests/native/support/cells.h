/* Reads the values of a workbook's Data sheets back as JSON: [[heading, ...], [value, ...], ...], the sheets one behind the other.
 * SPDX-License-Identifier: MIT
 *
 * It reads what this library writes and no more: inline strings, numbers, truth values. Cells stand where their references say.
 */
#ifndef LOOM_TEST_CELLS_H
#define LOOM_TEST_CELLS_H

#include "cJSON.h"
#include "unzip.h"

struct cell_reader {
    cJSON *rows;
    int sheets;
    int wrong; /* a row has another number than its place */
};

/* One character of XML text, and of what Excel means by _xHHHH_; moves `at` behind it. */
static inline void cells_character(const char **at, struct bytes *text) {
    static const char *const entities[][2] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (strncmp(*at, entities[i][0], strlen(entities[i][0])) == 0) {
            bytes_text(text, entities[i][1]);
            *at += strlen(entities[i][0]);
            return;
        }
    unsigned code;
    if (strncmp(*at, "_x", 2) == 0 && (*at)[6] == '_' && sscanf(*at + 2, "%4x", &code) == 1) {
        if (code >= 0x800) {
            bytes_byte(text, (int)(0xe0 | code >> 12));
            bytes_byte(text, (int)(0x80 | (code >> 6 & 0x3f)));
            bytes_byte(text, (int)(0x80 | (code & 0x3f)));
        } else {
            bytes_byte(text, (int)code);
        }
        *at += 7;
        return;
    }
    bytes_byte(text, *(*at)++);
}

/* The text up to `</`. NUL, which C cannot hold, becomes U+2400. */
static inline cJSON *cells_text(const char *at) {
    struct bytes text = {0}, whole = {0};
    bytes_text(&text, "");
    while (*at != '<' && *at != 0)
        cells_character(&at, &text);
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] == 0)
            bytes_text(&whole, "\xe2\x90\x80");
        else
            bytes_byte(&whole, text.at[i]);
    bytes_text(&whole, "");
    cJSON *string = cJSON_CreateString((const char *)whole.at);
    bytes_clear(&text);
    bytes_clear(&whole);
    return string;
}

/* A cell from behind its `<c` to its `</c>`. */
static inline cJSON *cells_value(const char *at, const char *end) {
    const char *inside = strchr(at, '>') + 1;
    if (inside > end)
        return NULL;
    if (strncmp(inside, "<is><t", 6) == 0)
        return cells_text(strchr(inside + 6, '>') + 1);
    if (strncmp(inside, "<v>", 3) != 0)
        return NULL;
    const char *type = strstr(at, " t=\"b\"");
    if (type != NULL && type < inside)
        return cJSON_CreateBool(inside[3] == '1');
    return cJSON_CreateNumber(strtod(inside + 3, NULL));
}

/* The column of a cell with a reference, from 0; -1 without one. */
static inline int cells_column(const char *cell) {
    int column = 0;
    if (strncmp(cell, "<c r=\"", 6) != 0)
        return -1;
    for (cell += 6; *cell >= 'A' && *cell <= 'Z'; cell++)
        column = column * 26 + *cell - 'A' + 1;
    return column - 1;
}

static inline void cells_row(const char *at, const char *end, cJSON *row) {
    while ((at = strstr(at, "<c")) != NULL && at < end) {
        const char *tag = strchr(at, '>');
        int empty = tag[-1] == '/';
        const char *close = empty ? tag : strstr(at, "</c>");
        cJSON *value = empty ? NULL : cells_value(at, close);
        for (int column = cells_column(at); cJSON_GetArraySize(row) < column;)
            cJSON_AddItemToArray(row, cJSON_CreateNull());
        cJSON_AddItemToArray(row, value == NULL ? cJSON_CreateNull() : value);
        at = close + 1;
    }
}

/* Every sheet but the first repeats the header, which is left out. */
static inline void cells_sheet(const char *name, const struct bytes *content, void *context) {
    struct cell_reader *reader = context;
    const char *at = (const char *)content->at;
    int number = 0;
    if (strncmp(name, "xl/worksheets/sheet", 19) != 0 || strstr(at, "t=\"s\"") != NULL)
        return; /* Metadata, Errors, Statistics have shared strings */
    int skip = reader->sheets++ > 0;
    while ((at = strstr(at, "<row")) != NULL) {
        const char *tag = strchr(at, '>');
        const char *end = tag[-1] == '/' ? tag : strstr(at, "</row>");
        number++;
        if (strncmp(at, "<row r=\"", 8) == 0 && atoi(at + 8) != number)
            reader->wrong = 1;
        if (!skip) {
            cJSON *row = cJSON_CreateArray();
            cells_row(tag, end, row);
            cJSON_AddItemToArray(reader->rows, row);
        }
        skip = 0;
        at = end + 1;
    }
}

/** The values, for the caller to cJSON_Delete; NULL where the zip file is broken. */
static inline cJSON *cells_read(const struct bytes *zip) {
    struct cell_reader reader = {cJSON_CreateArray(), 0, 0};
    if (unzip_all(zip, cells_sheet, &reader) && !reader.wrong)
        return reader.rows;
    cJSON_Delete(reader.rows);
    return NULL;
}

#endif
