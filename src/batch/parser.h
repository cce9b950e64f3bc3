/* JSON text to a record batch: strict (RFC 8259, UTF-8), and fast where records resemble each other.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PARSER_H
#define LOOM_PARSER_H

#include "batch.h"

/** The deepest nesting that a record may have. */
#define LOOM_MAX_DEPTH 1024u

/** Layouts of the text, numbered as loom_form of job.h. */
enum loom_layout { LOOM_LAYOUT_LINES, LOOM_LAYOUT_FIRST, LOOM_LAYOUT_NEXT, LOOM_LAYOUT_WHOLE };

typedef struct loom_frame {
    uint32_t cell;
    uint32_t node;
    uint32_t last;   /* the member before, or 0 */
    uint32_t serial; /* of this object; 0 for an array */
} loom_frame;

/** What the parser works with; made once for a job, about 16 KB. */
typedef struct loom_parser {
    loom_schema *schema;
    loom_batch *batch;
    const uint8_t *at;
    const uint8_t *end;
    bool lines;    /* a line break ends the record */
    bool verbatim; /* so far the record's text is canonical */
    uint32_t ordinal;
    struct loom_filter *filter; /* not owned; NULL: every record passes */
    uint32_t skip;              /* records that pass and are left out all the same, at the start */
    uint32_t take;              /* records after which the batch ends, or 0 */
    uint32_t depth;
    loom_frame stack[LOOM_MAX_DEPTH];
} loom_parser;

/** Parses batch->text into the batch, which is empty otherwise. Records that are not valid are counted and described in the
 *  batch. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_parse(loom_parser *parser, loom_batch *batch, enum loom_layout layout);

#endif
