/* The elements of cells: one walk over them, in the order of the text.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_CELLS_H
#define LOOM_XML_CELLS_H

#include "element.h"

/** Appends the cells from `i` to `end`, all of one level, as elements at a depth; `members` of an object, of which some may be attributes.
 *  `*before` is the member before them; or NULL. */
LOOM_CHECKED int loom_xml_cells(loom_xml *xml, uint32_t i, uint32_t end, uint32_t depth, bool members, uint32_t *before);

/** Appends the start tag of a container whose `<name` is written, or the rest of the whole element when nothing is in it. `choose`: only what
 *  leads to chosen columns counts. */
LOOM_CHECKED int loom_xml_enter(loom_xml *xml, uint32_t container, bool choose, bool *filled);

/** Notes an element and appends what comes before its start tag; `before` is the sibling before it, or NULL for items. */
LOOM_CHECKED int loom_xml_start(loom_xml *xml, const loom_cell *cell, uint32_t depth, uint32_t *before, loom_xml_element *element);

/** Appends a container with its start tag, or as a whole where nothing is in it. */
LOOM_CHECKED int loom_xml_start_container(loom_xml *xml, uint32_t i, const loom_xml_element *element, bool choose, bool *filled);

/** Appends the end tag of a container on a line of its own. */
LOOM_CHECKED int loom_xml_end(loom_xml *xml, uint32_t node, uint32_t depth);

/** Whether a cell has no element: it is dropped, or an attribute. */
LOOM_CHECKED int loom_xml_is_passed(loom_xml *xml, const loom_cell *cell, bool member, bool *passed);

/** Which members of an object are written: all, or those that lead to a chosen column. */
bool loom_xml_is_wanted(const loom_xml *xml, const loom_cell *cell, bool choose);

/** Whether an object has no element of its own. */
bool loom_xml_is_dissolved(const loom_xml *xml, const loom_cell *cell);

/** Whether a path is a chosen column, which then had a value. */
bool loom_xml_find_column(loom_xml *xml, uint32_t node);

/** Makes a row for the schema, without a value. */
LOOM_CHECKED int loom_xml_note_path(loom_xml *xml, uint32_t node);

#endif
