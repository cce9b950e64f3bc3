/* A pattern as a tree, whose repetitions are then written out as states.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_REGEX_TREE_H
#define LOOM_REGEX_TREE_H

#include "error.h"
#include "regex_program.h"

/** No twig. */
#define NO_TWIG UINT32_MAX
/** `most` of a repetition without an upper count. */
#define WITHOUT_END UINT32_MAX

enum twig_kind { TWIG_STATE, TWIG_SEQUENCE, TWIG_CHOICE, TWIG_REPEAT };

typedef struct twig {
    enum twig_kind kind;
    regex_state state; /* TWIG_STATE; its REGEX_START and the like are no things to repeat */
    uint32_t first;    /* child */
    uint32_t last;
    uint32_t next;     /* sibling */
    uint32_t least;    /* TWIG_REPEAT */
    uint32_t most;
} twig;

/* The pattern, and how far it was read and written out. */
typedef struct reading {
    const uint8_t *start;
    const uint8_t *at;
    const uint8_t *end;
    loom_regex *regex;
    twig *twigs; /* to be freed */
    uint32_t count;
    uint32_t capacity;
    uint32_t depth;
    uint32_t steps;
    loom_error *error;
} reading;

/** Reads the whole pattern; classes go to the program at once. Errors: INVALID_OPTION, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_regex_read(reading *r, uint32_t *root);

#endif
