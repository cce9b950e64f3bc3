/* Names of elements: keys that are no XML names are cleaned (XML 1.0 2.3, Namespaces in XML 3: no colons).
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_NAME_H
#define LOOM_XML_NAME_H

#include <stdbool.h>

#include "../../core/buffer.h"

/** Appends the name that stands for a key: characters that no name has become `_`, and a first one that no name starts with, or a start
 *  `xml`, gets a `_` before it. `*wrong` is the first byte that is not as in the key, or `length` for a key that is a name. */
LOOM_CHECKED int loom_xml_name(const uint8_t *key, size_t length, loom_buffer *out, size_t *wrong);

/** Whether the key is a name as it is; else `*wrong` is the byte at which it is none. */
bool loom_xml_is_name(const uint8_t *key, size_t length, size_t *wrong);

#endif
