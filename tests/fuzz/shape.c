/* Fuzzes shaping: whatever the text, its lines have all of it, fit where they can, and are shown as operators of PDF.
 * SPDX-License-Identifier: MIT
 */
#include "common.h"
#include "core/utf8.h"
#include "formats/pdf/embed.h"

static const char *const paths[] = {
    "node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
    "node_modules/dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf",
};

static const loom_fonts *fonts(void) {
    static loom_fonts fonts;
    static loom_face faces[2];
    static struct bytes files[2];
    for (size_t i = 0; i < 2 && fonts.depths[0] == 0; i++) {
        loom_error error = {0};
        fuzz_promise(bytes_read_file(&files[i], paths[i]) != 0, "the fonts were installed by npm");
        fuzz_promise(loom_face_open(&faces[i], files[i].at, files[i].length, &error) == LOOM_OK, "the fonts open");
        fonts.faces[i] = &faces[i];
    }
    fonts.stacks[LOOM_REGULAR][1] = fonts.stacks[LOOM_BOLD][1] = 1;
    fonts.depths[LOOM_REGULAR] = 2;
    fonts.depths[LOOM_BOLD] = 1;
    return &fonts;
}

static int is_utf8(const struct bytes *text) {
    for (size_t at = 0; at < text->length;) {
        size_t length = loom_utf8_length(text->at + at);
        if (length == 0 || length > text->length - at)
            return 0;
        at += length;
    }
    return 1;
}

/** Strings are closed, and hexadecimal ones have whole codes. */
static void check_operators(const loom_buffer *out) {
    size_t i = 0;
    while (i < out->length) {
        uint8_t c = out->bytes[i++];
        size_t start = i;
        if (c == '(') {
            while (i < out->length && out->bytes[i] != ')')
                i += out->bytes[i] == '\\' ? 2 : 1;
            fuzz_promise(i++ < out->length, "a string is closed");
        } else if (c == '<') {
            while (i < out->length && out->bytes[i] != '>')
                i++;
            fuzz_promise(i < out->length && (i - start) % 4 == 0, "codes are whole");
            i++;
        }
    }
}

static void check_lines(loom_shaper *shaper, uint32_t most, unsigned lines, loom_buffer *out) {
    loom_pen pen = {0, "8"};
    loom_line line = {0};
    uint32_t at = 0;
    do {
        uint32_t before = at;
        if (--lines == 0)
            loom_shape_cut(shaper, at, most, &line);
        else
            loom_shape_line(shaper, at, most, &line);
        fuzz_promise(line.start == at && line.end >= at && line.next >= line.end && line.next <= shaper->length,
                     "lines follow each other");
        fuzz_promise(line.next > before || line.ellipsis || shaper->length == 0, "a line gets on");
        fuzz_promise(loom_shape_show(shaper, &line, &pen, out) == LOOM_OK, "a line is shown");
        at = line.next;
    } while (at < shaper->length && lines > 0);
}

static void check_embedding(const loom_shaper *shaper, loom_buffer *out) {
    loom_embed embed;
    fuzz_promise(loom_embed_open(&embed, shaper->fonts, &shaper->usage) == LOOM_OK, "what was shown can be embedded");
    for (uint32_t i = 0; i < embed.count; i++)
        fuzz_promise(loom_embed_object(&embed, i, 1, out) == LOOM_OK, "objects are written");
    fuzz_promise(loom_embed_missing(&embed, 5, out) == LOOM_OK, "what is missing is told");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    loom_shaper shaper;
    loom_buffer out;
    uint32_t width;
    if (!fuzz_open(&input, bytes, length))
        return 0;
    if (is_utf8(&input.text)) {
        enum loom_style style = input.first & 1 ? LOOM_BOLD : LOOM_REGULAR;
        loom_buffer_init(&out, (size_t)1 << 28);
        loom_shaper_open(&shaper, fonts());
        fuzz_promise(loom_shape(&shaper, style, input.text.at, input.text.length) == LOOM_OK && shaper.wanted == 0,
                     "any text is shaped");
        if (loom_shape_plain(&shaper, style, input.text.at, input.text.length, &width))
            fuzz_promise(loom_shape_width(&shaper) == width, "the fast path measures the same");
        fuzz_promise(loom_shape_word(&shaper) <= loom_shape_width(&shaper), "a word is no wider than its line");
        check_lines(&shaper, input.second * 64u, input.first >> 1, &out);
        check_operators(&out);
        if ((input.first & 0x80) != 0)
            check_embedding(&shaper, &out);
        loom_shaper_close(&shaper);
        loom_buffer_free(&out);
    }
    bytes_clear(&input.text);
    return 0;
}
