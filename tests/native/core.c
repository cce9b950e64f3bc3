/* Unit tests of the core: buffers and their caps, UTF-8, numbers, dates, masks, and the splitter's own promises.
 * SPDX-License-Identifier: MIT
 */
#include "core/buffer.h"
#include "core/date.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/simd.h"
#include "core/utf8.h"
#include "support/count.h"
#include "support/json_reader.h"
#include "support/pieces.h"
#include "support/random.h"
#include "support/run.h"

static void test_buffer(void) {
    loom_buffer buffer;
    loom_buffer_init(&buffer, 100);
    check(buffer.length == 0, "a new buffer is empty", "length");
    check(loom_buffer_append(&buffer, "0123456789", 10) == LOOM_OK && buffer.length == 10, "append", "ten bytes");
    check(loom_buffer_append_text(&buffer, "abc") == LOOM_OK && memcmp(buffer.bytes, "0123456789abc", 13) == 0,
          "append text", "abc");
    check(loom_buffer_reserve(&buffer, 87) == LOOM_OK, "room up to the cap", "87 of 87");
    check(loom_buffer_reserve(&buffer, 88) == LOOM_LIMIT_EXCEEDED, "no room beyond the cap", "88 of 87");
    check(loom_buffer_reserve(&buffer, SIZE_MAX) == LOOM_LIMIT_EXCEEDED, "no overflow of the length", "SIZE_MAX");
    check(loom_buffer_reserve(&buffer, SIZE_MAX - 12) == LOOM_LIMIT_EXCEEDED, "no overflow of the length",
          "SIZE_MAX - 12");
    check(buffer.length == 13 && memcmp(buffer.bytes, "0123456789abc", 13) == 0, "a refusal changes nothing",
          "contents");
    for (int i = 0; i < 87; i++)
        check(loom_buffer_append_byte(&buffer, 'x') == LOOM_OK, "append bytes up to the cap", "x");
    check(loom_buffer_append_byte(&buffer, 'x') == LOOM_LIMIT_EXCEEDED, "one byte beyond the cap", "x");
    loom_buffer_free(&buffer);
    check(loom_buffer_append(&buffer, "", 0) == LOOM_OK && buffer.length == 0, "a freed buffer may be used again",
          "empty append");
    loom_buffer_free(&buffer);
}

static void test_memory(void) {
    check(loom_alloc(0) == NULL, "no memory of size 0", "loom_alloc");
    loom_free(NULL);
#ifdef LOOM_TORTURE
    loom_memory_fail_after(1);
    void *one = loom_alloc(1), *two = loom_alloc(1);
    check(one != NULL && two == NULL && loom_memory_count() == 2, "the second allocation fails when told so",
          "loom_memory_fail_after");
    loom_memory_fail_after(-1);
    loom_free(one);
#endif
}

/** All sequences of up to four bytes from the edges of the ranges, against the table of RFC 3629 in json_reader.h. */
static void test_utf8_reading(void) {
    static const uint8_t edges[] = {0x00, 0x22, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
                                    0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff};
    const unsigned count = sizeof edges;
    unsigned wrong = 0;
    for (unsigned i = 0; i < count * count * count * count; i++) {
        uint8_t text[8] = {edges[i % count], edges[i / count % count], edges[i / count / count % count],
                           edges[i / count / count / count]};
        struct json_reader reader = {.at = text, .end = text + 5};
        size_t wanted = text[0] < 0x80 ? 1 : json_utf8(&reader) ? (size_t)(reader.at - text) : 0;
        wrong += loom_utf8_length(text) != wanted;
    }
    check(wrong == 0, "loom_utf8_length agrees with RFC 3629", "sequences of four bytes");
}

static void test_utf8_writing(void) {
    unsigned wrong = 0;
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        uint8_t text[8] = {0};
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        size_t length = loom_utf8_write(code, text);
        wrong += loom_utf8_length(text) != length;
        wrong += loom_utf8_whole((const char *)text, length) != length;
        for (size_t cut = 1; cut < length; cut++)
            wrong += loom_utf8_whole((const char *)text, cut) != 0;
    }
    check(wrong == 0, "every character is written, read and never cut", "U+0000 to U+10FFFF");
    check(loom_utf8_whole("ab\xE2\x82", 4) == 2 && loom_utf8_whole("ab\xE2\x82\xAC", 5) == 5, "cut at whole characters",
          "ab€");
    check(loom_utf8_whole("", 0) == 0, "cut at whole characters", "nothing");
}

static void check_number(const char *text, int good, size_t end, int integer) {
    const uint8_t *stop = NULL;
    bool whole = false;
    bool answer = loom_number_scan((const uint8_t *)text, &stop, &whole);
    check(answer == (good != 0) && (size_t)(stop - (const uint8_t *)text) == end && (!good || whole == (integer != 0)),
          "number", text);
}

static void test_numbers(void) {
    static const struct {
        const char *text;
        int good;
        size_t end;
        int integer;
    } rows[] = {{"0", 1, 1, 1},
                {"-0", 1, 2, 1},
                {"10,", 1, 2, 1},
                {"1.50}", 1, 4, 0},
                {"1e5", 1, 3, 0},
                {"1E+05 ", 1, 5, 0},
                {"-0.0e-0", 1, 7, 0},
                {"01", 0, 1, 0},
                {"-01", 0, 2, 0},
                {"-", 0, 1, 0},
                {"-x", 0, 1, 0},
                {"1.", 0, 2, 0},
                {"1.e5", 0, 2, 0},
                {"1e", 0, 2, 0},
                {"1e+", 0, 3, 0},
                {"1e-x", 0, 3, 0},
                {"--1", 0, 1, 0},
                {"1.5.5", 1, 3, 0},
                {"0x1", 1, 1, 1},
                {"-.5", 0, 1, 0},
                {"0e1", 1, 3, 0},
                {"1e5e5", 1, 3, 0},
                {"00", 0, 1, 0},
                {"0.00", 1, 4, 0},
                {"12345678901234567890123", 1, 23, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_number(rows[i].text, rows[i].good, rows[i].end, rows[i].integer);
}

static void test_dates(void) {
    static const struct {
        const char *text;
        enum loom_date_kind kind;
    } rows[] = {
        {"2024-01-31", LOOM_DATE},
        {"2024-02-29", LOOM_DATE},
        {"2000-02-29", LOOM_DATE},
        {"0000-01-01", LOOM_DATE},
        {"9999-12-31", LOOM_DATE},
        {"2023-02-29", LOOM_NO_DATE},
        {"1900-02-29", LOOM_NO_DATE},
        {"2024-04-31", LOOM_NO_DATE},
        {"2024-13-01", LOOM_NO_DATE},
        {"2024-00-10", LOOM_NO_DATE},
        {"2024-01-00", LOOM_NO_DATE},
        {"2024-1-01", LOOM_NO_DATE},
        {"2024/01/01", LOOM_NO_DATE},
        {"20240101", LOOM_NO_DATE},
        {"2024-01-01x", LOOM_NO_DATE},
        {" 2024-01-01", LOOM_NO_DATE},
        {"", LOOM_NO_DATE},
        {"2024-01-31T12:30", LOOM_DATETIME},
        {"2024-01-31 12:30", LOOM_DATETIME},
        {"2024-01-31T12:30:59", LOOM_DATETIME},
        {"2024-01-31T12:30:59Z", LOOM_DATETIME},
        {"2024-01-31T12:30:59.5Z", LOOM_DATETIME},
        {"2024-01-31T12:30:59.123456789+05:30", LOOM_DATETIME},
        {"2024-01-31T12:30-08:00", LOOM_DATETIME},
        {"2024-01-31T24:00:00", LOOM_NO_DATE},
        {"2024-01-31T12:60:00", LOOM_NO_DATE},
        {"2024-01-31T12:30:60Z", LOOM_NO_DATE},
        {"2024-01-31T12:30:59.Z", LOOM_NO_DATE},
        {"2024-01-31T12:30:59.1234567890Z", LOOM_NO_DATE},
        {"2024-01-31T12:30:59+5:30", LOOM_NO_DATE},
        {"2024-01-31T12:30:59+0530", LOOM_NO_DATE},
        {"2024-01-31T12:30:59+24:00", LOOM_NO_DATE},
        {"2024-01-31T12", LOOM_NO_DATE},
        {"2024-01-31t12:30", LOOM_NO_DATE},
        {"2024-01-31T12:30:59z", LOOM_NO_DATE},
        {"2024-02-30T12:30:59Z", LOOM_NO_DATE},
        {"2024-01-31T", LOOM_NO_DATE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(loom_date_classify((const uint8_t *)rows[i].text, strlen(rows[i].text)) == rows[i].kind, "date",
              rows[i].text);
}

static int ends_run(uint8_t byte) {
    return byte == '"' || byte == '\\' || byte < 0x20 || byte > 0x7f;
}

static void test_masks(void) {
    struct source source = {7};
    unsigned wrong = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t one[LOOM_BLOCK], other[LOOM_BLOCK], wanted = (uint8_t)pick(&source, 256);
        uint32_t byte = 0, same = 0, string = 0;
        for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
            one[i] = pick(&source, 3) == 0 ? wanted : (uint8_t)pick(&source, 256);
            other[i] = pick(&source, 2) == 0 ? one[i] : (uint8_t)pick(&source, 256);
            byte |= (uint32_t)(one[i] == wanted) << i;
            same |= (uint32_t)(one[i] == other[i]) << i;
            string |= (uint32_t)ends_run(one[i]) << i;
        }
        wrong += loom_mask_byte(one, wanted) != byte || loom_mask_same(one, other) != same ||
                 loom_mask_string(one) != string;
    }
    check(wrong == 0, "masks of 16 bytes agree with a loop", "random blocks");
}

/** Brackets that do not match must never make the splitter say that a broken array is whole. */
static void test_splitter(void) {
    loom_splitter *splitter = loom_splitter_new();
    const char *text = "{\"a\":\"]\"} , [1,[2]],\"x\\\"]\" ,-1]  tail";
    size_t used = loom_splitter_feed(splitter, (const uint8_t *)text, strlen(text), 1000);
    check(loom_splitter_state(splitter, LOOM_SPLIT_CLOSED) == 1, "the splitter finds the end", text);
    check(loom_splitter_state(splitter, LOOM_SPLIT_RECORDS) == 4, "the splitter counts the records", text);
    check(text[loom_splitter_state(splitter, LOOM_SPLIT_BEHIND)] == ']', "the splitter tells where the bracket is",
          text);
    check(used == loom_splitter_state(splitter, LOOM_SPLIT_BEHIND) + 1, "the splitter stops behind the bracket", text);
    check(loom_splitter_feed(splitter, (const uint8_t *)text, 5, 1) == 0, "a closed splitter takes nothing", text);
    loom_splitter_free(splitter);
    splitter = loom_splitter_new();
    text = "{\"a\":1}}";
    (void)loom_splitter_feed(splitter, (const uint8_t *)text, strlen(text), 1000);
    check(loom_splitter_state(splitter, LOOM_SPLIT_CLOSED) == 0, "a brace does not close the array", text);
    loom_splitter_free(splitter);
    loom_splitter_free(NULL);
}

static void test_job_contract(void) {
    static const char options[] = "{\"format\":\"csv\"}";
    loom_job_free(NULL);
    loom_chunk_free(NULL);
    check(strstr(loom_job_error(NULL), "OUT_OF_MEMORY") != NULL, "the error of no job", loom_job_error(NULL));
    loom_job *job = loom_job_new();
    check(loom_job_error(job)[0] == 0, "a new job has no error", loom_job_error(job));
    check(loom_job_options(job, "{", 1) == LOOM_INVALID_OPTION, "options that are not JSON", loom_job_error(job));
    loom_job_free(job);
    job = loom_job_new();
    check(loom_job_head(job, "", 0) == LOOM_INTERNAL, "a job without options", loom_job_error(job));
    check(loom_job_options(job, options, strlen(options)) == LOOM_OK, "options that are right", loom_job_error(job));
    check(loom_job_options(job, options, strlen(options)) == LOOM_INTERNAL, "options given twice", loom_job_error(job));
    loom_chunk *chunk = loom_chunk_new(job, 4);
    check(loom_chunk_parse(chunk, 5, LOOM_FORM_LINES) == LOOM_INTERNAL, "more text than there is room for",
          loom_job_error(job));
    check(loom_chunk_parse(chunk, 4, 7) == LOOM_INTERNAL, "a form that there is not", loom_job_error(job));
    check(loom_chunk_encode(chunk, 0, 1) == LOOM_INTERNAL, "a chunk before the columns", loom_job_error(job));
    loom_chunk_free(chunk);
    loom_job_free(job);
}

/** What an export of `text` to CSV ends with, when its columns come from the first `sample` lines (0: all). */
static int export_lines(const char *text, size_t sample, struct outcome *outcome) {
    static const struct setup setup = {.options = "{\"format\":\"csv\"}", .flat = 1};
    struct bytes input = {0};
    struct pieces pieces = {0}, parts = {0};
    bytes_text(&input, text);
    cut_lines(&pieces, &input, 0);
    cut_lines(&parts, &input, sample);
    parts.count = sample == 0 ? parts.count : 1;
    run_export(&setup, &parts, &pieces, outcome);
    pieces_clear(&pieces);
    pieces_clear(&parts);
    bytes_clear(&input);
    return outcome->error;
}

static void test_changed_source(void) {
    struct outcome outcome = {0};
    check(export_lines("{\"a\":1}\n{\"b\":2}\n", 1, &outcome) == LOOM_SOURCE_CHANGED, "a key that the scan did not see",
          "b");
    outcome_clear(&outcome);
}

static void check_columns(unsigned count, int wanted) {
    struct bytes text = {0};
    struct outcome outcome = {0};
    char number[16];
    for (unsigned i = 0; i < count; i++)
        bytes_print(&text, "%s\"%u\":%u", i == 0 ? "{" : ",", i, i);
    bytes_text(&text, "}\n");
    snprintf(number, sizeof number, "%u", count);
    check(export_lines((const char *)text.at, 0, &outcome) == wanted, "columns of a record", number);
    const char *told = outcome.error_text.at == NULL ? "" : (const char *)outcome.error_text.at;
    check(wanted == 0 || strstr(told, number) != NULL, "the error names the count", told);
    outcome_clear(&outcome);
    bytes_clear(&text);
}

static void test_many_columns(void) {
    check_columns(65536, LOOM_OK);
    check_columns(65537, LOOM_TOO_MANY_COLUMNS);
}

int main(void) {
    test_buffer();
    test_memory();
    test_utf8_reading();
    test_utf8_writing();
    test_numbers();
    test_dates();
    test_masks();
    test_splitter();
    test_job_contract();
    test_changed_source();
    test_many_columns();
    printf("core: %u checks, %u failed\n", checks, failed);
    return failed == 0 ? 0 : 1;
}
