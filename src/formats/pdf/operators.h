/* Numbers and operators of content streams (ISO 32000-1 Annex A).
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_OPERATORS_H
#define LOOM_PDF_OPERATORS_H

#include "../../core/buffer.h"

/** The most bytes that a number and the blank behind it take. */
#define LOOM_PDF_NUMBER 12

/** Appends a whole number and a blank, for which there is room. */
static inline void loom_pdf_put_number(loom_buffer *out, int32_t number) {
    uint8_t digits[LOOM_PDF_NUMBER];
    uint32_t rest = number < 0 ? 0u - (uint32_t)number : (uint32_t)number;
    size_t at = sizeof digits;
    digits[--at] = ' ';
    do {
        digits[--at] = (uint8_t)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--at] = '-';
    }
    loom_buffer_put(out, digits + at, sizeof digits - at);
}

/** Moves the text position: `x y Td`. */
LOOM_CHECKED static inline int loom_pdf_move(loom_buffer *out, int32_t x, int32_t y) {
    int code = loom_buffer_reserve(out, (size_t)2 * LOOM_PDF_NUMBER + 3);
    if (code == LOOM_OK) {
        loom_buffer_put_byte(out, '\n'); /* a string may stand before it, and always one behind it */
        loom_pdf_put_number(out, x);
        loom_pdf_put_number(out, y);
        loom_buffer_put(out, "Td", 2);
    }
    return code;
}

/** A line from one point to another, to be stroked with others: `x y m x y l`. */
LOOM_CHECKED int loom_pdf_line(loom_buffer *out, int32_t x, int32_t y, int32_t to_x, int32_t to_y);

/** As printf, at most 511 bytes. Errors: INTERNAL for more; OUT_OF_MEMORY. */
LOOM_CHECKED int loom_pdf_print(loom_buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
