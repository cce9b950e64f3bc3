/* Runs every case of tests/cases with the Nth allocation failing, for every N: torture [FOLDER [PART OF A NAME]]
 * SPDX-License-Identifier: MIT
 *
 * Either the run ends with OUT_OF_MEMORY, or all of it is right; it never crashes, and the sanitizer finds no leak.
 */
#include "core/memory.h"
#include "support/check.h"
#include "support/way.h"

/* Above this size only the way with the fewest chunks is run. There, and where there are many chunks, allocations are left out in growing
 * steps: they are the same ones again and again. */
#define SMALL_INPUT 2000
#define FIRST_OF_SOME 100

struct totals {
    const char *only;
    struct facts known;
    unsigned cases, alike, runs, failed;
};

/** Whether memory ran out: by the code, or while the words of another error were made. */
static int is_starved(const struct outcome *outcome) {
    return outcome->error == 20 ||
           (outcome->error_text.at != NULL && strstr((const char *)outcome->error_text.at, "OUT_OF_MEMORY") != NULL);
}

/** One run with `n` allocations, -1 for all that it wants; returns how many it wanted. */
static long run_with(const struct test_case *test, const struct way *way, long n, struct bytes *problems) {
    struct outcome outcome = {0};
    loom_memory_fail_after(n);
    way_run(test, way, &outcome);
    long count = loom_memory_count();
    loom_memory_fail_after(-1);
    if (n < 0 || count <= n || !is_starved(&outcome))
        check_case(test, &outcome, problems);
    outcome_clear(&outcome);
    return count;
}

/** Whether a case with the same options that allocates as often was run before: it would fail at the same places. */
static int is_known(struct totals *totals, const struct test_case *test, const struct way *way, long count) {
    char key[300];
    snprintf(key, sizeof key, "%ld %s %.200s", count, way->name, test->options);
    for (size_t i = 0; i < totals->known.count; i++)
        if (strcmp(totals->known.lines[i], key) == 0)
            return 1;
    facts_add(&totals->known, key);
    return 0;
}

static void run_way(const struct test_case *test, const struct way *way, int all, struct totals *totals) {
    struct bytes problems = {0};
    long count = run_with(test, way, -1, &problems);
    if (totals->only == NULL && is_known(totals, test, way, count)) {
        totals->alike++;
        bytes_clear(&problems);
        return;
    }
    int refused = 1;
    int some = !all || test->input.length > SMALL_INPUT || strstr(test->options, "\"xlsx\"") != NULL ||
               strstr(test->options, "\"pdf\"") != NULL; /* native/xlsx.c and native/pdf.c go through all */
    for (long n = 0; refused && problems.length == 0; n += some && n > FIRST_OF_SOME ? n / 8 : 1) {
        refused = run_with(test, way, n, &problems) > n;
        totals->runs++;
        if (problems.length != 0)
            printf("FAIL %s (%s), allocation %ld failing\n%s", test->where, way->name, n + 1,
                   (const char *)problems.at);
    }
    totals->failed += problems.length != 0;
    bytes_clear(&problems);
}

static void run_case(const struct test_case *test, void *context) {
    static const struct way lines[] = {{"in one chunk", 0, 0, 0}, {"each line its own chunk", 0, 1, 0}};
    static const struct way arrays[] = {{"as one whole array", 0, 0, 0}, {"fed 16 bytes at a time", 16, 1, 0}};
    struct totals *totals = context;
    if (test->skip != NULL || (totals->only != NULL && strstr(test->where, totals->only) == NULL))
        return;
    totals->cases++;
    for (size_t i = 0; i < (test->input.length > SMALL_INPUT ? 1 : 2); i++)
        run_way(test, test->array ? &arrays[i] : &lines[i], i == 0, totals);
}

int main(int argc, char **argv) {
    struct totals totals = {.only = argc > 2 ? argv[2] : NULL};
    int good = for_each_case(argc > 1 ? argv[1] : "tests/cases", run_case, &totals);
    facts_clear(&totals.known);
    printf("torture: %u cases, %u runs, %u ways left out because they allocate like another, %u failed\n", totals.cases,
           totals.runs, totals.alike, totals.failed);
    return good && totals.failed == 0 ? 0 : 1;
}
