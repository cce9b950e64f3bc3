/* Regular expressions: run as sets of states over the text (Thompson's construction, Pike's lists).
 * SPDX-License-Identifier: MIT
 */
#include "regex.h"

#include <string.h>

#include "memory.h"
#include "regex_program.h"
#include "utf8.h"

static bool is_word(uint8_t byte) {
    return (byte | 0x20) - (unsigned)'a' < 26 || byte - (unsigned)'0' < 10 || byte == '_';
}

/* Line breaks are those of ECMA-262 12.3: LF, CR, U+2028, U+2029. */
static bool ends_in_break(const uint8_t *text, size_t at) {
    uint8_t last = text[at - 1];
    return last == '\n' || last == '\r' ||
           (at >= 3 && (last == 0xa8 || last == 0xa9) && text[at - 2] == 0x80 && text[at - 3] == 0xe2);
}

static bool starts_with_break(const uint8_t *text, size_t length, size_t at) {
    uint8_t first = text[at];
    return first == '\n' || first == '\r' ||
           (length - at >= 3 && first == 0xe2 && text[at + 1] == 0x80 && (text[at + 2] == 0xa8 || text[at + 2] == 0xa9));
}

static bool holds(const loom_regex *regex, enum regex_op op, const uint8_t *text, size_t length, size_t at) {
    bool multiline = (regex->flags & LOOM_REGEX_MULTILINE) != 0;
    if (op == REGEX_START) {
        return at == 0 || (multiline && ends_in_break(text, at));
    }
    if (op == REGEX_END) {
        return at == length || (multiline && starts_with_break(text, length, at));
    }
    bool before = at > 0 && is_word(text[at - 1]);
    bool behind = at < length && is_word(text[at]);
    return (before != behind) == (op == REGEX_BOUNDARY);
}

/* Adds a state and all that can be reached from it without a character; true when the end of the pattern can. */
static bool add(loom_regex *regex, regex_list *list, uint32_t start, const uint8_t *text, size_t length, size_t at) {
    uint32_t depth = 0;
    regex->stack[depth++] = start;
    while (depth > 0) {
        uint32_t state = regex->stack[--depth];
        const regex_state *one = &regex->states[state];
        if (!regex_list_add(list, state)) {
            continue;
        }
        if (one->op == REGEX_MATCH) {
            return true;
        }
        if (one->op == REGEX_SPLIT) {
            regex->stack[depth++] = one->x;
            regex->stack[depth++] = one->y;
        } else if (one->op == REGEX_JUMP) {
            regex->stack[depth++] = one->x;
        } else if (one->op >= REGEX_START && holds(regex, one->op, text, length, at)) {
            regex->stack[depth++] = state + 1;
        }
    }
    return false;
}

static bool takes(const loom_regex *regex, const regex_state *state, uint32_t code, uint32_t folded) {
    switch (state->op) {
    case REGEX_CHARACTER:
        return state->x == folded;
    case REGEX_CLASS:
        return loom_regex_class_has(regex, state->x, code);
    case REGEX_ANY:
        return regex->flags & LOOM_REGEX_DOT_ALL || (code != '\n' && code != '\r' && code != 0x2028 && code != 0x2029);
    default:
        return false;
    }
}

static uint32_t decode(const uint8_t *at, size_t *length) {
    uint8_t first = *at;
    if (first < 0x80) {
        *length = 1;
        return first;
    }
    if (first < 0xe0) {
        *length = 2;
        return (uint32_t)(first & 0x1f) << 6 | (at[1] & 0x3f);
    }
    if (first < 0xf0) {
        *length = 3;
        return (uint32_t)(first & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
    }
    *length = 4;
    return (uint32_t)(first & 0x07) << 18 | (uint32_t)(at[1] & 0x3f) << 12 | (uint32_t)(at[2] & 0x3f) << 6 | (at[3] & 0x3f);
}

bool loom_regex_match(loom_regex *regex, const uint8_t *text, size_t length) {
    regex_list *now = &regex->lists[0];
    regex_list *next = &regex->lists[1];
    now->count = 0;
    for (size_t at = 0;;) {
        if (now->count == 0) {
            if (regex->anchored && at > 0) {
                return false;
            }
            while (regex->starts_known && at < length && !regex->starts[text[at]]) {
                at++;
            }
        }
        if (!(regex->anchored && at > 0) && add(regex, now, 0, text, length, at)) {
            return true;
        }
        if (at >= length) {
            return false;
        }
        size_t size = 0;
        uint32_t code = decode(text + at, &size);
        uint32_t folded = regex->flags & LOOM_REGEX_IGNORE_CASE ? loom_regex_fold(code) : code;
        at += size;
        next->count = 0;
        for (uint32_t i = 0; i < now->count; i++) {
            uint32_t state = now->states[i];
            if (takes(regex, &regex->states[state], code, folded) && add(regex, next, state + 1, text, length, at)) {
                return true;
            }
        }
        regex_list *other = now;
        now = next;
        next = other;
    }
}

void loom_regex_free(loom_regex *regex) {
    if (regex == NULL) {
        return;
    }
    loom_free(regex->states);
    loom_free(regex->ranges);
    loom_free(regex->classes);
    loom_free(regex->stack);
    for (int i = 0; i < 2; i++) {
        loom_free(regex->lists[i].states);
        loom_free(regex->lists[i].place);
    }
    loom_free(regex);
}
