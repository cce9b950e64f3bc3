/* A smaller TrueType file with the glyphs that are used, for embedding (ISO 32000-1 9.9).
 * SPDX-License-Identifier: MIT
 *
 * Glyphs keep their numbers; outlines that are not used are empty, and glyphs behind the last used one are left out. Two more glyphs follow: a
 * box for characters that the face does not have, whatever the face's own glyph 0 looks like, and an empty one of no width.
 */
#ifndef LOOM_PDF_SUBSET_H
#define LOOM_PDF_SUBSET_H

#include "../../core/buffer.h"
#include "font.h"

/** The width of the box. */
#define LOOM_BOX_WIDTH 600u

typedef struct loom_subset {
    const loom_face *face;
    uint8_t *used;  /* owned: a byte for each glyph of the face; NULL: not open */
    uint32_t count; /* glyphs of the subset but for the two: the box is glyph `count`, the empty one `count` + 1 */
} loom_subset;

/** A subset with glyph 0 only. Errors: OUT_OF_MEMORY. Close it with loom_subset_close, also after an error. */
LOOM_CHECKED int loom_subset_open(loom_subset *subset, const loom_face *face);

/** Frees the memory; accepts one that is all zero. */
void loom_subset_close(loom_subset *subset);

/** Takes a glyph that is less than face->glyphs, and those that it is composed of. Errors: OUT_OF_MEMORY. */
LOOM_CHECKED int loom_subset_add(loom_subset *subset, uint32_t glyph);

/** Six capital letters that depend on the face's name and the glyphs (ISO 32000-1 9.6.4), and a NUL. */
void loom_subset_tag(const loom_subset *subset, char tag[7]);

/** Appends the file: head, hhea, maxp, hmtx, loca, glyf, and what the face has of cvt, fpgm and prep. `latin` tells by code of
 *  WinAnsiEncoding which characters its cmap has. Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_subset_write(const loom_subset *subset, const bool latin[256], loom_buffer *out);

#endif
