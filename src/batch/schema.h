/* The paths that records have: a tree of keys, found by prediction, with the types seen and the column of each.
 * SPDX-License-Identifier: MIT
 *
 * Node 0 is the record itself. A node stands for a key below its parent, or for all items of an array. Nodes are numbered
 * in order of creation and never move in meaning until loom_schema_trim.
 */
#ifndef LOOM_SCHEMA_H
#define LOOM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../core/buffer.h"
#include "../core/error.h"

/** Nodes that a job keeps from chunk to chunk, and so the most columns that a job can have. */
#define LOOM_MAX_PATHS 65536u

/** Objects nested deeper than this are one value of their column in flat formats. */
#define LOOM_MAX_FLAT_DEPTH 32u

#define LOOM_NO_COLUMN (-1)

/** How wide values are noted to be: coarsely, because columns of a sheet are never made wider than this. */
#define LOOM_MAX_WIDTH 60u
#define LOOM_WIDTH_STEP 4u

/** Values of a path that are counted: those of the start of a source, which decides how columns are laid out. */
#define LOOM_MAX_FILLED 1000u

/** Types of values, as bits of loom_node.kinds. */
enum loom_kind_bit {
    LOOM_KIND_NULL = 1,
    LOOM_KIND_BOOLEAN = 2,
    LOOM_KIND_INTEGER = 4,
    LOOM_KIND_NUMBER = 8,
    LOOM_KIND_TEXT = 16,
    LOOM_KIND_DATE = 32,
    LOOM_KIND_DATETIME = 64,
    LOOM_KIND_JSON = 128,   /* an array, or an object too deep to flatten */
    LOOM_KIND_OBJECT = 256, /* an object with members */
    LOOM_KIND_EMPTY = 512,  /* an object without */
};

/** Where a path first appeared. */
typedef struct loom_first {
    uint32_t chunk;
    uint32_t record;   /* ordinal in the chunk */
    uint32_t sequence; /* order in the record */
} loom_first;

typedef struct loom_node {
    uint32_t parent;
    uint32_t key;        /* where its bytes start in `keys`; followed by `":` and zeros */
    uint32_t key_length; /* 0 for items and for the record too */
    uint32_t predict;    /* key_length + 2, or 0 when the key cannot be compared with raw text */
    uint32_t follow;     /* the sibling that followed it last */
    uint32_t first;      /* the member that came first in it last */
    uint32_t items;      /* the node of its items, or 0 */
    uint32_t serial;     /* the object in which it was last seen */
    uint32_t cell;       /* its cell there */
    uint16_t kinds;
    uint16_t reported; /* kinds that were told already */
    uint16_t depth;
    uint8_t width;      /* characters of its longest line, in steps of LOOM_WIDTH_STEP, at most LOOM_MAX_WIDTH */
    uint8_t told_width; /* what was told already */
    uint32_t filled;      /* values that are neither null nor empty; a scan counts at most LOOM_MAX_FILLED */
    uint32_t told_filled;
    uint32_t widest;  /* longer values than this may be wider than those before */
    uint8_t settled;  /* kinds of cells, as bits by loom_cell_kind, of which a scan learns nothing new, unless they are longer */
    bool hidden;      /* no scan comes to it: it lies inside an array or too deep */
    bool below;   /* a column lies below it */
    bool literal; /* a key with dots that stands in for a nested path */
    int32_t column;
    loom_first seen;
} loom_node;

typedef struct loom_schema {
    loom_node *nodes; /* owned */
    uint32_t count;
    uint32_t capacity;
    loom_buffer keys;
    uint32_t *table; /* owned; numbers of nodes by hash, 0 for none */
    uint32_t table_size;
    uint32_t kept;      /* nodes that loom_schema_trim keeps */
    size_t kept_keys;   /* and their bytes */
    uint32_t serial;    /* of the last object */
    bool scanned;       /* values are scanned, so the parser notes those of which a scan learns something */
    uint32_t scanned_to; /* the last chunk that was */
    uint32_t trims;     /* times that nodes were forgotten, after which numbers mean others */
} loom_schema;

/** A schema that holds only the record. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_schema_open(loom_schema *schema);

/** Frees it; a cleared struct is accepted. */
void loom_schema_close(loom_schema *schema);

/** Finds or makes the node of a key below `parent`. The key is valid UTF-8 of at most 2^31 bytes. The keys may move. */
LOOM_CHECKED int loom_schema_child(loom_schema *schema, uint32_t parent, const uint8_t *key, size_t length, uint32_t *node);

/** Finds or makes the node of the items of `parent`. */
LOOM_CHECKED int loom_schema_items(loom_schema *schema, uint32_t parent, uint32_t *node);

/** Marks all nodes that there are now as those that loom_schema_trim keeps. */
void loom_schema_keep(loom_schema *schema);

/** Forgets the nodes that are not kept when there are too many; to be called between chunks only. */
void loom_schema_trim(loom_schema *schema);

/** Sets the column of a node and marks the way to it. */
void loom_schema_assign(loom_schema *schema, uint32_t node, int32_t column);

#endif
