/* Fuzzes what the assembler is told: states, infos of segments, totals, shapes and statistics that no worker made are refused or taken, and
 * what was taken once is taken again.
 * SPDX-License-Identifier: MIT
 *
 * The first choosing byte is the format; the second is what the text is for: 0 a turn, 1 a turn that is not the last, 2 the tail, 3 a schema,
 * 4 statistics, 5 the facts of a zone and a locale, 6 the metadata of a head, 7 the ledger of a PDF whose nodes are all written.
 */
#include "../native/support/names.h"
#include "cJSON.h"
#include "common.h"

static const char *const formats[] = {
    "{\"format\":\"xlsx\",\"includeStatistics\":true,\"includeMetadata\":true,\"timeZone\":\"Asia/Kolkata\"}",
    "{\"format\":\"pdf\",\"includeStatistics\":true,\"includeMetadata\":true,\"pdf\":{\"thumbnailColumn\":\"a\"}}",
    "{\"format\":\"xml\",\"includeStatistics\":true,\"includeMetadata\":true}",
    "{\"format\":\"json\",\"includeStatistics\":true,\"includeMetadata\":true}",
    "{\"format\":\"html\",\"includeMetadata\":true}",
};

static const char columns[] =
    "[{\"key\":\"a\",\"label\":\"a\",\"type\":\"text\",\"width\":4,\"filled\":2,\"path\":[\"a\"]},"
    "{\"key\":\"b.c\",\"label\":\"b.c\",\"type\":\"number\",\"width\":9,\"filled\":1,\"path\":[\"b\",\"c\"]}]";

#define FORMATS (sizeof formats / sizeof *formats)

/** A refusal has a code of the table and a message; all else would be a crash. */
static int taken(loom_job *job, int error) {
    if (error == 0)
        return 1;
    cJSON *told = cJSON_Parse(loom_job_error(job));
    const char *code = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(told, "code"));
    fuzz_promise(code != NULL && strcmp(code, error_name(error)) == 0, "an error tells its code");
    cJSON_Delete(told);
    return 0;
}

/** The file can be ended behind a turn that was taken. */
static void end(loom_job *job) {
    struct bytes totals = {0};
    const char *state = loom_job_state(job);
    size_t length = loom_job_output_length(job);
    fuzz_promise(loom_job_cut(job, 0) <= loom_job_cut(job, 1) && loom_job_cut(job, 1) <= length, "asides stand in the output");
    fuzz_promise(state != NULL, "a turn leaves a state");
    bytes_text(&totals, "{\"counts\":{\"read\":1,\"written\":1,\"filtered\":0,\"rejected\":0},\"state\":");
    bytes_text(&totals, state);
    bytes_text(&totals, "}");
    (void)taken(job, loom_job_tail(job, (const char *)totals.at, totals.length));
    bytes_clear(&totals);
}

static void tell(loom_job *job, unsigned what, const char *text, size_t length) {
    if (what < 2 && loom_job_limit(job, LOOM_LIMIT_ROWS) > 0) {
        if (taken(job, loom_job_turn(job, text, length, (int)what)))
            end(job);
    } else if (what == 3) {
        (void)taken(job, loom_job_schema(job, text, length));
    } else if (what == 4) {
        if (taken(job, loom_job_statistics_merge(job, (const uint8_t *)text, length)) && taken(job, loom_job_statistics_report(job))) {
            cJSON *report = cJSON_ParseWithLength((const char *)loom_job_output(job), loom_job_output_length(job));
            fuzz_promise(report != NULL, "statistics are JSON");
            cJSON_Delete(report);
        }
    } else if (what == 5) {
        (void)taken(job, loom_job_region(job, text, length));
    } else if (what == 6) {
        (void)taken(job, loom_job_head(job, text, length));
    } else if (what == 7) {
        static const char totals[] = "{\"counts\":{\"written\":1},\"state\":{\"log\":\"CQA=\",\"usage\":\"\"}}";
        uint8_t *room = must(loom_job_ledger_room(job, length));
        if (length != 0)
            memcpy(room, text, length);
        (void)taken(job, loom_job_tail(job, totals, sizeof totals - 1));
    } else {
        (void)taken(job, loom_job_tail(job, text, length));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    if (!fuzz_open(&input, bytes, length))
        return 0;
    loom_job *job = must(loom_job_new());
    const char *options = formats[input.first % FORMATS];
    fuzz_promise(loom_job_options(job, options, strlen(options)) == 0, "good options are taken");
    fuzz_promise(loom_job_columns(job, columns, sizeof columns - 1) == 0, "columns are taken");
    if (input.first % FORMATS == 1)
        fuzz_promise(give_fonts(job, options) == 0, "fonts are taken");
    tell(job, input.second % 8, (const char *)input.text.at, input.text.length);
    loom_job_free(job);
    bytes_clear(&input.text);
    return 0;
}
