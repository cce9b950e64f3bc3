/* The reading of shapes.
 * SPDX-License-Identifier: MIT
 */
#include "shape.h"

#include "../../core/memory.h"
#include "name.h"

/* More nodes of the job's schema are not searched for the columns' labels. */
#define MOST_SEARCHED 4096u

/* More members are not put in order: validators would need too many states. */
#define MOST_ORDERED 300u

void loom_xml_shapes_close(loom_xml_shapes_tree *tree) {
    loom_batch_close(&tree->batch);
    loom_schema_close(&tree->keys);
    loom_schema_close(&tree->names);
    loom_free(tree->text);
    loom_free(tree->parser);
    loom_free(tree->list);
}

static bool read_number(const loom_batch *batch, uint32_t i, int64_t least, int64_t most, int64_t *number) {
    const loom_cell *cell = &batch->cells[i];
    const uint8_t *text = batch->text + cell->start;
    bool negative = cell->kind == LOOM_CELL_INTEGER && text[0] == '-';
    *number = 0;
    if (cell->kind != LOOM_CELL_INTEGER || cell->length > 16) {
        return false;
    }
    for (uint32_t k = negative; k < cell->length; k++) {
        *number = *number * 10 + (text[k] - '0');
    }
    *number = negative ? -*number : *number;
    return *number >= least && *number <= most;
}

/* The node of the job's schema that has the same path, for its column. */
static void find_column(const loom_encoding *e, const loom_xml_shapes_tree *tree, loom_xml_shape *shape) {
    const loom_schema *schema = e->schema;
    const loom_cell *key = &tree->batch.cells[shape->cell];
    uint32_t parent = tree->list[shape->above].node;
    bool search = e->columns->chosen && shape->cell != LOOM_XML_NO_SHAPE && parent != LOOM_XML_NO_SHAPE;
    for (uint32_t i = 1; search && i < schema->kept && i < MOST_SEARCHED; i++) {
        const loom_node *n = &schema->nodes[i];
        bool same = n->parent == parent && n->key_length == key->length;
        if (same && memcmp(schema->keys.bytes + n->key, loom_cell_text(&tree->batch, key), key->length) == 0) {
            shape->node = i;
            shape->column = n->column;
            return;
        }
    }
}

/* As the encoder names an element. */
static int put_name(loom_xml_shapes_tree *tree, loom_xml_shape *shape, loom_buffer *name) {
    const loom_cell *key = &tree->batch.cells[shape->cell];
    const uint8_t *text = loom_cell_text(&tree->batch, key);
    const loom_xml_shape *above = &tree->list[shape->above];
    const loom_node *path = &tree->names.nodes[above->name];
    bool named = shape->above != shape->parent;
    size_t wrong = 0;
    int code = named ? loom_buffer_append(name, tree->names.keys.bytes + path->key, path->key_length) : LOOM_OK;
    code = code == LOOM_OK && named ? loom_buffer_append_byte(name, '.') : code;
    code = code == LOOM_OK ? loom_xml_name(text, key->length, name, &wrong) : code;
    shape->changed = wrong < key->length || key->length == 0 || (named && above->changed) ||
                     (above->dissolves && memchr(text, '.', key->length) != NULL);
    return code;
}

static int find_name(loom_xml_shapes_tree *tree, const loom_encoding *e, uint32_t number, loom_buffer *name) {
    loom_xml_shape *shape = &tree->list[number];
    loom_xml_shape *parent = &tree->list[shape->parent];
    int code;
    name->length = 0;
    if (shape->cell == LOOM_XML_NO_SHAPE) {
        code = loom_buffer_append_text(name, number == 0 ? "value" : e->settings->xml_item);
    } else {
        code = put_name(tree, shape, name);
    }
    if (code == LOOM_OK) {
        code = loom_schema_child(&tree->names, number == 0 ? 0 : parent->name, name->bytes, name->length, &shape->name);
    }
    if (code != LOOM_OK || number == 0) {
        return code;
    }
    loom_node *node = &tree->names.nodes[shape->name];
    if (node->serial != 0) {
        tree->list[node->serial].merged = true;
        shape->skipped = true;
        parent->collides = true;
    } else {
        node->serial = number;
    }
    return LOOM_OK;
}

static void append_child(loom_xml_shape *list, uint32_t parent, uint32_t number) {
    loom_xml_shape *above = &list[parent];
    *(above->first == LOOM_XML_NO_SHAPE ? &above->first : &list[above->last].next) = number;
    above->last = number;
}

static int add_row(loom_xml_shapes_tree *tree, const loom_encoding *e, uint32_t i, loom_buffer *name) {
    const loom_batch *batch = &tree->batch;
    const int64_t most = (int64_t)1 << 53;
    int64_t parent = 0;
    int64_t kinds = 0;
    int64_t count = 0;
    int64_t objects = 0;
    bool root = tree->count == 0;
    bool good = batch->cells[i].kind == LOOM_CELL_ARRAY && batch->cells[i].length >= 6 &&
                read_number(batch, i + 1, -1, root ? -1 : (int64_t)tree->count - 1, &parent) && (parent < 0) == root &&
                batch->cells[i + 2].kind < LOOM_CELL_ARRAY && read_number(batch, i + 3, 0, 2047, &kinds) &&
                read_number(batch, i + 4, 0, most, &count) && read_number(batch, i + 5, 0, most, &objects);
    if (!good) {
        return LOOM_INTERNAL;
    }
    loom_xml_shape *list = loom_grow(tree->list, tree->count, &tree->capacity, sizeof *list);
    if (list == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    tree->list = list;
    loom_xml_shape *shape = &list[tree->count];
    *shape = (loom_xml_shape){
        .above = root ? 0 : (uint32_t)parent,
        .first = LOOM_XML_NO_SHAPE,
        .last = LOOM_XML_NO_SHAPE,
        .next = LOOM_XML_NO_SHAPE,
        .kinds = (uint32_t)kinds & ~(uint32_t)LOOM_XML_SCRAMBLED,
        .scrambled = (kinds & LOOM_XML_SCRAMBLED) != 0,
        .followers = i + 6,
        .follower_count = batch->cells[i].length - 6,
        .count = (uint64_t)count,
        .objects = (uint64_t)objects,
        .cell = batch->cells[i + 2].kind == LOOM_CELL_TEXT ? i + 2 : LOOM_XML_NO_SHAPE,
        .column = LOOM_NO_COLUMN,
        .node = root ? 0 : LOOM_XML_NO_SHAPE,
    };
    uint32_t number = tree->count++;
    bool flat = e->settings->xml_layout == LOOM_XML_FLAT;
    const loom_xml_shape *above = &list[shape->above];
    shape->dissolves = flat && root;
    if (!root) {
        bool member = above->dissolves && shape->cell != LOOM_XML_NO_SHAPE;
        shape->depth = above->depth + 1;
        shape->dissolves = member && shape->depth < LOOM_MAX_FLAT_DEPTH;
        shape->parent = member ? above->parent : shape->above;
        append_child(list, shape->parent, number);
        find_column(e, tree, shape);
    }
    return find_name(tree, e, number, name);
}

/* Takes one off the siblings that each follower of a shape waits for, or adds one. */
static int count_followers(loom_xml_shapes_tree *tree, uint32_t number, bool add) {
    const loom_xml_shape *shape = &tree->list[number];
    for (uint32_t i = 0; i < shape->follower_count; i++) {
        int64_t follower = 0;
        bool good = read_number(&tree->batch, shape->followers + i, 1, (int64_t)tree->count - 1, &follower);
        if (!good || tree->list[follower].parent != shape->parent) {
            return LOOM_INTERNAL;
        }
        tree->list[follower].waits += add ? 1u : UINT32_MAX;
    }
    return LOOM_OK;
}

/* The first child from `number` on that waits for none, off the chain. */
static uint32_t take_ready(loom_xml_shape *list, uint32_t *first) {
    for (uint32_t *link = first; *link != LOOM_XML_NO_SHAPE; link = &list[*link].next) {
        uint32_t number = *link;
        if (list[number].waits == 0) {
            *link = list[number].next;
            list[number].next = LOOM_XML_NO_SHAPE;
            return number;
        }
    }
    return LOOM_XML_NO_SHAPE;
}

/* Puts the children of a shape in an order in which each stands before those that followed it, where there is one. Of those that may come
 * next, the one that appeared first does. */
static int put_in_order(loom_xml_shapes_tree *tree, uint32_t number) {
    loom_xml_shape *list = tree->list;
    uint32_t children = 0;
    bool scrambled = list[number].collides;
    int code = LOOM_OK;
    for (uint32_t i = list[number].first; i != LOOM_XML_NO_SHAPE && code == LOOM_OK; i = list[i].next) {
        scrambled |= list[i].scrambled;
        code = count_followers(tree, i, true);
        children++;
    }
    if (scrambled || children > MOST_ORDERED) {
        return code;
    }
    uint32_t left = list[number].first;
    list[number].first = list[number].last = LOOM_XML_NO_SHAPE;
    for (uint32_t next; code == LOOM_OK && (next = take_ready(list, &left)) != LOOM_XML_NO_SHAPE;) {
        append_child(list, number, next);
        code = count_followers(tree, next, false);
    }
    list[number].ordered = left == LOOM_XML_NO_SHAPE;
    while (left != LOOM_XML_NO_SHAPE) {
        uint32_t next = left;
        left = list[next].next;
        list[next].next = LOOM_XML_NO_SHAPE;
        append_child(list, number, next);
    }
    return code;
}

int loom_xml_shapes_open(loom_xml_shapes_tree *tree, const loom_encoding *e, const char *text, size_t length) {
    loom_buffer name;
    memset(tree, 0, sizeof *tree);
    loom_batch_open(&tree->batch);
    int code = loom_schema_open(&tree->keys);
    code = code == LOOM_OK ? loom_schema_open(&tree->names) : code;
    tree->text = loom_alloc(length + LOOM_TEXT_PAD);
    tree->parser = loom_alloc(sizeof *tree->parser);
    if (code != LOOM_OK || tree->text == NULL || tree->parser == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    memset(tree->parser, 0, sizeof *tree->parser);
    memset(tree->text + length, 0, LOOM_TEXT_PAD);
    if (length > 0) {
        memcpy(tree->text, text, length);
    }
    tree->parser->schema = &tree->keys;
    tree->batch.text = tree->text;
    tree->batch.length = length;
    code = loom_parse(tree->parser, &tree->batch, LOOM_LAYOUT_LINES);
    if (code == LOOM_OK && tree->batch.rejected > 0) {
        code = LOOM_INTERNAL;
    }
    loom_buffer_init(&name, SIZE_MAX / 4);
    for (uint32_t i = 0; i < tree->batch.record_count && code == LOOM_OK; i++) {
        code = add_row(tree, e, tree->batch.records[i].cell, &name);
    }
    loom_buffer_free(&name);
    for (uint32_t i = 0; i < tree->count && code == LOOM_OK; i++) {
        code = put_in_order(tree, i);
    }
    return code;
}
