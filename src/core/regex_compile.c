/* Regular expressions: from the tree of a pattern to states.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "memory.h"
#include "regex_tree.h"

/* Steps of the writing out: repetitions of nothing make no states. */
#define MOST_STEPS 20000u

static int emit(reading *r, regex_state state) {
    loom_regex *regex = r->regex;
    if (regex->count >= LOOM_REGEX_MAX_STATES) {
        return loom_fail(r->error, LOOM_INVALID_OPTION, "the pattern takes more than %u states", LOOM_REGEX_MAX_STATES);
    }
    regex_state *states = loom_grow(regex->states, regex->count, &regex->capacity, sizeof *states);
    if (states == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    regex->states = states;
    states[regex->count++] = state;
    return LOOM_OK;
}

static int write_twig(reading *r, uint32_t number);

static int write_choice(reading *r, uint32_t number) {
    loom_regex *regex = r->regex;
    uint32_t waiting = NO_TWIG; /* jumps to the end, linked by y */
    int code = LOOM_OK;
    for (uint32_t child = r->twigs[number].first; child != NO_TWIG && code == LOOM_OK; child = r->twigs[child].next) {
        uint32_t split = regex->count;
        bool last = r->twigs[child].next == NO_TWIG;
        code = last ? LOOM_OK : emit(r, (regex_state){REGEX_SPLIT, split + 1, 0});
        if (code == LOOM_OK) {
            code = write_twig(r, child);
        }
        if (code == LOOM_OK && !last) {
            code = emit(r, (regex_state){REGEX_JUMP, 0, waiting});
            waiting = regex->count - 1;
            regex->states[split].y = regex->count;
        }
    }
    while (code == LOOM_OK && waiting != NO_TWIG) {
        uint32_t before = regex->states[waiting].y;
        regex->states[waiting].x = regex->count;
        waiting = before;
    }
    return code;
}

static int write_loop(reading *r, uint32_t child) {
    uint32_t split = r->regex->count;
    int code = emit(r, (regex_state){REGEX_SPLIT, split + 1, 0});
    if (code == LOOM_OK) {
        code = write_twig(r, child);
    }
    if (code == LOOM_OK) {
        code = emit(r, (regex_state){REGEX_JUMP, split, 0});
        r->regex->states[split].y = r->regex->count;
    }
    return code;
}

static int write_repeat(reading *r, uint32_t number) {
    loom_regex *regex = r->regex;
    const twig one = r->twigs[number];
    uint32_t waiting = NO_TWIG;
    int code = LOOM_OK;
    for (uint32_t i = 0; i < one.least && code == LOOM_OK; i++) {
        code = write_twig(r, one.first);
    }
    if (code == LOOM_OK && one.most == WITHOUT_END) {
        return write_loop(r, one.first);
    }
    for (uint32_t i = one.least; i < one.most && code == LOOM_OK; i++) {
        code = emit(r, (regex_state){REGEX_SPLIT, regex->count + 1, waiting});
        waiting = regex->count - 1;
        if (code == LOOM_OK) {
            code = write_twig(r, one.first);
        }
    }
    while (code == LOOM_OK && waiting != NO_TWIG) {
        uint32_t before = regex->states[waiting].y;
        regex->states[waiting].y = regex->count;
        waiting = before;
    }
    return code;
}

static int write_twig(reading *r, uint32_t number) {
    const twig one = r->twigs[number];
    int code = LOOM_OK;
    if (++r->steps > MOST_STEPS) {
        return loom_fail(r->error, LOOM_INVALID_OPTION, "the pattern repeats too much");
    }
    switch (one.kind) {
    case TWIG_STATE:
        return emit(r, one.state);
    case TWIG_CHOICE:
        return write_choice(r, number);
    case TWIG_REPEAT:
        return write_repeat(r, number);
    case TWIG_SEQUENCE:
        for (uint32_t child = one.first; child != NO_TWIG && code == LOOM_OK; child = r->twigs[child].next) {
            code = write_twig(r, child);
        }
    }
    return code;
}

/* Room for the sets of states while a text is gone through. */
static int make_room(loom_regex *regex) {
    size_t size = regex->count * sizeof(uint32_t);
    regex->stack = loom_alloc(2 * size + 2 * sizeof(uint32_t));
    for (int i = 0; i < 2; i++) {
        regex->lists[i].states = loom_alloc(size);
        regex->lists[i].place = loom_alloc(size);
        if (regex->lists[i].states == NULL || regex->lists[i].place == NULL || regex->stack == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        memset(regex->lists[i].place, 0, size);
    }
    return LOOM_OK;
}

static int compile(reading *r) {
    uint32_t root = 0;
    int code = loom_regex_read(r, &root);
    if (code == LOOM_OK) {
        code = write_twig(r, root);
    }
    if (code == LOOM_OK) {
        code = emit(r, (regex_state){REGEX_MATCH, 0, 0});
    }
    return code == LOOM_OK ? make_room(r->regex) : code;
}

int loom_regex_compile(const uint8_t *pattern, size_t length, unsigned flags, loom_regex **regex, loom_error *error) {
    *regex = NULL;
    if (length > LOOM_REGEX_MAX_PATTERN) {
        return loom_fail(error, LOOM_INVALID_OPTION, "the pattern is longer than %u bytes", LOOM_REGEX_MAX_PATTERN);
    }
    loom_regex *made = loom_alloc(sizeof *made);
    if (made == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    memset(made, 0, sizeof *made);
    made->flags = flags;
    reading r = {.start = pattern, .at = pattern, .end = pattern + length, .regex = made, .error = error};
    int code = compile(&r);
    loom_free(r.twigs);
    if (code != LOOM_OK) {
        loom_regex_free(made);
        return code;
    }
    loom_regex_find_starts(made);
    *regex = made;
    return LOOM_OK;
}
