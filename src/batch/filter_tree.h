/* What a query document is compiled into: tests of values, and what joins them.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_FILTER_TREE_H
#define LOOM_FILTER_TREE_H

#include "../core/regex.h"
#include "filter.h"

/** Nothing: no path, no sibling, no cell. */
#define FILTER_NONE UINT32_MAX

/* Those before EXISTS are asked about each item of an array and about the array; those from AND on join their children. */
enum filter_op {
    FILTER_EQ,
    FILTER_GT,
    FILTER_GTE,
    FILTER_LT,
    FILTER_LTE,
    FILTER_IN,
    FILTER_REGEX,
    FILTER_TYPE,
    FILTER_MOD,
    FILTER_EXISTS,
    FILTER_SIZE,
    FILTER_ELEMENT, /* an item for which the child holds */
    FILTER_AND,
    FILTER_OR,
    FILTER_NOT, /* the child does not hold */
};

/* One key of a path. */
typedef struct filter_step {
    uint32_t key; /* where its bytes start in `keys` */
    uint32_t length;
    uint32_t index;  /* the place in an array that the key means, or FILTER_NONE */
    uint32_t parent; /* nodes of the schema: where the key was looked for last, and what it is there */
    uint32_t node;
} filter_step;

typedef struct filter_node {
    enum filter_op op;
    uint32_t first; /* child */
    uint32_t last;
    uint32_t next;  /* sibling */
    uint32_t path;  /* its first step, or FILTER_NONE: the value itself */
    uint32_t steps; /* behind them stands the whole path as one key, if it has dots */
    uint32_t cell;  /* of the query document: what is compared with */
    uint32_t kinds; /* TYPE: a bit for each loom_cell_kind */
    double number;  /* EQ to LTE: the double of a number */
    int64_t divisor; /* MOD; SIZE: the size in `remainder` */
    int64_t remainder;
    uint32_t sorted; /* IN: its items in order, from here on in `items` */
    uint32_t count;
    loom_regex *regex; /* owned */
} filter_node;

struct loom_filter {
    uint8_t *text;     /* the query document; owned, like all that follows */
    loom_schema schema;
    loom_batch batch;
    filter_node *nodes;
    uint32_t node_count;
    uint32_t node_capacity;
    filter_step *steps;
    uint32_t step_count;
    uint32_t step_capacity;
    uint32_t *items;
    uint32_t item_count;
    uint32_t item_capacity;
    loom_buffer keys;
    uint32_t root;
};

/** A value in its batch. */
typedef struct filter_value {
    const loom_schema *schema;
    const loom_batch *batch;
    uint32_t cell;
} filter_value;

/** How values stand to each other: by type (null, number, text, object, array, boolean), then as MongoDB compares BSON. One of them is not
 *  nested deeper than LOOM_FILTER_MAX_DEPTH. */
int loom_filter_order(filter_value a, filter_value b);

/** Where the type of a cell stands among types; numbers of all kinds are one, and so are booleans. */
uint32_t loom_filter_bracket(const loom_cell *cell);

#endif
