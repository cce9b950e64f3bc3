/* Formatted text, as printf writes it, without any locale.
 * SPDX-License-Identifier: MIT
 *
 * Modules link this instead of the C library's printf, which brings arithmetic of 128 bits and weighs as much as a format; see
 * ../wasm-glue/libc.c. Flags `-` and `0`, width, precision up to 60, `*`, the lengths hh to ll, j, t and z, the conversions d i u x X c s
 * f e g %, and G for finite numbers.
 */
#ifndef LOOM_PRINT_H
#define LOOM_PRINT_H

#include <stdarg.h>
#include <stddef.h>

/** vsnprintf: at most `size` bytes with the NUL; returns the length that the whole text has. What is not supported is left out. */
int loom_print_list(char *text, size_t size, const char *format, va_list list) __attribute__((format(printf, 3, 0)));

#endif
