/* Opens TrueType faces: every offset and length of the file is checked here, once.
 * SPDX-License-Identifier: MIT
 */
#include "font.h"

#include <stdio.h>
#include <string.h>

#define TAG(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The most tables of a font that are looked at. */
#define MAX_TABLES 256u

/* Codes 0x80 to 0x9f of WinAnsiEncoding; 0 where there is no character. */
static const uint16_t windows_part[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                          0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                          0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                          0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

uint32_t loom_latin_code_point(uint8_t code) {
    if (code >= 0x80 && code < 0xa0) {
        return windows_part[code - 0x80];
    }
    return code < 0x20 || code == 0x7f || code == 0xa0 || code == 0xad ? 0 : code;
}

uint8_t loom_latin_code(uint32_t code_point) {
    if (code_point < 0x100) {
        return code_point >= 0x80 && code_point < 0xa0 ? 0 : (uint8_t)(loom_latin_code_point((uint8_t)code_point));
    }
    for (uint32_t i = 0; i < 32; i++) {
        if (windows_part[i] == code_point) {
            return (uint8_t)(0x80 + i);
        }
    }
    return 0;
}

static int bad(loom_error *error, const char *why) {
    return loom_fail(error, LOOM_BAD_FONT, "%s", why);
}

/* The part of the file, empty where it does not lie inside. */
static loom_table part(loom_table file, uint32_t offset, uint32_t length) {
    loom_table none = {NULL, 0};
    if (offset > file.length || length > file.length - offset) {
        return none;
    }
    return (loom_table){file.at + offset, length};
}

/* The table of that tag; empty where there is none. `directory` is the offset table. */
static loom_table find(loom_table file, loom_table directory, uint32_t tag) {
    uint32_t count = loom_u16(directory.at + 4);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *row = directory.at + 12 + i * (size_t)16;
        if (loom_u32(row) == tag) {
            return part(file, loom_u32(row + 8), loom_u32(row + 12));
        }
    }
    return (loom_table){NULL, 0};
}

/* The offset table of the face with its rows (4.5); of a collection the first face (4.6.3). */
static int open_directory(loom_table file, loom_table *directory, loom_error *error) {
    uint32_t start = 0;
    if (file.length >= 16 && loom_u32(file.at) == TAG('t', 't', 'c', 'f')) {
        start = loom_u32(file.at + 12);
    }
    *directory = part(file, start, 12);
    if (directory->at == NULL) {
        return bad(error, "it is too short");
    }
    uint32_t version = loom_u32(directory->at);
    if (version == TAG('O', 'T', 'T', 'O')) {
        return bad(error, "it is an OpenType font with CFF outlines; take its TrueType version (.ttf)");
    }
    if (version == TAG('w', 'O', 'F', 'F') || version == TAG('w', 'O', 'F', '2')) {
        return bad(error, "it is a WOFF file; take the TrueType font that it was packed from (.ttf)");
    }
    if (version != 0x00010000u && version != TAG('t', 'r', 'u', 'e')) {
        return bad(error, "it is not a TrueType font");
    }
    uint32_t count = loom_u16(directory->at + 4);
    *directory = part(file, start, 12 + count * 16);
    return count <= MAX_TABLES && directory->at != NULL ? LOOM_OK : bad(error, "its table directory is cut off");
}

static int32_t scaled(const loom_face *face, int32_t length) {
    int64_t units = face->units;
    int64_t product = (int64_t)length * 2000 + (length < 0 ? -units : units);
    return (int32_t)(product / (2 * units));
}

/* head (5.2.2), hhea (5.2.3), maxp (5.2.6), and whether hmtx, loca and glyf are as long as those say. */
static int open_outlines(loom_face *face, loom_error *error) {
    if (face->head.length < 54 || face->hhea.length < 36 || face->maxp.length < 6) {
        return bad(error, "one of its tables head, hhea and maxp is missing or too short");
    }
    if (face->loca.at == NULL || face->glyf.at == NULL) {
        return bad(error, "it has no TrueType outlines");
    }
    face->units = loom_u16(face->head.at + 18);
    face->glyphs = loom_u16(face->maxp.at + 4);
    face->metrics = loom_u16(face->hhea.at + 34);
    face->long_offsets = loom_u16(face->head.at + 50) != 0;
    if (face->units < 16 || face->units > 16384 || face->glyphs == 0 || face->metrics == 0) {
        return bad(error, "it has no glyphs, or an em of a size that is not allowed");
    }
    if (face->glyphs > LOOM_MOST_GLYPHS) {
        return bad(error, "it has more glyphs than can be embedded");
    }
    if (face->metrics > face->glyphs) {
        face->metrics = face->glyphs;
    }
    if (face->hmtx.length < face->metrics * 4 || face->loca.length < (face->glyphs + 1) * (face->long_offsets ? 4u : 2u)) {
        return bad(error, "its tables hmtx and loca are shorter than its number of glyphs");
    }
    return LOOM_OK;
}

/* How good a map of cmap is (5.2.1): all of Unicode before its first plane; 0 for maps that are no Unicode. */
static uint32_t rank(uint32_t platform, uint32_t encoding, uint32_t format) {
    if (format == 12) {
        return (platform == 3 && encoding == 10) || (platform == 0 && encoding != 5) ? 2 : 0;
    }
    return format == 4 && ((platform == 3 && encoding == 1) || (platform == 0 && encoding != 5)) ? 1 : 0;
}

/* Whether a subtable is whole; notes its size. The length that a format 4 tells overflows in large fonts, so it is not used. */
static bool open_map(loom_face *face, loom_table map) {
    face->map = map;
    face->map_format = loom_u16(map.at);
    if (face->map_format == 4) {
        face->map_count = map.length >= 16 ? loom_u16(map.at + 6) / 2 : 0;
        return face->map_count > 0 && map.length >= 16 + face->map_count * 8;
    }
    face->map_count = map.length >= 16 ? loom_u32(map.at + 12) : 0;
    return face->map_count > 0 && face->map_count <= (map.length - 16) / 12;
}

static int open_cmap(loom_face *face, loom_table cmap, loom_error *error) {
    uint32_t best = 0;
    uint32_t count = cmap.length >= 4 ? loom_u16(cmap.at + 2) : 0;
    for (uint32_t i = 0; i < count && 4 + (i + 1) * 8 <= cmap.length; i++) {
        const uint8_t *row = cmap.at + 4 + i * (size_t)8;
        uint32_t offset = loom_u32(row + 4);
        if (offset > cmap.length || cmap.length - offset < 4) {
            continue;
        }
        loom_table map = {cmap.at + offset, cmap.length - offset};
        uint32_t value = rank(loom_u16(row), loom_u16(row + 2), loom_u16(map.at));
        loom_face kept = *face;
        if (value > best && open_map(face, map)) {
            best = value;
        } else {
            *face = kept;
        }
    }
    return best > 0 ? LOOM_OK : bad(error, "it has no map from Unicode to glyphs");
}

/* Takes over what may stand in a name of PDF without escapes. `step` is 2 for UTF-16. */
static void take_name(loom_face *face, loom_table text, uint32_t step) {
    uint32_t length = 0;
    for (uint32_t i = 0; i + step <= text.length && length < sizeof face->name - 1; i += step) {
        uint8_t c = text.at[i + step - 1];
        bool letter = (c | 0x20) - (unsigned)'a' < 26 || c - (unsigned)'0' < 10;
        if (letter || c == '-' || c == '_' || c == '+') {
            face->name[length++] = (char)c;
        }
    }
    face->name[length] = '\0';
}

/* The PostScript name, number 6 of name (5.2.7). */
static void open_name(loom_face *face, loom_table name) {
    uint32_t count = name.length >= 6 ? loom_u16(name.at + 2) : 0;
    for (uint32_t i = 0; i < count && 6 + (i + 1) * 12 <= name.length && face->name[0] == '\0'; i++) {
        const uint8_t *row = name.at + 6 + i * (size_t)12;
        uint32_t platform = loom_u16(row);
        if (loom_u16(row + 6) == 6 && (platform == 3 || platform == 1)) {
            loom_table text = part(name, loom_u16(name.at + 4) + loom_u16(row + 10), loom_u16(row + 8));
            take_name(face, text, platform == 3 ? 2 : 1);
        }
    }
    if (face->name[0] == '\0') {
        snprintf(face->name, sizeof face->name, "Font");
    }
}

/* Everything for the descriptor; OS/2 (5.2.8) and post (5.2.9) may be missing. */
static int describe(loom_face *face, loom_table os2, loom_table post, loom_error *error) {
    uint32_t weight = 400;
    face->ascent = scaled(face, loom_i16(face->hhea.at + 4));
    face->descent = scaled(face, loom_i16(face->hhea.at + 6));
    face->cap_height = face->ascent;
    for (size_t i = 0; i < 4; i++) {
        face->box[i] = scaled(face, loom_i16(face->head.at + 36 + 2 * i));
    }
    if (os2.length >= 78) {
        uint32_t rights = loom_u16(os2.at + 8);
        if ((rights & 0xf) == 2 || (rights & 0x300) != 0) {
            return bad(error, "its licence bits (fsType) forbid to embed a subset of it");
        }
        uint32_t family = os2.at[30];
        weight = loom_u16(os2.at + 4);
        face->serif = (family >= 1 && family <= 5) || family == 7;
        if (loom_u16(os2.at) >= 2 && os2.length >= 96 && loom_i16(os2.at + 88) > 0) {
            face->cap_height = scaled(face, loom_i16(os2.at + 88));
        }
    }
    if (post.length >= 16) {
        face->italic_angle = loom_i16(post.at + 4);
        face->fixed = loom_u32(post.at + 12) != 0;
    }
    weight = weight > 1000 ? 1000 : weight;
    face->stem = (int32_t)(50 + weight * weight / 4225); /* what libharu and others guess: 88 at 400, 165 at 700 */
    return LOOM_OK;
}

static void fill_latin(loom_face *face) {
    face->ascii = true;
    for (uint32_t code = 0x20; code < 0x100; code++) {
        uint32_t code_point = loom_latin_code_point((uint8_t)code);
        uint32_t glyph = code_point == 0 ? 0 : loom_face_glyph(face, code_point);
        face->latin[code] = glyph == 0 ? 0 : (uint16_t)loom_face_width(face, glyph);
        if (code < 0x7f && face->latin[code] == 0) {
            face->ascii = false;
        }
    }
}

int loom_face_open(loom_face *face, const uint8_t *bytes, size_t length, loom_error *error) {
    loom_table file = {bytes, length > UINT32_MAX ? UINT32_MAX : (uint32_t)length};
    loom_table directory;
    memset(face, 0, sizeof *face);
    int code = open_directory(file, &directory, error);
    if (code != LOOM_OK) {
        return code;
    }
    face->head = find(file, directory, TAG('h', 'e', 'a', 'd'));
    face->hhea = find(file, directory, TAG('h', 'h', 'e', 'a'));
    face->maxp = find(file, directory, TAG('m', 'a', 'x', 'p'));
    face->hmtx = find(file, directory, TAG('h', 'm', 't', 'x'));
    face->loca = find(file, directory, TAG('l', 'o', 'c', 'a'));
    face->glyf = find(file, directory, TAG('g', 'l', 'y', 'f'));
    face->cvt = find(file, directory, TAG('c', 'v', 't', ' '));
    face->fpgm = find(file, directory, TAG('f', 'p', 'g', 'm'));
    face->prep = find(file, directory, TAG('p', 'r', 'e', 'p'));
    code = open_outlines(face, error);
    if (code == LOOM_OK) {
        code = open_cmap(face, find(file, directory, TAG('c', 'm', 'a', 'p')), error);
    }
    if (code == LOOM_OK) {
        code = describe(face, find(file, directory, TAG('O', 'S', '/', '2')), find(file, directory, TAG('p', 'o', 's', 't')),
                        error);
    }
    if (code == LOOM_OK) {
        open_name(face, find(file, directory, TAG('n', 'a', 'm', 'e')));
        fill_latin(face);
    }
    return code;
}

/* Format 4 (5.2.1.3.3): four arrays of 16-bit numbers: ends, a pad, starts, deltas, offsets. */
static uint32_t find_in_segments(const loom_face *face, uint32_t code_point) {
    uint32_t count = face->map_count;
    const uint8_t *ends = face->map.at + 14;
    uint32_t low = 0;
    uint32_t high = count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (loom_u16(ends + middle * (size_t)2) < code_point) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == count || code_point > 0xffff) {
        return 0;
    }
    const uint8_t *starts = ends + count * (size_t)2 + 2;
    uint32_t start = loom_u16(starts + low * (size_t)2);
    uint32_t delta = loom_u16(starts + (count + low) * (size_t)2);
    size_t place = 16 + (3 * (size_t)count + low) * 2;
    uint32_t offset = loom_u16(face->map.at + place);
    if (code_point < start) {
        return 0;
    }
    if (offset == 0) {
        return (code_point + delta) & 0xffff;
    }
    size_t at = place + offset + (size_t)(code_point - start) * 2;
    if (at + 2 > face->map.length) {
        return 0;
    }
    uint32_t glyph = loom_u16(face->map.at + at);
    return glyph == 0 ? 0 : (glyph + delta) & 0xffff;
}

/* Format 12 (5.2.1.3.7): groups of first and last code point and first glyph. */
static uint32_t find_in_groups(const loom_face *face, uint32_t code_point) {
    uint32_t low = 0;
    uint32_t high = face->map_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint8_t *group = face->map.at + 16 + middle * (size_t)12;
        if (loom_u32(group + 4) < code_point) {
            low = middle + 1;
        } else if (loom_u32(group) > code_point) {
            high = middle;
        } else {
            return loom_u32(group + 8) + (code_point - loom_u32(group));
        }
    }
    return 0;
}

uint32_t loom_face_glyph(const loom_face *face, uint32_t code_point) {
    uint32_t glyph = face->map_format == 4 ? find_in_segments(face, code_point) : find_in_groups(face, code_point);
    return glyph < face->glyphs ? glyph : 0;
}

uint32_t loom_face_width(const loom_face *face, uint32_t glyph) {
    if (glyph >= face->glyphs) {
        glyph = 0;
    }
    uint32_t row = glyph < face->metrics ? glyph : face->metrics - 1;
    uint32_t width = (loom_u16(face->hmtx.at + row * (size_t)4) * 1000 + face->units / 2) / face->units;
    return width < UINT16_MAX ? width : UINT16_MAX;
}

loom_table loom_face_outline(const loom_face *face, uint32_t glyph) {
    loom_table none = {NULL, 0};
    if (glyph >= face->glyphs) {
        return none;
    }
    uint32_t start;
    uint32_t end;
    if (face->long_offsets) {
        start = loom_u32(face->loca.at + glyph * (size_t)4);
        end = loom_u32(face->loca.at + glyph * (size_t)4 + 4);
    } else {
        start = loom_u16(face->loca.at + glyph * (size_t)2) * 2;
        end = loom_u16(face->loca.at + glyph * (size_t)2 + 2) * 2;
    }
    /* An outline has a header of ten bytes (5.3.3.1). */
    return end > start && end - start >= 10 ? part(face->glyf, start, end - start) : none;
}
