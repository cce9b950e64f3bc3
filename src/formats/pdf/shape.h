/* Text to lines of glyphs: faces for characters, widths, line breaks, right-to-left order, joined forms, and the text operators of PDF.
 * SPDX-License-Identifier: MIT
 *
 * How text is shown. Each face in slot N has a font resource /FN, a simple font with WinAnsiEncoding, for the characters that it covers (one
 * byte each), and resources /FNP0, /FNP1, ... for everything else: composite fonts whose two-byte codes are the low 16 bits of the
 * code point, one for each plane of Unicode. So a content stream depends on the text alone, not on what else is in the document, and a glyph
 * that stands for several characters stays apart for search and copy. Codes 0xd800..0xdfff of plane 0 are no code points:
 *   0xd800 + (form - 0xfb50)   the joined form of an Arabic letter; `form` is the presentation form whose glyph it has
 *   0xdc00 + number            a mirrored character, by its number in the table of mirrored pairs
 * Both carry the original character in the font's ToUnicode map. A character that no face has is shown as a box by the stack's first
 * face, under its own code. Joiners and other invisible characters have an empty glyph of no width, so that they are copied too. Marks
 * are placed by the box of their outline. embed.h writes the fonts.
 *
 * Use: loom_shaper_open once a job; loom_shape for each text; then loom_shape_line / _cut and _show. For table cells first ask
 * loom_shape_plain, which needs neither. Lengths are in thousandths of an em: at font size s a width w takes w * s / 1000 points.
 *
 * Faces on demand: a slot may be known but not loaded (its face is NULL). When a text has a character that no face before it has, the
 * slot's bit is set in `wanted` and the result is not valid: the caller loads the faces and does the chunk again. A character always gets the
 * first face of its stack that has it, so it does not matter when and why faces were loaded.
 */
#ifndef LOOM_PDF_SHAPE_H
#define LOOM_PDF_SHAPE_H

#include "bidi.h"
#include "font.h"
#include "usage.h"

enum loom_style { LOOM_REGULAR = 0, LOOM_BOLD = 1 };

/** The faces of a document. The caller fills it in; the first slot of each stack must be loaded. */
typedef struct loom_fonts {
    const loom_face *faces[LOOM_SLOTS]; /* by slot; NULL while not loaded */
    uint8_t stacks[2][LOOM_SLOTS];      /* by loom_style: slots in order of preference */
    uint8_t depths[2];                  /* slots in each stack, at least 1 */
} loom_fonts;

/** The font that is in force in a content stream, so that Tf is only written where it changes. Set `font` to 0 at the start of every stream
 *  and where something else wrote Tf. */
typedef struct loom_pen {
    uint32_t font;
    char size[12]; /* as text, such as "7.5"; set `font` to 0 when it changes */
} loom_pen;

/** A line of the text that was shaped last; offsets are in bytes of the text. */
typedef struct loom_line {
    uint32_t start, end; /* what is shown; blanks where the line was broken are left out */
    uint32_t next;       /* where the next line starts; the length of the text behind the last line */
    uint32_t width;
    bool rtl;      /* the paragraph runs from right to left: align the line to the right */
    bool ellipsis; /* more was left out: an ellipsis is shown at the end; `width` counts it */
} loom_line;

/** A character of the text that was shaped last, in logical order. */
typedef struct loom_glyph {
    uint32_t at;    /* its first byte in the text */
    uint32_t code;  /* as told at the top; UINT32_MAX: nothing is shown */
    uint16_t width; /* 0 for marks that stand on the character before */
    uint8_t slot;
    uint8_t level; /* of the Bidirectional Algorithm */
    uint8_t flags; /* of shape.c */
    uint8_t class; /* a loom_direction */
} loom_glyph;

/** The face that was found for a code, to be found again quickly. */
typedef struct loom_known {
    uint32_t code; /* 0: nothing */
    uint16_t width;
    uint8_t slot;
    uint8_t flags;
} loom_known;

#define LOOM_KNOWN 256u

/** Missing characters that are remembered. */
#define LOOM_MISSED 8u

typedef struct loom_shaper {
    const loom_fonts *fonts;
    loom_usage usage;  /* codes shown since it was opened, or since the caller emptied it; not those that loom_shape_show_plain showed,
                          because embed.h always takes in all of ASCII */
    uint32_t wanted;   /* bit i: slot i must be loaded, see the top; the caller clears it */
    uint32_t replaced; /* control characters shown as U+FFFD; the caller clears it */
    uint32_t missing;  /* characters shown as a box; the caller clears it */
    uint32_t missed[LOOM_MISSED]; /* the first of them, each once; 0 behind the last */
    uint32_t unshaped; /* characters of scripts that need more shaping than there is here, such as Devanagari; the caller clears it */

    /* The text that was shaped last. */
    enum loom_style style;
    const uint8_t *text;
    uint32_t length;
    loom_glyph *glyphs; /* owned */
    uint32_t count;
    uint32_t capacity;
    bool rtl;       /* some levels are not 0 */
    loom_bidi bidi; /* owned */

    /* By loom_style. */
    uint16_t widths[2][256]; /* of a byte, 0 where the fast path cannot show it */
    loom_glyph ellipsis[2];
    loom_known known[2][LOOM_KNOWN]; /* by the lowest bits of the code */
} loom_shaper;

/** A shaper over faces that the caller keeps, and may add to while it is open (then call loom_shaper_refresh). Never fails. */
void loom_shaper_open(loom_shaper *shaper, const loom_fonts *fonts);

/** Looks at the faces again after some were loaded. */
void loom_shaper_refresh(loom_shaper *shaper);

/** Frees all memory; the shaper must be opened again before it is used. */
void loom_shaper_close(loom_shaper *shaper);

/** Whether every byte of the text is printable ASCII, and then its width. The fast path of a table: a few instructions a character.
 *  Text of any other kind answers false and goes through loom_shape. */
static inline bool loom_shape_plain(const loom_shaper *shaper, enum loom_style style, const uint8_t *text, size_t length,
                                    uint32_t *width) {
    const uint16_t *widths = shaper->widths[style];
    uint32_t sum = 0;
    uint32_t odd = 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t one = widths[text[i]];
        sum += one;
        odd |= one - 1; /* wraps where it is 0 */
    }
    *width = sum;
    return (odd >> 31) == 0 && length < 65536;
}

/** Appends ASCII text that loom_shape_plain found plain, as `(text)Tj` with a Tf before it where that is needed. */
LOOM_CHECKED int loom_shape_show_plain(const loom_shaper *shaper, enum loom_style style, loom_pen *pen, const uint8_t *text,
                                       size_t length, loom_buffer *out);

/** Shapes valid UTF-8 text of any kind, of less than 2^24 bytes; the text must stay where it is until the last line was shown. Line feeds, CR,
 *  CR LF, U+0085, U+2028 and U+2029 end lines and paragraphs; other control characters become U+FFFD, a tab looks like a space.
 *  Errors: OUT_OF_MEMORY, LIMIT_EXCEEDED. When `wanted` is not 0 the result must not be shown. */
LOOM_CHECKED int loom_shape(loom_shaper *shaper, enum loom_style style, const uint8_t *text, size_t length);

/** The width of the widest of the lines that the text has by itself, without wrapping. */
uint32_t loom_shape_width(const loom_shaper *shaper);

/** The width of the widest piece between two places where a line may be broken: what a column should have at least. */
uint32_t loom_shape_word(const loom_shaper *shaper);

/** The line that starts at byte `from` (0 or the `next` of the line before) and takes at most `most`. It is broken behind blanks, hyphens,
 *  slashes and other such places, between ideographs, and in the middle of a word that has no line of its own; a character and its marks
 *  stay together. Bold text is also broken between the words of names such as `unitPrice`. It always gets on by one character at least. Call it while `next` is less than the length; for an empty text it
 *  gives an empty line. */
void loom_shape_line(const loom_shaper *shaper, uint32_t from, uint32_t most, loom_line *line);

/** The same for the last line that there is room for: where the rest of the text does not fit, as much of it as does together with an
 *  ellipsis; `next` is where the rest starts that is not shown. */
void loom_shape_cut(loom_shaper *shaper, uint32_t from, uint32_t most, loom_line *line);

/** How many characters of valid UTF-8 text are control characters that become U+FFFD. */
uint32_t loom_shape_controls(const uint8_t *text, uint32_t length);

/** Appends the operators that show a line from the current text position on, from left to right: Tf where the font changes and Tj. The
 *  caller sets the position (Td or Tm) before. Notes the codes in `usage`, counts `replaced`, `missing` and `unshaped`. Errors: OUT_OF_MEMORY,
 *  LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_shape_show(loom_shaper *shaper, const loom_line *line, loom_pen *pen, loom_buffer *out);

#endif
