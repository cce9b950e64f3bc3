/* Records as elements: all of them, or the columns that were chosen.
 * SPDX-License-Identifier: MIT
 */
#include "cells.h"

#include "scalar.h"

int loom_xml_tag(const loom_encoding *e, loom_buffer *out, const char *start, const char *name, const char *end) {
    int code = loom_buffer_append_text(out, start);
    if (code == LOOM_OK && e->settings->xml_prefix[0] != '\0') {
        code = loom_buffer_append_text(out, e->settings->xml_prefix);
        code = code == LOOM_OK ? loom_buffer_append_byte(out, ':') : code;
    }
    code = code == LOOM_OK ? loom_buffer_append_text(out, name) : code;
    return code == LOOM_OK ? loom_buffer_append_text(out, end) : code;
}

/* The member of an object at a path, or 0. */
static uint32_t find_member(const loom_batch *batch, uint32_t object, uint32_t node) {
    uint32_t end = object + batch->cells[object].length;
    for (uint32_t i = object + 1; i < end; i += loom_cell_span(&batch->cells[i])) {
        if (batch->cells[i].path == node && !(batch->cells[i].flags & LOOM_CELL_DROPPED)) {
            return i;
        }
    }
    return 0;
}

static int put_chosen(loom_xml *xml, uint32_t object, uint32_t parent, uint32_t depth, uint32_t level);

/* All of a chosen member. */
static int put_column(loom_xml *xml, uint32_t i, uint32_t depth, uint32_t *before) {
    return loom_xml_cells(xml, i, i + loom_cell_span(&xml->e->batch->cells[i]), depth, true, before);
}

static int put_chosen_member(loom_xml *xml, uint32_t i, uint32_t node, uint32_t depth, uint32_t level, uint32_t *before) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    loom_xml_element *element = NULL;
    bool filled = false;
    if (loom_xml_find_column(xml, node)) {
        return put_column(xml, i, depth, before);
    }
    int code = loom_xml_find(xml, node, &element);
    code = code == LOOM_OK ? loom_xml_start(xml, cell, depth, before, element) : code;
    code = code == LOOM_OK ? loom_xml_start_container(xml, i, element, true, &filled) : code;
    if (code == LOOM_OK && filled) {
        code = put_chosen(xml, i, node, depth + 1, level + 1);
        code = code == LOOM_OK ? loom_xml_end(xml, node, depth) : code;
    }
    return code;
}

/* Members on the way to chosen columns, in the order of the columns: nodes stand in that order, a parent before its children. */
static int put_chosen(loom_xml *xml, uint32_t object, uint32_t parent, uint32_t depth, uint32_t level) {
    const loom_schema *schema = xml->e->schema;
    const loom_batch *batch = xml->e->batch;
    uint32_t before = LOOM_XML_NO_NODE;
    int code = LOOM_OK;
    for (uint32_t node = 1; node < schema->kept && code == LOOM_OK && level < LOOM_MAX_FLAT_DEPTH; node++) {
        const loom_node *n = &schema->nodes[node];
        bool wanted = n->parent == parent && (n->column != LOOM_NO_COLUMN || n->below);
        uint32_t i = wanted ? find_member(batch, object, node) : 0;
        if (i != 0 && loom_xml_is_wanted(xml, &batch->cells[i], true)) {
            bool attribute = false;
            code = loom_xml_is_passed(xml, &batch->cells[i], true, &attribute);
            code = code == LOOM_OK && !attribute ? put_chosen_member(xml, i, node, depth, level, &before) : code;
        }
    }
    return code;
}

/* The cell of a path whose objects have no elements, and the rows of these for the schema; `*i` is 0 where there is none. */
static int find_flat(loom_xml *xml, uint32_t object, uint32_t node, uint32_t *i) {
    uint32_t path[LOOM_MAX_FLAT_DEPTH + 1];
    uint32_t count = 0;
    int code = LOOM_OK;
    for (uint32_t n = node; n != 0 && count <= LOOM_MAX_FLAT_DEPTH; n = xml->e->schema->nodes[n].parent) {
        path[count++] = n;
    }
    uint32_t found = object;
    *i = 0;
    while (count > 0 && code == LOOM_OK) {
        loom_xml_element *element = NULL;
        found = find_member(xml->e->batch, found, path[--count]);
        if (found == 0 || count == 0) {
            break;
        }
        code = loom_xml_find(xml, path[count], &element);
        if (code != LOOM_OK || !loom_xml_is_dissolved(xml, &xml->e->batch->cells[found])) {
            return code;
        }
        code = loom_xml_note_path(xml, path[count]);
    }
    *i = code == LOOM_OK ? found : 0;
    return code;
}

/* Whether a column lies above a node, which holds it. */
static bool is_covered(const loom_schema *schema, uint32_t node) {
    uint32_t n = schema->nodes[node].parent;
    while (n != 0 && schema->nodes[n].column == LOOM_NO_COLUMN) {
        n = schema->nodes[n].parent;
    }
    return n != 0;
}

/* Chosen columns as elements of the record, in their order. */
static int put_flat(loom_xml *xml, uint32_t object, uint32_t depth) {
    const loom_schema *schema = xml->e->schema;
    uint32_t before = LOOM_XML_NO_NODE;
    int code = LOOM_OK;
    for (uint32_t node = 1; node < schema->kept && code == LOOM_OK; node++) {
        bool wanted = schema->nodes[node].column != LOOM_NO_COLUMN && !is_covered(schema, node);
        uint32_t i = 0;
        bool attribute = false;
        code = wanted ? find_flat(xml, object, node, &i) : LOOM_OK;
        code = code == LOOM_OK && i != 0 ? loom_xml_is_passed(xml, &xml->e->batch->cells[i], true, &attribute) : code;
        if (code == LOOM_OK && i != 0 && !attribute) {
            (void)loom_xml_find_column(xml, node);
            code = put_column(xml, i, depth, &before);
        }
    }
    return code;
}

static int warn(loom_xml *xml, uint32_t ordinal) {
    uint32_t count = xml->replaced;
    xml->replaced = 0;
    return loom_batch_warn(xml->e->batch, LOOM_CHARACTER_REPLACED, LOOM_NO_COLUMN, ordinal, count);
}

/* The element `value` of a record that is no object. */
static int put_value(loom_xml *xml, uint32_t i) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    int code = loom_buffer_append_byte(xml->out, '>');
    return code == LOOM_OK ? loom_xml_cells(xml, i, i + loom_cell_span(cell), 3, false, NULL) : code;
}

static int put_object(loom_xml *xml, uint32_t i, bool choose, bool *filled) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    loom_xml_element *record = NULL;
    int code = loom_xml_find(xml, 0, &record);
    code = code == LOOM_OK ? loom_xml_note(xml, 0, record, cell) : code;
    if (code == LOOM_OK) {
        code = loom_xml_enter(xml, i, choose, filled);
    }
    if (code == LOOM_OK && *filled) {
        if (choose) {
            code = xml->flat ? put_flat(xml, i, 3) : put_chosen(xml, i, 0, 3, 0);
        } else {
            code = loom_xml_cells(xml, i + 1, i + cell->length, 3, true, NULL);
        }
    }
    return code;
}

int loom_xml_record(loom_xml *xml, const loom_record *record) {
    const loom_cell *cell = &xml->e->batch->cells[record->cell];
    bool choose = xml->e->columns->chosen;
    bool filled = true;
    int code;
    xml->ordinal = record->ordinal;
    if (cell->kind == LOOM_CELL_OBJECT) {
        code = put_object(xml, record->cell, choose, &filled);
    } else {
        code = put_value(xml, record->cell);
    }
    if (code == LOOM_OK && filled) {
        code = loom_buffer_append(xml->out, xml->ending.bytes, xml->ending.length);
    }
    return code == LOOM_OK && xml->replaced > 0 ? warn(xml, record->ordinal) : code;
}

static bool is_named(const loom_xml *xml, const loom_cell *cell, const char *const *only) {
    const loom_node *n = &xml->e->schema->nodes[cell->path];
    for (; *only != NULL; only++) {
        if (strlen(*only) == n->key_length && memcmp(xml->e->schema->keys.bytes + n->key, *only, n->key_length) == 0) {
            return true;
        }
    }
    return false;
}

int loom_xml_members(loom_xml *xml, uint32_t object, uint32_t depth, const char *const *only) {
    const loom_batch *batch = xml->e->batch;
    uint32_t end = object + batch->cells[object].length;
    int code = LOOM_OK;
    for (uint32_t i = object + 1; i < end && code == LOOM_OK; i += loom_cell_span(&batch->cells[i])) {
        if (is_named(xml, &batch->cells[i], only)) {
            code = loom_xml_cells(xml, i, i + loom_cell_span(&batch->cells[i]), depth, false, NULL);
        }
    }
    return code;
}
