/* Lists and paragraphs on drawn pages.
 * SPDX-License-Identifier: MIT
 */
#include "sections.h"

#include <stdio.h>

#define SIZE 80
#define LEADING (SIZE * 5 / 4)
#define PAD 24

static int32_t width_of(const loom_list *list) {
    return list->shell->pdf->layout.right - list->shell->pdf->layout.left;
}

/* The last column goes to the edge of the frame. */
static int32_t column_width(const loom_list *list, uint32_t i) {
    return i + 1 == list->count ? width_of(list) - list->columns[i].x : list->columns[i].width;
}

static loom_caption caption_of(const loom_list *list, uint32_t i, int32_t y) {
    const loom_list_column *column = &list->columns[i];
    return (loom_caption){.x = list->shell->pdf->layout.left + column->x,
                          .y = y,
                          .width = column_width(list, i),
                          .size = SIZE,
                          .align = column->align,
                          .lines = column->lines};
}

void loom_list_start(const loom_list *list) {
    loom_shell *shell = list->shell;
    int32_t left = shell->pdf->layout.left;
    (void)loom_shell_need(shell, 4 * LEADING);
    for (uint32_t i = 0; i < list->count; i++) {
        loom_caption caption = caption_of(list, i, shell->y - LEADING + PAD);
        caption.style = LOOM_BOLD;
        caption.lines = 1;
        (void)loom_shell_text(shell, caption, list->columns[i].heading);
    }
    shell->y -= LEADING + PAD / 2;
    loom_shell_line(shell, left, shell->y, left + width_of(list), shell->y, .7f, loom_rule);
}

static uint32_t lines_of(const loom_list *list, const char *const *texts) {
    uint32_t most = 1;
    for (uint32_t i = 0; i < list->count; i++) {
        const loom_list_column *column = &list->columns[i];
        if (column->lines > 1) {
            uint32_t lines =
                loom_pdf_caption_lines(list->shell->pdf, LOOM_REGULAR, SIZE, column_width(list, i), column->lines, texts[i]);
            most = lines > most ? lines : most;
        }
    }
    return most;
}

int32_t loom_list_row(const loom_list *list, const char *const *texts) {
    loom_shell *shell = list->shell;
    int32_t left = shell->pdf->layout.left;
    int32_t height = (int32_t)lines_of(list, texts) * LEADING + 2 * PAD;
    if (loom_shell_need(shell, height)) {
        loom_list_start(list);
    }
    int32_t y = shell->y - PAD - SIZE;
    for (uint32_t i = 0; i < list->count; i++) {
        (void)loom_shell_text(shell, caption_of(list, i, y), texts[i]);
    }
    shell->y -= height;
    loom_shell_line(shell, left, shell->y, left + width_of(list), shell->y, .3f, loom_faint);
    return y;
}

void loom_pdf_subheading(loom_shell *shell, const char *text) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    (void)loom_shell_need(shell, 60 * LOOM_POINT);
    shell->y -= 20 * LOOM_POINT;
    (void)loom_shell_text(shell, (loom_caption){.x = layout->left, .y = shell->y, .size = 110, .style = LOOM_BOLD},
                          text);
    shell->y -= 8 * LOOM_POINT;
}

void loom_pdf_paragraph(loom_shell *shell, const char *text, uint32_t lines) {
    const loom_pdf_layout *layout = &shell->pdf->layout;
    int32_t width = layout->right - layout->left;
    uint32_t taken = loom_pdf_caption_lines(shell->pdf, LOOM_REGULAR, SIZE, width, lines, text);
    (void)loom_shell_need(shell, (int32_t)taken * LEADING + PAD);
    loom_caption caption = {
        .x = layout->left, .y = shell->y - LEADING, .width = width, .size = SIZE, .lines = lines, .colour = ".25 g"};
    taken = loom_shell_text(shell, caption, text);
    shell->y -= (int32_t)taken * LEADING + PAD;
}

void loom_pdf_more_columns(loom_shell *shell, uint32_t count) {
    char text[64];
    if (count > LOOM_PDF_MOST_COLUMNS) {
        uint32_t more = count - LOOM_PDF_MOST_COLUMNS;
        snprintf(text, sizeof text, "and %u more column%s", (unsigned)more, more == 1 ? "" : "s");
        loom_pdf_paragraph(shell, text, 1);
    }
}
