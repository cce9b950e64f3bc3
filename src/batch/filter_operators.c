/* The operators of filters that stand below a field: $gt, $in, $regex, $elemMatch and the like.
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdio.h>

#include "../core/decimal.h"
#include "../core/memory.h"
#include "../core/nearest.h"
#include "filter_compiling.h"

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
        code = loom_filter_add(c, FILTER_REGEX, path, parent, &number);
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
    int code = loom_filter_add(c, FILTER_OR, path, parent, &either);
    if (code == LOOM_OK) {
        code = loom_filter_add(c, FILTER_IN, path, either, &number);
    }
    uint32_t first = c->filter->item_count;
    uint32_t place = 0;
    for (uint32_t i = cell + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i)), place++) {
        size_t before = loom_filter_enter_item(c, place);
        code = has_pattern(c, i)     ? loom_filter_operators(c, i, path, either)
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
    bool values = length > 0 && !loom_filter_among(key, length, joining_operators, COUNT(joining_operators));
    int code = loom_filter_add(c, FILTER_ELEMENT, path, parent, &number);
    if (code == LOOM_OK) {
        c->filter->nodes[number].kinds = !values;
        code = loom_filter_add(c, FILTER_AND, (filter_path){FILTER_NONE, 0}, number, &all);
    }
    if (code != LOOM_OK) {
        return code;
    }
    return values ? loom_filter_operators(c, cell, (filter_path){FILTER_NONE, 0}, all) : loom_filter_query(c, cell, all);
}

/* Every item must be there; an empty list lets nothing pass. */
static int compile_all(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    uint32_t all = 0;
    uint32_t end = cell + loom_cell_span(cell_of(c, cell));
    if (cell_of(c, cell)->kind != LOOM_CELL_ARRAY) {
        return wrong(c, "must be an array");
    }
    int code = loom_filter_add(c, end == cell + 1 ? FILTER_OR : FILTER_AND, path, parent, &all);
    uint32_t place = 0;
    for (uint32_t i = cell + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i)), place++) {
        size_t before = loom_filter_enter_item(c, place);
        bool matched = has_pattern(c, i) || (has_operators(c, i) && find_member(c, i, "$elemMatch") != FILTER_NONE);
        code = matched               ? loom_filter_operators(c, i, path, all)
               : has_operators(c, i) ? wrong(c, "must be a value, a $regex or an $elemMatch")
                                     : loom_filter_add_value(c, FILTER_EQ, path, all, i);
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
    int code = loom_filter_add(c, FILTER_SIZE, path, parent, &number);
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
    int code = loom_filter_add(c, FILTER_MOD, path, parent, &number);
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
        code = loom_filter_add(c, FILTER_TYPE, path, parent, &number);
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
    int code = kind == LOOM_CELL_TRUE ? LOOM_OK : loom_filter_add(c, FILTER_NOT, path, parent, &parent);
    return code == LOOM_OK ? loom_filter_add(c, FILTER_EXISTS, path, parent, &parent) : code;
}

static int compile_not(compiling *c, uint32_t cell, filter_path path, uint32_t parent) {
    if (!has_operators(c, cell)) {
        return wrong(c, "must be an object of operators");
    }
    int code = loom_filter_add(c, FILTER_NOT, path, parent, &parent);
    if (code == LOOM_OK) {
        code = loom_filter_add(c, FILTER_AND, path, parent, &parent);
    }
    return code == LOOM_OK ? loom_filter_operators(c, cell, path, parent) : code;
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
        code = loom_filter_add(c, FILTER_NOT, path, parent, &parent);
    }
    if (code != LOOM_OK) {
        return code;
    }
    if (comparison(key, length, &op)) {
        return has_pattern(c, cell) ? wrong(c, "must be a value, not a pattern") : loom_filter_add_value(c, op, path, parent, cell);
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
    if (loom_filter_among(key, length, joining_operators, COUNT(joining_operators))) {
        return wrong(c, "stands above fields, not below them");
    }
    return length > 0 && *key == '$' ? loom_filter_unknown(c, key, length, field_operators, COUNT(field_operators))
                                     : wrong(c, "is no operator, but stands beside one");
}

int loom_filter_operators(compiling *c, uint32_t object, filter_path path, uint32_t parent) {
    return loom_filter_members(c, object, path, parent, compile_operator);
}
