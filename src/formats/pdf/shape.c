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

uint32_t loom_shape_controls(const uint8_t *text, uint32_t length) {
    uint32_t count = 0;
    for (uint32_t at = 0; at < length;) {
        size_t size = loom_utf8_length(text + at);
        size = size == 0 || size > length - at ? 1 : size;
        count += size < 3 && visible(code_point_at(text + at, size)) == 0xfffd;
        at += (uint32_t)size;
    }
    return count;
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
    if ((code_point >= 0x3400 && code_point < 0xa000) || (code_point >= 0x370 && code_point < 0x483) || loom_is_rtl_letter(code_point)) {
        return 0; /* quickly */
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

static int reserve(loom_shaper *s) {
    if (s->length <= s->capacity) {
        return LOOM_OK;
    }
    uint32_t room = s->length + s->length / 2;
    loom_glyph *glyphs = loom_realloc(s->glyphs, room * sizeof *glyphs);
    if (glyphs == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    s->glyphs = glyphs;
    s->capacity = room;
    return LOOM_OK;
}

/* One glyph a character, with its code point as the code; ASCII gets its width and face at once. Sees whether any is of right-to-left text. */
static int decode(loom_shaper *s) {
    const uint8_t *text = s->text;
    const uint16_t *widths = s->widths[s->style];
    uint8_t first = s->fonts->stacks[s->style][0];
    loom_glyph *glyph = s->glyphs;
    s->rtl = false;
    for (uint32_t at = 0; at < s->length; glyph++) {
        uint32_t width = widths[text[at]];
        if (width != 0) {
            *glyph = (loom_glyph){.at = at, .code = text[at], .width = (uint16_t)width, .slot = first};
            glyph->flags = text[at++] == ' ' ? LOOM_GLYPH_BLANK : 0;
            continue;
        }
        size_t length = loom_utf8_length(text + at);
        if (length == 0 || length > s->length - at) {
            return LOOM_INTERNAL;
        }
        uint32_t code_point = code_point_at(text + at, length);
        uint32_t next = at + length < s->length ? text[at + length] : 0;
        s->rtl = s->rtl || loom_is_rtl(code_point);
        *glyph = (loom_glyph){.at = at, .code = visible(code_point), .flags = flags_of(code_point, next)};
        at += (uint32_t)length;
    }
    s->count = (uint32_t)(glyph - s->glyphs);
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

/* How the letter before or behind `i` joins; marks are passed over. `joinings` are those of all characters. */
static enum loom_joining neighbour(const loom_shaper *s, const uint8_t *joinings, uint32_t i, uint32_t step) {
    for (i += step; i < s->count; i += step) {
        if (joinings[i] != LOOM_JOINS_TRANSPARENT) {
            return (enum loom_joining)joinings[i];
        }
    }
    return LOOM_JOINS_NOT;
}

/* Forms are chosen from the code points, so they are put into `bidi.codes` until all are known; the work of all arrays of `bidi` is done. */
static void join_letters(loom_shaper *s) {
    uint32_t *codes = s->bidi.codes;
    uint8_t *joinings = s->bidi.resolved;
    for (uint32_t i = 0; i < s->count; i++) {
        joinings[i] = (uint8_t)loom_joining_of(s->glyphs[i].code);
    }
    for (uint32_t i = 0; i < s->count; i++) {
        codes[i] = s->glyphs[i].code;
        if (joinings[i] == LOOM_JOINS_RIGHT || joinings[i] == LOOM_JOINS_BOTH) {
            enum loom_joining after = joinings[i] == LOOM_JOINS_BOTH ? neighbour(s, joinings, i, 1) : LOOM_JOINS_NOT;
            bool to_before = neighbour(s, joinings, i, UINT32_MAX) == LOOM_JOINS_BOTH;
            codes[i] = loom_joined(codes[i], to_before, after == LOOM_JOINS_RIGHT || after == LOOM_JOINS_BOTH);
        }
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
    uint16_t width = s->fonts->faces[previous->slot]->latin[' '];
    if (width == 0) {
        return false;
    }
    glyph->slot = previous->slot;
    glyph->width = width;
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

/* The face of a character that is of the first face's simple font, or was found before. */
static bool recall(const loom_shaper *s, loom_glyph *glyph) {
    uint8_t first = s->fonts->stacks[s->style][0];
    uint8_t latin = glyph->code < 0x100 ? loom_latin_code(glyph->code) : 0;
    uint16_t width = s->fonts->faces[first]->latin[latin];
    const loom_known *known = &s->known[s->style][glyph->code % LOOM_KNOWN];
    if (latin > ' ' && width != 0) {
        glyph->slot = first;
        glyph->width = width;
        return true;
    }
    if (known->code != glyph->code || (glyph->flags & (LOOM_GLYPH_MARK | LOOM_GLYPH_HARD)) != 0) {
        return false;
    }
    glyph->slot = known->slot;
    glyph->width = known->width;
    glyph->flags |= known->flags;
    return true;
}

static void remember(loom_shaper *s, const loom_glyph *glyph) {
    uint32_t code = glyph->code;
    uint8_t kept = LOOM_GLYPH_MISSING | LOOM_GLYPH_COMPOSITE;
    if (s->wanted == 0 && code > ' ' && code != LOOM_GLYPH_NONE && (glyph->flags & LOOM_GLYPH_MARK) == 0 && !loom_is_invisible(code)) {
        s->known[s->style][code % LOOM_KNOWN] =
            (loom_known){.code = code, .width = glyph->width, .slot = glyph->slot, .flags = glyph->flags & kept};
    }
}

static void give_faces(loom_shaper *s) {
    const uint16_t *widths = s->widths[s->style];
    const loom_glyph *previous = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        loom_glyph *glyph = &s->glyphs[i];
        bool known = glyph->code < 0x80 && widths[glyph->code] != 0 &&
                     (glyph->code != ' ' || previous == NULL || (previous->flags & LOOM_GLYPH_COMPOSITE) == 0);
        if (!known && !recall(s, glyph)) {
            give_face(s, glyph, previous);
            remember(s, glyph);
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

/* Whether a name such as `unitPrice`, `unit_price` or `unit.price` has two words here: headings are names of columns. */
static bool is_joint(const loom_glyph *glyph, const loom_glyph *after) {
    bool small = glyph->code - 'a' < 26;
    bool mark = glyph->code == '_' || glyph->code == '.' || glyph->code == ':';
    bool word = (after->code | 0x20) - 'a' < 26 || is_digit(after->code);
    return (small && after->code - 'A' < 26) || (mark && word);
}

/* Letters and marks between which there is no place to break a line; quick. */
static bool is_solid(uint32_t code) {
    return code < 0x2000 && code != '-' && code != '/' && code != '\\' && code != '|' && code != '&' && code != '?';
}

static void mark_breaks(loom_shaper *s) {
    const uint8_t special = LOOM_GLYPH_BLANK | LOOM_GLYPH_MARK | LOOM_GLYPH_SOFT;
    for (uint32_t i = 0; i + 1 < s->count; i++) {
        loom_glyph *glyph = &s->glyphs[i];
        if (s->style == LOOM_BOLD && is_joint(glyph, glyph + 1)) {
            glyph->flags |= LOOM_GLYPH_BREAK;
        }
        if (is_solid(glyph->code) && glyph[1].code < 0x2e80 && ((glyph->flags | glyph[1].flags) & special) == 0) {
            continue;
        }
        if (breaks_between(i > 0 ? glyph - 1 : NULL, glyph, glyph + 1)) {
            glyph->flags |= LOOM_GLYPH_BREAK;
        }
    }
}

void loom_shaper_refresh(loom_shaper *s) {
    for (enum loom_style style = LOOM_REGULAR; style <= LOOM_BOLD; style++) {
        const loom_face *face = s->fonts->faces[s->fonts->stacks[style][0]];
        memset(s->widths[style], 0, sizeof s->widths[style]);
        memset(s->known[style], 0, sizeof s->known[style]);
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
    int code = reserve(s);
    code = code == LOOM_OK ? decode(s) : code;
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
