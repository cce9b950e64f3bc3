/* Making and freeing what a job keeps for its PDF; files; compression.
 * SPDX-License-Identifier: MIT
 */
#include "document.h"

#include "../../core/memory.h"
#include "image.h"

/* RFC 1950 8.2: sums that a run of so many bytes cannot make overflow. */
#define ADLER_RUN 5552u
#define ADLER_MODULUS 65521u

/* What the job keeps, made when it is first asked for. */
static int pdf_of(loom_encoding *e, loom_pdf **pdf) {
    loom_pdf *made = *e->kept;
    *pdf = made;
    if (made != NULL) {
        return LOOM_OK;
    }
    made = loom_alloc(sizeof *made);
    if (made == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    memset(made, 0, sizeof *made);
    made->deflater = loom_deflater_new((int)e->settings->pdf_level);
    if (made->deflater == NULL) {
        loom_free(made);
        return LOOM_OUT_OF_MEMORY;
    }
    *e->kept = *pdf = made;
    return LOOM_OK;
}

int loom_pdf_laid_out(loom_encoding *e, loom_pdf **pdf) {
    int code = pdf_of(e, pdf);
    if (code != LOOM_OK || (*pdf)->laid_out) {
        return code;
    }
    if (!(*pdf)->shapes) {
        return loom_fail(e->error, LOOM_INTERNAL, "the job has no fonts yet");
    }
    code = loom_pdf_lay_out(e, &(*pdf)->shaper, &(*pdf)->layout);
    (*pdf)->laid_out = code == LOOM_OK;
    return code;
}

static void declare(loom_fonts *fonts, uint32_t slot, uint32_t use) {
    for (uint32_t style = LOOM_REGULAR; style <= LOOM_BOLD; style++) {
        bool known = (use >> style & 1) == 0;
        for (uint32_t i = 0; i < fonts->depths[style]; i++) {
            known |= fonts->stacks[style][i] == slot;
        }
        if (!known) {
            fonts->stacks[style][fonts->depths[style]++] = (uint8_t)slot;
        }
    }
}

/* Whether the first font of each style is there. */
static bool has_fonts(const loom_fonts *fonts) {
    for (int style = LOOM_REGULAR; style <= LOOM_BOLD; style++) {
        if (fonts->depths[style] == 0 || fonts->faces[fonts->stacks[style][0]] == NULL) {
            return false;
        }
    }
    return true;
}

static int take_font(loom_encoding *e, loom_pdf *pdf, uint32_t slot, uint8_t *bytes, size_t length) {
    int code = loom_face_open(&pdf->faces[slot], bytes, length, e->error);
    if (code != LOOM_OK) {
        loom_free(bytes);
        return code;
    }
    loom_free(pdf->files[slot]);
    pdf->files[slot] = bytes;
    pdf->fonts.faces[slot] = &pdf->faces[slot];
    pdf->shaper.wanted &= ~(UINT32_C(1) << slot);
    if (pdf->shapes) {
        loom_shaper_refresh(&pdf->shaper);
    } else if (has_fonts(&pdf->fonts)) {
        loom_shaper_open(&pdf->shaper, &pdf->fonts);
        pdf->shapes = true;
    }
    return LOOM_OK;
}

static int take_logo(loom_encoding *e, loom_pdf *pdf, uint8_t *bytes, size_t length) {
    loom_pdf_image image;
    loom_free(pdf->logo);
    pdf->logo = bytes;
    pdf->logo_length = length;
    return loom_pdf_image_read(bytes, length, &image, e->error);
}

int loom_pdf_file(loom_encoding *e, uint32_t slot, uint32_t use, uint8_t *bytes, size_t length) {
    loom_pdf *pdf = NULL;
    int code = pdf_of(e, &pdf);
    if (code == LOOM_OK && slot > LOOM_SLOTS) {
        code = loom_fail(e->error, LOOM_LIMIT_EXCEEDED, "a document has at most %u fonts", LOOM_SLOTS);
    }
    if (code != LOOM_OK) {
        loom_free(bytes);
        return code;
    }
    if (slot == LOOM_SLOTS) {
        return bytes == NULL ? LOOM_OK : take_logo(e, pdf, bytes, length);
    }
    declare(&pdf->fonts, slot, use);
    return bytes == NULL ? LOOM_OK : take_font(e, pdf, slot, bytes, length);
}

uint32_t loom_pdf_wanted(void *kept) {
    return ((loom_pdf *)kept)->shaper.wanted;
}

void loom_pdf_free(void *kept) {
    loom_pdf *pdf = kept;
    if (pdf == NULL) {
        return;
    }
    if (pdf->shapes) {
        loom_shaper_close(&pdf->shaper);
    }
    loom_deflater_free(pdf->deflater);
    loom_pdf_layout_free(&pdf->layout);
    for (uint32_t i = 0; i < LOOM_SLOTS; i++) {
        loom_free(pdf->files[i]);
    }
    loom_free(pdf->logo);
    loom_free(pdf);
}

static uint32_t adler32(uint32_t sum, const uint8_t *bytes, size_t length) {
    uint32_t a = sum & 0xffff;
    uint32_t b = sum >> 16;
    while (length > 0) {
        size_t run = length < ADLER_RUN ? length : ADLER_RUN;
        for (size_t i = 0; i < run; i++) {
            a += bytes[i];
            b += a;
        }
        a %= ADLER_MODULUS;
        b %= ADLER_MODULUS;
        bytes += run;
        length -= run;
    }
    return b << 16 | a;
}

int loom_pdf_pack_start(loom_pdf_packing *packing, loom_deflater *deflater, loom_buffer *out) {
    *packing = (loom_pdf_packing){deflater, out, 1};
    return loom_buffer_append(out, "\x78\x01", 2);
}

int loom_pdf_pack(loom_pdf_packing *packing, const uint8_t *bytes, size_t length) {
    packing->sum = adler32(packing->sum, bytes, length);
    return loom_deflate(packing->deflater, packing->out, bytes, length);
}

int loom_pdf_pack_end(loom_pdf_packing *packing) {
    uint32_t sum = packing->sum;
    uint8_t trailer[] = {LOOM_DEFLATE_END[0],  LOOM_DEFLATE_END[1], (uint8_t)(sum >> 24),
                         (uint8_t)(sum >> 16), (uint8_t)(sum >> 8), (uint8_t)sum};
    return loom_buffer_append(packing->out, trailer, sizeof trailer);
}

int loom_pdf_compress(loom_deflater *deflater, const uint8_t *bytes, size_t length, loom_buffer *out) {
    loom_pdf_packing packing;
    int code = loom_pdf_pack_start(&packing, deflater, out);
    code = code == LOOM_OK ? loom_pdf_pack(&packing, bytes, length) : code;
    return code == LOOM_OK ? loom_pdf_pack_end(&packing) : code;
}
