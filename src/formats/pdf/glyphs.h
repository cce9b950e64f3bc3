/* What shape.c and line.c know of glyphs and nobody else needs.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_GLYPHS_H
#define LOOM_PDF_GLYPHS_H

#include "shape.h"
#include "subset.h"

/** The code of a glyph that is not shown. */
#define LOOM_GLYPH_NONE UINT32_MAX

/** Codes of forms and of mirrored characters; see shape.h. */
#define LOOM_FORM_CODES 0xd800u
#define LOOM_MIRROR_CODES 0xdc00u

/** Flags of a glyph. */
enum {
    LOOM_GLYPH_HARD = 1,       /* ends the line */
    LOOM_GLYPH_BREAK = 2,      /* a line may end behind it */
    LOOM_GLYPH_BLANK = 4,      /* is left out at a line's end */
    LOOM_GLYPH_MARK = 8,       /* stays with the one before */
    LOOM_GLYPH_COMPOSITE = 16, /* of the composite font */
    LOOM_GLYPH_MISSING = 32,   /* a box */
    LOOM_GLYPH_RTL = 64,       /* of a paragraph from right to left */
    LOOM_GLYPH_COMPLEX = 128,  /* of a script that is not shaped */
};

/** A soft hyphen: nothing is shown, and no other flag of a glyph that is not shown means anything. */
#define LOOM_GLYPH_SOFT LOOM_GLYPH_COMPLEX

#endif
