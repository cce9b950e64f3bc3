/* What a job keeps for its PDF: fonts, shaper, compressor, layout.
 * SPDX-License-Identifier: MIT
 *
 * Lengths are in tenths of a point (LOOM_POINT of them are one), and y goes upwards from the page's lower edge, as in PDF.
 */
#ifndef LOOM_PDF_DOCUMENT_H
#define LOOM_PDF_DOCUMENT_H

#include "../../core/deflate.h"
#include "../format.h"
#include "layout.h"
#include "shape.h"

typedef struct loom_pdf {
    loom_fonts fonts;
    loom_face faces[LOOM_SLOTS];
    uint8_t *files[LOOM_SLOTS]; /* owned; NULL: not loaded */
    loom_shaper shaper;
    bool shapes; /* the shaper is open: the first font of each style is there */
    loom_deflater *deflater;
    loom_pdf_layout layout;
    bool laid_out;
    uint8_t *logo; /* owned; NULL: none */
    size_t logo_length;
} loom_pdf;

/** What the job keeps, with its layout made, which needs the columns and the first font of each style. Errors: INTERNAL where a font is missing. */
LOOM_CHECKED int loom_pdf_laid_out(loom_encoding *e, loom_pdf **pdf);

/** The `file` of loom_format. */
LOOM_CHECKED int loom_pdf_file(loom_encoding *e, uint32_t slot, uint32_t use, uint8_t *bytes, size_t length);

/** The `wanted` of loom_format. */
uint32_t loom_pdf_wanted(void *kept);

/** Frees what was kept; accepts NULL. */
void loom_pdf_free(void *kept);

/** A stream in zlib's format (RFC 1950) for /FlateDecode, on its way to a buffer. */
typedef struct loom_pdf_packing {
    loom_deflater *deflater;
    loom_buffer *out;
    uint32_t sum; /* Adler-32 of what went in */
} loom_pdf_packing;

/** Starts a stream, takes a run of its bytes, of which there may be any number, and ends it. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_pdf_pack_start(loom_pdf_packing *packing, loom_deflater *deflater, loom_buffer *out);
LOOM_CHECKED int loom_pdf_pack(loom_pdf_packing *packing, const uint8_t *bytes, size_t length);
LOOM_CHECKED int loom_pdf_pack_end(loom_pdf_packing *packing);

/** Appends a stream of these bytes. */
LOOM_CHECKED int loom_pdf_compress(loom_deflater *deflater, const uint8_t *bytes, size_t length, loom_buffer *out);

#endif
