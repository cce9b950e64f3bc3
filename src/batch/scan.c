/* The scan of a batch for paths and types.
 * SPDX-License-Identifier: MIT
 */
#include "scan.h"

#include "../core/date.h"

static bool is_before(loom_first a, loom_first b) {
    if (a.chunk != b.chunk) {
        return a.chunk < b.chunk;
    }
    return a.record != b.record ? a.record < b.record : a.sequence < b.sequence;
}

void loom_scan_merge(loom_node *node, uint16_t kinds, loom_first seen) {
    /* only a leaf has a column, so an object does not count as the first appearance of one */
    bool leaf = (kinds & ~(unsigned)LOOM_KIND_OBJECT) != 0;
    bool first = (node->kinds & ~(unsigned)LOOM_KIND_OBJECT) == 0;
    if (leaf && (first || is_before(seen, node->seen))) {
        node->seen = seen;
        node->reported = 0; /* the place must be told again */
    }
    node->kinds |= kinds;
}

void loom_scan_widen(loom_node *node, uint8_t width) {
    node->width = width > node->width ? width : node->width;
}

void loom_scan_fill(loom_node *node, uint32_t filled) {
    node->filled += filled;
}

bool loom_is_leaf(const loom_node *node) {
    const uint16_t nothing = LOOM_KIND_NULL | LOOM_KIND_EMPTY;
    if ((node->kinds & ~(unsigned)(nothing | LOOM_KIND_OBJECT)) != 0) {
        return true;
    }
    return (node->kinds & LOOM_KIND_OBJECT) == 0 && node->kinds != 0;
}

static uint16_t text_kind(const loom_node *node, const loom_batch *batch, const loom_cell *cell) {
    if (node->kinds & LOOM_KIND_TEXT || cell->length < 10 || cell->length > 35) {
        return LOOM_KIND_TEXT; /* one text that is no date settles the type */
    }
    switch (loom_date_classify(loom_cell_text(batch, cell), cell->length)) {
    case LOOM_DATE:
        return LOOM_KIND_DATE;
    case LOOM_DATETIME:
        return LOOM_KIND_DATETIME;
    default:
        return LOOM_KIND_TEXT;
    }
}

static uint16_t kind_of(const loom_node *node, const loom_batch *batch, const loom_cell *cell) {
    switch (cell->kind) {
    case LOOM_CELL_NULL:
        return LOOM_KIND_NULL;
    case LOOM_CELL_FALSE:
    case LOOM_CELL_TRUE:
        return LOOM_KIND_BOOLEAN;
    case LOOM_CELL_INTEGER:
        return LOOM_KIND_INTEGER;
    case LOOM_CELL_NUMBER:
        return LOOM_KIND_NUMBER;
    case LOOM_CELL_TEXT:
        return text_kind(node, batch, cell);
    case LOOM_CELL_ARRAY:
        return LOOM_KIND_JSON;
    default:
        if (cell->length == 1) {
            return LOOM_KIND_EMPTY;
        }
        return node->depth >= LOOM_MAX_FLAT_DEPTH ? LOOM_KIND_JSON : LOOM_KIND_OBJECT;
    }
}

/* The characters of the longest line; what takes three bytes or more of UTF-8 is mostly as wide as two. */
static uint32_t measure(const uint8_t *text, uint32_t length) {
    uint32_t line = 0;
    uint32_t longest = 0;
    for (uint32_t i = 0; i < length && longest < LOOM_MAX_WIDTH; i++) {
        line = text[i] == '\n' ? 0 : line + ((text[i] & 0xc0) != 0x80) + (text[i] >= 0xe0);
        longest = line > longest ? line : longest;
    }
    return longest;
}

static void widen(loom_node *node, const loom_batch *batch, const loom_cell *cell) {
    bool scalar = cell->kind == LOOM_CELL_TEXT || cell->kind == LOOM_CELL_INTEGER || cell->kind == LOOM_CELL_NUMBER;
    if (!scalar || cell->length <= node->width || node->width >= LOOM_MAX_WIDTH) {
        return;
    }
    uint32_t width = measure(loom_cell_text(batch, cell), cell->length) + LOOM_WIDTH_STEP - 1;
    width = width < LOOM_MAX_WIDTH ? width / LOOM_WIDTH_STEP * LOOM_WIDTH_STEP : LOOM_MAX_WIDTH;
    loom_scan_widen(node, (uint8_t)width);
}

static bool is_filled(const loom_cell *cell) {
    return cell->kind != LOOM_CELL_NULL && cell->kind != LOOM_CELL_OBJECT && (cell->kind != LOOM_CELL_TEXT || cell->length > 0) &&
           (cell->kind != LOOM_CELL_ARRAY || cell->length > 1);
}

/* Notes what later cells of this kind need not be looked at for. Dates are: one text that is none makes another type. */
static void settle(loom_node *node, const loom_cell *cell, uint16_t kind, uint32_t index) {
    const uint16_t never = LOOM_KIND_EMPTY | LOOM_KIND_DATE | LOOM_KIND_DATETIME;
    bool counted = cell->kind == LOOM_CELL_NULL || cell->kind == LOOM_CELL_OBJECT || node->filled >= LOOM_MAX_FILLED;
    if (counted && (kind & never) == 0 && index >= node->seen.chunk) {
        node->settled |= (uint8_t)(1u << cell->kind);
    }
    node->widest = node->width < LOOM_MAX_WIDTH ? node->width : UINT32_MAX;
}

/* Returns how many cells are seen to by it. */
static uint32_t scan_cell(loom_schema *schema, const loom_batch *batch, const loom_record *record, uint32_t at, uint32_t index) {
    const loom_cell *cell = &batch->cells[at];
    loom_node *node = &schema->nodes[cell->path];
    uint16_t kind = kind_of(node, batch, cell);
    if ((node->kinds & kind) == 0 || index < node->seen.chunk) {
        loom_scan_merge(node, kind, (loom_first){index, record->ordinal, at - record->cell});
    }
    widen(node, batch, cell);
    node->filled += node->filled < LOOM_MAX_FILLED && is_filled(cell);
    settle(node, cell, kind, index);
    return kind == LOOM_KIND_OBJECT ? 1 : loom_cell_span(cell);
}

static void scan_all(loom_schema *schema, const loom_batch *batch, uint32_t index) {
    for (uint32_t r = 0; r < batch->record_count; r++) {
        const loom_record *record = &batch->records[r];
        uint32_t end = record->cell + loom_cell_span(&batch->cells[record->cell]);
        for (uint32_t i = record->cell; i < end;) {
            bool dropped = (batch->cells[i].flags & LOOM_CELL_DROPPED) != 0;
            i += dropped ? loom_cell_span(&batch->cells[i]) : scan_cell(schema, batch, record, i, index);
        }
    }
}

static void scan_novel(loom_schema *schema, const loom_batch *batch, uint32_t index) {
    uint32_t r = 0;
    for (uint32_t i = 0; i < batch->novel_count; i++) {
        while (r + 1 < batch->record_count && batch->records[r + 1].cell <= batch->novel[i]) {
            r++;
        }
        (void)scan_cell(schema, batch, &batch->records[r], batch->novel[i], index);
    }
}

void loom_scan(loom_schema *schema, const loom_batch *batch, uint32_t index) {
    for (uint32_t i = 0; i < schema->count && !schema->scanned; i++) {
        loom_node *node = &schema->nodes[i];
        node->settled = node->hidden ? UINT8_MAX : 0;
        node->widest = node->hidden ? UINT32_MAX : 0;
    }
    schema->scanned = true;
    if (batch->noted && index >= schema->scanned_to) {
        scan_novel(schema, batch, index);
    } else {
        scan_all(schema, batch, index);
    }
    schema->scanned_to = index > schema->scanned_to ? index : schema->scanned_to;
}
