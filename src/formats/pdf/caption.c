/* Setting single texts.
 * SPDX-License-Identifier: MIT
 */
#include "caption.h"

#include <stdio.h>
#include <string.h>

#include "../../core/utf8.h"
#include "operators.h"

/* Nothing outside of the records is longer. */
#define LONGEST 4096u

/* Texts come from options, reports and the source, so that nobody has checked all of them: what is no UTF-8 ends the text. */
static size_t length_of(const char *text) {
    size_t length = 0;
    while (length < LONGEST && text[length] != '\0') {
        size_t step = loom_utf8_length((const uint8_t *)text + length);
        if (step == 0) {
            break;
        }
        length += step;
    }
    return length;
}

static int shape(loom_pdf *pdf, enum loom_style style, const char *text, size_t *length) {
    *length = length_of(text);
    return loom_shape(&pdf->shaper, style, (const uint8_t *)text, *length);
}

static uint32_t room_of(int32_t width, int32_t size) {
    return width > 0 ? (uint32_t)((int64_t)width * 1000 / size) : UINT32_MAX / 2;
}

static int put_line(loom_pdf *pdf, loom_buffer *out, const loom_caption *caption, const loom_line *line,
                    uint32_t number, loom_pen *pen) {
    int32_t taken = (int32_t)((int64_t)line->width * caption->size / 1000);
    int32_t left = caption->width > taken ? caption->width - taken : 0;
    uint8_t align =
        line->rtl && caption->align == LOOM_ALIGN_LEFT && caption->width > 0 ? LOOM_ALIGN_RIGHT : caption->align;
    int32_t shift = align == LOOM_ALIGN_RIGHT ? left : align == LOOM_ALIGN_CENTER ? left / 2 : 0;
    int32_t y = caption->y - (int32_t)number * loom_pdf_leading(caption->size);
    int code = loom_pdf_print(out, "\n1 0 0 1 %d %d Tm\n", (int)(caption->x + shift), (int)y);
    return code == LOOM_OK ? loom_shape_show(&pdf->shaper, line, pen, out) : code;
}

int loom_pdf_caption(loom_pdf *pdf, loom_buffer *out, const loom_caption *caption, const char *text, uint32_t *lines) {
    size_t length = 0;
    uint32_t most = caption->lines > 0 ? caption->lines : 1;
    uint32_t room = room_of(caption->width, caption->size);
    uint32_t count = 0;
    loom_pen pen = {0};
    snprintf(pen.size, sizeof pen.size, "%d", (int)caption->size);
    int code = shape(pdf, (enum loom_style)caption->style, text, &length);
    code =
        code == LOOM_OK ? loom_pdf_print(out, "%s BT", caption->colour == NULL ? LOOM_PDF_INK : caption->colour) : code;
    for (uint32_t at = 0; code == LOOM_OK && pdf->shaper.wanted == 0 && at < length && count < most; count++) {
        loom_line line;
        if (count + 1 == most) {
            loom_shape_cut(&pdf->shaper, at, room, &line);
        } else {
            loom_shape_line(&pdf->shaper, at, room, &line);
        }
        code = put_line(pdf, out, caption, &line, count, &pen);
        at = line.next;
    }
    if (lines != NULL) {
        *lines = count;
    }
    return code == LOOM_OK ? loom_buffer_append_text(out, "\nET\n") : code;
}

int32_t loom_pdf_caption_width(loom_pdf *pdf, enum loom_style style, int32_t size, const char *text) {
    size_t length = 0;
    if (shape(pdf, style, text, &length) != LOOM_OK) {
        return 0;
    }
    return (int32_t)((int64_t)loom_shape_width(&pdf->shaper) * size / 1000) + 1;
}

uint32_t loom_pdf_caption_lines(loom_pdf *pdf, enum loom_style style, int32_t size, int32_t width, uint32_t most,
                                const char *text) {
    size_t length = 0;
    uint32_t count = 0;
    if (shape(pdf, style, text, &length) != LOOM_OK) {
        return 1;
    }
    for (uint32_t at = 0; at < length && count < most; count++) {
        loom_line line;
        loom_shape_line(&pdf->shaper, at, room_of(width, size), &line);
        at = line.next;
    }
    return count;
}
