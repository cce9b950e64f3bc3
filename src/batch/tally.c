/* The binary form of statistics.
 * SPDX-License-Identifier: MIT
 */
#include "tally.h"

#include "../core/hash.h"
#include "../core/number.h"

#define CLOSED_BIT 2048u

int loom_portion_write_head(loom_buffer *out, uint32_t level, uint32_t columns, uint64_t records) {
    int code = loom_buffer_reserve(out, 5 + 3 * (size_t)LOOM_VARINT_MOST);
    if (code == LOOM_OK) {
        loom_buffer_put(out, LOOM_PORTION_MARK, 4);
        loom_buffer_put_byte(out, LOOM_PORTION_ONE);
        loom_varint_put(out, level);
        loom_varint_put(out, columns);
        loom_varint_put(out, records);
    }
    return code;
}

int loom_tally_write(const loom_tally *tally, bool closed, loom_buffer *out) {
    int code = loom_buffer_reserve(out, 6 * (size_t)LOOM_VARINT_MOST);
    if (code == LOOM_OK) {
        loom_varint_put(out, tally->filled);
        loom_varint_put(out, tally->kinds | (closed ? CLOSED_BIT : 0));
        loom_varint_put(out, tally->empty_text);
        loom_varint_put(out, tally->trues);
        if (loom_tally_lengths(tally)) {
            loom_varint_put(out, tally->min_length);
            loom_varint_put(out, tally->max_length);
        }
    }
    return code;
}

void loom_tally_read(loom_tally *tally, bool *closed, loom_reader *reader) {
    *tally = (loom_tally){0};
    tally->filled = loom_varint_read(reader, UINT64_MAX);
    tally->kinds = (uint32_t)loom_varint_read(reader, CLOSED_BIT * 2 - 1);
    *closed = (tally->kinds & CLOSED_BIT) != 0;
    tally->kinds &= ~CLOSED_BIT;
    reader->bad |= (tally->kinds & ~LOOM_KINDS_KNOWN) != 0;
    tally->empty_text = loom_varint_read(reader, tally->filled);
    tally->trues = loom_varint_read(reader, tally->filled);
    if (loom_tally_lengths(tally)) {
        tally->min_length = (uint32_t)loom_varint_read(reader, UINT32_MAX);
        tally->max_length = (uint32_t)loom_varint_read(reader, UINT32_MAX);
    }
}

void loom_tally_merge(loom_tally *tally, const loom_tally *later) {
    if (loom_tally_lengths(later)) {
        bool first = !loom_tally_lengths(tally);
        tally->min_length = first || later->min_length < tally->min_length ? later->min_length : tally->min_length;
        tally->max_length = first || later->max_length > tally->max_length ? later->max_length : tally->max_length;
    }
    tally->filled += later->filled;
    tally->empty_text += later->empty_text;
    tally->trues += later->trues;
    tally->kinds |= later->kinds;
}

int loom_ends_write(loom_spelling least, loom_spelling most, loom_buffer *out) {
    int code = loom_buffer_reserve(out, 2 * (size_t)LOOM_VARINT_MOST + least.length + most.length);
    if (code == LOOM_OK) {
        loom_varint_put(out, least.length);
        loom_buffer_put(out, least.text, least.length);
        loom_varint_put(out, most.length);
        loom_buffer_put(out, most.text, most.length);
    }
    return code;
}

bool loom_spelling_is_number(loom_spelling spelling) {
    const uint8_t *end = NULL;
    bool integer = false;
    return loom_number_scan(spelling.text, &end, &integer) && end == spelling.text + spelling.length;
}

loom_spelling loom_spelling_read(uint32_t least, loom_reader *reader) {
    uint32_t length = (uint32_t)loom_varint_read(reader, LOOM_MAX_SPELLING);
    reader->bad |= length < least;
    return (loom_spelling){loom_run_read(reader, length), length};
}

int loom_values_write_head(loom_values_cursor *cursor, uint32_t count, uint8_t shared_kind, loom_buffer *out) {
    int code = loom_buffer_reserve(out, LOOM_VARINT_MOST + 1);
    if (code == LOOM_OK) {
        loom_varint_put(out, count);
        loom_buffer_put_byte(out, shared_kind);
    }
    cursor->length = 0;
    cursor->shared_kind = shared_kind;
    return code;
}

/* The bytes at the start that two spellings have in common. */
static uint32_t common(const uint8_t *a, const uint8_t *b, uint32_t length) {
    uint32_t i = 0;
    for (; length - i >= 8; i += 8) {
        uint64_t differ = loom_word(a + i) ^ loom_word(b + i);
        if (differ != 0) {
            return i + (uint32_t)__builtin_ctzll(differ) / 8;
        }
    }
    while (i < length && a[i] == b[i]) {
        i++;
    }
    return i;
}

int loom_values_write(loom_values_cursor *cursor, loom_spelling spelling, uint8_t kind, uint64_t count,
                      loom_buffer *out) {
    uint32_t least = spelling.length < cursor->length ? spelling.length : cursor->length;
    uint32_t shared = common(cursor->text, spelling.text, least);
    uint32_t rest = spelling.length - shared;
    int code = loom_buffer_reserve(out, 3 * (size_t)LOOM_VARINT_MOST + 1 + rest);
    if (code != LOOM_OK) {
        return code;
    }
    if (cursor->shared_kind == LOOM_VALUE_MIXED) {
        loom_buffer_put_byte(out, kind);
    }
    loom_varint_put(out, shared);
    loom_varint_put(out, rest);
    loom_buffer_put(out, spelling.text + shared, rest);
    loom_varint_put(out, count);
    memcpy(cursor->text + shared, spelling.text + shared, rest);
    cursor->length = spelling.length;
    return LOOM_OK;
}

void loom_values_read_head(loom_values_cursor *cursor, loom_reader *reader) {
    cursor->length = 0;
    cursor->left = (uint32_t)loom_varint_read(reader, UINT32_MAX);
    cursor->shared_kind = (uint8_t)loom_varint_read(reader, LOOM_VALUE_MIXED);
}

bool loom_values_read(loom_values_cursor *cursor, loom_reader *reader) {
    if (cursor->left == 0 || reader->bad) {
        return false;
    }
    bool mixed = cursor->shared_kind == LOOM_VALUE_MIXED;
    cursor->kind = mixed ? (uint8_t)loom_varint_read(reader, LOOM_VALUE_LONG_JSON) : cursor->shared_kind;
    uint32_t shared = (uint32_t)loom_varint_read(reader, cursor->length);
    uint32_t rest = (uint32_t)loom_varint_read(reader, LOOM_MAX_SPELLING - shared);
    const uint8_t *run = loom_run_read(reader, rest);
    cursor->count = loom_varint_read(reader, UINT64_MAX);
    uint32_t length = shared + rest;
    bool number = cursor->kind == LOOM_VALUE_INTEGER || cursor->kind == LOOM_VALUE_NUMBER;
    bool cut = cursor->kind >= LOOM_VALUE_LONG_TEXT;
    reader->bad |= cut && length < 8;
    if (reader->bad) {
        return false;
    }
    memcpy(cursor->text + shared, run, rest);
    memset(cursor->text + length, 0, 16);
    if (number && !loom_spelling_is_number((loom_spelling){cursor->text, length})) {
        reader->bad = true;
        return false;
    }
    cursor->length = length;
    cursor->left--;
    return true;
}
