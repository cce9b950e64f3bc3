/* The options of a job as C reads them: one member for each row of options.def that is not the host's.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_SETTINGS_H
#define LOOM_SETTINGS_H

#include <stdbool.h>

/** The longest TEXT option, in bytes. */
#define LOOM_MAX_TEXT_OPTION 255

/* An ENUM is the number of its value in the row's range, or -1 while it is unset. */
#define LOOM_FIELD_BOOLEAN(name) bool name;
#define LOOM_FIELD_INTEGER(name) double name;
#define LOOM_FIELD_ENUM(name) int name;
#define LOOM_FIELD_TEXT(name) char name[LOOM_MAX_TEXT_OPTION + 1];
#define LOOM_FIELD_COLUMNS(name)
#define LOOM_FIELD_FILTER(name)
#define LOOM_FIELD_OBJECT(name)
#define LOOM_OPTION(group, name, type, standard, range, doc) LOOM_FIELD_##type(group##_##name)
typedef struct loom_settings {
#include "../options.def"
} loom_settings;
#undef LOOM_OPTION

/* The values of ENUM options, in the order of their ranges. */
enum { LOOM_ARRAYS_JOIN, LOOM_ARRAYS_JSON };
enum { LOOM_SHAPE_ARRAY, LOOM_SHAPE_NDJSON, LOOM_SHAPE_ENVELOPE };
enum { LOOM_NEWLINE_CRLF, LOOM_NEWLINE_LF };
enum { LOOM_QUOTES_NEEDED, LOOM_QUOTES_ALWAYS };
enum { LOOM_PRESET_RFC4180, LOOM_PRESET_EXCEL };
enum { LOOM_PAGE_A3, LOOM_PAGE_A4, LOOM_PAGE_A5, LOOM_PAGE_LETTER, LOOM_PAGE_LEGAL, LOOM_PAGE_TABLOID };
enum { LOOM_ORIENTATION_AUTO, LOOM_ORIENTATION_PORTRAIT, LOOM_ORIENTATION_LANDSCAPE };
enum { LOOM_LAYOUT_TABLE, LOOM_LAYOUT_CARDS };
enum { LOOM_WIDE_FIT, LOOM_WIDE_SPLIT };
enum { LOOM_STANDARD_17, LOOM_STANDARD_A2B };
enum { LOOM_SCALARS_ELEMENTS, LOOM_SCALARS_ATTRIBUTES };
enum { LOOM_XML_NESTED, LOOM_XML_FLAT };
enum { LOOM_SCHEMA_SEPARATE, LOOM_SCHEMA_NONE };

#endif
