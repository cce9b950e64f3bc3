/* Following strings and brackets through a JSON array.
 * SPDX-License-Identifier: MIT
 */
#include "splitter.h"

#include <stdbool.h>

#include "../core/memory.h"
#include "../core/simd.h"

struct loom_splitter {
    uint64_t depth; /* 1: directly in the array */
    bool in_string;
    bool escaped; /* the next byte is behind a backslash */
    bool value;   /* something of a record has come since the last comma */
    bool closed;
    size_t records;
    size_t cut;
    size_t behind;
};

loom_splitter *loom_splitter_new(void) {
    loom_splitter *splitter = loom_alloc(sizeof *splitter);
    if (splitter != NULL) {
        *splitter = (loom_splitter){.depth = 1};
    }
    return splitter;
}

void loom_splitter_free(loom_splitter *splitter) {
    loom_free(splitter);
}

size_t loom_splitter_state(const loom_splitter *splitter, int fact) {
    switch (fact) {
    case LOOM_SPLIT_RECORDS:
        return splitter->records;
    case LOOM_SPLIT_CUT:
        return splitter->cut;
    case LOOM_SPLIT_CLOSED:
        return splitter->closed;
    default:
        return splitter->behind;
    }
}

/* Goes to the quote that ends the string; returns where it stopped: behind it, or at the end. */
static size_t skip_string(loom_splitter *s, const uint8_t *text, size_t at, size_t length) {
    while (at < length) {
        if (s->escaped) {
            s->escaped = false;
            at++;
            continue;
        }
        if (length - at >= LOOM_BLOCK) {
            uint32_t mask = loom_mask_byte(text + at, '"') | loom_mask_byte(text + at, '\\');
            if (mask == 0) {
                at += LOOM_BLOCK;
                continue;
            }
            at += loom_lowest(mask);
        }
        uint8_t byte = text[at++];
        if (byte == '"') {
            s->in_string = false;
            return at;
        }
        s->escaped = byte == '\\';
    }
    return at;
}

/* A record has ended at `at`, before its comma or bracket. */
static void cut(loom_splitter *s, size_t at) {
    s->records += s->value;
    s->cut = s->value ? at : s->cut;
    s->value = false;
}

/* One byte outside strings. */
static void step(loom_splitter *s, uint8_t byte, size_t at) {
    switch (byte) {
    case '"':
        s->in_string = true;
        s->value = true;
        break;
    case '{':
    case '[':
        s->depth++;
        s->value = true;
        break;
    case '}':
        /* one too many belongs to the record, where the parser finds it */
        s->depth -= s->depth > 1;
        s->value = true;
        break;
    case ']':
        s->depth--;
        if (s->depth == 0) {
            cut(s, at);
            s->closed = true;
            s->behind = at;
        }
        break;
    case ',':
        if (s->depth == 1) {
            cut(s, at);
        }
        break;
    default:
        s->value |= byte > ' ';
    }
}

size_t loom_splitter_feed(loom_splitter *s, const uint8_t *text, size_t length, uint32_t most) {
    size_t at = 0;
    s->records = 0;
    s->cut = 0;
    s->behind = 0;
    while (at < length && !s->closed && s->records < most) {
        if (s->in_string) {
            at = skip_string(s, text, at, length);
        } else {
            step(s, text[at], at);
            at++;
        }
    }
    return at;
}
