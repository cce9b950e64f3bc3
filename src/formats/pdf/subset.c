/* Writes the tables of a subset, and finds what glyphs are composed of.
 * SPDX-License-Identifier: MIT
 */
#include "subset.h"

#include "../../core/memory.h"

/* Flags of a component (ISO/IEC 14496-22 5.3.3.1.2). */
#define WORDS 0x0001u
#define ONE_SCALE 0x0008u
#define MORE 0x0020u
#define TWO_SCALES 0x0040u
#define FOUR_SCALES 0x0080u

#define TABLES_MOST 10u
#define CHECKSUM_MAGIC 0xb1b0afbau

/* The most bytes that the outlines of a subset may have, so that every length stays below 2^32. */
#define MOST_OUTLINES (1u << 28)

int loom_subset_open(loom_subset *subset, const loom_face *face) {
    *subset = (loom_subset){.face = face, .count = 1};
    subset->used = loom_alloc(face->glyphs);
    if (subset->used == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    memset(subset->used, 0, face->glyphs);
    return loom_subset_add(subset, 0);
}

void loom_subset_close(loom_subset *subset) {
    loom_free(subset->used);
    *subset = (loom_subset){0};
}

/* The place behind the component at `at`, or 0 when it is cut off. */
static uint32_t next_component(loom_table outline, uint32_t at) {
    if (at + 4 > outline.length) {
        return 0;
    }
    uint32_t flags = loom_u16(outline.at + at);
    uint32_t size = 4 + ((flags & WORDS) != 0 ? 4 : 2);
    size += (flags & ONE_SCALE) != 0 ? 2 : (flags & TWO_SCALES) != 0 ? 4 : (flags & FOUR_SCALES) != 0 ? 8 : 0;
    return at + size <= outline.length ? at + size : 0;
}

/* Marks what a composite glyph consists of, and puts what is new onto `waiting`. */
static uint32_t add_components(loom_subset *subset, uint32_t glyph, uint16_t *waiting, uint32_t count) {
    loom_table outline = loom_face_outline(subset->face, glyph);
    if (outline.length < 10 || loom_i16(outline.at) >= 0) {
        return count;
    }
    for (uint32_t at = 10; at != 0;) {
        uint32_t next = next_component(outline, at);
        if (next == 0) {
            return count;
        }
        uint32_t component = loom_u16(outline.at + at + 2);
        if (component < subset->face->glyphs && !subset->used[component]) {
            subset->used[component] = 1;
            waiting[count++] = (uint16_t)component;
        }
        at = (loom_u16(outline.at + at) & MORE) != 0 ? next : 0;
    }
    return count;
}

static bool is_composite(const loom_face *face, uint32_t glyph) {
    loom_table outline = loom_face_outline(face, glyph);
    return outline.length >= 10 && loom_i16(outline.at) < 0;
}

int loom_subset_add(loom_subset *subset, uint32_t glyph) {
    if (subset->used[glyph]) {
        return LOOM_OK;
    }
    subset->used[glyph] = 1;
    subset->count = glyph >= subset->count ? glyph + 1 : subset->count;
    if (!is_composite(subset->face, glyph)) {
        return LOOM_OK;
    }
    /* Each glyph waits once at most. */
    uint16_t *waiting = loom_alloc(subset->face->glyphs * sizeof *waiting);
    if (waiting == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    uint32_t count = 1;
    waiting[0] = (uint16_t)glyph;
    while (count > 0) {
        uint32_t next = waiting[--count];
        subset->count = next >= subset->count ? next + 1 : subset->count;
        count = add_components(subset, next, waiting, count);
    }
    loom_free(waiting);
    return LOOM_OK;
}

/* FNV-1a. */
static uint64_t hash(uint64_t value, uint8_t byte) {
    return (value ^ byte) * 0x100000001b3u;
}

void loom_subset_tag(const loom_subset *subset, char tag[7]) {
    uint64_t value = 0xcbf29ce484222325u;
    for (const char *at = subset->face->name; *at != '\0'; at++) {
        value = hash(value, (uint8_t)*at);
    }
    for (uint32_t i = 0; i < subset->count; i++) {
        value = hash(value, subset->used[i]);
    }
    value ^= value >> 32;
    for (size_t i = 0; i < 6; i++) {
        tag[i] = (char)('A' + value % 26);
        value /= 26;
    }
    tag[6] = '\0';
}

static void put_u16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put_u32(uint8_t *at, uint32_t value) {
    put_u16(at, value >> 16);
    put_u16(at + 2, value);
}

/* The file under construction: where it starts in `out`, and its table directory. */
typedef struct file {
    loom_buffer *out;
    size_t start;
    uint32_t tables;
    size_t head; /* where head stands */
} file;

static uint32_t checksum(const uint8_t *bytes, size_t length) {
    uint32_t sum = 0;
    for (size_t i = 0; i + 4 <= length; i += 4) {
        sum += loom_u32(bytes + i);
    }
    return sum;
}

/* Appends `length` zero bytes and those that a table is filled up with. The place of the first, or NULL when there is no room. */
static uint8_t *append_zeros(loom_buffer *out, size_t length) {
    size_t padded = (length + 3) & ~(size_t)3;
    if (loom_buffer_reserve(out, padded) != LOOM_OK) {
        return NULL;
    }
    uint8_t *at = out->bytes + out->length;
    memset(at, 0, padded);
    out->length += padded;
    return at;
}

/* Makes the directory's row of a table that stands at the end of the file. Tables come in the order of their tags. */
static void close_table(file *f, const char *tag, size_t start, size_t length) {
    uint8_t *row = f->out->bytes + f->start + 12 + f->tables * (size_t)16;
    memcpy(row, tag, 4);
    put_u32(row + 4, checksum(f->out->bytes + start, f->out->length - start));
    put_u32(row + 8, (uint32_t)(start - f->start));
    put_u32(row + 12, (uint32_t)length);
    f->tables++;
}

/* A table of `length` bytes that starts as `copy` does. Returns where it is, or NULL when there is no room. */
static uint8_t *append_table(file *f, const char *tag, loom_table copy, size_t length) {
    size_t start = f->out->length;
    uint8_t *at = append_zeros(f->out, length);
    if (at == NULL) {
        return NULL;
    }
    if (copy.length > 0) {
        memcpy(at, copy.at, copy.length < length ? copy.length : length);
    }
    close_table(f, tag, start, length);
    return at;
}

/* A row of the directory is made anew after its table was changed. */
static void sum_again(file *f) {
    f->tables--;
    uint8_t *row = f->out->bytes + f->start + 12 + f->tables * (size_t)16;
    size_t start = f->start + loom_u32(row + 8);
    put_u32(row + 4, checksum(f->out->bytes + start, f->out->length - start));
    f->tables++;
}

static bool copy_table(file *f, const char *tag, loom_table table) {
    return table.at == NULL || append_table(f, tag, table, table.length) != NULL;
}

typedef struct segment {
    uint32_t first, last, delta;
} segment;

/* The segments of the characters in `latin`, in the order of code points, and the one that ends the list. */
static uint32_t collect_segments(const loom_face *face, const bool latin[256], segment segments[257]) {
    uint32_t count = 0;
    for (uint32_t code_point = 0x20; code_point < 0x2123; code_point++) {
        uint8_t code = loom_latin_code(code_point);
        if (code == 0 || !latin[code]) {
            continue;
        }
        uint32_t delta = (loom_face_glyph(face, code_point) - code_point) & 0xffff;
        if (count > 0 && segments[count - 1].last + 1 == code_point && segments[count - 1].delta == delta) {
            segments[count - 1].last = code_point;
        } else {
            segments[count++] = (segment){code_point, code_point, delta};
        }
    }
    segments[count] = (segment){0xffff, 0xffff, 1};
    return count + 1;
}

/* One map of format 4 for Windows and Unicode (5.2.1.3.3). */
static bool write_cmap(file *f, const loom_face *face, const bool latin[256]) {
    segment segments[257];
    uint32_t count = collect_segments(face, latin, segments);
    uint32_t length = 16 + count * 8;
    uint8_t *at = append_table(f, "cmap", (loom_table){NULL, 0}, 12 + length);
    if (at == NULL) {
        return false;
    }
    put_u16(at + 2, 1);
    put_u16(at + 4, 3);
    put_u16(at + 6, 1);
    put_u32(at + 8, 12);
    at += 12;
    uint32_t power = 1;
    uint32_t log = 0;
    for (; power * 2 <= count; power *= 2) {
        log++;
    }
    put_u16(at, 4);
    put_u16(at + 2, length);
    put_u16(at + 6, count * 2);
    put_u16(at + 8, power * 2);
    put_u16(at + 10, log);
    put_u16(at + 12, (count - power) * 2);
    for (uint32_t i = 0; i < count; i++) {
        put_u16(at + 14 + i * (size_t)2, segments[i].last);
        put_u16(at + 16 + (count + i) * (size_t)2, segments[i].first);
        put_u16(at + 16 + (2 * count + i) * (size_t)2, segments[i].delta);
    }
    sum_again(f);
    return true;
}

/* A frame as wide as a letter: two contours of four points, the inner one turning the other way. */
static uint32_t make_box(const loom_face *face, uint8_t box[64]) {
    static const int16_t places[8][2] = {{60, 0},    {60, 700},  {540, 700}, {540, 0},
                                         {110, 50},  {490, 50},  {490, 650}, {110, 650}};
    int32_t units = (int32_t)face->units;
    int32_t last[2] = {0, 0};
    memset(box, 0, 64);
    put_u16(box, 2);
    put_u16(box + 2, (uint32_t)(60 * units / 1000));
    put_u16(box + 6, (uint32_t)(540 * units / 1000));
    put_u16(box + 8, (uint32_t)(700 * units / 1000));
    put_u16(box + 10, 3);
    put_u16(box + 12, 7);
    for (size_t i = 0; i < 8; i++) {
        box[16 + i] = 1; /* on the curve, both coordinates as words */
        for (size_t axis = 0; axis < 2; axis++) {
            int32_t place = places[i][axis] * units / 1000;
            put_u16(box + 24 + axis * 16 + i * 2, (uint32_t)(place - last[axis]));
            last[axis] = place;
        }
    }
    return 56;
}

/* glyf and the offsets of its outlines in `offsets`, one more than there are glyphs. */
static int write_outlines(file *f, const loom_subset *subset, uint32_t *offsets) {
    size_t start = f->out->length;
    for (uint32_t i = 0; i < subset->count; i++) {
        loom_table outline = subset->used[i] ? loom_face_outline(subset->face, i) : (loom_table){NULL, 0};
        offsets[i] = (uint32_t)(f->out->length - start);
        uint8_t *at = append_zeros(f->out, outline.length);
        if (at == NULL || offsets[i] > MOST_OUTLINES) {
            return at == NULL ? LOOM_OUT_OF_MEMORY : LOOM_LIMIT_EXCEEDED;
        }
        if (outline.length > 0) {
            memcpy(at, outline.at, outline.length);
        }
    }
    offsets[subset->count] = (uint32_t)(f->out->length - start);
    uint8_t box[64];
    int code = loom_buffer_append(f->out, box, make_box(subset->face, box));
    if (code == LOOM_OK) {
        offsets[subset->count + 1] = (uint32_t)(f->out->length - start);
        offsets[subset->count + 2] = offsets[subset->count + 1];
        close_table(f, "glyf", start, f->out->length - start);
    }
    return code;
}

static uint32_t all_glyphs(const loom_subset *subset) {
    return subset->count + 2;
}

static bool write_head(file *f, const loom_face *face) {
    f->head = f->out->length;
    uint8_t *head = append_table(f, "head", face->head, 54);
    if (head == NULL) {
        return false;
    }
    put_u32(head + 8, 0);   /* the checksum of the file, at its end */
    put_u16(head + 50, 1);  /* long offsets */
    sum_again(f);
    return true;
}

static bool write_hhea(file *f, const loom_subset *subset) {
    uint8_t *hhea = append_table(f, "hhea", subset->face->hhea, 36);
    if (hhea == NULL) {
        return false;
    }
    put_u16(hhea + 34, all_glyphs(subset));
    sum_again(f);
    return true;
}

/* The left bearing of a glyph (5.2.4); behind the glyphs with a width of their own there are bearings only. */
static uint32_t bearing_of(const loom_face *face, uint32_t glyph) {
    size_t at = glyph < face->metrics ? glyph * (size_t)4 + 2 : face->metrics * (size_t)4 + (glyph - face->metrics) * (size_t)2;
    return at + 2 <= face->hmtx.length ? loom_u16(face->hmtx.at + at) : 0;
}

static bool write_hmtx(file *f, const loom_subset *subset) {
    const loom_face *face = subset->face;
    uint8_t *hmtx = append_table(f, "hmtx", (loom_table){NULL, 0}, all_glyphs(subset) * (size_t)4);
    if (hmtx == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < subset->count; i++) {
        uint32_t row = i < face->metrics ? i : face->metrics - 1;
        if (subset->used[i]) {
            put_u16(hmtx + i * (size_t)4, loom_u16(face->hmtx.at + row * (size_t)4));
            put_u16(hmtx + i * (size_t)4 + 2, bearing_of(face, i));
        }
    }
    put_u16(hmtx + subset->count * (size_t)4, LOOM_BOX_WIDTH * face->units / 1000);
    put_u16(hmtx + subset->count * (size_t)4 + 2, 60 * face->units / 1000);
    sum_again(f);
    return true;
}

static bool write_loca(file *f, const uint32_t *offsets, uint32_t glyphs) {
    uint8_t *loca = append_table(f, "loca", (loom_table){NULL, 0}, (glyphs + (size_t)1) * 4);
    if (loca == NULL) {
        return false;
    }
    for (uint32_t i = 0; i <= glyphs; i++) {
        put_u32(loca + i * (size_t)4, offsets[i]);
    }
    sum_again(f);
    return true;
}

static void at_least(uint8_t *at, uint32_t value) {
    if (loom_u16(at) < value) {
        put_u16(at, value);
    }
}

static bool write_maxp(file *f, const loom_subset *subset) {
    uint8_t *maxp = append_table(f, "maxp", subset->face->maxp, 32);
    if (maxp == NULL) {
        return false;
    }
    put_u32(maxp, 0x00010000);
    put_u16(maxp + 4, all_glyphs(subset));
    at_least(maxp + 6, 8); /* points and contours of the box */
    at_least(maxp + 8, 2);
    at_least(maxp + 14, 1); /* zones */
    sum_again(f);
    return true;
}

static void close_file(file *f) {
    uint8_t *at = f->out->bytes + f->start;
    uint32_t power = f->tables >= 8 ? 8 : 4;
    put_u32(at, 0x00010000);
    put_u16(at + 4, f->tables);
    put_u16(at + 6, power * 16);
    put_u16(at + 8, power == 8 ? 3 : 2);
    put_u16(at + 10, (f->tables - power) * 16);
    uint32_t sum = checksum(at, f->out->length - f->start);
    put_u32(f->out->bytes + f->head + 8, CHECKSUM_MAGIC - sum);
}

/* The directory has room for all tables that there may be; those that the face does not have leave it shorter. */
static uint32_t count_tables(const loom_face *face) {
    return TABLES_MOST - (face->cvt.at == NULL) - (face->fpgm.at == NULL) - (face->prep.at == NULL);
}

int loom_subset_write(const loom_subset *subset, const bool latin[256], loom_buffer *out) {
    const loom_face *face = subset->face;
    file f = {.out = out, .start = out->length};
    uint32_t *offsets = loom_alloc((all_glyphs(subset) + (size_t)1) * sizeof *offsets);
    if (offsets == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    bool room = append_zeros(out, 12 + count_tables(face) * (size_t)16) != NULL;
    room = room && write_cmap(&f, face, latin) && copy_table(&f, "cvt ", face->cvt) && copy_table(&f, "fpgm", face->fpgm);
    int code = room ? write_outlines(&f, subset, offsets) : LOOM_OUT_OF_MEMORY;
    if (code == LOOM_OK) {
        room = write_head(&f, face) && write_hhea(&f, subset) && write_hmtx(&f, subset) &&
               write_loca(&f, offsets, all_glyphs(subset)) && write_maxp(&f, subset) && copy_table(&f, "prep", face->prep);
        code = room ? LOOM_OK : LOOM_OUT_OF_MEMORY;
    }
    if (code == LOOM_OK) {
        close_file(&f);
    }
    loom_free(offsets);
    return code;
}
