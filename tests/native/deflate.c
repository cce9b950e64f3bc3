/* Deflates pieces, with hints and without, and joins them with their checksums.
 * SPDX-License-Identifier: MIT
 */
#include "core/deflate.h"
#include "support/count.h"
#include "support/unzip.h"

/** Pieces of any size, joined: one stream, and its checksum. */
static void test_pieces(void) {
    struct bytes input = {0}, whole = {0};
    loom_buffer out;
    uint32_t crc = 0;
    loom_buffer_init(&out, 1 << 24);
    for (int i = 0; i < 60000; i++)
        bytes_print(&input, "<c><v>%d</v></c>", i % 1000 * i % 7919);
    for (int level = 1; level <= 9; level++) {
        loom_deflater *deflater = must(loom_deflater_new(level));
        out.length = 0;
        crc = 0;
        for (size_t at = 0, step = 1; at < input.length; at += step, step = step * 3 + 1) {
            step = step < input.length - at ? step : input.length - at;
            check(loom_deflate(deflater, &out, input.at + at, step) == 0, "deflate", "a piece");
            crc = loom_crc32_join(crc, loom_crc32(deflater, input.at + at, step), step);
        }
        check(loom_buffer_append(&out, LOOM_DEFLATE_END, LOOM_DEFLATE_END_LENGTH) == 0, "deflate", "the end");
        whole.length = 0;
        check(inflate_all(out.bytes, out.length, &whole), "deflate", "joined pieces are one stream");
        check(whole.length == input.length && memcmp(whole.at, input.at, input.length) == 0, "deflate",
               "the same bytes");
        check(crc == slow_crc(input.at, input.length), "crc", "joined checksums");
        loom_deflater_free(deflater);
    }
    loom_buffer_free(&out);
    bytes_clear(&input);
    bytes_clear(&whole);
}

/** Hints that hold and hints that do not: the bytes come back, and right ones make them fewer. */
static void test_hints(void) {
    struct bytes input = {0}, hints = {0}, whole = {0};
    size_t sizes[2][10];
    loom_buffer out;
    uint32_t seed = 1, last = 0;
    loom_buffer_init(&out, 1 << 24);
    for (int i = 0; i < 20000; i++) {
        loom_deflate_hint hint = {(uint32_t)input.length, 16, (uint16_t)(input.length - last)};
        if (i > 0)
            bytes_add(&hints, &hint, sizeof hint);
        last = (uint32_t)input.length;
        seed = seed * 1103515245 + 12345;
        bytes_print(&input, "</c><c r=\"A1\"><v>%u", seed >> (seed >> 29));
    }
    for (int wrong = 0; wrong < 2; wrong++) {
        loom_deflate_hint *list = (loom_deflate_hint *)(void *)hints.at;
        size_t count = hints.length / sizeof *list;
        for (size_t i = 0; i < count * (size_t)wrong; i++) {
            seed = seed * 1103515245 + 12345;
            list[i].length = (uint16_t)(i % 7 == 0 ? 65535 : seed >> 26);
            list[i].offset = (uint16_t)(i % 5 == 0 ? 0 : i % 11 == 0 ? LOOM_DEFLATE_WINDOW : seed >> 17);
        }
        for (int level = 1; level <= 9; level++) {
            loom_deflater *deflater = must(loom_deflater_new(level));
            whole.length = out.length = 0;
            check(loom_deflate_hinted(deflater, &out, input.at, input.length, list, count) == 0, "hints", "deflated");
            sizes[wrong][level] = out.length;
            check(loom_buffer_append(&out, LOOM_DEFLATE_END, LOOM_DEFLATE_END_LENGTH) == 0, "hints", "the end");
            check(inflate_all(out.bytes, out.length, &whole), "hints", "a stream");
            check(whole.length == input.length && memcmp(whole.at, input.at, input.length) == 0, "hints", "the same bytes");
            loom_deflater_free(deflater);
        }
    }
    check(sizes[0][1] < sizes[1][1] && sizes[0][2] == sizes[1][2], "hints", "right ones are better, at level 1");
    loom_buffer_free(&out);
    bytes_clear(&input);
    bytes_clear(&hints);
    bytes_clear(&whole);
}

int main(void) {
    test_pieces();
    test_hints();
    printf("deflate: %u checks, %u failed\n", checks, failed);
    return failed != 0;
}
