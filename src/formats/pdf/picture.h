/* Pictures as objects of a document.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_PICTURE_H
#define LOOM_PDF_PICTURE_H

#include "image.h"
#include "page.h"

/** Bytes of the objects of a picture. */
typedef struct loom_picture_lengths {
    size_t colours;
    size_t alpha; /* 0: it is not transparent anywhere, and there is no such object */
} loom_picture_lengths;

/** Appends a picture as object `number` and, where it is transparent, how opaque it is as the next one. Errors: BAD_IMAGE, OUT_OF_MEMORY,
 *  LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_picture_write(loom_buffer *out, loom_deflater *deflater, uint32_t number, const loom_pdf_image *image,
                                    loom_picture_lengths *lengths, loom_error *error);

#endif
