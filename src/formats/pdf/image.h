/* A picture: what is known of a PNG (ISO/IEC 15948) or JPEG file, and its objects in a document.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_IMAGE_H
#define LOOM_PDF_IMAGE_H

#include <stdbool.h>

#include "../../core/buffer.h"

typedef struct loom_pdf_image {
    const uint8_t *bytes; /* of the file, which is not owned */
    size_t length;
    uint32_t width; /* in pixels, 1 to 10,000, as the height; with alpha, 12 MB unpacked at most */
    uint32_t height;
    uint32_t depth;    /* bits of a component */
    uint32_t channels; /* components of a pixel, with alpha */
    bool jpeg;
    bool palette;
    bool alpha; /* PNG only: its last channel */
    const uint8_t *colours; /* of the palette, three bytes each */
    uint32_t colour_count;
} loom_pdf_image;

/** Looks at a file, which must stay. Errors: BAD_IMAGE, with the reason. */
LOOM_CHECKED int loom_pdf_image_read(const uint8_t *bytes, size_t length, loom_pdf_image *image, loom_error *error);

/** Whether the file has its end: PNG's last chunk, or JPEG's end of image. */
bool loom_pdf_image_ends(const loom_pdf_image *image);

/** Appends the data of a PNG file's IDAT chunks, one behind the other: a stream of zlib's format. */
LOOM_CHECKED int loom_pdf_image_data(const loom_pdf_image *image, loom_buffer *out);

/** Appends the rows of a PNG file with alpha, parted into colours and alpha, both without filters (ISO/IEC 15948 9). Errors: BAD_IMAGE. */
LOOM_CHECKED int loom_pdf_image_part(const loom_pdf_image *image, loom_buffer *colours, loom_buffer *alpha, loom_error *error);

#endif
