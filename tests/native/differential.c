/* Random documents, whole and damaged, in every way of cutting: differential [DOCUMENTS [SEED]]
 * SPDX-License-Identifier: MIT
 *
 * Every way of cutting must come to the same output, counts and reports, and that output must be valid; records that were not
 * damaged must have the values that cJSON reads. The digest that is printed last must be the same in every build, with and
 * without SIMD: `make test-native` compares them.
 */
#include "support/check.h"
#include "support/csv_reader.h"
#include "support/json_reader.h"
#include "support/random.h"
#include "support/way.h"

struct totals {
    uint64_t digest;
    uint64_t read, written;
    unsigned documents, failed;
};

static void digest_add(struct totals *totals, const void *from, size_t length) {
    const uint8_t *bytes = from;
    for (size_t i = 0; i < length; i++)
        totals->digest = (totals->digest ^ bytes[i]) * 1099511628211u; /* FNV-1a */
}

/** What came out of a run, in an order that does not depend on the chunks. */
static void describe(const struct outcome *outcome, struct bytes *into) {
    struct facts none = {0}, defects = {0}, empty = {0}, lines = {0};
    struct tallies tallies = {0};
    const cJSON *warning;
    bytes_print(into, "%s read %u written %u rejected %u ended %d\n", error_name(outcome->error),
                (unsigned)outcome->read, (unsigned)outcome->written, (unsigned)outcome->rejected, outcome->ended);
    collect_defects(outcome, &defects);
    facts_compare("defects", &none, &defects, into);
    for (size_t i = 0; i < outcome->report_count; i++) {
        cJSON *json = cJSON_Parse(outcome->reports[i].text);
        cJSON_ArrayForEach(warning, cJSON_GetObjectItemCaseSensitive(json, "warnings")) tally_json(&tallies, warning);
        cJSON_Delete(json);
    }
    tally_lines(&tallies, &lines);
    facts_compare("warnings", &empty, &lines, into);
    bytes_add(into, outcome->columns.at, outcome->columns.length);
    bytes_add(into, outcome->output.at, outcome->output.length);
}

static void complain(struct totals *totals, const struct test_case *test, const struct way *way, const char *what) {
    struct bytes shown = {0};
    totals->failed++;
    bytes_show(&shown, test->input.at, test->input.length);
    printf("FAIL document %u, %s, %s: %s\n    input: %s\n", totals->documents, test->options, way->name, what,
           (const char *)shown.at);
    bytes_clear(&shown);
}

static void check_valid(struct totals *totals, const struct test_case *test, const struct way *way,
                        const struct outcome *outcome) {
    size_t items = 0;
    if (outcome->error != 0)
        complain(totals, test, way, error_name(outcome->error));
    else if (outcome->read != outcome->written + outcome->rejected)
        complain(totals, test, way, "the counts do not reconcile");
    else if (!test->flat && !json_check(outcome->output.at, outcome->output.length, &items))
        complain(totals, test, way, "the output is not JSON");
    else if (!test->flat && items != outcome->written)
        complain(totals, test, way, "the output has another number of records");
    if (!test->flat || outcome->error != 0)
        return;
    struct csv_facts facts = csv_read(outcome->output.at, outcome->output.length, ',', "\r\n");
    int header = facts.rows > 0;
    if (facts.wrong != NULL)
        complain(totals, test, way, facts.wrong);
    else if (facts.rows != outcome->written + (uint64_t)header)
        complain(totals, test, way, "the output has another number of rows");
    else if (facts.rows > 0 && facts.least != facts.most)
        complain(totals, test, way, "the rows have different numbers of fields");
}

/** Every way of cutting comes to the same as the first. */
static void run_ways(struct totals *totals, const struct test_case *test) {
    struct way ways[16];
    struct bytes first = {0};
    size_t count = ways_of(test, ways);
    for (size_t i = 0; i < count; i++) {
        struct outcome outcome = {0};
        struct bytes description = {0};
        way_run(test, &ways[i], &outcome);
        check_valid(totals, test, &ways[i], &outcome);
        describe(&outcome, &description);
        if (i == 0) {
            first = description;
            digest_add(totals, description.at, description.length);
            totals->read += outcome.read;
            totals->written += outcome.written;
        } else {
            if (!bytes_same(&first, &description)) {
                complain(totals, test, &ways[i], "comes to something else than the first way");
                printf("--- first\n%s\n--- this\n%s\n", (const char *)first.at, (const char *)description.at);
            }
            bytes_clear(&description);
        }
        outcome_clear(&outcome);
    }
    bytes_clear(&first);
}

static void run_both_formats(struct totals *totals, struct test_case *test) {
    static const char *const options[] = {"{\"format\":\"json\"}", "{\"format\":\"csv\"}",
                                          "{\"format\":\"csv\",\"arrays\":\"json\",\"includeRawData\":true}",
                                          "{\"format\":\"json\",\"json\":{\"pretty\":true}}"};
    for (size_t i = 0; i < 4; i++) {
        test->options = (char *)(uintptr_t)options[i];
        test->flat = strstr(options[i], "csv") != NULL;
        run_ways(totals, test);
    }
}

/** The JSON output, read by cJSON, has the values that cJSON reads in the input. */
static void compare_values(struct totals *totals, struct test_case *test) {
    static const struct way whole = {"in one chunk", 0, 0, 0};
    struct outcome outcome = {0};
    test->options = (char *)(uintptr_t) "{\"format\":\"json\"}";
    test->flat = 0;
    way_run(test, &whole, &outcome);
    struct bytes array = {0};
    bytes_text(&array, test->array ? "" : "[");
    for (size_t i = 0; i < test->input.length; i++)
        bytes_byte(&array,
                   test->input.at[i] == '\n' && !test->array && i + 1 < test->input.length ? ',' : test->input.at[i]);
    bytes_text(&array, test->array ? "" : "]");
    /* cJSON refuses half surrogates, so a document with one is left out */
    cJSON *wanted = cJSON_ParseWithLength((const char *)array.at, array.length);
    cJSON *got = cJSON_ParseWithLength((const char *)outcome.output.at, outcome.output.length);
    if (wanted != NULL && (got == NULL || !cJSON_Compare(wanted, got, 1)))
        complain(totals, test, &whole, "the values are not those that cJSON reads");
    cJSON_Delete(wanted);
    cJSON_Delete(got);
    bytes_clear(&array);
    outcome_clear(&outcome);
}

static void make_document(struct source *source, struct test_case *test, int *damaged) {
    unsigned records = 1 + pick(source, 8);
    test->array = (int)pick(source, 2);
    *damaged = 0;
    bytes_text(&test->input, test->array ? "[" : "");
    for (unsigned i = 0; i < records; i++) {
        bytes_text(&test->input, test->array && i != 0 ? "," : "");
        size_t from = test->input.length;
        random_record(source, &test->input);
        if (pick(source, 6) == 0) {
            random_damage(source, &test->input, from);
            *damaged = 1;
        }
        bytes_text(&test->input, test->array ? "" : "\n");
    }
    bytes_text(&test->input, test->array ? "]" : "");
}

int main(int argc, char **argv) {
    unsigned documents = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 200;
    struct source source = {argc > 2 ? strtoull(argv[2], NULL, 10) | 1 : 20240229};
    struct totals totals = {.digest = 14695981039346656037u};
    for (; totals.documents < documents && totals.failed < 10; totals.documents++) {
        struct test_case test = {.expect = NULL};
        int damaged = 0;
        make_document(&source, &test, &damaged);
        run_both_formats(&totals, &test);
        if (!damaged)
            compare_values(&totals, &test);
        bytes_clear(&test.input);
    }
    printf("differential: %u documents, %llu records read, %llu written, %u failed, digest %016llx\n", totals.documents,
           (unsigned long long)totals.read, (unsigned long long)totals.written, totals.failed,
           (unsigned long long)totals.digest);
    return totals.failed == 0 ? 0 : 1;
}
