/* From a record's cells to the row of its columns.
 * SPDX-License-Identifier: MIT
 */
#include "row.h"

#include "../core/memory.h"
#include "json_text.h"

void loom_columns_close(loom_columns *columns) {
    for (uint32_t i = 0; i < columns->count; i++) {
        loom_free(columns->list[i].key);
        loom_free(columns->list[i].label);
        loom_free(columns->list[i].format);
    }
    loom_free(columns->list);
    *columns = (loom_columns){.extra = LOOM_NO_COLUMN, .raw = LOOM_NO_COLUMN};
}

/* An object that flat formats go into. */
static bool is_opened(const loom_node *node, const loom_cell *cell) {
    return cell->kind == LOOM_CELL_OBJECT && cell->length > 1 && node->depth < LOOM_MAX_FLAT_DEPTH;
}

/* A value without a column of its own that nevertheless says something: not null, nor {}, where columns lie below. */
static bool is_late(const loom_node *node, const loom_cell *cell) {
    bool nothing = cell->kind == LOOM_CELL_NULL || (cell->kind == LOOM_CELL_OBJECT && cell->length == 1);
    return node->column == LOOM_NO_COLUMN && !(nothing && node->below);
}

/* Puts a cell into its column. A path and a key with dots can mean the same column: the path wins. */
static int place(const loom_schema *schema, loom_columns *columns, loom_batch *batch, const loom_record *record, uint32_t *cells,
                 uint32_t cell) {
    const loom_node *node = &schema->nodes[batch->cells[cell].path];
    uint32_t *place = &cells[node->column];
    bool taken = *place != LOOM_NO_CELL;
    columns->list[node->column].found = true;
    if (!taken || !node->literal) {
        *place = cell;
    }
    return taken ? loom_batch_warn(batch, LOOM_AMBIGUOUS_COLUMN, node->column, record->ordinal, 1) : LOOM_OK;
}

/* Chosen columns: anything may be a column, what lies elsewhere is left out. Returns the cells to step over. */
static uint32_t step_chosen(const loom_node *node, const loom_cell *cell, bool *is_value) {
    bool root_object = cell->path == 0 && cell->kind == LOOM_CELL_OBJECT;
    *is_value = node->column != LOOM_NO_COLUMN && !root_object;
    bool inside = cell->kind == LOOM_CELL_OBJECT && node->below;
    return inside ? 1 : loom_cell_span(cell);
}

int loom_row_fill(const loom_schema *schema, loom_columns *columns, loom_batch *batch, const loom_record *record, uint32_t *cells,
                  bool *late) {
    uint32_t end = record->cell + loom_cell_span(&batch->cells[record->cell]);
    int code = LOOM_OK;
    memset(cells, 0xff, columns->count * sizeof *cells);
    *late = false;
    for (uint32_t i = record->cell; i < end && code == LOOM_OK;) {
        const loom_cell *cell = &batch->cells[i];
        const loom_node *node = &schema->nodes[cell->path];
        uint32_t here = i;
        bool is_value = false;
        if (cell->flags & LOOM_CELL_DROPPED) {
            i += loom_cell_span(cell);
        } else if (columns->chosen) {
            i += step_chosen(node, cell, &is_value);
        } else if (is_opened(node, cell)) {
            i++;
        } else {
            i += loom_cell_span(cell);
            is_value = node->column != LOOM_NO_COLUMN;
            *late |= is_late(node, cell);
        }
        if (is_value && cells[node->column] == LOOM_NO_CELL && !node->literal) {
            cells[node->column] = here;
            columns->list[node->column].found = true;
        } else if (is_value) {
            code = place(schema, columns, batch, record, cells, here);
        }
    }
    if (*late && columns->extra == LOOM_NO_COLUMN) {
        return LOOM_SOURCE_CHANGED;
    }
    return code;
}

/* Opens the objects between what is open already and the parent of a late value. */
typedef struct path {
    uint32_t nodes[LOOM_MAX_FLAT_DEPTH + 1];
    uint32_t depth;
    uint32_t ends[LOOM_MAX_FLAT_DEPTH + 1]; /* the cell behind each open object of the record */
    bool written[LOOM_MAX_FLAT_DEPTH + 1];  /* its brace stands in the output */
} path;

static int put_member(loom_buffer *out, const loom_schema *schema, uint32_t node) {
    if (node == 0) {
        return LOOM_OK; /* the record itself */
    }
    bool first = out->bytes[out->length - 1] == '{';
    int code = first ? LOOM_OK : loom_buffer_append_byte(out, ',');
    if (code == LOOM_OK) {
        code = loom_json_key(out, schema, node);
        if (code == LOOM_OK) {
            code = loom_buffer_append_byte(out, ':');
        }
    }
    return code;
}

static int put_braces(loom_buffer *out, const loom_schema *schema, path *path) {
    int code = LOOM_OK;
    for (uint32_t i = 0; i < path->depth && code == LOOM_OK; i++) {
        if (!path->written[i]) {
            path->written[i] = true;
            code = put_member(out, schema, path->nodes[i]);
            if (code == LOOM_OK) {
                code = loom_buffer_append_byte(out, '{');
            }
        }
    }
    return code;
}

static int close_objects(loom_buffer *out, path *path, uint32_t cell) {
    int code = LOOM_OK;
    while (path->depth > 0 && path->ends[path->depth - 1] == cell && code == LOOM_OK) {
        path->depth--;
        if (path->written[path->depth]) {
            code = loom_buffer_append_byte(out, '}');
        }
    }
    return code;
}

int loom_row_extra(loom_buffer *out, const loom_schema *schema, const loom_batch *batch, const loom_record *record) {
    uint32_t end = record->cell + loom_cell_span(&batch->cells[record->cell]);
    int code = LOOM_OK;
    path path = {.depth = 0};
    for (uint32_t i = record->cell; i < end && code == LOOM_OK;) {
        const loom_cell *cell = &batch->cells[i];
        const loom_node *node = &schema->nodes[cell->path];
        if (cell->flags & LOOM_CELL_DROPPED) {
            i += loom_cell_span(cell);
        } else if (is_opened(node, cell)) {
            path.nodes[path.depth] = cell->path;
            path.ends[path.depth] = i + cell->length;
            path.written[path.depth++] = false;
            i++;
        } else {
            if (is_late(node, cell)) {
                code = put_braces(out, schema, &path);
                if (code == LOOM_OK) {
                    code = put_member(out, schema, cell->path);
                }
                if (code == LOOM_OK) {
                    code = loom_json_value(out, schema, batch, i, -1);
                }
            }
            i += loom_cell_span(cell);
        }
        if (code == LOOM_OK) {
            code = close_objects(out, &path, i);
        }
    }
    return code;
}
