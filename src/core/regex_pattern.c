/* Regular expressions: from the pattern to a tree.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "memory.h"
#include "regex_tree.h"
#include "utf8.h"

#define MOST_NESTING 50u
#define MOST_REPEATS 1000u

static int wrong(const reading *r, const char *what) {
    return loom_fail(r->error, LOOM_INVALID_OPTION, "%s at byte %zu of the pattern", what, (size_t)(r->at - r->start));
}

static int plant(reading *r, twig one, uint32_t *number) {
    twig *twigs = loom_grow(r->twigs, r->count, &r->capacity, sizeof *twigs);
    if (twigs == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    r->twigs = twigs;
    one.first = one.last = one.next = NO_TWIG;
    *number = r->count;
    r->twigs[r->count++] = one;
    return LOOM_OK;
}

static void hang(reading *r, uint32_t parent, uint32_t child) {
    twig *twigs = r->twigs;
    if (twigs[parent].first == NO_TWIG) {
        twigs[parent].first = child;
    } else {
        twigs[twigs[parent].last].next = child;
    }
    twigs[parent].last = child;
}

static int plant_state(reading *r, enum regex_op op, uint32_t x, uint32_t *number) {
    return plant(r, (twig){.kind = TWIG_STATE, .state = {.op = op, .x = x}}, number);
}

static bool more(const reading *r) {
    return r->at < r->end;
}

static bool eat(reading *r, const char *text) {
    size_t length = strlen(text);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, text, length) != 0) {
        return false;
    }
    r->at += length;
    return true;
}

static uint32_t next_character(reading *r) {
    size_t length = loom_utf8_length(r->at);
    uint32_t code = *r->at;
    if (length > 1) {
        code &= 0x7fu >> length;
        for (size_t i = 1; i < length; i++) {
            code = code << 6 | (r->at[i] & 0x3f);
        }
    }
    r->at += length == 0 ? 1 : length;
    return code;
}

static int hex_value(uint8_t byte) {
    uint8_t small = byte | 0x20;
    return byte - (unsigned)'0' < 10 ? byte - '0' : small - (unsigned)'a' < 6 ? small - 'a' + 10 : -1;
}

/* `digits` hexadecimal digits, or as many as there are up to a brace. */
static int read_hex(reading *r, unsigned digits, uint32_t *code) {
    bool braced = digits == 0 && eat(r, "{");
    unsigned count = 0;
    *code = 0;
    while (more(r) && hex_value(*r->at) >= 0 && (braced || count < digits) && *code <= 0x10ffff) {
        *code = *code << 4 | (uint32_t)hex_value(*r->at++);
        count++;
    }
    bool complete = braced ? count > 0 && eat(r, "}") : count == digits;
    if (!complete || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)) {
        return wrong(r, "a bad escape");
    }
    return LOOM_OK;
}

static int add_range(loom_regex *regex, uint32_t from, uint32_t to) {
    regex_range *ranges = loom_grow(regex->ranges, regex->range_count, &regex->range_capacity, sizeof *ranges);
    if (ranges == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    regex->ranges = ranges;
    ranges[regex->range_count++] = (regex_range){from, to};
    return LOOM_OK;
}

/* The ranges of \d, \w and \s (ECMA-262 22.2.2.9), in ascending order, and what lies between them for \D, \W and \S. */
static int add_set(loom_regex *regex, uint8_t letter) {
    static const regex_range digits[] = {{'0', '9'}};
    static const regex_range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    static const regex_range spaces[] = {{9, 13},          {' ', ' '},       {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
                                         {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};
    uint8_t small = letter | 0x20;
    const regex_range *set = small == 'd' ? digits : small == 'w' ? words : spaces;
    size_t count = small == 'd' ? 1 : small == 'w' ? sizeof words / sizeof *words : sizeof spaces / sizeof *spaces;
    uint32_t from = 0;
    int code = LOOM_OK;
    for (size_t i = 0; i < count && code == LOOM_OK; i++) {
        code = letter == small ? add_range(regex, set[i].from, set[i].to) : add_range(regex, from, set[i].from - 1);
        from = set[i].to + 1;
    }
    return code == LOOM_OK && letter != small ? add_range(regex, from, 0x10ffff) : code;
}

static bool is_set(uint8_t letter) {
    return letter != '\0' && strchr("dDwWsS", letter) != NULL;
}

/* The character of an escape behind its backslash. */
static int read_escape(reading *r, bool in_class, uint32_t *code) {
    static const char plain[] = "tnvfr";
    static const char meant[] = "\t\n\v\f\r";
    uint8_t letter = more(r) ? *r->at : '\0';
    const char *found = letter == '\0' ? NULL : strchr(plain, letter);
    if (found != NULL) {
        r->at++;
        *code = (uint8_t)meant[found - plain];
        return LOOM_OK;
    }
    if (letter == 'x' || letter == 'u') {
        r->at++;
        bool braced = letter == 'u' && more(r) && *r->at == '{';
        return read_hex(r, braced ? 0 : letter == 'x' ? 2 : 4, code);
    }
    if (letter == 'c' && r->end - r->at >= 2 && (r->at[1] | 0x20) - (unsigned)'a' < 26) {
        *code = r->at[1] & 0x1f;
        r->at += 2;
        return LOOM_OK;
    }
    if (letter == '0' && !(r->end - r->at >= 2 && r->at[1] - (unsigned)'0' < 10)) {
        r->at++;
        *code = 0;
        return LOOM_OK;
    }
    if (in_class && letter == 'b') {
        r->at++;
        *code = '\b';
        return LOOM_OK;
    }
    bool punctuation = letter > ' ' && letter < 0x7f && hex_value(letter) < 0 && (letter | 0x20) - (unsigned)'a' >= 26 && letter != '_';
    if (!punctuation) {
        bool digit = letter - (unsigned)'1' < 9 || letter == 'k';
        return wrong(r, digit ? "a back-reference, which is not supported," : letter == 'p' || letter == 'P'
                            ? "\\p{...}, which is not supported,"
                            : "an unknown escape");
    }
    r->at++;
    *code = letter;
    return LOOM_OK;
}

/* One member of a class: a character, or a set, which is added at once. */
static int read_member(reading *r, bool *set, uint32_t *code) {
    *set = false;
    if (!eat(r, "\\")) {
        *code = next_character(r);
        return LOOM_OK;
    }
    if (more(r) && is_set(*r->at)) {
        *set = true;
        return add_set(r->regex, *r->at++);
    }
    return read_escape(r, true, code);
}

static int read_members(reading *r) {
    int code = LOOM_OK;
    while (code == LOOM_OK && more(r) && *r->at != ']') {
        bool set = false;
        bool other = false;
        uint32_t from = 0;
        uint32_t to = 0;
        code = read_member(r, &set, &from);
        to = from;
        bool range = code == LOOM_OK && r->end - r->at >= 2 && r->at[0] == '-' && r->at[1] != ']';
        if (range) {
            r->at++;
            code = read_member(r, &other, &to);
        }
        if (code == LOOM_OK && range && (set || other || from > to)) {
            code = wrong(r, "a range of a class that is none or out of order");
        }
        if (code == LOOM_OK && !set) {
            code = add_range(r->regex, from, to);
        }
    }
    return code == LOOM_OK && !eat(r, "]") ? wrong(r, "a class without its ]") : code;
}

static int open_class(loom_regex *regex, bool negated) {
    regex_class *classes = loom_grow(regex->classes, regex->class_count, &regex->class_capacity, sizeof *classes);
    if (classes == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    regex->classes = classes;
    classes[regex->class_count++] = (regex_class){.first = regex->range_count, .negated = negated};
    return LOOM_OK;
}

static int close_class(reading *r, int code, uint32_t *number) {
    loom_regex *regex = r->regex;
    if (code != LOOM_OK) {
        return code;
    }
    regex_class *class = &regex->classes[regex->class_count - 1];
    class->count = regex->range_count - class->first;
    return plant_state(r, REGEX_CLASS, regex->class_count - 1, number);
}

static int read_class(reading *r, uint32_t *number) {
    int code = open_class(r->regex, eat(r, "^"));
    return close_class(r, code == LOOM_OK ? read_members(r) : code, number);
}

static int plant_character(reading *r, uint32_t character, uint32_t *number) {
    bool folds = (r->regex->flags & LOOM_REGEX_IGNORE_CASE) != 0;
    return plant_state(r, REGEX_CHARACTER, folds ? loom_regex_fold(character) : character, number);
}

static int read_backslash(reading *r, uint32_t *number) {
    uint32_t character = 0;
    if (eat(r, "b")) {
        return plant_state(r, REGEX_BOUNDARY, 0, number);
    }
    if (eat(r, "B")) {
        return plant_state(r, REGEX_INSIDE, 0, number);
    }
    if (more(r) && is_set(*r->at)) {
        int code = open_class(r->regex, false);
        return close_class(r, code == LOOM_OK ? add_set(r->regex, *r->at++) : code, number);
    }
    int code = read_escape(r, false, &character);
    return code == LOOM_OK ? plant_character(r, character, number) : code;
}

static int read_choice(reading *r, uint32_t *number);

/* A name is looked over: nothing refers to it. */
static int skip_name(reading *r) {
    while (more(r) && *r->at != '>') {
        r->at++;
    }
    return eat(r, ">") ? LOOM_OK : wrong(r, "a group's name without its >");
}

static int read_group(reading *r, uint32_t *number) {
    int code = LOOM_OK;
    if (eat(r, "?")) {
        bool looks = eat(r, "=") || eat(r, "!") || eat(r, "<=") || eat(r, "<!");
        if (looks) {
            return wrong(r, "look-ahead or look-behind, which is not supported,");
        }
        code = eat(r, ":") ? LOOM_OK : eat(r, "<") ? skip_name(r) : wrong(r, "an unknown kind of group");
    }
    if (code == LOOM_OK && ++r->depth > MOST_NESTING) {
        code = wrong(r, "too many groups in each other");
    }
    if (code == LOOM_OK) {
        code = read_choice(r, number);
        r->depth--;
    }
    return code == LOOM_OK && !eat(r, ")") ? wrong(r, "a group without its )") : code;
}

static int read_atom(reading *r, uint32_t *number) {
    if (eat(r, "(")) {
        return read_group(r, number);
    }
    if (eat(r, "[")) {
        return read_class(r, number);
    }
    if (eat(r, ".")) {
        return plant_state(r, REGEX_ANY, 0, number);
    }
    if (eat(r, "^")) {
        return plant_state(r, REGEX_START, 0, number);
    }
    if (eat(r, "$")) {
        return plant_state(r, REGEX_END, 0, number);
    }
    if (strchr("*+?{}]", *r->at) != NULL && *r->at != '\0') {
        return wrong(r, *r->at == '}' || *r->at == ']' ? "a bracket that was not opened" : "a repetition of nothing");
    }
    return eat(r, "\\") ? read_backslash(r, number) : plant_character(r, next_character(r), number);
}

static bool read_count(reading *r, uint32_t *count) {
    const uint8_t *first = r->at;
    *count = 0;
    while (more(r) && *r->at - (unsigned)'0' < 10) {
        *count = *count > MOST_REPEATS ? *count : *count * 10 + (*r->at - '0');
        r->at++;
    }
    return r->at > first;
}

static int read_counts(reading *r, uint32_t *least, uint32_t *most) {
    if (!read_count(r, least)) {
        return wrong(r, "a repetition without its count");
    }
    *most = *least;
    if (eat(r, ",") && !read_count(r, most)) {
        *most = WITHOUT_END;
    }
    if (!eat(r, "}")) {
        return wrong(r, "a repetition without its }");
    }
    if (*least > MOST_REPEATS || (*most > MOST_REPEATS && *most != WITHOUT_END)) {
        return wrong(r, "a repetition of more than 1,000 times");
    }
    return *least > *most ? wrong(r, "a repetition whose counts are out of order") : LOOM_OK;
}

static int read_repeated(reading *r, uint32_t *number) {
    uint32_t least = 0;
    uint32_t most = WITHOUT_END;
    int code = read_atom(r, number);
    if (code != LOOM_OK || !more(r) || (*r->at != '*' && *r->at != '+' && *r->at != '?' && *r->at != '{')) {
        return code;
    }
    if (r->twigs[*number].kind == TWIG_STATE && r->twigs[*number].state.op >= REGEX_START) {
        return wrong(r, "a repetition of nothing");
    }
    uint8_t sign = *r->at++;
    least = sign == '+';
    most = sign == '?' ? 1 : WITHOUT_END;
    code = sign == '{' ? read_counts(r, &least, &most) : LOOM_OK;
    (void)eat(r, "?"); /* whether there is a match does not depend on which is tried first */
    uint32_t repeated = *number;
    if (code == LOOM_OK) {
        code = plant(r, (twig){.kind = TWIG_REPEAT, .least = least, .most = most}, number);
    }
    if (code == LOOM_OK) {
        hang(r, *number, repeated);
    }
    return code;
}

static int read_sequence(reading *r, uint32_t *number) {
    int code = plant(r, (twig){.kind = TWIG_SEQUENCE}, number);
    while (code == LOOM_OK && more(r) && *r->at != '|' && *r->at != ')') {
        uint32_t child = 0;
        code = read_repeated(r, &child);
        if (code == LOOM_OK) {
            hang(r, *number, child);
        }
    }
    return code;
}

static int read_choice(reading *r, uint32_t *number) {
    int code = plant(r, (twig){.kind = TWIG_CHOICE}, number);
    do {
        uint32_t child = 0;
        if (code == LOOM_OK) {
            code = read_sequence(r, &child);
        }
        if (code == LOOM_OK) {
            hang(r, *number, child);
        }
    } while (code == LOOM_OK && eat(r, "|"));
    return code;
}

int loom_regex_read(reading *r, uint32_t *root) {
    int code = read_choice(r, root);
    return code == LOOM_OK && more(r) ? wrong(r, "a ) that was not opened") : code;
}
