/* The cover: logo, title, subtitle, and the facts of the report.
 * SPDX-License-Identifier: MIT
 */
#include "sections.h"

#include <stdio.h>

#include "image.h"
#include "operators.h"

/* The most that a logo takes. */
#define LOGO_WIDTH (150 * LOOM_POINT)
#define LOGO_HEIGHT (60 * LOOM_POINT)

static void put_logo(loom_shell *shell) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    loom_pdf_image image;
    if (shell->logo == 0 ||
        loom_pdf_image_read(shell->pdf->logo, shell->pdf->logo_length, &image, shell->e->error) != LOOM_OK) {
        return;
    }
    double scale = (double)LOGO_WIDTH / image.width;
    double other = (double)LOGO_HEIGHT / image.height;
    scale = scale < other ? scale : other;
    int width = (int)(scale * image.width);
    int height = (int)(scale * image.height);
    loom_shell_note(shell, loom_pdf_print(&shell->text, "q %d 0 0 %d %d %d cm /L Do Q\n", width, height,
                                          (int)layout->left, (int)(layout->top - height)));
}

/* One fact: what it is, small and grey, and below it the fact. Answers where the next one stands: here, where there is none. */
static int32_t put_fact(loom_shell *shell, int32_t x, int32_t y, int32_t width, const char *label, const char *text) {
    if (text[0] == '\0') {
        return x;
    }
    (void)loom_shell_text(shell, (loom_caption){.x = x, .y = y, .size = 75, .colour = LOOM_PDF_GREY, .width = width},
                          label);
    (void)loom_shell_text(
        shell, (loom_caption){.x = x, .y = y - 15 * LOOM_POINT, .size = 105, .width = width, .lines = 2}, text);
    return x + width + 80;
}

static void put_facts(loom_shell *shell, const loom_pdf_frame_texts *texts) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(shell->totals, "counts");
    int32_t width = (layout->right - layout->left) / 4 - 80;
    int32_t x = layout->left;
    int32_t y = layout->bottom + 70 * LOOM_POINT;
    double rejected = loom_shell_figure(counts, "rejected");
    char records[48];
    char columns[32];
    char bad[48];
    loom_shell_count(records, sizeof records, loom_shell_figure(counts, "written"));
    loom_shell_count(bad, sizeof bad, rejected);
    snprintf(columns, sizeof columns, "%u", (unsigned)shell->e->columns->count);
    loom_shell_line(shell, layout->left, y + 22 * LOOM_POINT, layout->right, y + 22 * LOOM_POINT, .6f, loom_rule);
    x = put_fact(shell, x, y, width, "Date", texts->date);
    x = put_fact(shell, x, y, width, "Source", texts->source);
    x = put_fact(shell, x, y, width, "Records", records);
    (void)put_fact(shell, x, y, width, rejected > 0 ? "Rejected" : "Columns", rejected > 0 ? bad : columns);
}

void loom_pdf_cover(loom_shell *shell, const loom_pdf_frame_texts *texts) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    int32_t width = (layout->right - layout->left) * 17 / 20;
    int32_t y = layout->bottom + (layout->top - layout->bottom) * 62 / 100;
    loom_shell_page(shell, false);
    (void)loom_shell_entry(shell, NULL, "Cover", 0);
    put_logo(shell);
    loom_shell_box(shell, layout->left, y + 46 * LOOM_POINT, 54 * LOOM_POINT, 4 * LOOM_POINT, loom_accent);
    loom_caption title = {
        .x = layout->left, .y = y, .width = width, .size = 320, .lines = 3, .style = LOOM_BOLD, .colour = LOOM_PDF_INK};
    uint32_t lines = loom_shell_text(shell, title, texts->title);
    y -= (int32_t)(lines > 0 ? lines - 1 : 0) * loom_pdf_leading(title.size) + 30 * LOOM_POINT;
    loom_caption subtitle = {
        .x = layout->left, .y = y, .width = width, .size = 140, .lines = 3, .colour = LOOM_PDF_GREY};
    (void)loom_shell_text(shell, subtitle, shell->e->settings->pdf_subtitle);
    put_facts(shell, texts);
}
