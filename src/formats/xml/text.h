/* Characters as XML content and attribute values (XML 1.0 2.2, 2.4, 2.11, 3.3.3).
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_TEXT_H
#define LOOM_XML_TEXT_H

#include <stdbool.h>

#include "../../core/buffer.h"
#include "../../core/simd.h"

/** Copies content up to the first byte that may need more than that; returns how many bytes. There is room for them and two blocks, and two
 *  blocks behind the text are readable. Most texts take one step, however long they are. */
static inline size_t loom_xml_copy_plain(uint8_t *to, const uint8_t *text, size_t length) {
    const size_t step = (size_t)LOOM_BLOCK * 2;
    for (size_t at = 0; at < length; at += step) {
        uint32_t mask = loom_mask_markup(text + at) | loom_mask_markup(text + at + LOOM_BLOCK) << LOOM_BLOCK;
        memcpy(to + at, text + at, step);
        if (mask != 0) {
            size_t plain = at + loom_lowest(mask);
            return plain < length ? plain : length;
        }
    }
    return length;
}

/** Appends valid UTF-8 text with its markup escaped, in an attribute quotes, tabs and line breaks too. CR becomes a character reference,
 *  because parsers would make it a line feed. Adds what becomes U+FFFD to `*replaced`. LOOM_BLOCK bytes behind the text must be readable. */
LOOM_CHECKED int loom_xml_text(loom_buffer *out, const uint8_t *text, size_t length, bool attribute, uint32_t *replaced);

/** The same for text behind which nothing may be read. */
LOOM_CHECKED int loom_xml_string(loom_buffer *out, const char *text, size_t length, bool attribute);

#endif
