/* Fuzzes the options, the columns and the paths that travel between workers: any text is taken or refused with a reason.
 * SPDX-License-Identifier: MIT
 *
 * The first choosing byte: 0 options, 1 settled columns, 2 paths, 3 totals, of a job that is then used.
 */
#include "../native/support/names.h"
#include "cJSON.h"
#include "common.h"

/** Every error has a code of the table and a message, as JSON. */
static void check_error(loom_job *job, int error) {
    cJSON *told = cJSON_Parse(loom_job_error(job));
    const char *code = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(told, "code"));
    fuzz_promise(code != NULL && strcmp(code, error_name(error)) == 0, "an error tells its code");
    fuzz_promise(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(told, "message")), "an error tells what happened");
    cJSON_Delete(told);
}

/** A job that took its options works. */
static void use(loom_job *job) {
    static const char text[] = "{\"a\":1,\"b\":{\"c\":[1,\"x\",null]},\"d\":{}}\n[1]\n\"=x\"\n";
    loom_chunk *chunk = loom_chunk_new(job, sizeof text - 1);
    memcpy(loom_chunk_text(chunk), text, sizeof text - 1);
    int error = loom_chunk_parse(chunk, sizeof text - 1, LOOM_FORM_LINES);
    fuzz_promise(error == 0 && loom_chunk_count(chunk, LOOM_COUNT_GOOD) == 3, "the records are read");
    error = loom_job_head(job, "{}", 2);
    if (error == 0)
        error = loom_chunk_encode(chunk, 0, 3);
    fuzz_promise(loom_chunk_report(chunk) != NULL && loom_job_warnings(job) != NULL, "there is a report");
    loom_chunk_free(chunk);
    if (error != 0)
        check_error(job, error);
}

static int call(loom_job *job, unsigned which, const char *text, size_t length) {
    if (which == 1)
        return loom_job_columns(job, text, length);
    if (which == 2) {
        int error = loom_job_merge(job, text, length);
        return error != 0 ? error : loom_job_settle(job, 1);
    }
    return loom_job_tail(job, text, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const char plain[] = "{\"format\":\"csv\"}";
    struct fuzz_input input;
    if (!fuzz_open(&input, bytes, length))
        return 0;
    unsigned which = input.first & 3;
    const char *text = (const char *)input.text.at;
    loom_job *job = loom_job_new();
    int error =
        which == 0 ? loom_job_options(job, text, input.text.length) : loom_job_options(job, plain, sizeof plain - 1);
    if (error == 0 && which != 0)
        error = call(job, which, text, input.text.length);
    if (error != 0)
        check_error(job, error);
    else
        use(job);
    loom_job_free(job);
    bytes_clear(&input.text);
    return 0;
}
