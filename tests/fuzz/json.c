/* Fuzzes the JSON encoder: whatever comes in, what goes out is valid JSON with the right number of records.
 * SPDX-License-Identifier: MIT
 */
#include "../native/support/json_reader.h"
#include "common.h"

static const struct setup setups[] = {
    {.options = "{\"format\":\"json\"}"},
    {.options = "{\"format\":\"json\",\"json\":{\"pretty\":true}}"},
    {.options = "{\"format\":\"json\",\"json\":{\"shape\":\"ndjson\"}}"},
    {.options = "{\"format\":\"json\",\"json\":{\"shape\":\"envelope\"}}"},
    {.options = "{\"format\":\"json\",\"columns\":[\"a\",\"b.c\",\"b\",\"d.e.f\",{\"key\":\"value\"}]}", .named = 1},
};

#define SETUPS (sizeof setups / sizeof *setups)

static void check_lines(const struct outcome *outcome) {
    size_t start = 0, lines = 0, items = 0;
    for (size_t at = 0; at < outcome->output.length; at++) {
        if (outcome->output.at[at] != '\n')
            continue;
        fuzz_promise(json_check(outcome->output.at + start, at - start, &items), "each line of the output is JSON");
        start = at + 1;
        lines++;
    }
    fuzz_promise(start == outcome->output.length && lines == outcome->written, "each record is a line");
}

static void check_output(unsigned kind, const struct outcome *outcome) {
    size_t items = 0;
    if (kind == 2) {
        check_lines(outcome);
        return;
    }
    fuzz_promise(json_check(outcome->output.at, outcome->output.length, &items), "the output is JSON");
    fuzz_promise(kind == 3 || items == outcome->written, "each record is in the output");
}

/** What was written is a fixed point: read again, it comes out the same. */
static void check_again(const struct outcome *outcome) {
    struct fuzz_input input = {.text = outcome->output};
    struct outcome again = {0};
    fuzz_run(&input, &setups[0], 1, &again);
    fuzz_promise(bytes_same(&again.output, &outcome->output), "the output, exported again, is the same");
    outcome_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    struct outcome whole = {0}, cut = {0};
    if (!fuzz_open(&input, bytes, length))
        return 0;
    unsigned kind = input.first % SETUPS;
    fuzz_run(&input, &setups[kind], 1, &whole);
    fuzz_run(&input, &setups[kind], 0, &cut);
    fuzz_compare(&whole, &cut);
    check_output(kind, &whole);
    if (kind == 0)
        check_again(&whole);
    outcome_clear(&whole);
    outcome_clear(&cut);
    bytes_clear(&input.text);
    return 0;
}
