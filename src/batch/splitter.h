/* Finds where records end in a JSON array that arrives in pieces, cut at any byte.
 * SPDX-License-Identifier: MIT
 *
 * The splitter does not validate: it follows strings and brackets only, so that every cut before the first broken
 * place of the text is right, and the parser finds the broken place.
 */
#ifndef LOOM_SPLITTER_H
#define LOOM_SPLITTER_H

#include <stddef.h>
#include <stdint.h>

typedef struct loom_splitter loom_splitter;

/** What loom_splitter_state can tell about the last feed. Positions count from the first byte of that feed. */
enum loom_splitter_fact {
    LOOM_SPLIT_RECORDS = 0, /* records that ended in it */
    LOOM_SPLIT_CUT = 1,     /* bytes up to the end of the last of them, before the comma; 0 when there was none */
    LOOM_SPLIT_CLOSED = 2,  /* 1: the array's `]` has come; RESULT of feed is the position behind it */
    LOOM_SPLIT_BEHIND = 3,  /* bytes up to the `]`, when it came in this feed */
};

/** A splitter that stands just behind the `[`, or NULL when there is no memory. Free it with loom_splitter_free. */
loom_splitter *loom_splitter_new(void);

/** Frees the splitter; accepts NULL. */
void loom_splitter_free(loom_splitter *splitter);

/** Goes on through `length` bytes and stops behind the end of the `most`-th record, behind the closing `]`, or at the
 *  end. Returns the bytes that it went through. The record that ends with the `]` counts and is cut before the `]`. */
size_t loom_splitter_feed(loom_splitter *splitter, const uint8_t *text, size_t length, uint32_t most);

/** One of loom_splitter_fact. */
size_t loom_splitter_state(const loom_splitter *splitter, int fact);

#endif
