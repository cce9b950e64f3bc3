/* Fuzzes the CSV encoder: a strict reader finds a row for each record, and as many fields in each as there are columns.
 * SPDX-License-Identifier: MIT
 */
#include "../native/support/csv_reader.h"
#include "cJSON.h"
#include "common.h"

struct kind {
    struct setup setup;
    char delimiter;
    const char *newline;
    int columns; /* in the options */
    int more;    /* columns that are added */
    int header;
};

static const struct kind kinds[] = {
    {{.options = "{\"format\":\"csv\"}", .flat = 1}, ',', "\r\n", 0, 0, 1},
    {{.options = "{\"format\":\"csv\",\"arrays\":\"json\",\"csv\":{\"delimiter\":\";\",\"newline\":\"lf\"}}",
      .flat = 1},
     ';',
     "\n",
     0,
     0,
     1},
    {{.options = "{\"format\":\"csv\",\"csv\":{\"quotes\":\"always\",\"nullText\":\"NULL\"}}", .flat = 1},
     ',',
     "\r\n",
     0,
     0,
     1},
    {{.options = "{\"format\":\"csv\",\"includeRawData\":true,\"csv\":{\"delimiter\":\"\\t\",\"header\":false}}",
      .flat = 1},
     '\t',
     "\r\n",
     0,
     1,
     0},
    {{.options = "{\"format\":\"csv\",\"columns\":[\"a\",\"b.c\",\"b\",{\"key\":\"value\",\"type\":\"json\"}]}",
      .flat = 1,
      .named = 1},
     ',',
     "\r\n",
     4,
     0,
     1},
    {{.options = "{\"format\":\"csv\",\"csv\":{\"delimiter\":\" \",\"formulaGuard\":false}}", .flat = 1},
     ' ',
     "\r\n",
     0,
     0,
     1},
};

#define KINDS (sizeof kinds / sizeof *kinds)

static size_t columns_of(const struct kind *kind, const struct outcome *outcome) {
    if (kind->columns != 0)
        return (size_t)kind->columns;
    cJSON *columns = cJSON_ParseWithLength((const char *)outcome->columns.at, outcome->columns.length);
    fuzz_promise(cJSON_IsArray(columns), "the columns are JSON");
    size_t count = (size_t)cJSON_GetArraySize(columns) + (size_t)kind->more;
    cJSON_Delete(columns);
    return count;
}

static void check_output(const struct kind *kind, const struct outcome *outcome) {
    size_t columns = columns_of(kind, outcome);
    size_t header = kind->header && columns > 0 ? 1 : 0;
    struct csv_facts facts = csv_read(outcome->output.at, outcome->output.length, kind->delimiter, kind->newline);
    if (facts.wrong != NULL)
        fprintf(stderr, "%s at %zu of:\n%s\n", facts.wrong, facts.at, (const char *)outcome->output.at);
    fuzz_promise(facts.wrong == NULL, "the output is CSV");
    fuzz_promise(facts.rows == outcome->written + header, "each record is a row");
    fuzz_promise(facts.rows == 0 || (facts.least == columns && facts.most == columns), "each row has all columns");
}

/** A source that can be read only once: the columns are settled from its first chunk alone. */
static void check_once(const struct fuzz_input *input, const struct kind *kind) {
    struct pieces pieces = {0};
    struct outcome outcome = {0};
    struct setup setup = kind->setup;
    fuzz_cut(input, &pieces);
    struct pieces sample = {pieces.at, pieces.count < 1 ? 0 : 1, 0, 0, 0};
    setup.extra = pieces.count > 1;
    run_export(&setup, &sample, &pieces, &outcome);
    fuzz_promise(outcome.error == 0, "late keys have their column");
    check_output(kind, &outcome);
    pieces_clear(&pieces);
    outcome_clear(&outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    struct outcome whole = {0}, cut = {0};
    if (!fuzz_open(&input, bytes, length))
        return 0;
    const struct kind *kind = &kinds[input.first % KINDS];
    fuzz_run(&input, &kind->setup, 1, &whole);
    fuzz_run(&input, &kind->setup, 0, &cut);
    fuzz_compare(&whole, &cut);
    check_output(kind, &whole);
    if (kind->columns == 0)
        check_once(&input, kind);
    outcome_clear(&whole);
    outcome_clear(&cut);
    bytes_clear(&input.text);
    return 0;
}
