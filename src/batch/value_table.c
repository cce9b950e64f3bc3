/* Tables of values that become sketches.
 * SPDX-License-Identifier: MIT
 */
#include "value_table.h"

#include <math.h>

#include "../core/decimal.h"
#include "../core/hash.h"
#include "../core/memory.h"
#include "../core/simd.h"

/* A table with at most so many values is searched from its start. */
#define FEW 8u

/* Bytes that one value takes beside its text, that a table takes, and what a sketch takes. */
#define HELD_COST 36u
#define TABLE_COST 192u
#define BIN_COST 24u

void loom_value_table_close(loom_value_table *table) {
    if (table->spread != NULL) {
        loom_spread_close(table->spread);
        loom_free(table->spread);
    }
    loom_free(table->held);
    loom_free(table->text);
    loom_free(table->slots);
    loom_free(table->registers);
    loom_free(table->filter);
    *table = (loom_value_table){0};
}

double loom_held_value(const loom_value_table *table, const loom_held *held) {
    uint8_t digits[LOOM_MAX_SPELLING + 1];
    memcpy(digits, table->text + held->start, held->length);
    digits[held->length] = 0; /* another value stands behind it */
    return loom_decimal_value(digits, held->length);
}

static uint64_t hash_of(const uint8_t *text, uint32_t length, uint8_t kind) {
    return loom_hash(text, length, kind);
}

/* A slot is the number of a value + 1 below, and bits of its hash above, so that others need not be looked at. */
#define NUMBER_MASK 0x1fffu

static void enter(loom_value_table *table, uint32_t number) {
    uint32_t hash = table->held[number].hash;
    uint32_t slot = hash & (table->slot_count - 1);
    while (table->slots[slot] != 0) {
        slot = (slot + 1) & (table->slot_count - 1);
    }
    table->slots[slot] = (hash & ~NUMBER_MASK) | (number + 1);
}

/* Makes the slots anew, as many as the capacity asks for. */
static int make_slots(loom_value_table *table) {
    loom_free(table->slots);
    table->slots = NULL;
    table->slot_count = 0;
    if (table->capacity <= FEW) {
        return LOOM_OK;
    }
    uint32_t count = table->capacity * 2;
    table->slots = loom_alloc(count * sizeof *table->slots);
    if (table->slots == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    table->slot_count = count;
    memset(table->slots, 0, count * sizeof *table->slots);
    for (uint32_t i = 0; i < table->count; i++) {
        enter(table, i);
    }
    return LOOM_OK;
}

static bool is_held(const loom_value_table *table, const loom_held *held, const loom_values_cursor *value,
                    uint32_t hash) {
    return held->hash == hash && held->length == value->length && held->kind == value->kind &&
           memcmp(table->text + held->start, value->text, value->length) == 0;
}

static loom_held *find(const loom_value_table *table, const loom_values_cursor *value, uint32_t hash) {
    if (table->slots == NULL) {
        for (uint32_t i = 0; i < table->count; i++) {
            if (is_held(table, &table->held[i], value, hash)) {
                return &table->held[i];
            }
        }
        return NULL;
    }
    for (uint32_t slot = hash & (table->slot_count - 1); table->slots[slot] != 0;
         slot = (slot + 1) & (table->slot_count - 1)) {
        if (((table->slots[slot] ^ hash) & ~NUMBER_MASK) == 0) {
            loom_held *held = &table->held[(table->slots[slot] & NUMBER_MASK) - 1];
            if (is_held(table, held, value, hash)) {
                return held;
            }
        }
    }
    return NULL;
}

static int resize_text(loom_value_table *table, uint32_t capacity) {
    uint8_t *text = loom_realloc(table->text, (size_t)capacity + LOOM_BLOCK);
    if (text == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    table->text = text;
    table->text_capacity = capacity;
    return LOOM_OK;
}

static int resize_held(loom_value_table *table, uint32_t capacity) {
    loom_held *held = loom_realloc(table->held, capacity * sizeof *held);
    if (held == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    table->held = held;
    table->capacity = capacity;
    return make_slots(table);
}

static int append(loom_value_table *table, const loom_values_cursor *value, uint32_t hash) {
    int code = LOOM_OK;
    uint32_t needed = table->text_length + value->length;
    if (table->text == NULL || needed > table->text_capacity) {
        code = resize_text(table, needed < 16 ? 16 : needed + needed / 2);
    }
    if (code == LOOM_OK && table->count == table->capacity) {
        code = resize_held(table, table->capacity == 0 ? 1 : table->capacity * 2);
    }
    if (code != LOOM_OK) {
        return code;
    }
    memcpy(table->text + table->text_length, value->text, value->length);
    table->held[table->count] = (loom_held){.count = value->count,
                                            .start = table->text_length,
                                            .hash = hash,
                                            .length = (uint16_t)value->length,
                                            .kind = value->kind};
    table->text_length = needed;
    table->count++;
    if (table->slots != NULL) {
        enter(table, table->count - 1);
    }
    return LOOM_OK;
}

static uint32_t most_bins(uint32_t level) {
    return LOOM_MAX_BINS >> level / 4;
}

static int note_number(loom_value_table *table, double value, uint64_t count, uint32_t level) {
    if (table->spread == NULL) {
        table->spread = loom_alloc(sizeof *table->spread);
        if (table->spread == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        *table->spread = (loom_spread){0};
    }
    return isfinite(value) ? loom_spread_add(table->spread, value, count, most_bins(level)) : LOOM_OK;
}

/* One bit for each value of a large closed table, found by its hash: most values that it does not hold are told so at once. */
#define FILTER_BYTES 8192u
#define FILTER_LEVELS 3u

static bool is_filtered(const loom_value_table *table, uint32_t hash) {
    return table->filter != NULL && (table->filter[hash / 8 % FILTER_BYTES] >> hash % 8 & 1) == 0;
}

static uint8_t *cleared(size_t size) {
    uint8_t *bytes = loom_alloc(size);
    return bytes == NULL ? NULL : memset(bytes, 0, size);
}

/* Closes the table: makes room for the registers, and the filter of what the table holds. */
static int make_registers(loom_value_table *table, uint32_t level) {
    table->registers = cleared(LOOM_REGISTERS);
    table->filter = table->registers != NULL && level < FILTER_LEVELS ? cleared(FILTER_BYTES) : NULL;
    if (table->registers == NULL || (level < FILTER_LEVELS && table->filter == NULL)) {
        return LOOM_OUT_OF_MEMORY;
    }
    for (uint32_t i = 0; table->filter != NULL && i < table->count; i++) {
        uint32_t hash = table->held[i].hash;
        table->filter[hash / 8 % FILTER_BYTES] |= (uint8_t)(1u << hash % 8);
    }
    table->closed = true;
    return LOOM_OK;
}

/* From now on the sketches tell what the table cannot. */
static int start_sketches(loom_value_table *table, uint32_t level) {
    int code = make_registers(table, level);
    for (uint32_t i = 0; i < table->count && code == LOOM_OK; i++) {
        const loom_held *held = &table->held[i];
        loom_distinct_add(table->registers, hash_of(table->text + held->start, held->length, held->kind));
        if (loom_held_is_number(held)) {
            code = note_number(table, loom_held_value(table, held), held->count, level);
        }
    }
    return code;
}

/* Whether the table of that level takes a text of `length` as value `number` behind `before` bytes of text. */
static bool has_room(uint32_t level, uint32_t number, uint32_t before, uint32_t length) {
    return number < LOOM_MAX_HELD >> level && before + length <= LOOM_MAX_HELD_TEXT >> level;
}

int loom_value_table_add(loom_value_table *table, const loom_values_cursor *value, uint32_t level) {
    uint64_t hash = hash_of(value->text, value->length, value->kind);
    loom_held *held = is_filtered(table, (uint32_t)hash) ? NULL : find(table, value, (uint32_t)hash);
    int code = LOOM_OK;
    if (held != NULL) {
        held->count += value->count;
    } else if (!table->closed && has_room(level, table->count, table->text_length, value->length)) {
        return append(table, value, (uint32_t)hash);
    } else {
        code = table->closed ? LOOM_OK : start_sketches(table, level);
        table->untracked += value->count;
        if (code == LOOM_OK) {
            loom_distinct_add(table->registers, hash);
        }
    }
    bool number = value->kind == LOOM_VALUE_INTEGER || value->kind == LOOM_VALUE_NUMBER;
    if (code == LOOM_OK && table->closed && number) {
        code = note_number(table, loom_decimal_value(value->text, value->length), value->count, level);
    }
    return code;
}

int loom_value_table_shrink(loom_value_table *table, uint32_t level) {
    uint32_t kept = 0;
    int code = LOOM_OK;
    if (table->spread != NULL) {
        loom_spread_limit(table->spread, most_bins(level));
    }
    if (level >= FILTER_LEVELS) {
        loom_free(table->filter);
        table->filter = NULL;
    }
    while (kept < table->count && has_room(level, kept, table->held[kept].start, table->held[kept].length)) {
        kept++;
    }
    if (kept == table->count) {
        return LOOM_OK;
    }
    if (!table->closed) {
        code = start_sketches(table, level);
    }
    for (uint32_t i = kept; i < table->count; i++) {
        table->untracked += table->held[i].count;
    }
    table->text_length = table->held[kept].start;
    table->count = kept;
    if (code == LOOM_OK) {
        code = resize_text(table, table->text_length);
    }
    uint32_t capacity = 1;
    while (capacity < kept) {
        capacity *= 2;
    }
    return code == LOOM_OK ? resize_held(table, capacity) : code;
}

size_t loom_value_table_cost(const loom_value_table *table, uint32_t level) {
    size_t cost = TABLE_COST + (size_t)table->count * HELD_COST + table->text_length;
    if (table->closed) {
        cost += LOOM_REGISTERS + (level < FILTER_LEVELS ? FILTER_BYTES : 0);
    }
    if (table->spread == NULL) {
        return cost;
    }
    return cost + (table->spread->shift == 0 ? table->spread->count : most_bins(level)) * (size_t)BIN_COST;
}

static int write_rest(const loom_value_table *table, loom_buffer *out) {
    int code = loom_varint_append(out, table->untracked);
    if (code == LOOM_OK) {
        code = loom_buffer_append(out, table->registers, LOOM_REGISTERS);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(out, table->spread != NULL);
    }
    return code == LOOM_OK && table->spread != NULL ? loom_spread_write(table->spread, out) : code;
}

int loom_value_table_write(const loom_value_table *table, loom_buffer *out) {
    loom_values_cursor cursor;
    uint8_t shared = table->count > 0 ? table->held[0].kind : (uint8_t)LOOM_VALUE_MIXED;
    for (uint32_t i = 1; i < table->count; i++) {
        shared = table->held[i].kind == shared ? shared : (uint8_t)LOOM_VALUE_MIXED;
    }
    int code = loom_values_write_head(&cursor, table->count, shared, out);
    for (uint32_t i = 0; i < table->count && code == LOOM_OK; i++) {
        const loom_held *held = &table->held[i];
        code = loom_values_write(&cursor, loom_held_spelling(table, held), held->kind, held->count, out);
    }
    return code == LOOM_OK && table->closed ? write_rest(table, out) : code;
}

int loom_value_table_read_rest(loom_value_table *table, uint32_t level, loom_reader *reader) {
    table->untracked = loom_varint_read(reader, UINT64_MAX);
    const uint8_t *registers = loom_run_read(reader, LOOM_REGISTERS);
    uint64_t spread = loom_varint_read(reader, 1);
    reader->bad |= table->registers != NULL; /* its values should have had room */
    if (reader->bad) {
        return LOOM_OK;
    }
    int code = make_registers(table, level);
    if (code != LOOM_OK) {
        return code;
    }
    for (uint32_t i = 0; i < LOOM_REGISTERS; i++) {
        reader->bad |= registers[i] > 54;
        table->registers[i] = registers[i] > 54 ? 54 : registers[i];
    }
    if (spread == 0 || reader->bad) {
        return LOOM_OK;
    }
    code = note_number(table, 0, 0, level);
    if (code == LOOM_OK) {
        table->spread->count = 0;
        code = loom_spread_read(table->spread, reader);
    }
    return code;
}
