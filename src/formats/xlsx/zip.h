/* The records of a zip file (APPNOTE.TXT 6.3.10) whose members are written one after the other and never looked at again.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_ZIP_H
#define LOOM_ZIP_H

#include <stdbool.h>

#include "../../core/buffer.h"

/** The longest name of a member. */
#define LOOM_ZIP_NAME 127

/** One member. Its sizes are less than 4 GiB, its offset may be any. */
typedef struct loom_zip_member {
    char name[LOOM_ZIP_NAME + 1];
    uint64_t offset; /* of its local header */
    uint32_t crc;
    uint32_t raw;    /* bytes before deflating */
    uint32_t length; /* and after */
    bool stored;     /* not deflated */
    bool streamed;   /* a data descriptor follows it, because crc and sizes were not known before */
} loom_zip_member;

/** The MS-DOS date and time, date in the upper half, of an ISO 8601 text; 1980-01-01 for any other or earlier text. */
uint32_t loom_zip_time(const char *text);

/** Appends the local header of a member; sizes and crc only if it is not streamed. */
LOOM_CHECKED int loom_zip_local(loom_buffer *out, const loom_zip_member *member, uint32_t time);

/** Appends the data descriptor of a streamed member. */
LOOM_CHECKED int loom_zip_descriptor(loom_buffer *out, const loom_zip_member *member);

/** Appends the central directory, which starts at `offset` of the file, with ZIP64 records only where they are needed. */
LOOM_CHECKED int loom_zip_directory(loom_buffer *out, const loom_zip_member *members, uint32_t count, uint64_t offset,
                                    uint32_t time);

#endif
