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
        code = loom_pdf_print(
            out, "%u 0 obj\n<</Type/XObject/Subtype/Image/Width %u/Height %u/BitsPerComponent %u/Length %u",
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
        code = loom_pdf_print(
            out, "/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors %u/BitsPerComponent %u/Columns %u>>",
            (unsigned)image->channels, (unsigned)image->depth, (unsigned)image->width);
    }
    code = code == LOOM_OK ? loom_buffer_append_text(out, ">>stream\n") : code;
    code = code == LOOM_OK ? loom_buffer_append(out, data.bytes, data.length) : code;
    loom_buffer_free(&data);
    return code == LOOM_OK ? loom_buffer_append_text(out, "\nendstream\nendobj\n") : code;
}

/* A picture that is transparent in places: its colours, and as the next object how opaque they are (11.6.5.3). */
static int put_transparent(loom_assembly *assembly, uint32_t number, const loom_pdf_image *image, loom_error *error) {
    char entries[160];
    loom_buffer colours;
    loom_buffer alpha;
    loom_buffer_init(&colours, assembly->e->out->cap);
    loom_buffer_init(&alpha, assembly->e->out->cap);
    int code = loom_pdf_image_part(image, &colours, &alpha, error);
    snprintf(entries, sizeof entries,
             "/Type/XObject/Subtype/Image/Width %u/Height %u/BitsPerComponent 8/ColorSpace/Device%s/SMask %u 0 R",
             (unsigned)image->width, (unsigned)image->height, image->channels == 4 ? "RGB" : "Gray",
             (unsigned)number + 1);
    code = code == LOOM_OK ? loom_assembly_stream(assembly, number, entries, &colours) : code;
    snprintf(entries, sizeof entries,
             "/Type/XObject/Subtype/Image/Width %u/Height %u/BitsPerComponent 8/ColorSpace/DeviceGray",
             (unsigned)image->width, (unsigned)image->height);
    code = code == LOOM_OK ? loom_assembly_stream(assembly, number + 1, entries, &alpha) : code;
    loom_buffer_free(&colours);
    loom_buffer_free(&alpha);
    return code;
}

int loom_pdf_put_logo(loom_pdf *pdf, loom_assembly *assembly, uint32_t number, loom_error *error) {
    loom_pdf_image image;
    int code = loom_pdf_image_read(pdf->logo, pdf->logo_length, &image, error);
    if (code != LOOM_OK) {
        return code;
    }
    return image.alpha ? put_transparent(assembly, number, &image, error) : put_plain(assembly, number, &image);
}
