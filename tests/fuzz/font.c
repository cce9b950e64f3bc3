/* Fuzzes the reader of fonts: any bytes are refused or give a face whose subset is a font again, with the same glyphs and widths.
 * SPDX-License-Identifier: MIT
 */
#include "common.h"
#include "formats/pdf/subset.h"

/* What a text may have: ASCII, letters of several scripts, and characters beyond the first plane. */
static const uint32_t samples[] = {' ', 'A', '~', 0xe9, 0x2026, 0x3b1, 0x5d0, 0x627, 0xfe8e, 0x4e2d, 0xffff, 0x1f600, 0x10ffff};

static void check_face(const loom_face *face) {
    fuzz_promise(face->glyphs >= 1 && face->glyphs <= LOOM_MOST_GLYPHS && face->name[0] != '\0', "a face has glyphs and a name");
    for (uint32_t i = 0; i < 0x30000; i += 97)
        fuzz_promise(loom_face_glyph(face, i) < face->glyphs, "glyphs are there");
    for (uint32_t i = 0; i < 70000; i += 111) {
        loom_table outline = loom_face_outline(face, i);
        uint32_t sum = loom_face_width(face, i);
        for (uint32_t k = 0; k < outline.length; k += 64)
            sum += outline.at[k];
        fuzz_promise(sum < UINT32_MAX, "outlines can be read");
    }
}

static void check_subset(const loom_face *face, unsigned step) {
    loom_subset subset;
    loom_buffer file;
    loom_face again;
    loom_error error = {0};
    bool latin[256] = {false};
    loom_buffer_init(&file, (size_t)1 << 30);
    fuzz_promise(loom_subset_open(&subset, face) == LOOM_OK, "a subset opens");
    for (unsigned i = 0; i < sizeof samples / sizeof *samples; i += 1 + step % 3)
        fuzz_promise(loom_subset_add(&subset, loom_face_glyph(face, samples[i])) == LOOM_OK, "glyphs are taken");
    for (unsigned code = 0x20 + step % 7; code < 256; code += 1 + step % 5) {
        latin[code] = face->latin[code] != 0;
        if (latin[code])
            fuzz_promise(loom_subset_add(&subset, loom_face_glyph(face, loom_latin_code_point((uint8_t)code))) == LOOM_OK,
                         "letters are taken");
    }
    int code = loom_subset_write(&subset, latin, &file);
    fuzz_promise(code == LOOM_OK || code == LOOM_LIMIT_EXCEEDED, "a subset is written");
    if (code == LOOM_OK) {
        fuzz_promise(loom_face_open(&again, file.bytes, file.length, &error) == LOOM_OK, "a subset is a font");
        for (unsigned i = 0; i < 256; i++)
            fuzz_promise(again.latin[i] == (latin[i] ? face->latin[i] : 0), "a subset has its letters, with their widths");
    }
    loom_subset_close(&subset);
    loom_buffer_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    loom_face face;
    loom_error error = {0};
    if (length < 2)
        return 0;
    /* A copy of its own, so that nothing behind it can be read unseen. */
    uint8_t *copy = must(malloc(length - 2 > 0 ? length - 2 : 1));
    memcpy(copy, bytes + 2, length - 2);
    int code = loom_face_open(&face, copy, length - 2, &error);
    fuzz_promise(code == LOOM_OK || (code == LOOM_BAD_FONT && error.detail[0] != '\0'), "a font opens, or the reason is told");
    if (code == LOOM_OK) {
        check_face(&face);
        check_subset(&face, bytes[0]);
    }
    free(copy);
    return 0;
}
