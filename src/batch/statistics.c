/* The merging of statistics.
 * SPDX-License-Identifier: MIT
 */
#include "statistics.h"

#include "../core/date.h"
#include "../core/decimal.h"
#include "../core/instant.h"
#include "../core/memory.h"

/* What ranges and tables may take together, and what every column takes of that. */
#define BUDGET ((size_t)3 << 20)
#define COLUMN_COST 24u

/* Bytes for the numbers of a column, for its dates, and for either without sums. */
#define NUMBERS_COST 400u
#define DATES_COST 1200u
#define ENDS_COST 240u

#define LIST_CAP ((size_t)1 << 28)

static void disown(loom_owned *owned) {
    loom_free(owned->bytes);
    *owned = (loom_owned){0};
}

static void free_ranges(loom_column_state *column) {
    if (column->numbers != NULL) {
        disown(&column->numbers->least);
        disown(&column->numbers->most);
        disown(&column->numbers->sum);
        disown(&column->numbers->squares);
        loom_free(column->numbers);
        column->numbers = NULL;
    }
    if (column->dates != NULL) {
        disown(&column->dates->earliest);
        disown(&column->dates->latest);
        loom_timeline_close(&column->dates->timeline);
        loom_free(column->dates);
        column->dates = NULL;
    }
}

static void free_table(loom_column_state *column) {
    if (column->table != NULL) {
        loom_value_table_close(column->table);
        loom_free(column->table);
        column->table = NULL;
    }
}

int loom_statistics_open(loom_statistics *s, uint32_t columns, bool whole) {
    *s = (loom_statistics){.count = columns, .whole = whole};
    loom_buffer_init(&s->list, LIST_CAP);
    loom_buffer_init(&s->scratch, LIST_CAP);
    if (whole) {
        size_t size = ((size_t)columns + 1) * sizeof *s->columns;
        s->columns = loom_alloc(size);
        if (s->columns == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        memset(s->columns, 0, size);
    }
    return LOOM_OK;
}

void loom_statistics_close(loom_statistics *s) {
    for (uint32_t i = 0; s->columns != NULL && i < s->count; i++) {
        free_ranges(&s->columns[i]);
        free_table(&s->columns[i]);
    }
    loom_free(s->columns);
    loom_buffer_free(&s->list);
    loom_buffer_free(&s->scratch);
    *s = (loom_statistics){0};
}

/* About the bytes that a column takes: the same on every machine, and never less when values are added, whatever becomes of the
 * lengths of its sums, ends and timeline. */
static size_t cost_of(const loom_column_state *column, uint32_t level) {
    size_t cost = column->table != NULL ? loom_value_table_cost(column->table, level) : 0;
    bool sums = level < LOOM_LEVEL_NO_SUMS;
    cost += column->numbers == NULL ? 0 : sums ? NUMBERS_COST : ENDS_COST;
    return cost + (column->dates == NULL ? 0 : sums ? DATES_COST : ENDS_COST);
}

/* Takes from a column what is given up at a level. */
static int degrade(loom_column_state *column, uint32_t level) {
    if (level >= LOOM_LEVEL_NO_RANGES) {
        free_ranges(column);
    }
    if (level >= LOOM_LEVEL_NO_SUMS && column->numbers != NULL) {
        disown(&column->numbers->sum);
        disown(&column->numbers->squares);
    }
    if (level >= LOOM_LEVEL_NO_SUMS && column->dates != NULL) {
        loom_timeline_close(&column->dates->timeline);
    }
    if (level >= LOOM_LEVEL_NO_SKETCHES) {
        free_table(column);
    }
    return column->table == NULL ? LOOM_OK : loom_value_table_shrink(column->table, level);
}

/* Goes up to the first level at which everything fits. That level depends on the records only: what a level costs never falls as
 * records are added, so a lower one can never be right later. */
static int enforce_budget(loom_statistics *s) {
    size_t columns = (size_t)s->count * COLUMN_COST;
    size_t budget = columns < BUDGET ? BUDGET - columns : 0;
    int code = LOOM_OK;
    while (s->cost > budget && s->level < LOOM_LEVEL_NO_RANGES && code == LOOM_OK) {
        s->level++;
        s->cost = 0;
        for (uint32_t i = 0; i < s->count && code == LOOM_OK; i++) {
            code = degrade(&s->columns[i], s->level);
            s->cost += cost_of(&s->columns[i], s->level);
        }
    }
    return code;
}

static int own(loom_owned *owned, const uint8_t *bytes, size_t length) {
    uint8_t *copy = owned->bytes;
    if (length != owned->length || copy == NULL) {
        copy = loom_realloc(owned->bytes, length + 1);
        if (copy == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
    }
    memcpy(copy, bytes, length);
    copy[length] = 0; /* no number goes on there */
    *owned = (loom_owned){copy, (uint32_t)length};
    return LOOM_OK;
}

static int merge_sum(loom_statistics *s, loom_exact *exact, uint32_t most, loom_owned *owned) {
    if (owned->length > 0) {
        loom_reader reader = {owned->bytes, owned->bytes + owned->length, false};
        loom_exact_read(exact, &reader, most);
    }
    loom_exact_settle(exact);
    s->scratch.length = 0;
    int code = loom_exact_write(exact, &s->scratch);
    return code == LOOM_OK ? own(owned, s->scratch.bytes, s->scratch.length) : code;
}

/* A copy with a 0 behind it, which ends every number. */
static loom_spelling copy_spelling(loom_spelling spelling, uint8_t room[LOOM_MAX_SPELLING + 1]) {
    memcpy(room, spelling.text, spelling.length);
    room[spelling.length] = 0;
    return (loom_spelling){room, spelling.length};
}

/* Puts a spelling in the place of `owned` where it stands before it (sign -1) or behind it (sign 1). */
static int merge_end(loom_owned *owned, loom_spelling spelling, bool date, int sign) {
    int order = sign;
    if (owned->bytes != NULL && date) {
        order = loom_instant_compare(loom_instant_read(spelling.text, spelling.length),
                                     loom_instant_read(owned->bytes, owned->length));
    } else if (owned->bytes != NULL) {
        order = loom_decimal_compare(spelling.text, spelling.length, owned->bytes, owned->length);
    }
    return order * sign > 0 ? own(owned, spelling.text, spelling.length) : LOOM_OK;
}

static bool is_number(loom_spelling spelling) {
    uint8_t room[LOOM_MAX_SPELLING + 1];
    return loom_spelling_is_number(copy_spelling(spelling, room));
}

static int merge_ends(loom_owned *least, loom_owned *most, bool date, loom_spelling low, loom_spelling high) {
    uint8_t room[LOOM_MAX_SPELLING + 1];
    int code = merge_end(least, copy_spelling(low, room), date, -1);
    return code == LOOM_OK ? merge_end(most, copy_spelling(high, room), date, 1) : code;
}

/* Reads what a portion of level `level` has of numbers. */
static int merge_numbers(loom_statistics *s, loom_column_state *column, uint32_t level, loom_reader *reader) {
    loom_spelling least = loom_spelling_read(1, reader);
    loom_spelling most = loom_spelling_read(1, reader);
    int code = LOOM_OK;
    loom_exact_zero(&s->sum);
    loom_exact_zero(&s->squares);
    if (level < LOOM_LEVEL_NO_SUMS) {
        loom_exact_read(&s->sum, reader, LOOM_EXACT_SUM_MOST);
        loom_exact_read(&s->squares, reader, LOOM_EXACT_SQUARES_MOST);
    }
    reader->bad = reader->bad || !is_number(least) || !is_number(most);
    if (reader->bad || s->level >= LOOM_LEVEL_NO_RANGES) {
        return LOOM_OK;
    }
    if (column->numbers == NULL) {
        column->numbers = loom_alloc(sizeof *column->numbers);
        if (column->numbers == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        *column->numbers = (loom_numbers){0};
    }
    loom_numbers *numbers = column->numbers;
    code = merge_ends(&numbers->least, &numbers->most, false, least, most);
    if (code == LOOM_OK && s->level < LOOM_LEVEL_NO_SUMS) {
        code = merge_sum(s, &s->sum, LOOM_EXACT_SUM_MOST, &numbers->sum);
        code = code == LOOM_OK ? merge_sum(s, &s->squares, LOOM_EXACT_SQUARES_MOST, &numbers->squares) : code;
    }
    return code;
}

static bool is_date(loom_spelling spelling) {
    return loom_date_classify(spelling.text, spelling.length) != LOOM_NO_DATE;
}

/* The same of dates. */
static int merge_dates(loom_statistics *s, loom_column_state *column, uint32_t level, loom_reader *reader) {
    loom_timeline spare = {0};
    loom_spelling earliest = loom_spelling_read(10, reader);
    loom_spelling latest = loom_spelling_read(10, reader);
    reader->bad = reader->bad || !is_date(earliest) || !is_date(latest);
    if (reader->bad) {
        return LOOM_OK;
    }
    bool wanted = s->level < LOOM_LEVEL_NO_RANGES;
    int code = LOOM_OK;
    if (wanted && column->dates == NULL) {
        column->dates = loom_alloc(sizeof *column->dates);
        if (column->dates == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        *column->dates = (loom_dates){0};
    }
    if (wanted) {
        code = merge_ends(&column->dates->earliest, &column->dates->latest, true, earliest, latest);
    }
    if (code == LOOM_OK && level < LOOM_LEVEL_NO_SUMS) {
        code = loom_timeline_read(s->level < LOOM_LEVEL_NO_SUMS ? &column->dates->timeline : &spare, reader);
    }
    loom_timeline_close(&spare);
    return code;
}

static int merge_values(loom_statistics *s, loom_column_state *column, bool closed, loom_reader *reader) {
    loom_values_cursor cursor;
    bool wanted = s->level < LOOM_LEVEL_NO_SKETCHES;
    int code = LOOM_OK;
    if (wanted && column->table == NULL) {
        column->table = loom_alloc(sizeof *column->table);
        if (column->table == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        *column->table = (loom_value_table){0};
    }
    loom_values_read_head(&cursor, reader);
    while (code == LOOM_OK && loom_values_read(&cursor, reader)) {
        code = wanted ? loom_value_table_add(column->table, &cursor, s->level) : LOOM_OK;
    }
    reader->bad |= closed && !wanted;
    return code == LOOM_OK && closed && !reader->bad ? loom_value_table_read_rest(column->table, s->level, reader)
                                                     : code;
}

static int merge_column(loom_statistics *s, loom_column_state *column, bool first, uint32_t level,
                        loom_reader *reader) {
    loom_tally tally;
    bool closed = false;
    size_t before = cost_of(column, s->level);
    int code = LOOM_OK;
    loom_tally_read(&tally, &closed, reader);
    reader->bad |= closed && (!first || level >= LOOM_LEVEL_NO_SKETCHES);
    if (reader->bad) {
        return LOOM_OK;
    }
    loom_tally_merge(&column->tally, &tally);
    if (loom_tally_numbers(&tally) && level < LOOM_LEVEL_NO_RANGES) {
        code = merge_numbers(s, column, level, reader);
    }
    if (code == LOOM_OK && !reader->bad && loom_tally_dates(&tally) && level < LOOM_LEVEL_NO_RANGES) {
        code = merge_dates(s, column, level, reader);
    }
    if (code == LOOM_OK && !reader->bad && level < LOOM_LEVEL_NO_SKETCHES) {
        code = merge_values(s, column, closed, reader);
    }
    s->cost += cost_of(column, s->level) - before;
    return code == LOOM_OK ? enforce_budget(s) : code;
}

/* A portion behind its mark and form. */
static int merge_portion(loom_statistics *s, loom_reader *reader) {
    bool first = s->records == 0;
    uint32_t level = (uint32_t)loom_varint_read(reader, LOOM_LEVEL_NO_RANGES);
    reader->bad |= loom_varint_read(reader, UINT32_MAX) != s->count;
    reader->bad |= level > 0 && !first;
    s->records += loom_varint_read(reader, UINT64_MAX);
    s->level = first && !reader->bad ? level : s->level;
    uint64_t next = 0;
    int code = LOOM_OK;
    while (code == LOOM_OK && !reader->bad) {
        uint64_t step = loom_varint_read(reader, s->count - next);
        if (step == 0) {
            break;
        }
        next += step;
        code = merge_column(s, &s->columns[next - 1], first, level, reader);
    }
    return code;
}

/* Reads the mark and returns the form. */
static uint8_t read_form(loom_reader *reader) {
    const uint8_t *mark = loom_run_read(reader, 5);
    if (mark == NULL || memcmp(mark, LOOM_PORTION_MARK, 4) != 0 || mark[4] > LOOM_PORTION_LIST) {
        reader->bad = true;
        return 0;
    }
    return mark[4];
}

/* Takes one portion with its mark. */
static int take_portion(loom_statistics *s, const uint8_t *blob, size_t length) {
    loom_reader reader = {blob, blob + length, false};
    int code = LOOM_OK;
    reader.bad |= read_form(&reader) != LOOM_PORTION_ONE;
    if (reader.bad) {
        return LOOM_INTERNAL;
    }
    if (s->whole) {
        code = merge_portion(s, &reader);
        return code == LOOM_OK && (reader.bad || reader.at != reader.end) ? LOOM_INTERNAL : code;
    }
    code = loom_varint_append(&s->list, length);
    return code == LOOM_OK ? loom_buffer_append(&s->list, blob, length) : code;
}

int loom_statistics_merge(loom_statistics *s, const uint8_t *blob, size_t length) {
    loom_reader reader = {blob, blob + length, false};
    uint8_t form = read_form(&reader);
    int code = LOOM_OK;
    if (reader.bad) {
        return LOOM_INTERNAL;
    }
    if (form == LOOM_PORTION_ONE) {
        return take_portion(s, blob, length);
    }
    while (code == LOOM_OK && reader.at < reader.end) {
        size_t size = (size_t)loom_varint_read(&reader, LIST_CAP);
        const uint8_t *portion = loom_run_read(&reader, size);
        code = portion == NULL ? LOOM_INTERNAL : take_portion(s, portion, size);
    }
    return code;
}

static loom_spelling spelling_of(const loom_owned *owned) {
    return (loom_spelling){owned->bytes, owned->length};
}

static int write_column(const loom_column_state *column, uint32_t level, loom_buffer *out) {
    bool sums = level < LOOM_LEVEL_NO_SUMS;
    const loom_numbers *numbers = column->numbers;
    const loom_dates *dates = column->dates;
    int code = loom_tally_write(&column->tally, column->table != NULL && column->table->closed, out);
    if (code == LOOM_OK && numbers != NULL) {
        code = loom_ends_write(spelling_of(&numbers->least), spelling_of(&numbers->most), out);
        if (code == LOOM_OK && sums) {
            code = loom_buffer_append(out, numbers->sum.bytes, numbers->sum.length);
            code = code == LOOM_OK ? loom_buffer_append(out, numbers->squares.bytes, numbers->squares.length) : code;
        }
    }
    if (code == LOOM_OK && dates != NULL) {
        code = loom_ends_write(spelling_of(&dates->earliest), spelling_of(&dates->latest), out);
        code = code == LOOM_OK && sums ? loom_timeline_write(&dates->timeline, out) : code;
    }
    return code == LOOM_OK && column->table != NULL ? loom_value_table_write(column->table, out) : code;
}

int loom_statistics_write(const loom_statistics *s, loom_buffer *out) {
    if (!s->whole) {
        static const uint8_t head[] = {LOOM_PORTION_MARK[0], LOOM_PORTION_MARK[1], LOOM_PORTION_MARK[2],
                                       LOOM_PORTION_MARK[3], LOOM_PORTION_LIST};
        int code = loom_buffer_append(out, head, sizeof head);
        return code == LOOM_OK ? loom_buffer_append(out, s->list.bytes, s->list.length) : code;
    }
    int code = loom_portion_write_head(out, s->level, s->count, s->records);
    uint32_t next = 0;
    for (uint32_t i = 0; i < s->count && code == LOOM_OK; i++) {
        if (s->columns[i].tally.filled > 0) {
            code = loom_varint_append(out, i - next + 1);
            next = i + 1;
            code = code == LOOM_OK ? write_column(&s->columns[i], s->level, out) : code;
        }
    }
    return code == LOOM_OK ? loom_varint_append(out, 0) : code;
}
