/* What Unicode says about characters that text shaping must know: directions, mirrored pairs, Arabic forms, blanks, breaks.
 * SPDX-License-Identifier: MIT
 *
 * A code is a code point or, in 0xd800..0xdfff, a form that shaping chose: see shape.h.
 */
#ifndef LOOM_PDF_CHARACTERS_H
#define LOOM_PDF_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The classes of the Bidirectional Algorithm (UAX #9, table 4). */
enum loom_direction {
    LOOM_L,
    LOOM_R,
    LOOM_AL,
    LOOM_EN,
    LOOM_ES,
    LOOM_ET,
    LOOM_AN,
    LOOM_CS,
    LOOM_NSM,
    LOOM_BN,
    LOOM_B,
    LOOM_S,
    LOOM_WS,
    LOOM_ON,
    LOOM_LRE,
    LOOM_LRO,
    LOOM_RLE,
    LOOM_RLO,
    LOOM_PDF,
    LOOM_LRI,
    LOOM_RLI,
    LOOM_FSI,
    LOOM_PDI,
};

/** The class of a code point. */
enum loom_direction loom_direction_of(uint32_t code_point);

/** Whether text with this code point may need the Bidirectional Algorithm; quick. */
static inline bool loom_is_rtl(uint32_t code_point) {
    return code_point >= 0x590 &&
           (code_point < 0x900 || (code_point >= 0xfb1d && code_point < 0xff00) ||
            (code_point >= 0x10800 && code_point < 0x11000) || (code_point >= 0x1e800 && code_point < 0x1f000) ||
            code_point == 0x200f || code_point == 0x202b || code_point == 0x202e || code_point == 0x2067);
}

/** Whether it is one of the plain letters of Hebrew and Arabic; quick. */
static inline bool loom_is_rtl_letter(uint32_t code_point) {
    return code_point - 0x5d0 < 0x1b || code_point - 0x620 < 0x20 || code_point - 0x641 < 0xa;
}

/** The other bracket of a pair (BidiBrackets.txt), or 0; `opening` tells which one this is. Canonical equivalents are one pair. */
uint32_t loom_bracket(uint32_t code_point, bool *opening);

/** The code that stands for a character in right-to-left text: 0xdc00 + a number where it is mirrored, else the code point itself. */
uint32_t loom_mirrored(uint32_t code_point);

/** How an Arabic letter joins. */
enum loom_joining {
    LOOM_JOINS_NOT,
    LOOM_JOINS_RIGHT,       /* to the letter before it */
    LOOM_JOINS_BOTH,
    LOOM_JOINS_TRANSPARENT, /* a mark, as if it were not there */
};

enum loom_joining loom_joining_of(uint32_t code_point);

/** The code of a letter's form, which joins to the letter `before` it and the one `after`; the code point itself for what is no letter. */
uint32_t loom_joined(uint32_t code_point, bool before, bool after);

/** The code of lam and alef written as one, which joins to the letter `before` them or not; 0 for any other two characters. */
uint32_t loom_lam_alef(uint32_t lam, uint32_t alef, bool before);

/** The code point whose glyph shows a code. */
uint32_t loom_code_shown(uint32_t code);

/** The code points that a code stands for, from left to right, because readers turn text from right to left round letter by letter: alef
 *  stands before lam. Returns how many there are, 1 or 2. */
size_t loom_code_text(uint32_t code, uint32_t text[2]);

/** Characters that have no glyph and no width, such as joiners and variation selectors. */
bool loom_is_invisible(uint32_t code_point);

/** Marks of direction, among the invisible ones: readers make their own when they turn text round. */
bool loom_is_direction_mark(uint32_t code_point);

/** Whether a mark stands centred over or under its character, whatever its font says without the tables of GPOS. */
bool loom_is_centred(uint32_t code_point);

/** Spaces behind which a line may be broken, and that are left out there. */
bool loom_is_blank(uint32_t code_point);

/** Characters that stand alone in lines, as ideographs do: a line may be broken before and behind them. */
bool loom_is_ideograph(uint32_t code_point);

/** Whether the ideographic punctuation must not start a line, or not end one. */
bool loom_is_no_start(uint32_t code_point);
bool loom_is_no_end(uint32_t code_point);

/** Whether letters of this script change their shape or order, which is not done here. */
bool loom_is_complex(uint32_t code_point);

#endif
