/* Lines of shaped text: where they are broken, how wide they are, and the operators that show them.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "glyphs.h"

/* Bytes that a change of the font takes at most: `(` or `<` ended, `Tj`, a name, a size, `Tf`, and the next start. */
#define SWITCH_BYTES 64u

/* The first glyph at or behind a byte of the text. */
static uint32_t glyph_at(const loom_shaper *s, uint32_t at) {
    uint32_t low = 0;
    uint32_t high = s->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->glyphs[middle].at < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static uint32_t byte_at(const loom_shaper *s, uint32_t glyph) {
    return glyph < s->count ? s->glyphs[glyph].at : s->length;
}

static uint32_t sum(uint32_t one, uint32_t other) {
    return one > UINT32_MAX - other ? UINT32_MAX : one + other;
}

uint32_t loom_shape_width(const loom_shaper *s) {
    uint32_t widest = 0;
    uint32_t width = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        width = (s->glyphs[i].flags & LOOM_GLYPH_HARD) != 0 ? 0 : sum(width, s->glyphs[i].width);
        widest = width > widest ? width : widest;
    }
    return widest;
}

uint32_t loom_shape_word(const loom_shaper *s) {
    uint32_t widest = 0;
    uint32_t width = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const loom_glyph *glyph = &s->glyphs[i];
        bool ends = (glyph->flags & (LOOM_GLYPH_HARD | LOOM_GLYPH_BLANK)) != 0;
        width = ends ? 0 : sum(width, glyph->width);
        widest = width > widest ? width : widest;
        width = (glyph->flags & LOOM_GLYPH_BREAK) != 0 ? 0 : width;
    }
    return widest;
}

/* Leaves out blanks at the end, and sets the rest of the line. `next` is the first glyph of the next one. */
static void close_line(const loom_shaper *s, uint32_t first, uint32_t end, uint32_t next, loom_line *line) {
    while (end > first && (s->glyphs[end - 1].flags & LOOM_GLYPH_BLANK) != 0) {
        end--;
    }
    line->end = byte_at(s, end);
    line->next = byte_at(s, next);
    line->width = 0;
    for (uint32_t i = first; i < end; i++) {
        line->width = sum(line->width, s->glyphs[i].width);
    }
}

/* The end of what fits from glyph `first` on, at least one character with its marks: where a line may be broken if there is such a place, and
 * if `words`. Blanks need no room. `*hard` tells whether the line ends there by itself, at a line break or the end of the text. */
static uint32_t fit(const loom_shaper *s, uint32_t first, uint32_t most, bool words, bool *hard) {
    uint32_t width = 0;
    uint32_t place = first;   /* the last place where it may be broken */
    uint32_t cluster = first; /* the character whose marks these are */
    *hard = false;
    for (uint32_t i = first; i < s->count; i++) {
        const loom_glyph *glyph = &s->glyphs[i];
        if ((glyph->flags & LOOM_GLYPH_HARD) != 0) {
            *hard = true;
            return i;
        }
        cluster = (glyph->flags & LOOM_GLYPH_MARK) != 0 ? cluster : i;
        width = sum(width, glyph->width);
        bool blank = words && (glyph->flags & LOOM_GLYPH_BLANK) != 0;
        if (width > most && !blank && cluster > first) {
            return words && place > first ? place : cluster;
        }
        place = (glyph->flags & LOOM_GLYPH_BREAK) != 0 ? i + 1 : place;
    }
    *hard = true;
    return s->count;
}

static void start_line(const loom_shaper *s, uint32_t from, uint32_t first, loom_line *line) {
    *line = (loom_line){.start = from, .rtl = first < s->count && (s->glyphs[first].flags & LOOM_GLYPH_RTL) != 0};
}

void loom_shape_line(const loom_shaper *s, uint32_t from, uint32_t most, loom_line *line) {
    bool hard;
    uint32_t first = glyph_at(s, from);
    uint32_t end = fit(s, first, most, true, &hard);
    start_line(s, from, first, line);
    close_line(s, first, end, hard && end < s->count ? end + 1 : end, line);
}

/* Whether nothing that could be seen is left. */
static bool is_rest_blank(const loom_shaper *s, uint32_t from) {
    for (uint32_t i = from; i < s->count; i++) {
        if (s->glyphs[i].code != LOOM_GLYPH_NONE && (s->glyphs[i].flags & LOOM_GLYPH_BLANK) == 0) {
            return false;
        }
    }
    return true;
}

void loom_shape_cut(loom_shaper *s, uint32_t from, uint32_t most, loom_line *line) {
    bool hard;
    loom_shape_line(s, from, most, line);
    if (is_rest_blank(s, glyph_at(s, line->next))) {
        line->next = s->length;
        return;
    }
    const loom_glyph *ellipsis = &s->ellipsis[s->style];
    uint32_t first = glyph_at(s, from);
    uint32_t end = fit(s, first, most > ellipsis->width ? most - ellipsis->width : 0, false, &hard);
    close_line(s, first, end, end, line);
    line->width = sum(line->width, ellipsis->width);
    line->ellipsis = true;
}

/* The glyph of a place in a line, of which `count` are in the text and the one behind may be the ellipsis. */
static const loom_glyph *glyph_of(const loom_shaper *s, uint32_t first, uint32_t count, uint32_t place) {
    return place < count ? &s->glyphs[first + place] : &s->ellipsis[s->style];
}

static bool is_mark(const loom_glyph *glyph) {
    return glyph->code != LOOM_GLYPH_NONE && (glyph->flags & LOOM_GLYPH_MARK) != 0 && !loom_is_invisible(glyph->code);
}

/* The visual order of a line's glyphs and its ellipsis, in `bidi.sequence`. */
static int order_line(loom_shaper *s, uint32_t first, uint32_t count, bool ellipsis, bool rtl) {
    uint32_t all = count + (ellipsis ? 1 : 0);
    int code = loom_bidi_reserve(&s->bidi, all);
    if (code != LOOM_OK) {
        return code;
    }
    for (uint32_t k = 0; k < count; k++) {
        s->bidi.levels[k] = s->glyphs[first + k].level;
        s->bidi.classes[k] = s->glyphs[first + k].class;
    }
    loom_bidi_trim(s->bidi.classes, s->bidi.levels, count, rtl ? 1 : 0);
    if (ellipsis) {
        s->bidi.levels[count] = rtl ? 1 : 0;
    }
    loom_bidi_order(s->bidi.levels, all, s->bidi.sequence);
    return LOOM_OK;
}

/* What is open in the content stream while a line is shown. */
typedef struct writer {
    loom_pen *pen;
    loom_buffer *out;
    bool open; /* a string of the font in force */
} writer;

static bool is_composite(uint32_t font) {
    return ((font - 1) & 31) != 0;
}

/* The number of a font resource for the pen: 0 is none. */
static uint32_t font_of(const loom_glyph *glyph) {
    uint32_t kind = (glyph->flags & LOOM_GLYPH_COMPOSITE) != 0 ? 1 + (glyph->code >> 16) : 0;
    return 1 + glyph->slot * 32u + kind;
}

static void end_string(writer *w) {
    if (w->open) {
        loom_buffer_put(w->out, is_composite(w->pen->font) ? ">Tj" : ")Tj", 3);
        w->open = false;
    }
}

/* Makes room for a glyph and what goes with it, and writes a Tf where the font changes. */
static int use_font(writer *w, uint32_t font) {
    int code = loom_buffer_reserve(w->out, SWITCH_BYTES);
    if (code == LOOM_OK && font != w->pen->font) {
        char text[48];
        uint32_t kind = (font - 1) & 31;
        uint32_t slot = (font - 1) / 32;
        end_string(w);
        int length = kind == 0 ? snprintf(text, sizeof text, "/F%u %.11s Tf", slot, w->pen->size)
                               : snprintf(text, sizeof text, "/F%uP%u %.11s Tf", slot, kind - 1, w->pen->size);
        loom_buffer_put(w->out, text, (size_t)length);
        w->pen->font = font;
    }
    return code;
}

/* Opens a string of the font in force, for which use_font has made room. */
static void start_string(writer *w) {
    if (!w->open) {
        loom_buffer_put_byte(w->out, is_composite(w->pen->font) ? '<' : '(');
        w->open = true;
    }
}

static void put_glyph(writer *w, const loom_glyph *glyph) {
    static const char digits[] = "0123456789abcdef";
    start_string(w);
    if ((glyph->flags & LOOM_GLYPH_COMPOSITE) != 0) {
        for (uint32_t shift = 16; shift > 0; shift -= 4) {
            loom_buffer_put_byte(w->out, (uint8_t)digits[glyph->code >> (shift - 4) & 15]);
        }
        return;
    }
    uint8_t byte = loom_latin_code(glyph->code);
    if (byte == '(' || byte == ')' || byte == '\\') {
        loom_buffer_put_byte(w->out, '\\');
    }
    loom_buffer_put_byte(w->out, byte);
}

/* How far to the right of its character's left edge a mark starts. Fonts place marks by tables (GPOS) that are not read here: most marks are
 * centred by the box of their outline; the others are drawn from the left edge, or from the right edge where the outline lies left of its
 * own origin. */
static int32_t mark_place(const loom_shaper *s, const loom_glyph *mark, int32_t width) {
    const loom_face *face = s->fonts->faces[mark->slot];
    loom_table outline = loom_face_outline(face, loom_face_glyph(face, mark->code));
    if (outline.length < 10) {
        return 0;
    }
    int32_t left = loom_i16(outline.at + 2);
    int32_t right = loom_i16(outline.at + 6);
    if (loom_is_centred(mark->code)) {
        return width / 2 - (left + right) * 500 / (int32_t)face->units;
    }
    return left >= 0 && (mark->flags & LOOM_GLYPH_COMPLEX) == 0 ? 0 : width;
}

/* Shows a mark so that what follows stands where it would without the mark. From right to left the character comes behind its marks, because
 * readers turn such text round. */
static int show_mark(const loom_shaper *s, writer *w, const loom_glyph *mark) {
    char text[48];
    const loom_face *face = s->fonts->faces[mark->slot];
    int32_t advance = (int32_t)loom_face_width(face, loom_face_glyph(face, mark->code));
    const loom_glyph *base = mark;
    while (base > s->glyphs && (is_mark(base) || base->code == LOOM_GLYPH_NONE)) {
        base--;
    }
    int32_t shift = base->width - mark_place(s, mark, base->width);
    if ((mark->level & 1) != 0) {
        shift -= base->width;
    }
    end_string(w);
    int length = snprintf(text, sizeof text, "[%d<%04x>%d]TJ", (int)shift, mark->code & 0xffff, (int)(advance - shift));
    return loom_buffer_append(w->out, text, (size_t)length);
}

static void note_missing(loom_shaper *s, const loom_glyph *glyph) {
    uint32_t text[2];
    if ((glyph->flags & LOOM_GLYPH_MISSING) == 0) {
        return;
    }
    if (s->missing++ == 0) {
        memset(s->missed, 0, sizeof s->missed);
    }
    size_t count = loom_code_text(glyph->code, text);
    for (uint32_t i = 0; i < LOOM_MISSED; i++) {
        if (s->missed[i] == 0 || s->missed[i] == text[count - 1]) {
            s->missed[i] = text[count - 1];
            return;
        }
    }
}

static int show_glyph(loom_shaper *s, writer *w, const loom_glyph *glyph) {
    if (glyph->code == LOOM_GLYPH_NONE) {
        return LOOM_OK;
    }
    int code = use_font(w, font_of(glyph));
    if (code == LOOM_OK && (glyph->code >= 0x80 || glyph->slot != s->fonts->stacks[s->style][0] ||
                            (glyph->flags & LOOM_GLYPH_COMPOSITE) != 0)) {
        code = loom_usage_add(&s->usage, glyph->slot, glyph->code);
    }
    if (code == LOOM_OK && is_mark(glyph)) {
        code = show_mark(s, w, glyph);
    } else if (code == LOOM_OK) {
        put_glyph(w, glyph);
    }
    if (code == LOOM_OK) {
        note_missing(s, glyph);
        s->replaced += glyph->code == 0xfffd && s->text[glyph->at] != 0xef; /* where the text has no U+FFFD */
        s->unshaped += (glyph->flags & LOOM_GLYPH_COMPLEX) != 0;
    }
    return code;
}

/* Appends ASCII as a part of an open literal string. */
static int put_ascii(const writer *w, const uint8_t *text, size_t length) {
    int code = loom_buffer_reserve(w->out, SWITCH_BYTES + 2 * length);
    if (code != LOOM_OK) {
        return code;
    }
    uint8_t *to = w->out->bytes + w->out->length;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = text[i];
        if (byte == '(' || byte == ')' || byte == '\\') {
            *to++ = '\\';
        }
        *to++ = byte;
    }
    w->out->length = (size_t)(to - w->out->bytes);
    return LOOM_OK;
}

/* Whether a glyph is ASCII of the first face's simple font, whose codes are not noted. */
static bool is_ascii(const loom_shaper *s, const loom_glyph *glyph) {
    return glyph->code < 0x80 && glyph->slot == s->fonts->stacks[s->style][0] &&
           (glyph->flags & (LOOM_GLYPH_COMPOSITE | LOOM_GLYPH_MISSING)) == 0;
}

/* Shows the glyphs from `first` on, in logical order; ASCII is taken from the text itself. */
static int show_glyphs(loom_shaper *s, writer *w, uint32_t first, uint32_t end) {
    int code = LOOM_OK;
    for (uint32_t i = first; i < end && code == LOOM_OK;) {
        uint32_t start = i;
        while (i < end && is_ascii(s, &s->glyphs[i])) {
            i++;
        }
        if (i == start) {
            code = show_glyph(s, w, &s->glyphs[i++]);
            continue;
        }
        code = use_font(w, font_of(&s->glyphs[start]));
        if (code == LOOM_OK) {
            start_string(w);
            code = put_ascii(w, s->text + s->glyphs[start].at, i - start);
        }
    }
    return code;
}

int loom_shape_show(loom_shaper *s, const loom_line *line, loom_pen *pen, loom_buffer *out) {
    writer w = {.pen = pen, .out = out};
    uint32_t first = glyph_at(s, line->start);
    uint32_t count = glyph_at(s, line->end) - first;
    uint32_t all = count + (line->ellipsis ? 1 : 0);
    int code = s->rtl ? order_line(s, first, count, line->ellipsis, line->rtl) : show_glyphs(s, &w, first, first + count);
    for (uint32_t k = s->rtl ? 0 : count; k < all && code == LOOM_OK; k++) {
        code = show_glyph(s, &w, glyph_of(s, first, count, s->rtl ? s->bidi.sequence[k] : k));
    }
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(out, 3);
    }
    if (code == LOOM_OK) {
        end_string(&w);
    }
    return code;
}

int loom_shape_show_plain(const loom_shaper *s, enum loom_style style, loom_pen *pen, const uint8_t *text, size_t length,
                          loom_buffer *out) {
    if (length == 0) {
        return LOOM_OK;
    }
    writer w = {.pen = pen, .out = out};
    int code = use_font(&w, 1 + s->fonts->stacks[style][0] * 32u);
    if (code == LOOM_OK) {
        start_string(&w);
        code = put_ascii(&w, text, length);
    }
    if (code == LOOM_OK) {
        end_string(&w);
    }
    return code;
}
