/* The functions of the C library for which a module has smaller ones: linked in front of it, for vendors' sources as for ours.
 * SPDX-License-Identifier: MIT
 *
 * emcc calls __small_sprintf and siprintf where a format has no floats.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "core/print.h"

int vsnprintf(char *text, size_t size, const char *format, va_list list) {
    return loom_print_list(text, size, format, list);
}

#define PRINT(text, size, format) \
    va_list list; \
    va_start(list, format); \
    int length = loom_print_list(text, size, format, list); \
    va_end(list); \
    return length

int snprintf(char *text, size_t size, const char *format, ...) {
    PRINT(text, size, format);
}

int sprintf(char *text, const char *format, ...) {
    PRINT(text, INT32_MAX, format);
}

int siprintf(char *text, const char *format, ...) {
    PRINT(text, INT32_MAX, format);
}

int __small_sprintf(char *text, const char *format, ...) { /* NOLINT(bugprone-reserved-identifier) */
    PRINT(text, INT32_MAX, format);
}

static const char *skip_digits(const char *at) {
    while (*at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* Decimal numbers only, without blanks before them and without infinities. */
double strtod(const char *text, char **end) { /* NOLINT(readability-inconsistent-declaration-parameter-name) */
    const char *start = text + (*text == '+');
    const char *at = skip_digits(start + (*start == '-'));
    at = *at == '.' ? skip_digits(at + 1) : at;
    if (at > text && (*at | 0x20) == 'e') {
        const char *exponent = skip_digits(at + 1 + (at[1] == '-' || at[1] == '+'));
        at = exponent[-1] >= '0' && exponent[-1] <= '9' ? exponent : at;
    }
    if (end != NULL) {
        memcpy(end, &at, sizeof at); /* C has it without const */
    }
    return loom_decimal_value((const uint8_t *)start, (size_t)(at - start));
}

/* cJSON reads back what it printed, with "%lg". */
int sscanf(const char *text, const char *format, ...) {
    va_list list;
    va_start(list, format);
    *va_arg(list, double *) = strtod(text, NULL);
    va_end(list);
    return 1;
}
