/* Names of errors, formats and options for the native tests, from the same tables as everything else.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_NAMES_H
#define LOOM_TEST_NAMES_H

#include <string.h>

/** The name of an error number; "OK" for 0, "?" for one that is not in the table. */
static inline const char *error_name(int number) {
    switch (number) {
    case 0:
        return "OK";
#define LOOM_ERROR(value, name, severity, message, suggestion)                                                         \
    case value:                                                                                                        \
        return #name;
#include "errors.def"
#undef LOOM_ERROR
    default:
        return "?";
    }
}

/** 1 when a format needs its columns before the first segment. */
static inline int format_is_flat(const char *name) {
    enum { FLAT = 1, NESTED = 0 };
#define LOOM_FORMAT(row, extension, type, module, columns)                                                             \
    if (strcmp(name, #row) == 0)                                                                                       \
        return columns;
#include "formats.def"
#undef LOOM_FORMAT
    return NESTED;
}

/** 1 when JavaScript keeps the option for itself, so that C never sees it. */
static inline int option_is_host(const char *name) {
#define LOOM_OPTION(group, row, type, standard, range, doc)                                                            \
    if (strcmp(#group, "host") == 0 && strcmp(name, #row) == 0)                                                                      \
        return 1;
#include "options.def"
#undef LOOM_OPTION
    return 0;
}

#endif
