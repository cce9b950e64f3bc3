/* What numbers and formatted text must be: as the C library of this machine has them. The program that includes it has `check`.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_NUMBERS_H
#define LOOM_TEST_NUMBERS_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "core/print.h"

static double check_value(const char *text) {
    double wanted = strtod(text, NULL), got = loom_decimal_value((const uint8_t *)text, strlen(text));
    check(memcmp(&wanted, &got, sizeof got) == 0, "the nearest double", text);
    return got;
}

static void __attribute__((format(printf, 1, 2))) check_text(const char *format, ...) {
    char wanted[1200], got[1200];
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(wanted, sizeof wanted, format, list), ours = loom_print_list(got, sizeof got, format, again);
    va_end(again);
    va_end(list);
    check(length == ours, "the length of formatted text", wanted);
    check(strcmp(wanted, got) == 0, format, wanted);
}

#endif
