/* Making names legal.
 * SPDX-License-Identifier: MIT
 */
#include "names.h"

#include <stdio.h>

#include "../../core/memory.h"
#include "../../core/utf8.h"
#include "cell.h"

/* The most UTF-16 units of a table's heading. */
#define MAX_HEADING 255

/* How a `_` is spelled that would start an escape. */
#define UNDERSCORE "_x005F_"

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

/* Whether U+FFFE or U+FFFF stands here; the look at it stops at the NUL that ends the text. */
static bool is_noncharacter(const uint8_t *text) {
    return loom_xlsx_is_noncharacter(text, SIZE_MAX);
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
        if (is_noncharacter((const uint8_t *)name + i)) {
            name[i + 2] = '\xbd';
        }
        if ((uint8_t)name[i] < ' ' || strchr("[]:*?/\\", name[i]) != NULL || (edge && name[i] == '\'')) {
            name[i] = '_';
        } else if (loom_xlsx_is_escape((const uint8_t *)name + i, length - i)) {
            name[i] = ' ';
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

/* Whether a table's part cannot hold the character that starts here, not even as _xHHHH_, which its cell could. */
static bool is_unfit(const uint8_t *text) {
    return (text[0] < ' ' && strchr("\t\n\r", text[0]) == NULL) || is_noncharacter(text);
}

/* The bytes of a table's heading that has at most so many UTF-16 units as the table's part spells it. */
static size_t fitting(const uint8_t *text, size_t length, size_t units) {
    size_t used = 0;
    size_t at = 0;
    while (at < length) {
        size_t bytes = loom_utf8_length(text + at);
        used += 1 + (bytes == 4) + (loom_xlsx_is_escape(text + at, length - at) ? sizeof UNDERSCORE - 2 : 0);
        if (bytes == 0 || used > units) {
            break;
        }
        at += bytes;
    }
    return at;
}

bool loom_xlsx_heading_fits(const char *label, uint64_t *unfit) {
    const uint8_t *text = (const uint8_t *)label;
    size_t length = strlen(label);
    for (size_t at = 0; at < length; at++) {
        *unfit += is_unfit(text + at);
    }
    return fitting(text, length, MAX_HEADING) == length;
}

bool loom_xlsx_is_plain(const char *text) {
    for (const uint8_t *at = (const uint8_t *)text; *at != '\0'; at++) {
        if (*at < ' ' || is_noncharacter(at)) {
            return false;
        }
    }
    return true;
}

int loom_xlsx_plain(loom_buffer *out, const char *from) {
    int code = LOOM_OK;
    for (const uint8_t *text = (const uint8_t *)from; *text != '\0' && code == LOOM_OK;
         text += is_noncharacter(text) ? 3 : 1) {
        code = is_unfit(text) ? loom_buffer_append_text(out, "\xef\xbf\xbd")
                              : loom_buffer_append_byte(out, *text < ' ' ? ' ' : *text);
    }
    return code;
}

/* A heading that a table takes, before it is told apart. */
static int make_heading(loom_buffer *heading, const char *label, uint32_t index) {
    char number[24];
    snprintf(number, sizeof number, "Column%u", (unsigned)index + 1);
    heading->length = 0;
    int code = loom_xlsx_plain(heading, label[0] == '\0' ? number : label);
    if (code == LOOM_OK && fitting(heading->bytes, heading->length, MAX_HEADING) < heading->length) {
        heading->length = fitting(heading->bytes, heading->length, MAX_HEADING - 1);
        code = loom_buffer_append_text(heading, "\xe2\x80\xa6");
    }
    return code;
}

/* Small letters of the scripts of two bytes, in place: Latin, Greek, Cyrillic. A letter too many that is folded only costs a number. */
static void fold(uint8_t *text, size_t length) {
    for (size_t at = 0; at < length; at++) {
        unsigned c = at + 1 < length && text[at] >= 0xc3 && text[at] < 0xd4
                         ? (text[at] & 0x1fu) << 6 | (text[at + 1] & 0x3fu)
                         : 0;
        if (c == 0) {
            text[at] = (uint8_t)lower((char)text[at]);
            continue;
        }
        if ((c >= 0xc0 && c <= 0xde) || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f)) {
            c += 0x20;
        } else if (c >= 0x400 && c <= 0x40f) {
            c += 0x50;
        } else if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) {
            c += c & 1;
        } else if ((c >= 0x100 && c <= 0x177) || c >= 0x460) {
            c |= 1;
        }
        text[at] = (uint8_t)(0xc0 | c >> 6);
        text[++at] = (uint8_t)(0x80 | (c & 0x3f));
    }
}

/* Enters the heading into the set of names, with a number behind it where it is there already. */
static int tell_apart(loom_schema *names, loom_buffer *heading, loom_buffer *folded) {
    size_t length = heading->length;
    uint32_t plain = 0; /* the heading without a number, of which `filled` counts the numbers that were tried */
    for (bool numbered = false;; numbered = true) {
        uint32_t node = 0;
        folded->length = 0;
        int code = loom_buffer_append(folded, heading->bytes, heading->length);
        if (code == LOOM_OK) {
            fold(folded->bytes, folded->length);
            code = loom_schema_child(names, 0, folded->bytes, folded->length, &node);
        }
        if (code != LOOM_OK || names->nodes[node].kinds == 0) {
            names->nodes[node].kinds = code == LOOM_OK;
            return code;
        }
        char number[16];
        plain = numbered ? plain : node;
        snprintf(number, sizeof number, " (%u)", (unsigned)++names->nodes[plain].filled + 1);
        heading->length = fitting(heading->bytes, length, MAX_HEADING - strlen(number));
        code = loom_buffer_append_text(heading, number);
        if (code != LOOM_OK) {
            return code;
        }
    }
}

/* Appends a heading as a table's part spells it: _xHHHH_ would be one character there (ECMA-376 Part 1 22.9.2.19). */
static int spell(loom_buffer *texts, const loom_buffer *heading) {
    int code = LOOM_OK;
    for (size_t at = 0; at < heading->length && code == LOOM_OK; at++) {
        code = loom_xlsx_is_escape(heading->bytes + at, heading->length - at)
                   ? loom_buffer_append_text(texts, UNDERSCORE)
                   : loom_buffer_append_byte(texts, heading->bytes[at]);
    }
    return code;
}

/* All headings, each with a NUL, one behind the other. */
static int collect(const loom_encoding *e, bool spelled, loom_buffer *texts) {
    bool table = e->settings->xlsx_table;
    loom_schema names;
    loom_buffer heading;
    loom_buffer folded;
    loom_buffer_init(&heading, texts->cap);
    loom_buffer_init(&folded, texts->cap);
    int code = loom_schema_open(&names);
    for (uint32_t i = 0; i < e->columns->count && code == LOOM_OK; i++) {
        const char *label = e->columns->list[i].label;
        if (table) {
            code = make_heading(&heading, label, i);
            code = code == LOOM_OK ? tell_apart(&names, &heading, &folded) : code;
        } else {
            heading.length = 0;
            code = loom_buffer_append_text(&heading, label);
        }
        if (code == LOOM_OK) {
            code = spelled ? spell(texts, &heading) : loom_buffer_append(texts, heading.bytes, heading.length);
        }
        code = code == LOOM_OK ? loom_buffer_append_byte(texts, '\0') : code;
    }
    loom_schema_close(&names);
    loom_buffer_free(&heading);
    loom_buffer_free(&folded);
    return code;
}

int loom_xlsx_headings(const loom_encoding *e, bool spelled, char ***headings) {
    size_t table = (e->columns->count + (size_t)1) * sizeof **headings;
    loom_buffer texts;
    loom_buffer_init(&texts, SIZE_MAX / 8);
    int code = collect(e, spelled, &texts);
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
