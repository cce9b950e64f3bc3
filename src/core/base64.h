/* Bytes as text of 64 characters (RFC 4648 section 4).
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_BASE64_H
#define LOOM_BASE64_H

#include "buffer.h"

/** Appends the text of `length` bytes. */
LOOM_CHECKED int loom_base64_write(loom_buffer *out, const uint8_t *bytes, size_t length);

/** Appends the bytes of a text that loom_base64_write made. Errors: INTERNAL for any other. */
LOOM_CHECKED int loom_base64_read(loom_buffer *out, const char *text, size_t length);

#endif
