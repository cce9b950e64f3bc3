/* Compares what came out of a run with what its case expects, and says where they differ.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_CHECK_H
#define LOOM_TEST_CHECK_H

#include "cells.h"
#include "run.h"
#include "table.h"

/** What is expected and what came, as lines that sort and compare as text. */
struct facts {
    char **lines;
    size_t count;
};

static inline void facts_add(struct facts *facts, const char *line) {
    facts->lines = must(realloc(facts->lines, (facts->count + 1) * sizeof *facts->lines));
    facts->lines[facts->count++] = must(strdup(line));
}

static inline int compare_lines(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static inline void facts_clear(struct facts *facts) {
    for (size_t i = 0; i < facts->count; i++)
        free(facts->lines[i]);
    free(facts->lines);
    memset(facts, 0, sizeof *facts);
}

static inline void facts_show(const char *title, const struct facts *facts, struct bytes *into) {
    bytes_print(into, "    %s:", title);
    for (size_t i = 0; i < facts->count; i++) {
        bytes_text(into, i == 0 ? " " : " | ");
        bytes_text(into, facts->lines[i]);
    }
    bytes_text(into, facts->count == 0 ? " none\n" : "\n");
}

/** Sorts both, adds a difference to `problems` where there is one, and empties both. */
static inline void facts_compare(const char *what, struct facts *wanted, struct facts *got, struct bytes *problems) {
    if (wanted->count > 1)
        qsort(wanted->lines, wanted->count, sizeof *wanted->lines, compare_lines);
    if (got->count > 1)
        qsort(got->lines, got->count, sizeof *got->lines, compare_lines);
    int same = wanted->count == got->count;
    for (size_t i = 0; same && i < got->count; i++)
        same = strcmp(wanted->lines[i], got->lines[i]) == 0;
    if (!same) {
        bytes_print(problems, "    %s differ\n", what);
        facts_show("  wanted", wanted, problems);
        facts_show("  got   ", got, problems);
    }
    facts_clear(wanted);
    facts_clear(got);
}

static inline double number_of(const cJSON *object, const char *name) {
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(number) ? number->valuedouble : -1;
}

/* ---- defects ---- */

static inline void defect_line(struct facts *facts, const char *code, double record, double offset) {
    char line[160];
    snprintf(line, sizeof line, "%06.0f %s at %.0f", record, code, offset);
    facts_add(facts, line);
}

static inline void collect_defects(const struct outcome *outcome, struct facts *facts) {
    for (size_t i = 0; i < outcome->report_count; i++) {
        const struct report *report = &outcome->reports[i];
        cJSON *json = cJSON_Parse(report->text);
        const cJSON *defect;
        cJSON_ArrayForEach(defect, cJSON_GetObjectItemCaseSensitive(json, "defects"))
            defect_line(facts, json_text(defect, "code"), number_of(defect, "record") + (double)report->record_base,
                        number_of(defect, "offset") + (double)report->offset_base);
        cJSON_Delete(json);
    }
    if (outcome->defect != 0)
        defect_line(facts, error_name(outcome->defect), (double)outcome->read - 1, (double)outcome->defect_at);
}

static inline void check_defects(const struct test_case *test, const struct outcome *outcome, struct bytes *problems) {
    struct facts wanted = {0}, got = {0};
    const cJSON *defect, *listed = cJSON_GetObjectItemCaseSensitive(test->json, "defectsListed");
    collect_defects(outcome, &got);
    cJSON_ArrayForEach(defect, cJSON_GetObjectItemCaseSensitive(test->expect, "defects"))
        defect_line(&wanted, json_text(defect, "code"), number_of(defect, "record"), number_of(defect, "offset"));
    if (cJSON_IsFalse(listed)) {
        facts_clear(&wanted);
        facts_clear(&got);
    }
    facts_compare("defects", &wanted, &got, problems);
}

/* ---- warnings ---- */

struct tally {
    char name[200]; /* code and column */
    double count;
};

struct tallies {
    struct tally *at;
    size_t count;
};

static inline void tally_add(struct tallies *tallies, const char *code, const char *column, double count) {
    struct tally tally = {"", count};
    snprintf(tally.name, sizeof tally.name, "%s%s%s", code, column == NULL ? "" : " in ", column == NULL ? "" : column);
    for (size_t i = 0; i < tallies->count; i++)
        if (strcmp(tallies->at[i].name, tally.name) == 0) {
            tallies->at[i].count += count;
            return;
        }
    tallies->at = must(realloc(tallies->at, (tallies->count + 1) * sizeof *tallies->at));
    tallies->at[tallies->count++] = tally;
}

static inline void tally_json(struct tallies *tallies, const cJSON *warning) {
    double count = number_of(warning, "count");
    tally_add(tallies, json_text(warning, "code"), json_text(warning, "column"), count < 0 ? 1 : count);
}

/** What a host finds out: chosen columns that no chunk has found. */
static inline void tally_unfound(struct tallies *tallies, const struct test_case *test, const struct outcome *outcome) {
    unsigned char found[1024] = {0};
    for (size_t i = 0; i < outcome->report_count; i++) {
        cJSON *json = cJSON_Parse(outcome->reports[i].text);
        const cJSON *number;
        cJSON_ArrayForEach(number, cJSON_GetObjectItemCaseSensitive(json, "found")) found[number->valueint & 1023] = 1;
        cJSON_Delete(json);
    }
    cJSON *options = cJSON_Parse(test->options);
    const cJSON *column;
    int number = 0;
    cJSON_ArrayForEach(column, cJSON_GetObjectItemCaseSensitive(options, "columns")) {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(column, "hidden")))
            continue;
        const char *label = cJSON_IsString(column) ? column->valuestring : json_text(column, "label");
        if (!found[number++])
            tally_add(tallies, "COLUMN_NEVER_FOUND", label != NULL ? label : json_text(column, "key"), 1);
    }
    cJSON_Delete(options);
}

static inline void tally_lines(const struct tallies *tallies, struct facts *facts) {
    for (size_t i = 0; i < tallies->count; i++) {
        char line[260];
        snprintf(line, sizeof line, "%s: %.0f", tallies->at[i].name, tallies->at[i].count);
        facts_add(facts, line);
    }
    free(tallies->at);
}

static inline void check_warnings(const struct test_case *test, const struct outcome *outcome, struct bytes *problems) {
    struct tallies wanted = {0}, got = {0};
    const cJSON *warning;
    cJSON_ArrayForEach(warning, cJSON_GetObjectItemCaseSensitive(test->expect, "warnings"))
        tally_json(&wanted, warning);
    for (size_t i = 0; i < outcome->report_count; i++) {
        cJSON *json = cJSON_Parse(outcome->reports[i].text);
        cJSON_ArrayForEach(warning, cJSON_GetObjectItemCaseSensitive(json, "warnings")) tally_json(&got, warning);
        cJSON_Delete(json);
    }
    if (test->named)
        tally_unfound(&got, test, outcome);
    if (outcome->ended)
        tally_add(&got, "INPUT_ENDED_EARLY", NULL, 1);
    struct facts wanted_lines = {0}, got_lines = {0};
    tally_lines(&wanted, &wanted_lines);
    tally_lines(&got, &got_lines);
    facts_compare("warnings", &wanted_lines, &got_lines, problems);
}

/* ---- the rest ---- */

static inline void check_output(const struct test_case *test, const struct outcome *outcome, struct bytes *problems) {
    struct bytes wanted = {0};
    bytes_text(&wanted, "");
    if (case_bytes(&wanted, test->expect, "output") && !bytes_same(&wanted, &outcome->output)) {
        bytes_text(problems, "    output differs\n      wanted: ");
        bytes_show(problems, wanted.at, wanted.length);
        bytes_text(problems, "\n      got   : ");
        bytes_show(problems, outcome->output.at, outcome->output.length);
        bytes_text(problems, "\n");
    }
    bytes_clear(&wanted);
}

static inline void check_cells(const struct test_case *test, const struct outcome *outcome, struct bytes *problems) {
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(test->expect, "cells");
    if (wanted == NULL)
        return;
    cJSON *got = cells_read(&outcome->output);
    if (!cJSON_Compare(wanted, got, 1)) {
        char *one = cJSON_PrintUnformatted(wanted), *other = cJSON_PrintUnformatted(got);
        bytes_print(problems, "    cells differ\n      wanted: %.200s\n      got   : %.200s\n", one,
                    other == NULL ? "no workbook" : other);
        cJSON_free(one);
        cJSON_free(other);
    }
    cJSON_Delete(got);
}

static inline void check_count(const cJSON *counts, const char *name, uint64_t got, struct bytes *problems) {
    double wanted = number_of(counts, name);
    if (wanted >= 0 && wanted != (double)got)
        bytes_print(problems, "    %s is %u, not %.0f\n", name, (unsigned)got, wanted);
}

static inline void check_counts(const struct test_case *test, const struct outcome *outcome, struct bytes *problems) {
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(test->expect, "counts");
    check_count(counts, "read", outcome->read, problems);
    check_count(counts, "written", outcome->written, problems);
    check_count(counts, "filtered", outcome->filtered, problems);
    check_count(counts, "rejected", outcome->rejected, problems);
    if (outcome->read != outcome->written + outcome->filtered + outcome->rejected)
        bytes_print(problems, "    counts do not reconcile: read %u, written %u, filtered %u, rejected %u\n", (unsigned)outcome->read,
                    (unsigned)outcome->written, (unsigned)outcome->filtered, (unsigned)outcome->rejected);
}

static inline void check_columns(const struct test_case *test, const struct outcome *outcome, struct bytes *problems) {
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(test->expect, "columns"), *row;
    if (wanted == NULL || test->named)
        return;
    cJSON *settled = cJSON_ParseWithLength((const char *)outcome->columns.at, outcome->columns.length);
    struct bytes want = {0}, got = {0};
    cJSON_ArrayForEach(row, wanted) bytes_print(&want, "[%s]", row->valuestring);
    cJSON_ArrayForEach(row, settled) if (json_text(row, "label") != NULL)
        bytes_print(&got, "[%s]", json_text(row, "label"));
    if (!bytes_same(&want, &got))
        bytes_print(problems, "    columns are %s, not %s\n", (const char *)got.at, (const char *)want.at);
    bytes_clear(&want);
    bytes_clear(&got);
    cJSON_Delete(settled);
}

static inline void check_error(const struct test_case *test, const struct outcome *outcome, struct bytes *problems) {
    const char *wanted = json_text(test->expect, "error"), *mentions = json_text(test->expect, "mentions");
    const char *text = outcome->error_text.at == NULL ? "" : (const char *)outcome->error_text.at;
    int nothing = outcome->error == 0 && outcome->read > 0 && outcome->rejected == outcome->read;
    const char *got = nothing ? "NOTHING_EXPORTED" : error_name(outcome->error);
    if (strcmp(got, wanted == NULL ? "OK" : wanted) != 0)
        bytes_print(problems, "    the error is %s, not %s: %s\n", got, wanted == NULL ? "OK" : wanted, text);
    else if (mentions != NULL && strstr(text, mentions) == NULL)
        bytes_print(problems, "    the error does not mention %s: %s\n", mentions, text);
}

/** Adds to `problems` whatever is not as the case expects. */
static inline void check_case(const struct test_case *test, const struct outcome *outcome, struct bytes *problems) {
    check_error(test, outcome, problems);
    if (json_text(test->expect, "error") != NULL || outcome->error != 0)
        return;
    check_output(test, outcome, problems);
    check_cells(test, outcome, problems);
    check_counts(test, outcome, problems);
    check_defects(test, outcome, problems);
    check_warnings(test, outcome, problems);
    check_columns(test, outcome, problems);
}

#endif
