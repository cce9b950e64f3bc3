/* Fuzzes XLSX: the zip file unpacks, sheets hold a row for each record, and neither depends on the cuts or on where sheets end.
 * SPDX-License-Identifier: MIT
 */
#include "../native/support/cells.h"
#include "common.h"

static const struct setup kinds[] = {
    {.options = "{\"format\":\"xlsx\"}", .flat = 1},
    {.options = "{\"format\":\"xlsx\",\"includeStatistics\":true,\"includeMetadata\":true,\"xlsx\":{\"table\":true}}", .flat = 1},
    {.options = "{\"format\":\"xlsx\",\"arrays\":\"json\",\"includeRawData\":true,\"xlsx\":{\"links\":false,\"level\":9}}", .flat = 1},
    {.options = "{\"format\":\"xlsx\",\"columns\":[\"a\",{\"key\":\"b.c\",\"type\":\"datetime\",\"format\":\"0.00\"},"
                "{\"key\":\"b\",\"type\":\"text\"},{\"key\":\"value\",\"type\":\"json\"}]}",
     .flat = 1,
     .named = 1},
};

#define KINDS (sizeof kinds / sizeof *kinds)

/** Every part is XML as far as its tags go: each `<` has its `>`, and no control character stands in it. */
static void check_part(const char *name, const struct bytes *content, void *context) {
    (void)name;
    (void)context;
    int open = 0;
    for (size_t i = 0; i < content->length; i++) {
        uint8_t byte = content->at[i];
        fuzz_promise(byte >= ' ' || byte == '\n' || byte == '\t' || byte == '\r', "no control character is in a part");
        fuzz_promise(byte != '<' || !open, "no tag is within a tag");
        open = byte == '<' ? 1 : byte == '>' ? 0 : open;
    }
    fuzz_promise(!open, "all tags end");
}

/** The values; rows are counted. */
static cJSON *check_output(const struct outcome *outcome) {
    fuzz_promise(unzip_all(&outcome->output, check_part, NULL), "the output is a zip file");
    cJSON *rows = cells_read(&outcome->output);
    fuzz_promise(rows != NULL, "the sheets can be read");
    size_t count = (size_t)cJSON_GetArraySize(rows);
    fuzz_promise(count == 0 ? outcome->written == 0 : count - 1 == outcome->written, "each record is a row");
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    struct outcome whole = {0}, cut = {0}, sheets = {0};
    if (!fuzz_open(&input, bytes, length))
        return 0;
    struct setup setup = kinds[input.first % KINDS];
    fuzz_run(&input, &setup, 1, &whole);
    fuzz_run(&input, &setup, 0, &cut);
    fuzz_promise(whole.read == cut.read && whole.written == cut.written, "the counts do not depend on the cuts");
    setup.halves = 1;
    fuzz_run(&input, &setup, 0, &sheets);
    cJSON *one = check_output(&whole), *other = check_output(&cut), *third = check_output(&sheets);
    fuzz_promise(cJSON_Compare(one, other, 1), "the values do not depend on the cuts");
    fuzz_promise(whole.written == 0 || cJSON_Compare(one, third, 1), "the values do not depend on the sheets");
    cJSON_Delete(one);
    cJSON_Delete(other);
    cJSON_Delete(third);
    outcome_clear(&whole);
    outcome_clear(&cut);
    outcome_clear(&sheets);
    bytes_clear(&input.text);
    return 0;
}
