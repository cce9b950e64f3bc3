/* The elements of scalars, and the notes that are taken of all values.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_SCALAR_H
#define LOOM_XML_SCALAR_H

#include "element.h"

/** What stands around a scalar besides its names. */
#define LOOM_XML_ROOM 96

/** Appends a start tag without its `>`, for which there is room. */
static inline void loom_xml_put_open(loom_xml *xml, const loom_xml_element *element) {
    loom_copy_blocks(xml->out->bytes + xml->out->length, xml->names.bytes + element->start, element->open_length);
    xml->out->length += element->open_length;
}

/** Appends an end tag, for which there is room. */
static inline void loom_xml_put_close(loom_xml *xml, const loom_xml_element *element) {
    loom_copy_blocks(xml->out->bytes + xml->out->length, xml->names.bytes + element->close, (size_t)element->name_length + 3);
    xml->out->length += (size_t)element->name_length + 3;
}

/** Notes a value of a node, for the schema. */
LOOM_CHECKED int loom_xml_note(loom_xml *xml, uint32_t node, loom_xml_element *element, const loom_cell *cell);

/** Appends the element of a scalar. */
LOOM_CHECKED int loom_xml_scalar(loom_xml *xml, const loom_xml_element *element, const loom_cell *cell);

/** Appends an attribute with a scalar that is not null, and notes it. */
LOOM_CHECKED int loom_xml_attribute(loom_xml *xml, uint32_t node, loom_xml_element *element, const loom_cell *cell);

/** Appends and notes the elements of scalars from cell `*i` on, up to `end` or a cell that wants more than that, where `*i` is then.
 *  `*before` is the member before them, of an object; NULL for items. The document is not pretty and has no attributes. */
LOOM_CHECKED int loom_xml_run(loom_xml *xml, uint32_t *i, uint32_t end, uint32_t *before);

#endif
