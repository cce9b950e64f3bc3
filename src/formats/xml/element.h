/* What is kept about the elements of a job: the name of each path of the schema, and what values it had in the chunk.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_ELEMENT_H
#define LOOM_XML_ELEMENT_H

#include "../../batch/parser.h"
#include "../format.h"
#include "text.h"

/** Kinds of values, as bits; part of what chunks and the schema's writer tell each other, by way of JavaScript. */
enum loom_xml_kind {
    LOOM_XML_NULL = 1,
    LOOM_XML_BOOLEAN = 2,
    LOOM_XML_INTEGER = 4,
    LOOM_XML_DECIMAL = 8,
    LOOM_XML_DOUBLE = 16, /* with an exponent, or too long for a decimal */
    LOOM_XML_DATE = 32,
    LOOM_XML_DATETIME = 64,
    LOOM_XML_TEXT = 128,
    LOOM_XML_ARRAY = 256,
    LOOM_XML_OBJECT = 512,
    LOOM_XML_SCRAMBLED = 1024, /* no value: too many siblings followed it */
};

#define LOOM_XML_SCALARS 254u

/** An element with more different siblings behind it has no order. */
enum loom_xml_order { LOOM_XML_MOST_FOLLOWERS = 16 };

#define LOOM_XML_NO_NODE UINT32_MAX

/** The element of a node of the schema. Behind what is in `names` there is room for reading in blocks. */
typedef struct loom_xml_element {
    uint32_t start;       /* in `names`: `<name`, then ` name="KEY"` where the key is no name, then `>` */
    uint32_t close;       /* in `names`: `</name>` */
    uint32_t name_length; /* with the prefix */
    uint32_t open_length; /* without `>` */
    bool made;
    bool changed;    /* the name is not the key */
    bool dissolves;  /* flat: an object of it has no element of its own, and its members are named by their paths */
    bool is_text;    /* it had a text that is no date */
    uint32_t unfit;  /* characters of the true key that were replaced */
    uint32_t stamp;  /* the chunk in which it was last seen, and what it had there: */
    uint32_t row;    /* its number in `touched` */
    uint32_t ordinal; /* of the record in which it was first seen */
    uint32_t kinds;
    uint32_t count;     /* values */
    uint32_t objects;   /* of them */
    uint32_t follower;  /* the node of the sibling that followed it last */
    uint32_t followers; /* in `followers` of the job: 0, or 1 more than the number of the first */
} loom_xml_element;

/** A sibling that followed an element in the chunk. */
typedef struct loom_xml_follower {
    uint32_t node;
    uint32_t next; /* as loom_xml_element.followers */
} loom_xml_follower;

typedef struct loom_xml_frame {
    uint32_t end; /* the cell behind the container */
    uint32_t node;
    uint32_t before; /* the last element on the level above, for loom_xml_follow */
    bool array;
    bool dissolved;
} loom_xml_frame;

/** Made once for a job. */
typedef struct loom_xml {
    const loom_encoding *e;
    loom_buffer *out;
    uint32_t replaced; /* characters by U+FFFD */
    bool attributes; /* scalars are attributes where they can */
    bool pretty;
    bool flat;
    size_t prefix_length; /* with its colon */
    bool simple;     /* neither attributes nor pretty */
    uint32_t trims;
    loom_xml_element *elements; /* by node */
    uint32_t capacity;
    loom_buffer names;
    loom_buffer ending; /* of each record */
    uint32_t *touched; /* nodes of the chunk in order of appearance */
    uint32_t touched_count;
    uint32_t touched_capacity;
    loom_xml_follower *followers;
    uint32_t follower_count;
    uint32_t follower_capacity;
    uint32_t stamp;
    uint32_t ordinal; /* of the record */
    loom_xml_frame frames[LOOM_MAX_DEPTH + 1];
} loom_xml;

/** The job's own, made when there is none yet, and ready for the encoding. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_xml_open(loom_encoding *e, loom_xml **xml);

/** Frees it; accepts NULL. */
void loom_xml_close(void *kept);

/** Forgets what values there were. To be called before anything is encoded. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_xml_start_chunk(loom_xml *xml);

/** The slow half of loom_xml_find. */
LOOM_CHECKED int loom_xml_make(loom_xml *xml, uint32_t node, loom_xml_element **element);

/** The element of a node, valid until the next call. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED static inline int loom_xml_find(loom_xml *xml, uint32_t node, loom_xml_element **element) {
    if (node < xml->capacity && xml->elements[node].made) {
        *element = &xml->elements[node];
        return LOOM_OK;
    }
    return loom_xml_make(xml, node, element);
}

/** Starts the notes of a node in the chunk. */
LOOM_CHECKED int loom_xml_touch(loom_xml *xml, uint32_t node, loom_xml_element *element);

/** Notes that a sibling followed an element, in the slow way. */
LOOM_CHECKED int loom_xml_add_follower(loom_xml *xml, loom_xml_element *element, uint32_t node);

/** Notes that the element of a node followed that of `*before` (or LOOM_XML_NO_NODE) in an object, and puts it in its place. */
LOOM_CHECKED static inline int loom_xml_follow(loom_xml *xml, uint32_t *before, uint32_t node) {
    loom_xml_element *element = *before == LOOM_XML_NO_NODE ? NULL : &xml->elements[*before];
    *before = node;
    return element == NULL || element->follower == node ? LOOM_OK : loom_xml_add_follower(xml, element, node);
}

/** Appends what values the chunk had as JSON: [[parent, key, kinds, count, objects, followers...], ...], where `parent` is the number of a
 *  row before, -1 for the record, the key of items is 0, and `followers` are the numbers of the rows whose elements came next in an object. */
LOOM_CHECKED int loom_xml_shapes(loom_xml *xml, loom_buffer *out);

/** Warns of the characters that the attributes `name` of the chunk cannot hold. */
LOOM_CHECKED int loom_xml_warn_keys(const loom_xml *xml);

/** Whether a value of that node can be an attribute of its parent's element. */
bool loom_xml_is_attribute(const loom_xml *xml, uint32_t node, const loom_xml_element *element, const loom_cell *cell);

/** Appends a record from behind `<record` and its index to its end tag. */
LOOM_CHECKED int loom_xml_record(loom_xml *xml, const loom_record *record);

/** Appends the members of an object as elements at a depth, all of them or those named in `only`, which ends in NULL. */
LOOM_CHECKED int loom_xml_members(loom_xml *xml, uint32_t object, uint32_t depth, const char *const *only);

/** Appends `<` or `</`, the prefix and the name of an element of the frame, and `>`. */
LOOM_CHECKED int loom_xml_tag(const loom_encoding *e, loom_buffer *out, const char *start, const char *name, const char *end);

/** Appends a line break and the indent of a depth where the document is pretty. */
LOOM_CHECKED int loom_xml_break(const loom_encoding *e, loom_buffer *out, uint32_t depth);

#endif
