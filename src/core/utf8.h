/* UTF-8 (RFC 3629): checking, writing, and cutting at whole characters.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_UTF8_H
#define LOOM_UTF8_H

#include <stddef.h>
#include <stdint.h>

/** The length, 1 to 4, of the character that starts at `bytes`, or 0 when it is not valid UTF-8 (RFC 3629 section 4). Reads up
 *  to four bytes, but none behind the first that is wrong, so text that ends in a NUL is safe. */
static inline size_t loom_utf8_length(const uint8_t *bytes) {
    uint8_t first = bytes[0];
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || (bytes[1] & 0xc0) != 0x80) {
        return 0;
    }
    if (first < 0xe0) {
        return 2;
    }
    if (first < 0xf0) {
        int overlong = first == 0xe0 && bytes[1] < 0xa0;
        int surrogate = first == 0xed && bytes[1] >= 0xa0;
        return !overlong && !surrogate && (bytes[2] & 0xc0) == 0x80 ? 3 : 0;
    }
    int overlong = first == 0xf0 && bytes[1] < 0x90;
    int beyond = first > 0xf4 || (first == 0xf4 && bytes[1] >= 0x90);
    return !overlong && !beyond && (bytes[2] & 0xc0) == 0x80 && (bytes[3] & 0xc0) == 0x80 ? 4 : 0;
}

/** Writes the character `code` (at most 0x10ffff, no surrogate) to `out`, room for four bytes; returns its length. */
size_t loom_utf8_write(uint32_t code, uint8_t *out);

/** The longest length, at most `length`, at which valid UTF-8 text can be cut without cutting a character. */
size_t loom_utf8_whole(const char *text, size_t length);

#endif
