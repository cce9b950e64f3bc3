/* Cuts an input into chunks as a host does: lines at line feeds, arrays with the splitter, fed any number of bytes a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_PIECES_H
#define LOOM_TEST_PIECES_H

#include "batch/splitter.h"
#include "bytes.h"
#include "job.h"

struct piece {
    const uint8_t *text;
    size_t length;
    size_t base; /* where it starts in the input */
    int form;    /* a loom_form */
};

struct pieces {
    struct piece *at;
    size_t count;
    int failed;       /* a loom error: the splitter had no memory */
    int defect;       /* a loom error that the host finds, not the parser: what is wrong behind the last piece */
    size_t defect_at; /* where in the input */
};

static inline void pieces_add(struct pieces *pieces, const uint8_t *input, size_t from, size_t to, int form) {
    pieces->at = must(realloc(pieces->at, (pieces->count + 1) * sizeof *pieces->at));
    pieces->at[pieces->count++] = (struct piece){input + from, to - from, from, form};
}

static inline void pieces_clear(struct pieces *pieces) {
    free(pieces->at);
    memset(pieces, 0, sizeof *pieces);
}

static inline size_t behind_mark(const struct bytes *input) {
    return input->length >= 3 && memcmp(input->at, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static inline int is_blank(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static inline size_t skip_blanks(const struct bytes *input, size_t at) {
    while (at < input->length && is_blank(input->at[at]))
        at++;
    return at;
}

/** One piece for everything, or, with `most` lines in a piece, as many as that makes. */
static inline void cut_lines(struct pieces *pieces, const struct bytes *input, size_t most) {
    size_t start = behind_mark(input), lines = 0;
    for (size_t at = start; most != 0 && at < input->length; at++) {
        if (input->at[at] != '\n' || ++lines < most)
            continue;
        pieces_add(pieces, input->at, start, at + 1, LOOM_FORM_LINES);
        start = at + 1;
        lines = 0;
    }
    if (start < input->length || pieces->count == 0)
        pieces_add(pieces, input->at, start, input->length, LOOM_FORM_LINES);
}

static inline void cut_array_whole(struct pieces *pieces, const struct bytes *input) {
    pieces_add(pieces, input->at, behind_mark(input), input->length, LOOM_FORM_ARRAY_WHOLE);
}

static inline void pieces_next(struct pieces *pieces, const struct bytes *input, size_t *start, size_t to) {
    pieces_add(pieces, input->at, *start, to, pieces->count == 0 ? LOOM_FORM_ARRAY_FIRST : LOOM_FORM_ARRAY_NEXT);
    *start = to;
}

/** What a host still has to look at when the splitter is through. */
static inline void close_array(struct pieces *pieces, const struct bytes *input, size_t start, int closed,
                               size_t behind) {
    if (!closed) {
        pieces_next(pieces, input, &start, input->length);
        pieces->defect = 109; /* ARRAY_NOT_CLOSED */
        pieces->defect_at = input->length;
        return;
    }
    size_t at = skip_blanks(input, behind);
    if (at == input->length)
        return;
    pieces->defect = 108; /* TRAILING_CONTENT */
    pieces->defect_at = at;
}

/** Feeds `step` bytes a time and makes a piece of every `most` records. The input starts with `[`. */
static inline void cut_array(struct pieces *pieces, const struct bytes *input, size_t step, uint32_t most) {
    size_t start = skip_blanks(input, behind_mark(input)) + 1, at = start, behind = 0;
    loom_splitter *splitter = loom_splitter_new();
    if (splitter == NULL) {
        pieces->failed = 20; /* OUT_OF_MEMORY */
        return;
    }
    int closed = 0;
    uint32_t records = 0;
    int idle = 0;
    while (at < input->length && !closed && idle < 3) {
        size_t end = at + step < input->length ? at + step : input->length;
        size_t used = loom_splitter_feed(splitter, input->at + at, end - at, most - records);
        records += (uint32_t)loom_splitter_state(splitter, LOOM_SPLIT_RECORDS);
        size_t cut = at + loom_splitter_state(splitter, LOOM_SPLIT_CUT);
        idle = used == 0 ? idle + 1 : 0;
        closed = loom_splitter_state(splitter, LOOM_SPLIT_CLOSED) != 0;
        behind = at + used;
        if (closed)
            pieces_next(pieces, input, &start, at + loom_splitter_state(splitter, LOOM_SPLIT_BEHIND));
        else if (records >= most)
            pieces_next(pieces, input, &start, cut);
        if (records >= most)
            records = 0;
        at += used;
    }
    loom_splitter_free(splitter);
    pieces->failed = idle == 3 ? 25 : 0; /* INTERNAL: it does not move on */
    close_array(pieces, input, start, closed, behind);
}

#endif
