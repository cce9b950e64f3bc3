/* Operators of content streams.
 * SPDX-License-Identifier: MIT
 */
#include "operators.h"

#include <stdarg.h>
#include <stdio.h>

/* Appends `a b operator` and a line feed. */
static int put_point(loom_buffer *out, int32_t a, int32_t b, const char *operator_name) {
    int code = loom_buffer_reserve(out, (size_t)2 * LOOM_PDF_NUMBER);
    if (code != LOOM_OK) {
        return code;
    }
    loom_pdf_put_number(out, a);
    loom_pdf_put_number(out, b);
    code = loom_buffer_append_text(out, operator_name);
    return code == LOOM_OK ? loom_buffer_append_byte(out, '\n') : code;
}

int loom_pdf_line(loom_buffer *out, int32_t x, int32_t y, int32_t to_x, int32_t to_y) {
    int code = put_point(out, x, y, "m");
    return code == LOOM_OK ? put_point(out, to_x, to_y, "l") : code;
}

int loom_pdf_print(loom_buffer *out, const char *format, ...) {
    char text[512];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (length < 0 || (size_t)length >= sizeof text) {
        return LOOM_INTERNAL;
    }
    return loom_buffer_append(out, text, (size_t)length);
}
