/* Runs the table of tests/cases through job.h, every case cut into chunks in many ways: cases [FOLDER [PART OF A NAME]]
 * SPDX-License-Identifier: MIT
 */
#include "support/check.h"
#include "support/way.h"

struct totals {
    const char *only; /* part of the name of the cases to run, or NULL */
    unsigned cases, runs, skipped, failed;
};

/** What came out, for whoever writes a new case. */
static void show(const struct test_case *test, const struct outcome *outcome) {
    struct bytes shown = {0};
    bytes_show(&shown, outcome->output.at, outcome->output.length);
    printf("%s\n    %s\n", test->where, (const char *)shown.at);
    bytes_clear(&shown);
}

static void run_way(const struct test_case *test, const struct way *way, struct totals *totals, int *failed) {
    struct outcome outcome = {0};
    struct bytes problems = {0};
    way_run(test, way, &outcome);
    check_case(test, &outcome, &problems);
    if (totals->only != NULL && way->most == 0 && way->step == 0)
        show(test, &outcome);
    totals->runs++;
    if (problems.length != 0) {
        printf("FAIL %s (%s)\n%s", test->where, way->name, (const char *)problems.at);
        *failed = 1;
    }
    bytes_clear(&problems);
    outcome_clear(&outcome);
}

static void run_case(const struct test_case *test, void *context) {
    struct totals *totals = context;
    struct way ways[16];
    int failed = 0;
    if (totals->only != NULL && strstr(test->where, totals->only) == NULL)
        return;
    totals->cases++;
    if (test->skip != NULL) {
        printf("skip %s: %s\n", test->where, test->skip);
        totals->skipped++;
        return;
    }
    size_t count = ways_of(test, ways);
    for (size_t i = 0; i < count && !failed; i++)
        run_way(test, &ways[i], totals, &failed);
    totals->failed += (unsigned)failed;
}

int main(int argc, char **argv) {
    struct totals totals = {.only = argc > 2 ? argv[2] : NULL};
    int good = for_each_case(argc > 1 ? argv[1] : "tests/cases", run_case, &totals);
    printf("cases: %u, in %u runs; %u skipped, %u failed\n", totals.cases, totals.runs, totals.skipped, totals.failed);
    return good && totals.failed == 0 ? 0 : 1;
}
