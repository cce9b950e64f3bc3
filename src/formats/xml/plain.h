/* Reading of characters as the encoder writes them.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XML_PLAIN_H
#define LOOM_XML_PLAIN_H

#include <stddef.h>
#include <stdint.h>

/** The byte that a reference stands for, and its length; 0 when it is none of the encoder's. */
uint8_t loom_xml_dereference(const uint8_t *at, const uint8_t *end, size_t *length);

/** The length of a character that is not ASCII, 0 where it is no character of XML. */
size_t loom_xml_character_length(const uint8_t *at, const uint8_t *end);

/** The end of a run of plain characters: `&`, `<`, `>`, a control character or `end`. NULL where it has wrong bytes. LOOM_BLOCK bytes behind
 *  the end must be readable. */
const uint8_t *loom_xml_skip_plain(const uint8_t *at, const uint8_t *end);

#endif
