/* Fuzzes filters: what a query lets pass and what its negation lets pass are all records, each once.
 * SPDX-License-Identifier: MIT
 *
 * The first line of the text is the query, the rest are records. The first choosing byte is how many that pass are skipped, the second
 * how many are taken.
 */
#include "common.h"

#include "batch/filter.h"
#include "batch/parser.h"
#include "core/memory.h"

/** Parses the records with a filter. */
static int read_batch(struct loom_filter *filter, const uint8_t *text, size_t length, uint32_t skip, uint32_t take, loom_batch *batch) {
    static loom_parser parser;
    loom_schema schema;
    loom_batch_open(batch);
    if (loom_schema_open(&schema) != LOOM_OK)
        abort();
    memset(&parser, 0, sizeof parser);
    parser.schema = &schema;
    parser.filter = filter;
    parser.skip = skip;
    parser.take = take;
    batch->text = text;
    batch->length = length;
    int error = loom_parse(&parser, batch, LOOM_LAYOUT_LINES);
    loom_schema_close(&schema);
    fuzz_promise(error == LOOM_OK, "records are rejected, nothing fails");
    fuzz_promise(batch->read == batch->record_count + batch->filtered + batch->rejected, "the counts reconcile");
    return error;
}

static uint32_t passing(struct loom_filter *filter, const uint8_t *text, size_t length, uint32_t skip, uint32_t take) {
    loom_batch batch;
    (void)read_batch(filter, text, length, skip, take, &batch);
    uint32_t count = batch.record_count;
    fuzz_promise(take == 0 || count <= take, "no more are taken than asked for");
    loom_batch_close(&batch);
    return count;
}

/** {"$nor":[QUERY]}. */
static struct loom_filter *negation(const char *query, size_t length) {
    struct bytes text = {0};
    loom_error error = {0};
    struct loom_filter *filter = NULL;
    bytes_text(&text, "{\"$nor\":[");
    bytes_add(&text, query, length);
    bytes_text(&text, "]}");
    if (loom_filter_compile((const uint8_t *)text.at, text.length, &filter, &error) != LOOM_OK)
        filter = NULL;
    bytes_clear(&text);
    return filter;
}

static void check(const char *query, size_t query_length, const uint8_t *text, size_t length, const struct fuzz_input *input) {
    loom_error error = {0};
    struct loom_filter *filter = NULL;
    int code = loom_filter_compile((const uint8_t *)query, query_length, &filter, &error);
    fuzz_promise(code == LOOM_OK || (code == LOOM_INVALID_OPTION && error.detail[0] != '\0'), "a query that is refused is told why");
    struct loom_filter *other = code == LOOM_OK ? negation(query, query_length) : NULL;
    if (other != NULL) { /* the nesting may be too deep then */
        uint32_t all = passing(NULL, text, length, 0, 0), some = passing(filter, text, length, 0, 0);
        fuzz_promise(some + passing(other, text, length, 0, 0) == all, "a record passes either a query or its negation");
        uint32_t left = some > input->first ? some - input->first : 0;
        uint32_t wanted = input->second > 0 && left > input->second ? input->second : left;
        fuzz_promise(passing(filter, text, length, input->first, input->second) == wanted, "skip and take count what passes");
    }
    loom_filter_free(filter);
    loom_filter_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    if (!fuzz_open(&input, bytes, length))
        return 0;
    const char *line = memchr(input.text.at, '\n', input.text.length);
    if (line != NULL) {
        size_t query = (size_t)(line - (const char *)input.text.at), rest = input.text.length - query - 1;
        uint8_t *text = calloc(rest + LOOM_TEXT_PAD, 1);
        if (text == NULL)
            abort();
        memcpy(text, line + 1, rest);
        check((const char *)input.text.at, query, text, rest, &input);
        free(text);
    }
    bytes_clear(&input.text);
    return 0;
}
