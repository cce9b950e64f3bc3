/* Records as elements: one walk over the cells, which stand in the order of the text.
 * SPDX-License-Identifier: MIT
 */
#include "element.h"

#include "../../core/simd.h"

#define ROOM 96 /* what stands around a scalar besides its names and its indent */

/* Validators need not know decimals of more than 18 digits (XML Schema part 2 3.2.3); libxml2 knows 24. */
#define MOST_DIGITS 24

int loom_xml_tag(const loom_encoding *e, loom_buffer *out, const char *start, const char *name, const char *end) {
    int code = loom_buffer_append_text(out, start);
    if (code == LOOM_OK && e->settings->xml_prefix[0] != '\0') {
        code = loom_buffer_append_text(out, e->settings->xml_prefix);
        code = code == LOOM_OK ? loom_buffer_append_byte(out, ':') : code;
    }
    code = code == LOOM_OK ? loom_buffer_append_text(out, name) : code;
    return code == LOOM_OK ? loom_buffer_append_text(out, end) : code;
}

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

/* Copies in blocks, for which there is room and text behind the end. */
static void put_short(loom_buffer *out, const uint8_t *from, size_t length) {
    uint8_t *to = out->bytes + out->length;
    for (size_t i = 0; i < length; i += LOOM_BLOCK) {
        memcpy(to + i, from + i, LOOM_BLOCK);
    }
    out->length += length;
}

/* An exponent, in the first MOST_DIGITS characters. */
static bool has_exponent(const uint8_t *text, uint32_t length) {
    uint32_t mask = loom_mask_byte(text, 'e') | loom_mask_byte(text, 'E');
    if (length > LOOM_BLOCK) {
        mask |= (loom_mask_byte(text + LOOM_BLOCK, 'e') | loom_mask_byte(text + LOOM_BLOCK, 'E')) << LOOM_BLOCK;
    }
    return (mask & ((1u << length) - 1)) != 0;
}

static uint32_t text_kind(loom_xml_element *element, const uint8_t *text, uint32_t length) {
    if (element->is_text) {
        return LOOM_XML_TEXT;
    }
    uint32_t kind = length >= 10 && length <= 35 ? loom_xml_date_kind(text, length) : LOOM_XML_TEXT;
    element->is_text = kind == LOOM_XML_TEXT;
    return kind;
}

static uint32_t kind_of(const loom_batch *batch, loom_xml_element *element, const loom_cell *cell) {
    switch (cell->kind) {
    case LOOM_CELL_NULL:
        return LOOM_XML_NULL;
    case LOOM_CELL_FALSE:
    case LOOM_CELL_TRUE:
        return LOOM_XML_BOOLEAN;
    case LOOM_CELL_INTEGER:
        return cell->length > MOST_DIGITS ? LOOM_XML_DOUBLE : LOOM_XML_INTEGER;
    case LOOM_CELL_NUMBER:
        return cell->length > MOST_DIGITS || has_exponent(batch->text + cell->start, cell->length) ? LOOM_XML_DOUBLE : LOOM_XML_DECIMAL;
    case LOOM_CELL_TEXT:
        return text_kind(element, loom_cell_text(batch, cell), cell->length);
    case LOOM_CELL_ARRAY:
        return LOOM_XML_ARRAY;
    default:
        return LOOM_XML_OBJECT;
    }
}

/* Notes a value of a node, for the schema. */
static inline int note(loom_xml *xml, uint32_t node, loom_xml_element *element, const loom_cell *cell) {
    int code = element->stamp == xml->stamp ? LOOM_OK : loom_xml_touch(xml, node, element);
    uint32_t kind = kind_of(xml->e->batch, element, cell);
    element->kinds |= kind;
    element->count++;
    element->objects += kind == LOOM_XML_OBJECT;
    return code;
}

static void put_open(loom_xml *xml, const loom_xml_element *element) {
    put_short(xml->out, xml->names.bytes + element->start, element->open_length);
}

static void put_close(loom_xml *xml, const loom_xml_element *element) {
    put_short(xml->out, xml->names.bytes + element->close, element->name_length + 3);
}

static int put_text(loom_xml *xml, const loom_cell *cell, bool attribute) {
    return loom_xml_text(xml->out, loom_cell_text(xml->e->batch, cell), cell->length, attribute, &xml->replaced);
}

/* The value of a scalar, which is not null. */
static int put_scalar(loom_xml *xml, const loom_cell *cell, bool attribute) {
    switch (cell->kind) {
    case LOOM_CELL_FALSE:
        return loom_buffer_append(xml->out, "false", 5);
    case LOOM_CELL_TRUE:
        return loom_buffer_append(xml->out, "true", 4);
    case LOOM_CELL_TEXT:
        return put_text(xml, cell, attribute);
    default: {
        int code = loom_buffer_reserve(xml->out, cell->length + ROOM);
        if (code == LOOM_OK) {
            put_short(xml->out, xml->e->batch->text + cell->start, cell->length);
        }
        return code;
    }
    }
}

/* Text of which only the start may be plain, and the end tag. */
static int put_odd_text(loom_xml *xml, const loom_xml_element *element, const loom_cell *cell, size_t plain) {
    loom_cell rest = *cell;
    rest.start += (uint32_t)plain;
    rest.length -= (uint32_t)plain;
    int code = put_text(xml, &rest, false);
    code = code == LOOM_OK ? loom_buffer_reserve(xml->out, element->name_length + ROOM) : code;
    if (code == LOOM_OK) {
        put_close(xml, element);
    }
    return code;
}

/* An element with a scalar; for names there is room. */
static inline int put_scalar_element(loom_xml *xml, const loom_xml_element *element, const loom_cell *cell) {
    const loom_batch *batch = xml->e->batch;
    size_t named = (size_t)element->open_length + element->name_length + ROOM;
    int code = loom_buffer_reserve(xml->out, named + (cell->kind < LOOM_CELL_INTEGER ? 0 : cell->length));
    if (code != LOOM_OK) {
        return code;
    }
    put_open(xml, element);
    if (cell->kind == LOOM_CELL_NULL) {
        loom_buffer_put(xml->out, " xsi:nil=\"true\"/>", 17);
        return LOOM_OK;
    }
    if (cell->kind == LOOM_CELL_TEXT && cell->length == 0) {
        loom_buffer_put(xml->out, "/>", 2);
        return LOOM_OK;
    }
    loom_buffer_put_byte(xml->out, '>');
    if (cell->kind == LOOM_CELL_TEXT) {
        size_t plain = loom_xml_copy_plain(xml->out->bytes + xml->out->length, loom_cell_text(batch, cell), cell->length);
        xml->out->length += plain;
        if (plain < cell->length) {
            return put_odd_text(xml, element, cell, plain);
        }
    } else if (cell->kind < LOOM_CELL_INTEGER) {
        bool yes = cell->kind == LOOM_CELL_TRUE;
        loom_buffer_put(xml->out, yes ? "true" : "false", yes ? 4 : 5);
    } else {
        put_short(xml->out, batch->text + cell->start, cell->length);
    }
    put_close(xml, element);
    return LOOM_OK;
}

static int put_attribute(loom_xml *xml, uint32_t node, loom_xml_element *element, const loom_cell *cell) {
    size_t prefix = xml->prefix_length;
    int code = xml->noting ? note(xml, node, element, cell) : LOOM_OK;
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(xml->out, element->name_length + ROOM);
    }
    if (code == LOOM_OK) {
        loom_buffer_put_byte(xml->out, ' ');
        loom_buffer_put(xml->out, xml->names.bytes + element->start + 1 + prefix, element->name_length - prefix);
        loom_buffer_put(xml->out, "=\"", 2);
        code = put_scalar(xml, cell, true);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(xml->out, '"') : code;
}

/* Which members of an object are written: all, or those that lead to a chosen column. */
static bool is_wanted(const loom_xml *xml, const loom_cell *cell, bool choose) {
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

/* Whether an object has no element of its own. */
static bool is_dissolved(const loom_xml *xml, const loom_cell *cell) {
    return xml->flat && cell->kind == LOOM_CELL_OBJECT && cell->length > 1 && xml->elements[cell->path].dissolves;
}

/* Whether a path is a chosen column, which then had a value. */
static bool find_column(loom_xml *xml, uint32_t node) {
    int32_t column = xml->e->schema->nodes[node].column;
    if (column == LOOM_NO_COLUMN) {
        return false;
    }
    xml->e->columns->list[column].found = true;
    return true;
}

/* A row for the schema, without a value. */
static int note_path(loom_xml *xml, uint32_t node) {
    loom_xml_element *element = &xml->elements[node];
    return xml->noting && element->stamp != xml->stamp ? loom_xml_touch(xml, node, element) : LOOM_OK;
}

/* One of the attributes, where it is one. */
static int put_if_attribute(loom_xml *xml, const loom_cell *cell, bool *put) {
    int code = is_attribute(xml, cell, put);
    if (code == LOOM_OK && *put) {
        (void)find_column(xml, cell->path);
        code = put_attribute(xml, cell->path, &xml->elements[cell->path], cell);
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
        bool wanted = is_wanted(xml, cell, choose && i >= all);
        bool put = false;
        code = wanted && xml->attributes ? put_if_attribute(xml, cell, &put) : LOOM_OK;
        bool inside = wanted && !put && code == LOOM_OK && xml->attributes && is_dissolved(xml, cell);
        if (inside && i >= all && find_column(xml, cell->path)) {
            all = i + cell->length;
        }
        code = code == LOOM_OK && inside ? note_path(xml, cell->path) : code;
        *left |= wanted && !put && !inside;
        i += inside ? 1 : loom_cell_span(cell);
    }
    return code;
}

/* The start tag of a container whose `<name` is written, or the whole element when nothing is in it. */
static int enter(loom_xml *xml, uint32_t container, bool choose, bool *filled) {
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

/* What comes before the start tag of an element; `before` is the sibling before it, or NULL for items. */
static inline int start_element(loom_xml *xml, const loom_cell *cell, uint32_t depth, uint32_t *before, loom_xml_element *element) {
    int code = LOOM_OK;
    if (xml->noting) {
        code = note(xml, cell->path, element, cell);
        code = code == LOOM_OK && before != NULL ? loom_xml_follow(xml, before, cell->path) : code;
    }
    return code == LOOM_OK && xml->pretty ? loom_xml_break(xml->e, xml->out, depth) : code;
}

static int end_element(loom_xml *xml, uint32_t node, uint32_t depth) {
    const loom_xml_element *element = &xml->elements[node];
    int code = xml->pretty ? loom_xml_break(xml->e, xml->out, depth) : LOOM_OK;
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(xml->out, element->name_length + ROOM);
    }
    if (code == LOOM_OK) {
        put_close(xml, element);
    }
    return code;
}

/* A container with its start tag, or as a whole where nothing is in it. */
static int start_container(loom_xml *xml, uint32_t i, const loom_xml_element *element, bool choose, bool *filled) {
    int code = loom_buffer_reserve(xml->out, (size_t)element->open_length + ROOM);
    if (code == LOOM_OK) {
        put_open(xml, element);
        code = enter(xml, i, choose, filled);
    }
    return code;
}

/* What comes before the content of a member or item, or all of it; `*filled` tells whether the cells behind it are its content. */
static int put_cell(loom_xml *xml, uint32_t i, uint32_t depth, uint32_t *before, bool *filled) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    loom_xml_element *element = NULL;
    *filled = false;
    int code = loom_xml_find(xml, cell->path, &element);
    if (code == LOOM_OK && is_dissolved(xml, cell)) {
        *filled = true;
        return note_path(xml, cell->path);
    }
    code = code == LOOM_OK ? start_element(xml, cell, depth, before, element) : code;
    if (code == LOOM_OK && cell->kind < LOOM_CELL_ARRAY) {
        return put_scalar_element(xml, element, cell);
    }
    return code == LOOM_OK ? start_container(xml, i, element, false, filled) : code;
}

/* Whether a cell has no element: it is dropped, or an attribute. */
static int is_passed(loom_xml *xml, const loom_cell *cell, bool member, bool *passed) {
    *passed = (cell->flags & LOOM_CELL_DROPPED) != 0;
    return xml->attributes && member && !*passed ? is_attribute(xml, cell, passed) : LOOM_OK;
}

/* The cells from `i` to `end`, all of one level, as elements at a depth; `members` of an object, of which some may be attributes. `*before` is
 * the member before them. */
static int put_cells(loom_xml *xml, uint32_t i, uint32_t end, uint32_t depth, bool members, uint32_t *before) {
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
            code = frame->dissolved ? LOOM_OK : end_element(xml, frame->node, depth);
            continue;
        }
        const loom_cell *cell = &batch->cells[i];
        bool member = frame != NULL ? !frame->array : members;
        bool passed = false;
        bool filled = false;
        code = is_passed(xml, cell, member, &passed);
        if (code == LOOM_OK && !passed) {
            code = put_cell(xml, i, depth, member ? &last : NULL, &filled);
        }
        if (filled) {
            bool dissolved = is_dissolved(xml, cell);
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
    return put_cells(xml, i, i + loom_cell_span(&xml->e->batch->cells[i]), depth, true, before);
}

static int put_chosen_member(loom_xml *xml, uint32_t i, uint32_t node, uint32_t depth, uint32_t level, uint32_t *before) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    loom_xml_element *element = NULL;
    bool filled = false;
    if (find_column(xml, node)) {
        return put_column(xml, i, depth, before);
    }
    int code = loom_xml_find(xml, node, &element);
    code = code == LOOM_OK ? start_element(xml, cell, depth, before, element) : code;
    code = code == LOOM_OK ? start_container(xml, i, element, true, &filled) : code;
    if (code == LOOM_OK && filled) {
        code = put_chosen(xml, i, node, depth + 1, level + 1);
        code = code == LOOM_OK ? end_element(xml, node, depth) : code;
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
        if (i != 0 && is_wanted(xml, &batch->cells[i], true)) {
            bool attribute = false;
            code = is_passed(xml, &batch->cells[i], true, &attribute);
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
        if (code != LOOM_OK || !is_dissolved(xml, &xml->e->batch->cells[found])) {
            return code;
        }
        code = note_path(xml, path[count]);
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
        code = code == LOOM_OK && i != 0 ? is_passed(xml, &xml->e->batch->cells[i], true, &attribute) : code;
        if (code == LOOM_OK && i != 0 && !attribute) {
            (void)find_column(xml, node);
            code = put_column(xml, i, depth, &before);
        }
    }
    return code;
}

static int warn(loom_xml *xml, uint32_t ordinal) {
    int code = LOOM_OK;
    if (xml->replaced.controls > 0) {
        code = loom_batch_warn(xml->e->batch, LOOM_CHARACTER_REPLACED, LOOM_NO_COLUMN, ordinal, xml->replaced.controls);
    }
    if (code == LOOM_OK && xml->replaced.others > 0) {
        code = loom_batch_warn(xml->e->batch, LOOM_CHARACTER_REPLACED, LOOM_NO_COLUMN, ordinal, xml->replaced.others);
    }
    xml->replaced = (loom_xml_replaced){0};
    return code;
}

/* The element `value` of a record that is no object. */
static int put_value(loom_xml *xml, uint32_t i) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    int code = loom_buffer_append_byte(xml->out, '>');
    return code == LOOM_OK ? put_cells(xml, i, i + loom_cell_span(cell), 3, false, NULL) : code;
}

static int put_object(loom_xml *xml, uint32_t i, bool choose, bool *filled) {
    const loom_cell *cell = &xml->e->batch->cells[i];
    loom_xml_element *record = NULL;
    int code = LOOM_OK;
    if (xml->noting) {
        code = loom_xml_find(xml, 0, &record);
        code = code == LOOM_OK ? note(xml, 0, record, cell) : code;
    }
    if (code == LOOM_OK) {
        code = enter(xml, i, choose, filled);
    }
    if (code == LOOM_OK && *filled) {
        if (choose) {
            code = xml->flat ? put_flat(xml, i, 3) : put_chosen(xml, i, 0, 3, 0);
        } else {
            code = put_cells(xml, i + 1, i + cell->length, 3, true, NULL);
        }
    }
    return code;
}

int loom_xml_record(loom_xml *xml, const loom_record *record) {
    const loom_cell *cell = &xml->e->batch->cells[record->cell];
    bool choose = xml->e->columns->chosen;
    bool filled = true;
    int code;
    if (cell->kind == LOOM_CELL_OBJECT) {
        code = put_object(xml, record->cell, choose, &filled);
    } else {
        code = put_value(xml, record->cell);
    }
    if (code == LOOM_OK && filled) {
        code = loom_xml_break(xml->e, xml->out, 2);
        code = code == LOOM_OK ? loom_xml_tag(xml->e, xml->out, "</", xml->e->settings->xml_record, ">") : code;
    }
    bool odd = xml->replaced.controls > 0 || xml->replaced.others > 0;
    return code == LOOM_OK && odd ? warn(xml, record->ordinal) : code;
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
            code = put_cells(xml, i, i + loom_cell_span(&batch->cells[i]), depth, false, NULL);
        }
    }
    return code;
}
