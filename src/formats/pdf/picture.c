/* Images as they stand in their files, transparent ones, and the pictures of records in their frames.
 * SPDX-License-Identifier: MIT
 */
#include "picture.h"

#include <stdio.h>

#include "../../core/varint.h"
#include "operators.h"

#define IMAGE "/Type/XObject/Subtype/Image/Width %u/Height %u"

/* An image whose data are as they stand in the file: JPEG, or PNG without alpha, whose rows are what PDF's predictors expect
 * (ISO 32000-1 7.4.4.4). */
static int put_plain(loom_buffer *out, uint32_t number, const loom_pdf_image *image) {
    loom_buffer data;
    loom_buffer_init(&data, out->cap);
    int code = image->jpeg ? loom_buffer_append(&data, image->bytes, image->length) : loom_pdf_image_data(image, &data);
    if (code == LOOM_OK) {
        code = loom_pdf_print(
            out, "%u 0 obj\n<<" IMAGE "/BitsPerComponent %u/Length %u",
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
static int put_transparent(loom_buffer *out, loom_deflater *deflater, uint32_t number, const loom_pdf_image *image,
                           loom_picture_lengths *lengths, loom_error *error) {
    char entries[160];
    loom_buffer colours;
    loom_buffer alpha;
    size_t start = out->length;
    loom_buffer_init(&colours, out->cap);
    loom_buffer_init(&alpha, out->cap);
    int code = loom_pdf_image_part(image, &colours, &alpha, error);
    snprintf(entries, sizeof entries, IMAGE "/BitsPerComponent 8/ColorSpace/Device%s/SMask %u 0 R", (unsigned)image->width,
             (unsigned)image->height, image->channels == 4 ? "RGB" : "Gray", (unsigned)number + 1);
    code = code == LOOM_OK ? loom_pdf_stream(out, deflater, number, entries, &colours) : code;
    lengths->colours = out->length - start;
    snprintf(entries, sizeof entries, IMAGE "/BitsPerComponent 8/ColorSpace/DeviceGray", (unsigned)image->width,
             (unsigned)image->height);
    code = code == LOOM_OK ? loom_pdf_stream(out, deflater, number + 1, entries, &alpha) : code;
    lengths->alpha = out->length - start - lengths->colours;
    loom_buffer_free(&colours);
    loom_buffer_free(&alpha);
    return code;
}

int loom_picture_write(loom_buffer *out, loom_deflater *deflater, uint32_t number, const loom_pdf_image *image,
                       loom_picture_lengths *lengths, loom_error *error) {
    size_t start = out->length;
    *lengths = (loom_picture_lengths){0, 0};
    if (image->alpha) {
        return put_transparent(out, deflater, number, image, lengths, error);
    }
    int code = put_plain(out, number, image);
    lengths->colours = out->length - start;
    return code;
}

/* The form that stands in the frame: the picture as large as fits, in its middle, or the frame alone. */
static int put_form(loom_encoding *e, loom_pdf *pdf, uint32_t number, const loom_pdf_image *image) {
    char entries[160];
    int32_t frame = pdf->layout.frame;
    loom_buffer content;
    loom_buffer_init(&content, e->out->cap);
    int code = LOOM_OK;
    int length = snprintf(entries, sizeof entries, "/Type/XObject/Subtype/Form/BBox[0 0 %d %d]", (int)frame, (int)frame);
    if (image == NULL) {
        snprintf(entries + length, sizeof entries - (size_t)length, "/Resources<<>>");
        code = loom_pdf_print(&content, ".75 G 4 w 2 2 %d %d re S\n", (int)frame - 4, (int)frame - 4);
    } else {
        uint32_t longest = image->width > image->height ? image->width : image->height;
        int32_t width = (int32_t)((uint64_t)image->width * (uint32_t)frame / longest);
        int32_t height = (int32_t)((uint64_t)image->height * (uint32_t)frame / longest);
        width = width > 0 ? width : 1;
        height = height > 0 ? height : 1;
        snprintf(entries + length, sizeof entries - (size_t)length, "/Resources<</XObject<</P %u 0 R>>>>",
                 (unsigned)number + 1);
        code = loom_pdf_print(&content, "%d 0 0 %d %d %d cm /P Do\n", (int)width, (int)height,
                              (int)(frame - width) / 2, (int)(frame - height) / 2);
    }
    code = code == LOOM_OK ? loom_pdf_stream(e->out, pdf->deflater, number, entries, &content) : code;
    loom_buffer_free(&content);
    return code;
}

/* The image first, so that the form of one that turns out to be damaged can be the frame alone. */
static int put_picture(loom_encoding *e, loom_pdf *pdf, uint32_t number, const uint8_t *bytes, size_t length,
                       loom_buffer *told) {
    loom_pdf_image image;
    loom_picture_lengths lengths = {0, 0};
    loom_buffer objects;
    loom_buffer_init(&objects, e->out->cap);
    int read = length == 0 ? LOOM_BAD_IMAGE : loom_pdf_image_read(bytes, length, &image, e->error);
    read = read == LOOM_OK && !loom_pdf_image_ends(&image) ? LOOM_BAD_IMAGE : read;
    read = read == LOOM_OK ? loom_picture_write(&objects, pdf->deflater, number + 1, &image, &lengths, e->error) : read;
    int code = read == LOOM_BAD_IMAGE ? LOOM_OK : read;
    if (read != LOOM_OK) {
        objects.length = lengths.colours = lengths.alpha = 0;
    }
    size_t start = e->out->length;
    code = code == LOOM_OK ? put_form(e, pdf, number, read == LOOM_OK ? &image : NULL) : code;
    size_t form = e->out->length - start;
    code = code == LOOM_OK && objects.length > 0 ? loom_buffer_append(e->out, objects.bytes, objects.length) : code;
    uint64_t facts[] = {LOOM_ENTRY_PICTURE + 1, form, lengths.colours, lengths.alpha, 0};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0] && code == LOOM_OK; i++) {
        code = loom_varint_append(told, facts[i]);
    }
    loom_buffer_free(&objects);
    return code == LOOM_OK && read != LOOM_OK && length > 0 ? LOOM_THUMBNAIL_UNREADABLE : code;
}

int loom_pdf_picture(loom_encoding *e, const loom_spot *where, const uint8_t *bytes, size_t length) {
    loom_pdf *pdf = NULL;
    loom_buffer told;
    uint32_t number = 0;
    loom_buffer_init(&told, e->out->cap);
    int code = loom_pdf_laid_out(e, &pdf);
    code = code == LOOM_OK ? loom_pdf_number(e, &pdf->layout, where, &number) : code;
    int made = code == LOOM_OK ? put_picture(e, pdf, number, bytes, length, &told) : code;
    code = made == LOOM_THUMBNAIL_UNREADABLE ? LOOM_OK : made;
    code = code == LOOM_OK ? loom_pdf_tell(e, &told) : code;
    loom_buffer_free(&told);
    return code == LOOM_OK ? made : code;
}
