/* The XML Schema (1.0) of a document, made from what values all chunks had.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_SCHEMA_H
#define LOOM_XML_SCHEMA_H

#include "element.h"

/** Appends the schema. `text` has one row of loom_xml_shapes a line, merged over all chunks: kinds joined, counts added, the record first;
 *  no row at all where there are too many to be described. Errors: INTERNAL for any other text, OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_xml_schema(loom_encoding *e, const char *text, size_t length);

#endif
