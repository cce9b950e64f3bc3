/* Reading the headers of PNG and JPEG files.
 * SPDX-License-Identifier: MIT
 */
#include "image.h"

#include <string.h>

#include "../../core/deflate.h"

#define MOST_PIXELS 10000u
#define MOST_TRANSPARENT ((uint64_t)12 << 20) /* bytes of a picture with alpha, which is unpacked as a whole */
#define SIGNATURE "\x89PNG\r\n\x1a\n"
#define CHUNK_FRAME 12u /* length, name and CRC of a chunk */

enum { GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 };

static uint32_t word(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The content of the chunk at `*at`, which moves on; NULL behind the last one. */
static const uint8_t *next_chunk(const uint8_t *bytes, size_t length, size_t *at, const uint8_t **name,
                                 uint32_t *size) {
    if (length - *at < CHUNK_FRAME) {
        return NULL;
    }
    *size = word(bytes + *at);
    *name = bytes + *at + 4;
    if (*size > length - *at - CHUNK_FRAME) {
        return NULL;
    }
    const uint8_t *content = bytes + *at + 8;
    *at += (size_t)*size + CHUNK_FRAME;
    return content;
}

static bool is_named(const uint8_t *name, const char *wanted) {
    return memcmp(name, wanted, 4) == 0;
}

static int check_size(const loom_pdf_image *image, loom_error *error) {
    bool good = image->width > 0 && image->height > 0 && image->width <= MOST_PIXELS && image->height <= MOST_PIXELS;
    uint64_t bytes = (uint64_t)image->width * image->height * image->channels * image->depth / 8;
    good = good && (!image->alpha || bytes <= MOST_TRANSPARENT);
    return good ? LOOM_OK
                : loom_fail(error, LOOM_BAD_IMAGE, "pdf.logo: it has %u x %u pixels", (unsigned)image->width,
                            (unsigned)image->height);
}

static int read_header(const uint8_t *header, loom_pdf_image *image, loom_error *error) {
    static const uint8_t channels[] = {1, 0, 3, 1, 2, 0, 4};
    uint32_t type = header[9];
    image->width = word(header);
    image->height = word(header + 4);
    image->depth = header[8];
    image->alpha = type == GREY_ALPHA || type == RGB_ALPHA;
    if (type > RGB_ALPHA || channels[type] == 0 || (image->depth & (image->depth - 1)) != 0 || image->depth == 0 ||
        image->depth > 16 || (image->alpha && image->depth < 8)) {
        return loom_fail(error, LOOM_BAD_IMAGE, "pdf.logo: it is no valid PNG file");
    }
    if (header[12] != 0) {
        return loom_fail(error, LOOM_BAD_IMAGE, "pdf.logo: it is an interlaced PNG file");
    }
    image->channels = channels[type];
    image->palette = type == PALETTE;
    return check_size(image, error);
}

static int read_png(loom_pdf_image *image, loom_error *error) {
    size_t at = sizeof SIGNATURE - 1;
    const uint8_t *name = NULL;
    uint32_t size = 0;
    bool headed = false;
    bool filled = false;
    for (const uint8_t *chunk = NULL; (chunk = next_chunk(image->bytes, image->length, &at, &name, &size)) != NULL;) {
        if (is_named(name, "IHDR") && size >= 13) {
            int code = read_header(chunk, image, error);
            if (code != LOOM_OK) {
                return code;
            }
            headed = true;
        } else if (is_named(name, "PLTE")) {
            image->colours = chunk;
            image->colour_count = size / 3;
        }
        filled |= is_named(name, "IDAT") && size > 0;
    }
    bool coloured = !image->palette || (image->colour_count > 0 && image->colour_count <= 256 && image->depth <= 8);
    return headed && filled && coloured ? LOOM_OK
                                        : loom_fail(error, LOOM_BAD_IMAGE, "pdf.logo: the PNG file is cut off");
}

/* The frame header of a JPEG file (ISO/IEC 10918-1 B.2.2). PDF takes baseline, extended and progressive ones
 * (ISO 32000-1 7.4.8). */
static int read_jpeg(loom_pdf_image *image, loom_error *error) {
    const uint8_t *bytes = image->bytes;
    size_t at = 2;
    image->jpeg = true;
    while (image->length - at >= 10 && bytes[at] == 0xff) {
        uint8_t marker = bytes[at + 1];
        size_t size = (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
            image->depth = bytes[at + 4];
            image->height = (uint32_t)bytes[at + 5] << 8 | bytes[at + 6];
            image->width = (uint32_t)bytes[at + 7] << 8 | bytes[at + 8];
            image->channels = bytes[at + 9];
            bool known = marker <= 0xc2 && (image->channels == 1 || image->channels == 3) && image->depth == 8;
            return known ? check_size(image, error)
                         : loom_fail(error, LOOM_BAD_IMAGE, "pdf.logo: a JPEG file must be grey or RGB");
        }
        if (size < 2 || size + 2 > image->length - at) {
            break;
        }
        at += size + 2;
    }
    return loom_fail(error, LOOM_BAD_IMAGE, "pdf.logo: the JPEG file is cut off");
}

int loom_pdf_image_read(const uint8_t *bytes, size_t length, loom_pdf_image *image, loom_error *error) {
    *image = (loom_pdf_image){.bytes = bytes, .length = length};
    if (length > sizeof SIGNATURE && memcmp(bytes, SIGNATURE, sizeof SIGNATURE - 1) == 0) {
        return read_png(image, error);
    }
    if (length > 4 && bytes[0] == 0xff && bytes[1] == 0xd8) {
        return read_jpeg(image, error);
    }
    return loom_fail(error, LOOM_BAD_IMAGE, "pdf.logo: it is neither a PNG nor a JPEG file");
}

bool loom_pdf_image_ends(const loom_pdf_image *image) {
    for (size_t at = image->length; at-- > 4;) {
        if (image->jpeg ? image->bytes[at - 1] == 0xff && image->bytes[at] == 0xd9
                        : is_named(image->bytes + at - 3, "IEND")) {
            return true;
        }
    }
    return false;
}

int loom_pdf_image_data(const loom_pdf_image *image, loom_buffer *out) {
    size_t at = sizeof SIGNATURE - 1;
    const uint8_t *name = NULL;
    uint32_t size = 0;
    int code = LOOM_OK;
    for (const uint8_t *chunk = NULL;
         code == LOOM_OK && (chunk = next_chunk(image->bytes, image->length, &at, &name, &size)) != NULL;) {
        if (is_named(name, "IDAT")) {
            code = loom_buffer_append(out, chunk, size);
        }
    }
    return code;
}

static uint8_t paeth(int left, int up, int corner) {
    int guess = left + up - corner;
    int a = guess > left ? guess - left : left - guess;
    int b = guess > up ? guess - up : up - guess;
    int c = guess > corner ? guess - corner : corner - guess;
    return (uint8_t)(a <= b && a <= c ? left : b <= c ? up : corner);
}

/* Takes the filter off a row; `above` is the row before, or NULL. False for a filter that there is not. */
static bool unfilter(uint8_t *row, const uint8_t *above, size_t length, size_t pixel, uint8_t filter) {
    for (size_t i = 0; i < length; i++) {
        int left = i < pixel ? 0 : row[i - pixel];
        int up = above == NULL ? 0 : above[i];
        int corner = i < pixel || above == NULL ? 0 : above[i - pixel];
        int guesses[] = {0, left, up, (left + up) / 2, paeth(left, up, corner)};
        row[i] = (uint8_t)(row[i] + (filter < 5 ? guesses[filter] : 0));
    }
    return filter < 5;
}

/* Bytes of a pixel of a picture with alpha, which has 8 or 16 bits a channel. */
static size_t pixel_of(const loom_pdf_image *image) {
    return (size_t)image->channels * image->depth / 8;
}

/* Parts rows into colours and alpha; of channels of 16 bits the lower ones are left out. */
static int part_rows(const loom_pdf_image *image, uint8_t *bytes, loom_buffer *colours, loom_buffer *alpha) {
    size_t pixel = pixel_of(image);
    size_t step = image->depth / 8;
    if (step == 0 || pixel == 0) {
        return LOOM_SYNTAX; /* never so, as the header was checked */
    }
    size_t width = (size_t)image->width * pixel;
    size_t pixels = (size_t)image->width * image->height;
    int code = loom_buffer_reserve(colours, pixels * (image->channels - 1));
    code = code == LOOM_OK ? loom_buffer_reserve(alpha, pixels) : code;
    const uint8_t *above = NULL;
    for (uint32_t y = 0; y < image->height && code == LOOM_OK; y++) {
        uint8_t *row = bytes + y * (width + 1) + 1;
        if (!unfilter(row, above, width, pixel, row[-1])) {
            return LOOM_SYNTAX;
        }
        for (size_t i = 0; i < width; i += step) {
            bool last = i % pixel == pixel - step;
            loom_buffer_put_byte(last ? alpha : colours, row[i]);
        }
        above = row;
    }
    return code;
}

int loom_pdf_image_part(const loom_pdf_image *image, loom_buffer *colours, loom_buffer *alpha, loom_error *error) {
    loom_buffer packed;
    loom_buffer bytes;
    size_t length = ((size_t)image->width * pixel_of(image) + 1) * image->height;
    loom_buffer_init(&packed, colours->cap);
    loom_buffer_init(&bytes, colours->cap);
    int code = loom_pdf_image_data(image, &packed);
    if (code == LOOM_OK) {
        code = packed.length < 6 ? LOOM_SYNTAX : loom_inflate(&bytes, packed.bytes + 2, packed.length - 6, length);
    }
    code = code == LOOM_OK ? part_rows(image, bytes.bytes, colours, alpha) : code;
    loom_buffer_free(&packed);
    loom_buffer_free(&bytes);
    return code == LOOM_SYNTAX ? loom_fail(error, LOOM_BAD_IMAGE, "pdf.logo: the PNG file is damaged") : code;
}
