/* The picture on the cover.
 * SPDX-License-Identifier: MIT
 */
#include "picture.h"
#include "sections.h"

int loom_pdf_put_logo(loom_pdf *pdf, loom_assembly *assembly, uint32_t number, loom_error *error) {
    loom_pdf_image image;
    loom_picture_lengths lengths = {0, 0};
    int code = loom_pdf_image_read(pdf->logo, pdf->logo_length, &image, error);
    if (code == LOOM_OK) {
        code = loom_picture_write(assembly->e->out, pdf->deflater, number, &image, &lengths, error);
    }
    if (code == LOOM_OK) {
        code = loom_assembly_note_behind(assembly, number, lengths.colours + lengths.alpha);
    }
    return code == LOOM_OK && lengths.alpha > 0 ? loom_assembly_note_behind(assembly, number + 1, lengths.alpha) : code;
}
