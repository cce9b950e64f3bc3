/* The rules of UAX #9 in their order, but for those of one sequence (run.c); names of rules stand where they are applied.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../../core/memory.h"
#include "run.h"

#define MAX_DEPTH 125u /* BD2 */

int loom_bidi_reserve(loom_bidi *bidi, uint32_t count) {
    if (count <= bidi->capacity) {
        return LOOM_OK;
    }
    size_t room = (size_t)count + count / 2;
    if (room > UINT32_MAX / 16) {
        return LOOM_OUT_OF_MEMORY;
    }
    uint32_t *memory = loom_alloc(room * (3 * sizeof *memory + 3));
    if (memory == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    loom_free(bidi->codes);
    bidi->codes = memory;
    bidi->matches = memory + room;
    bidi->sequence = memory + 2 * room;
    bidi->classes = (uint8_t *)(memory + 3 * room);
    bidi->resolved = bidi->classes + room;
    bidi->levels = bidi->resolved + room;
    bidi->capacity = (uint32_t)room;
    return LOOM_OK;
}

void loom_bidi_free(loom_bidi *bidi) {
    loom_free(bidi->codes);
    memset(bidi, 0, sizeof *bidi);
}

/* BD9: which PDI ends which isolate. Open initiators are chained through `matches` while they are open. */
static void match_isolates(loom_bidi *b, uint32_t start, uint32_t end) {
    uint32_t open = LOOM_NO_MATCH;
    for (uint32_t i = start; i < end; i++) {
        b->matches[i] = LOOM_NO_MATCH;
        if (loom_is_initiator(b->classes[i])) {
            b->matches[i] = open;
            open = i;
        } else if (b->classes[i] == LOOM_PDI && open != LOOM_NO_MATCH) {
            uint32_t outer = b->matches[open];
            b->matches[open] = i;
            b->matches[i] = open;
            open = outer;
        }
    }
    while (open != LOOM_NO_MATCH) {
        uint32_t outer = b->matches[open];
        b->matches[open] = LOOM_NO_MATCH;
        open = outer;
    }
}

/* P2 and P3: the level that the first strong character gives, from `i` on; isolates are skipped. */
static uint8_t first_strong(const loom_bidi *b, uint32_t i, uint32_t end) {
    for (; i < end; i++) {
        uint8_t class = b->classes[i];
        if (class == LOOM_L) {
            return 0;
        }
        if (class == LOOM_R || class == LOOM_AL) {
            return 1;
        }
        if (loom_is_initiator(class)) {
            if (b->matches[i] == LOOM_NO_MATCH) {
                return 0;
            }
            i = b->matches[i];
        }
    }
    return 0;
}

/* An entry of the stack of rule X1. */
typedef struct status {
    uint8_t level;
    uint8_t override; /* LOOM_ON: none */
    bool isolate;
} status;

typedef struct stack {
    status entries[MAX_DEPTH + 2];
    uint32_t depth;
    uint32_t overflow_isolates;
    uint32_t overflow_embeddings;
    uint32_t valid_isolates;
} stack;

static uint8_t next_level(uint8_t level, bool right) {
    return (uint8_t)(right ? (level + 1) | 1 : (level + 2) & ~1);
}

/* X2 to X5. */
static void push_embedding(stack *s, uint8_t class) {
    uint8_t level = next_level(s->entries[s->depth].level, class == LOOM_RLE || class == LOOM_RLO);
    if (level <= MAX_DEPTH && s->overflow_isolates == 0 && s->overflow_embeddings == 0) {
        uint8_t override = class == LOOM_RLO ? LOOM_R : class == LOOM_LRO ? LOOM_L : LOOM_ON;
        s->entries[++s->depth] = (status){level, override, false};
    } else if (s->overflow_isolates == 0) {
        s->overflow_embeddings++;
    }
}

/* X5a to X5c. */
static void push_isolate(stack *s, bool right) {
    uint8_t level = next_level(s->entries[s->depth].level, right);
    if (level <= MAX_DEPTH && s->overflow_isolates == 0 && s->overflow_embeddings == 0) {
        s->valid_isolates++;
        s->entries[++s->depth] = (status){level, LOOM_ON, true};
    } else {
        s->overflow_isolates++;
    }
}

/* X6a. */
static void pop_isolate(stack *s) {
    if (s->overflow_isolates > 0) {
        s->overflow_isolates--;
    } else if (s->valid_isolates > 0) {
        s->overflow_embeddings = 0;
        while (!s->entries[s->depth].isolate) {
            s->depth--;
        }
        s->depth--;
        s->valid_isolates--;
    }
}

/* X7. */
static void pop_embedding(stack *s) {
    if (s->overflow_isolates > 0) {
        return;
    }
    if (s->overflow_embeddings > 0) {
        s->overflow_embeddings--;
    } else if (!s->entries[s->depth].isolate && s->depth > 0) {
        s->depth--;
    }
}

static void set_level(loom_bidi *b, uint32_t i, const stack *s) {
    const status *top = &s->entries[s->depth];
    b->levels[i] = top->level;
    if (top->override != LOOM_ON) {
        b->resolved[i] = top->override;
    }
}

/* X1 to X8. */
static void resolve_explicit(loom_bidi *b, uint32_t start, uint32_t end, uint8_t base) {
    stack s = {.entries = {{base, LOOM_ON, false}}};
    for (uint32_t i = start; i < end; i++) {
        uint8_t class = b->classes[i];
        b->resolved[i] = class;
        if (loom_is_initiator(class)) {
            set_level(b, i, &s);
            uint32_t close = b->matches[i] == LOOM_NO_MATCH ? end : b->matches[i];
            push_isolate(&s, class == LOOM_RLI || (class == LOOM_FSI && first_strong(b, i + 1, close) == 1));
        } else if (class == LOOM_PDI) {
            pop_isolate(&s);
            set_level(b, i, &s);
        } else if (class == LOOM_B) {
            b->levels[i] = base;
        } else if (loom_is_removed(class)) {
            b->levels[i] = s.entries[s.depth].level;
            if (class == LOOM_PDF) {
                pop_embedding(&s);
            } else if (class != LOOM_BN) {
                push_embedding(&s, class);
            }
        } else {
            set_level(b, i, &s);
        }
    }
}

/* The sequence that starts at `first`: its level run, and further ones while each ends in an isolate that is closed (BD13). Removed
 * characters belong to no run. */
static void collect_sequence(const loom_bidi *b, loom_run *r, uint32_t first, uint32_t end) {
    uint32_t i = first;
    r->count = 0;
    r->level = b->levels[first];
    for (;;) {
        for (; i < end && (loom_is_removed(b->classes[i]) || b->levels[i] == r->level); i++) {
            if (!loom_is_removed(b->classes[i])) {
                r->at[r->count++] = i;
            }
        }
        uint32_t last = r->at[r->count - 1];
        if (!loom_is_initiator(b->classes[last]) || b->matches[last] == LOOM_NO_MATCH) {
            return;
        }
        i = b->matches[last];
    }
}

static uint8_t higher(uint8_t one, uint8_t other) {
    return one > other ? one : other;
}

/* X10: the directions before and behind the sequence. */
static void bound_sequence(const loom_bidi *b, loom_run *r, uint8_t before, uint32_t end, uint8_t base) {
    uint32_t last = r->at[r->count - 1];
    uint8_t after = base;
    if (!loom_is_initiator(b->classes[last])) {
        uint32_t i = last + 1;
        while (i < end && loom_is_removed(b->classes[i])) {
            i++;
        }
        after = i < end ? b->levels[i] : base;
    }
    r->before = loom_level_direction(higher(r->level, before));
    r->after = loom_level_direction(higher(r->level, after));
}

/* Every sequence, in the order of their starts; `levels` stay the explicit ones. */
static void resolve_sequences(loom_bidi *b, uint32_t start, uint32_t end, uint8_t base) {
    uint8_t before = base;
    bool first = true;
    for (uint32_t i = start; i < end; i++) {
        if (loom_is_removed(b->classes[i])) {
            continue;
        }
        bool starts = first || b->levels[i] != before;
        if (starts && !(b->classes[i] == LOOM_PDI && b->matches[i] != LOOM_NO_MATCH)) {
            loom_run r = {.at = b->sequence};
            collect_sequence(b, &r, i, end);
            bound_sequence(b, &r, before, end, base);
            loom_run_resolve(b, &r);
        }
        before = b->levels[i];
        first = false;
    }
}

/* I1 and I2. */
static void resolve_implicit(loom_bidi *b, uint32_t start, uint32_t end, uint8_t base) {
    uint8_t level = base;
    for (uint32_t i = start; i < end; i++) {
        uint8_t class = b->resolved[i];
        if (!loom_is_removed(b->classes[i])) {
            level = b->levels[i];
            if (level & 1) {
                level = (uint8_t)(level + (class != LOOM_R));
            } else {
                level = (uint8_t)(level + (class == LOOM_R ? 1 : class == LOOM_L ? 0 : 2));
            }
        }
        b->levels[i] = level;
    }
}

uint8_t loom_bidi_resolve(loom_bidi *b, uint32_t start, uint32_t end, int base) {
    for (uint32_t i = start; i < end; i++) {
        b->classes[i] = (uint8_t)loom_direction_of(b->codes[i]);
    }
    match_isolates(b, start, end);
    uint8_t level = base >= 0 ? (uint8_t)base : first_strong(b, start, end);
    resolve_explicit(b, start, end, level);
    resolve_sequences(b, start, end, level);
    resolve_implicit(b, start, end, level);
    return level;
}

void loom_bidi_trim(const uint8_t *classes, uint8_t *levels, uint32_t count, uint8_t paragraph) {
    bool trailing = true;
    for (uint32_t i = count; i > 0; i--) {
        uint8_t class = classes[i - 1];
        if (class == LOOM_B || class == LOOM_S) {
            trailing = true;
        } else if (class != LOOM_WS && class < LOOM_LRI && !loom_is_removed(class)) {
            trailing = false;
        }
        if (trailing) {
            levels[i - 1] = paragraph;
        }
    }
}

void loom_bidi_order(const uint8_t *levels, uint32_t count, uint32_t *order) {
    uint8_t highest = 0;
    uint8_t lowest = UINT8_MAX;
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
        highest = higher(highest, levels[i]);
        lowest = (levels[i] & 1) != 0 && levels[i] < lowest ? levels[i] : lowest;
    }
    for (uint32_t level = highest; level >= lowest; level--) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t end = i;
            while (end < count && levels[order[end]] >= level) {
                end++;
            }
            for (uint32_t a = i, z = end; a + 1 < z; a++, z--) {
                uint32_t swapped = order[a];
                order[a] = order[z - 1];
                order[z - 1] = swapped;
            }
            i = end > i ? end - 1 : i;
        }
    }
}
