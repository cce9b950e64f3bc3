/* Names of elements by node, and notes of their values.
 * SPDX-License-Identifier: MIT
 */
#include "element.h"

#include <stdio.h>

#include "../../batch/json_text.h"
#include "../../core/memory.h"
#include "name.h"

/* The most that all names may take. */
#define NAMES_CAP ((size_t)1 << 28)

void loom_xml_close(void *kept) {
    loom_xml *xml = kept;
    if (xml == NULL) {
        return;
    }
    loom_free(xml->elements);
    loom_free(xml->touched);
    loom_free(xml->followers);
    loom_buffer_free(&xml->names);
    loom_buffer_free(&xml->ending);
    loom_free(xml);
}

int loom_xml_open(loom_encoding *e, loom_xml **xml) {
    if (*e->kept == NULL) {
        loom_xml *made = loom_alloc(sizeof *made);
        if (made == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        memset(made, 0, sizeof *made);
        loom_buffer_init(&made->names, NAMES_CAP);
        loom_buffer_init(&made->ending, NAMES_CAP);
        *e->kept = made;
    }
    *xml = *e->kept;
    (*xml)->e = e;
    (*xml)->out = e->out;
    (*xml)->replaced = 0;
    (*xml)->pretty = e->settings->xml_pretty;
    (*xml)->prefix_length = strlen(e->settings->xml_prefix) + (e->settings->xml_prefix[0] != '\0');
    (*xml)->flat = e->settings->xml_layout == LOOM_XML_FLAT;
    (*xml)->attributes = e->settings->xml_scalars == LOOM_SCALARS_ATTRIBUTES;
    (*xml)->simple = !(*xml)->attributes && !(*xml)->pretty;
    if ((*xml)->trims != e->schema->trims) {
        (*xml)->trims = e->schema->trims;
        (*xml)->names.length = 0;
        if ((*xml)->capacity > 0) {
            memset((*xml)->elements, 0, (*xml)->capacity * sizeof *(*xml)->elements);
        }
    }
    return LOOM_OK;
}

int loom_xml_start_chunk(loom_xml *xml) {
    xml->touched_count = 0;
    xml->follower_count = 0;
    xml->stamp++;
    xml->ending.length = 0;
    int code = loom_xml_break(xml->e, &xml->ending, 2);
    return code == LOOM_OK ? loom_xml_tag(xml->e, &xml->ending, "</", xml->e->settings->xml_record, ">") : code;
}

static bool is_item(const loom_schema *schema, uint32_t node) {
    const loom_node *n = &schema->nodes[node];
    return node != 0 && schema->nodes[n->parent].items == node;
}

/* The name that a key has, behind that of the object that it is a member of where that one has no element. Flat, a key with a dot is told
 * apart from a path by its attribute. */
static int put_own_name(loom_xml *xml, uint32_t node, bool *changed) {
    const loom_schema *schema = xml->e->schema;
    const loom_node *n = &schema->nodes[node];
    const uint8_t *key = schema->keys.bytes + n->key;
    const loom_xml_element *parent = &xml->elements[n->parent];
    size_t wrong = n->key_length;
    int code = LOOM_OK;
    bool path = n->parent != 0 && parent->dissolves;
    if (path) {
        size_t length = parent->name_length - xml->prefix_length;
        code = loom_buffer_reserve(&xml->names, length + 1);
        if (code == LOOM_OK) {
            loom_buffer_put(&xml->names, xml->names.bytes + parent->start + 1 + xml->prefix_length, length);
            loom_buffer_put_byte(&xml->names, '.');
        }
    }
    code = code == LOOM_OK ? loom_xml_name(key, n->key_length, &xml->names, &wrong) : code;
    *changed = wrong < n->key_length || n->key_length == 0 || (path && parent->changed) ||
               (xml->elements[n->parent].dissolves && memchr(key, '.', n->key_length) != NULL);
    return code;
}

static int put_name(loom_xml *xml, uint32_t node, bool *changed) {
    const loom_settings *settings = xml->e->settings;
    loom_buffer *names = &xml->names;
    int code = loom_buffer_append_byte(names, '<');
    if (code == LOOM_OK && xml->prefix_length > 0) {
        code = loom_buffer_append_text(names, settings->xml_prefix);
        code = code == LOOM_OK ? loom_buffer_append_byte(names, ':') : code;
    }
    if (code == LOOM_OK && (node == 0 || is_item(xml->e->schema, node))) {
        return loom_buffer_append_text(names, node == 0 ? "value" : settings->xml_item);
    }
    return code == LOOM_OK ? put_own_name(xml, node, changed) : code;
}

/* The true key, flat with the path to it. */
static int put_key(loom_xml *xml, uint32_t node) {
    const loom_schema *schema = xml->e->schema;
    uint32_t path[LOOM_MAX_FLAT_DEPTH + 1] = {node};
    uint32_t count = 1;
    for (uint32_t n = schema->nodes[node].parent; n != 0 && xml->elements[n].dissolves && count <= LOOM_MAX_FLAT_DEPTH; count++) {
        path[count] = n;
        n = schema->nodes[n].parent;
    }
    int code = loom_buffer_append_text(&xml->names, " name=\"");
    while (code == LOOM_OK && count-- > 0) {
        const loom_node *n = &schema->nodes[path[count]];
        code = loom_xml_text(&xml->names, schema->keys.bytes + n->key, n->key_length, true, &xml->elements[node].unfit);
        code = code == LOOM_OK && count > 0 ? loom_buffer_append_byte(&xml->names, '.') : code;
    }
    return code == LOOM_OK ? loom_buffer_append_byte(&xml->names, '"') : code;
}

/* Flat, the parents of an element must be made before it. */
static int settle_parents(loom_xml *xml, uint32_t node) {
    const loom_node *n = &xml->e->schema->nodes[node];
    loom_xml_element *parent = NULL;
    int code = xml->flat && node != 0 && n->depth <= LOOM_MAX_FLAT_DEPTH + 1 ? loom_xml_find(xml, n->parent, &parent) : LOOM_OK;
    bool member = node == 0 || (xml->elements[n->parent].dissolves && !is_item(xml->e->schema, node));
    xml->elements[node].dissolves = xml->flat && member && n->depth < LOOM_MAX_FLAT_DEPTH;
    return code;
}

static int make(loom_xml *xml, uint32_t node, loom_xml_element *element) {
    loom_buffer *names = &xml->names;
    int code = settle_parents(xml, node);
    element->start = (uint32_t)names->length;
    element->unfit = 0;
    code = code == LOOM_OK ? put_name(xml, node, &element->changed) : code;
    element->name_length = (uint32_t)names->length - element->start - 1;
    if (code == LOOM_OK && element->changed) {
        code = put_key(xml, node);
    }
    element->open_length = (uint32_t)names->length - element->start;
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(names, (size_t)element->name_length + 4 + LOOM_BUFFER_SLACK); /* they are copied in blocks */
    }
    if (code == LOOM_OK) {
        loom_buffer_put_byte(names, '>');
        element->close = (uint32_t)names->length;
        loom_buffer_put(names, "</", 2);
        loom_buffer_put(names, names->bytes + element->start + 1, element->name_length);
        loom_buffer_put_byte(names, '>');
    }
    element->made = code == LOOM_OK;
    return code;
}

int loom_xml_make(loom_xml *xml, uint32_t node, loom_xml_element **element) {
    if (node >= xml->capacity) {
        uint32_t capacity = xml->e->schema->capacity > node ? xml->e->schema->capacity : node + 1;
        loom_xml_element *elements = loom_realloc(xml->elements, (size_t)capacity * sizeof *elements);
        if (elements == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        memset(elements + xml->capacity, 0, (size_t)(capacity - xml->capacity) * sizeof *elements);
        xml->elements = elements;
        xml->capacity = capacity;
    }
    *element = &xml->elements[node];
    return make(xml, node, *element);
}

int loom_xml_touch(loom_xml *xml, uint32_t node, loom_xml_element *element) {
    uint32_t *touched = loom_grow(xml->touched, xml->touched_count, &xml->touched_capacity, sizeof *touched);
    if (touched == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    xml->touched = touched;
    element->stamp = xml->stamp;
    element->kinds = element->count = element->objects = 0;
    element->follower = LOOM_XML_NO_NODE;
    element->followers = 0;
    element->row = xml->touched_count;
    element->ordinal = xml->ordinal;
    touched[xml->touched_count++] = node;
    return LOOM_OK;
}

int loom_xml_add_follower(loom_xml *xml, loom_xml_element *element, uint32_t node) {
    uint32_t count = 0;
    element->follower = node;
    for (uint32_t i = element->followers; i != 0; i = xml->followers[i - 1].next) {
        if (xml->followers[i - 1].node == node) {
            return LOOM_OK;
        }
        count++;
    }
    if (count == LOOM_XML_MOST_FOLLOWERS) {
        element->kinds |= LOOM_XML_SCRAMBLED;
        return LOOM_OK;
    }
    loom_xml_follower *followers = loom_grow(xml->followers, xml->follower_count, &xml->follower_capacity, sizeof *followers);
    if (followers == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    xml->followers = followers;
    followers[xml->follower_count++] = (loom_xml_follower){node, element->followers};
    element->followers = xml->follower_count;
    return LOOM_OK;
}

static int put_shape(loom_xml *xml, uint32_t node, loom_buffer *out) {
    const loom_schema *schema = xml->e->schema;
    const loom_node *n = &schema->nodes[node];
    const loom_xml_element *element = &xml->elements[node];
    char text[64];
    snprintf(text, sizeof text, "[%ld,", node == 0 ? -1L : (long)xml->elements[n->parent].row);
    int code = loom_buffer_append_text(out, text);
    if (code == LOOM_OK && (node == 0 || is_item(schema, node))) {
        code = loom_buffer_append_byte(out, '0');
    } else if (code == LOOM_OK) {
        code = loom_json_string(out, schema->keys.bytes + n->key, n->key_length);
    }
    snprintf(text, sizeof text, ",%u,%u,%u", (unsigned)element->kinds, (unsigned)element->count, (unsigned)element->objects);
    code = code == LOOM_OK ? loom_buffer_append_text(out, text) : code;
    for (uint32_t i = element->followers; i != 0 && code == LOOM_OK; i = xml->followers[i - 1].next) {
        snprintf(text, sizeof text, ",%u", (unsigned)xml->elements[xml->followers[i - 1].node].row);
        code = loom_buffer_append_text(out, text);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(out, ']') : code;
}

int loom_xml_warn_keys(const loom_xml *xml) {
    int code = LOOM_OK;
    for (uint32_t i = 0; i < xml->touched_count && code == LOOM_OK; i++) {
        const loom_xml_element *element = &xml->elements[xml->touched[i]];
        uint32_t count = element->unfit * element->count; /* those of objects that dissolve are not counted */
        code = count == 0 ? LOOM_OK : loom_batch_warn(xml->e->batch, LOOM_CHARACTER_REPLACED, LOOM_NO_COLUMN, element->ordinal, count);
    }
    return code;
}

int loom_xml_shapes(loom_xml *xml, loom_buffer *out) {
    int code = loom_buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < xml->touched_count && code == LOOM_OK; i++) {
        code = i == 0 ? LOOM_OK : loom_buffer_append_byte(out, ',');
        if (code == LOOM_OK) {
            code = put_shape(xml, xml->touched[i], out);
        }
    }
    return code == LOOM_OK ? loom_buffer_append_byte(out, ']') : code;
}

/* An element that has the attribute `name`, or `index`, leaves that name to it. */
static bool is_taken(const loom_xml *xml, uint32_t node) {
    const loom_schema *schema = xml->e->schema;
    const loom_node *n = &schema->nodes[node];
    const uint8_t *key = schema->keys.bytes + n->key;
    if (n->parent == 0 || xml->elements[n->parent].dissolves) {
        return n->parent == 0 && xml->e->settings->xml_index && n->key_length == 5 && memcmp(key, "index", 5) == 0;
    }
    return xml->elements[n->parent].changed && n->key_length == 4 && memcmp(key, "name", 4) == 0;
}

bool loom_xml_is_attribute(const loom_xml *xml, uint32_t node, const loom_xml_element *element, const loom_cell *cell) {
    bool scalar = cell->kind != LOOM_CELL_NULL && cell->kind < LOOM_CELL_ARRAY;
    return scalar && !element->changed && node != 0 && !is_taken(xml, node);
}
