/* The package that grows while it is written: its members so far, the one that is open, and where the next byte goes.
 * SPDX-License-Identifier: MIT
 *
 * Between calls it is a JSON text, so that any worker can go on with it.
 */
#ifndef LOOM_XLSX_PACKAGE_H
#define LOOM_XLSX_PACKAGE_H

#include "../../core/document.h"
#include "../../core/deflate.h"
#include "zip.h"

typedef struct loom_package {
    loom_buffer *out;
    loom_deflater *deflater;
    uint64_t base;  /* the offset in the file at which `out` starts */
    uint64_t aside; /* bytes that the caller puts between those of `out` */
    char clock[40];
    uint32_t time;
    loom_zip_member *members; /* owned */
    uint32_t count;
    loom_zip_member open; /* the member that is being streamed */
    uint32_t *rows;       /* owned; records of each sheet, the open one last */
    uint32_t sheets;
} loom_package;

/** An empty package. */
void loom_package_start(loom_package *package, loom_buffer *out, loom_deflater *deflater, const char *clock);

/** Takes over what loom_package_write left. Errors: INTERNAL for any other text, OUT_OF_MEMORY. */
LOOM_CHECKED int loom_package_read(loom_package *package, const cJSON *state);

/** Appends the package as JSON. */
LOOM_CHECKED int loom_package_write(const loom_package *package, loom_buffer *state);

/** Frees what the package owns. */
void loom_package_free(loom_package *package);

/** Adds a member as a whole, deflated where that makes it smaller. */
LOOM_CHECKED int loom_package_add(loom_package *package, const char *name, const void *bytes, size_t length);

/** Starts a member whose bytes come one after the other. */
LOOM_CHECKED int loom_package_open(loom_package *package, const char *name);

/** Appends bytes to the open member. */
LOOM_CHECKED int loom_package_put(loom_package *package, const void *bytes, size_t length);

/** Counts a piece of the open member that the caller puts into the file itself: `raw` bytes that became `length`. */
LOOM_CHECKED int loom_package_count(loom_package *package, uint32_t raw, uint32_t crc, uint32_t length);

/** Ends the open member. */
LOOM_CHECKED int loom_package_close(loom_package *package);

/** Starts to count the records of a further sheet. */
LOOM_CHECKED int loom_package_add_sheet(loom_package *package);

/** Appends the central directory. */
LOOM_CHECKED int loom_package_finish(loom_package *package);

#endif
