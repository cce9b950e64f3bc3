/* The objects of the picture on the cover.
 * SPDX-License-Identifier: MIT
 */
#include "sections.h"

#include <stdio.h>

#include "image.h"
#include "operators.h"

/* An image whose data are as they stand in the file: JPEG, or PNG without alpha, whose rows are what PDF's predictors expect
 * (ISO 32000-1 7.4.4.4). */
static int put_plain(loom_assembly *assembly, uint32_t number, const loom_pdf_image *image) {
    loom_buffer *out = assembly->e->out;
    loom_buffer data;
    loom_buffer_init(&data, out->cap);
    int code = image->jpeg ? loom_buffer_append(&data, image->bytes, image->length) : loom_pdf_image_data(image, &data);
    code = code == LOOM_OK ? loom_assembly_note(assembly, number) : code;
    if (code == LOOM_OK) {
        code = loom_pdf_print(out, "%u 0 obj\n<</Type/XObject/Subtype/Image/Width %u/Height %u/BitsPerComponent %u/Length %u",
                              (unsigned)number, (unsigned)image->width, (unsigned)image->height, (unsigned)image->depth,
                              (unsigned)data.length);
    }
    if (code == LOOM_OK && image->palette) {
        code = loom_pdf_print(out, "/ColorSpace[/Indexed/DeviceRGB %u<", (unsigned)image->colour_count - 1);
        for (uint32_t i = 0; i < image->colour_count * 3 && code == LOOM_OK; i++) {
            code = loom_pdf_print(out, "%02x", image->colours[i]);
        }
        code = code == LOOM_OK ? loom_buffer_append_text(out, ">]") : code;
    } else if (code == LOOM_OK) {
        code = loom_pdf_print(out, "/ColorSpace/Device%s", image->channels == 3 ? "RGB" : "Gray");
    }
    if (code == LOOM_OK && image->jpeg) {
        code = loom_buffer_append_text(out, "/Filter/DCTDecode");
    } else if (code == LOOM_OK) {
        code = loom_pdf_print(out, "/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors %u/BitsPerComponent %u/Columns %u>>",
                              (unsigned)image->channels, (unsigned)image->depth, (unsigned)image->width);
    }
    code = code == LOOM_OK ? loom_buffer_append_text(out, ">>stream\n") : code;
    code = code == LOOM_OK ? loom_buffer_append(out, data.bytes, data.length) : code;
    loom_buffer_free(&data);
    return code == LOOM_OK ? loom_buffer_append_text(out, "\nendstream\nendobj\n") : code;
}

int loom_pdf_put_logo(loom_pdf *pdf, loom_assembly *assembly, uint32_t number, loom_error *error) {
    loom_pdf_image image;
    int code = loom_pdf_image_read(pdf->logo, pdf->logo_length, &image, error);
    return code == LOOM_OK ? put_plain(assembly, number, &image) : code;
}
