/* Filters asked about records.
 * SPDX-License-Identifier: MIT
 */
#include "filter.h"

#include <math.h>

#include "../core/decimal.h"
#include "../core/memory.h"
#include "filter_tree.h"

/* One question about one record. */
typedef struct asking {
    loom_filter *filter;
    loom_schema *schema;
    const loom_batch *batch;
    uint32_t record; /* its first cell */
    int code;
} asking;

static bool holds(asking *q, const filter_node *node, uint32_t cell);

static bool is_in(const asking *q, const filter_node *node, filter_value value) {
    uint32_t low = 0;
    uint32_t high = node->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        filter_value item = {&q->filter->schema, &q->filter->batch, q->filter->items[node->sorted + middle]};
        int order = loom_filter_order(value, item);
        if (order == 0) {
            return true;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return false;
}

/* Whole part of a number, as $mod takes it; false where it is larger than 64 bits. */
static bool whole_part(const loom_batch *batch, const loom_cell *cell, int64_t *value) {
    const uint8_t *text = batch->text + cell->start;
    if (cell->kind == LOOM_CELL_INTEGER && cell->length <= 18) {
        *value = 0;
        for (uint32_t i = *text == '-'; i < cell->length; i++) {
            *value = *value * 10 + (text[i] - '0');
        }
        *value = *text == '-' ? -*value : *value;
        return true;
    }
    double number = loom_decimal_value(text, cell->length);
    if (!(fabs(number) < 9007199254740992.0)) {
        return false;
    }
    *value = (int64_t)number;
    return true;
}

static bool is_number(const loom_cell *cell) {
    return cell->kind == LOOM_CELL_INTEGER || cell->kind == LOOM_CELL_NUMBER;
}

/* By the doubles, and where they are the same by the digits. */
static int compare(const asking *q, const filter_node *node, uint32_t cell) {
    const loom_cell *one = &q->batch->cells[cell];
    if (is_number(one)) {
        double number = loom_decimal_value(q->batch->text + one->start, one->length);
        if (number != node->number) {
            return number < node->number ? -1 : 1;
        }
    }
    filter_value value = {q->schema, q->batch, cell};
    filter_value wanted = {&q->filter->schema, &q->filter->batch, node->cell};
    return loom_filter_order(value, wanted);
}

static bool compares(const asking *q, const filter_node *node, uint32_t cell) {
    const loom_cell *wanted = &q->filter->batch.cells[node->cell];
    if (loom_filter_bracket(wanted) != loom_filter_bracket(&q->batch->cells[cell])) {
        return false;
    }
    int order = compare(q, node, cell);
    switch (node->op) {
    case FILTER_GT:
        return order > 0;
    case FILTER_GTE:
        return order >= 0;
    case FILTER_LT:
        return order < 0;
    case FILTER_LTE:
        return order <= 0;
    default:
        return order == 0;
    }
}

static bool has_size(const asking *q, const filter_node *node, uint32_t cell) {
    uint32_t end = cell + loom_cell_span(&q->batch->cells[cell]);
    int64_t size = 0;
    if (q->batch->cells[cell].kind != LOOM_CELL_ARRAY) {
        return false;
    }
    for (uint32_t i = cell + 1; i < end; i += loom_cell_span(&q->batch->cells[i])) {
        size++;
    }
    return size == node->remainder;
}

static bool has_element(asking *q, const filter_node *node, uint32_t cell) {
    uint32_t end = cell + loom_cell_span(&q->batch->cells[cell]);
    const filter_node *child = &q->filter->nodes[node->first];
    bool queries = node->kinds != 0; /* the child is a query, which is about objects */
    if (q->batch->cells[cell].kind != LOOM_CELL_ARRAY) {
        return false;
    }
    for (uint32_t i = cell + 1; i < end; i += loom_cell_span(&q->batch->cells[i])) {
        bool fits = !queries || q->batch->cells[i].kind == LOOM_CELL_OBJECT;
        if (fits && holds(q, child, i)) {
            return true;
        }
    }
    return false;
}

/* Whether a value passes the test, without a look into it. */
static bool tests(asking *q, const filter_node *node, uint32_t cell) {
    const loom_cell *one = &q->batch->cells[cell];
    int64_t whole = 0;
    switch (node->op) {
    case FILTER_IN:
        return is_in(q, node, (filter_value){q->schema, q->batch, cell});
    case FILTER_REGEX:
        return one->kind == LOOM_CELL_TEXT && loom_regex_match(node->regex, loom_cell_text(q->batch, one), one->length);
    case FILTER_TYPE:
        return node->kinds >> one->kind & 1;
    case FILTER_MOD:
        return is_number(one) && whole_part(q->batch, one, &whole) && whole % node->divisor == node->remainder;
    case FILTER_EXISTS:
        return true;
    case FILTER_SIZE:
        return has_size(q, node, cell);
    case FILTER_ELEMENT:
        return has_element(q, node, cell);
    default:
        return compares(q, node, cell);
    }
}

/* Whether a path that leads nowhere passes: null stands for it. */
static bool tests_missing(const asking *q, const filter_node *node) {
    const loom_cell *cells = q->filter->batch.cells;
    if (node->op == FILTER_IN) {
        return node->count > 0 && cells[q->filter->items[node->sorted]].kind == LOOM_CELL_NULL;
    }
    return (node->op == FILTER_EQ || node->op == FILTER_GTE || node->op == FILTER_LTE) && cells[node->cell].kind == LOOM_CELL_NULL;
}

/* At the end of a path: items of an array are asked, and then the array. */
static bool tests_end(asking *q, const filter_node *node, uint32_t cell) {
    const loom_cell *cells = q->batch->cells;
    if (cells[cell].kind == LOOM_CELL_ARRAY && node->op < FILTER_EXISTS) {
        uint32_t end = cell + cells[cell].length;
        for (uint32_t i = cell + 1; i < end; i += loom_cell_span(&cells[i])) {
            if (tests(q, node, i)) {
                return true;
            }
        }
    }
    return tests(q, node, cell);
}

/* The node of a key below an object's. */
static uint32_t node_of(asking *q, filter_step *step, uint32_t parent) {
    if (step->parent != parent) {
        const uint8_t *key = q->filter->keys.bytes + step->key;
        q->code = loom_schema_child(q->schema, parent, key, step->length, &step->node);
        step->parent = q->code == LOOM_OK ? parent : FILTER_NONE;
    }
    return step->node;
}

/* The member of an object, or FILTER_NONE. The parser noted where it saw each key last, which is this object if there is only one of
 * its path in the record. */
static uint32_t member(asking *q, uint32_t object, filter_step *step) {
    const loom_cell *cells = q->batch->cells;
    uint32_t end = object + cells[object].length;
    uint32_t node = node_of(q, step, cells[object].path);
    if (q->code != LOOM_OK) {
        return FILTER_NONE;
    }
    uint32_t hint = q->schema->nodes[node].cell;
    if (hint > object && hint < end && cells[hint].path == node && (cells[hint].flags & LOOM_CELL_DROPPED) == 0) {
        return hint;
    }
    for (uint32_t i = object + 1; object != q->record && i < end; i += loom_cell_span(&cells[i])) {
        if (cells[i].path == node && (cells[i].flags & LOOM_CELL_DROPPED) == 0) {
            return i;
        }
    }
    return FILTER_NONE;
}

static bool seek(asking *q, const filter_node *node, uint32_t cell, uint32_t step);

static bool arrive(asking *q, const filter_node *node, uint32_t cell, uint32_t step) {
    return step < node->steps ? seek(q, node, cell, step) : tests_end(q, node, cell);
}

static bool seek_items(asking *q, const filter_node *node, uint32_t array, uint32_t step) {
    const loom_cell *cells = q->batch->cells;
    uint32_t end = array + cells[array].length;
    uint32_t index = q->filter->steps[node->path + step].index;
    uint32_t number = 0;
    for (uint32_t i = array + 1; i < end && q->code == LOOM_OK; i += loom_cell_span(&cells[i])) {
        if (number++ == index && arrive(q, node, i, step + 1)) {
            return true;
        }
        if (cells[i].kind == LOOM_CELL_OBJECT && seek(q, node, i, step)) {
            return true;
        }
    }
    return false;
}

/* A key with dots stands in for a path that does not start in the record, as it does for columns. */
static bool seek_literal(asking *q, const filter_node *node) {
    uint32_t found = node->steps > 1 ? member(q, q->record, &q->filter->steps[node->path + node->steps]) : FILTER_NONE;
    return found == FILTER_NONE ? tests_missing(q, node) : tests_end(q, node, found);
}

/* Goes on from a value along the path. */
static bool seek(asking *q, const filter_node *node, uint32_t cell, uint32_t step) {
    uint8_t kind = q->batch->cells[cell].kind;
    if (kind == LOOM_CELL_ARRAY) {
        return seek_items(q, node, cell, step);
    }
    if (kind != LOOM_CELL_OBJECT) {
        return tests_missing(q, node);
    }
    uint32_t found = member(q, cell, &q->filter->steps[node->path + step]);
    if (found != FILTER_NONE) {
        return arrive(q, node, found, step + 1);
    }
    return cell == q->record ? seek_literal(q, node) : tests_missing(q, node);
}

static bool joins(asking *q, const filter_node *node, uint32_t cell) {
    const filter_node *nodes = q->filter->nodes;
    bool wanted = node->op != FILTER_AND;
    for (uint32_t child = node->first; child != FILTER_NONE && q->code == LOOM_OK; child = nodes[child].next) {
        if (holds(q, &nodes[child], cell) == wanted) {
            return wanted == (node->op != FILTER_NOT);
        }
    }
    return wanted != (node->op != FILTER_NOT);
}

static bool holds(asking *q, const filter_node *node, uint32_t cell) {
    if (node->op >= FILTER_AND) {
        return joins(q, node, cell);
    }
    return node->path == FILTER_NONE ? tests(q, node, cell) : seek(q, node, cell, 0);
}

int loom_filter_match(loom_filter *filter, loom_schema *schema, const loom_batch *batch, uint32_t cell, bool *passes) {
    asking q = {filter, schema, batch, cell, LOOM_OK};
    *passes = holds(&q, &filter->nodes[filter->root], cell);
    return q.code;
}

void loom_filter_reset(loom_filter *filter) {
    for (uint32_t i = 0; i < filter->step_count; i++) {
        filter->steps[i].parent = FILTER_NONE;
    }
}

void loom_filter_free(loom_filter *filter) {
    if (filter == NULL) {
        return;
    }
    for (uint32_t i = 0; i < filter->node_count; i++) {
        loom_regex_free(filter->nodes[i].regex);
    }
    loom_schema_close(&filter->schema);
    loom_batch_close(&filter->batch);
    loom_buffer_free(&filter->keys);
    loom_free(filter->nodes);
    loom_free(filter->steps);
    loom_free(filter->items);
    loom_free(filter->text);
    loom_free(filter);
}
