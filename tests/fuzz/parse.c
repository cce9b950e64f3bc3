/* Fuzzes the parser: any bytes come to counted records, and the record is accepted exactly when a plain reader accepts it.
 * SPDX-License-Identifier: MIT
 *
 * The first choosing byte is the form. Lines are compared one by one with json_reader.h.
 */
#include "../native/support/json_reader.h"
#include "cJSON.h"
#include "common.h"

/** Whether the line is one JSON value for the plain reader. */
static int is_record(const uint8_t *text, size_t length) {
    size_t items = 0;
    return json_check(text, length, &items);
}

/** How many levels of brackets a line opens at most: deeper than the library's limit is another question. */
static unsigned depth_of(const uint8_t *text, size_t length) {
    unsigned brackets = 0;
    for (size_t i = 0; i < length; i++)
        brackets += text[i] == '[' || text[i] == '{';
    return brackets;
}

static void check_lines(const struct fuzz_input *input, const loom_chunk *chunk) {
    size_t start = 0;
    unsigned good = 0, read = 0;
    for (size_t at = 0; at <= input->text.length; at++) {
        if (at < input->text.length && input->text.at[at] != '\n')
            continue;
        struct bytes line = {input->text.at + start, at - start, 0};
        if (depth_of(line.at, line.length) > 1024)
            return;
        read += skip_blanks(&line, 0) < line.length;
        good += (unsigned)is_record(line.at, line.length);
        start = at + 1;
    }
    fuzz_promise(loom_chunk_count(chunk, LOOM_COUNT_READ) == read, "each line that is not blank is a record");
    fuzz_promise(loom_chunk_count(chunk, LOOM_COUNT_GOOD) == good, "a record is good when it is valid JSON");
}

static void check_report(const struct fuzz_input *input, loom_chunk *chunk) {
    const char *text = loom_chunk_report(chunk);
    cJSON *report = text[0] == 0 ? cJSON_CreateObject() : cJSON_Parse(text);
    const cJSON *defect, *defects = cJSON_GetObjectItemCaseSensitive(report, "defects");
    uint32_t rejected = loom_chunk_count(chunk, LOOM_COUNT_REJECTED);
    fuzz_promise(report != NULL, "the report is JSON");
    fuzz_promise((uint32_t)cJSON_GetArraySize(defects) == (rejected < 10000 ? rejected : 10000),
                 "each rejected record is listed");
    cJSON_ArrayForEach(defect, defects)
        fuzz_promise(cJSON_GetObjectItemCaseSensitive(defect, "offset")->valuedouble <= (double)input->text.length,
                     "offsets lie in the text");
    cJSON_Delete(report);
}

static void parse(const struct fuzz_input *input, loom_job *job) {
    int form = (int)(input->first & 3);
    loom_chunk *chunk = loom_chunk_new(job, input->text.length);
    memcpy(loom_chunk_text(chunk), input->text.at, input->text.length);
    int error = loom_chunk_parse(chunk, input->text.length, form);
    fuzz_promise(error == 0, "parsing does not fail");
    fuzz_promise(loom_chunk_count(chunk, LOOM_COUNT_READ) ==
                     loom_chunk_count(chunk, LOOM_COUNT_GOOD) + loom_chunk_count(chunk, LOOM_COUNT_REJECTED),
                 "the counts reconcile");
    if (form == LOOM_FORM_LINES)
        check_lines(input, chunk);
    fuzz_promise(loom_chunk_scan(chunk, 0) == 0, "scanning does not fail");
    check_report(input, chunk);
    loom_chunk_free(chunk);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const char options[] = "{\"format\":\"csv\"}";
    struct fuzz_input input;
    if (!fuzz_open(&input, bytes, length))
        return 0;
    loom_job *job = loom_job_new();
    fuzz_promise(loom_job_options(job, options, sizeof options - 1) == 0, "good options are taken");
    parse(&input, job);
    parse(&input, job); /* again, with the keys that it knows now */
    loom_job_free(job);
    bytes_clear(&input.text);
    return 0;
}
