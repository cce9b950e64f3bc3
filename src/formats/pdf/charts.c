/* Charts of the statistics: bars of the most frequent values, histograms, and counts over time.
 * SPDX-License-Identifier: MIT
 */
#include "sections.h"

#include <math.h>
#include <stdio.h>

#include "../../core/utf8.h"

enum { TOP, HISTOGRAM, TIMELINE };

/* Charts that a report has at most, and bars of one. */
#define MOST_CHARTS 6u
#define MOST_BARS 40u
#define MOST_VALUES 8u

/* Values that are longer have no room beside their bars. */
#define LONG_VALUE 32u

#define HEIGHT (122 * LOOM_POINT)
#define GAP (18 * LOOM_POINT)
#define LABEL 68

typedef struct bar {
    char label[96];
    double count;
} bar;

typedef struct chart {
    const cJSON *column;
    int kind;
    int rank; /* the smaller, the more it tells */
} chart;

typedef struct box {
    int32_t x;
    int32_t y; /* of its lower edge */
    int32_t width;
    int32_t height;
} box;

static const char *const members[] = {"top", "histogram", "timeline"};

/* How telling the most frequent values are: those of a column of few values say most, those of an almost unique one nothing. */
static int rank_top(const cJSON *column) {
    double distinct = loom_shell_figure(column, "distinct");
    double filled = loom_shell_figure(column, "filled");
    double most = loom_shell_figure(cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(column, "top"), 0), "count");
    bool list = strcmp(loom_shell_member(column, "type"), "json") == 0;
    if (list || distinct < 2 || distinct > filled / 2 || most < filled / 50) {
        return -1;
    }
    const char *first = loom_shell_member(cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(column, "top"), 0), "value");
    return distinct <= 3 || strlen(first) > LONG_VALUE ? 40 : distinct <= 60 ? 10 : 30;
}

static bool ends_in(const char *text, const char *ending) {
    size_t length = strlen(text);
    size_t n = strlen(ending);
    return length >= n && strcmp(text + length - n, ending) == 0;
}

/* Histograms that come before the most frequent values of other columns; columns that tell how sure something is come first. */
#define FIRST_HISTOGRAMS 2

static int rank_of(const cJSON *column, int kind, int *histograms) {
    const char *label = loom_shell_member(column, "label");
    if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(column, members[kind])) < 2) {
        return -1;
    }
    if (kind == TOP) {
        return cJSON_HasObjectItem(column, "histogram") && loom_shell_figure(column, "distinct") > 12
                   ? -1
                   : rank_top(column);
    }
    if (kind == TIMELINE) {
        return 5;
    }
    bool telling = ends_in(label, "onfidence") || ends_in(label, "rice") || ends_in(label, "mount") ||
                   ends_in(label, "otal") || ends_in(label, "core");
    double distinct = loom_shell_figure(column, "distinct");
    bool numbers = strcmp(loom_shell_member(column, "type"), "integer") == 0 &&
                   distinct >= loom_shell_figure(column, "filled"); /* they tell records apart */
    if (distinct < 6 || numbers) {
        return -1;
    }
    *histograms += telling;
    return telling && *histograms <= FIRST_HISTOGRAMS ? 8 : 25;
}

/* Takes a chart among the best so far. */
static void keep(chart *charts, uint32_t *count, chart candidate) {
    uint32_t at = *count;
    while (at > 0 && charts[at - 1].rank > candidate.rank) {
        at--;
    }
    if (at >= MOST_CHARTS) {
        return;
    }
    uint32_t kept = *count < MOST_CHARTS ? *count : MOST_CHARTS - 1;
    memmove(charts + at + 1, charts + at, (kept - at) * sizeof *charts);
    charts[at] = candidate;
    *count = kept + 1;
}

static void read_label(bar *bar, const cJSON *item, int kind) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(item, kind == TOP ? "value" : "period");
    if (kind == HISTOGRAM) {
        snprintf(bar->label, sizeof bar->label, "%.12g", loom_shell_figure(item, "from"));
    } else if (cJSON_IsBool(value)) {
        snprintf(bar->label, sizeof bar->label, "%s", cJSON_IsTrue(value) ? "true" : "false");
    } else {
        bool empty = !cJSON_IsString(value) || value->valuestring[0] == '\0';
        snprintf(bar->label, sizeof bar->label, "%s", empty ? "(empty)" : value->valuestring);
        bar->label[loom_utf8_whole(bar->label, strlen(bar->label))] = '\0';
    }
    for (char *at = bar->label; *at != '\0'; at++) {
        *at = *at == '\n' || *at == '\r' ? ' ' : *at;
    }
}

static uint32_t read_bars(const chart *chart, bar *bars) {
    const cJSON *item = NULL;
    const uint32_t most = chart->kind == TOP ? MOST_VALUES : MOST_BARS;
    uint32_t count = 0;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(chart->column, members[chart->kind]);
    uint32_t all = (uint32_t)cJSON_GetArraySize(list);
    uint32_t together =
        chart->kind == TIMELINE && all > MOST_BARS ? (all + MOST_BARS - 1) / MOST_BARS : 1; /* periods in one bar */
    uint32_t i = 0;
    cJSON_ArrayForEach(item, list) {
        if (i++ % together == 0) {
            if (count >= most) {
                break;
            }
            bars[count].count = 0;
            read_label(&bars[count++], item, chart->kind);
        }
        bars[count - 1].count += loom_shell_figure(item, "count");
    }
    return count;
}

static double most_of(const bar *bars, uint32_t count) {
    double most = 1;
    for (uint32_t i = 0; i < count; i++) {
        most = bars[i].count > most ? bars[i].count : most;
    }
    return most;
}

/* A round number of at least `most`, whose quarters are whole numbers, as counts are. */
static double round_up(double most) {
    static const double steps[] = {1, 2, 3, 4, 5, 6, 8};
    double quarter = most < 4 ? 1 : most / 4;
    double power = pow(10, floor(log10(quarter)));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (power * steps[i] >= quarter) {
            return power * steps[i] * 4;
        }
    }
    return power * 40;
}

/* Counts of thousands and millions in short. */
static void short_count(char *text, size_t size, double count) {
    if (count >= 1e6) {
        snprintf(text, size, "%.3g M", count / 1e6);
    } else if (count >= 1e4) {
        snprintf(text, size, "%.3g k", count / 1e3);
    } else {
        snprintf(text, size, "%.6g", count);
    }
}

/* Values beside each other: label, bar, count and share. */
static void draw_values(loom_shell *shell, box box, const bar *bars, uint32_t count, double filled) {
    int32_t step = box.height / (int32_t)MOST_VALUES;
    int32_t label = box.width * 36 / 100;
    int32_t room = box.width - label - 66 * LOOM_POINT;
    double most = most_of(bars, count);
    for (uint32_t i = 0; i < count; i++) {
        int32_t y = box.y + box.height - (int32_t)(i + 1) * step;
        char text[80];
        char number[48];
        loom_shell_count(number, sizeof number, bars[i].count);
        snprintf(text, sizeof text, "%s  (%.*f %%)", number, bars[i].count / filled < .0995 ? 1 : 0,
                 100 * bars[i].count / filled);
        int32_t width = (int32_t)(room * bars[i].count / most);
        loom_caption name = {
            .x = box.x, .y = y + step / 3, .width = label - 60, .size = LABEL, .align = LOOM_ALIGN_RIGHT};
        loom_caption figure = {
            .x = box.x + label + width + 40, .y = y + step / 3, .size = LABEL, .colour = LOOM_PDF_GREY};
        (void)loom_shell_text(shell, name, bars[i].label);
        loom_shell_box(shell, box.x + label, y + step / 6, width, step * 2 / 3, loom_accent);
        (void)loom_shell_text(shell, figure, text);
    }
    loom_shell_line(shell, box.x + label, box.y + box.height - (int32_t)count * step, box.x + label, box.y + box.height,
                    .6f, loom_rule);
}

/* Lines across at four heights, with the counts that they stand for. */
static void draw_scale(loom_shell *shell, box box, double most) {
    for (int i = 0; i <= 4; i++) {
        int32_t y = box.y + box.height * i / 4;
        char text[32];
        short_count(text, sizeof text, most * i / 4);
        loom_shell_line(shell, box.x, y, box.x + box.width, y, i == 0 ? .7f : .3f, i == 0 ? loom_rule : loom_faint);
        loom_caption caption = {.x = box.x - 42 * LOOM_POINT,
                                .y = y - 22,
                                .width = 38 * LOOM_POINT,
                                .size = LABEL,
                                .align = LOOM_ALIGN_RIGHT,
                                .colour = LOOM_PDF_GREY};
        (void)loom_shell_text(shell, caption, text);
    }
}

/* Labels below the bars, as many as have room. A histogram's stand between the bars, where their ranges meet. */
static void draw_labels(loom_shell *shell, box box, const bar *bars, uint32_t count, const char *last) {
    int32_t widest = 300;
    for (uint32_t i = 0; i < count; i++) {
        int32_t width = loom_pdf_caption_width(shell->pdf, LOOM_REGULAR, LABEL, bars[i].label);
        widest = width > widest ? width : widest;
    }
    int32_t bars_count = count > 0 ? (int32_t)count : 1;
    int32_t fit = box.width / (widest + 60) + 1;
    uint32_t every = (uint32_t)((bars_count + fit - 1) / fit);
    for (uint32_t i = 0; i <= count; i += every) {
        if (i == count && last == NULL) {
            break;
        }
        int64_t halves = 2 * (int64_t)i + (last == NULL);
        int32_t x = box.x + (int32_t)(box.width * halves / (2 * (int64_t)bars_count));
        loom_caption caption = {.x = x - 30 * LOOM_POINT,
                                .y = box.y - 10 * LOOM_POINT,
                                .width = 60 * LOOM_POINT,
                                .size = LABEL,
                                .align = LOOM_ALIGN_CENTER,
                                .colour = LOOM_PDF_GREY};
        loom_shell_line(shell, x, box.y, x, box.y - 20, .4f, loom_rule);
        (void)loom_shell_text(shell, caption, i == count ? last : bars[i].label);
    }
}

static void draw_bars(loom_shell *shell, box box, const bar *bars, uint32_t count, const char *last) {
    double most = round_up(most_of(bars, count));
    box.x += 42 * LOOM_POINT;
    box.width -= 42 * LOOM_POINT;
    box.y += 14 * LOOM_POINT;
    box.height -= 14 * LOOM_POINT;
    draw_scale(shell, box, most);
    for (uint32_t i = 0; i < count; i++) {
        int32_t left = box.x + (int32_t)((int64_t)box.width * i / count);
        int32_t right = box.x + (int32_t)((int64_t)box.width * (i + 1) / count);
        int32_t gap = (right - left) / 10;
        loom_shell_box(shell, left + gap, box.y, right - left - 2 * gap, (int32_t)(box.height * bars[i].count / most),
                       loom_accent);
    }
    draw_labels(shell, box, bars, count, last);
}

static void draw(loom_shell *shell, const chart *chart, box box) {
    static const char *const kinds[] = {"most frequent values", "distribution", "over time"};
    bar bars[MOST_BARS];
    char title[200];
    char last[32];
    uint32_t count = read_bars(chart, bars);
    double filled = loom_shell_figure(chart->column, "filled");
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(chart->column, members[chart->kind]);
    snprintf(last, sizeof last, "%.12g",
             loom_shell_figure(cJSON_GetArrayItem(list, cJSON_GetArraySize(list) - 1), "to"));
    snprintf(title, sizeof title, "%.120s", loom_shell_member(chart->column, "label"));
    title[loom_utf8_whole(title, strlen(title))] = '\0';
    loom_caption name = {
        .x = box.x, .y = box.y + box.height - 9 * LOOM_POINT, .width = box.width, .size = 85, .style = LOOM_BOLD};
    loom_caption what = {.x = box.x,
                         .y = box.y + box.height - 9 * LOOM_POINT,
                         .width = box.width,
                         .size = LABEL,
                         .align = LOOM_ALIGN_RIGHT,
                         .colour = LOOM_PDF_GREY};
    name.width -= loom_pdf_caption_width(shell->pdf, LOOM_REGULAR, LABEL, kinds[chart->kind]) + 60;
    (void)loom_shell_text(shell, name, title);
    (void)loom_shell_text(shell, what, kinds[chart->kind]);
    loom_shell_line(shell, box.x, box.y + box.height - 14 * LOOM_POINT, box.x + box.width,
                    box.y + box.height - 14 * LOOM_POINT, .4f, loom_rule);
    box.height -= 20 * LOOM_POINT;
    if (chart->kind == TOP) {
        draw_values(shell, box, bars, count, filled > 0 ? filled : 1);
    } else {
        draw_bars(shell, box, bars, count, chart->kind == HISTOGRAM ? last : NULL);
    }
}

void loom_pdf_charts(loom_shell *shell) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    const cJSON *column = NULL;
    chart charts[MOST_CHARTS + 1];
    uint32_t count = 0;
    int histograms = 0;
    cJSON_ArrayForEach(column, cJSON_GetObjectItemCaseSensitive(shell->totals, "columns")) {
        for (int kind = TOP; kind <= TIMELINE; kind++) {
            int rank = rank_of(column, kind, &histograms);
            if (rank >= 0) {
                keep(charts, &count, (chart){column, kind, rank});
            }
        }
    }
    if (count == 0) {
        return;
    }
    loom_pdf_subheading(shell, "At a glance");
    int32_t across = layout->right - layout->left > 6500 ? 3 : 2;
    int32_t width = (layout->right - layout->left - (across - 1) * GAP) / across;
    for (uint32_t i = 0; i < count; i++) {
        int32_t column_number = (int32_t)i % across;
        if (column_number == 0) {
            shell->y -= i > 0 ? HEIGHT + GAP : 0;
            (void)loom_shell_need(shell, HEIGHT);
        }
        draw(shell, &charts[i], (box){layout->left + column_number * (width + GAP), shell->y - HEIGHT, width, HEIGHT});
    }
    shell->y -= HEIGHT;
}
