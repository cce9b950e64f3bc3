/* The sheet Charts: native charts over the figures of the sheet Statistics.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../core/utf8.h"
#include "capture.h"
#include "names.h"
#include "pages.h"

#define MOST_CHARTS 6u

/* The most bytes of a column's name in a title. */
#define MOST_TITLE 120u

/* Where charts stand: two side by side. Columns of this sheet are 64 pixels wide, rows 20 high. */
#define CHART_WIDTH 620.0
#define CHART_HEIGHT 330.0
#define COLUMNS_A_CHART 10u
#define ROWS_A_CHART 18u
#define FIRST_ROW 3u

#define INK 0x1F2A37
#define GREY 0x6B7683
#define PALE 0xE3E9F0

static const lxw_color_t fills[] = {
    [LOOM_XLSX_TOP] = 0x2F6DB5, [LOOM_XLSX_HISTOGRAM] = 0x2A9D8F, [LOOM_XLSX_TIMELINE] = 0x8E5BB5};

/* Sizes that libxlsxwriter takes a chart to have before it is scaled. */
#define PLAIN_WIDTH 480.0
#define PLAIN_HEIGHT 288.0

static void set_axis(lxw_chart_axis *axis, bool counts) {
    lxw_chart_font font = {.size = 9, .color = GREY};
    lxw_chart_line line = {.color = PALE, .width = 0.75};
    lxw_chart_line hidden = {.none = LXW_TRUE};
    chart_axis_set_num_font(axis, &font);
    if (counts) {
        chart_axis_set_num_format(axis, "#,##0");
        chart_axis_set_line(axis, &hidden);
        chart_axis_major_gridlines_set_visible(axis, LXW_TRUE);
        chart_axis_major_gridlines_set_line(axis, &line);
        chart_axis_set_min(axis, 0);
    } else {
        chart_axis_set_line(axis, &line);
        chart_axis_major_gridlines_set_visible(axis, LXW_FALSE);
    }
    chart_axis_set_major_tick_mark(axis, LXW_CHART_AXIS_TICK_MARK_NONE);
}

static void set_title(lxw_chart *chart, const loom_xlsx_series *series) {
    static const char *const starts[] = {
        [LOOM_XLSX_TOP] = "Most frequent", [LOOM_XLSX_HISTOGRAM] = "Distribution", [LOOM_XLSX_TIMELINE] = "Over time"};
    char title[MOST_TITLE + 32];
    lxw_chart_font font = {.size = 12, .bold = LXW_TRUE, .color = INK};
    loom_buffer label;
    loom_buffer_init(&label, SIZE_MAX / 8);
    int code = loom_xlsx_plain(&label, series->label);
    code = code == LOOM_OK ? loom_buffer_append_byte(&label, '\0') : code;
    if (code != LOOM_OK) {
        loom_capture_fail(code);
        loom_buffer_free(&label);
        return;
    }
    const char *text = (const char *)label.bytes;
    size_t length = label.length - 1;
    size_t shown = length > MOST_TITLE ? loom_utf8_whole(text, MOST_TITLE) : length;
    snprintf(title, sizeof title, "%s: %.*s%s", starts[series->kind], (int)shown, text,
             shown < length ? "\xe2\x80\xa6" : "");
    loom_buffer_free(&label);
    chart_title_set_name(chart, title);
    chart_title_set_name_font(chart, &font);
}

static void draw(lxw_chart *chart, const loom_xlsx_series *from) {
    uint32_t last = from->kind == LOOM_XLSX_TOP && from->last - from->first >= LOOM_XLSX_BARS
                        ? from->first + LOOM_XLSX_BARS - 1
                        : from->last;
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    lxw_chart_fill fill = {.color = fills[from->kind]};
    lxw_chart_line line = {.color = fills[from->kind], .width = 2.25};
    if (series == NULL) {
        return;
    }
    chart_series_set_categories(series, LOOM_XLSX_STATISTICS, from->first, LOOM_XLSX_CATEGORIES, last,
                                LOOM_XLSX_CATEGORIES);
    chart_series_set_values(series, LOOM_XLSX_STATISTICS, from->first, LOOM_XLSX_COUNTS, last, LOOM_XLSX_COUNTS);
    chart_series_set_name(series, "Records");
    if (from->kind == LOOM_XLSX_TIMELINE) {
        chart_series_set_line(series, &line);
        return;
    }
    chart_series_set_fill(series, &fill);
    if (from->kind == LOOM_XLSX_TOP) {
        lxw_chart_font font = {.size = 9, .color = INK};
        chart_series_set_labels(series);
        chart_series_set_labels_font(series, &font);
        chart_series_set_labels_num_format(series, "#,##0");
    }
}

static lxw_chart *make_chart(lxw_workbook *workbook, const loom_xlsx_series *series) {
    static const uint8_t types[] = {[LOOM_XLSX_TOP] = LXW_CHART_BAR,
                                    [LOOM_XLSX_HISTOGRAM] = LXW_CHART_COLUMN,
                                    [LOOM_XLSX_TIMELINE] = LXW_CHART_LINE};
    lxw_chart *chart = workbook_add_chart(workbook, types[series->kind]);
    lxw_chart_line frame = {.color = PALE, .width = 0.75};
    if (chart == NULL) {
        return NULL;
    }
    bool bars = series->kind == LOOM_XLSX_TOP;
    draw(chart, series);
    set_title(chart, series);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    chart_chartarea_set_line(chart, &frame);
    /* Bars lie on their side, and so do the axes of libxlsxwriter: the one of their categories is y. */
    set_axis(bars ? chart->y_axis : chart->x_axis, false);
    set_axis(bars ? chart->x_axis : chart->y_axis, true);
    if (bars) {
        chart_axis_set_reverse(chart->y_axis);
        chart_axis_set_interval_unit(chart->y_axis, 1); /* no name is left out */
        chart_axis_set_crossing_max(chart->y_axis);
    }
    chart_set_series_gap(chart, bars ? 45 : 12);
    return chart;
}

static int compare(const void *left, const void *right) {
    const loom_xlsx_series *a = left;
    const loom_xlsx_series *b = right;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    return (a->first > b->first) - (a->first < b->first);
}

static bool is_chosen(const uint32_t *chosen, uint32_t taken, uint32_t i) {
    for (uint32_t k = 0; k < taken; k++) {
        if (chosen[k] == i) {
            return true;
        }
    }
    return false;
}

/* At most half of the charts are of one kind while there are others to choose from. */
static uint32_t choose(const loom_xlsx_series *series, uint32_t count, uint32_t chosen[MOST_CHARTS]) {
    uint32_t taken = 0;
    uint32_t of_kind[3] = {0};
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < count && taken < MOST_CHARTS; i++) {
            bool crowded = round == 0 && of_kind[series[i].kind] >= MOST_CHARTS / 2;
            if (!crowded && !is_chosen(chosen, taken, i)) {
                chosen[taken++] = i;
                of_kind[series[i].kind]++;
            }
        }
    }
    return taken;
}

void loom_xlsx_charts(lxw_workbook *workbook, const loom_xlsx_look *look, loom_xlsx_series *series, uint32_t count) {
    uint32_t chosen[MOST_CHARTS];
    lxw_worksheet *sheet = workbook_add_worksheet(workbook, "Charts");
    if (sheet == NULL) {
        loom_capture_fail(LOOM_OUT_OF_MEMORY);
        return;
    }
    loom_xlsx_title(sheet, look, "Charts", "Drawn from the figures on the sheet Statistics.");
    qsort(series, count, sizeof *series, compare);
    uint32_t charts = choose(series, count, chosen);
    for (uint32_t i = 0; i < charts; i++) {
        lxw_chart_options options = {.x_scale = CHART_WIDTH / PLAIN_WIDTH, .y_scale = CHART_HEIGHT / PLAIN_HEIGHT};
        lxw_chart *chart = make_chart(workbook, &series[chosen[i]]);
        if (chart == NULL) {
            loom_capture_fail(LOOM_OUT_OF_MEMORY);
            return;
        }
        worksheet_insert_chart_opt(sheet, FIRST_ROW + i / 2 * ROWS_A_CHART, (uint16_t)(i % 2 * COLUMNS_A_CHART), chart,
                                   &options);
    }
}
