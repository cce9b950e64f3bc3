/* Fuzzes regular expressions: no pattern and no text breaks anything, and a group around a pattern changes nothing.
 * SPDX-License-Identifier: MIT
 *
 * The first line of the text is the pattern, the rest is what it is matched with. The first choosing byte holds the flags.
 */
#include "common.h"

#include "core/regex.h"
#include "core/utf8.h"

static int is_utf8(const uint8_t *text, size_t length) {
    for (size_t at = 0; at < length;) {
        size_t size = loom_utf8_length(text + at);
        if (size == 0)
            return 0;
        at += size;
    }
    return 1;
}

static loom_regex *compiled(const char *before, const uint8_t *pattern, size_t length, const char *behind, unsigned flags) {
    struct bytes text = {0};
    loom_error error = {0};
    loom_regex *regex = NULL;
    bytes_text(&text, before);
    bytes_add(&text, pattern, length);
    bytes_text(&text, behind);
    int code = loom_regex_compile((const uint8_t *)text.at, text.length, flags, &regex, &error);
    fuzz_promise(code == LOOM_OK || (code == LOOM_INVALID_OPTION && error.detail[0] != '\0'), "a pattern that is refused is told why");
    bytes_clear(&text);
    return regex;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    if (!fuzz_open(&input, bytes, length))
        return 0;
    const uint8_t *pattern = (const uint8_t *)input.text.at;
    const uint8_t *line = memchr(pattern, '\n', input.text.length);
    if (line != NULL && is_utf8(pattern, input.text.length)) {
        size_t size = (size_t)(line - pattern), rest = input.text.length - size - 1;
        loom_regex *one = compiled("", pattern, size, "", input.first & 7);
        loom_regex *other = one == NULL ? NULL : compiled("(?:", pattern, size, ")|[]", input.first & 7);
        if (other != NULL) {
            bool matches = loom_regex_match(one, line + 1, rest);
            fuzz_promise(loom_regex_match(one, line + 1, rest) == matches, "a match does not depend on the one before");
            fuzz_promise(loom_regex_match(other, line + 1, rest) == matches, "a group changes nothing");
        }
        loom_regex_free(one);
        loom_regex_free(other);
    }
    bytes_clear(&input.text);
    return 0;
}
