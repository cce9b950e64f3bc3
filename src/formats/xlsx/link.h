/* Addresses that become links of a sheet, and the two fragments of XML that a link takes.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XLSX_LINK_H
#define LOOM_XLSX_LINK_H

#include <stdbool.h>

#include "../../core/buffer.h"

/** The most links of a sheet, and the most characters of one; both are Excel's. */
#define LOOM_XLSX_MAX_LINKS 65530u
#define LOOM_XLSX_MAX_ADDRESS 2079u

enum loom_xlsx_link { LOOM_XLSX_NO_LINK, LOOM_XLSX_IS_LINK, LOOM_XLSX_LONG_LINK };

/** Whether the whole text is an address that every reader takes as the target of a relationship: http, https or ftp with a host, or
 *  mailto; without blanks and without characters that RFC 3986 does not allow (characters outside ASCII are fine, RFC 3987). */
enum loom_xlsx_link loom_xlsx_link_of(const uint8_t *text, size_t length);

/** Appends the <hyperlink> of the cell in a row and column, both from 0 (ECMA-376 Part 1 18.3.1.47). `number` names the link on its
 *  sheet. What follows `#` stands in `location`, as Excel does it. LOOM_BLOCK bytes behind the address can be read. */
LOOM_CHECKED int loom_xlsx_link_reference(loom_buffer *out, const uint8_t *address, size_t length, uint32_t row,
                                          uint32_t column, uint32_t number);

/** Appends the relationship of that link (ECMA-376 Part 2 9.3). */
LOOM_CHECKED int loom_xlsx_link_target(loom_buffer *out, const uint8_t *address, size_t length, uint32_t number);

#endif
