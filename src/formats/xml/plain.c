/* Characters, references, and the kinds of texts.
 * SPDX-License-Identifier: MIT
 */
#include "plain.h"

#include <stdbool.h>
#include <string.h>

#include "../../core/simd.h"
#include "../../core/utf8.h"

uint8_t loom_xml_dereference(const uint8_t *at, const uint8_t *end, size_t *length) {
    static const struct {
        const char *text;
        uint8_t byte;
    } all[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#13;", '\r'}, {"&#10;", '\n'}, {"&#9;", '\t'}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *length = strlen(all[i].text);
        if ((size_t)(end - at) >= *length && memcmp(at, all[i].text, *length) == 0) {
            return all[i].byte;
        }
    }
    return 0;
}

size_t loom_xml_character_length(const uint8_t *at, const uint8_t *end) {
    size_t length = loom_utf8_length(at);
    bool none = length == 3 && at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe;
    return length == 0 || length > (size_t)(end - at) || none ? 0 : length;
}

const uint8_t *loom_xml_skip_plain(const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        uint32_t mask = loom_mask_markup(at) | loom_mask_high(at);
        if (mask == 0) {
            at += LOOM_BLOCK;
            continue;
        }
        at += loom_lowest(mask);
        if (at >= end || *at < 0x80) {
            break;
        }
        size_t length = loom_xml_character_length(at, end);
        if (length == 0) {
            return NULL;
        }
        at += length;
    }
    return at < end ? at : end;
}
