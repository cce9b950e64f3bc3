/* A TrueType face: what a PDF needs of it to measure text and to describe the font.
 * SPDX-License-Identifier: MIT
 *
 * Clauses are of ISO/IEC 14496-22 (OpenType). All lengths that this header gives are in thousandths of an em, as PDF
 * measures fonts (ISO 32000-1 9.2.4), rounded to the nearest.
 */
#ifndef LOOM_PDF_FONT_H
#define LOOM_PDF_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../core/error.h"

/** A piece of the file whose bytes are known to be there; `at` is NULL where the table is missing. */
typedef struct loom_table {
    const uint8_t *at;
    uint32_t length;
} loom_table;

/** Two glyphs are added to a face when it is embedded. */
#define LOOM_MOST_GLYPHS 65533u

typedef struct loom_face {
    /* For the font descriptor (ISO 32000-1 9.8.1). */
    char name[64];        /* PostScript name, of letters, digits, `-`, `_` and `+` only; never empty */
    int32_t box[4];       /* left, bottom, right, top */
    int32_t ascent;       /* above the baseline */
    int32_t descent;      /* below the baseline: negative */
    int32_t cap_height;
    int32_t italic_angle; /* degrees, negative where the letters lean to the right */
    int32_t stem;         /* width of vertical stems, guessed from the weight */
    bool fixed;           /* all glyphs are of one width */
    bool serif;

    /** Widths by code of WinAnsiEncoding (ISO 32000-1 D.2); 0 where the face has no glyph or the code is not used. Codes 0x20 to
     *  0x7e are ASCII. 0xa0 and 0xad are never used, because readers take them for a space and a hyphen. */
    uint16_t latin[256];

    bool ascii;          /* the face has a glyph for every code from 0x20 to 0x7e */
    uint32_t glyphs;     /* at least 1, at most LOOM_MOST_GLYPHS */
    uint32_t units;      /* of an em */
    uint32_t metrics;    /* glyphs that have a width of their own in hmtx; at least 1 */
    bool long_offsets;   /* loca has 32-bit offsets */
    uint32_t map_format; /* of `map`: 4 or 12 */
    uint32_t map_count;  /* segments or groups of `map` */
    loom_table map;      /* the subtable of cmap that is used */
    loom_table head, hhea, maxp, hmtx, loca, glyf, cvt, fpgm, prep;
} loom_face;

/** Opens a face with TrueType outlines (of a .ttc its first one). `bytes` must stay where they are as long as the face is used; nothing
 *  else is kept, so that there is nothing to close. Any bytes are safe. Errors: BAD_FONT, with the reason: cut off, no outlines of
 *  that kind (OpenType with CFF outlines, WOFF), too many glyphs, no Unicode map, embedding forbidden by the font's licence bits (fsType). */
LOOM_CHECKED int loom_face_open(loom_face *face, const uint8_t *bytes, size_t length, loom_error *error);

/** The glyph of a code point; 0 where the face has none. */
uint32_t loom_face_glyph(const loom_face *face, uint32_t code_point);

/** The width of a glyph; that of glyph 0 where there is no such glyph. */
uint32_t loom_face_width(const loom_face *face, uint32_t glyph);

/** The outline of a glyph in glyf; empty where it has none. */
loom_table loom_face_outline(const loom_face *face, uint32_t glyph);

/** The code point that a code of WinAnsiEncoding stands for; 0 where there is none or it is not used (see `latin`). */
uint32_t loom_latin_code_point(uint8_t code);

/** The code of WinAnsiEncoding that stands for a code point; 0 where there is none. */
uint8_t loom_latin_code(uint32_t code_point);

/* Big-endian numbers. */
static inline uint32_t loom_u16(const uint8_t *at) {
    return (uint32_t)at[0] << 8 | at[1];
}

static inline int32_t loom_i16(const uint8_t *at) {
    return (int16_t)(uint16_t)loom_u16(at);
}

static inline uint32_t loom_u32(const uint8_t *at) {
    return loom_u16(at) << 16 | loom_u16(at + 2);
}

#endif
