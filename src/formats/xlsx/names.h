/* Names that Excel is particular about: those of sheets, and the headings of a table; texts that cannot be escaped.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_XLSX_NAMES_H
#define LOOM_XLSX_NAMES_H

#include "../format.h"

/** The longest name of a sheet in UTF-16 units. */
#define LOOM_XLSX_MAX_NAME 31u

/** Room for the name of a sheet in UTF-8, with its NUL. */
#define LOOM_XLSX_NAME_SIZE 128u

/** The name of the Data sheet of that index, made legal: "Data", "Data 2", ... Answers whether the wish had to be changed. */
bool loom_xlsx_sheet_name(const char *wish, uint32_t index, char name[LOOM_XLSX_NAME_SIZE]);

/** Appends a text for parts that know no _xHHHH_: blanks for tabs and line breaks, U+FFFD for what XML cannot hold. */
LOOM_CHECKED int loom_xlsx_plain(loom_buffer *out, const char *text);

/** Whether such a part can hold the text as it is. */
bool loom_xlsx_is_plain(const char *text);

/** The heading of every column, one list of pointers followed by its texts: loom_free it. In a table they are told apart without
 *  regard to case, not empty, of at most 255 UTF-16 units, and without control characters. With `spelled` they are as the table's part
 *  has them, with _x005F_ where _xHHHH_ would be one character. */
LOOM_CHECKED int loom_xlsx_headings(const loom_encoding *e, bool spelled, char ***headings);

/** Whether a table's heading can be as long as this label; adds to `unfit` how many of its characters are replaced. */
bool loom_xlsx_heading_fits(const char *label, uint64_t *unfit);

#endif
