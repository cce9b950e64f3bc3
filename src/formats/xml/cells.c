/* The walk over the cells of a record.
 * SPDX-License-Identifier: MIT
 */
#include "cells.h"

#include "scalar.h"

int loom_xml_break(const loom_encoding *e, loom_buffer *out, uint32_t depth) {
    if (!e->settings->xml_pretty) {
        return LOOM_OK;
    }
    int code = loom_buffer_reserve(out, (size_t)depth * 2 + 1);
    if (code == LOOM_OK) {
        loom_buffer_put_byte(out, '\n');
        memset(out->bytes + out->length, ' ', (size_t)depth * 2);
        out->length += (size_t)depth * 2;
    }
    return code;
}

bool loom_xml_is_wanted(const loom_xml *xml, const loom_cell *cell, bool choose) {
    if ((cell->flags & LOOM_CELL_DROPPED) != 0) {
        return false;
    }
    const loom_node *node = &xml->e->schema->nodes[cell->path];
    return !choose || node->column != LOOM_NO_COLUMN || (node->below && cell->kind == LOOM_CELL_OBJECT);
}

static int is_attribute(loom_xml *xml, const loom_cell *cell, bool *attribute) {
    loom_xml_element *element = NULL;
    int code = loom_xml_find(xml, cell->path, &element);
    *attribute = code == LOOM_OK && loom_xml_is_attribute(xml, cell->path, element, cell);
    return code;
}

bool loom_xml_is_dissolved(const loom_xml *xml, const loom_cell *cell) {
    return xml->flat && cell->kind == LOOM_CELL_OBJECT && cell->length > 1 && xml->elements[cell->path].dissolves;
}

bool loom_xml_find_column(loom_xml *xml, uint32_t node) {
    int32_t column = xml->e->schema->nodes[node].column;
    if (column == LOOM_NO_COLUMN) {
        return false;
    }
    xml->e->columns->list[column].found = true;
    return true;
}

int loom_xml_note_path(loom_xml *xml, uint32_t node) {
    loom_xml_element *element = &xml->elements[node];
    return element->stamp == xml->stamp ? LOOM_OK : loom_xml_touch(xml, node, element);
}

/* One of the attributes, where it is one. */
static int put_if_attribute(loom_xml *xml, const loom_cell *cell, bool *put) {
    int code = is_attribute(xml, cell, put);
    if (code == LOOM_OK && *put) {
        (void)loom_xml_find_column(xml, cell->path);
        code = loom_xml_attribute(xml, cell->path, &xml->elements[cell->path], cell);
    }
    return code;
}

/* The attributes of an object's element, also those of objects that dissolve in it; `*left` tells whether members remain for elements. */
static int put_attributes(loom_xml *xml, uint32_t object, bool choose, bool *left) {
    const loom_batch *batch = xml->e->batch;
    uint32_t end = object + batch->cells[object].length;
    uint32_t all = 0; /* the cells up to this one are of a chosen object */
    int code = LOOM_OK;
    *left = false;
    for (uint32_t i = object + 1; i < end && code == LOOM_OK && (xml->attributes || !*left);) {
        const loom_cell *cell = &batch->cells[i];
        bool wanted = loom_xml_is_wanted(xml, cell, choose && i >= all);
        bool put = false;
        code = wanted && xml->attributes ? put_if_attribute(xml, cell, &put) : LOOM_OK;
        bool inside = wanted && !put && code == LOOM_OK && xml->attributes && loom_xml_is_dissolved(xml, cell);
        if (inside && i >= all && loom_xml_find_column(xml, cell->path)) {
            all = i + cell->length;
        }
        code = code == LOOM_OK && inside ? loom_xml_note_path(xml, cell->path) : code;
        *left |= wanted && !put && !inside;
        i += inside ? 1 : loom_cell_span(cell);
    }
    return code;
}

int loom_xml_enter(loom_xml *xml, uint32_t container, bool choose, bool *filled) {
    const loom_cell *cell = &xml->e->batch->cells[container];
    int code = LOOM_OK;
    *filled = cell->length > 1;
    if (cell->kind == LOOM_CELL_OBJECT && *filled) {
        code = put_attributes(xml, container, choose, filled);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(xml->out, *filled ? ">" : "/>");
    }
    return code;
}

int loom_xml_start(loom_xml *xml, const loom_cell *cell, uint32_t depth, uint32_t *before, loom_xml_element *element) {
    int code = loom_xml_note(xml, cell->path, element, cell);
    code = code == LOOM_OK && before != NULL ? loom_xml_follow(xml, before, cell->path) : code;
    return code == LOOM_OK && xml->pretty ? loom_xml_break(xml->e, xml->out, depth) : code;
}

int loom_xml_end(loom_xml *xml, uint32_t node, uint32_t depth) {
    const loom_xml_element *element = &xml->elements[node];
    int code = xml->pretty ? loom_xml_break(xml->e, xml->out, depth) : LOOM_OK;
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(xml->out, element->name_length + LOOM_XML_ROOM);
    }
    if (code == LOOM_OK) {
        loom_xml_put_close(xml, element);
    }
    return code;
}

int loom_xml_start_container(loom_xml *xml, uint32_t i, const loom_xml_element *element, bool choose, bool *filled) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    int code = loom_buffer_reserve(xml->out, (size_t)element->open_length + LOOM_XML_ROOM);
    if (code != LOOM_OK) {
        return code;
    }
    loom_xml_put_open(xml, element);
    *filled = xml->simple && !choose && cell->length > 1 && (cell[1].flags & LOOM_CELL_DROPPED) == 0;
    if (*filled) { /* as loom_xml_enter would find */
        loom_buffer_put_byte(xml->out, '>');
        return LOOM_OK;
    }
    return loom_xml_enter(xml, i, choose, filled);
}

/* What comes before the content of a member or item, or all of it; `*filled` tells whether the cells behind it are its content. */
static int put_cell(loom_xml *xml, uint32_t i, uint32_t depth, uint32_t *before, bool *filled) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    loom_xml_element *element = NULL;
    *filled = false;
    int code = loom_xml_find(xml, cell->path, &element);
    if (code == LOOM_OK && loom_xml_is_dissolved(xml, cell)) {
        *filled = true;
        return loom_xml_note_path(xml, cell->path);
    }
    code = code == LOOM_OK ? loom_xml_start(xml, cell, depth, before, element) : code;
    if (code == LOOM_OK && cell->kind < LOOM_CELL_ARRAY) {
        return loom_xml_scalar(xml, element, cell);
    }
    return code == LOOM_OK ? loom_xml_start_container(xml, i, element, false, filled) : code;
}

int loom_xml_is_passed(loom_xml *xml, const loom_cell *cell, bool member, bool *passed) {
    *passed = (cell->flags & LOOM_CELL_DROPPED) != 0;
    return xml->attributes && member && !*passed ? is_attribute(xml, cell, passed) : LOOM_OK;
}

int loom_xml_cells(loom_xml *xml, uint32_t i, uint32_t end, uint32_t depth, bool members, uint32_t *before) {
    const loom_batch *batch = xml->e->batch;
    uint32_t level = 0;
    uint32_t last = before == NULL ? LOOM_XML_NO_NODE : *before;
    int code = LOOM_OK;
    while (code == LOOM_OK && (i < end || level > 0)) {
        loom_xml_frame *frame = level == 0 ? NULL : &xml->frames[level - 1];
        if (frame != NULL && i == frame->end) {
            level--;
            depth -= !frame->dissolved;
            last = frame->dissolved ? last : frame->before;
            code = frame->dissolved ? LOOM_OK : loom_xml_end(xml, frame->node, depth);
            continue;
        }
        bool member = frame != NULL ? !frame->array : members;
        uint32_t first = i;
        code = xml->simple ? loom_xml_run(xml, &i, frame != NULL ? frame->end : end, member ? &last : NULL) : LOOM_OK;
        if (i > first) {
            continue;
        }
        const loom_cell *cell = &batch->cells[i];
        bool passed = false;
        bool filled = false;
        code = loom_xml_is_passed(xml, cell, member, &passed);
        if (code == LOOM_OK && !passed) {
            code = put_cell(xml, i, depth, member ? &last : NULL, &filled);
        }
        if (filled) {
            bool dissolved = loom_xml_is_dissolved(xml, cell);
            xml->frames[level++] = (loom_xml_frame){i + cell->length, cell->path, last, cell->kind == LOOM_CELL_ARRAY, dissolved};
            last = dissolved ? last : LOOM_XML_NO_NODE;
            depth += !dissolved;
        }
        i += filled ? 1 : loom_cell_span(cell);
    }
    if (before != NULL) {
        *before = last;
    }
    return code;
}
