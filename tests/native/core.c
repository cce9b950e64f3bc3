/* Unit tests of the core: buffers and their caps, UTF-8, numbers, dates, masks, sums and sketches, and the splitter's own promises.
 * SPDX-License-Identifier: MIT
 */
#include <math.h>

#include "core/buffer.h"
#include "core/date.h"
#include "core/distribution.h"
#include "core/exact_sum.h"
#include "core/instant.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/simd.h"
#include "core/sketch.h"
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
        uint32_t byte = 0, same = 0, string = 0, digit = 0;
        for (uint32_t i = 0; i < LOOM_BLOCK; i++) {
            one[i] = pick(&source, 3) == 0 ? wanted : (uint8_t)pick(&source, 256);
            other[i] = pick(&source, 2) == 0 ? one[i] : (uint8_t)pick(&source, 256);
            byte |= (uint32_t)(one[i] == wanted) << i;
            same |= (uint32_t)(one[i] == other[i]) << i;
            string |= (uint32_t)ends_run(one[i]) << i;
            digit |= (uint32_t)(one[i] >= '0' && one[i] <= '9') << i;
        }
        wrong += loom_mask_byte(one, wanted) != byte || loom_mask_digit(one) != digit || loom_mask_same(one, other) != same ||
                 loom_mask_string(one) != string;
    }
    check(wrong == 0, "masks of 16 bytes agree with a loop", "random blocks");
}

static double exact_of(const double *values, size_t count, double *deviation) {
    loom_exact sum, squares;
    loom_exact_zero(&sum);
    loom_exact_zero(&squares);
    for (size_t i = 0; i < count; i++)
        loom_exact_add(&sum, &squares, values[i], 1);
    loom_exact_settle(&sum);
    loom_exact_settle(&squares);
    *deviation = count < 2 ? 0 : sqrt(loom_exact_variance(&sum, &squares, count));
    return loom_exact_value(&sum, LOOM_EXACT_SUM_SCALE);
}

static void test_sums(void) {
    double deviation;
    const double wide[] = {1e308, 1e308, 1, -1e308, -1e308, 5e-324};
    const double tenths[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    const double shifted[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    const double tiny[] = {-5e-324, -5e-324, 5e-324};
    const double alike[] = {0.3, 0.3, 0.3};
    check(exact_of(wide, 6, &deviation) == 1, "sum", "1e308 cancels");
    check(exact_of(tenths, 10, &deviation) == 1 && deviation == 0, "sum", "ten tenths");
    check(exact_of(shifted, 4, &deviation) == 4000000040.0 && deviation == sqrt(30), "deviation", "far from 0");
    check(exact_of(tiny, 3, &deviation) == -5e-324, "sum", "the smallest doubles");
    check(exact_of(alike, 3, &deviation) == 0.3 * 3 && deviation == 0, "deviation", "of equal values");
    struct source random;
    random.state = 5;
    for (int round = 0; round < 200; round++) { /* whole numbers, which 128 bits can sum too */
        double values[50];
        __int128 sum = 0, squares = 0;
        for (int i = 0; i < 50; i++) {
            int64_t value = (int64_t)next64(&random) >> 11;
            values[i] = (double)value;
            sum += value;
            squares += (__int128)(value >> 8) * (value >> 8);
        }
        check(exact_of(values, 50, &deviation) == (double)sum, "sum", "of whole numbers");
        double about = sqrt(((double)squares * 65536 - (double)sum * (double)sum / 50) / 49);
        check(fabs(deviation - about) < about * 1e-9, "deviation", "of whole numbers");
    }
}

static void test_instants(void) {
    static const struct {
        const char *text;
        int32_t day;
        int64_t seconds;
    } cases[] = {{"1970-01-01", 0, 0},
                 {"2000-02-29T12:00Z", 11016, 43200},
                 {"2026-01-01T00:30:00+01:00", 20453, 84600},
                 {"1969-12-31 23:59:59.5-01:00", 0, 3599},
                 {"0000-01-01", -719528, 0},
                 {"9999-12-31T23:59:59", 2932896, 86399}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loom_instant instant = loom_instant_read((const uint8_t *)cases[i].text, strlen(cases[i].text));
        check(instant.day == cases[i].day && instant.time / 1000000000 == cases[i].seconds, "instant", cases[i].text);
    }
    for (int32_t day = -719528; day <= 2932896; day += 13) {
        int year, month, date;
        char text[48];
        loom_instant_date(day, &year, &month, &date);
        snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, date);
        if (loom_instant_read((const uint8_t *)text, 10).day != day)
            check(0, "a day and back", text);
    }
}

static void test_sketches(void) {
    static const unsigned counts[] = {100, 5000, 20000, 300000};
    struct source random;
    random.state = 9;
    for (size_t k = 0; k < 4; k++) {
        uint8_t registers[LOOM_REGISTERS] = {0};
        for (unsigned i = 0; i < counts[k]; i++)
            loom_distinct_add(registers, next64(&random));
        double error = fabs(loom_distinct_estimate(registers) / counts[k] - 1);
        check(error < 0.07, "the estimate of distinct values", "three standard errors");
    }
    loom_spread spread = {0};
    for (int i = 1; i <= 100000; i++)
        check(loom_spread_add(&spread, i * 0.37 - 5000, 1, LOOM_MAX_BINS) == LOOM_OK, "spread", "add");
    uint64_t rank = 0;
    for (uint32_t i = 0; i < spread.count; i++) { /* the last value in the bin is as near as the first */
        rank += spread.bins[i].count;
        double value = (double)rank * 0.37 - 5000;
        if (fabs(loom_spread_value(&spread, i) - value) > fabs(value) * 0.016 + 1e-300)
            check(0, "spread", "within a bin");
    }
    check(rank == 100000 && spread.shift == 0, "spread", "nothing is lost");
    for (int i = -300; i < 300; i++)
        for (int k = 1; k < 99; k++)
            check(loom_spread_add(&spread, pow(10, i) * k, 1, LOOM_MAX_BINS) == LOOM_OK, "spread", "add");
    check(spread.count <= LOOM_MAX_BINS && spread.shift > 0, "spread", "bins are halved");
    loom_spread_close(&spread);
}

static void test_distribution(void) {
    loom_buffer out;
    const loom_weight weights[] = {{-3.5, 1}, {0, 2}, {1e-3, 1}, {7, 6}};
    loom_distribution d = {weights, 4, 10, -3.5, 7, true, false};
    loom_buffer_init(&out, 10000);
    check(loom_distribution_quantile(&d, 50) == 7 && loom_distribution_quantile(&d, 1) == -3.5 + 3.5 * 0.09, "quantile",
          "interpolated");
    check(loom_distribution_histogram(&d, &out) == LOOM_OK && loom_buffer_append_byte(&out, 0) == LOOM_OK, "histogram",
          "made");
    check(strstr((const char *)out.bytes, "[{\"from\":-4,\"to\":-3,\"count\":1},") != NULL, "histogram",
          (const char *)out.bytes);
    check(strstr((const char *)out.bytes, "{\"from\":6,\"to\":7,\"count\":6}]") != NULL, "histogram",
          (const char *)out.bytes);
    const double ends[][2] = {{0, 1e308}, {-1.7e308, 1.7e308}, {0, 5e-324},      {1e15, 1e15 + 0.125},
                              {-1, 0},    {0.1, 0.3},          {1e-300, 2e-300}, {999, 1001}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        loom_weight two[] = {{ends[i][0], 3}, {ends[i][1], 4}};
        loom_distribution e = {two, 2, 7, two[0].value, two[1].value, true, false};
        out.length = 0;
        check(loom_distribution_histogram(&e, &out) == LOOM_OK && loom_buffer_append_byte(&out, 0) == LOOM_OK,
              "histogram", "of two");
        unsigned bins = 0, sum = 0;
        for (const char *at = (const char *)out.bytes; (at = strstr(at, "\"count\":")) != NULL; at++, bins++)
            sum += (unsigned)strtoul(at + 8, NULL, 10);
        check(bins >= 1 && bins <= LOOM_MAX_HISTOGRAM && sum == 7, "histogram", (const char *)out.bytes);
    }
    loom_buffer_free(&out);
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
    test_sums();
    test_instants();
    test_sketches();
    test_distribution();
    test_splitter();
    test_job_contract();
    test_changed_source();
    test_many_columns();
    printf("core: %u checks, %u failed\n", checks, failed);
    return failed == 0 ? 0 : 1;
}
