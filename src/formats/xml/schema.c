/* The writing of the schema (XML Schema 1.0 parts 1 and 2). It takes the document that the records made.
 * SPDX-License-Identifier: MIT
 */
#include "schema.h"

#include <stdio.h>

#include "shape.h"

/* Elements below this level are not described: their own levels in the schema would be too many for parsers. */
#define MOST_LEVELS 30u

/* With more members, and where their order changes, `xs:all` is slow in every validator; then members may come in any number. */
#define MOST_IN_ALL 300u

/* What is in an element that is not described. */
#define ANYTHING "<xs:complexType mixed=\"true\"><xs:sequence><xs:any namespace=\"##any\" processContents=\"skip\" minOccurs=\"0\" " \
    "maxOccurs=\"unbounded\"/></xs:sequence><xs:anyAttribute namespace=\"##any\" processContents=\"skip\"/></xs:complexType>"

static const char *const type_names[] = {"boolean", "integer", "decimal", "double", "date", "dateTime", "string"};

#define TYPE_COUNT (sizeof type_names / sizeof type_names[0])

/* The most bytes of the name of a type. */
#define TYPE_NAME 96

typedef struct writer {
    const loom_encoding *e;
    const loom_xml_shapes_tree *tree;
    loom_buffer *out;
    int code;
    uint32_t depth;
    bool unions[1u << TYPE_COUNT]; /* that are referred to */
} writer;

static void put(writer *w, const char *text) {
    w->code = w->code == LOOM_OK ? loom_buffer_append_text(w->out, text) : w->code;
}

static void put_value(writer *w, const char *text, size_t length) {
    w->code = w->code == LOOM_OK ? loom_xml_string(w->out, text, length, true) : w->code;
}

/* Starts a line; the depth grows or shrinks by the tags that are opened and closed in it. */
static void line(writer *w, const char *text) {
    put(w, "\n");
    for (uint32_t i = 0; i < w->depth; i++) {
        put(w, "  ");
    }
    put(w, text);
}

static void open_line(writer *w, const char *text) {
    line(w, text);
    w->depth++;
}

static void close_line(writer *w, const char *text) {
    w->depth--;
    line(w, text);
}

static bool is_named(const loom_encoding *e) {
    return e->settings->xml_namespace[0] != '\0';
}

/* The types of scalars that are needed, as bits in the order of type_names. */
static uint32_t reduce(uint32_t kinds) {
    uint32_t types = 0;
    types |= kinds & LOOM_XML_BOOLEAN ? 1u : 0;
    if (kinds & LOOM_XML_DOUBLE) {
        types |= 8u;
    } else if (kinds & LOOM_XML_DECIMAL) {
        types |= 4u;
    } else if (kinds & LOOM_XML_INTEGER) {
        types |= 2u;
    }
    if (kinds & LOOM_XML_TEXT) {
        return types | 64u;
    }
    types |= kinds & LOOM_XML_DATE ? 16u : 0;
    types |= kinds & LOOM_XML_DATETIME ? 32u : 0;
    return types == 0 ? 64u : types;
}

static void name_union(uint32_t types, char name[TYPE_NAME]) {
    size_t length = 0;
    name[0] = '\0';
    for (uint32_t i = 0; i < TYPE_COUNT && length < TYPE_NAME; i++) {
        if (types & 1u << i) {
            int more = snprintf(name + length, TYPE_NAME - length, "%s%s", length == 0 ? "" : "-or-", type_names[i]);
            length += more > 0 ? (size_t)more : 0;
        }
    }
}

/* The name of the simple type of those kinds, as an attribute's value. */
static void put_type(writer *w, uint32_t kinds) {
    uint32_t types = reduce(kinds);
    char name[TYPE_NAME];
    bool single = (types & (types - 1)) == 0;
    w->unions[types] |= !single;
    name_union(types, name);
    put(w, single ? "xs:" : is_named(w->e) ? "t:" : "");
    put(w, name);
}

static void put_unions(writer *w) {
    char name[TYPE_NAME];
    for (uint32_t types = 0; types < 1u << TYPE_COUNT; types++) {
        if (!w->unions[types]) {
            continue;
        }
        name_union(types, name);
        line(w, "<xs:simpleType name=\"");
        put(w, name);
        put(w, "\"><xs:union memberTypes=\"");
        bool first = true;
        for (uint32_t i = 0; i < TYPE_COUNT; i++) {
            if (types & 1u << i) {
                put(w, first ? "xs:" : " xs:");
                put(w, type_names[i]);
                first = false;
            }
        }
        put(w, "\"/></xs:simpleType>");
    }
}

static const loom_xml_shape *shape_at(const writer *w, uint32_t number) {
    return &w->tree->list[number];
}

static void put_name(writer *w, uint32_t number) {
    const loom_node *node = &w->tree->names.nodes[shape_at(w, number)->name];
    put_value(w, (const char *)w->tree->names.keys.bytes + node->key, node->key_length);
}

/* The true key, with the path to it where it has one. */
static void put_key(writer *w, uint32_t number) {
    uint32_t path[LOOM_MAX_FLAT_DEPTH + 1];
    uint32_t count = 0;
    do {
        path[count++] = number;
        bool more = shape_at(w, number)->above != shape_at(w, number)->parent;
        number = more ? shape_at(w, number)->above : 0;
    } while (number != 0 && count <= LOOM_MAX_FLAT_DEPTH);
    while (count-- > 0) {
        const loom_cell *key = &w->tree->batch.cells[shape_at(w, path[count])->cell];
        put_value(w, (const char *)loom_cell_text(&w->tree->batch, key), key->length);
        put(w, count > 0 ? "." : "");
    }
}

static bool has_key(const writer *w, uint32_t number, const char *text) {
    uint32_t cell = shape_at(w, number)->cell;
    if (cell == LOOM_XML_NO_SHAPE || shape_at(w, number)->above != shape_at(w, number)->parent || w->tree->batch.cells[cell].length != strlen(text)) {
        return false;
    }
    return memcmp(loom_cell_text(&w->tree->batch, &w->tree->batch.cells[cell]), text, strlen(text)) == 0;
}

/* As loom_xml_is_attribute, of the scalars of a member. */
static bool is_attribute(const writer *w, uint32_t number) {
    const loom_xml_shape *shape = shape_at(w, number);
    bool taken = shape->parent == 0 ? w->e->settings->xml_index && has_key(w, number, "index")
                                    : shape_at(w, shape->parent)->changed && has_key(w, number, "name");
    return w->e->settings->xml_scalars == LOOM_SCALARS_ATTRIBUTES && shape->cell != LOOM_XML_NO_SHAPE && !shape->changed && !taken;
}

/* The kinds of a shape that are elements, those of siblings that are written with it too. */
static uint32_t element_kinds(const writer *w, uint32_t number) {
    const loom_xml_shape *shape = shape_at(w, number);
    uint32_t kinds = is_attribute(w, number) ? shape->kinds & ~LOOM_XML_SCALARS : shape->kinds;
    for (uint32_t i = shape->merged ? shape_at(w, shape->parent)->first : LOOM_XML_NO_SHAPE; i != LOOM_XML_NO_SHAPE; i = shape_at(w, i)->next) {
        kinds |= shape_at(w, i)->skipped && shape_at(w, i)->name == shape->name ? shape_at(w, i)->kinds : 0;
    }
    return kinds;
}

/* The label of its column and its true key, where the name does not tell them. */
static bool is_annotated(const writer *w, uint32_t number) {
    const loom_xml_shape *shape = shape_at(w, number);
    return shape->changed || (shape->column != LOOM_NO_COLUMN && !has_key(w, number, w->e->columns->list[shape->column].label));
}

static void put_annotation(writer *w, uint32_t number) {
    const loom_xml_shape *shape = shape_at(w, number);
    if (!is_annotated(w, number)) {
        return;
    }
    line(w, "<xs:annotation>");
    if (shape->column != LOOM_NO_COLUMN) {
        const char *label = w->e->columns->list[shape->column].label;
        put(w, "<xs:documentation>");
        put_value(w, label, strlen(label));
        put(w, "</xs:documentation>");
    }
    if (shape->changed) {
        put(w, "<xs:appinfo source=\"urn:exportloom:key\">");
        put_key(w, number);
        put(w, "</xs:appinfo>");
    }
    put(w, "</xs:annotation>");
}

static void put_attributes(writer *w, uint32_t number) {
    for (uint32_t i = shape_at(w, number)->first; i != LOOM_XML_NO_SHAPE; i = shape_at(w, i)->next) {
        const loom_xml_shape *shape = shape_at(w, i);
        if (!is_attribute(w, i) || (shape->kinds & LOOM_XML_SCALARS) == 0) {
            continue;
        }
        bool all = shape->count == shape_at(w, number)->objects && shape_at(w, number)->kinds == LOOM_XML_OBJECT;
        bool always = all && (shape->kinds & ~LOOM_XML_SCALARS) == 0; /* a null is an element */
        line(w, "<xs:attribute name=\"");
        put_name(w, i);
        put(w, "\" type=\"");
        put_type(w, shape->kinds & LOOM_XML_SCALARS);
        put(w, always ? "\" use=\"required\"/>" : "\"/>");
    }
}

static void put_name_attribute(writer *w, uint32_t number) {
    if (shape_at(w, number)->merged) {
        line(w, "<xs:attribute name=\"name\" type=\"xs:string\"/>");
    } else if (shape_at(w, number)->changed) {
        line(w, "<xs:attribute name=\"name\" type=\"xs:string\" use=\"required\"/>");
    }
}

static void put_element(writer *w, uint32_t number, const char *occurs, uint32_t level);

static uint32_t count_elements(const writer *w, uint32_t number) {
    uint32_t count = 0;
    for (uint32_t i = shape_at(w, number)->first; i != LOOM_XML_NO_SHAPE; i = shape_at(w, i)->next) {
        count += !shape_at(w, i)->skipped && (element_kinds(w, i) != 0 || shape_at(w, i)->merged);
    }
    return count;
}

/* The members of an object; `value`: records that are no objects have that element instead. */
static void put_members(writer *w, uint32_t number, bool value, uint32_t level) {
    const loom_xml_shape *object = shape_at(w, number);
    uint32_t count = count_elements(w, number) + value;
    bool many = count > MOST_IN_ALL || object->collides;
    if (count == 0) {
        return;
    }
    open_line(w, many ? "<xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">" : object->ordered ? "<xs:sequence>" : "<xs:all>");
    for (uint32_t i = object->first; i != LOOM_XML_NO_SHAPE; i = shape_at(w, i)->next) {
        const loom_xml_shape *shape = shape_at(w, i);
        uint32_t kinds = element_kinds(w, i);
        bool always = !many && shape->count == object->objects && kinds == shape->kinds && !value;
        if (!shape->skipped && (kinds != 0 || shape->merged)) {
            put_element(w, i, many || always ? "" : " minOccurs=\"0\"", level + 1);
        }
    }
    if (value) {
        put_element(w, number, many ? "" : " minOccurs=\"0\"", level + 1);
    }
    close_line(w, many ? "</xs:choice>" : object->ordered ? "</xs:sequence>" : "</xs:all>");
}

static void put_items(writer *w, uint32_t number, uint32_t level) {
    for (uint32_t i = shape_at(w, number)->first; i != LOOM_XML_NO_SHAPE; i = shape_at(w, i)->next) {
        if (shape_at(w, i)->cell == LOOM_XML_NO_SHAPE) {
            open_line(w, "<xs:sequence>");
            put_element(w, i, " minOccurs=\"0\" maxOccurs=\"unbounded\"", level + 1);
            close_line(w, "</xs:sequence>");
        }
    }
}

/* What is between the tags of an element of simple type whose name is not its key. */
static void put_simple_content(writer *w, uint32_t number, uint32_t kinds) {
    open_line(w, "<xs:complexType>");
    open_line(w, "<xs:simpleContent>");
    line(w, "<xs:extension base=\"");
    put_type(w, kinds);
    put(w, "\">");
    w->depth++;
    put_name_attribute(w, number);
    close_line(w, "</xs:extension>");
    close_line(w, "</xs:simpleContent>");
    close_line(w, "</xs:complexType>");
}

/* Members and items of an element that has both, or a scalar besides: each has its type, in any order. */
static void put_mixture(writer *w, uint32_t number, uint32_t level) {
    bool any = false;
    for (uint32_t i = shape_at(w, number)->first; i != LOOM_XML_NO_SHAPE; i = shape_at(w, i)->next) {
        if (!shape_at(w, i)->skipped && element_kinds(w, i) != 0) {
            if (!any) {
                open_line(w, "<xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">");
            }
            any = true;
            put_element(w, i, "", level + 1);
        }
    }
    if (any) {
        close_line(w, "</xs:choice>");
    }
}

static void put_content(writer *w, uint32_t number, uint32_t kinds, uint32_t level) {
    bool scalar = (kinds & LOOM_XML_SCALARS) != 0;
    bool both = (kinds & LOOM_XML_OBJECT) != 0 && (kinds & LOOM_XML_ARRAY) != 0;
    open_line(w, scalar ? "<xs:complexType mixed=\"true\">" : "<xs:complexType>");
    if (scalar || both) {
        put_mixture(w, number, level);
        put_attributes(w, number);
    } else if (kinds & LOOM_XML_OBJECT) {
        put_members(w, number, false, level);
        put_attributes(w, number);
    } else {
        put_items(w, number, level);
    }
    put_name_attribute(w, number);
    close_line(w, "</xs:complexType>");
}

/* The element of a shape; that of the record itself is `value`. */
static void put_element(writer *w, uint32_t number, const char *occurs, uint32_t level) {
    const loom_xml_shape *shape = shape_at(w, number);
    uint32_t kinds = number == 0 ? shape->kinds & ~(uint32_t)LOOM_XML_OBJECT : element_kinds(w, number);
    bool simple = (kinds & (LOOM_XML_ARRAY | LOOM_XML_OBJECT)) == 0;
    bool open = !simple && (shape->merged || level >= MOST_LEVELS);
    bool brief = simple && !shape->changed && !shape->merged;
    line(w, "<xs:element name=\"");
    put_name(w, number);
    if (brief) {
        put(w, "\" type=\"");
        put_type(w, kinds & LOOM_XML_SCALARS);
    }
    put(w, (kinds & LOOM_XML_NULL) != 0 || open ? "\" nillable=\"true\"" : "\"");
    put(w, occurs);
    if (brief && !is_annotated(w, number)) {
        put(w, "/>");
        return;
    }
    put(w, ">");
    w->depth++;
    put_annotation(w, number);
    if (open) {
        line(w, ANYTHING);
    } else if (simple && !brief) {
        put_simple_content(w, number, kinds & LOOM_XML_SCALARS);
    } else if (!simple) {
        put_content(w, number, kinds, level);
    }
    close_line(w, "</xs:element>");
}

static void put_record_type(writer *w) {
    if (w->tree->count == 0) {
        line(w, ANYTHING);
        return;
    }
    const loom_xml_shape *root = shape_at(w, 0);
    bool value = (root->kinds & ~(uint32_t)LOOM_XML_OBJECT) != 0;
    bool clash = false;
    for (uint32_t i = root->first; i != LOOM_XML_NO_SHAPE; i = shape_at(w, i)->next) {
        clash |= value && (has_key(w, i, "value") || shape_at(w, i)->cell == LOOM_XML_NO_SHAPE);
    }
    if (clash) { /* members called `value`, or arrays that are records, beside other records */
        line(w, ANYTHING);
        return;
    }
    open_line(w, "<xs:complexType>");
    put_members(w, 0, value, 0);
    if (w->e->settings->xml_index) {
        line(w, "<xs:attribute name=\"index\" type=\"xs:nonNegativeInteger\" use=\"required\"/>");
    }
    put_attributes(w, 0);
    close_line(w, "</xs:complexType>");
}

static void put_metadata(writer *w) {
    open_line(w, "<xs:element name=\"metadata\">");
    open_line(w, "<xs:complexType>");
    open_line(w, "<xs:all>");
    line(w, "<xs:element name=\"generator\" type=\"xs:string\" minOccurs=\"0\"/>");
    line(w, "<xs:element name=\"exportedAt\" type=\"xs:dateTime\" minOccurs=\"0\"/>");
    line(w, "<xs:element name=\"format\" type=\"xs:string\" minOccurs=\"0\"/>");
    line(w, "<xs:element name=\"source\" type=\"xs:string\" minOccurs=\"0\"/>");
    line(w, "<xs:element name=\"options\" minOccurs=\"0\">" ANYTHING "</xs:element>");
    close_line(w, "</xs:all>");
    close_line(w, "</xs:complexType>");
    close_line(w, "</xs:element>");
}

static void put_statistics(writer *w) {
    static const char *const counts[] = {"read", "written", "filtered", "rejected"};
    open_line(w, "<xs:element name=\"statistics\">");
    open_line(w, "<xs:complexType>");
    open_line(w, "<xs:all>");
    open_line(w, "<xs:element name=\"counts\" minOccurs=\"0\">");
    open_line(w, "<xs:complexType>");
    open_line(w, "<xs:all>");
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        line(w, "<xs:element name=\"");
        put(w, counts[i]);
        put(w, "\" type=\"xs:nonNegativeInteger\" minOccurs=\"0\"/>");
    }
    close_line(w, "</xs:all>");
    close_line(w, "</xs:complexType>");
    close_line(w, "</xs:element>");
    line(w, "<xs:element name=\"columns\" minOccurs=\"0\">" ANYTHING "</xs:element>");
    line(w, "<xs:element name=\"columnLimits\" minOccurs=\"0\">" ANYTHING "</xs:element>");
    close_line(w, "</xs:all>");
    close_line(w, "</xs:complexType>");
    close_line(w, "</xs:element>");
}

static void put_document(writer *w) {
    const loom_settings *settings = w->e->settings;
    line(w, "<xs:element name=\"");
    put(w, settings->xml_root);
    put(w, "\">");
    w->depth++;
    open_line(w, "<xs:complexType>");
    open_line(w, "<xs:sequence>");
    if (settings->export_includeMetadata) {
        put_metadata(w);
    }
    open_line(w, "<xs:element name=\"records\">");
    open_line(w, "<xs:complexType>");
    open_line(w, "<xs:sequence>");
    line(w, "<xs:element name=\"");
    put(w, settings->xml_record);
    put(w, "\" minOccurs=\"0\" maxOccurs=\"unbounded\">");
    w->depth++;
    put_record_type(w);
    close_line(w, "</xs:element>");
    close_line(w, "</xs:sequence>");
    close_line(w, "</xs:complexType>");
    close_line(w, "</xs:element>");
    if (settings->export_includeStatistics) {
        put_statistics(w);
    }
    close_line(w, "</xs:sequence>");
    close_line(w, "</xs:complexType>");
    close_line(w, "</xs:element>");
}

int loom_xml_schema(loom_encoding *e, const char *text, size_t length) {
    loom_xml_shapes_tree tree;
    writer w = {.e = e, .tree = &tree, .out = e->out};
    w.code = loom_xml_shapes_open(&tree, e, text, length);
    put(&w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"");
    if (is_named(e)) {
        put(&w, " xmlns:t=\"");
        put_value(&w, e->settings->xml_namespace, strlen(e->settings->xml_namespace));
        put(&w, "\" targetNamespace=\"");
        put_value(&w, e->settings->xml_namespace, strlen(e->settings->xml_namespace));
        put(&w, "\"");
    }
    put(&w, " elementFormDefault=\"qualified\">");
    w.depth++;
    put_document(&w);
    put_unions(&w);
    close_line(&w, "</xs:schema>\n");
    loom_xml_shapes_close(&tree);
    return w.code;
}
