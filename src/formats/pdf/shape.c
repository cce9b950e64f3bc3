/* Makes glyphs of text: decoding, directions, joined forms, faces, and places where lines may be broken.
 * SPDX-License-Identifier: MIT
 */
#include "shape.h"

#include <string.h>

#include "../../core/memory.h"
#include "../../core/utf8.h"
#include "glyphs.h"

#define ELLIPSIS 0x2026u
#define SOFT_HYPHEN 0xadu
#define MOST_TEXT (1u << 24)

void loom_shaper_open(loom_shaper *s, const loom_fonts *fonts) {
    memset(s, 0, sizeof *s);
    s->fonts = fonts;
    loom_shaper_refresh(s);
}

void loom_shaper_close(loom_shaper *s) {
    loom_usage_free(&s->usage);
    loom_bidi_free(&s->bidi);
    loom_free(s->glyphs);
    memset(s, 0, sizeof *s);
}

static uint32_t code_point_at(const uint8_t *at, size_t length) {
    switch (length) {
    case 1:
        return at[0];
    case 2:
        return (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
    case 3:
        return (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
    default:
        return (at[0] & 0x07u) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 | (at[3] & 0x3fu);
    }
}

/* Control characters are shown as U+FFFD; those of blanks and lines stay. */
static uint32_t visible(uint32_t code_point) {
    bool control = code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
    bool known = code_point == '\t' || code_point == '\n' || code_point == '\r' || code_point == 0x85;
    return control && !known ? 0xfffd : code_point;
}

static uint8_t flags_of(uint32_t code_point, uint32_t next) {
    if (code_point < 0x80) {
        if (code_point == ' ' || code_point == '\t') {
            return LOOM_GLYPH_BLANK;
        }
        return code_point == '\n' || (code_point == '\r' && next != '\n') ? LOOM_GLYPH_HARD : 0;
    }
    if (code_point < 0x300) {
        return code_point == 0x85 ? LOOM_GLYPH_HARD : 0;
    }
    if (code_point == 0x2028 || code_point == 0x2029) {
        return LOOM_GLYPH_HARD;
    }
    if (loom_is_blank(code_point)) {
        return LOOM_GLYPH_BLANK;
    }
    return (uint8_t)((loom_direction_of(code_point) == LOOM_NSM ? LOOM_GLYPH_MARK : 0) |
                     (loom_is_complex(code_point) ? LOOM_GLYPH_COMPLEX : 0));
}

/* One glyph a character, with its code point as the code; sees whether any is of right-to-left text. */
static int decode(loom_shaper *s) {
    uint32_t count = 0;
    s->rtl = false;
    for (uint32_t at = 0; at < s->length;) {
        size_t length = loom_utf8_length(s->text + at);
        if (length == 0 || length > s->length - at) {
            return LOOM_INTERNAL;
        }
        loom_glyph *glyphs = loom_grow(s->glyphs, count, &s->capacity, sizeof *glyphs);
        if (glyphs == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        s->glyphs = glyphs;
        uint32_t code_point = code_point_at(s->text + at, length);
        uint32_t next = at + length < s->length ? s->text[at + length] : 0;
        s->rtl = s->rtl || loom_is_rtl(code_point);
        glyphs[count++] = (loom_glyph){.at = at, .code = visible(code_point), .flags = flags_of(code_point, next)};
        at += (uint32_t)length;
    }
    s->count = count;
    return LOOM_OK;
}

/* Levels, paragraph by paragraph, and what the rules L1 and L4 need of them. */
static int resolve_levels(loom_shaper *s) {
    int code = loom_bidi_reserve(&s->bidi, s->count);
    if (code != LOOM_OK) {
        return code;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        s->bidi.codes[i] = s->glyphs[i].code;
    }
    for (uint32_t start = 0; start < s->count;) {
        uint32_t end = start;
        while (end < s->count && loom_direction_of(s->glyphs[end].code) != LOOM_B) {
            end++;
        }
        end = end < s->count ? end + 1 : end;
        uint8_t paragraph = loom_bidi_resolve(&s->bidi, start, end, -1);
        for (; start < end; start++) {
            loom_glyph *glyph = &s->glyphs[start];
            glyph->level = s->bidi.levels[start];
            glyph->class = s->bidi.classes[start];
            glyph->flags |= paragraph == 1 ? LOOM_GLYPH_RTL : 0;
            if ((glyph->level & 1) != 0 && glyph->class == LOOM_ON) {
                glyph->code = loom_mirrored(glyph->code);
            }
        }
    }
    return LOOM_OK;
}

/* The letter before or behind `i` that it may join to; UINT32_MAX where there is none. */
static uint32_t neighbour(const loom_shaper *s, uint32_t i, uint32_t step) {
    for (i += step; i < s->count; i += step) {
        if (loom_joining_of(s->glyphs[i].code) != LOOM_JOINS_TRANSPARENT) {
            return i;
        }
    }
    return UINT32_MAX;
}

/* Forms are chosen from the code points, so they are put into `bidi.codes`, whose work is done, until all are known. */
static void join_letters(loom_shaper *s) {
    uint32_t *codes = s->bidi.codes;
    for (uint32_t i = 0; i < s->count; i++) {
        codes[i] = s->glyphs[i].code;
        enum loom_joining joining = loom_joining_of(codes[i]);
        if (joining != LOOM_JOINS_RIGHT && joining != LOOM_JOINS_BOTH) {
            continue;
        }
        uint32_t before = neighbour(s, i, UINT32_MAX);
        uint32_t after = joining == LOOM_JOINS_BOTH ? neighbour(s, i, 1) : UINT32_MAX;
        bool to_before = before != UINT32_MAX && loom_joining_of(s->glyphs[before].code) == LOOM_JOINS_BOTH;
        bool to_after = false;
        if (after != UINT32_MAX) {
            enum loom_joining other = loom_joining_of(s->glyphs[after].code);
            to_after = other == LOOM_JOINS_RIGHT || other == LOOM_JOINS_BOTH;
        }
        codes[i] = loom_joined(codes[i], to_before, to_after);
    }
    for (uint32_t i = 0; i < s->count; i++) {
        loom_glyph *glyph = &s->glyphs[i];
        bool medial = codes[i] == loom_joined(glyph->code, true, true);
        uint32_t ligature = i + 1 < s->count ? loom_lam_alef(glyph->code, glyph[1].code, medial) : 0;
        glyph->code = ligature != 0 ? ligature : codes[i];
        if (ligature != 0) {
            i++;
            glyph[1].code = LOOM_GLYPH_NONE;
            glyph[1].flags |= LOOM_GLYPH_MARK;
        }
    }
}

/* Gives a glyph its face: the first of the stack that has it. The face of the character before has the right of way for marks. False where
 * there is none, or where it is not known because a face must be loaded first. */
static bool find_face(loom_shaper *s, loom_glyph *glyph, const loom_glyph *previous) {
    const loom_fonts *fonts = s->fonts;
    uint32_t shown = loom_code_shown(glyph->code);
    for (uint32_t k = 0; k <= fonts->depths[s->style]; k++) {
        uint8_t slot;
        if (k > 0) {
            slot = fonts->stacks[s->style][k - 1];
        } else if (previous != NULL && (glyph->flags & LOOM_GLYPH_MARK) != 0) {
            slot = previous->slot;
        } else {
            continue;
        }
        const loom_face *face = fonts->faces[slot];
        if (face == NULL) {
            s->wanted |= 1u << slot;
            return false;
        }
        uint32_t number = loom_face_glyph(face, shown);
        if (number != 0) {
            glyph->slot = slot;
            glyph->width = (uint16_t)loom_face_width(face, number);
            return true;
        }
    }
    return false;
}

/* Where no face has a joined form, the plain letters are shown. */
static bool take_apart(const loom_shaper *s, loom_glyph *glyph) {
    if (glyph->code < LOOM_FORM_CODES || glyph->code >= LOOM_MIRROR_CODES) {
        return false;
    }
    uint32_t text[2];
    size_t count = loom_code_text(glyph->code, text);
    glyph->code = text[count - 1];
    if (count == 2 && glyph + 1 < s->glyphs + s->count) {
        glyph[1].code = text[0];
        glyph[1].flags &= (uint8_t)~LOOM_GLYPH_MARK;
    }
    return true;
}

/* A blank in text of a composite font is taken from there too, so that the font need not change for it. */
static bool follow(const loom_shaper *s, loom_glyph *glyph, const loom_glyph *previous) {
    if (glyph->code != ' ' || previous == NULL || (previous->flags & LOOM_GLYPH_COMPOSITE) == 0) {
        return false;
    }
    const loom_face *face = s->fonts->faces[previous->slot];
    uint32_t number = face == NULL ? 0 : loom_face_glyph(face, ' ');
    if (number == 0) {
        return false;
    }
    glyph->slot = previous->slot;
    glyph->width = (uint16_t)loom_face_width(face, number);
    glyph->flags |= LOOM_GLYPH_COMPOSITE;
    return true;
}

/* Characters without a glyph: line breaks, soft hyphens and marks of direction go; the others are shown as nothing, by the face of the
 * character before. */
static bool hide(const loom_shaper *s, loom_glyph *glyph, const loom_glyph *previous) {
    bool gone = (glyph->flags & LOOM_GLYPH_HARD) != 0 || glyph->code == '\r';
    if (!gone && !loom_is_invisible(glyph->code)) {
        return false;
    }
    if (gone || glyph->code == SOFT_HYPHEN || loom_is_direction_mark(glyph->code)) {
        glyph->flags |= glyph->code == SOFT_HYPHEN ? LOOM_GLYPH_SOFT : 0;
        glyph->code = LOOM_GLYPH_NONE;
        return true;
    }
    glyph->slot = previous == NULL ? s->fonts->stacks[s->style][0] : previous->slot;
    glyph->flags |= LOOM_GLYPH_COMPOSITE | ((glyph->flags & LOOM_GLYPH_BLANK) != 0 ? 0 : LOOM_GLYPH_MARK);
    return true;
}

static void give_face(loom_shaper *s, loom_glyph *glyph, const loom_glyph *previous) {
    if (glyph->code == LOOM_GLYPH_NONE || hide(s, glyph, previous) || follow(s, glyph, previous)) {
        return;
    }
    if (!find_face(s, glyph, previous) && (!take_apart(s, glyph) || !find_face(s, glyph, previous))) {
        glyph->slot = s->fonts->stacks[s->style][0];
        glyph->width = LOOM_BOX_WIDTH;
        glyph->flags = (uint8_t)((glyph->flags & ~LOOM_GLYPH_MARK) | LOOM_GLYPH_MISSING);
    } else if ((glyph->flags & LOOM_GLYPH_MARK) != 0) {
        glyph->width = 0;
    }
    uint8_t latin = loom_latin_code(glyph->code);
    if (latin == 0 || s->fonts->faces[glyph->slot]->latin[latin] == 0) {
        glyph->flags |= LOOM_GLYPH_COMPOSITE;
    }
}

static void give_faces(loom_shaper *s) {
    uint8_t first = s->fonts->stacks[s->style][0];
    const uint16_t *widths = s->widths[s->style];
    const loom_glyph *previous = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        loom_glyph *glyph = &s->glyphs[i];
        if (glyph->code < 0x80 && glyph->code > ' ' && widths[glyph->code] != 0) {
            glyph->slot = first;
            glyph->width = widths[glyph->code];
        } else {
            give_face(s, glyph, previous);
        }
        previous = glyph->code == LOOM_GLYPH_NONE ? previous : glyph;
    }
}

static bool is_digit(uint32_t code) {
    return code - '0' < 10;
}

/* Whether a line may end behind a punctuation mark inside a word, such as that of a path, an address or a compound. */
static bool breaks_behind(uint32_t before, uint32_t mark, uint32_t after) {
    switch (mark) {
    case '-':
        return before > ' ' && before != '-' && after != '-' && !(is_digit(before) && is_digit(after));
    case '/':
    case '\\':
        return before > ' ' && after != mark && !(is_digit(before) && is_digit(after));
    case '|':
    case '&':
    case '?':
        return before > ' ' && after != mark && !loom_is_no_start(after);
    case 0x2010:
    case 0x2012:
    case 0x2013:
    case 0x2014:
        return before > ' ' && !is_digit(after);
    default:
        return false;
    }
}

static bool is_glue(uint32_t code) {
    return code == 0xa0 || code == 0x2007 || code == 0x202f || code == 0x2011;
}

static bool breaks_between(const loom_glyph *before, const loom_glyph *glyph, const loom_glyph *after) {
    if ((after->flags & LOOM_GLYPH_MARK) != 0) {
        return false;
    }
    if (((glyph->flags | after->flags) & LOOM_GLYPH_BLANK) != 0) {
        return (after->flags & LOOM_GLYPH_BLANK) == 0;
    }
    if ((glyph->flags & LOOM_GLYPH_SOFT) != 0) {
        return true;
    }
    if (loom_is_ideograph(glyph->code) || loom_is_ideograph(after->code)) {
        return !loom_is_no_start(after->code) && !loom_is_no_end(glyph->code) && !is_glue(glyph->code) && !is_glue(after->code);
    }
    return breaks_behind(before == NULL ? ' ' : before->code, glyph->code, after->code);
}

static void mark_breaks(loom_shaper *s) {
    for (uint32_t i = 0; i + 1 < s->count; i++) {
        loom_glyph *glyph = &s->glyphs[i];
        if (breaks_between(i > 0 ? glyph - 1 : NULL, glyph, glyph + 1)) {
            glyph->flags |= LOOM_GLYPH_BREAK;
        }
    }
}

void loom_shaper_refresh(loom_shaper *s) {
    for (enum loom_style style = LOOM_REGULAR; style <= LOOM_BOLD; style++) {
        const loom_face *face = s->fonts->faces[s->fonts->stacks[style][0]];
        memset(s->widths[style], 0, sizeof s->widths[style]);
        memcpy(s->widths[style] + 0x20, face->latin + 0x20, 0x5f * sizeof face->latin[0]);
        s->style = style;
        s->ellipsis[style] = (loom_glyph){.code = ELLIPSIS, .class = LOOM_ON};
        s->count = 0;
        uint32_t wanted = s->wanted;
        give_face(s, &s->ellipsis[style], NULL);
        s->wanted = wanted;
    }
}

int loom_shape(loom_shaper *s, enum loom_style style, const uint8_t *text, size_t length) {
    s->style = style;
    s->text = text;
    s->count = 0;
    s->length = 0;
    if (length >= MOST_TEXT) {
        return LOOM_LIMIT_EXCEEDED;
    }
    s->length = (uint32_t)length;
    int code = decode(s);
    if (code == LOOM_OK && s->rtl) {
        code = resolve_levels(s);
        if (code == LOOM_OK) {
            join_letters(s);
        }
    }
    if (code != LOOM_OK) {
        s->count = 0;
        s->length = 0;
        return code;
    }
    give_faces(s);
    mark_breaks(s);
    return LOOM_OK;
}
