/* Rules W1 to N2 of UAX #9: weak types, brackets and neutrals of one sequence.
 * SPDX-License-Identifier: MIT
 */
#include "run.h"

#define MAX_BRACKETS 63u

/* W1 to W3, and W4 where it needs the character before and behind. */
static void resolve_weak_first(loom_bidi *b, const loom_run *r) {
    uint8_t previous = r->before;
    uint8_t strong = previous;
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t i = r->at[k];
        uint8_t *class = &b->resolved[i];
        if (*class == LOOM_NSM) { /* W1 */
            *class = previous;
        }
        previous = loom_is_initiator(*class) || *class == LOOM_PDI ? LOOM_ON : *class;
        if (*class == LOOM_L || *class == LOOM_R || *class == LOOM_AL) {
            strong = *class;
        } else if (*class == LOOM_EN && strong == LOOM_AL) { /* W2 */
            *class = LOOM_AN;
        }
    }
    for (uint32_t k = 0; k < r->count; k++) {
        uint8_t *class = &b->resolved[r->at[k]];
        if (*class == LOOM_AL) { /* W3 */
            *class = LOOM_R;
        }
    }
    for (uint32_t k = 1; k + 1 < r->count; k++) { /* W4 */
        uint8_t *class = &b->resolved[r->at[k]];
        uint8_t one = b->resolved[r->at[k - 1]];
        if (one != b->resolved[r->at[k + 1]]) {
            continue;
        }
        if ((one == LOOM_EN && (*class == LOOM_ES || *class == LOOM_CS)) || (one == LOOM_AN && *class == LOOM_CS)) {
            *class = one;
        }
    }
}

/* W5 to W7. */
static void resolve_weak_last(loom_bidi *b, const loom_run *r) {
    for (uint32_t k = 0; k < r->count; k++) {
        if (b->resolved[r->at[k]] != LOOM_ET) {
            continue;
        }
        uint32_t end = k;
        while (end < r->count && b->resolved[r->at[end]] == LOOM_ET) {
            end++;
        }
        bool number = (k > 0 && b->resolved[r->at[k - 1]] == LOOM_EN) ||
                      (end < r->count && b->resolved[r->at[end]] == LOOM_EN);
        for (; k < end; k++) {
            b->resolved[r->at[k]] = number ? LOOM_EN : LOOM_ON; /* W5, W6 */
        }
        k--;
    }
    uint8_t strong = r->before;
    for (uint32_t k = 0; k < r->count; k++) {
        uint8_t *class = &b->resolved[r->at[k]];
        if (*class == LOOM_ES || *class == LOOM_CS) { /* W6 */
            *class = LOOM_ON;
        } else if (*class == LOOM_L || *class == LOOM_R) {
            strong = *class;
        } else if (*class == LOOM_EN && strong == LOOM_L) { /* W7 */
            *class = LOOM_L;
        }
    }
}

/* As N0 to N2 see a class: L, R (numbers too), or LOOM_ON. */
static uint8_t strong_of(uint8_t class) {
    if (class == LOOM_L) {
        return LOOM_L;
    }
    return class == LOOM_R || class == LOOM_EN || class == LOOM_AN ? LOOM_R : LOOM_ON;
}

/* N0 for one pair, whose brackets are the opening and the closing place in the sequence. */
static void resolve_pair(loom_bidi *b, const loom_run *r, uint32_t opening, uint32_t closing) {
    uint8_t embedding = loom_level_direction(r->level);
    bool opposite = false;
    uint8_t set = LOOM_ON;
    for (uint32_t k = opening + 1; k < closing && set == LOOM_ON; k++) {
        uint8_t strong = strong_of(b->resolved[r->at[k]]);
        if (strong == embedding) {
            set = embedding;
        } else if (strong != LOOM_ON) {
            opposite = true;
        }
    }
    if (set == LOOM_ON && opposite) {
        uint8_t context = r->before;
        for (uint32_t k = opening; k > 0; k--) {
            uint8_t strong = strong_of(b->resolved[r->at[k - 1]]);
            if (strong != LOOM_ON) {
                context = strong;
                break;
            }
        }
        set = context;
    }
    if (set == LOOM_ON) {
        return;
    }
    const uint32_t ends[2] = {opening, closing};
    for (uint32_t side = 0; side < 2; side++) {
        b->resolved[r->at[ends[side]]] = set;
        /* Marks on a bracket follow it. */
        for (uint32_t k = ends[side] + 1; k < r->count && b->classes[r->at[k]] == LOOM_NSM; k++) {
            b->resolved[r->at[k]] = set;
        }
    }
}

/* BD16: finds the pairs, and N0 for each in the order of their opening brackets. `matches` is free for pairs here: brackets are no
 * isolates. */
static void resolve_brackets(loom_bidi *b, const loom_run *r) {
    struct {
        uint32_t bracket; /* the one that closes it */
        uint32_t at;
    } open[MAX_BRACKETS];
    uint32_t depth = 0;
    bool any = false;
    for (uint32_t k = 0; k < r->count; k++) {
        bool opening = false;
        uint32_t i = r->at[k];
        uint32_t other = b->resolved[i] == LOOM_ON && !loom_is_initiator(b->classes[i]) ? loom_bracket(b->codes[i], &opening) : 0;
        if (other == 0) {
            continue;
        }
        if (opening) {
            if (depth == MAX_BRACKETS) {
                break;
            }
            open[depth].bracket = other;
            open[depth++].at = k;
            continue;
        }
        for (uint32_t d = depth; d > 0; d--) {
            bool side;
            /* `open` has the closing bracket, whose partner is compared, so that canonical equivalents are alike. */
            if (loom_bracket(open[d - 1].bracket, &side) == other) {
                b->matches[r->at[open[d - 1].at]] = k;
                depth = d - 1;
                any = true;
                break;
            }
        }
    }
    for (uint32_t k = 0; any && k < r->count; k++) {
        uint32_t i = r->at[k];
        if (b->matches[i] != LOOM_NO_MATCH && !loom_is_initiator(b->classes[i]) && b->classes[i] != LOOM_PDI) {
            uint32_t closing = b->matches[i];
            b->matches[i] = LOOM_NO_MATCH;
            resolve_pair(b, r, k, closing);
        }
    }
}

static bool is_neutral(uint8_t class) {
    return class == LOOM_B || class == LOOM_S || class == LOOM_WS || class == LOOM_ON || class >= LOOM_LRI;
}

/* N1 and N2. */
static void resolve_neutrals(loom_bidi *b, const loom_run *r) {
    uint8_t before = r->before;
    for (uint32_t k = 0; k < r->count;) {
        if (!is_neutral(b->resolved[r->at[k]])) {
            before = strong_of(b->resolved[r->at[k++]]);
            continue;
        }
        uint32_t end = k;
        while (end < r->count && is_neutral(b->resolved[r->at[end]])) {
            end++;
        }
        uint8_t after = end < r->count ? strong_of(b->resolved[r->at[end]]) : r->after;
        uint8_t set = before == after ? before : loom_level_direction(r->level);
        for (; k < end; k++) {
            b->resolved[r->at[k]] = set;
        }
    }
}

void loom_run_resolve(loom_bidi *bidi, const loom_run *run) {
    resolve_weak_first(bidi, run);
    resolve_weak_last(bidi, run);
    resolve_brackets(bidi, run);
    resolve_neutrals(bidi, run);
}
