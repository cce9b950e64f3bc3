/* Tests of the statistics: the same for every way to cut and merge, right, and safe with broken blobs and without memory.
 * SPDX-License-Identifier: MIT
 */
#include "batch/statistics.h"
#include "core/memory.h"
#include "job.h"
#include "support/bytes.h"
#include "support/count.h"
#include "support/random.h"

/* ---- a job that only makes statistics ---- */

/** Blobs of chunks one behind the other. */
struct blobs {
    struct bytes *at;
    size_t count;
};

static void blobs_clear(struct blobs *blobs) {
    for (size_t i = 0; i < blobs->count; i++)
        bytes_clear(&blobs->at[i]);
    free(blobs->at);
    memset(blobs, 0, sizeof *blobs);
}

/** The end of a piece of `most` lines that starts at `from`. */
static size_t piece_end(const struct bytes *input, size_t from, size_t most) {
    for (; most > 0 && from < input->length; most--) {
        const uint8_t *end = memchr(input->at + from, '\n', input->length - from);
        from = end == NULL ? input->length : (size_t)(end - input->at) + 1;
    }
    return from;
}

static loom_chunk *chunk_of(loom_job *job, const struct bytes *input, size_t from, size_t to) {
    loom_chunk *chunk = loom_chunk_new(job, to - from);
    if (chunk == NULL)
        return NULL;
    memcpy(loom_chunk_text(chunk), input->at + from, to - from);
    if (loom_chunk_parse(chunk, to - from, LOOM_FORM_LINES) != 0) {
        loom_chunk_free(chunk);
        return NULL;
    }
    return chunk;
}

static loom_job *job_of(const char *options) {
    loom_job *job = loom_job_new();
    if (job != NULL && loom_job_options(job, options, strlen(options)) != 0) {
        loom_job_free(job);
        return NULL;
    }
    return job;
}

/** The columns of all records; empty where the options name them, or when memory ran out. */
static struct bytes settle(const char *options, const struct bytes *input) {
    struct bytes columns = {0};
    loom_job *job = strstr(options, "columns") != NULL ? NULL : job_of(options);
    loom_chunk *chunk = job == NULL ? NULL : chunk_of(job, input, 0, input->length);
    if (chunk != NULL && loom_chunk_scan(chunk, 0) == 0 && loom_job_settle(job, 0) == 0)
        bytes_add(&columns, loom_job_output(job), loom_job_output_length(job));
    loom_chunk_free(chunk);
    loom_job_free(job);
    return columns;
}

static loom_job *ready_job(const char *options, const struct bytes *columns) {
    loom_job *job = job_of(options);
    if (job != NULL && columns->length > 0 && loom_job_columns(job, (const char *)columns->at, columns->length) != 0) {
        loom_job_free(job);
        return NULL;
    }
    return job;
}

/** Encodes pieces of `most` lines on two workers in turn. 0 when that fails. */
static int collect(const char *options, const struct bytes *columns, const struct bytes *input, size_t most,
                   struct blobs *blobs) {
    loom_job *jobs[2] = {ready_job(options, columns), ready_job(options, columns)};
    int good = jobs[0] != NULL && jobs[1] != NULL;
    for (size_t from = 0; good && from < input->length;) {
        size_t to = piece_end(input, from, most);
        loom_chunk *chunk = chunk_of(jobs[blobs->count & 1], input, from, to);
        good = chunk != NULL && loom_chunk_encode(chunk, 0, UINT32_MAX) == 0;
        if (good) {
            blobs->at = must(realloc(blobs->at, (blobs->count + 1) * sizeof *blobs->at));
            memset(&blobs->at[blobs->count], 0, sizeof *blobs->at);
            bytes_add(&blobs->at[blobs->count++], loom_chunk_statistics(chunk), loom_chunk_statistics_length(chunk));
        }
        loom_chunk_free(chunk);
        from = to;
    }
    loom_job_free(jobs[0]);
    loom_job_free(jobs[1]);
    return good;
}

/** Merges all blobs in a job, which travels to another one behind blob `hop`, and appends its report. 0 when that fails. */
static int merge_all(const char *options, const struct bytes *columns, const struct blobs *blobs, size_t hop,
                     struct bytes *report) {
    loom_job *job = ready_job(options, columns);
    int good = job != NULL;
    for (size_t i = 0; good && i < blobs->count; i++) {
        good = loom_job_statistics_merge(job, blobs->at[i].at, blobs->at[i].length) == 0;
        if (good && i == hop) {
            loom_job *other = ready_job(options, columns);
            good = other != NULL && loom_job_statistics_write(job) == 0 &&
                   loom_job_statistics_merge(other, loom_job_output(job), loom_job_output_length(job)) == 0;
            loom_job_free(job);
            job = other;
        }
    }
    good = good && loom_job_statistics_report(job) == 0;
    if (good)
        bytes_add(report, loom_job_output(job), loom_job_output_length(job));
    loom_job_free(job);
    return good;
}

static struct bytes report_of(const char *options, const struct bytes *input, size_t most, size_t hop) {
    struct bytes report = {0}, columns = settle(options, input);
    struct blobs blobs = {0};
    check(collect(options, &columns, input, most, &blobs), "chunks are collected", options);
    check(merge_all(options, &columns, &blobs, hop, &report), "blobs are merged", options);
    blobs_clear(&blobs);
    bytes_clear(&columns);
    bytes_text(&report, "");
    return report;
}

static void expect_report(const char *input, const char *wanted) {
    struct bytes text = {0};
    bytes_text(&text, input);
    struct bytes report = report_of("{\"format\":\"csv\",\"includeStatistics\":true}", &text, 2, SIZE_MAX);
    check(strcmp((const char *)report.at, wanted) == 0, "report", input);
    if (strcmp((const char *)report.at, wanted) != 0)
        printf("  wanted %s\n  got    %s\n", wanted, (const char *)report.at);
    bytes_clear(&report);
    bytes_clear(&text);
}

/* ---- whole reports ---- */

static void test_reports(void) {
    expect_report(
        "{\"a\":1}\n{\"a\":2}\n{\"a\":2.5}\n{\"b\":null}\n",
        "{\"columns\":[{\"key\":\"a\",\"label\":\"a\",\"type\":\"number\",\"filled\":3,\"empty\":1,\"distinct\":3,"
        "\"distinctExact\":true,"
        "\"min\":1,\"max\":2.5,\"mean\":1.8333333333333333,\"standardDeviation\":0.7637626158259734,\"sum\":5.5,"
        "\"quantiles\":{\"p1\":1.02,\"p5\":1.1,\"p25\":1.5,\"p50\":2,\"p75\":2.25,\"p95\":2.45,\"p99\":2.49},"
        "\"quantilesExact\":true,"
        "\"histogram\":[{\"from\":1,\"to\":1.1,\"count\":1},{\"from\":1.1,\"to\":1.2,\"count\":0},{\"from\":1.2,\"to\":"
        "1.3,\"count\":0},"
        "{\"from\":1.3,\"to\":1.4,\"count\":0},{\"from\":1.4,\"to\":1.5,\"count\":0},{\"from\":1.5,\"to\":1.6,"
        "\"count\":0},"
        "{\"from\":1.6,\"to\":1.7,\"count\":0},{\"from\":1.7,\"to\":1.8,\"count\":0},{\"from\":1.8,\"to\":1.9,"
        "\"count\":0},"
        "{\"from\":1.9,\"to\":2,\"count\":0},{\"from\":2,\"to\":2.1,\"count\":1},{\"from\":2.1,\"to\":2.2,\"count\":0},"
        "{\"from\":2.2,\"to\":2.3,\"count\":0},{\"from\":2.3,\"to\":2.4,\"count\":0},{\"from\":2.4,\"to\":2.5,"
        "\"count\":1}],"
        "\"top\":[{\"value\":1,\"count\":1},{\"value\":2,\"count\":1},{\"value\":2.5,\"count\":1}],\"topExact\":true},"
        "{\"key\":\"b\",\"label\":\"b\",\"type\":\"text\",\"filled\":0,\"empty\":4}]}");
    expect_report("{\"a\":\"x\",\"b\":true}\n{\"a\":\"\",\"b\":false}\n{\"a\":\"\xf0\x9f\x98\x80\xc3\xa9\",\"b\":true}"
                  "\n{\"a\":\"\"}\n",
                  "{\"columns\":[{\"key\":\"a\",\"label\":\"a\",\"type\":\"text\",\"filled\":4,\"empty\":0,"
                  "\"emptyText\":2,\"distinct\":3,"
                  "\"distinctExact\":true,\"top\":[{\"value\":\"\",\"count\":2},{\"value\":\"x\",\"count\":1},{"
                  "\"value\":\"\xf0\x9f\x98\x80\xc3\xa9\","
                  "\"count\":1}],\"topExact\":true,\"minLength\":0,\"maxLength\":3},"
                  "{\"key\":\"b\",\"label\":\"b\",\"type\":\"boolean\",\"filled\":3,\"empty\":1,\"distinct\":2,"
                  "\"distinctExact\":true,"
                  "\"top\":[{\"value\":true,\"count\":2},{\"value\":false,\"count\":1}],\"topExact\":true,\"true\":2,"
                  "\"false\":1}]}");
    expect_report(
        "{\"d\":\"2026-01-31T23:30:00-01:00\"}\n{\"d\":\"2026-01-30\"}\n",
        "{\"columns\":[{\"key\":\"d\",\"label\":\"d\",\"type\":\"datetime\",\"filled\":2,\"empty\":0,\"emptyText\":0,"
        "\"distinct\":2,"
        "\"distinctExact\":true,\"top\":[{\"value\":\"2026-01-31T23:30:00-01:00\",\"count\":1},{\"value\":\"2026-01-"
        "30\",\"count\":1}],"
        "\"topExact\":true,\"earliest\":\"2026-01-30\",\"latest\":\"2026-01-31T23:30:00-01:00\",\"timeline\":["
        "{\"period\":\"2026-01-30\",\"count\":1},{\"period\":\"2026-01-31\",\"count\":0},{\"period\":\"2026-02-01\","
        "\"count\":1}],"
        "\"minLength\":10,\"maxLength\":25}]}");
    expect_report(
        "{\"n\":9007199254740993}\n{\"n\":9007199254740992}\n{\"n\":9007199254740994}\n",
        "{\"columns\":[{\"key\":\"n\",\"label\":\"n\",\"type\":\"integer\",\"filled\":3,\"empty\":0,\"distinct\":3,"
        "\"distinctExact\":true,"
        "\"min\":9007199254740992,\"max\":9007199254740994,\"mean\":9007199254740992,\"standardDeviation\":1."
        "1547005383792515,"
        "\"sum\":27021597764222976,\"quantiles\":{\"p1\":9007199254740992,\"p5\":9007199254740992,\"p25\":"
        "9007199254740992,"
        "\"p50\":9007199254740992,\"p75\":9007199254740992,\"p95\":9007199254740994,\"p99\":9007199254740994},"
        "\"quantilesExact\":true,"
        "\"histogram\":[{\"from\":9007199254740992,\"to\":9007199254740994,\"count\":3}],\"top\":[{\"value\":"
        "9007199254740993,\"count\":1},"
        "{\"value\":9007199254740992,\"count\":1},{\"value\":9007199254740994,\"count\":1}],\"topExact\":true}]}");
}

/* ---- the same for every way ---- */

static const char *const texts[] = {
    "red", "green", "blue", "", "\xc3\xa4\xc3\xb6", "a\\nb", "2026-02-28", "1999-12-31T23:59:59.999Z", "7", "1.50"};

static void random_cell(struct bytes *into, struct source *random, unsigned shape, unsigned row) {
    unsigned a = pick(random, 100000), b = pick(random, 100), c = pick(random, 28), d = pick(random, 10);
    switch (shape) {
    case 0:
        bytes_print(into, "\"id-%06u\"", row);
        break;
    case 1:
        bytes_print(into, "%d.%02u", (int)a - 50000, b);
        break;
    case 2:
        bytes_print(into, "%ue%d", a % 1000, (int)(a / 100 % 600) - 300);
        break;
    case 3:
        bytes_print(into, "\"%s\"", texts[d]);
        break;
    case 4:
        bytes_print(into, "\"20%02u-%02u-%02uT%02u:00:00%s\"", b, a % 12 + 1, c + 1, a / 12 % 24,
                    d % 2 ? "Z" : "+05:30");
        break;
    case 5:
        bytes_text(into, d % 3 ? "true" : "false");
        break;
    case 6:
        bytes_print(into, "[\"%s\",%u,{\"k\":null}]", texts[d / 2], a % 5);
        break;
    case 7:
        bytes_print(into, "%u", a % 40);
        break;
    case 8: /* a long text, alike in its first 240 bytes */
        bytes_byte(into, '"');
        for (unsigned i = 0; i < 150; i++)
            bytes_text(into, "\xc3\xa9");
        bytes_print(into, "%u\"", a % 50);
        break;
    default: /* of any type */
        random_cell(into, random, a % 9, row);
        break;
    }
}

static struct bytes random_records(unsigned count, unsigned seed) {
    struct bytes input = {0};
    struct source random;
    random.state = seed;
    for (unsigned row = 0; row < count; row++) {
        bytes_text(&input, "{\"first\":0");
        for (unsigned shape = 0; shape < 10; shape++) {
            if (pick(&random, 20) == 0)
                continue;
            bytes_print(&input, shape % 3 == 2 ? ",\"in\":{\"c%u\":" : ",\"c%u\":", shape);
            if (pick(&random, 30) == 0)
                bytes_text(&input, "null");
            else
                random_cell(&input, &random, shape, row);
            bytes_text(&input, shape % 3 == 2 ? "}" : "");
        }
        bytes_text(&input, "}\n");
    }
    return input;
}

/** One blob for blobs `from` to `to - 1`, put together in the shape of a tree. */
static void merge_tree(const struct blobs *blobs, size_t from, size_t to, uint32_t columns, int whole,
                       loom_statistics *into) {
    check(loom_statistics_open(into, columns, whole) == LOOM_OK, "open", "tree");
    if (to - from == 1) {
        check(loom_statistics_merge(into, blobs->at[from].at, blobs->at[from].length) == LOOM_OK, "merge", "leaf");
        return;
    }
    for (int half = 0; half < 2; half++) {
        size_t middle = from + (to - from) / 2;
        loom_statistics part;
        loom_buffer blob;
        loom_buffer_init(&blob, SIZE_MAX / 4);
        merge_tree(blobs, half == 0 ? from : middle, half == 0 ? middle : to, columns, whole && half == 0, &part);
        check(loom_statistics_write(&part, &blob) == LOOM_OK, "write", "tree");
        check(loom_statistics_merge(into, blob.bytes, blob.length) == LOOM_OK, "merge", "tree");
        loom_statistics_close(&part);
        loom_buffer_free(&blob);
    }
}

/** The number of columns that a blob tells. */
static uint32_t count_columns(const struct bytes *blob) {
    loom_reader reader = {blob->at + 6, blob->at + blob->length, false};
    return (uint32_t)loom_varint_read(&reader, UINT32_MAX);
}

/** Merging in the shape of a tree leaves the same state, and so the same report, as merging one after the other. */
static void check_tree(const char *options, const struct bytes *input, size_t most) {
    struct bytes columns = settle(options, input);
    struct blobs blobs = {0};
    loom_statistics tree, line;
    loom_buffer one, other;
    loom_buffer_init(&one, SIZE_MAX / 4);
    loom_buffer_init(&other, SIZE_MAX / 4);
    check(collect(options, &columns, input, most, &blobs), "chunks are collected", "tree");
    uint32_t count = count_columns(&blobs.at[0]);
    merge_tree(&blobs, 0, blobs.count, count, 1, &tree);
    check(loom_statistics_open(&line, count, true) == LOOM_OK, "open", "line");
    for (size_t i = 0; i < blobs.count; i++)
        check(loom_statistics_merge(&line, blobs.at[i].at, blobs.at[i].length) == LOOM_OK, "merge", "line");
    check(loom_statistics_write(&tree, &one) == LOOM_OK && loom_statistics_write(&line, &other) == LOOM_OK, "write",
          "tree and line");
    check(one.length == other.length && memcmp(one.bytes, other.bytes, one.length) == 0, "the shape of a tree",
          "differs");
    loom_statistics_close(&tree);
    loom_statistics_close(&line);
    loom_buffer_free(&one);
    loom_buffer_free(&other);
    blobs_clear(&blobs);
    bytes_clear(&columns);
}

static void check_ways(const char *options, const struct bytes *input) {
    static const size_t ways[] = {1, 7, 1000};
    struct bytes whole = report_of(options, input, SIZE_MAX, SIZE_MAX);
    check(whole.length > 100, "a report of", options);
    for (size_t i = 0; i < 3; i++) {
        struct bytes report = report_of(options, input, ways[i], i == 1 ? 100 : SIZE_MAX);
        check(bytes_same(&report, &whole), "the same for other chunks", options);
        bytes_clear(&report);
    }
    check_tree(options, input, 7);
    check_tree(options, input, 1000);
    bytes_clear(&whole);
}

static void test_ways(void) {
    struct bytes few = random_records(300, 1), many = random_records(6000, 2), wide = {0};
    for (unsigned row = 0; row < 6; row++) { /* so many columns that something must be given up */
        bytes_text(&wide, "{\"a\":1");
        for (unsigned i = 0; i < 12000; i++)
            bytes_print(&wide, ",\"k%u\":%s%u%s", i, i % 3 ? "" : "\"text ", i * row, i % 3 ? "" : "\"");
        bytes_text(&wide, "}\n");
    }
    check_ways("{\"format\":\"csv\",\"includeStatistics\":true}", &few);
    check_ways("{\"format\":\"json\",\"includeStatistics\":true}", &few);
    check_ways("{\"format\":\"csv\",\"includeStatistics\":true,\"includeRawData\":true,\"columns\":[\"c1\",\"in.c2\","
               "\"missing\"]}",
               &few);
    check_ways("{\"format\":\"csv\",\"includeStatistics\":true}", &many);
    check_ways("{\"format\":\"json\",\"includeStatistics\":true}", &wide);
    bytes_clear(&few);
    bytes_clear(&many);
    bytes_clear(&wide);
}

/** Columns with many values, so that the tables become smaller; the level must not depend on the chunks either. */
static void test_levels(void) {
    static const unsigned counts[] = {60, 1500, 40000};
    for (size_t k = 0; k < 3; k++) {
        struct bytes input = {0};
        for (unsigned row = 0; row < (k == 0 ? 5000 : k == 1 ? 60 : 3); row++) {
            bytes_text(&input, "{\"a\":null");
            for (unsigned i = 0; i < counts[k]; i++)
                bytes_print(&input, i % 2 ? ",\"k%u\":%u" : ",\"k%u\":\"%u\"", i, i * 7919 + row * 31);
            bytes_text(&input, "}\n");
        }
        struct bytes one = report_of("{\"format\":\"json\",\"includeStatistics\":true}", &input, SIZE_MAX, SIZE_MAX);
        struct bytes other = report_of("{\"format\":\"json\",\"includeStatistics\":true}", &input, k == 0 ? 611 : 1, 1);
        const char *limits = strstr((const char *)one.at, "\"columnLimits\"");
        check(limits != NULL, "what was given up is told", "columnLimits");
        check(bytes_same(&one, &other), "the same for other chunks", limits == NULL ? "without limits" : limits);
        bytes_clear(&one);
        bytes_clear(&other);
        bytes_clear(&input);
    }
}

/* ---- broken blobs, no memory ---- */

/** Whatever stands in a blob, reading ends with success or INTERNAL. */
static void merge_broken(const uint8_t *blob, size_t length, uint32_t columns) {
    loom_statistics statistics;
    uint8_t *copy = must(malloc(length + 1)); /* exactly as long, so that the sanitizer sees what goes beyond */
    memcpy(copy, blob, length);
    check(loom_statistics_open(&statistics, columns, true) == LOOM_OK, "open", "broken");
    int code = loom_statistics_merge(&statistics, copy, length);
    if (code != LOOM_OK && code != LOOM_INTERNAL)
        check(0, "a broken blob", "has another error");
    loom_statistics_close(&statistics);
    free(copy);
}

static void test_broken(void) {
    const char *options = "{\"format\":\"csv\",\"includeStatistics\":true}";
    struct bytes small = random_records(40, 3), large = random_records(5000, 4);
    struct source random;
    random.state = 11;
    for (int k = 0; k < 2; k++) {
        const struct bytes *input = k == 0 ? &small : &large;
        struct bytes columns = settle(options, input);
        struct blobs blobs = {0};
        loom_statistics state;
        loom_buffer blob;
        loom_buffer_init(&blob, SIZE_MAX / 4);
        check(collect(options, &columns, input, 1000, &blobs), "chunks are collected", "broken");
        uint32_t count = count_columns(&blobs.at[0]);
        check(loom_statistics_open(&state, count, true) == LOOM_OK, "open", "broken");
        for (size_t i = 0; i < blobs.count; i++)
            check(loom_statistics_merge(&state, blobs.at[i].at, blobs.at[i].length) == LOOM_OK, "merge", "broken");
        check(loom_statistics_write(&state, &blob) == LOOM_OK, "write", "broken");
        check(k == 0 || loom_statistics_merge(&state, blob.bytes, blob.length) == LOOM_INTERNAL, "a closed state",
              "is only taken first");
        for (size_t i = 0; i < blob.length; i += k == 0 ? 1 : 997)
            merge_broken(blob.bytes, i, count);
        for (int i = 0; i < (k == 0 ? 4000 : 300); i++) {
            size_t at = pick(&random, (unsigned)blob.length);
            uint8_t before = blob.bytes[at];
            blob.bytes[at] = (uint8_t)next64(&random);
            merge_broken(blob.bytes, blob.length, count);
            blob.bytes[at] = before;
        }
        merge_broken(blob.bytes, blob.length, count + 1);
        loom_statistics_close(&state);
        loom_buffer_free(&blob);
        blobs_clear(&blobs);
        bytes_clear(&columns);
    }
    bytes_clear(&small);
    bytes_clear(&large);
}

static void torture(const char *options, const struct bytes *input, size_t most, long step) {
    struct bytes wanted = report_of(options, input, most, 1), columns = settle(options, input);
    int done = 0;
    for (long n = 0; !done; n += step) {
        struct bytes report = {0};
        struct blobs blobs = {0};
        loom_memory_fail_after(n);
        int good = collect(options, &columns, input, most, &blobs) && merge_all(options, &columns, &blobs, 1, &report);
        done = loom_memory_count() <= n;
        loom_memory_fail_after(-1);
        check(!done || good, "a run with enough memory", options);
        check(!good || bytes_same(&report, &wanted), "a run with little memory", options);
        bytes_clear(&report);
        blobs_clear(&blobs);
    }
    bytes_clear(&wanted);
    bytes_clear(&columns);
}

static void test_torture(void) {
    struct bytes few = random_records(40, 7), many = random_records(4300, 8);
    torture("{\"format\":\"csv\",\"includeStatistics\":true}", &few, 10, 1);
    torture("{\"format\":\"json\",\"includeStatistics\":true,\"columns\":[\"c0\",\"c1\",\"c4\"]}", &few, 20, 1);
    torture("{\"format\":\"csv\",\"includeStatistics\":true,\"columns\":[\"c0\",\"c1\",\"in.c2\"]}", &many, 2000, 3);
    bytes_clear(&few);
    bytes_clear(&many);
}

/* ---- the job ---- */

static void test_tail(void) {
    const char *options = "{\"format\":\"json\",\"includeStatistics\":true,\"columns\":[\"a\"]}";
    const char *totals = "{\"counts\":{\"written\":1}}";
    struct bytes input = {0}, none = {0};
    bytes_text(&input, "{\"a\":true}\n");
    loom_job *job = ready_job(options, &none);
    check(loom_job_needs_columns(job) == 1, "columns are needed", options);
    loom_chunk *chunk = chunk_of(job, &input, 0, input.length);
    for (int i = 0; i < 2; i++) /* done again, it is the same */
        check(loom_chunk_encode(chunk, 0, UINT32_MAX) == LOOM_OK, "encode", "json");
    check(loom_job_statistics_merge(job, loom_chunk_statistics(chunk), loom_chunk_statistics_length(chunk)) == LOOM_OK,
          "merge", "json");
    loom_chunk_free(chunk);
    check(loom_job_tail(job, totals, strlen(totals)) == LOOM_OK, "tail", "json");
    const char *wanted = "\n],\n\"statistics\":{\"counts\":{\"written\":1},\"columns\":[{\"key\":\"a\",\"label\":\"a\","
                         "\"type\":\"boolean\",\"filled\":1,"
                         "\"empty\":0,\"distinct\":1,\"distinctExact\":true,\"top\":[{\"value\":true,\"count\":1}],"
                         "\"topExact\":true,\"true\":1,"
                         "\"false\":0}]}}\n";
    check(loom_job_output_length(job) == strlen(wanted) && memcmp(loom_job_output(job), wanted, strlen(wanted)) == 0,
          "the tail", wanted);
    loom_job_free(job);
    job = job_of("{\"format\":\"json\"}");
    check(loom_job_needs_columns(job) == 0, "columns are not needed", "json");
    check(loom_job_statistics_merge(job, (const uint8_t *)"", 0) == LOOM_INTERNAL, "no statistics",
          "without the option");
    loom_job_free(job);
    bytes_clear(&input);
}

int main(void) {
    test_reports();
    test_tail();
    test_ways();
    test_levels();
    test_broken();
    test_torture();
    printf("statistics: %u checks, %u failed\n", checks, failed);
    return failed == 0 ? 0 : 1;
}
