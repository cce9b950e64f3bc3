/* One record's text into cells: what the parser calls for each record.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_RECORD_H
#define LOOM_RECORD_H

#include "parser.h"

/** What a record has besides its cells, to be told only if it turns out good. */
typedef struct loom_tally {
    uint32_t surrogates;
    uint32_t duplicates;
} loom_tally;

/** The parser and the record that it works on. */
typedef struct loom_state {
    loom_parser *p;
    loom_tally tally;
    uint32_t first_cell; /* of the record */
    uint32_t cell_limit;
    uint32_t first_novel;
    size_t decoded; /* length of batch->decoded at the record's start */
} loom_state;

/** Parses the record that starts at `p->at`, which then stands behind it, or on the byte that is wrong. Cells of a record that is
 *  not good stay for the caller to take back. Errors: those of records; OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_record_parse(loom_state *s);

/** Goes over blanks (RFC 8259 section 2); in lines a line feed is none. */
void loom_skip_space(loom_parser *p);

/** Why the byte at `p->at` cannot stand there: TRUNCATED at the end of the record's text, INVALID_UTF8, or SYNTAX. */
LOOM_CHECKED int loom_unexpected(const loom_parser *p);

#endif
