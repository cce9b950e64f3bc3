/* The table of errors, and the making of one.
 * SPDX-License-Identifier: MIT
 */
#include "error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

#define MESSAGE_FATAL(message) message
#define MESSAGE_RECORD(message) message
#define MESSAGE_WARNING(message) NULL

static const loom_error_row rows[] = {
#define LOOM_ERROR(number, name, severity, message, suggestion)                                                        \
    {number, LOOM_##severity, #name, MESSAGE_##severity(message)},
#include "../errors.def"
#undef LOOM_ERROR
};

const loom_error_row *loom_error_find(int code) {
    const loom_error_row *internal = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].code == code) {
            return &rows[i];
        }
        if (rows[i].code == LOOM_INTERNAL) {
            internal = &rows[i];
        }
    }
    return internal;
}

int loom_fail(loom_error *error, int code, const char *format, ...) {
    va_list arguments;
    *error = (loom_error){.code = code};
    va_start(arguments, format);
    vsnprintf(error->detail, sizeof error->detail, format, arguments);
    va_end(arguments);
    error->detail[loom_utf8_whole(error->detail, strlen(error->detail))] = '\0';
    return code;
}
