/* The font objects of a document: subsets of its faces with widths and maps, for the text that shape.h showed.
 * SPDX-License-Identifier: MIT
 *
 * A face takes: its file (a subset with the same glyph ids), a font descriptor, the simple font /FN with its widths where it has characters, and for each plane /FNPp a
 * Type 0 font, a CIDFontType2 with /W and /CIDToGIDMap, and a ToUnicode map (ISO 32000-1 9.6.3, 9.7.4.2, 9.10.3). Everything is a
 * function of the faces and the usage, the name's prefix too (9.6.4).
 */
#ifndef LOOM_PDF_EMBED_H
#define LOOM_PDF_EMBED_H

#include "shape.h"

/** Compresses a stream for /FlateDecode (zlib's format) and appends it. */
typedef int loom_compress(void *context, const uint8_t *bytes, size_t length, loom_buffer *out);

/** Which objects there are. Filled in by loom_embed_open; holds no memory. */
typedef struct loom_embed {
    const loom_fonts *fonts;
    const loom_usage *usage;
    uint32_t slots;              /* bit i: the face in slot i is embedded */
    uint32_t simple;             /* bit i: it has a simple font */
    uint32_t planes[LOOM_SLOTS]; /* bit p: it has a composite font for plane p */
    uint32_t count;              /* objects */
    loom_compress *compress;     /* NULL: streams are written as they are */
    void *context;
} loom_embed;

/** Sees which faces must be embedded: the first face of each stack, always with all of ASCII, and every face with a code in `usage`. Both must
 *  stay until the last object was written. `usage` may have a face that is not loaded only by mistake: errors: INTERNAL. */
LOOM_CHECKED int loom_embed_open(loom_embed *embed, const loom_fonts *fonts, const loom_usage *usage);

/** Appends object `i` of `count`, without `N 0 obj` and `endobj`. `first` is the number of object 0; the others follow it.
 *  Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED, what `compress` gives. */
LOOM_CHECKED int loom_embed_object(const loom_embed *embed, uint32_t i, uint32_t first, loom_buffer *out);

/** Appends what stands in the /Font dictionary of the pages' resources: `/F0 12 0 R/F0P0 14 0 R...`. */
LOOM_CHECKED int loom_embed_resources(const loom_embed *embed, uint32_t first, loom_buffer *out);

/** Appends, for a warning, the characters that no face has: at most `most` of them, as `U+1F600, U+1F680`; and then, where there are more, how
 *  many: ` and 12 more`. Nothing when there are none. */
LOOM_CHECKED int loom_embed_missing(const loom_embed *embed, uint32_t most, loom_buffer *out);

#endif
