/* Fuzzes the HTML encoder: a row for each record, a cell for each column, and no character that could be markup.
 * SPDX-License-Identifier: MIT
 */
#include "common.h"

static const struct setup setups[] = {
    {.options = "{\"format\":\"html\"}", .flat = 1},
    {.options = "{\"format\":\"html\",\"arrays\":\"json\",\"includeRawData\":true,\"html\":{\"title\":\"a<b\"}}", .flat = 1},
    {.options = "{\"format\":\"html\",\"columns\":[\"a\",{\"key\":\"b.c\",\"label\":\"</th><script>\"}]}", .flat = 1, .named = 1},
};

#define SETUPS (sizeof setups / sizeof *setups)

static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#13;"};
static const char *const tags[] = {"<tr>", "</tr>", "<td>", "<td class=\"n\">", "</td>", "</tbody>"};

static int starts(const char *text, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, list[i], strlen(list[i])) == 0)
            return 1;
    return 0;
}

static size_t count_of(const char *text, const char *what) {
    size_t count = 0;
    for (; (text = strstr(text, what)) != NULL; text++)
        count++;
    return count;
}

static void check_output(const struct outcome *outcome) {
    const char *page = (const char *)outcome->output.at; /* NUL-terminated */
    fuzz_promise(strlen(page) == outcome->output.length, "there is no NUL in the page");
    fuzz_promise(strncmp(page, "<!DOCTYPE html>", 15) == 0, "it is a page");
    const char *body = strstr(page, "<tbody>\n");
    fuzz_promise(body != NULL && count_of(page, "<tbody>") == 1, "there is one table");
    fuzz_promise(count_of(page, "<script") == 0, "there is no script");
    size_t rows = count_of(body, "<tr>"), columns = count_of(page, "<th ");
    fuzz_promise(rows == outcome->written && count_of(body, "</tr>\n") == rows, "each record is a row");
    fuzz_promise(count_of(body, "<td") == rows * columns && count_of(body, "</td>") == rows * columns, "each row has all columns");
    const char *end = strstr(body, "</tbody>");
    fuzz_promise(end != NULL, "the table ends");
    for (const char *at = body + 8; at < end; at++) {
        unsigned char byte = (unsigned char)*at;
        fuzz_promise(byte != '<' || starts(at, tags, sizeof tags / sizeof *tags), "only tags start with <");
        fuzz_promise(byte != '&' || starts(at, entities, sizeof entities / sizeof *entities), "only entities start with &");
        fuzz_promise(byte >= ' ' || byte == '\t' || byte == '\n', "no control character is in the page");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    struct outcome whole = {0}, cut = {0};
    if (!fuzz_open(&input, bytes, length))
        return 0;
    const struct setup *setup = &setups[input.first % SETUPS];
    fuzz_run(&input, setup, 1, &whole);
    fuzz_run(&input, setup, 0, &cut);
    fuzz_compare(&whole, &cut);
    check_output(&whole);
    outcome_clear(&whole);
    outcome_clear(&cut);
    bytes_clear(&input.text);
    return 0;
}
