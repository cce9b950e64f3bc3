/* What libxml2's configure would have found, as far as the built parts ask for it.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_NAMES_LIBXML2_CONFIG_H
#define LOOM_NAMES_LIBXML2_CONFIG_H

#define HAVE_CTYPE_H 1
#define HAVE_ERRNO_H 1
#define HAVE_FLOAT_H 1
#define HAVE_LIMITS_H 1
#define HAVE_MATH_H 1
#define HAVE_SNPRINTF 1
#define HAVE_STDARG_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_TIME_H 1
#define HAVE_VA_COPY 1
#define HAVE_VSNPRINTF 1
#define STDC_HEADERS 1

#endif
