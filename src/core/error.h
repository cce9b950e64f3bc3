/* Error codes, their table, and the error that a job carries to its caller.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_ERROR_H
#define LOOM_ERROR_H

#include <stdint.h>

/** The result must be looked at. */
#define LOOM_CHECKED __attribute__((warn_unused_result))

/** The codes of errors.def: LOOM_OK, LOOM_UNKNOWN_OPTION, ... */
enum loom_code {
    LOOM_OK = 0,
#define LOOM_ERROR(number, name, severity, message, suggestion) LOOM_##name = (number),
#include "../errors.def"
#undef LOOM_ERROR
};

enum loom_severity { LOOM_FATAL, LOOM_RECORD, LOOM_WARNING };

/** One row of errors.def. The texts are static. Suggestions, and what warnings say, are the host's alone, which has the table too. */
typedef struct loom_error_row {
    int code;
    enum loom_severity severity;
    const char *name;
    const char *message; /* NULL for a warning */
} loom_error_row;

/** An error on its way up. `detail` and `column` are cut where they are too long, never in the middle of a character. */
typedef struct loom_error {
    int code;
    char detail[256];
    char suggestion[128]; /* empty, or a better one than the table's */
    char column[128];
    uint32_t place; /* 1 + the byte of the text that is at fault; 0 where there is none to name */
} loom_error;

/** The row of a code; the row of INTERNAL for a number that is no code. Never NULL. */
const loom_error_row *loom_error_find(int code);

/** Writes code and detail (as printf) into `error` and returns the code, so that it can stand behind `return`. */
LOOM_CHECKED int loom_fail(loom_error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
