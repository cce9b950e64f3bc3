/* Tests of shaping: the Bidirectional Algorithm, joined letters, lines, fonts on demand, the operators, and all of it without memory.
 * SPDX-License-Identifier: MIT
 */
#include "core/memory.h"
#include "formats/pdf/shape.h"
#include "support/bytes.h"
#include "support/count.h"

/* ---- the Bidirectional Algorithm ---- */

/* Lines of BidiCharacterTest.txt (Unicode 15.0), of every part of it; the whole file is run where the machine has it. */
static const char *const samples[] = {
    "061C 0020 0031 002D 0032;0;0;1 1 2 1 2;4 3 2 1 0",
    "05D0 0028 2680 0029 0061 005B 05D1 005D;0;0;1 0 0 0 0 0 1 0;0 1 2 3 4 5 6 7",
    "0028 005B 2680 0029 2681 05D0 2682 005D;1;1;1 1 1 1 1 1 1 1;7 6 5 4 3 2 1 0",
    "0028 0061 05D0 0062 0029 2680 0028;1;1;1 2 1 2 1 1 1;6 5 4 3 2 1 0",
    "0061 0028 05D0 0062 005D 0063 0029;1;1;2 1 1 2 2 2 1;6 3 4 5 2 1 0",
    "0061 0028 0028 05D0 005B 0062 0029 005D 2680;0;0;0 0 0 1 0 0 0 0 0;0 1 2 3 4 5 6 7 8",
    "0061 0020 05D0 05D1 0020 0031 002C 0032 0025;0;0;0 0 1 1 1 2 2 2 2;0 1 5 6 7 8 4 3 2",
    "0061 202B 0062 202C 05D0;1;1;2 x 4 x 1;4 0 2",
    "2067 05D0 2069 0061;2;0;0 1 0 0;0 1 2 3",
};

static char *next_number(char *at, unsigned long *number, int base) {
    char *end;
    while (*at == ' ')
        at++;
    *number = strtoul(at, &end, base);
    return end;
}

/** Whether a line `code points;direction;level of the paragraph;levels;order` comes out right. */
static int bidi_line(loom_bidi *bidi, char *line) {
    char *fields[5] = {line};
    unsigned long number;
    uint32_t count = 0, shown = 0, at[512], order[512];
    uint8_t levels[512];
    for (int i = 1; i < 5; i++) {
        fields[i] = strchr(fields[i - 1], ';');
        if (fields[i] == NULL)
            return 0;
        *fields[i]++ = '\0';
    }
    if (loom_bidi_reserve(bidi, 512) != LOOM_OK)
        return 0;
    for (char *from = fields[0]; *from != '\0' && count < 512; count++) {
        from = next_number(from, &number, 16);
        bidi->codes[count] = (uint32_t)number;
    }
    int base = atoi(fields[1]);
    uint8_t paragraph = loom_bidi_resolve(bidi, 0, count, base == 2 ? -1 : base);
    loom_bidi_trim(bidi->classes, bidi->levels, count, paragraph);
    int right = paragraph == atoi(fields[2]);
    char *from = fields[3];
    for (uint32_t i = 0; i < count && right; i++) {
        while (*from == ' ')
            from++;
        if (*from == 'x') {
            from++;
            continue;
        }
        from = next_number(from, &number, 10);
        levels[shown] = bidi->levels[i];
        at[shown++] = i;
        right = number == bidi->levels[i];
    }
    loom_bidi_order(levels, shown, order);
    from = fields[4];
    for (uint32_t i = 0; i < shown && right; i++) {
        from = next_number(from, &number, 10);
        right = number == at[order[i]];
    }
    return right;
}

static void test_bidi(void) {
    loom_bidi bidi = {0};
    char line[8192], kept[256];
    unsigned lines = 0;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        snprintf(line, sizeof line, "%s", samples[i]);
        check(bidi_line(&bidi, line), "levels and order", samples[i]);
    }
    FILE *file = fopen("/usr/share/unicode/BidiCharacterTest.txt", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        snprintf(kept, sizeof kept, "%.200s", line);
        check(bidi_line(&bidi, line), "levels and order", kept);
        lines++;
    }
    if (file != NULL)
        fclose(file);
    printf("shape: %u lines of BidiCharacterTest.txt%s\n", lines, lines == 0 ? " (not on this machine; samples only)" : "");
    loom_bidi_free(&bidi);
}

/* ---- faces ---- */

static struct bytes files[2];
static loom_face faces[2];

/** Noto Sans first, then, where `loaded`, DejaVu Sans Condensed. */
static loom_fonts fonts_of(bool loaded) {
    loom_fonts fonts = {.faces = {&faces[0], loaded ? &faces[1] : NULL}, .stacks = {{0, 1}, {0, 1}}, .depths = {2, 2}};
    return fonts;
}

static void open_faces(void) {
    static const char *const paths[] = {"node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
                                        "node_modules/dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf"};
    for (size_t i = 0; i < 2; i++) {
        loom_error error = {0};
        if (!bytes_read_file(&files[i], paths[i]) || loom_face_open(&faces[i], files[i].at, files[i].length, &error) != LOOM_OK) {
            printf("FAIL %s cannot be opened: %s\n", paths[i], error.detail);
            exit(1);
        }
    }
}

static int shape(loom_shaper *shaper, const char *text) {
    return loom_shape(shaper, LOOM_REGULAR, (const uint8_t *)text, strlen(text));
}

/** The text in lines of at most `most`, the last of `lines` cut, as operators: lines end in `|`. */
static int show(loom_shaper *shaper, const char *text, uint32_t most, unsigned lines, loom_buffer *out) {
    loom_pen pen = {0, "8"};
    loom_line line = {0};
    int code = shape(shaper, text);
    for (uint32_t at = 0; code == LOOM_OK && lines > 0 && (at < strlen(text) || at == 0); at = line.next) {
        if (--lines == 0)
            loom_shape_cut(shaper, at, most, &line);
        else
            loom_shape_line(shaper, at, most, &line);
        code = loom_shape_show(shaper, &line, &pen, out);
        code = code == LOOM_OK ? loom_buffer_append_byte(out, '|') : code;
        if (line.next >= shaper->length)
            break;
    }
    return code;
}

static void test_shown(void) {
    static const struct {
        const char *text;
        uint32_t most;
        unsigned lines;
        const char *shown;
    } rows[] = {
        {"", 1000, 3, "|"},
        {"a(b)\\c", 9000, 3, "/F0 8 Tf(a\\(b\\)\\\\c)Tj|"},
        {"caf\u00e9 \u20ac", 9000, 3, "/F0 8 Tf(caf\xe9 \x80)Tj|"},
        {"\u0416a", 9000, 3, "/F0P0 8 Tf<0416>Tj/F0 8 Tf(a)Tj|"},
        {"\u0416 \u0416", 9000, 3, "/F0P0 8 Tf<041600200416>Tj|"},
        {"a\u00a0b", 9000, 3, "/F0 8 Tf(a)Tj/F0P0 8 Tf<00a0>Tj/F0 8 Tf(b)Tj|"},
        {"\U0001f600", 9000, 3, "/F1P1 8 Tf<f600>Tj|"},
        {"\x01\x7f\xc2\x85", 9000, 3, "/F0P0 8 Tf<fffdfffd>Tj|"},
        /* lines */
        {"aaa bbb  ccc", 2000, 9, "/F0 8 Tf(aaa)Tj|(bbb)Tj|(ccc)Tj|"},
        {"a\nb\r\nc\rd\u2028e", 9000, 9, "/F0 8 Tf(a)Tj|(b)Tj|(c)Tj|(d)Tj|(e)Tj|"},
        {"a\n\nb", 9000, 9, "/F0 8 Tf(a)Tj||(b)Tj|"},
        {"aaaaaaaaaa", 2000, 9, "/F0 8 Tf(aaa)Tj|(aaa)Tj|(aaa)Tj|(a)Tj|"},
        {"a", 0, 9, "/F0 8 Tf(a)Tj|"},
        {"aa-bb/cc", 2000, 9, "/F0 8 Tf(aa-)Tj|(bb/)Tj|(cc)Tj|"},
        {"a 12-34", 2400, 9, "/F0 8 Tf(a)Tj|(12-3)Tj|(4)Tj|"},
        {"-5 -7", 1400, 9, "/F0 8 Tf(-5)Tj|(-7)Tj|"},
        {"a\u00a0b c", 1800, 9, "/F0 8 Tf(a)Tj/F0P0 8 Tf<00a0>Tj/F0 8 Tf(b)Tj|(c)Tj|"},
        {"e\u0301e\u0301", 600, 9, "/F0 8 Tf(e)Tj/F0P0 8 Tf[58<0301>-58]TJ|/F0 8 Tf(e)Tj/F0P0 8 Tf[58<0301>-58]TJ|"},
        /* ideographs, which no face here has: boxes of 600 */
        {"\u4e2d\u6587\u3002", 1200, 9, "/F0P0 8 Tf<4e2d>Tj|<65873002>Tj|"},
        {"\u300c\u4e2d\u6587", 1200, 9, "/F0P0 8 Tf<300c4e2d>Tj|<6587>Tj|"},
        /* an ellipsis */
        {"aaa bbb ccc", 2000, 2, "/F0 8 Tf(aaa)Tj|(b\x85)Tj|"},
        {"aaa bbb", 9000, 1, "/F0 8 Tf(aaa bbb)Tj|"},
        {"aaa \n ", 9000, 1, "/F0 8 Tf(aaa)Tj|"},
        {"aaa\nb", 9000, 1, "/F0 8 Tf(aaa\x85)Tj|"},
        {"\u05d0\u05d0\u05d0", 1500, 1, "/F0 8 Tf(\x85)Tj/F1P0 8 Tf<05d0>Tj|"},
        /* from right to left */
        {"\u05d0\u05d1 12", 9000, 3, "/F0 8 Tf(12)Tj/F1P0 8 Tf<002005d105d0>Tj|"},
        {"a \u05d0(\u05d1) b", 9000, 3, "/F0 8 Tf(a )Tj/F0P0 8 Tf<dc01>Tj/F1P0 8 Tf<05d1>Tj/F0P0 8 Tf<dc00>Tj/F1P0 8 Tf<05d0>Tj/F0P0 8 Tf<0020>Tj/F0 8 Tf(b)Tj|"},
        {"\u05d0 \u05d1", 700, 3, "/F1P0 8 Tf<05d0>Tj|<05d1>Tj|"},
        {"\u0628\u0628\u0628", 9000, 3, "/F1P0 8 Tf<db40db42db41>Tj|"},
        {"\u0628\u200c\u0628", 9000, 3, "/F1P0 8 Tf<0628200c0628>Tj|"},
        {"\u0644\u0627 \u0628\u0644\u0627", 9000, 3, "/F1P0 8 Tf<dbacdb410020dbab>Tj|"},
        {"\u0628\u064e\u0628", 9000, 3, "/F1P0 8 Tf<db40>Tj[100<064e>-100]TJ<db41>Tj|"},
    };
    loom_fonts fonts = fonts_of(true);
    loom_shaper shaper;
    loom_buffer out;
    loom_buffer_init(&out, 1 << 20);
    loom_shaper_open(&shaper, &fonts);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        out.length = 0;
        int code = show(&shaper, rows[i].text, rows[i].most, rows[i].lines, &out);
        code = code == LOOM_OK ? loom_buffer_append_byte(&out, 0) : code;
        check(code == LOOM_OK && strcmp((const char *)out.bytes, rows[i].shown) == 0, "what is shown", rows[i].text);
        if (code == LOOM_OK && strcmp((const char *)out.bytes, rows[i].shown) != 0)
            printf("    wanted %s\n    got    %s\n", rows[i].shown, (const char *)out.bytes);
    }
    loom_shaper_close(&shaper);
    loom_buffer_free(&out);
}

static void test_counts(void) {
    loom_fonts fonts = fonts_of(true);
    loom_shaper shaper;
    loom_buffer out;
    uint32_t width;
    loom_buffer_init(&out, 1 << 20);
    loom_shaper_open(&shaper, &fonts);
    const uint8_t *plain = (const uint8_t *)"The quick brown fox, 12.50 (again)";
    check(loom_shape_plain(&shaper, LOOM_REGULAR, plain, 34, &width), "ASCII is plain", "text");
    check(loom_shape(&shaper, LOOM_REGULAR, plain, 34) == LOOM_OK && loom_shape_width(&shaper) == width, "both ways measure the same", "text");
    check(!loom_shape_plain(&shaper, LOOM_REGULAR, (const uint8_t *)"a\tb", 3, &width) &&
              !loom_shape_plain(&shaper, LOOM_REGULAR, (const uint8_t *)"\xc3\xa9", 2, &width),
          "what is not plain", "a tab, an accent");
    check(shape(&shaper, "wide-word x") == LOOM_OK && loom_shape_word(&shaper) > 2000 && loom_shape_word(&shaper) < loom_shape_width(&shaper),
          "the widest word", "wide-");
    check(show(&shaper, "\u0e01\u0e02 \u0915\u093f", 9000, 3, &out) == LOOM_OK && shaper.missing == 2 && shaper.unshaped == 2,
          "what is missing and what is not shaped is counted", "Thai and Devanagari");
    check(loom_usage_has(&shaper.usage, 0, 0xe01) && loom_usage_has(&shaper.usage, 0, 0x915) && !loom_usage_has(&shaper.usage, 0, 'a'),
          "what is shown is noted", "Thai and Devanagari");
    check(loom_shape(&shaper, LOOM_REGULAR, plain, (size_t)1 << 24) == LOOM_LIMIT_EXCEEDED, "text has a limit", "16 MiB");
    loom_shaper_close(&shaper);
    loom_buffer_free(&out);
}

/** The result does not depend on when a face was loaded. */
static void test_demand(void) {
    static const char text[] = "a\u0416 \u05d0 b";
    loom_fonts fonts = fonts_of(false), all = fonts_of(true);
    loom_shaper shaper, other;
    loom_buffer one, two;
    loom_buffer_init(&one, 1 << 20);
    loom_buffer_init(&two, 1 << 20);
    loom_shaper_open(&shaper, &fonts);
    check(shape(&shaper, "a\u0416") == LOOM_OK && shaper.wanted == 0, "a face that is not needed is not asked for", text);
    check(shape(&shaper, text) == LOOM_OK && shaper.wanted == 2, "a face that is needed is asked for", text);
    fonts.faces[1] = &faces[1];
    shaper.wanted = 0;
    loom_shaper_refresh(&shaper);
    loom_shaper_open(&other, &all);
    check(show(&shaper, text, 9000, 3, &one) == LOOM_OK && shaper.wanted == 0 && show(&other, text, 9000, 3, &two) == LOOM_OK,
          "the text is shown", text);
    check(one.length == two.length && memcmp(one.bytes, two.bytes, one.length) == 0, "as if it had been there before", text);
    loom_shaper_close(&shaper);
    loom_shaper_close(&other);
    loom_buffer_free(&one);
    loom_buffer_free(&two);
}

static void test_without_memory(void) {
#ifdef LOOM_TORTURE
    long n = 0;
    for (int code = LOOM_OUT_OF_MEMORY; code != LOOM_OK; n++) {
        loom_fonts fonts = fonts_of(true);
        loom_shaper shaper;
        loom_buffer out;
        loom_buffer_init(&out, 1 << 20);
        loom_shaper_open(&shaper, &fonts);
        loom_memory_fail_after(n);
        code = show(&shaper, "a \u0416 \u05d0\u05d1 \u0644\u0627 and much more than that fits into a line", 3000, 5, &out);
        loom_memory_fail_after(-1);
        check(code == LOOM_OK || code == LOOM_OUT_OF_MEMORY, "without memory", "an error is given");
        loom_shaper_close(&shaper);
        loom_buffer_free(&out);
    }
    check(n > 3, "allocations were refused", "shape");
#endif
}

int main(void) {
    open_faces();
    test_bidi();
    test_shown();
    test_counts();
    test_demand();
    test_without_memory();
    bytes_clear(&files[0]);
    bytes_clear(&files[1]);
    printf("shape: %u checks, %u failed\n", checks, failed);
    return failed == 0 ? 0 : 1;
}
