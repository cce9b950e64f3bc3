/* The tree of all values that a document has, as the schema needs it.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_SHAPE_H
#define LOOM_XML_SHAPE_H

#include "element.h"

#define LOOM_XML_NO_SHAPE UINT32_MAX

typedef struct loom_xml_shape {
    uint32_t parent; /* whose element holds its own */
    uint32_t above;  /* of which it is a member or item; another one where that has no element */
    uint32_t depth;
    uint32_t first; /* child */
    uint32_t last;
    uint32_t next;  /* sibling */
    uint32_t kinds; /* of loom_xml_kind */
    uint64_t count;
    uint64_t objects;
    uint32_t followers;      /* cell of the first of the rows whose elements followed it */
    uint32_t follower_count;
    uint32_t waits;    /* siblings that come before it and have no place yet */
    uint32_t cell;     /* of the key in the batch; LOOM_XML_NO_SHAPE for the record and for items */
    uint32_t name;     /* node of the cleaned name */
    int32_t column;    /* chosen for this path */
    uint32_t node;     /* of the job's schema, where columns are chosen */
    bool changed;      /* the name is not the key */
    bool merged;       /* a sibling has the same name and is written with it */
    bool skipped;      /* is that sibling */
    bool collides;     /* two children have the same name */
    bool scrambled;    /* too many siblings followed it */
    bool dissolves;    /* flat: objects of it have no element of their own */
    bool ordered;      /* the children stand in an order that suits all objects */
} loom_xml_shape;

typedef struct loom_xml_shapes {
    loom_batch batch;
    loom_schema keys; /* of the parser */
    loom_schema names; /* cleaned, as a tree of their own */
    uint8_t *text;
    loom_parser *parser;
    loom_xml_shape *list; /* in the order of the rows */
    uint32_t count;
    uint32_t capacity;
} loom_xml_shapes_tree;

/** Reads rows as loom_xml_schema gets them. To be closed also where this fails. */
LOOM_CHECKED int loom_xml_shapes_open(loom_xml_shapes_tree *tree, const loom_encoding *e, const char *text, size_t length);

void loom_xml_shapes_close(loom_xml_shapes_tree *tree);

#endif
