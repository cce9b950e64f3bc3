/* Filters: from the query document to tests.
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdio.h>

#include "../core/decimal.h"
#include "../core/memory.h"
#include "../core/nearest.h"
#include "../core/utf8.h"
#include "filter_tree.h"
#include "parser.h"

#define MOST_NODES 65536u
/* Bytes of a key that messages show. */
#define MOST_SHOWN 80u

#define KEYS_CAP ((size_t)1 << 24)

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

static int wrong(const compiling *c, const char *wanted) {
    return loom_fail(c->error, LOOM_INVALID_OPTION, "%s %s", c->place.text, wanted);
}

/* Names a member of what is being read; the answer brings the place back. */
static size_t enter(compiling *c, const char *key, size_t length) {
    size_t before = c->place.length;
    size_t room = sizeof c->place.text - 1 - before;
    size_t shown = length > MOST_SHOWN ? loom_utf8_whole(key, MOST_SHOWN) : length;
    int written = snprintf(c->place.text + before, room + 1, "%s%.*s", *key == '[' ? "" : ".", (int)shown, key);
    size_t wanted = written < 0 ? 0 : (size_t)written;
    size_t end = wanted < room ? before + wanted : loom_utf8_whole(c->place.text, before + room);
    c->place.length = end > before ? end : before;
    c->place.text[c->place.length] = '\0';
    return before;
}

static size_t enter_item(compiling *c, uint32_t number) {
    char text[16];
    int length = snprintf(text, sizeof text, "[%u]", number);
    return enter(c, text, (size_t)length);
}

static void leave(compiling *c, size_t before) {
    c->place.length = before;
    c->place.text[before] = '\0';
}

static const loom_cell *cell_of(const compiling *c, uint32_t cell) {
    return &c->filter->batch.cells[cell];
}

/* The key of a member; the bytes end with a quote. */
static const char *key_of(const compiling *c, uint32_t cell, size_t *length) {
    const loom_node *node = &c->filter->schema.nodes[cell_of(c, cell)->path];
    *length = node->key_length;
    return (const char *)c->filter->schema.keys.bytes + node->key;
}

static bool is_key(const char *key, size_t length, const char *name) {
    return strlen(name) == length && memcmp(key, name, length) == 0;
}

static bool is_among(const char *key, size_t length, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (is_key(key, length, names[i])) {
            return true;
        }
    }
    return false;
}

static int add_node(compiling *c, enum filter_op op, filter_path path, uint32_t parent, uint32_t *number) {
    loom_filter *filter = c->filter;
    if (filter->node_count >= MOST_NODES) {
        return loom_fail(c->error, LOOM_INVALID_OPTION, "the filter has more than %u conditions", MOST_NODES);
    }
    filter_node *nodes = loom_grow(filter->nodes, filter->node_count, &filter->node_capacity, sizeof *nodes);
    if (nodes == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    filter->nodes = nodes;
    *number = filter->node_count++;
    nodes[*number] = (filter_node){.op = op, .first = FILTER_NONE, .last = FILTER_NONE, .next = FILTER_NONE, .path = path.first, .steps = path.steps};
    if (parent != FILTER_NONE && nodes[parent].first == FILTER_NONE) {
        nodes[parent].first = *number;
    } else if (parent != FILTER_NONE) {
        nodes[nodes[parent].last].next = *number;
    }
    if (parent != FILTER_NONE) {
        nodes[parent].last = *number;
    }
    return LOOM_OK;
}

/* A node that compares with a value of the document. */
static int add_value(compiling *c, enum filter_op op, filter_path path, uint32_t parent, uint32_t cell) {
    uint32_t number = 0;
    int code = add_node(c, op, path, parent, &number);
    if (code == LOOM_OK) {
        const loom_cell *one = cell_of(c, cell);
        filter_node *node = &c->filter->nodes[number];
        bool numeric = one->kind == LOOM_CELL_INTEGER || one->kind == LOOM_CELL_NUMBER;
        node->cell = cell;
        node->number = numeric ? loom_decimal_value(c->filter->batch.text + one->start, one->length) : 0;
    }
    return code;
}

static int add_step(compiling *c, const char *key, size_t length) {
    loom_filter *filter = c->filter;
    filter_step *steps = loom_grow(filter->steps, filter->step_count, &filter->step_capacity, sizeof *steps);
    if (steps == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    filter->steps = steps;
    filter_step step = {.key = (uint32_t)filter->keys.length, .length = (uint32_t)length, .index = FILTER_NONE, .parent = FILTER_NONE};
    bool numeric = length > 0 && length <= 9 && (key[0] != '0' || length == 1);
    uint32_t index = 0;
    for (size_t i = 0; i < length && numeric; i++) {
        numeric = key[i] >= '0' && key[i] <= '9';
        index = index * 10 + (uint32_t)(key[i] - '0');
    }
    step.index = numeric ? index : FILTER_NONE;
    steps[filter->step_count++] = step;
    return loom_buffer_append(&filter->keys, key, length);
}

/* The keys of a dotted path and, behind them, the path as one key. */
static int add_path(compiling *c, const char *key, size_t length, filter_path *path) {
    int code = LOOM_OK;
    size_t start = 0;
    *path = (filter_path){c->filter->step_count, 0};
    for (size_t i = 0; i <= length && code == LOOM_OK; i++) {
        if (i == length || key[i] == '.') {
            code = path->steps++ < LOOM_FILTER_MAX_DEPTH ? add_step(c, key + start, i - start) : wrong(c, "is a path of more than 64 keys");
            start = i + 1;
        }
    }
    return code == LOOM_OK && path->steps > 1 ? add_step(c, key, length) : code;
}

static int unknown(const compiling *c, const char *key, size_t length, const char *const *names, size_t count) {
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)length, key);
    const char *nearest = loom_nearest(word, names, count);
    int code = wrong(c, "is no operator of filters");
    if (nearest != NULL) {
        snprintf(c->error->suggestion, sizeof c->error->suggestion, "did you mean %s?", nearest);
    }
    return code;
}

static int compile_query(compiling *c, uint32_t object, uint32_t parent);
static int compile_operators(compiling *c, uint32_t object, filter_path path, uint32_t parent);

/* Whether the first key of an object is an operator. */
static bool has_operators(const compiling *c, uint32_t cell) {
    size_t length = 0;
    const loom_cell *one = cell_of(c, cell);
    return one->kind == LOOM_CELL_OBJECT && one->length > 1 && key_of(c, cell + 1, &length)[0] == '$' && length > 0;
}

static bool has_pattern(const compiling *c, uint32_t cell) {
    size_t length = 0;
    const char *key = has_operators(c, cell) ? key_of(c, cell + 1, &length) : "";
    return is_key(key, length, "$regex") || is_key(key, length, "$options");
}

static int read_flags(const compiling *c, uint32_t cell, unsigned *flags) {
    const loom_cell *one = cell_of(c, cell);
    const uint8_t *text = loom_cell_text(&c->filter->batch, one);
    *flags = 0;
    for (uint32_t i = 0; one->kind == LOOM_CELL_TEXT && i < one->length; i++) {
        unsigned flag = text[i] == 'i' ? LOOM_REGEX_IGNORE_CASE : text[i] == 'm' ? LOOM_REGEX_MULTILINE : text[i] == 's' ? LOOM_REGEX_DOT_ALL : 0;
        if (flag == 0) {
            return wrong(c, "may have the letters i, m and s");
        }
        *flags |= flag;
    }
    return one->kind == LOOM_CELL_TEXT ? LOOM_OK : wrong(c, "must be text of the letters i, m and s");
}

/* The member of an object with that key, or FILTER_NONE. */
static uint32_t find_member(const compiling *c, uint32_t object, const char *name) {
    uint32_t end = object + loom_cell_span(cell_of(c, object));
    for (uint32_t i = object + 1; i < end; i += loom_cell_span(cell_of(c, i))) {
        size_t length = 0;
        const char *key = key_of(c, i, &length);
        if (is_key(key, length, name)) {
            return i;
        }
    }
    return FILTER_NONE;
}

/* $regex, with the $options beside it. */
static int compile_regex(compiling *c, uint32_t object, filter_path path, uint32_t parent) {
    uint32_t pattern = find_member(c, object, "$regex");
    uint32_t options = find_member(c, object, "$options");
    uint32_t number = 0;
    unsigned flags = 0;
    if (pattern == FILTER_NONE || cell_of(c, pattern)->kind != LOOM_CELL_TEXT) {
        return wrong(c, pattern == FILTER_NONE ? "needs a $regex beside it" : "must be a pattern, as text");
    }
    int code = options == FILTER_NONE ? LOOM_OK : read_flags(c, options, &flags);
    if (code == LOOM_OK) {
        code = add_node(c, FILTER_REGEX, path, parent, &number);
    }
    if (code != LOOM_OK) {
        return code;
    }
    const loom_cell *one = cell_of(c, pattern);
    loom_error error = {0};
    code = loom_regex_compile(loom_cell_text(&c->filter->batch, one), one->length, flags, &c->filter->nodes[number].regex, &error);
    if (code == LOOM_INVALID_OPTION) {
        char what[sizeof error.detail + 8];
        snprintf(what, sizeof what, "has %s", error.detail);
        code = wrong(c, strncmp(error.detail, "the ", 4) == 0 ? error.detail : what);
        snprintf(c->error->suggestion, sizeof c->error->suggestion, "patterns are those of JavaScript without look-around, back-references and \\p{...}");
    }
    return code;
}

static int place_item(compiling *c, uint32_t cell) {
    loom_filter *filter = c->filter;
    uint32_t *items = loom_grow(filter->items, filter->item_count, &filter->item_capacity, sizeof *items);
    if (items == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    filter->items = items;
    items[filter->item_count++] = cell;
    return LOOM_OK;
}

static int order_of(const loom_filter *filter, uint32_t a, uint32_t b) {
    return loom_filter_order((filter_value){&filter->schema, &filter->batch, a}, (filter_value){&filter->schema, &filter->batch, b});
}

static void sink(const loom_filter *filter, uint32_t *items, uint32_t at, uint32_t count) {
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        child += child + 1 < count && order_of(filter, items[child], items[child + 1]) < 0;
        if (order_of(filter, items[at], items[child]) >= 0) {
            return;
        }
        uint32_t item = items[at];
        items[at] = items[child];
        items[child] = item;
        at = child;
    }
}

/* Heapsort: nothing to allocate, and never slow. */
static void sort_items(const loom_filter *filter, uint32_t *items, uint32_t count) {
    for (uint32_t i = count / 2; i > 0; i--) {
        sink(filter, items, i - 1, count);
    }
    for (uint32_t i = count; i > 1; i--) {
        uint32_t item = items[0];
        items[0] = items[i - 1];
        items[i - 1] = item;
        sink(filter, items, 0, i - 1);
    }
}

/* One of the items of $in must be it; those that are patterns stand beside the others. */
static int compile_in(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    uint32_t either = 0;
    uint32_t number = 0;
    uint32_t end = cell + loom_cell_span(cell_of(c, cell));
    if (cell_of(c, cell)->kind != LOOM_CELL_ARRAY) {
        return wrong(c, "must be an array");
    }
    int code = add_node(c, FILTER_OR, path, parent, &either);
    if (code == LOOM_OK) {
        code = add_node(c, FILTER_IN, path, either, &number);
    }
    uint32_t first = c->filter->item_count;
    uint32_t place = 0;
    for (uint32_t i = cell + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i)), place++) {
        size_t before = enter_item(c, place);
        code = has_pattern(c, i)     ? compile_operators(c, i, path, either)
               : has_operators(c, i) ? wrong(c, "must be a value, not an operator")
                                     : place_item(c, i);
        if (code == LOOM_OK) {
            leave(c, before);
        }
    }
    if (code == LOOM_OK) {
        filter_node *node = &c->filter->nodes[number];
        node->sorted = first;
        node->count = c->filter->item_count - first;
        if (node->count > 0) {
            sort_items(c->filter, c->filter->items + first, node->count);
        }
    }
    return code;
}

static int compile_element(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    uint32_t number = 0;
    uint32_t all = 0;
    size_t length = 0;
    if (cell_of(c, cell)->kind != LOOM_CELL_OBJECT) {
        return wrong(c, "must be an object");
    }
    const char *key = has_operators(c, cell) ? key_of(c, cell + 1, &length) : "";
    bool values = length > 0 && !is_among(key, length, joining_operators, COUNT(joining_operators));
    int code = add_node(c, FILTER_ELEMENT, path, parent, &number);
    if (code == LOOM_OK) {
        c->filter->nodes[number].kinds = !values;
        code = add_node(c, FILTER_AND, (filter_path){FILTER_NONE, 0}, number, &all);
    }
    if (code != LOOM_OK) {
        return code;
    }
    return values ? compile_operators(c, cell, (filter_path){FILTER_NONE, 0}, all) : compile_query(c, cell, all);
}

/* Every item must be there; an empty list lets nothing pass. */
static int compile_all(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    uint32_t all = 0;
    uint32_t end = cell + loom_cell_span(cell_of(c, cell));
    if (cell_of(c, cell)->kind != LOOM_CELL_ARRAY) {
        return wrong(c, "must be an array");
    }
    int code = add_node(c, end == cell + 1 ? FILTER_OR : FILTER_AND, path, parent, &all);
    uint32_t place = 0;
    for (uint32_t i = cell + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i)), place++) {
        size_t before = enter_item(c, place);
        bool matched = has_pattern(c, i) || (has_operators(c, i) && find_member(c, i, "$elemMatch") != FILTER_NONE);
        code = matched               ? compile_operators(c, i, path, all)
               : has_operators(c, i) ? wrong(c, "must be a value, a $regex or an $elemMatch")
                                     : add_value(c, FILTER_EQ, path, all, i);
        if (code == LOOM_OK) {
            leave(c, before);
        }
    }
    return code;
}

/* A whole number of at most 53 bits. */
static bool whole_number(const compiling *c, uint32_t cell, int64_t *value) {
    const loom_cell *one = cell_of(c, cell);
    if (one->kind != LOOM_CELL_INTEGER && one->kind != LOOM_CELL_NUMBER) {
        return false;
    }
    double number = loom_decimal_value(c->filter->batch.text + one->start, one->length);
    *value = fabs(number) <= 9007199254740991.0 ? (int64_t)number : 0;
    return fabs(number) <= 9007199254740991.0 && floor(number) == number;
}

static int compile_size(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    uint32_t number = 0;
    int64_t size = 0;
    if (!whole_number(c, cell, &size) || size < 0) {
        return wrong(c, "must be a whole number that is not negative");
    }
    int code = add_node(c, FILTER_SIZE, path, parent, &number);
    if (code == LOOM_OK) {
        c->filter->nodes[number].remainder = size;
    }
    return code;
}

static int compile_mod(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    const loom_cell *one = cell_of(c, cell);
    uint32_t number = 0;
    int64_t divisor = 0;
    int64_t remainder = 0;
    bool pair = one->kind == LOOM_CELL_ARRAY && one->length == 3 && whole_number(c, cell + 1, &divisor) &&
                whole_number(c, cell + 2, &remainder);
    if (!pair || divisor == 0) {
        return wrong(c, "must be [divisor, remainder], two whole numbers, the first not 0");
    }
    int code = add_node(c, FILTER_MOD, path, parent, &number);
    if (code == LOOM_OK) {
        c->filter->nodes[number].divisor = divisor;
        c->filter->nodes[number].remainder = remainder;
    }
    return code;
}

#define KIND(kind) (1u << LOOM_CELL_##kind)

static const char *const type_names[] = {"string", "number", "int", "double", "bool", "object", "array", "null"};
static const uint32_t type_kinds[] = {KIND(TEXT),          KIND(INTEGER) | KIND(NUMBER), KIND(INTEGER), KIND(NUMBER),
                                      KIND(FALSE) | KIND(TRUE), KIND(OBJECT),            KIND(ARRAY),   KIND(NULL)};

static int read_type(const compiling *c, uint32_t cell, uint32_t *kinds) {
    const loom_cell *one = cell_of(c, cell);
    if (one->kind != LOOM_CELL_TEXT) {
        return wrong(c, "must be one of string, number, int, double, bool, object, array, null, or an array of them");
    }
    const char *name = (const char *)loom_cell_text(&c->filter->batch, one);
    for (size_t i = 0; i < COUNT(type_names); i++) {
        if (is_key(name, one->length, type_names[i])) {
            *kinds |= type_kinds[i];
            return LOOM_OK;
        }
    }
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)one->length, name);
    bool date = is_key(name, one->length, "date");
    const char *nearest = date ? NULL : loom_nearest(word, type_names, COUNT(type_names));
    int code = wrong(c, "must be string, number, int, double, bool, object, array or null");
    if (date) {
        snprintf(c->error->suggestion, sizeof c->error->suggestion, "JSON has no dates, they are strings; compare them with $gte and $lt");
    } else if (nearest != NULL) {
        snprintf(c->error->suggestion, sizeof c->error->suggestion, "did you mean %s?", nearest);
    }
    return code;
}

static int compile_type(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    uint32_t number = 0;
    uint32_t kinds = 0;
    int code = LOOM_OK;
    if (cell_of(c, cell)->kind == LOOM_CELL_ARRAY) {
        uint32_t end = cell + cell_of(c, cell)->length;
        code = end == cell + 1 ? wrong(c, "must name a type") : LOOM_OK;
        for (uint32_t i = cell + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i))) {
            code = read_type(c, i, &kinds);
        }
    } else {
        code = read_type(c, cell, &kinds);
    }
    if (code == LOOM_OK) {
        code = add_node(c, FILTER_TYPE, path, parent, &number);
    }
    if (code == LOOM_OK) {
        c->filter->nodes[number].kinds = kinds;
    }
    return code;
}

static int compile_exists(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    uint8_t kind = cell_of(c, cell)->kind;
    if (kind != LOOM_CELL_TRUE && kind != LOOM_CELL_FALSE) {
        return wrong(c, "must be true or false");
    }
    int code = kind == LOOM_CELL_TRUE ? LOOM_OK : add_node(c, FILTER_NOT, path, parent, &parent);
    return code == LOOM_OK ? add_node(c, FILTER_EXISTS, path, parent, &parent) : code;
}

static int compile_not(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    if (!has_operators(c, cell)) {
        return wrong(c, "must be an object of operators");
    }
    int code = add_node(c, FILTER_NOT, path, parent, &parent);
    if (code == LOOM_OK) {
        code = add_node(c, FILTER_AND, path, parent, &parent);
    }
    return code == LOOM_OK ? compile_operators(c, cell, path, parent) : code;
}

/* What compares with one value. */
static bool comparison(const char *key, size_t length, enum filter_op *op) {
    static const enum filter_op ops[] = {FILTER_EQ, FILTER_EQ, FILTER_GT, FILTER_GTE, FILTER_LT, FILTER_LTE};
    for (size_t i = 0; i < COUNT(ops); i++) {
        if (is_key(key, length, field_operators[i])) {
            *op = ops[i];
            return true;
        }
    }
    return false;
}

static int compile_operator(compiling *c, uint32_t object, uint32_t cell, filter_path path, uint32_t parent) {
    size_t length = 0;
    const char *key = key_of(c, cell, &length);
    enum filter_op op = FILTER_EQ;
    int code = LOOM_OK;
    if (is_key(key, length, "$ne") || is_key(key, length, "$nin")) {
        code = add_node(c, FILTER_NOT, path, parent, &parent);
    }
    if (code != LOOM_OK) {
        return code;
    }
    if (comparison(key, length, &op)) {
        return has_pattern(c, cell) ? wrong(c, "must be a value, not a pattern") : add_value(c, op, path, parent, cell);
    }
    if (is_key(key, length, "$options") && find_member(c, object, "$regex") != FILTER_NONE) {
        return LOOM_OK; /* read with its $regex */
    }
    static const struct {
        const char *name;
        int (*compile)(compiling *c, uint32_t cell, filter_path path, uint32_t parent);
    } others[] = {
        {"$in", compile_in},         {"$nin", compile_in}, {"$exists", compile_exists},      {"$type", compile_type}, {"$size", compile_size},
        {"$mod", compile_mod},       {"$all", compile_all}, {"$elemMatch", compile_element}, {"$not", compile_not},
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        if (is_key(key, length, others[i].name)) {
            return others[i].compile(c, cell, path, parent);
        }
    }
    if (is_key(key, length, "$regex") || is_key(key, length, "$options")) {
        return compile_regex(c, object, path, parent);
    }
    if (is_among(key, length, joining_operators, COUNT(joining_operators))) {
        return wrong(c, "stands above fields, not below them");
    }
    return length > 0 && *key == '$' ? unknown(c, key, length, field_operators, COUNT(field_operators))
                                     : wrong(c, "is no operator, but stands beside one");
}

/* {"$gt": 1, "$lt": 5}: all of them hold. */
static int compile_operators(compiling *c, uint32_t object, filter_path path, uint32_t parent) {
    uint32_t end = object + loom_cell_span(cell_of(c, object));
    int code = LOOM_OK;
    for (uint32_t i = object + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i))) {
        size_t length = 0;
        const char *key = key_of(c, i, &length);
        size_t before = enter(c, key, length);
        code = compile_operator(c, object, i, path, parent);
        if (code == LOOM_OK) {
            leave(c, before);
        }
    }
    return code;
}

static int compile_field(compiling *c, uint32_t cell, uint32_t parent) {
    size_t length = 0;
    const char *key = key_of(c, cell, &length);
    filter_path path;
    int code = add_path(c, key, length, &path);
    if (code != LOOM_OK) {
        return code;
    }
    return has_operators(c, cell) ? compile_operators(c, cell, path, parent) : add_value(c, FILTER_EQ, path, parent, cell);
}

/* $and, $or and $nor: an array of queries. */
static int compile_joining(compiling *c, uint32_t cell, enum filter_op op, uint32_t parent) {
    uint32_t end = cell + loom_cell_span(cell_of(c, cell));
    if (cell_of(c, cell)->kind != LOOM_CELL_ARRAY || end == cell + 1) {
        return wrong(c, "must be an array of queries");
    }
    int code = add_node(c, op, (filter_path){FILTER_NONE, 0}, parent, &parent);
    uint32_t place = 0;
    for (uint32_t i = cell + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i)), place++) {
        size_t before = enter_item(c, place);
        uint32_t all = 0;
        code = add_node(c, FILTER_AND, (filter_path){FILTER_NONE, 0}, parent, &all);
        if (code == LOOM_OK) {
            code = compile_query(c, i, all);
        }
        if (code == LOOM_OK) {
            leave(c, before);
        }
    }
    return code;
}

static int compile_member(compiling *c, uint32_t cell, uint32_t parent) {
    static const enum filter_op ops[] = {FILTER_AND, FILTER_OR, FILTER_NOT};
    size_t length = 0;
    const char *key = key_of(c, cell, &length);
    for (size_t i = 0; i < COUNT(ops); i++) {
        if (is_key(key, length, joining_operators[i])) {
            return compile_joining(c, cell, ops[i], parent);
        }
    }
    if (length == 0 || *key != '$') {
        return compile_field(c, cell, parent);
    }
    return is_among(key, length, field_operators, COUNT(field_operators))
               ? wrong(c, "stands below a field, as in {\"price\": {\"$gt\": 10}}")
               : unknown(c, key, length, joining_operators, COUNT(joining_operators));
}

/* {"a": 1, "b": 2}: all of them hold. */
static int compile_query(compiling *c, uint32_t object, uint32_t parent) {
    if (cell_of(c, object)->kind != LOOM_CELL_OBJECT) {
        return wrong(c, "must be an object");
    }
    uint32_t end = object + loom_cell_span(cell_of(c, object));
    int code = LOOM_OK;
    for (uint32_t i = object + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i))) {
        size_t length = 0;
        const char *key = key_of(c, i, &length);
        size_t before = enter(c, key, length);
        code = compile_member(c, i, parent);
        if (code == LOOM_OK) {
            leave(c, before);
        }
    }
    return code;
}

/* What holds for the whole document. */
static int check_document(compiling *c) {
    const loom_filter *filter = c->filter;
    for (uint32_t i = 0; i < filter->batch.cell_count; i++) {
        if (filter->batch.cells[i].flags & LOOM_CELL_DROPPED) {
            size_t length = 0;
            const char *key = key_of(c, i, &length);
            return loom_fail(c->error, LOOM_INVALID_OPTION, "filter has the key \"%.*s\" twice in one object", (int)(length > MOST_SHOWN ? loom_utf8_whole(key, MOST_SHOWN) : length), key);
        }
    }
    for (uint32_t i = 0; i < filter->schema.count; i++) {
        if (filter->schema.nodes[i].depth > LOOM_FILTER_MAX_DEPTH) {
            return loom_fail(c->error, LOOM_INVALID_OPTION, "filter is nested deeper than %u levels", LOOM_FILTER_MAX_DEPTH);
        }
    }
    return LOOM_OK;
}

/* The document is parsed as records are, so that its numbers keep their digits. */
static int parse_document(compiling *c, const uint8_t *text, size_t length) {
    loom_filter *filter = c->filter;
    loom_parser *parser = loom_alloc(sizeof *parser);
    filter->text = loom_alloc(length + LOOM_TEXT_PAD);
    if (parser == NULL || filter->text == NULL) {
        loom_free(parser);
        return LOOM_OUT_OF_MEMORY;
    }
    memset(parser, 0, sizeof *parser);
    memcpy(filter->text, text, length);
    memset(filter->text + length, 0, LOOM_TEXT_PAD);
    for (size_t i = 0; i < length; i++) {
        filter->text[i] = filter->text[i] == '\n' ? ' ' : filter->text[i]; /* no line ends it */
    }
    parser->schema = &filter->schema;
    filter->batch.text = filter->text;
    filter->batch.length = length;
    int code = loom_parse(parser, &filter->batch, LOOM_LAYOUT_LINES);
    loom_free(parser);
    if (code == LOOM_OK && filter->batch.defect_count > 0) {
        const loom_defect *defect = &filter->batch.defects[0];
        int failed = loom_fail(c->error, LOOM_INVALID_OPTION, "filter is not valid JSON at byte %u", defect->offset);
        c->error->place = defect->offset + 1;
        return failed;
    }
    if (code == LOOM_OK && filter->batch.record_count != 1) {
        return loom_fail(c->error, LOOM_INVALID_OPTION, "filter must be an object");
    }
    return code == LOOM_OK ? check_document(c) : code;
}

int loom_filter_compile(const uint8_t *text, size_t length, loom_filter **filter, loom_error *error) {
    *filter = NULL;
    loom_filter *made = loom_alloc(sizeof *made);
    if (made == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    memset(made, 0, sizeof *made);
    loom_batch_open(&made->batch);
    loom_buffer_init(&made->keys, KEYS_CAP);
    compiling c = {.filter = made, .error = error, .place = {"filter", 6}};
    int code = loom_schema_open(&made->schema);
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(&made->keys, 1); /* the key may be empty */
    }
    if (code == LOOM_OK) {
        code = parse_document(&c, text, length);
    }
    if (code == LOOM_OK) {
        code = add_node(&c, FILTER_AND, (filter_path){FILTER_NONE, 0}, FILTER_NONE, &made->root);
    }
    if (code == LOOM_OK) {
        code = compile_query(&c, 0, made->root);
    }
    if (code != LOOM_OK) {
        loom_filter_free(made);
        return code;
    }
    *filter = made;
    return LOOM_OK;
}
