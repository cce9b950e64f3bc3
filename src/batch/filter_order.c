/* The order of JSON values, after MongoDB's comparison of BSON.
 * SPDX-License-Identifier: MIT
 */
#include "../core/decimal.h"
#include "filter_tree.h"

uint32_t loom_filter_bracket(const loom_cell *cell) {
    static const uint8_t brackets[] = {
        [LOOM_CELL_NULL] = 0,   [LOOM_CELL_INTEGER] = 1, [LOOM_CELL_NUMBER] = 1, [LOOM_CELL_TEXT] = 2,
        [LOOM_CELL_OBJECT] = 3, [LOOM_CELL_ARRAY] = 4,   [LOOM_CELL_FALSE] = 5,  [LOOM_CELL_TRUE] = 5,
    };
    return brackets[cell->kind];
}

static int compare_bytes(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
    size_t shorter = a_length < b_length ? a_length : b_length;
    int order = shorter > 0 ? memcmp(a, b, shorter) : 0;
    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/* The next member or item at or behind `at` that was not dropped; `end` when there is none. */
static uint32_t skip_dropped(const loom_batch *batch, uint32_t at, uint32_t end) {
    while (at < end && batch->cells[at].flags & LOOM_CELL_DROPPED) {
        at += loom_cell_span(&batch->cells[at]);
    }
    return at;
}

static int compare_keys(filter_value a, filter_value b) {
    const loom_node *one = &a.schema->nodes[a.batch->cells[a.cell].path];
    const loom_node *other = &b.schema->nodes[b.batch->cells[b.cell].path];
    return compare_bytes(a.schema->keys.bytes + one->key, one->key_length, b.schema->keys.bytes + other->key, other->key_length);
}

/* Pair by pair: type, key, value; what ends first stands before. */
static int compare_containers(filter_value a, filter_value b, bool keyed) {
    uint32_t a_end = a.cell + loom_cell_span(&a.batch->cells[a.cell]);
    uint32_t b_end = b.cell + loom_cell_span(&b.batch->cells[b.cell]);
    for (a.cell++, b.cell++;;) {
        a.cell = skip_dropped(a.batch, a.cell, a_end);
        b.cell = skip_dropped(b.batch, b.cell, b_end);
        if (a.cell >= a_end || b.cell >= b_end) {
            return (a.cell < a_end) - (b.cell < b_end);
        }
        const loom_cell *one = &a.batch->cells[a.cell];
        const loom_cell *other = &b.batch->cells[b.cell];
        int order = (int)loom_filter_bracket(one) - (int)loom_filter_bracket(other);
        if (order == 0 && keyed) {
            order = compare_keys(a, b);
        }
        if (order == 0) {
            order = loom_filter_order(a, b);
        }
        if (order != 0) {
            return order;
        }
        a.cell += loom_cell_span(one);
        b.cell += loom_cell_span(other);
    }
}

int loom_filter_order(filter_value a, filter_value b) {
    const loom_cell *one = &a.batch->cells[a.cell];
    const loom_cell *other = &b.batch->cells[b.cell];
    uint32_t bracket = loom_filter_bracket(one);
    if (bracket != loom_filter_bracket(other)) {
        return bracket < loom_filter_bracket(other) ? -1 : 1;
    }
    switch (one->kind) {
    case LOOM_CELL_INTEGER:
    case LOOM_CELL_NUMBER:
        return loom_decimal_order(a.batch->text + one->start, one->length, b.batch->text + other->start, other->length);
    case LOOM_CELL_TEXT:
        return compare_bytes(loom_cell_text(a.batch, one), one->length, loom_cell_text(b.batch, other), other->length);
    case LOOM_CELL_OBJECT:
    case LOOM_CELL_ARRAY:
        return compare_containers(a, b, one->kind == LOOM_CELL_OBJECT);
    default:
        return (one->kind == LOOM_CELL_TRUE) - (other->kind == LOOM_CELL_TRUE);
    }
}
