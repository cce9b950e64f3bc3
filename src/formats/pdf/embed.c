/* Writes the font objects of a document.
 * SPDX-License-Identifier: MIT
 *
 * A face's objects in their order: file, descriptor, simple font if there is one; then for each plane Type 0 font, CIDFont, map from codes to
 * glyphs, ToUnicode map.
 */
#include "embed.h"

#include <stdio.h>

#include "operators.h"
#include "subset.h"

enum { FILE_OBJECT, DESCRIPTOR, SIMPLE };
enum { COMPOSITE, CID_FONT, GLYPH_MAP, UNICODE_MAP, PLANE_OBJECTS };

#define PLANES 17u
#define MOST_MAP ((size_t)2 * 65536)
#define MOST_SCRATCH ((size_t)1 << 29)

/* The most entries of a block of a CMap (Adobe Technical Note 5014). */
#define MOST_ENTRIES 100u

/* Whether a code is of the composite font: all but those that the simple one has. The space may be of both. */
static bool is_composite(const loom_face *face, uint32_t code) {
    uint8_t latin = loom_latin_code(code);
    return code == ' ' || latin == 0 || face->latin[latin] == 0;
}

/* The next code of a plane's composite font, UINT32_MAX behind the last. */
static uint32_t next_code(const loom_embed *e, uint32_t slot, uint32_t plane, uint32_t from) {
    for (uint32_t code = from; code >> 16 == plane;) {
        code = loom_usage_next(e->usage, slot, code);
        if (code == UINT32_MAX || code >> 16 != plane) {
            return UINT32_MAX;
        }
        if (is_composite(e->fonts->faces[slot], code)) {
            return code;
        }
        code++;
    }
    return UINT32_MAX;
}

static bool is_first(const loom_fonts *fonts, uint32_t slot) {
    return fonts->stacks[LOOM_REGULAR][0] == slot || fonts->stacks[LOOM_BOLD][0] == slot;
}

/* Whether a face needs its simple font. */
static bool has_simple(const loom_embed *e, uint32_t slot) {
    uint32_t code = is_first(e->fonts, slot) ? 0 : loom_usage_next(e->usage, slot, 0);
    while (code != UINT32_MAX && (code == ' ' || (code != 0 && is_composite(e->fonts->faces[slot], code)))) {
        code = loom_usage_next(e->usage, slot, code + 1);
    }
    return code != UINT32_MAX;
}

/* Objects of a face before those of its planes. */
static uint32_t face_objects(const loom_embed *e, uint32_t slot) {
    return SIMPLE + ((e->simple >> slot & 1) != 0 ? 1 : 0);
}

int loom_embed_open(loom_embed *e, const loom_fonts *fonts, const loom_usage *usage) {
    *e = (loom_embed){.fonts = fonts, .usage = usage};
    for (uint32_t slot = 0; slot < LOOM_SLOTS; slot++) {
        if (!is_first(fonts, slot) && loom_usage_next(usage, slot, 0) == UINT32_MAX) {
            continue;
        }
        if (fonts->faces[slot] == NULL) {
            return LOOM_INTERNAL;
        }
        e->slots |= 1u << slot;
        e->simple |= has_simple(e, slot) ? 1u << slot : 0;
        e->count += face_objects(e, slot);
        for (uint32_t plane = 0; plane < PLANES; plane++) {
            if (next_code(e, slot, plane, plane << 16) != UINT32_MAX) {
                e->planes[slot] |= 1u << plane;
                e->count += PLANE_OBJECTS;
            }
        }
    }
    return LOOM_OK;
}

static uint32_t planes_before(const loom_embed *e, uint32_t slot, uint32_t plane) {
    return (uint32_t)__builtin_popcount(e->planes[slot] & ((1u << plane) - 1));
}

/* The first object of a face. */
static uint32_t face_object(const loom_embed *e, uint32_t slot) {
    uint32_t objects = 0;
    for (uint32_t i = 0; i < slot; i++) {
        objects += (e->slots >> i & 1) != 0 ? face_objects(e, i) + PLANE_OBJECTS * planes_before(e, i, PLANES) : 0;
    }
    return objects;
}

static uint32_t plane_object(const loom_embed *e, uint32_t slot, uint32_t plane) {
    return face_object(e, slot) + face_objects(e, slot) + PLANE_OBJECTS * planes_before(e, slot, plane);
}

/* Which characters of WinAnsiEncoding are shown. */
static void used_latin(const loom_embed *e, uint32_t slot, bool latin[256]) {
    const loom_face *face = e->fonts->faces[slot];
    bool first = is_first(e->fonts, slot);
    for (uint32_t code = 0; code < 256; code++) {
        uint32_t code_point = loom_latin_code_point((uint8_t)code);
        latin[code] = code_point != 0 && face->latin[code] != 0 &&
                      ((first && code_point < 0x7f) || loom_usage_has(e->usage, slot, code_point));
    }
}

/* The subset of a face. Closed by the caller, also after an error. */
static int open_subset(const loom_embed *e, uint32_t slot, const bool latin[256], loom_subset *subset) {
    const loom_face *face = e->fonts->faces[slot];
    int code = loom_subset_open(subset, face);
    for (uint32_t i = 0; i < 256 && code == LOOM_OK; i++) {
        if (latin[i]) {
            code = loom_subset_add(subset, loom_face_glyph(face, loom_latin_code_point((uint8_t)i)));
        }
    }
    for (uint32_t c = loom_usage_next(e->usage, slot, 0); c != UINT32_MAX && code == LOOM_OK;
         c = loom_usage_next(e->usage, slot, c + 1)) {
        code = loom_subset_add(subset, loom_is_invisible(c) ? 0 : loom_face_glyph(face, loom_code_shown(c)));
    }
    return code;
}

/* The name with its tag, as `/BaseFont` and `/FontName` have it. */
static int name_of(const loom_embed *e, uint32_t slot, char name[80]) {
    bool latin[256];
    char tag[7];
    loom_subset subset;
    used_latin(e, slot, latin);
    int code = open_subset(e, slot, latin, &subset);
    if (code == LOOM_OK) {
        loom_subset_tag(&subset, tag);
        snprintf(name, 80, "%s+%s", tag, e->fonts->faces[slot]->name);
    }
    loom_subset_close(&subset);
    return code;
}

/* Appends a stream, compressed where there is something for that; `extra` are further entries of its dictionary. */
static int write_stream(const loom_embed *e, const loom_buffer *content, const char *extra, loom_buffer *out) {
    loom_buffer packed;
    const loom_buffer *written = content;
    int code = LOOM_OK;
    loom_buffer_init(&packed, MOST_SCRATCH);
    if (e->compress != NULL) {
        code = e->compress(e->context, content->bytes, content->length, &packed);
        written = &packed;
    }
    if (code == LOOM_OK) {
        code = loom_pdf_print(out, "<</Length %zu%s%s>>\nstream\n", written->length, e->compress != NULL ? "/Filter/FlateDecode" : "", extra);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append(out, written->bytes, written->length);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(out, "\nendstream");
    }
    loom_buffer_free(&packed);
    return code;
}

static int write_file(const loom_embed *e, uint32_t slot, loom_buffer *out) {
    bool latin[256];
    char extra[32];
    loom_subset subset;
    loom_buffer file;
    loom_buffer_init(&file, MOST_SCRATCH);
    used_latin(e, slot, latin);
    int code = open_subset(e, slot, latin, &subset);
    if (code == LOOM_OK) {
        code = loom_subset_write(&subset, latin, &file);
    }
    loom_subset_close(&subset);
    if (code == LOOM_OK) {
        snprintf(extra, sizeof extra, "/Length1 %zu", file.length);
        code = write_stream(e, &file, extra, out);
    }
    loom_buffer_free(&file);
    return code;
}

/* ISO 32000-1 9.8.2: fixed 1, serif 2, nonsymbolic 32, italic 64. */
static int write_descriptor(const loom_embed *e, uint32_t slot, uint32_t first, loom_buffer *out) {
    char name[80];
    const loom_face *face = e->fonts->faces[slot];
    int flags = 32 | (face->fixed ? 1 : 0) | (face->serif ? 2 : 0) | (face->italic_angle != 0 ? 64 : 0);
    int code = name_of(e, slot, name);
    if (code != LOOM_OK) {
        return code;
    }
    return loom_pdf_print(out,
                          "<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle %d/Ascent %d/Descent %d"
                          "/CapHeight %d/StemV %d/FontFile2 %u 0 R>>",
                          name, flags, (int)face->box[0], (int)face->box[1], (int)face->box[2], (int)face->box[3],
                          (int)face->italic_angle, (int)face->ascent, (int)face->descent, (int)face->cap_height, (int)face->stem,
                          first + face_object(e, slot) + FILE_OBJECT);
}

static int write_simple(const loom_embed *e, uint32_t slot, uint32_t first, loom_buffer *out) {
    char name[80];
    bool latin[256];
    const loom_face *face = e->fonts->faces[slot];
    used_latin(e, slot, latin);
    int code = name_of(e, slot, name);
    if (code == LOOM_OK) {
        code = loom_pdf_print(out,
                              "<</Type/Font/Subtype/TrueType/BaseFont/%s/Encoding/WinAnsiEncoding/FontDescriptor %u 0 R/FirstChar 32"
                              "/LastChar 255/Widths[",
                              name, first + face_object(e, slot) + DESCRIPTOR);
    }
    for (uint32_t i = 0x20; i < 256 && code == LOOM_OK; i++) {
        code = loom_pdf_print(out, "%s%u", i % 16 == 0 ? "\n" : " ", latin[i] ? face->latin[i] : 0);
    }
    return code == LOOM_OK ? loom_buffer_append_text(out, "]>>") : code;
}

static int write_composite(const loom_embed *e, uint32_t slot, uint32_t plane, uint32_t first, loom_buffer *out) {
    char name[80];
    uint32_t object = first + plane_object(e, slot, plane);
    int code = name_of(e, slot, name);
    if (code != LOOM_OK) {
        return code;
    }
    return loom_pdf_print(out,
                          "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%u 0 R]/ToUnicode %u 0 R>>", name,
                          object + CID_FONT, object + UNICODE_MAP);
}

static uint32_t width_of(const loom_face *face, uint32_t code) {
    uint32_t glyph = loom_face_glyph(face, loom_code_shown(code));
    return loom_is_invisible(code) ? 0 : glyph == 0 ? LOOM_BOX_WIDTH : loom_face_width(face, glyph);
}

/* The widths of a plane's codes (ISO 32000-1 9.7.4.3): runs of codes, `first [width ...]`. */
static int write_widths(const loom_embed *e, uint32_t slot, uint32_t plane, loom_buffer *out) {
    const loom_face *face = e->fonts->faces[slot];
    uint32_t last = UINT32_MAX;
    int code = LOOM_OK;
    for (uint32_t c = next_code(e, slot, plane, plane << 16); c != UINT32_MAX && code == LOOM_OK;
         c = next_code(e, slot, plane, c + 1)) {
        if (last != UINT32_MAX && c == last + 1) {
            code = loom_pdf_print(out, " %u", width_of(face, c));
        } else {
            code = loom_pdf_print(out, "%s%u[%u", last == UINT32_MAX ? "" : "]\n", c & 0xffff, width_of(face, c));
        }
        last = c;
    }
    return code == LOOM_OK ? loom_buffer_append_text(out, last == UINT32_MAX ? "" : "]") : code;
}

static int write_cid_font(const loom_embed *e, uint32_t slot, uint32_t plane, uint32_t first, loom_buffer *out) {
    char name[80];
    int code = name_of(e, slot, name);
    if (code == LOOM_OK) {
        code = loom_pdf_print(out,
                              "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
                              "/Supplement 0>>/FontDescriptor %u 0 R/CIDToGIDMap %u 0 R/W[",
                              name, first + face_object(e, slot) + DESCRIPTOR, first + plane_object(e, slot, plane) + GLYPH_MAP);
    }
    if (code == LOOM_OK) {
        code = write_widths(e, slot, plane, out);
    }
    return code == LOOM_OK ? loom_buffer_append_text(out, "]>>") : code;
}

/* Two bytes a code, up to the last one (ISO 32000-1 table 117, CIDToGIDMap). */
static int fill_glyph_map(const loom_embed *e, uint32_t slot, uint32_t plane, uint32_t box, loom_buffer *map) {
    uint32_t empty = box + 1;
    const loom_face *face = e->fonts->faces[slot];
    int code = LOOM_OK;
    for (uint32_t c = next_code(e, slot, plane, plane << 16); c != UINT32_MAX && code == LOOM_OK;
         c = next_code(e, slot, plane, c + 1)) {
        size_t length = ((c & 0xffff) + (size_t)1) * 2;
        uint32_t glyph = loom_face_glyph(face, loom_code_shown(c));
        glyph = loom_is_invisible(c) ? empty : glyph == 0 ? box : glyph;
        code = loom_buffer_reserve(map, length - map->length);
        if (code == LOOM_OK) {
            memset(map->bytes + map->length, 0, length - map->length);
            map->length = length;
            map->bytes[length - 2] = (uint8_t)(glyph >> 8);
            map->bytes[length - 1] = (uint8_t)glyph;
        }
    }
    return code;
}

static int write_glyph_map(const loom_embed *e, uint32_t slot, uint32_t plane, loom_buffer *out) {
    bool latin[256];
    loom_subset subset;
    loom_buffer map;
    loom_buffer_init(&map, MOST_MAP);
    used_latin(e, slot, latin);
    int code = open_subset(e, slot, latin, &subset);
    if (code == LOOM_OK) {
        code = fill_glyph_map(e, slot, plane, subset.count, &map);
    }
    loom_subset_close(&subset);
    if (code == LOOM_OK) {
        code = write_stream(e, &map, "", out);
    }
    loom_buffer_free(&map);
    return code;
}

/* A code point as hexadecimal UTF-16. Those that are no characters are told as U+FFFD, because readers take some of them for byte order
 * marks. */
static size_t put_utf16(char *at, uint32_t code_point) {
    if ((code_point & 0xfffe) == 0xfffe) {
        code_point = 0xfffd;
    }
    if (code_point < 0x10000) {
        return (size_t)snprintf(at, 12, "%04x", code_point);
    }
    code_point -= 0x10000;
    return (size_t)snprintf(at, 12, "%04x%04x", 0xd800 + (code_point >> 10), 0xdc00 + (code_point & 0x3ff));
}

/* The codes of a plane in blocks (ISO 32000-1 9.10.3). */
static int write_entries(const loom_embed *e, uint32_t slot, uint32_t plane, loom_buffer *map) {
    uint32_t codes[MOST_ENTRIES];
    uint32_t next = next_code(e, slot, plane, plane << 16);
    int code = LOOM_OK;
    while (next != UINT32_MAX && code == LOOM_OK) {
        uint32_t count = 0;
        for (; next != UINT32_MAX && count < MOST_ENTRIES; next = next_code(e, slot, plane, next + 1)) {
            codes[count++] = next;
        }
        code = loom_pdf_print(map, "%u beginbfchar\n", count);
        for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
            char hex[24];
            uint32_t text[2];
            size_t parts = loom_code_text(codes[i], text);
            size_t length = put_utf16(hex, text[0]);
            if (parts == 2) {
                put_utf16(hex + length, text[1]);
            }
            code = loom_pdf_print(map, "<%04x> <%s>\n", codes[i] & 0xffff, hex);
        }
        if (code == LOOM_OK) {
            code = loom_buffer_append_text(map, "endbfchar\n");
        }
    }
    return code;
}

static int write_unicode_map(const loom_embed *e, uint32_t slot, uint32_t plane, loom_buffer *out) {
    loom_buffer map;
    loom_buffer_init(&map, MOST_SCRATCH);
    int code = loom_buffer_append_text(&map, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo "
                                             "<</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n/CMapName "
                                             "/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> "
                                             "<ffff>\nendcodespacerange\n");
    if (code == LOOM_OK) {
        code = write_entries(e, slot, plane, &map);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(&map, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    }
    if (code == LOOM_OK) {
        code = write_stream(e, &map, "", out);
    }
    loom_buffer_free(&map);
    return code;
}

static int write_plane(const loom_embed *e, uint32_t slot, uint32_t plane, uint32_t which, uint32_t first, loom_buffer *out) {
    switch (which) {
    case COMPOSITE:
        return write_composite(e, slot, plane, first, out);
    case CID_FONT:
        return write_cid_font(e, slot, plane, first, out);
    case GLYPH_MAP:
        return write_glyph_map(e, slot, plane, out);
    default:
        return write_unicode_map(e, slot, plane, out);
    }
}

static int write_face(const loom_embed *e, uint32_t slot, uint32_t i, uint32_t first, loom_buffer *out) {
    if (i < face_objects(e, slot)) {
        return i == FILE_OBJECT ? write_file(e, slot, out)
               : i == DESCRIPTOR ? write_descriptor(e, slot, first, out)
                                 : write_simple(e, slot, first, out);
    }
    for (uint32_t plane = 0; plane < PLANES; plane++) {
        uint32_t object = plane_object(e, slot, plane) - face_object(e, slot);
        if ((e->planes[slot] >> plane & 1) != 0 && i < object + PLANE_OBJECTS) {
            return write_plane(e, slot, plane, i - object, first, out);
        }
    }
    return LOOM_INTERNAL;
}

int loom_embed_object(const loom_embed *e, uint32_t i, uint32_t first, loom_buffer *out) {
    for (uint32_t slot = LOOM_SLOTS; slot > 0; slot--) {
        if ((e->slots >> (slot - 1) & 1) != 0 && i >= face_object(e, slot - 1)) {
            return write_face(e, slot - 1, i - face_object(e, slot - 1), first, out);
        }
    }
    return LOOM_INTERNAL;
}

int loom_embed_resources(const loom_embed *e, uint32_t first, loom_buffer *out) {
    int code = LOOM_OK;
    for (uint32_t slot = 0; slot < LOOM_SLOTS && code == LOOM_OK; slot++) {
        if ((e->slots >> slot & 1) == 0) {
            continue;
        }
        if ((e->simple >> slot & 1) != 0) {
            code = loom_pdf_print(out, "/F%u %u 0 R", slot, first + face_object(e, slot) + SIMPLE);
        }
        for (uint32_t plane = 0; plane < PLANES && code == LOOM_OK; plane++) {
            if ((e->planes[slot] >> plane & 1) != 0) {
                code = loom_pdf_print(out, "/F%uP%u %u 0 R", slot, plane, first + plane_object(e, slot, plane));
            }
        }
    }
    return code;
}

static bool is_missing(const loom_embed *e, uint32_t slot, uint32_t code) {
    return loom_usage_has(e->usage, slot, code) && !loom_is_invisible(code) && loom_face_glyph(e->fonts->faces[slot], loom_code_shown(code)) == 0;
}

/* Whether the code was missing in a face before: regular and bold miss the same ones. */
static bool was_missing(const loom_embed *e, uint32_t slot, uint32_t code) {
    for (uint32_t i = 0; i < slot; i++) {
        if (is_missing(e, i, code)) {
            return true;
        }
    }
    return false;
}

int loom_embed_missing(const loom_embed *e, uint32_t most, loom_buffer *out) {
    uint32_t count = 0;
    int code = LOOM_OK;
    for (uint32_t slot = 0; slot < LOOM_SLOTS; slot++) {
        for (uint32_t c = loom_usage_next(e->usage, slot, 0); c != UINT32_MAX && code == LOOM_OK;
             c = loom_usage_next(e->usage, slot, c + 1)) {
            if (!is_missing(e, slot, c) || was_missing(e, slot, c)) {
                continue;
            }
            if (count++ < most) {
                uint32_t text[2];
                size_t parts = loom_code_text(c, text);
                code = loom_pdf_print(out, "%sU+%04X", count == 1 ? "" : ", ", text[parts - 1]);
            }
        }
    }
    return code == LOOM_OK && count > most ? loom_pdf_print(out, " and %u more", count - most) : code;
}
