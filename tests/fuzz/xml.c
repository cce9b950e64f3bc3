/* Fuzzes XML: whatever comes in, what goes out is well formed and valid for libxml2, and the same however the input was cut.
 * SPDX-License-Identifier: MIT
 */
#include "../native/support/valid.h"
#include "common.h"

static const struct setup kinds[] = {
    {.options = "{\"format\":\"xml\"}"},
    {.options = "{\"format\":\"xml\",\"xml\":{\"pretty\":true,\"prefix\":\"p\"}}"},
    {.options = "{\"format\":\"xml\",\"xml\":{\"scalars\":\"attributes\",\"namespace\":\"\",\"declaration\":false}}"},
    {.options = "{\"format\":\"xml\",\"columns\":[\"a\",\"b.c\",\"b\",\"d.e.f\",{\"key\":\"value\"}],\"xml\":{\"index\":false}}",
     .named = 1},
    {.options = "{\"format\":\"xml\",\"includeMetadata\":true,\"xml\":{\"scalars\":\"attributes\",\"prefix\":\"xs\",\"record\":\"records\","
                "\"root\":\"item\"}}",
     .metadata = "{\"generator\":\"g\",\"exportedAt\":\"2026-01-01T00:00:00.000Z\",\"options\":{\"a b\":[1,null]}}"},
};

#define KINDS (sizeof kinds / sizeof *kinds)

/* With very many paths it takes too long to join those of many chunks. */
#define MOST_JOINED 8192

static void check_output(const struct setup *setup, const struct outcome *whole, const struct outcome *cut, size_t step) {
    struct bytes schema = {0}, joined = {0};
    if (whole->shapes.length > 0 && strstr((const char *)whole->shapes.at, "\\u0000") != NULL)
        return; /* cJSON, which joins the shapes here, ends a key at NUL; hosts do not */
    fuzz_promise(schema_of(setup, whole, &schema) == 0, "a schema can be made");
    loom_validator *validator = loom_validator_new(schema.at, schema.length);
    fuzz_promise(validator != NULL, "there is a validator");
    for (int reader = 0; reader < 2; reader++) {
        int good = is_valid(validator, &whole->output, reader, step);
        if (!good)
            fprintf(stderr, "%d: %s\n%s\n%s\n", reader, loom_validator_message(validator), (const char *)schema.at,
                    (const char *)whole->output.at);
        fuzz_promise(good, "the document is valid");
    }
    loom_validator_free(validator);
    if (schema.length < MOST_JOINED) {
        fuzz_promise(schema_of(setup, cut, &joined) == 0, "a schema can be made of many chunks");
        fuzz_promise(bytes_same(&schema, &joined), "the schema does not depend on the cuts");
    }
    bytes_clear(&schema);
    bytes_clear(&joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    struct outcome whole = {0}, cut = {0};
    if (!fuzz_open(&input, bytes, length))
        return 0;
    const struct setup *setup = &kinds[input.first % KINDS];
    fuzz_run(&input, setup, 1, &whole);
    fuzz_run(&input, setup, 0, &cut);
    fuzz_compare(&whole, &cut);
    check_output(setup, &whole, &cut, input.second & 64 ? 1 : 0);
    outcome_clear(&whole);
    outcome_clear(&cut);
    bytes_clear(&input.text);
    return 0;
}
