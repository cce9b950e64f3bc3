/* Fuzzes pictures: any bytes are an image of the document, or an empty frame and a warning; and as the logo, or a reason.
 * SPDX-License-Identifier: MIT
 *
 * The choosing bytes do not matter.
 */
#include "common.h"
#include "core/deflate.h"
#include "formats/pdf/picture.h"

static const char options[] = "{\"format\":\"pdf\",\"columns\":[\"a\"],\"pdf\":{\"thumbnailColumn\":\"a\"}}";

/** A stream of the output ends where its length says. */
static void check_streams(const uint8_t *bytes, size_t length) {
    struct bytes text = {0};
    bytes_add(&text, bytes, length);
    bytes_byte(&text, 0);
    for (const char *at = (const char *)text.at; (size_t)(at - (const char *)text.at) < length;) {
        const char *object = strstr(at, " 0 obj\n"), *told = object == NULL ? NULL : strstr(object, "/Length ");
        const char *start = told == NULL ? NULL : strstr(told, ">>stream\n");
        fuzz_promise(start != NULL, "an object is a stream");
        const char *end = start + 9 + strtoul(told + 8, NULL, 10);
        size_t left = length - (size_t)((const uint8_t *)end - text.at);
        fuzz_promise(left >= 18 && left < length && memcmp(end, "\nendstream\nendobj\n", 18) == 0, "a stream is as long as it says");
        at = end + 18;
    }
    bytes_clear(&text);
}

static void check_image(const uint8_t *bytes, size_t length) {
    loom_error error = {0};
    loom_pdf_image image;
    loom_picture_lengths lengths = {0, 0};
    loom_buffer out;
    int code = loom_pdf_image_read(bytes, length, &image, &error);
    fuzz_promise(code == LOOM_OK || (code == LOOM_BAD_IMAGE && error.detail[0] != '\0'), "a picture that is refused is told why");
    if (code != LOOM_OK || (uint64_t)image.width * image.height > 1u << 20)
        return; /* larger ones only take longer */
    loom_deflater *deflater = must(loom_deflater_new(1));
    loom_buffer_init(&out, 1u << 26);
    code = loom_picture_write(&out, deflater, 7, &image, &lengths, &error);
    fuzz_promise(code == LOOM_OK || (code == LOOM_BAD_IMAGE && error.detail[0] != '\0'), "it is written, or told why not");
    if (code == LOOM_OK) {
        fuzz_promise(lengths.colours + lengths.alpha == out.length, "its objects have the lengths that are told");
        check_streams(out.bytes, out.length);
    }
    loom_buffer_free(&out);
    loom_deflater_free(deflater);
}

static void check_frame(const uint8_t *bytes, size_t length) {
    loom_job *job = must(loom_job_new());
    fuzz_promise(loom_job_options(job, options, sizeof options - 1) == 0, "good options are taken");
    fuzz_promise(give_fonts(job, options) == 0, "fonts are taken");
    int error = loom_job_picture(job, 0, 0, 0, 0, bytes, length);
    if (error != 0 && error != LOOM_THUMBNAIL_UNREADABLE)
        fprintf(stderr, "%s\n", loom_job_error(job));
    fuzz_promise(error == 0 || error == LOOM_THUMBNAIL_UNREADABLE, "a picture or an empty frame");
    check_streams(loom_job_output(job), loom_job_output_length(job));
    fuzz_promise(loom_job_state(job) != NULL && loom_job_state(job)[0] != '\0', "the turn is told of it");
    loom_job_free(job);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    if (length < 2 || length > 65536)
        return 0;
    uint8_t *copy = must(malloc(length - 1)); /* so that nothing behind it can be read unseen */
    memcpy(copy, bytes + 2, length - 2);
    check_image(copy, length - 2);
    if (length < 2000)
        check_frame(copy, length - 2);
    free(copy);
    return 0;
}
