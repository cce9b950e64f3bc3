/* Base64, both ways.
 * SPDX-License-Identifier: MIT
 */
#include "base64.h"

static char digit_of(uint32_t value) {
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[value & 63];
}

int loom_base64_write(loom_buffer *out, const uint8_t *bytes, size_t length) {
    int code = loom_buffer_reserve(out, length / 3 * 4 + 4);
    for (size_t i = 0; i < length && code == LOOM_OK; i += 3) {
        size_t left = length - i;
        uint32_t three =
            (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0u);
        loom_buffer_put_byte(out, (uint8_t)digit_of(three >> 18));
        loom_buffer_put_byte(out, (uint8_t)digit_of(three >> 12));
        loom_buffer_put_byte(out, (uint8_t)(left > 1 ? digit_of(three >> 6) : '='));
        loom_buffer_put_byte(out, (uint8_t)(left > 2 ? digit_of(three) : '='));
    }
    return code;
}

/* The value of a digit, or 64 for what is none. */
static uint32_t value_of(char digit) {
    if (digit >= 'A' && digit <= 'Z') {
        return (uint32_t)(digit - 'A');
    }
    if (digit >= 'a' && digit <= 'z') {
        return (uint32_t)(digit - 'a') + 26;
    }
    if (digit >= '0' && digit <= '9') {
        return (uint32_t)(digit - '0') + 52;
    }
    return digit == '+' ? 62 : digit == '/' ? 63 : 64;
}

int loom_base64_read(loom_buffer *out, const char *text, size_t length) {
    int code = length % 4 == 0 ? loom_buffer_reserve(out, length / 4 * 3) : LOOM_INTERNAL;
    for (size_t i = 0; i < length && code == LOOM_OK; i += 4) {
        size_t padding = i + 4 < length ? 0u : (size_t)(text[i + 3] == '=') + (text[i + 2] == '=');
        uint32_t three = 0;
        for (size_t k = 0; k < 4; k++) {
            uint32_t value = k + padding < 4 ? value_of(text[i + k]) : 0;
            code = value < 64 ? code : LOOM_INTERNAL;
            three = three << 6 | (value & 63);
        }
        for (size_t k = 0; k + padding < 3; k++) {
            loom_buffer_put_byte(out, (uint8_t)(three >> (16 - 8 * k)));
        }
    }
    return code;
}
