/* What the two halves of the compiler of filters share: where they are in the query document, and what they add to the filter.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_FILTER_COMPILING_H
#define LOOM_FILTER_COMPILING_H

#include "../core/error.h"
#include "filter_tree.h"

/* The place in the document that is being read, for messages. */
typedef struct place {
    char text[160];
    size_t length;
} place;

typedef struct compiling {
    loom_filter *filter;
    loom_error *error;
    place place;
} compiling;

/* A path of keys; the value itself where `first` is FILTER_NONE. */
typedef struct filter_path {
    uint32_t first;
    uint32_t steps;
} filter_path;

static const char *const field_operators[] = {"$eq",     "$ne",  "$gt",  "$gte", "$lt",        "$lte",  "$in",  "$nin",
                                              "$regex",  "$options", "$exists", "$type", "$size", "$mod", "$all", "$elemMatch", "$not"};
static const char *const joining_operators[] = {"$and", "$or", "$nor"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static inline int wrong(const compiling *c, const char *wanted) {
    return loom_fail(c->error, LOOM_INVALID_OPTION, "%s %s", c->place.text, wanted);
}

static inline void leave(compiling *c, size_t before) {
    c->place.length = before;
    c->place.text[before] = '\0';
}

static inline const loom_cell *cell_of(const compiling *c, uint32_t cell) {
    return &c->filter->batch.cells[cell];
}

/* The key of a member; the bytes end with a quote. */
static inline const char *key_of(const compiling *c, uint32_t cell, size_t *length) {
    const loom_node *node = &c->filter->schema.nodes[cell_of(c, cell)->path];
    *length = node->key_length;
    return (const char *)c->filter->schema.keys.bytes + node->key;
}

static inline bool is_key(const char *key, size_t length, const char *name) {
    return strlen(name) == length && memcmp(key, name, length) == 0;
}

/* Whether the first key of an object is an operator. */
static inline bool has_operators(const compiling *c, uint32_t cell) {
    size_t length = 0;
    const loom_cell *one = cell_of(c, cell);
    return one->kind == LOOM_CELL_OBJECT && one->length > 1 && key_of(c, cell + 1, &length)[0] == '$' && length > 0;
}

/** Names a member of what is being read; the answer brings the place back by `leave`. */
size_t loom_filter_enter(compiling *c, const char *key, size_t length);

/** Reads one member of an object. */
typedef int filter_member(compiling *c, uint32_t object, uint32_t cell, filter_path path, uint32_t parent);

/** Reads each member of an object, in its place, up to the first error. */
LOOM_CHECKED int loom_filter_members(compiling *c, uint32_t object, filter_path path, uint32_t parent, filter_member *read);

/** The same as `loom_filter_enter` for an item of an array. */
size_t loom_filter_enter_item(compiling *c, uint32_t number);

bool loom_filter_among(const char *key, size_t length, const char *const *names, size_t count);

/** Adds a node below `parent`, if that is not FILTER_NONE. */
LOOM_CHECKED int loom_filter_add(compiling *c, enum filter_op op, filter_path path, uint32_t parent, uint32_t *number);

/** Adds a node that compares with a value of the document. */
LOOM_CHECKED int loom_filter_add_value(compiling *c, enum filter_op op, filter_path path, uint32_t parent, uint32_t cell);

/** Always an error: the key is no operator. It tells the nearest one. */
LOOM_CHECKED int loom_filter_unknown(const compiling *c, const char *key, size_t length, const char *const *names, size_t count);

/** {"a": 1, "b": 2}: all of them hold. */
LOOM_CHECKED int loom_filter_query(compiling *c, uint32_t object, uint32_t parent);

/** {"$gt": 1, "$lt": 5}: all of them hold for the values at the path. */
LOOM_CHECKED int loom_filter_operators(compiling *c, uint32_t object, filter_path path, uint32_t parent);

#endif
