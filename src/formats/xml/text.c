/* The escaping of text.
 * SPDX-License-Identifier: MIT
 */
#include "text.h"

#include "../../core/simd.h"

/* The most bytes that one character becomes. */
#define LONGEST 8

#define REPLACEMENT "\xef\xbf\xbd"

static const char *reference_of(uint8_t byte, bool attribute) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\r':
        return "&#13;";
    case '"':
        return attribute ? "&quot;" : NULL;
    case '\t':
        return attribute ? "&#9;" : NULL;
    case '\n':
        return attribute ? "&#10;" : NULL;
    default:
        return NULL;
    }
}

/* Puts the character at which a run of plain ones ended, LONGEST bytes at most; returns its length in the text. */
static size_t put_special(loom_buffer *out, const uint8_t *at, size_t left, bool attribute, uint32_t *replaced) {
    const char *reference = reference_of(*at, attribute);
    if (reference != NULL) {
        loom_buffer_put(out, reference, strlen(reference));
        return 1;
    }
    if (*at < 0x20 && *at != '\t' && *at != '\n') {
        loom_buffer_put(out, REPLACEMENT, 3);
        ++*replaced;
        return 1;
    }
    if (*at == 0xef && left >= 3 && at[1] == 0xbf && at[2] >= 0xbe) {
        loom_buffer_put(out, REPLACEMENT, 3);
        ++*replaced;
        return 3;
    }
    loom_buffer_put_byte(out, *at);
    return 1;
}

static uint32_t mask_of(const uint8_t *text, bool attribute) {
    uint32_t mask = loom_mask_markup(text);
    return attribute ? mask | loom_mask_byte(text, '"') : mask;
}

int loom_xml_text(loom_buffer *out, const uint8_t *text, size_t length, bool attribute, uint32_t *replaced) {
    int code = loom_buffer_reserve(out, length + LONGEST);
    for (size_t at = 0; at < length && code == LOOM_OK;) {
        uint32_t mask = mask_of(text + at, attribute);
        size_t plain = mask == 0 ? LOOM_BLOCK : loom_lowest(mask);
        size_t left = length - at;
        bool special = plain < LOOM_BLOCK && plain < left;
        plain = plain < left ? plain : left;
        memcpy(out->bytes + out->length, text + at, LOOM_BLOCK); /* the slack has room for what is too much */
        out->length += plain;
        at += plain;
        if (special) {
            at += put_special(out, text + at, length - at, attribute, replaced);
            code = loom_buffer_reserve(out, length - at + LONGEST);
        }
    }
    return code;
}

int loom_xml_string(loom_buffer *out, const char *text, size_t length, bool attribute) {
    uint32_t replaced = 0;
    loom_buffer padded;
    loom_buffer_init(&padded, SIZE_MAX / 4);
    int code = loom_buffer_reserve(&padded, length + LOOM_BLOCK);
    if (code == LOOM_OK) {
        memset(padded.bytes, 0, length + LOOM_BLOCK);
        loom_buffer_put(&padded, text, length);
        code = loom_xml_text(out, padded.bytes, length, attribute, &replaced);
    }
    loom_buffer_free(&padded);
    return code;
}
