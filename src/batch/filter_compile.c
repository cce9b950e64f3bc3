/* Filters: from the query document to tests. What stands below a field is read in filter_operators.c.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "../core/decimal.h"
#include "../core/memory.h"
#include "../core/nearest.h"
#include "../core/utf8.h"
#include "filter_compiling.h"
#include "parser.h"

#define MOST_NODES 65536u
/* Bytes of a key that messages show. */
#define MOST_SHOWN 80u

#define KEYS_CAP ((size_t)1 << 24)

size_t loom_filter_enter(compiling *c, const char *key, size_t length) {
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

size_t loom_filter_enter_item(compiling *c, uint32_t number) {
    char text[16];
    int length = snprintf(text, sizeof text, "[%u]", number);
    return loom_filter_enter(c, text, (size_t)length);
}

int loom_filter_members(compiling *c, uint32_t object, filter_path path, uint32_t parent, filter_member *read) {
    uint32_t end = object + loom_cell_span(cell_of(c, object));
    int code = LOOM_OK;
    for (uint32_t i = object + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i))) {
        size_t length = 0;
        const char *key = key_of(c, i, &length);
        size_t before = loom_filter_enter(c, key, length);
        code = read(c, object, i, path, parent);
        if (code == LOOM_OK) {
            leave(c, before);
        }
    }
    return code;
}

bool loom_filter_among(const char *key, size_t length, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (is_key(key, length, names[i])) {
            return true;
        }
    }
    return false;
}

int loom_filter_add(compiling *c, enum filter_op op, filter_path path, uint32_t parent, uint32_t *number) {
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

int loom_filter_add_value(compiling *c, enum filter_op op, filter_path path, uint32_t parent, uint32_t cell) {
    uint32_t number = 0;
    int code = loom_filter_add(c, op, path, parent, &number);
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

int loom_filter_unknown(const compiling *c, const char *key, size_t length, const char *const *names, size_t count) {
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)length, key);
    const char *nearest = loom_nearest(word, names, count);
    int code = wrong(c, "is no operator of filters");
    if (nearest != NULL) {
        snprintf(c->error->suggestion, sizeof c->error->suggestion, "did you mean %s?", nearest);
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
    return has_operators(c, cell) ? loom_filter_operators(c, cell, path, parent) : loom_filter_add_value(c, FILTER_EQ, path, parent, cell);
}

/* $and, $or and $nor: an array of queries. */
static int compile_joining(compiling *c, uint32_t cell, enum filter_op op, uint32_t parent) {
    uint32_t end = cell + loom_cell_span(cell_of(c, cell));
    if (cell_of(c, cell)->kind != LOOM_CELL_ARRAY || end == cell + 1) {
        return wrong(c, "must be an array of queries");
    }
    int code = loom_filter_add(c, op, (filter_path){FILTER_NONE, 0}, parent, &parent);
    uint32_t place = 0;
    for (uint32_t i = cell + 1; i < end && code == LOOM_OK; i += loom_cell_span(cell_of(c, i)), place++) {
        size_t before = loom_filter_enter_item(c, place);
        uint32_t all = 0;
        code = loom_filter_add(c, FILTER_AND, (filter_path){FILTER_NONE, 0}, parent, &all);
        if (code == LOOM_OK) {
            code = loom_filter_query(c, i, all);
        }
        if (code == LOOM_OK) {
            leave(c, before);
        }
    }
    return code;
}

static int compile_member(compiling *c, uint32_t object, uint32_t cell, filter_path path, uint32_t parent) {
    (void)object;
    (void)path; /* queries stand above fields */
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
    return loom_filter_among(key, length, field_operators, COUNT(field_operators))
               ? wrong(c, "stands below a field, as in {\"price\": {\"$gt\": 10}}")
               : loom_filter_unknown(c, key, length, joining_operators, COUNT(joining_operators));
}

int loom_filter_query(compiling *c, uint32_t object, uint32_t parent) {
    if (cell_of(c, object)->kind != LOOM_CELL_OBJECT) {
        return wrong(c, "must be an object");
    }
    return loom_filter_members(c, object, (filter_path){FILTER_NONE, 0}, parent, compile_member);
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
        code = loom_filter_add(&c, FILTER_AND, (filter_path){FILTER_NONE, 0}, FILTER_NONE, &made->root);
    }
    if (code == LOOM_OK) {
        code = loom_filter_query(&c, 0, made->root);
    }
    if (code != LOOM_OK) {
        loom_filter_free(made);
        return code;
    }
    *filter = made;
    return LOOM_OK;
}
