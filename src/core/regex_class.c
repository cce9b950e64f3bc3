/* Classes of characters, pairs of letters, and the bytes that a match can start with.
 * SPDX-License-Identifier: MIT
 */
#include "regex_program.h"
#include "utf8.h"

/* Latin Extended-A pairs neighbours: even ones are capital, in two stretches odd ones. */
static bool is_odd_pair(uint32_t code) {
    return (code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17e);
}

static bool is_even_pair(uint32_t code) {
    return (code >= 0x100 && code <= 0x12f) || (code >= 0x132 && code <= 0x137) || (code >= 0x14a && code <= 0x177) ||
           (code >= 0x460 && code <= 0x481) || (code >= 0x48a && code <= 0x4bf) || (code >= 0x4d0 && code <= 0x52f);
}

static uint32_t lower(uint32_t code) {
    if (code < 0x80) {
        return code - (unsigned)'A' < 26 ? code + 32 : code;
    }
    if ((code >= 0xc0 && code <= 0xde && code != 0xd7) || (code >= 0x391 && code <= 0x3ab && code != 0x3a2) ||
        (code >= 0x410 && code <= 0x42f)) {
        return code + 32;
    }
    if (is_even_pair(code)) {
        return code | 1;
    }
    if (is_odd_pair(code)) {
        return code + (code & 1);
    }
    if (code >= 0x400 && code <= 0x40f) {
        return code + 80;
    }
    if (code >= 0x531 && code <= 0x556) {
        return code + 48;
    }
    return code == 0x178 ? 0xff : code == 0x3c2 ? 0x3c3 : code;
}

static uint32_t upper(uint32_t code) {
    static const uint8_t steps[] = {1, 32, 48, 80};
    if (code == 0xff) {
        return 0x178;
    }
    if (code == 0x3c3) {
        return 0x3a3; /* and not the small sigma of the end of a word */
    }
    for (unsigned i = 0; i < sizeof steps; i++) {
        if (code > steps[i] && code - steps[i] != code && lower(code - steps[i]) == code) {
            return code - steps[i];
        }
    }
    return code;
}

uint32_t loom_regex_fold(uint32_t code) {
    return lower(code);
}

static bool in_ranges(const loom_regex *regex, const regex_class *class, uint32_t code) {
    for (uint32_t i = 0; i < class->count; i++) {
        const regex_range *range = &regex->ranges[class->first + i];
        if (code >= range->from && code <= range->to) {
            return true;
        }
    }
    return false;
}

static bool has(const loom_regex *regex, const regex_class *class, uint32_t code) {
    bool found = in_ranges(regex, class, code);
    if (!found && regex->flags & LOOM_REGEX_IGNORE_CASE) {
        uint32_t small = lower(code);
        found = in_ranges(regex, class, small) || in_ranges(regex, class, upper(small)) || (small == 0x3c3 && in_ranges(regex, class, 0x3c2));
    }
    return found != class->negated;
}

bool loom_regex_class_has(const loom_regex *regex, uint32_t number, uint32_t code) {
    const regex_class *class = &regex->classes[number];
    return code < 0x80 ? class->ascii[code / 32] >> code % 32 & 1 : has(regex, class, code);
}

static void mark_character(loom_regex *regex, uint32_t code) {
    uint8_t bytes[4];
    (void)loom_utf8_write(code, bytes);
    regex->starts[bytes[0]] = true;
}

static void mark(loom_regex *regex, const regex_state *state) {
    if (state->op == REGEX_CHARACTER) {
        mark_character(regex, state->x);
        if (regex->flags & LOOM_REGEX_IGNORE_CASE) {
            mark_character(regex, upper(state->x));
            mark_character(regex, state->x == 0x3c3 ? 0x3c2 : state->x);
        }
        return;
    }
    for (uint32_t code = 0; code < 0x80; code++) {
        regex->starts[code] |= state->op == REGEX_ANY || loom_regex_class_has(regex, state->x, code);
    }
    for (uint32_t byte = 0xc2; byte < 0xf5; byte++) {
        regex->starts[byte] = true;
    }
}

/* Goes through the states that can be reached at the start, as if all that look at their place held. */
static void mark_starts(loom_regex *regex) {
    regex_list *list = &regex->lists[0];
    uint32_t depth = 0;
    list->count = 0;
    regex->stack[depth++] = 0;
    while (depth > 0) {
        uint32_t state = regex->stack[--depth];
        const regex_state *one = &regex->states[state];
        if (!regex_list_add(list, state)) {
            continue;
        }
        if (one->op < REGEX_MATCH) {
            mark(regex, one);
        } else if (one->op == REGEX_MATCH) {
            regex->starts_known = false;
        } else if (one->op == REGEX_SPLIT) {
            regex->stack[depth++] = one->y;
            regex->stack[depth++] = one->x;
        } else {
            regex->stack[depth++] = one->op == REGEX_JUMP ? one->x : state + 1;
        }
    }
}

void loom_regex_find_starts(loom_regex *regex) {
    for (uint32_t i = 0; i < regex->class_count; i++) {
        regex_class *class = &regex->classes[i];
        for (uint32_t code = 0; code < 0x80; code++) {
            class->ascii[code / 32] |= (uint32_t)has(regex, class, code) << code % 32;
        }
    }
    regex->anchored = regex->states[0].op == REGEX_START && (regex->flags & LOOM_REGEX_MULTILINE) == 0;
    regex->starts_known = true;
    mark_starts(regex);
}
