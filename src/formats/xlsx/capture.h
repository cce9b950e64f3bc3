/* Takes what libxlsxwriter would write into a zip file, member by member, into memory.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_CAPTURE_H
#define LOOM_CAPTURE_H

#include <stdbool.h>

#include "zip.h"

/** A captured member; its bytes lie in loom_capture.bytes. */
typedef struct loom_captured {
    char name[LOOM_ZIP_NAME + 1];
    size_t start;
    size_t length;
} loom_captured;

typedef struct loom_capture {
    loom_buffer bytes;
    loom_captured *list; /* owned */
    uint32_t count;
    int code; /* the first thing that went wrong; libxlsxwriter does not look */
} loom_capture;

/** Makes what libxlsxwriter writes from now on go to `capture`, until loom_capture_end. Only one at a time. */
void loom_capture_begin(loom_capture *capture);

/** Notes an error of what goes on between begin and end, so that loom_capture_end answers it. */
void loom_capture_fail(int code);

/** Ends it; answers what went wrong. */
LOOM_CHECKED int loom_capture_end(loom_capture *capture);

/** Frees what was captured; a cleared struct is accepted. */
void loom_capture_free(loom_capture *capture);

/** Replaces a text of a member, where it first stands, by a longer one. Errors: INTERNAL where it does not stand there. */
LOOM_CHECKED int loom_capture_replace(loom_capture *capture, const char *name, const char *text, const char *by);

/** Where a text first stands, or NULL. */
const char *loom_capture_search(const char *in, size_t length, const char *text);

/** The member of that name, or NULL. */
const loom_captured *loom_capture_find(const loom_capture *capture, const char *name);

#endif
