/* The table of a chunk's values, and the portion that is made of it.
 * SPDX-License-Identifier: MIT
 */
#include "collector.h"

#include <math.h>

#include "../core/date.h"
#include "../core/decimal.h"
#include "../core/hash.h"
#include "../core/instant.h"
#include "../core/memory.h"
#include "../core/simd.h"
#include "../core/utf8.h"
#include "json_text.h"

enum { FROM_TEXT, FROM_DECODED, FROM_RENDERED };

#define LEAST_SLOTS 1024u
#define MOST_SEEN (1u << 28)
#define RENDERED_CAP ((size_t)1 << 28)

void loom_collector_open(loom_collector *c) {
    *c = (loom_collector){0};
    loom_buffer_init(&c->rendered, RENDERED_CAP);
}

void loom_collector_close(loom_collector *c) {
    loom_free(c->seen);
    loom_free(c->slots);
    loom_buffer_free(&c->rendered);
    loom_timeline_close(&c->timeline);
    loom_collector_open(c);
}

void loom_collector_start(loom_collector *c, uint32_t columns) {
    c->columns = columns;
    c->records = 0;
    c->count = 0;
    c->rendered.length = 0;
    if (c->slots != NULL) {
        memset(c->slots, 0, c->slot_count * sizeof *c->slots);
    }
}

static inline const uint8_t *text_of(const loom_collector *c, const loom_seen *seen) {
    return c->bases[seen->place >> 4 & 15] + seen->start;
}

/* Reads whole blocks: every text is followed by bytes that may be read. */
static inline bool is_same(const uint8_t *a, const uint8_t *b, uint32_t length) {
    for (uint32_t i = 0; i < length; i += LOOM_BLOCK) {
        uint32_t left = length - i;
        uint32_t wanted = left >= LOOM_BLOCK ? 0xffff : (1u << left) - 1;
        if ((loom_mask_same(a + i, b + i) & wanted) != wanted) {
            return false;
        }
    }
    return true;
}

/* What makes two values one besides their text: everything but the source. */
static inline uint32_t identity_of(uint32_t place) {
    return place & ~0xf0u;
}

static inline uint32_t hash_of(const uint8_t *text, uint32_t length, uint32_t place) {
    return (uint32_t)(loom_hash(text, length, identity_of(place) * (uint64_t)0x9e3779b97f4a7c15u) >> 32);
}

/* The slots anew for all values. In a slot, the bits that number the slots hold a value's number + 1, the others are of its hash. */
static void enter_all(loom_collector *c) {
    uint32_t mask = c->slot_count - 1;
    memset(c->slots, 0, c->slot_count * sizeof *c->slots);
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t hash = hash_of(text_of(c, &c->seen[i]), c->seen[i].length, c->seen[i].place);
        uint32_t slot = hash & mask;
        while (c->slots[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        c->slots[slot] = (hash & ~mask) | (i + 1);
    }
}

/* More room for values; the table stays at most half full. */
static int grow(loom_collector *c) {
    uint32_t slot_count = c->slot_count == 0 ? LEAST_SLOTS : c->slot_count * 2;
    if (slot_count > MOST_SEEN) {
        return LOOM_LIMIT_EXCEEDED;
    }
    loom_seen *seen = loom_realloc(c->seen, slot_count / 2 * sizeof *seen);
    if (seen == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    c->seen = seen;
    uint32_t *slots = loom_alloc(slot_count * sizeof *slots);
    if (slots == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    loom_free(c->slots);
    c->slots = slots;
    c->slot_count = slot_count;
    c->capacity = slot_count / 2;
    enter_all(c);
    return LOOM_OK;
}

/* Counts a value. The source matters only where the value is new. */
static inline int note(loom_collector *c, uint32_t place, uint32_t start, uint32_t length) {
    const uint8_t *text = c->bases[place >> 4 & 15] + start;
    uint32_t hash = hash_of(text, length, place);
    if (c->count == c->capacity) {
        int code = grow(c);
        if (code != LOOM_OK) {
            return code;
        }
    }
    uint32_t mask = c->slot_count - 1;
    uint32_t slot = hash & mask;
    for (; c->slots[slot] != 0; slot = (slot + 1) & mask) {
        if (((c->slots[slot] ^ hash) & ~mask) != 0) {
            continue;
        }
        loom_seen *seen = &c->seen[(c->slots[slot] & mask) - 1];
        bool alike = identity_of(seen->place) == identity_of(place) && seen->length == length;
        if (alike && is_same(text_of(c, seen), text, length)) {
            seen->count++;
            return LOOM_OK;
        }
    }
    c->seen[c->count] = (loom_seen){start, length, 1, place};
    c->slots[slot] = (hash & ~mask) | ++c->count;
    return LOOM_OK;
}

/* Counts what was just appended to `rendered`, and takes it off again where it is not new. */
static int note_rendered(loom_collector *c, uint32_t place, size_t start) {
    uint32_t before = c->count;
    size_t length = c->rendered.length - start;
    int code = loom_buffer_reserve(&c->rendered, LOOM_BLOCK);
    c->bases[FROM_RENDERED] = c->rendered.bytes;
    if (code == LOOM_OK) {
        code = note(c, place | FROM_RENDERED << 4, (uint32_t)start, (uint32_t)length);
    }
    if (c->count == before) {
        c->rendered.length = start;
    }
    return code;
}

/* A number that is too long to be kept is counted by its double. */
static int note_long_number(loom_collector *c, uint32_t place, const uint8_t *text, uint32_t length) {
    size_t start = c->rendered.length;
    double value = loom_decimal_value(text, length);
    int code = isfinite(value) ? loom_decimal_write(&c->rendered, value)
                               : loom_buffer_append_text(&c->rendered, value < 0 ? "-1e999" : "1e999");
    return code == LOOM_OK ? note_rendered(c, place, start) : code;
}

static int note_container(loom_collector *c, uint32_t place, const loom_schema *schema, const loom_batch *batch,
                          uint32_t cell) {
    size_t start = c->rendered.length;
    int code = loom_json_value(&c->rendered, schema, batch, cell, -1);
    return code == LOOM_OK ? note_rendered(c, place, start) : code;
}

static int note_cell(loom_collector *c, uint32_t place, const loom_schema *schema, const loom_batch *batch,
                     uint32_t number) {
    const loom_cell *cell = &batch->cells[number];
    switch (cell->kind) {
    case LOOM_CELL_NULL:
        return LOOM_OK;
    case LOOM_CELL_FALSE:
        return note(c, place | LOOM_VALUE_FALSE, 0, 0);
    case LOOM_CELL_TRUE:
        return note(c, place | LOOM_VALUE_TRUE, 0, 0);
    case LOOM_CELL_INTEGER:
    case LOOM_CELL_NUMBER:
        place |= cell->kind == LOOM_CELL_INTEGER ? LOOM_VALUE_INTEGER : LOOM_VALUE_NUMBER;
        if (cell->length > LOOM_MAX_SPELLING) {
            return note_long_number(c, place, batch->text + cell->start, cell->length);
        }
        return note(c, place, cell->start, cell->length);
    case LOOM_CELL_TEXT: {
        uint32_t source = cell->flags & LOOM_CELL_ESCAPED ? FROM_DECODED : FROM_TEXT;
        return note(c, place | source << 4 | LOOM_VALUE_TEXT, cell->start, cell->length);
    }
    default:
        return note_container(c, place | LOOM_VALUE_JSON, schema, batch, number);
    }
}

int loom_collector_row(loom_collector *c, const loom_schema *schema, const loom_columns *columns,
                       const loom_batch *batch, const loom_record *record, const uint32_t *cells, bool late) {
    int code = LOOM_OK;
    c->bases[FROM_TEXT] = batch->text;
    c->bases[FROM_DECODED] = batch->decoded.bytes == NULL ? batch->text : batch->decoded.bytes;
    c->records++;
    for (uint32_t column = 0; column < columns->count && code == LOOM_OK; column++) {
        if (cells[column] != LOOM_NO_CELL) {
            code = note_cell(c, column << 8, schema, batch, cells[column]);
        } else if (late && (int32_t)column == columns->extra) {
            size_t start = c->rendered.length;
            code = loom_row_extra(&c->rendered, schema, batch, record);
            if (code == LOOM_OK) {
                code = note_rendered(c, column << 8 | LOOM_VALUE_JSON, start);
            }
        }
    }
    return code;
}

/* A column while its part of the portion is made. */
typedef struct survey {
    loom_tally tally;
    loom_spelling least; /* numbers */
    loom_spelling most;
    double least_value;
    double most_value;
    loom_spelling earliest;
    loom_spelling latest;
    loom_instant earliest_instant;
    loom_instant latest_instant;
    uint8_t shared_kind;
} survey;

/* UTF-16 units of UTF-8 text: one a character, two for those of four bytes. */
static uint32_t units_of(const uint8_t *text, uint32_t length) {
    uint32_t units = length;
    uint32_t i = 0;
    for (; length - i >= 8; i += 8) {
        if (loom_word(text + i) & 0x8080808080808080u) {
            break;
        }
    }
    for (; i < length; i++) {
        units -= (text[i] & 0xc0) == 0x80;
        units += text[i] >= 0xf0;
    }
    return units;
}

static int survey_date(loom_collector *c, survey *s, loom_spelling date, uint32_t count) {
    loom_instant instant = loom_instant_read(date.text, date.length);
    bool first = s->earliest.text == NULL;
    if (first || loom_instant_compare(instant, s->earliest_instant) < 0) {
        s->earliest = date;
        s->earliest_instant = instant;
    }
    if (first || loom_instant_compare(instant, s->latest_instant) > 0) {
        s->latest = date;
        s->latest_instant = instant;
    }
    loom_moment moment = {.day = instant.day};
    if (c->region != NULL && c->region->count > 0) {
        (void)loom_date_read(date.text, date.length, &moment);
        loom_region_localize(c->region, &moment);
    }
    return loom_timeline_add(&c->timeline, moment.day, count);
}

static int survey_text(loom_collector *c, survey *s, loom_spelling text, uint32_t count) {
    uint32_t units = units_of(text.text, text.length);
    loom_tally one = {.kinds = LOOM_KIND_TEXT, .min_length = units, .max_length = units};
    if (text.length == 0) {
        one.kinds = 0;
        one.empty_text = count;
    } else if (text.length >= 10 && text.text[4] == '-') {
        enum loom_date_kind kind = loom_date_classify(text.text, text.length);
        one.kinds = kind == LOOM_NO_DATE ? LOOM_KIND_TEXT : kind == LOOM_DATE ? LOOM_KIND_DATE : LOOM_KIND_DATETIME;
    }
    loom_tally_merge(&s->tally, &one);
    return loom_tally_dates(&one) ? survey_date(c, s, text, count) : LOOM_OK;
}

static void survey_number(loom_collector *c, survey *s, loom_spelling number, uint32_t count) {
    double value = loom_decimal_value(number.text, number.length);
    bool first = s->least.text == NULL;
    if (first || (value <= s->least_value &&
                  loom_decimal_compare(number.text, number.length, s->least.text, s->least.length) < 0)) {
        s->least = number;
        s->least_value = value;
    }
    if (first || (value >= s->most_value &&
                  loom_decimal_compare(number.text, number.length, s->most.text, s->most.length) > 0)) {
        s->most = number;
        s->most_value = value;
    }
    if (isfinite(value)) {
        loom_exact_add(&c->sum, &c->squares, value, count);
    } else {
        s->tally.kinds |= LOOM_KIND_INFINITE;
    }
}

static int survey_value(loom_collector *c, survey *s, const loom_seen *seen) {
    loom_spelling text = {text_of(c, seen), seen->length};
    uint8_t kind = seen->place & 15;
    s->shared_kind = s->tally.filled == 0 || s->shared_kind == kind ? kind : LOOM_VALUE_MIXED;
    s->tally.filled += seen->count;
    switch (kind) {
    case LOOM_VALUE_TRUE:
        s->tally.trues += seen->count;
        s->tally.kinds |= LOOM_KIND_BOOLEAN;
        return LOOM_OK;
    case LOOM_VALUE_FALSE:
        s->tally.kinds |= LOOM_KIND_BOOLEAN;
        return LOOM_OK;
    case LOOM_VALUE_INTEGER:
    case LOOM_VALUE_NUMBER:
        s->tally.kinds |= kind == LOOM_VALUE_INTEGER ? LOOM_KIND_INTEGER : LOOM_KIND_NUMBER;
        survey_number(c, s, text, seen->count);
        return LOOM_OK;
    case LOOM_VALUE_TEXT:
        return survey_text(c, s, text, seen->count);
    default:
        s->tally.kinds |= LOOM_KIND_JSON;
        return LOOM_OK;
    }
}

static int put_value(loom_collector *c, const loom_seen *seen, loom_values_cursor *cursor, loom_buffer *out) {
    uint8_t cut[LOOM_MAX_SPELLING];
    loom_spelling text = {text_of(c, seen), seen->length};
    uint8_t kind = seen->place & 15;
    if (text.length > LOOM_MAX_SPELLING) {
        uint64_t hash = loom_hash(text.text, text.length, 0);
        size_t length = loom_utf8_whole((const char *)text.text, LOOM_MAX_SPELLING - 8);
        memcpy(cut, text.text, length);
        for (uint32_t i = 0; i < 8; i++) {
            cut[length + i] = (uint8_t)(hash >> (8 * i));
        }
        text = (loom_spelling){cut, (uint32_t)length + 8};
        kind = kind == LOOM_VALUE_TEXT ? LOOM_VALUE_LONG_TEXT : LOOM_VALUE_LONG_JSON;
    }
    return loom_values_write(cursor, text, kind, seen->count, out);
}

static int put_ranges(loom_collector *c, const survey *s, loom_buffer *out) {
    int code = LOOM_OK;
    if (loom_tally_numbers(&s->tally)) {
        loom_exact_settle(&c->sum);
        loom_exact_settle(&c->squares);
        code = loom_ends_write(s->least, s->most, out);
        code = code == LOOM_OK ? loom_exact_write(&c->sum, out) : code;
        code = code == LOOM_OK ? loom_exact_write(&c->squares, out) : code;
    }
    if (code == LOOM_OK && loom_tally_dates(&s->tally)) {
        code = loom_ends_write(s->earliest, s->latest, out);
        code = code == LOOM_OK ? loom_timeline_write(&c->timeline, out) : code;
    }
    return code;
}

static int put_column(loom_collector *c, const uint32_t *numbers, uint32_t count, loom_buffer *out) {
    survey s = {.shared_kind = LOOM_VALUE_MIXED};
    loom_values_cursor cursor;
    int code = LOOM_OK;
    bool cut = false;
    loom_exact_zero(&c->sum);
    loom_exact_zero(&c->squares);
    c->timeline.count = 0;
    c->timeline.unit = LOOM_BY_DAY;
    for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
        cut |= c->seen[numbers[i]].length > LOOM_MAX_SPELLING;
        code = survey_value(c, &s, &c->seen[numbers[i]]);
    }
    if (code == LOOM_OK) {
        code = loom_tally_write(&s.tally, false, out);
    }
    if (code == LOOM_OK) {
        code = put_ranges(c, &s, out);
    }
    if (code == LOOM_OK) {
        code = loom_values_write_head(&cursor, count, cut ? LOOM_VALUE_MIXED : s.shared_kind, out);
    }
    for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
        code = put_value(c, &c->seen[numbers[i]], &cursor, out);
    }
    return code;
}

/* Sorts the numbers of the values by column; `ends` gets where each column's end in `order`. */
static void sort_by_column(const loom_collector *c, uint32_t *order, uint32_t *ends) {
    uint32_t sum = 0;
    memset(ends, 0, ((size_t)c->columns + 1) * sizeof *ends);
    for (uint32_t i = 0; i < c->count; i++) {
        ends[(c->seen[i].place >> 8) + 1]++;
    }
    for (uint32_t i = 0; i <= c->columns; i++) {
        sum += ends[i];
        ends[i] = sum;
    }
    for (uint32_t i = 0; i < c->count; i++) {
        order[ends[c->seen[i].place >> 8]++] = i;
    }
}

int loom_collector_write(loom_collector *c, loom_buffer *out) {
    uint32_t *order = loom_alloc(((size_t)c->count + c->columns + 2) * sizeof *order);
    if (order == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    uint32_t *ends = order + c->count;
    sort_by_column(c, order, ends);
    int code = loom_portion_write_head(out, 0, c->columns, c->records);
    uint32_t next = 0;
    for (uint32_t column = 0; column < c->columns && code == LOOM_OK; column++) {
        uint32_t first = column == 0 ? 0 : ends[column - 1];
        if (first == ends[column]) {
            continue;
        }
        code = loom_varint_append(out, column - next + 1);
        next = column + 1;
        if (code == LOOM_OK) {
            code = put_column(c, order + first, ends[column] - first, out);
        }
    }
    loom_free(order);
    return code == LOOM_OK ? loom_varint_append(out, 0) : code;
}
