/* The sheet Statistics: a line for each column, and the figures that charts draw on.
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdio.h>

#include "../../core/memory.h"
#include "../../core/utf8.h"
#include "capture.h"
#include "pages.h"

#define FIRST_ROW 3u

static const char *const headings[] = {"Column",   "Type", "Filled",    "Empty", "Filled %", "Distinct", "Least",
                                       "Greatest", "Mean", "Std. dev.", "25 %",  "Median",   "75 %",     "95 %"};

#define HEADINGS (sizeof headings / sizeof headings[0])

typedef struct page {
    lxw_worksheet *sheet;
    const loom_xlsx_look *look;
    uint32_t row;
    loom_xlsx_series *series; /* room for three a column */
    uint32_t count;
} page;

/* How a figure is shown: `#,##0.####` would leave the point of a whole number, and of a very small one nothing else. */
static lxw_format *format_of(const loom_xlsx_look *look, double figure) {
    double size = fabs(figure);
    if (size < 1e15 && figure == floor(figure)) {
        return look->count;
    }
    return size >= 0.01 && size < 1e15 ? look->number : look->text;
}

static void put_figure(page *page, uint16_t column, const cJSON *object, const char *name, lxw_format *format) {
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (cJSON_IsNumber(member)) {
        format = format == page->look->number ? format_of(page->look, member->valuedouble) : format;
        loom_xlsx_write_figure(page->sheet, page->row, column, member->valuedouble, format);
    } else if (cJSON_IsString(member)) {
        loom_xlsx_write(page->sheet, page->row, column, member->valuestring, page->look->text);
    } else {
        worksheet_write_blank(page->sheet, page->row, column, format);
    }
}

static void put_column(page *page, const cJSON *column) {
    static const char *const figures[] = {"min", "max", "mean", "standardDeviation"};
    static const char *const dates[] = {"earliest", "latest"};
    static const char *const quantiles[] = {"p25", "p50", "p75", "p95"};
    const loom_xlsx_look *look = page->look;
    const cJSON *spread = cJSON_GetObjectItemCaseSensitive(column, "quantiles");
    const cJSON *exact = cJSON_GetObjectItemCaseSensitive(column, "distinctExact");
    double filled = loom_xlsx_figure(column, "filled");
    double all = filled + loom_xlsx_figure(column, "empty");
    loom_xlsx_write(page->sheet, page->row, 0, loom_xlsx_member(column, "label"), look->text);
    loom_xlsx_write(page->sheet, page->row, 1, loom_xlsx_member(column, "type"), look->text);
    put_figure(page, 2, column, "filled", look->count);
    put_figure(page, 3, column, "empty", look->count);
    if (all > 0) {
        worksheet_write_number(page->sheet, page->row, 4, filled / all, look->share);
    } else {
        worksheet_write_blank(page->sheet, page->row, 4, look->share);
    }
    put_figure(page, 5, column, "distinct", cJSON_IsFalse(exact) ? look->about : look->count);
    for (uint16_t i = 0; i < 4; i++) {
        bool date = i < 2 && cJSON_HasObjectItem(column, dates[i]);
        put_figure(page, 6 + i, column, date ? dates[i] : figures[i], look->number);
        put_figure(page, 10 + i, spread, quantiles[i], look->number);
    }
    page->row++;
}

static void put_overview(page *page, const cJSON *columns) {
    const cJSON *column = NULL;
    uint32_t first = page->row;
    loom_xlsx_headings_row(page->sheet, page->look, page->row++, headings, HEADINGS, 2);
    worksheet_freeze_panes(page->sheet, 0, 1); /* not the headings: the lists below have others */
    cJSON_ArrayForEach(column, columns) {
        put_column(page, column);
    }
    worksheet_autofilter(page->sheet, first, 0, page->row - 1, HEADINGS - 1);
}

/* Longer texts are no names of bars, in characters. */
#define LONG_CATEGORY 40

/* Bars of one length say nothing. */
static bool is_even(const cJSON *list) {
    int count = cJSON_GetArraySize(list);
    int bars = count < (int)LOOM_XLSX_BARS ? count : (int)LOOM_XLSX_BARS;
    const cJSON *last = cJSON_GetArrayItem(list, bars - 1);
    return count > 3 && loom_xlsx_figure(cJSON_GetArrayItem(list, 0), "count") == loom_xlsx_figure(last, "count");
}

/* How telling the most frequent values are: those of a few-valued column say most, those of an almost unique one nothing. */
static int rank_top(const cJSON *column, const cJSON *list) {
    double distinct = loom_xlsx_figure(column, "distinct");
    double filled = loom_xlsx_figure(column, "filled");
    if (distinct < 2 || distinct > filled / 2) {
        return -1;
    }
    if (loom_xlsx_figure(column, "maxLength") > LONG_CATEGORY || is_even(list)) {
        return 50;
    }
    return distinct <= 3 ? 40 : distinct <= 60 ? 10 : 30;
}

static bool ends_in(const char *text, const char *ending) {
    size_t length = strlen(text);
    size_t n = strlen(ending);
    return length >= n && strcmp(text + length - n, ending) == 0;
}

/* One bar beside which the others cannot be seen says little. */
static bool is_lopsided(const cJSON *column, const cJSON *list) {
    const cJSON *bar = NULL;
    double highest = 0;
    cJSON_ArrayForEach(bar, list) {
        double count = loom_xlsx_figure(bar, "count");
        highest = count > highest ? count : highest;
    }
    return highest > 0.9 * loom_xlsx_figure(column, "filled");
}

static int rank_histogram(const cJSON *column, const cJSON *list) {
    const char *label = loom_xlsx_member(column, "label");
    if (is_lopsided(column, list)) {
        return 45;
    }
    return ends_in(label, "onfidence") || ends_in(label, "rice") ? 15 : 25;
}

/* What one line of a list of figures says. */
typedef struct line {
    char category[400];
    double count;
} line;

static line read_top(const cJSON *item) {
    line line = {.count = loom_xlsx_figure(item, "count")};
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(item, "value");
    if (cJSON_IsBool(value)) {
        snprintf(line.category, sizeof line.category, "%s", cJSON_IsTrue(value) ? "true" : "false");
    } else {
        bool empty = !cJSON_IsString(value) || value->valuestring[0] == '\0';
        snprintf(line.category, sizeof line.category, "%.90s", empty ? "(empty)" : value->valuestring);
        line.category[loom_utf8_whole(line.category, strlen(line.category))] = '\0';
        for (char *at = line.category; *at != '\0'; at++) { /* one line each */
            *at = *at == '\n' || *at == '\r' || *at == '\t' ? ' ' : *at;
        }
    }
    return line;
}

static line read_histogram(const cJSON *item) {
    line line = {.count = loom_xlsx_figure(item, "count")};
    snprintf(line.category, sizeof line.category, "%.12g \xe2\x80\x93 %.12g", loom_xlsx_figure(item, "from"),
             loom_xlsx_figure(item, "to"));
    return line;
}

static line read_timeline(const cJSON *item) {
    line line = {.count = loom_xlsx_figure(item, "count")};
    snprintf(line.category, sizeof line.category, "%.40s", loom_xlsx_member(item, "period"));
    return line;
}

/* The lines of one column, noted as a series if they suit a chart. */
static void put_lines(page *page, const cJSON *column, const cJSON *list, line (*read)(const cJSON *),
                      loom_xlsx_series series) {
    const cJSON *item = NULL;
    double filled = loom_xlsx_figure(column, "filled");
    series.label = loom_xlsx_member(column, "label");
    series.first = page->row;
    cJSON_ArrayForEach(item, list) {
        line line = read(item);
        loom_xlsx_write(page->sheet, page->row, 0, series.label, page->look->text);
        loom_xlsx_write(page->sheet, page->row, LOOM_XLSX_CATEGORIES, line.category, page->look->text);
        worksheet_write_number(page->sheet, page->row, LOOM_XLSX_COUNTS, line.count, page->look->count);
        worksheet_write_number(page->sheet, page->row++, 3, filled > 0 ? line.count / filled : 0, page->look->share);
    }
    series.last = page->row - 1;
    if (series.rank >= 0 && series.last > series.first) {
        page->series[page->count++] = series;
    }
}

static void put_lists(page *page, const cJSON *columns, const char *title, const char *heading, const char *member,
                      line (*read)(const cJSON *), int kind) {
    const char *const texts[] = {"Column", heading, "Count", "Share"};
    const cJSON *column = NULL;
    bool started = false;
    cJSON_ArrayForEach(column, columns) {
        const cJSON *list = cJSON_GetObjectItemCaseSensitive(column, member);
        /* values that all differ are no news */
        bool unique = kind == LOOM_XLSX_TOP && loom_xlsx_figure(cJSON_GetArrayItem(list, 0), "count") <= 1;
        if (cJSON_GetArraySize(list) == 0 || unique) {
            continue;
        }
        if (!started) {
            page->row += 2;
            loom_xlsx_write(page->sheet, page->row++, 0, title, page->look->section);
            loom_xlsx_headings_row(page->sheet, page->look, page->row++, texts, 4, 2);
            started = true;
        }
        int rank = kind == LOOM_XLSX_TOP ? rank_top(column, list) : kind == LOOM_XLSX_HISTOGRAM ? rank_histogram(column, list) : 5;
        put_lines(page, column, list, read, (loom_xlsx_series){.rank = rank, .kind = kind});
    }
}

static void set_widths(lxw_worksheet *sheet) {
    worksheet_set_column(sheet, 0, 0, 34, NULL);
    worksheet_set_column(sheet, 1, 1, 28, NULL);
    worksheet_set_column(sheet, 2, 5, 12, NULL);
    worksheet_set_column(sheet, 6, 7, 22, NULL);
    worksheet_set_column(sheet, 8, 13, 12, NULL);
}

void loom_xlsx_statistics(lxw_workbook *workbook, const loom_xlsx_look *look, const cJSON *totals) {
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(totals, "columns");
    size_t count = (size_t)cJSON_GetArraySize(columns);
    char note[120];
    page page = {workbook_add_worksheet(workbook, LOOM_XLSX_STATISTICS), look, FIRST_ROW,
                 loom_alloc((count * 3 + 1) * sizeof *page.series), 0};
    if (page.sheet == NULL || page.series == NULL) {
        loom_capture_fail(LOOM_OUT_OF_MEMORY);
        loom_free(page.series);
        return;
    }
    double written = loom_xlsx_figure(cJSON_GetObjectItemCaseSensitive(totals, "counts"), "written");
    snprintf(note, sizeof note, "Records: %.0f; columns: %u. \xe2\x89\x88 marks an estimate.", written, (unsigned)count);
    loom_xlsx_title(page.sheet, look, "Statistics", note);
    set_widths(page.sheet);
    put_overview(&page, columns);
    put_lists(&page, columns, "Most frequent values", "Value", "top", read_top, LOOM_XLSX_TOP);
    put_lists(&page, columns, "Distributions", "Range", "histogram", read_histogram, LOOM_XLSX_HISTOGRAM);
    put_lists(&page, columns, "Over time", "Period", "timeline", read_timeline, LOOM_XLSX_TIMELINE);
    if (page.count > 0) {
        loom_xlsx_charts(workbook, look, page.series, page.count);
    }
    loom_free(page.series);
}
