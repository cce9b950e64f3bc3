/* Tests of fonts: which files are refused, what a face is known to have, subsets, the objects of a document, and all of it without memory.
 * SPDX-License-Identifier: MIT
 */
#include "core/memory.h"
#include "formats/pdf/embed.h"
#include "formats/pdf/subset.h"
#include "support/bytes.h"
#include "support/count.h"

#define NOTO "node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf"
#define DEJAVU "node_modules/dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf"

/* Made for the fuzzer, behind two bytes of its own: squares as letters; `é` is composed of two of them and `α` of `é`. */
#define SQUARES "tests/fuzz/corpus/font/composites"

static void open_face(loom_face *face, struct bytes *file, const char *path, size_t skip) {
    loom_error error = {0};
    if (!bytes_read_file(file, path) || loom_face_open(face, file->at + skip, file->length - skip, &error) != LOOM_OK) {
        printf("FAIL %s cannot be opened: %s\n", path, error.detail);
        exit(1);
    }
}

/* ---- opening ---- */

static void check_refusal(const char *start, size_t length, const char *reason) {
    loom_face face;
    loom_error error = {0};
    uint8_t bytes[64] = {0};
    memcpy(bytes, start, length);
    check(loom_face_open(&face, bytes, sizeof bytes, &error) == LOOM_BAD_FONT && strstr(error.detail, reason) != NULL,
          "a font is refused and the reason told", reason);
}

static void test_refusals(void) {
    struct bytes file = {0};
    loom_face face;
    loom_error error = {0};
    check_refusal("OTTO", 4, "CFF");
    check_refusal("wOF2", 4, "WOFF");
    check_refusal("wOFF", 4, "WOFF");
    check_refusal("<html>", 6, "not a TrueType font");
    check_refusal("\0\1\0\0\0\0", 6, "head, hhea and maxp");
    check_refusal("\0\1\0\0\0\xff", 6, "directory");
    check(loom_face_open(&face, (const uint8_t *)"", 0, &error) == LOOM_BAD_FONT, "no bytes are no font", error.detail);
    check(bytes_read_file(&file, SQUARES), "the corpus is there", SQUARES);
    unsigned opened = 0;
    for (size_t length = 0; length < file.length - 2; length += 3) {
        /* A copy of its own, so that the sanitizer sees every byte that is read behind it. */
        uint8_t *copy = must(malloc(length + 1));
        memcpy(copy, file.at + 2, length);
        opened += loom_face_open(&face, copy, length, &error) == LOOM_OK;
        free(copy);
    }
    check(opened < file.length / 30, "a font that is cut off is refused", "but for tables that can be done without");
    bytes_clear(&file);
}

/** What fontTools says about the fonts of the package. */
static void test_facts(void) {
    static const struct {
        uint32_t code_point, noto_glyph, noto_width, dejavu_glyph, dejavu_width;
    } rows[] = {{0x20, 3, 260, 3, 286},       {0x41, 36, 639, 36, 615},     {0xe9, 171, 564, 171, 554},
                {0x20ac, 538, 572, 2948, 572}, {0x416, 430, 905, 939, 969}, {0x3a9, 373, 717, 830, 688},
                {0x5d0, 0, 0, 1319, 602},     {0x627, 0, 0, 1365, 250},     {0xfefb, 0, 0, 5365, 513},
                {0x1f600, 0, 0, 5857, 938}};
    struct bytes files[2] = {{0}};
    loom_face noto, dejavu;
    char name[16];
    open_face(&noto, &files[0], NOTO, 0);
    open_face(&dejavu, &files[1], DEJAVU, 0);
    check(strcmp(noto.name, "NotoSans-Regular") == 0, "PostScript name", noto.name);
    check(noto.ascent == 1069 && noto.descent == -293 && noto.cap_height == 714 && noto.italic_angle == 0, "heights", noto.name);
    check(noto.box[0] == -621 && noto.box[1] == -508 && noto.box[2] == 2800 && noto.box[3] == 1067, "box", noto.name);
    check(dejavu.box[0] == -918 && dejavu.box[3] == 1232 && dejavu.ascent == 928 && dejavu.descent == -236, "box", dejavu.name);
    check(noto.glyphs == 4503 && dejavu.glyphs == 6253 && noto.ascii && dejavu.ascii, "glyphs", "both");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, "U+%04X", (unsigned)rows[i].code_point);
        uint32_t one = loom_face_glyph(&noto, rows[i].code_point), other = loom_face_glyph(&dejavu, rows[i].code_point);
        check(one == rows[i].noto_glyph && other == rows[i].dejavu_glyph, "the glyph of a character", name);
        check((one == 0 || loom_face_width(&noto, one) == rows[i].noto_width) &&
                  loom_face_width(&dejavu, other) == rows[i].dejavu_width,
              "the width of a glyph", name);
    }
    check(noto.latin['A'] == 639 && noto.latin[0x80] == 572 && noto.latin[0xe9] == 564, "widths by code", "A, euro, e acute");
    check(noto.latin[0x7f] == 0 && noto.latin[0xa0] == 0 && noto.latin[0xad] == 0, "codes that are not used", "0x7f, 0xa0, 0xad");
    bytes_clear(&files[0]);
    bytes_clear(&files[1]);
}

static void test_latin(void) {
    for (unsigned code = 1; code < 256; code++) {
        uint32_t code_point = loom_latin_code_point((uint8_t)code);
        char name[16];
        snprintf(name, sizeof name, "0x%02x", code);
        check(code_point == 0 || loom_latin_code(code_point) == code, "a code and its character", name);
    }
    check(loom_latin_code(0x80) == 0 && loom_latin_code(0x100) == 0 && loom_latin_code(0x20ac) == 0x80, "codes", "others");
}

/* ---- subsets ---- */

static uint32_t sum_of(const loom_buffer *file) {
    uint32_t sum = 0;
    for (size_t i = 0; i + 4 <= file->length; i += 4)
        sum += loom_u32(file->bytes + i);
    return sum;
}

static bool has_outline(const loom_face *face, uint32_t code_point) {
    return loom_face_outline(face, loom_face_glyph(face, code_point)).length > 0;
}

static void write_subset(const loom_face *face, const char *letters, uint32_t more, loom_buffer *file, char tag[7]) {
    bool latin[256] = {false};
    loom_subset subset;
    int code = loom_subset_open(&subset, face);
    for (const char *at = letters; *at != '\0' && code == LOOM_OK; at++) {
        latin[(uint8_t)*at] = true;
        code = loom_subset_add(&subset, loom_face_glyph(face, (uint8_t)*at));
    }
    code = code == LOOM_OK ? loom_subset_add(&subset, loom_face_glyph(face, more)) : code;
    loom_subset_tag(&subset, tag);
    code = code == LOOM_OK ? loom_subset_write(&subset, latin, file) : code;
    check(code == LOOM_OK, "a subset is written", letters);
    loom_subset_close(&subset);
}

static void test_subset(void) {
    struct bytes file = {0};
    loom_face face, again;
    loom_error error = {0};
    loom_buffer out, other;
    char tag[7], same[7], different[7];
    loom_buffer_init(&out, 1 << 20);
    loom_buffer_init(&other, 1 << 20);
    open_face(&face, &file, SQUARES, 2);
    write_subset(&face, "AB", 0x3b1, &out, tag);
    check(loom_face_open(&again, out.bytes, out.length, &error) == LOOM_OK, "a subset is a font", error.detail);
    check(again.latin['A'] == face.latin['A'] && again.latin['B'] == face.latin['B'] && again.latin['C'] == 0, "its letters", "A, B");
    uint32_t composed = loom_face_glyph(&face, 0x3b1), part = loom_face_glyph(&face, 0xe9);
    check(loom_face_outline(&again, composed).length > 0 && loom_face_outline(&again, part).length > 0 &&
              loom_face_outline(&again, loom_face_glyph(&face, '!')).length > 0,
          "what a glyph is composed of comes along", "parts, and parts of parts");
    check(has_outline(&face, 'C') && loom_face_outline(&again, loom_face_glyph(&face, 'C')).length == 0, "the rest is empty", "C");
    check(again.glyphs == composed + 3 && loom_face_width(&again, composed + 1) == LOOM_BOX_WIDTH &&
              loom_face_width(&again, composed + 2) == 0 && loom_face_outline(&again, composed + 1).length > 0,
          "a box and an empty glyph stand at the end", "squares");
    check(sum_of(&out) == 0xb1b0afba, "the checksum of the file", "squares");
    write_subset(&face, "AB", 0x3b1, &other, same);
    check(other.length == out.length && memcmp(other.bytes, out.bytes, out.length) == 0 && strcmp(tag, same) == 0,
          "the same letters make the same file and tag", tag);
    other.length = 0;
    write_subset(&face, "AC", 0x3b1, &other, different);
    check(strlen(tag) == 6 && strspn(tag, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 6 && strcmp(tag, different) != 0, "other letters make another tag",
          different);
    loom_buffer_free(&out);
    loom_buffer_free(&other);
    bytes_clear(&file);
}

/* ---- usage ---- */

static void test_usage(void) {
    loom_usage one = {0}, other = {0};
    loom_buffer out;
    loom_buffer_init(&out, 1 << 20);
    uint32_t sum = 0, count = 0;
    for (uint32_t i = 0; i < 2000; i++)
        check(loom_usage_add(i % 2 ? &one : &other, i % 3, i * 523 % 0x110000) == LOOM_OK, "a code is noted", "usage");
    check(loom_usage_write(&other, &out) == LOOM_OK && loom_usage_merge(&one, out.bytes, out.length) == LOOM_OK, "sets are merged",
          "usage");
    for (uint32_t slot = 0; slot < LOOM_SLOTS; slot++)
        for (uint32_t c = loom_usage_next(&one, slot, 0); c != UINT32_MAX; c = loom_usage_next(&one, slot, c + 1))
            count++, sum += loom_usage_has(&one, slot, c) && slot < 3;
    check(count == 2000 && sum == 2000 && !loom_usage_has(&one, 3, 0), "all codes are found again", "usage");
    check(loom_usage_merge(&one, out.bytes, out.length - 1) == LOOM_INTERNAL, "a broken set is refused", "length");
    out.bytes[2] = 0xff;
    check(loom_usage_merge(&one, out.bytes, out.length) == LOOM_INTERNAL, "a broken set is refused", "slot");
    loom_usage_clear(&one);
    check(loom_usage_next(&one, 0, 0) == UINT32_MAX, "a cleared set is empty", "usage");
    loom_usage_free(&one);
    loom_usage_free(&other);
    loom_buffer_free(&out);
}

/* ---- objects ---- */

static int fill_usage(loom_usage *usage) {
    static const uint32_t codes[][2] = {{0, 0xe9}, {0, 0x416}, {0, 0x3a9}, {0, 0x1f600}, {0, 0x4e2d}, {1, 0x5d0}, {1, 0xd800 + 0xfe8e - 0xfb50},
                                        {1, 0xd800 + 0xfefb - 0xfb50}, {1, 0xdc00}, {1, 0x1d7d8}};
    int code = LOOM_OK;
    for (size_t i = 0; i < sizeof codes / sizeof *codes && code == LOOM_OK; i++)
        code = loom_usage_add(usage, codes[i][0], codes[i][1]);
    return code;
}

/** All that a document needs of its fonts, one behind the other; the first error. */
static int write_fonts(const loom_fonts *fonts, loom_buffer *out) {
    loom_usage usage = {0};
    loom_embed embed;
    int code = fill_usage(&usage);
    code = code == LOOM_OK ? loom_embed_open(&embed, fonts, &usage) : code;
    for (uint32_t i = 0; code == LOOM_OK && i < embed.count; i++) {
        code = loom_embed_object(&embed, i, 10, out);
        code = code == LOOM_OK ? loom_buffer_append_text(out, "\nendobj\n") : code;
    }
    code = code == LOOM_OK ? loom_embed_resources(&embed, 10, out) : code;
    code = code == LOOM_OK ? loom_embed_missing(&embed, 1, out) : code;
    loom_usage_free(&usage);
    return code;
}

static bool holds(const loom_buffer *out, const char *text) {
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= out->length; i++)
        if (memcmp(out->bytes + i, text, length) == 0)
            return true;
    return false;
}

static void test_objects(void) {
    static const char *const wanted[] = {
        "/F0 12 0 R/F0P0 13 0 R/F0P1 17 0 R/F1P0 23 0 R/F1P1 27 0 R", /* the resources */
        "U+4E2D and 1 more",                                                    /* what is missing */
        "+NotoSans-Regular/Encoding/WinAnsiEncoding",
        "/Subtype/CIDFontType2/BaseFont/",
        "937[717]\n1046[905]\n20013[600]", /* widths: omega, zhe, a box */
        "<dbab> <06270644>",               /* alef and lam of their ligature, from left to right */
        "<db3e> <0627>",                   /* a joined alef */
        "<dc00> <0028>",                   /* a mirrored parenthesis */
        "<d7d8> <d835dfd8>",               /* a surrogate pair */
    };
    struct bytes files[2] = {{0}};
    loom_face faces[2];
    loom_fonts fonts = {.faces = {&faces[0], &faces[1]}, .stacks = {{0, 1}, {0, 1}}, .depths = {2, 2}};
    loom_buffer out;
    loom_buffer_init(&out, 1 << 24);
    open_face(&faces[0], &files[0], NOTO, 0);
    open_face(&faces[1], &files[1], DEJAVU, 0);
    check(write_fonts(&fonts, &out) == LOOM_OK, "the fonts of a document are written", "two faces");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        check(holds(&out, wanted[i]), "what stands in the objects", wanted[i]);
#ifdef LOOM_TORTURE
    long n = 0;
    for (int code = LOOM_OUT_OF_MEMORY; code != LOOM_OK; n++) {
        out.length = 0;
        loom_buffer_free(&out);
        loom_memory_fail_after(n);
        code = write_fonts(&fonts, &out);
        loom_memory_fail_after(-1);
        check(code == LOOM_OK || code == LOOM_OUT_OF_MEMORY || code == LOOM_LIMIT_EXCEEDED, "without memory", "an error is given");
    }
    check(n > 20, "allocations were refused", "embed");
#endif
    fonts.faces[1] = NULL;
    check(write_fonts(&fonts, &out) == LOOM_INTERNAL, "a face that was used is loaded", "or it is an error");
    loom_buffer_free(&out);
    bytes_clear(&files[0]);
    bytes_clear(&files[1]);
}

int main(void) {
    test_refusals();
    test_facts();
    test_latin();
    test_subset();
    test_usage();
    test_objects();
    printf("font: %u checks, %u failed\n", checks, failed);
    return failed == 0 ? 0 : 1;
}
