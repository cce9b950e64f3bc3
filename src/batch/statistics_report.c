/* Statistics as JSON.
 * SPDX-License-Identifier: MIT
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../core/decimal.h"
#include "../core/distribution.h"
#include "../core/memory.h"
#include "json_text.h"
#include "statistics.h"

/* The most values that are listed as the most frequent ones. */
#define MOST_TOP 20u

/* One column on its way to JSON. */
typedef struct page {
    const loom_column_state *column;
    uint32_t level;
    uint64_t records;
    loom_exact *sum; /* room */
    loom_exact *squares;
    bool spelled; /* numbers of the source are texts where doubles would lose their spelling */
    loom_buffer *out;
} page;

static int put_format(loom_buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int put_format(loom_buffer *out, const char *format, ...) {
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return loom_buffer_append_text(out, text);
}

static int put_count(loom_buffer *out, const char *name, uint64_t count) {
    return put_format(out, ",\"%s\":%" PRIu64, name, count);
}

static int put_truth(loom_buffer *out, const char *name, bool truth) {
    return put_format(out, ",\"%s\":%s", name, truth ? "true" : "false");
}

/* A member with a number, or nothing where the number is none. */
static int put_number(loom_buffer *out, const char *name, double value) {
    if (!isfinite(value)) {
        return LOOM_OK;
    }
    int code = put_format(out, ",\"%s\":", name);
    return code == LOOM_OK ? loom_decimal_write(out, value) : code;
}

static int put_string(loom_buffer *out, const char *name, const char *text) {
    int code = put_format(out, ",\"%s\":", name);
    return code == LOOM_OK ? loom_json_string(out, (const uint8_t *)text, strlen(text)) : code;
}

/* What the values are, empty texts left out. */
static const char *type_of(uint32_t kinds) {
    switch (kinds & ~LOOM_KIND_INFINITE) {
    case LOOM_KIND_BOOLEAN:
        return "boolean";
    case LOOM_KIND_INTEGER:
        return "integer";
    case LOOM_KIND_NUMBER:
    case LOOM_KIND_NUMBER | LOOM_KIND_INTEGER:
        return "number";
    case LOOM_KIND_DATE:
        return "date";
    case LOOM_KIND_DATETIME:
    case LOOM_KIND_DATETIME | LOOM_KIND_DATE:
        return "datetime";
    case LOOM_KIND_JSON:
        return "json";
    default:
        return "text";
    }
}

static int compare_weights(const void *left, const void *right) {
    double a = ((const loom_weight *)left)->value;
    double b = ((const loom_weight *)right)->value;
    return (a > b) - (a < b);
}

/* The numbers of a column in `weights`, room for all values of its table and all bins of its spread; returns how many. */
static uint32_t list_weights(const loom_value_table *table, double least, double most, loom_weight *weights) {
    uint32_t size = 0;
    for (uint32_t i = 0; !table->closed && i < table->count; i++) {
        if (loom_held_is_number(&table->held[i])) {
            weights[size++] = (loom_weight){loom_held_value(table, &table->held[i]), table->held[i].count};
        }
    }
    for (uint32_t i = 0; table->spread != NULL && i < table->spread->count; i++) {
        double value = loom_spread_value(table->spread, i);
        value = value < least ? least : value;
        weights[size++] = (loom_weight){value > most ? most : value, table->spread->bins[i].count};
    }
    if (size > 1) {
        qsort(weights, size, sizeof *weights, compare_weights);
    }
    return size;
}

static int put_quantiles(const loom_distribution *d, loom_buffer *out) {
    static const unsigned percents[] = {1, 5, 25, 50, 75, 95, 99};
    int code = loom_buffer_append_text(out, ",\"quantiles\":{");
    for (size_t i = 0; i < sizeof percents / sizeof percents[0] && code == LOOM_OK; i++) {
        code = put_format(out, "%s\"p%u\":", i == 0 ? "" : ",", percents[i]);
        if (code == LOOM_OK) {
            code = loom_decimal_write(out, loom_distribution_quantile(d, percents[i]));
        }
    }
    return code == LOOM_OK ? loom_buffer_append_byte(out, '}') : code;
}

static int put_distribution(page *p, double least, double most) {
    const loom_value_table *table = p->column->table;
    uint32_t room = table->count + (table->spread != NULL ? table->spread->count : 0);
    loom_weight *weights = loom_alloc(((size_t)room + 1) * sizeof *weights);
    if (weights == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    loom_distribution d = {
        .weights = weights,
        .size = list_weights(table, least, most, weights),
        .total = p->column->tally.filled - p->column->tally.empty_text,
        .least = least,
        .most = most,
        .exact = !table->closed,
        .whole = (p->column->tally.kinds & LOOM_KIND_NUMBER) == 0,
    };
    int code = d.size == 0 ? LOOM_OK : put_quantiles(&d, p->out);
    if (code == LOOM_OK && d.size > 0) {
        code = put_truth(p->out, "quantilesExact", d.exact);
    }
    if (code == LOOM_OK && table->spread != NULL && table->spread->shift > 0) { /* two bins became one, and so on */
        code = put_number(p->out, "quantilesError", ldexp(0.0078125, (int)table->spread->shift));
    }
    if (code == LOOM_OK && d.size > 0) {
        code = loom_buffer_append_text(p->out, ",\"histogram\":");
        code = code == LOOM_OK ? loom_distribution_histogram(&d, p->out) : code;
    }
    loom_free(weights);
    return code;
}

static void read_sum(loom_exact *exact, const loom_owned *owned, uint32_t most) {
    loom_reader reader = {owned->bytes, owned->bytes + owned->length, false};
    loom_exact_zero(exact);
    loom_exact_read(exact, &reader, most);
    loom_exact_settle(exact);
}

static int put_sums(page *p, uint64_t count) {
    const loom_numbers *numbers = p->column->numbers;
    read_sum(p->sum, &numbers->sum, LOOM_EXACT_SUM_MOST);
    read_sum(p->squares, &numbers->squares, LOOM_EXACT_SQUARES_MOST);
    double sum = loom_exact_value(p->sum, LOOM_EXACT_SUM_SCALE);
    int code = put_number(p->out, "mean", sum / (double)count);
    if (code == LOOM_OK && count > 1) {
        code = put_number(p->out, "standardDeviation", sqrt(loom_exact_variance(p->sum, p->squares, count)));
    }
    return code == LOOM_OK ? put_number(p->out, "sum", sum) : code;
}

/* Whole numbers beyond what a spreadsheet holds are texts for those who want them spelled. */
static int put_digits(page *p, const char *name, const loom_owned *digits) {
    bool whole = (p->column->tally.kinds & LOOM_KIND_NUMBER) == 0;
    int code = put_format(p->out, ",\"%s\":", name);
    if (code == LOOM_OK && p->spelled && whole && digits->length > DBL_DIG) {
        return loom_json_string(p->out, digits->bytes, digits->length);
    }
    return code == LOOM_OK ? loom_buffer_append(p->out, digits->bytes, digits->length) : code;
}

static int put_numbers(page *p) {
    const loom_numbers *numbers = p->column->numbers;
    const loom_tally *tally = &p->column->tally;
    int code = put_digits(p, "min", &numbers->least);
    if (code == LOOM_OK) {
        code = put_digits(p, "max", &numbers->most);
    }
    if (code != LOOM_OK || (tally->kinds & LOOM_KIND_INFINITE) != 0) {
        return code; /* no sum of what a double cannot hold */
    }
    if (p->level < LOOM_LEVEL_NO_SUMS) {
        code = put_sums(p, tally->filled - tally->empty_text);
    }
    if (code == LOOM_OK && p->column->table != NULL) {
        double least = loom_decimal_value(numbers->least.bytes, numbers->least.length);
        double most = loom_decimal_value(numbers->most.bytes, numbers->most.length);
        code = put_distribution(p, least, most);
    }
    return code;
}

static int put_dates(page *p) {
    const loom_dates *dates = p->column->dates;
    int code =
        put_format(p->out, ",\"earliest\":\"%.*s\",\"latest\":\"%.*s\"", (int)dates->earliest.length,
                   (const char *)dates->earliest.bytes, (int)dates->latest.length, (const char *)dates->latest.bytes);
    if (code == LOOM_OK && p->level < LOOM_LEVEL_NO_SUMS) {
        code = loom_buffer_append_text(p->out, ",\"timeline\":");
        code = code == LOOM_OK ? loom_timeline_report(&dates->timeline, p->out) : code;
    }
    return code;
}

/* A value as JSON: numbers and truths as they are, all else as text; a cut text ends in an ellipsis. */
static int put_value(const page *p, const loom_held *held, loom_buffer *out) {
    const loom_value_table *table = p->column->table;
    loom_spelling text = loom_held_spelling(table, held);
    switch (held->kind) {
    case LOOM_VALUE_FALSE:
        return loom_buffer_append(out, "false", 5);
    case LOOM_VALUE_TRUE:
        return loom_buffer_append(out, "true", 4);
    case LOOM_VALUE_INTEGER:
    case LOOM_VALUE_NUMBER:
        return p->spelled ? loom_json_string(out, text.text, text.length) : loom_buffer_append(out, text.text, text.length);
    default:
        break;
    }
    bool cut = held->kind >= LOOM_VALUE_LONG_TEXT;
    int code = loom_json_string(out, text.text, text.length - (cut ? 8 : 0));
    if (code == LOOM_OK && cut) {
        out->length--;
        code = loom_buffer_append_text(out, "\xe2\x80\xa6\"");
    }
    return code;
}

/* The most frequent values, ties in order of first appearance, in `top`; returns how many. */
static uint32_t choose_top(const loom_value_table *table, const loom_held *top[MOST_TOP]) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        const loom_held *held = &table->held[i];
        uint32_t place = count < MOST_TOP ? count++ : MOST_TOP;
        if (place == MOST_TOP && top[MOST_TOP - 1]->count >= held->count) {
            continue;
        }
        place = place == MOST_TOP ? MOST_TOP - 1 : place;
        for (; place > 0 && top[place - 1]->count < held->count; place--) {
            top[place] = top[place - 1];
        }
        top[place] = held;
    }
    return count;
}

static int put_top(page *p) {
    const loom_held *top[MOST_TOP];
    const loom_value_table *table = p->column->table;
    uint32_t count = choose_top(table, top);
    int code = loom_buffer_append_text(p->out, ",\"top\":[");
    for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
        code = loom_buffer_append_text(p->out, i == 0 ? "{\"value\":" : ",{\"value\":");
        code = code == LOOM_OK ? put_value(p, top[i], p->out) : code;
        code = code == LOOM_OK ? put_format(p->out, ",\"count\":%" PRIu64 "}", top[i]->count) : code;
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(p->out, ']');
    }
    if (code == LOOM_OK) {
        code = put_truth(p->out, "topExact", !table->closed);
    }
    return code == LOOM_OK && table->closed ? put_count(p->out, "untracked", table->untracked) : code;
}

static int put_distinct(page *p) {
    const loom_value_table *table = p->column->table;
    double distinct = table->count;
    if (table->closed) {
        distinct = floor(loom_distinct_estimate(table->registers) + 0.5);
        distinct = distinct > table->count ? distinct : table->count + 1.0;
        distinct = distinct < (double)p->column->tally.filled ? distinct : (double)p->column->tally.filled;
    }
    int code = put_number(p->out, "distinct", distinct);
    return code == LOOM_OK ? put_truth(p->out, "distinctExact", !table->closed) : code;
}

static int put_lengths(page *p) {
    const loom_tally *tally = &p->column->tally;
    int code = put_count(p->out, "minLength", tally->min_length);
    return code == LOOM_OK ? put_count(p->out, "maxLength", tally->max_length) : code;
}

/* What there is besides the counts of cells. */
static int put_values(page *p) {
    const loom_column_state *column = p->column;
    const char *type = type_of(column->tally.kinds);
    bool numeric = strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
    bool dated = strncmp(type, "date", 4) == 0;
    int code = loom_tally_lengths(&column->tally) ? put_count(p->out, "emptyText", column->tally.empty_text) : LOOM_OK;
    if (code == LOOM_OK && column->table != NULL) {
        code = put_distinct(p);
    }
    if (code == LOOM_OK && numeric && column->numbers != NULL) {
        code = put_numbers(p);
    }
    if (code == LOOM_OK && column->table != NULL) {
        code = put_top(p);
    }
    if (code == LOOM_OK && strcmp(type, "boolean") == 0) {
        code = put_count(p->out, "true", column->tally.trues);
        uint64_t falses = column->tally.filled - column->tally.empty_text - column->tally.trues;
        code = code == LOOM_OK ? put_count(p->out, "false", falses) : code;
    }
    if (code == LOOM_OK && dated && column->dates != NULL) {
        code = put_dates(p);
    }
    return code == LOOM_OK && loom_tally_lengths(&column->tally) ? put_lengths(p) : code;
}

static int put_column(page *p, const loom_column *column, bool first) {
    const loom_tally *tally = &p->column->tally;
    int code = loom_buffer_append_text(p->out, first ? "{\"key\":" : ",{\"key\":");
    if (code == LOOM_OK) {
        code = loom_json_string(p->out, (const uint8_t *)column->key, strlen(column->key));
    }
    if (code == LOOM_OK) {
        code = put_string(p->out, "label", column->label);
    }
    if (code == LOOM_OK) {
        code = put_string(p->out, "type", type_of(tally->kinds));
    }
    if (code == LOOM_OK) {
        code = put_count(p->out, "filled", tally->filled);
    }
    if (code == LOOM_OK) {
        code = put_count(p->out, "empty", p->records - tally->filled);
    }
    if (code == LOOM_OK && tally->filled > 0) {
        code = put_values(p);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(p->out, '}') : code;
}

/* What was given up, for all columns alike. */
static int put_limits(uint32_t level, loom_buffer *out) {
    return put_format(out, ",\"columnLimits\":{\"values\":%u,\"sketches\":%s,\"sums\":%s,\"ranges\":%s}",
                      level < LOOM_LEVEL_NO_TABLES ? LOOM_MAX_HELD >> level : 0,
                      level < LOOM_LEVEL_NO_SKETCHES ? "true" : "false", level < LOOM_LEVEL_NO_SUMS ? "true" : "false",
                      level < LOOM_LEVEL_NO_RANGES ? "true" : "false");
}

int loom_statistics_report(const loom_statistics *s, const loom_columns *columns, bool spelled, loom_buffer *out) {
    loom_exact *room = loom_alloc(2 * sizeof *room);
    int code = room == NULL ? LOOM_OUT_OF_MEMORY : loom_buffer_append_text(out, "\"columns\":[");
    bool first = true;
    for (uint32_t i = 0; i < s->count && i < columns->count && code == LOOM_OK; i++) {
        page p = {&s->columns[i], s->level, s->records, room, room + 1, spelled, out};
        if ((int32_t)i != columns->raw) {
            code = put_column(&p, &columns->list[i], first);
            first = false;
        }
    }
    loom_free(room);
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(out, ']');
    }
    return code == LOOM_OK && s->level > 0 ? put_limits(s->level, out) : code;
}
