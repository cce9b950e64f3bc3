/* What all flat formats write into a cell that is no scalar: joined lists, JSON, and the columns `_extra` and `_raw`.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_FLAT_H
#define LOOM_FLAT_H

#include "format.h"

/** Puts the array or object of a cell into `scratch` as text; `*text` is false where it is a joined list without texts. */
LOOM_CHECKED int loom_flat_value(loom_encoding *e, uint32_t cell, int32_t column, uint32_t ordinal, bool *text);

/** Puts what the column `_extra` or `_raw` holds of a record into `scratch`; `*empty` is true where that is nothing. */
LOOM_CHECKED int loom_flat_special(loom_encoding *e, const loom_record *record, int32_t column, bool late, bool *empty);

/** Writes the records of a segment one by one, as `segment` of a format is to do. */
LOOM_CHECKED int loom_flat_segment(loom_encoding *e, uint32_t skip, uint32_t take, int (*put)(loom_encoding *e, const loom_record *record));

#endif
