/* The forms that valid records had, so that records which are like them need not be validated one by one.
 * SPDX-License-Identifier: MIT
 *
 * Whether a record is valid depends on two things alone, because the schema (schema.c) gives each path one type, no facets and no keys, and
 * records have no xsi:type: which elements and attributes follow one another in each element, and whether each text is a value of its type.
 * So what is known of each path are the sequences of tags that an element of it had in a valid record, and after each of them the classes
 * of its texts. All texts of a class are values of the same types among those that schemas have; TEXT are those that only xs:string takes, and
 * where one of them was valid, every text is. A record of which all is known is valid.
 */
#ifndef LOOM_XML_KNOWN_H
#define LOOM_XML_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../core/buffer.h"

/** An element or an attribute at a place; its children are both. */
typedef struct loom_known_path {
    uint32_t label; /* in `labels`: `<name` or ` name="` */
    uint32_t length;
    uint32_t state; /* of an element without attributes and content */
    uint32_t first; /* child, or 0 */
    uint32_t next;  /* sibling, or 0 */
    uint32_t classes; /* of an attribute's value */
} loom_known_path;

/** What an element has so far. */
typedef struct loom_known_state {
    uint32_t edge;    /* the first of the ways on, or 0 */
    uint32_t classes; /* of a text that is all content; how it ended */
} loom_known_state;

/** A child that comes next. */
typedef struct loom_known_edge {
    uint32_t path;
    uint32_t state; /* with it */
    uint32_t next;  /* edge, or 0 */
} loom_known_edge;

/** Starts as zeros. */
typedef struct loom_known {
    loom_buffer labels; /* owned, like what follows */
    loom_known_path *paths; /* the first one holds the records; as of the others, the first is not used otherwise */
    uint32_t path_count;
    uint32_t path_capacity;
    loom_known_state *states;
    uint32_t state_count;
    uint32_t state_capacity;
    loom_known_edge *edges;
    uint32_t edge_count;
    uint32_t edge_capacity;
    bool fresh; /* something was noted since this was cleared */
} loom_known;

enum loom_known_answer {
    LOOM_KNOWN_YES, /* the record is valid */
    LOOM_KNOWN_NO,  /* it is to be validated; where it is valid, `fresh` is to be cleared, else all be forgotten */
    LOOM_KNOWN_CUT, /* its end is missing */
    LOOM_KNOWN_ODD, /* it is not what the encoder writes, or memory or room ran out: it is to be validated, with what follows */
};

/** Forgets all and frees it. */
void loom_known_forget(loom_known *known);

/** Looks at one record from its `<` (blanks may come first) on, and notes what is new. `*at` goes behind it, but for CUT and ODD. LOOM_BLOCK bytes
 *  behind the end must be readable. */
enum loom_known_answer loom_known_record(loom_known *known, const uint8_t **at, const uint8_t *end);

#endif
