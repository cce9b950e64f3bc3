/* Making names legal.
 * SPDX-License-Identifier: MIT
 */
#include "names.h"

#include <stdio.h>

#include "../../core/memory.h"
#include "../../core/utf8.h"

/* The bytes of the first `units` UTF-16 units. */
static size_t bytes_of(const char *text, size_t units) {
    size_t used = 0;
    size_t at = 0;
    while (text[at] != '\0') {
        size_t length = loom_utf8_length((const uint8_t *)text + at);
        used += 1 + (length == 4);
        if (length == 0 || used > units) {
            break;
        }
        at += length;
    }
    return at;
}

static char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + 32) : letter;
}

static bool same(const char *a, const char *b) {
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

/* Names of the other sheets, and the one that Excel keeps for itself. */
static bool is_taken(const char *name) {
    static const char *const taken[] = {"Statistics", "Charts", "Metadata", "Errors", "History"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        if (same(name, taken[i])) {
            return true;
        }
    }
    return false;
}

bool loom_xlsx_sheet_name(const char *wish, uint32_t index, char name[LOOM_XLSX_NAME_SIZE]) {
    char suffix[16] = "";
    if (index > 0) {
        snprintf(suffix, sizeof suffix, " %u", (unsigned)index + 1);
    }
    size_t whole = bytes_of(wish, LOOM_XLSX_MAX_NAME);
    size_t length = bytes_of(wish, LOOM_XLSX_MAX_NAME - strlen(suffix));
    memcpy(name, wish, length);
    name[length] = '\0';
    for (size_t i = 0; i < length; i++) {
        bool edge = i == 0 || i + 1 == length;
        if ((uint8_t)name[i] < ' ' || strchr("[]:*?/\\", name[i]) != NULL || (edge && name[i] == '\'')) {
            name[i] = '_';
        }
    }
    if (length == 0 || is_taken(name)) {
        memcpy(name, "Data", sizeof "Data");
        length = strlen(name);
    }
    bool changed = wish[whole] != '\0' || strncmp(name, wish, length) != 0;
    memcpy(name + length, suffix, strlen(suffix) + 1);
    return changed;
}

/* A heading that a table takes, before it is told apart. */
static int make_heading(loom_buffer *heading, const char *label, uint32_t index, bool table) {
    char number[24];
    heading->length = 0;
    snprintf(number, sizeof number, "Column%u", (unsigned)index + 1);
    int code = loom_buffer_append_text(heading, table && label[0] == '\0' ? number : label);
    for (size_t i = 0; table && i < heading->length; i++) {
        heading->bytes[i] = heading->bytes[i] < ' ' ? ' ' : heading->bytes[i];
    }
    return code;
}

/* Enters the heading into the set of names, with a number behind it where it is there already. */
static int tell_apart(loom_schema *names, loom_buffer *heading, loom_buffer *folded) {
    size_t length = heading->length;
    for (unsigned k = 2; k < 1000000; k++) {
        uint32_t node = 0;
        folded->length = 0;
        int code = loom_buffer_append(folded, heading->bytes, heading->length);
        for (size_t i = 0; i < folded->length; i++) {
            folded->bytes[i] = (uint8_t)lower((char)folded->bytes[i]);
        }
        if (code == LOOM_OK) {
            code = loom_schema_child(names, 0, folded->bytes, folded->length, &node);
        }
        if (code != LOOM_OK || names->nodes[node].kinds == 0) {
            names->nodes[node].kinds = code == LOOM_OK;
            return code;
        }
        char number[16];
        snprintf(number, sizeof number, " (%u)", k);
        heading->length = length;
        code = loom_buffer_append_text(heading, number);
        if (code != LOOM_OK) {
            return code;
        }
    }
    return LOOM_LIMIT_EXCEEDED;
}

/* All headings, each with a NUL, one behind the other. */
static int collect(const loom_encoding *e, loom_buffer *texts) {
    bool table = e->settings->xlsx_table;
    loom_schema names;
    loom_buffer heading;
    loom_buffer folded;
    loom_buffer_init(&heading, texts->cap);
    loom_buffer_init(&folded, texts->cap);
    int code = loom_schema_open(&names);
    for (uint32_t i = 0; i < e->columns->count && code == LOOM_OK; i++) {
        code = make_heading(&heading, e->columns->list[i].label, i, table);
        if (code == LOOM_OK && table) {
            code = tell_apart(&names, &heading, &folded);
        }
        if (code == LOOM_OK) {
            code = loom_buffer_append(texts, heading.bytes, heading.length);
        }
        code = code == LOOM_OK ? loom_buffer_append_byte(texts, '\0') : code;
    }
    loom_schema_close(&names);
    loom_buffer_free(&heading);
    loom_buffer_free(&folded);
    return code;
}

int loom_xlsx_headings(const loom_encoding *e, char ***headings) {
    size_t table = (e->columns->count + (size_t)1) * sizeof **headings;
    loom_buffer texts;
    loom_buffer_init(&texts, SIZE_MAX / 8);
    int code = collect(e, &texts);
    *headings = code == LOOM_OK ? loom_alloc(table + texts.length) : NULL;
    if (*headings != NULL && texts.length > 0) {
        char *at = memcpy((char *)*headings + table, texts.bytes, texts.length);
        for (uint32_t i = 0; i < e->columns->count; i++) {
            (*headings)[i] = at;
            at += strlen(at) + 1;
        }
    }
    loom_buffer_free(&texts);
    return code == LOOM_OK && *headings == NULL ? LOOM_OUT_OF_MEMORY : code;
}
