/* The fonts of the package, for jobs that make PDF.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_FONTS_H
#define LOOM_TEST_FONTS_H

#include "bytes.h"
#include "core/memory.h"
#include "job.h"

#define NOTO "node_modules/@expo-google-fonts/noto-sans/"
#define DEJAVU "node_modules/dejavu-fonts-ttf/ttf/"

/** A file for loom_job_file; files are read once. */
static inline uint8_t *load_file(const char *path, struct bytes *known, size_t *length) {
    FILE *file = known->length > 0 ? NULL : fopen(path, "rb");
    if (known->length == 0 && file == NULL) {
        perror(path);
        exit(2);
    }
    for (int byte; file != NULL && (byte = getc(file)) != EOF;)
        bytes_byte(known, byte);
    if (file != NULL)
        fclose(file);
    *length = known->length;
    uint8_t *bytes = loom_alloc(known->length);
    if (bytes != NULL)
        memcpy(bytes, known->at, known->length);
    return bytes;
}

/** Gives a job the fonts that the package has, where its options ask for PDF; all of them at once. */
static inline int give_fonts(loom_job *job, const char *options) {
    static const struct {
        unsigned slot, use;
        const char *path;
    } fonts[] = {{0, 1, NOTO "400Regular/NotoSans_400Regular.ttf"},
                 {1, 2, NOTO "700Bold/NotoSans_700Bold.ttf"},
                 {14, 1, DEJAVU "DejaVuSansCondensed.ttf"},
                 {15, 2, DEJAVU "DejaVuSansCondensed-Bold.ttf"}};
    static struct bytes known[sizeof fonts / sizeof *fonts];
    int error = 0;
    for (size_t i = 0; strstr(options, "\"pdf\"") != NULL && i < sizeof fonts / sizeof *fonts && error == 0; i++) {
        size_t length = 0;
        uint8_t *bytes = load_file(fonts[i].path, &known[i], &length);
        error = bytes == NULL ? 20 : loom_job_file(job, fonts[i].slot, fonts[i].use, bytes, length);
    }
    return error;
}

#endif
