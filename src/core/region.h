/* The time zone and the ways of writing dates that a job's options name, as the host's tables tell them.
 * SPDX-License-Identifier: MIT
 *
 * C has no table of time zones and no table of languages; the host has both, and hands over what this job needs.
 */
#ifndef LOOM_REGION_H
#define LOOM_REGION_H

#include <stdbool.h>
#include <stdint.h>

#include "date.h"
#include "document.h"

/** The longest pattern of dates, in bytes. */
#define LOOM_MAX_PATTERN 63

/** From an instant on, local time is so far ahead of UTC. */
typedef struct loom_offset {
    int64_t from;  /* seconds since 1970-01-01 in UTC */
    int32_t ahead; /* seconds */
} loom_offset;

typedef struct loom_region {
    loom_offset *offsets; /* owned; ascending; none for UTC */
    uint32_t count;
    bool told;                           /* the host gave it */
    char date[LOOM_MAX_PATTERN + 1];     /* how dates are shown, in the letters of a spreadsheet's number format, which the host chose */
    char datetime[LOOM_MAX_PATTERN + 1]; /* for the locale: dd\.mm\.yyyy; both empty where the options name none */
} loom_region;

/** Frees what it owns; the cleared region stands for UTC. */
void loom_region_close(loom_region *region);

/** Reads {"offsets": [[from, ahead], ...], "date": PATTERN, "datetime": PATTERN}, all of them optional. The offsets reach from the
 *  first that matters to the end of the year 2099. Errors: INTERNAL for anything else; OUT_OF_MEMORY. The region must be cleared. */
LOOM_CHECKED int loom_region_read(const char *text, size_t length, loom_region *region);

/** Seconds that local time is ahead of UTC at an instant. Before the first offset that one holds; from 2100 on, which no government has
 *  decided on yet, what holds in the year before 2100 that has the same calendar. */
int32_t loom_region_ahead(const loom_region *region, int64_t instant);

/** Turns a moment whose text named a zone into local time. Others are local already, and stay. */
void loom_region_localize(const loom_region *region, loom_moment *moment);

#endif
