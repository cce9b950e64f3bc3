/* What a pattern is compiled into: states in the order of the pattern, and classes of characters.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_REGEX_PROGRAM_H
#define LOOM_REGEX_PROGRAM_H

#include "regex.h"

/* Those that take no character stand behind MATCH; those that look at their place behind JUMP. */
enum regex_op {
    REGEX_CHARACTER, /* x: the character, folded where case is ignored */
    REGEX_CLASS,     /* x: its number */
    REGEX_ANY,
    REGEX_MATCH,
    REGEX_SPLIT, /* go on at x and at y */
    REGEX_JUMP,  /* go on at x */
    REGEX_START,
    REGEX_END,
    REGEX_BOUNDARY,
    REGEX_INSIDE,
};

typedef struct regex_state {
    enum regex_op op;
    uint32_t x;
    uint32_t y;
} regex_state;

typedef struct regex_range {
    uint32_t from;
    uint32_t to;
} regex_range;

typedef struct regex_class {
    uint32_t first; /* of its ranges */
    uint32_t count;
    bool negated;
    uint32_t ascii[4]; /* a bit for each character below 0x80, everything else considered */
} regex_class;

/* A set of states that keeps their order; `place` needs no clearing. */
typedef struct regex_list {
    uint32_t *states;
    uint32_t *place;
    uint32_t count;
} regex_list;

/** Adds a state; false when it is in the set already. */
static inline bool regex_list_add(regex_list *list, uint32_t state) {
    uint32_t place = list->place[state];
    if (place < list->count && list->states[place] == state) {
        return false;
    }
    list->place[state] = list->count;
    list->states[list->count++] = state;
    return true;
}

struct loom_regex {
    unsigned flags;
    regex_state *states; /* owned, as all lists here */
    uint32_t count;
    uint32_t capacity;
    regex_range *ranges;
    uint32_t range_count;
    uint32_t range_capacity;
    regex_class *classes;
    uint32_t class_count;
    uint32_t class_capacity;
    uint32_t *stack;
    regex_list lists[2];
    bool anchored;     /* matches start at the start of the text only */
    bool starts_known; /* every match starts with a byte of `starts` */
    bool starts[256];
};

/** The character that stands for all that are the same when case is ignored. */
uint32_t loom_regex_fold(uint32_t code);

/** Whether a class has the character, heeding the flags. */
bool loom_regex_class_has(const loom_regex *regex, uint32_t number, uint32_t code);

/** Settles what helps the search for a start; to be called once, when all states are there. */
void loom_regex_find_starts(loom_regex *regex);

#endif
