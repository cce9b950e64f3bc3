/* Fuzzes PDF: the file can be read strictly, and what its pages show depends neither on the cuts nor on where parts end.
 * SPDX-License-Identifier: MIT
 */
#include "../native/support/pdf_reader.h"
#include "common.h"

static const struct setup kinds[] = {
    {.options = "{\"format\":\"pdf\"}", .flat = 1},
    {.options = "{\"format\":\"pdf\",\"includeStatistics\":true,\"includeMetadata\":true,\"pdf\":{\"pageSize\":\"A5\","
                "\"maxLines\":1}}",
     .flat = 1},
    {.options = "{\"format\":\"pdf\",\"arrays\":\"json\",\"includeRawData\":true,\"pdf\":{\"layout\":\"cards\","
                "\"cover\":false}}",
     .flat = 1},
    {.options = "{\"format\":\"pdf\",\"pdf\":{\"wide\":\"split\",\"pageSize\":\"A5\",\"maxLines\":40}}", .flat = 1},
    {.options = "{\"format\":\"pdf\",\"columns\":[\"a\",{\"key\":\"b.c\",\"type\":\"number\",\"width\":3},{\"key\":"
                "\"value\"}]}",
     .flat = 1,
     .named = 1},
};

#define KINDS (sizeof kinds / sizeof *kinds)

/* What the pages show. */
static void read_output(const struct outcome *outcome, struct bytes *shown) {
    struct pdf pdf;
    if (pdf_open(&pdf, &outcome->output))
        pdf_walk(&pdf, 1, 0, pdf_add_page, shown);
    fuzz_promise(pdf.fault == NULL, pdf.fault);
    fuzz_promise(pdf.pages > 0, "a document has a page");
    pdf_close(&pdf);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    struct outcome whole = {0}, cut = {0};
    struct bytes one = {0}, other = {0};
    if (!fuzz_open(&input, bytes, length))
        return 0;
    struct setup setup = kinds[input.first % KINDS];
    fuzz_run(&input, &setup, 1, &whole);
    setup.halves = input.first & 1;
    fuzz_run(&input, &setup, 0, &cut);
    fuzz_promise(whole.read == cut.read && whole.written == cut.written, "the counts do not depend on the cuts");
    read_output(&whole, &one);
    read_output(&cut, &other);
    fuzz_promise(one.length == other.length && (one.length == 0 || memcmp(one.at, other.at, one.length) == 0),
                 "the pages do not depend on the cuts");
    bytes_clear(&one);
    bytes_clear(&other);
    outcome_clear(&whole);
    outcome_clear(&cut);
    bytes_clear(&input.text);
    return 0;
}
