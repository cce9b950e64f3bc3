/* Choosing orientation, letters and columns, and giving the columns their widths.
 * SPDX-License-Identifier: MIT
 */
#include "layout.h"

#include <string.h>

#include "../../core/memory.h"

/* Sizes of letters; the least that can be read in print is 65. */
#define LARGEST 80
#define MIDDLE 70

/* What is as wide as its content up to here, in thousandths of an em. */
#define WIDEST_TEXT 30000
#define WIDEST_FIGURE 16000

/* A column of text needs as much as lets most values have their lines, but not less than the first and not more than the second. */
#define LEAST_TEXT 6500
#define ENOUGH_TEXT 12000

/* A word of a heading takes this at most; a longer one is broken anywhere. */
#define WIDEST_WORD 13000
#define WIDEST_LABEL 10000

/* The frame of a record's picture. */
#define FRAME (36 * LOOM_POINT)

/* Values of columns whose width nobody knows, in characters. */
enum { UNKNOWN_TEXT = 24, UNKNOWN_LIST = 28, UNKNOWN_RECORD = 48, UNKNOWN_FIGURE = 10, UNKNOWN_TRUTH = 5 };

/* A column on its way to its place, in thousandths of an em. */
typedef struct wish {
    int32_t most;  /* what it would like */
    int32_t least; /* what it needs */
    int32_t word;  /* the longest word of its heading */
} wish;

typedef struct planner {
    loom_encoding *e;
    loom_shaper *shaper;
    loom_pdf_layout *layout;
    wish *wishes; /* one a column */
    uint32_t count;
    int32_t figure; /* width of a digit */
    int32_t letter; /* and of a letter, on average */
    double fullest; /* values of the best filled column */
} planner;

/* Width and height of the portrait page of these options. */
static void page_size(const loom_settings *settings, int32_t *width, int32_t *height) {
    static const int32_t pages[][2] = {{8419, 11906}, {5953, 8419},  {4195, 5953},
                                       {6120, 7920},  {6120, 10080}, {7920, 12240}};
    *width = pages[settings->pdf_pageSize][0];
    *height = pages[settings->pdf_pageSize][1];
}

/* Sets the frame of a page of this size. */
static void set_frame(loom_pdf_layout *layout, int32_t width, int32_t height) {
    int32_t margin = width < 5000 ? 30 * LOOM_POINT : 42 * LOOM_POINT;
    layout->width = width;
    layout->height = height;
    layout->left = margin;
    layout->right = width - margin;
    layout->top = height - margin - 8 * LOOM_POINT;
    layout->bottom = margin + 2 * LOOM_POINT;
}

static bool is_figure(const loom_column *column) {
    return column->type == LOOM_TYPE_INTEGER || column->type == LOOM_TYPE_NUMBER || column->type == LOOM_TYPE_DATE ||
           column->type == LOOM_TYPE_DATETIME;
}

/* How many characters the values have, as far as that is known. */
static int32_t characters_of(const planner *p, uint32_t number) {
    const loom_column *column = &p->e->columns->list[number];
    if (column->width > 0) {
        return (int32_t)column->width;
    }
    if ((int32_t)number == p->e->columns->raw || (int32_t)number == p->e->columns->extra) {
        return UNKNOWN_RECORD;
    }
    switch (column->type) {
    case LOOM_TYPE_BOOLEAN:
        return UNKNOWN_TRUTH;
    case LOOM_TYPE_JSON:
        return UNKNOWN_LIST;
    case LOOM_TYPE_TEXT:
        return UNKNOWN_TEXT;
    default:
        return column->type == LOOM_TYPE_DATETIME ? 2 * UNKNOWN_FIGURE : UNKNOWN_FIGURE;
    }
}

static int32_t at_most(int32_t value, int32_t most) {
    return value < most ? value : most;
}

static int32_t at_least(int32_t value, int32_t least) {
    return value > least ? value : least;
}

static int make_wish(planner *p, uint32_t number) {
    const loom_column *column = &p->e->columns->list[number];
    const char *label = column->label;
    bool figure = is_figure(column);
    int code = loom_shape(p->shaper, LOOM_BOLD, (const uint8_t *)label, strlen(label));
    if (code != LOOM_OK) {
        return code;
    }
    int32_t word = at_most((int32_t)loom_shape_word(p->shaper), WIDEST_WORD);
    int32_t line = at_most((int32_t)loom_shape_width(p->shaper), WIDEST_LABEL);
    int32_t content = characters_of(p, number) * (figure ? p->figure : p->letter);
    content = at_most(content, figure ? WIDEST_FIGURE : WIDEST_TEXT);
    wish *wish = &p->wishes[number];
    bool given = p->e->columns->chosen && column->width > 0;
    wish->most = at_least(content, given ? word : at_least(word, line));
    int32_t share = content * 5 / (4 * (int32_t)p->e->settings->pdf_maxLines);
    int32_t enough = at_most(content, at_least(LEAST_TEXT, at_most(share, ENOUGH_TEXT)));
    wish->least = at_least(figure || given ? content : enough, word);
    wish->word = word;
    return LOOM_OK;
}

static int make_wishes(planner *p) {
    static const char sample[] = "etaoinshrdlcumwfgypbvk etaoin";
    uint32_t width = 0;
    (void)loom_shape_plain(p->shaper, LOOM_REGULAR, (const uint8_t *)sample, sizeof sample - 1, &width);
    p->letter = (int32_t)(width / (sizeof sample - 1)) + 20;
    (void)loom_shape_plain(p->shaper, LOOM_REGULAR, (const uint8_t *)"0", 1, &width);
    p->figure = (int32_t)width;
    p->wishes = loom_alloc(((size_t)p->count + 1) * sizeof *p->wishes);
    int code = p->wishes == NULL ? LOOM_OUT_OF_MEMORY : LOOM_OK;
    for (uint32_t i = 0; i < p->count && code == LOOM_OK; i++) {
        code = make_wish(p, i);
    }
    return code;
}

/* The width of a cell, with its padding. */
static int32_t cell_width(const planner *p, int32_t content) {
    return (int32_t)((int64_t)content * p->layout->size / 1000) + 2 * p->layout->pad_x + 1;
}

static void set_size(loom_pdf_layout *layout, int32_t size) {
    layout->size = size;
    layout->leading = size * 5 / 4;
    layout->pad_x = size * 9 / 20;
    layout->pad_y = size / 4;
}

/* What a column would like, and what it needs. */
static int32_t width_of(const planner *p, uint32_t number, bool least) {
    if (p->layout->frame > 0 && number == p->layout->picture) {
        return at_least(p->layout->frame + 2 * p->layout->pad_x, cell_width(p, p->wishes[number].word));
    }
    return cell_width(p, least ? p->wishes[number].least : p->wishes[number].most);
}

static int64_t sum_of(const planner *p, bool least) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        sum += width_of(p, i, least);
    }
    return sum;
}

static void turn_page(planner *p, bool landscape) {
    int32_t width = 0;
    int32_t height = 0;
    page_size(p->e->settings, &width, &height);
    set_frame(p->layout, landscape ? height : width, landscape ? width : height);
}

static int32_t room_of(const planner *p) {
    return p->layout->right - p->layout->left;
}

/* Whether all columns have room on a page; `share` is how much of what they would like they must get, in tenths. */
static bool fits(planner *p, bool landscape, int32_t size, int64_t share) {
    turn_page(p, landscape);
    set_size(p->layout, size);
    return sum_of(p, true) <= room_of(p) && sum_of(p, false) * share <= (int64_t)room_of(p) * 10;
}

/* The orientation and the letters with which all columns fit; false where they never do. Wide columns come before large letters, and rather
 * is the page turned than that columns get narrow. */
static bool choose_page(planner *p) {
    static const struct {
        int32_t size;
        int64_t share;
    } tries[] = {{80, 10}, {80, 8}, {75, 8}, {70, 8}, {75, 6}, {70, 6}, {70, 0}, {65, 0}};
    int orientation = p->e->settings->pdf_orientation;
    int from = orientation == LOOM_ORIENTATION_LANDSCAPE ? 1 : 0;
    int to = orientation != LOOM_ORIENTATION_PORTRAIT ? 1 : 0;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        for (int landscape = from; landscape <= to; landscape++) {
            bool worth = landscape == to || tries[i].size == LARGEST;
            if (worth && fits(p, landscape != 0, tries[i].size, tries[i].share)) {
                return true;
            }
        }
    }
    turn_page(p, to != 0);
    set_size(p->layout, MIDDLE);
    return false;
}

static enum loom_align align_of(const loom_column *column) {
    switch (column->type) {
    case LOOM_TYPE_INTEGER:
    case LOOM_TYPE_NUMBER:
        return LOOM_ALIGN_RIGHT;
    default:
        return LOOM_ALIGN_LEFT;
    }
}

/* Gives the columns of a band their widths: what they would like, stretched a little, or between that and what they need. */
static void spread(planner *p, loom_pdf_column *columns, uint32_t count) {
    int64_t room = room_of(p);
    int64_t most = 0;
    int64_t least = 0;
    for (uint32_t i = 0; i < count; i++) {
        most += width_of(p, columns[i].number, false);
        least += width_of(p, columns[i].number, true);
    }
    int64_t target = most * 2 < room ? most * 2 : room;
    int32_t x = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t likes = width_of(p, columns[i].number, false);
        int64_t needs = width_of(p, columns[i].number, true);
        int64_t width = likes * target / (most > 0 ? most : 1);
        if (most > room) {
            width = most > least ? needs + (likes - needs) * (room - least) / (most - least) : needs;
        }
        columns[i].x = x;
        columns[i].width = (int32_t)(width < room ? width : room);
        columns[i].align = (uint8_t)align_of(&p->e->columns->list[columns[i].number]);
        x += columns[i].width;
    }
}

static void put_all(planner *p) {
    loom_pdf_layout *layout = p->layout;
    for (uint32_t i = 0; i < p->count; i++) {
        layout->columns[i].number = i;
    }
    layout->starts[1] = p->count;
    spread(p, layout->columns, p->count);
}

/* How well a column is filled, compared with the fullest, in steps that are large enough for the order of the columns to count among
 * similar ones. Pictures that were asked for come first. */
static int32_t fill_of(const planner *p, uint32_t number) {
    if (p->layout->frame > 0 && number == p->layout->picture) {
        return 11;
    }
    return (int32_t)(p->e->columns->list[number].filled * 10 / p->fullest);
}

/* Leaves out what has no room: the least filled columns, and of those the last. */
static void put_fitting(planner *p) {
    loom_pdf_layout *layout = p->layout;
    p->fullest = 1;
    for (uint32_t i = 0; i < p->count; i++) {
        double filled = p->e->columns->list[i].filled;
        p->fullest = filled > p->fullest ? filled : p->fullest;
    }
    int64_t room = room_of(p);
    uint32_t count = 0;
    for (int32_t fill = 11; fill >= 0; fill--) {
        for (uint32_t i = 0; i < p->count; i++) {
            int64_t needs = width_of(p, i, true);
            if (fill_of(p, i) == fill && (needs <= room || count == 0)) {
                layout->left_out[i] = 1; /* a mark, for the pass below */
                room -= needs;
                count++;
            }
        }
    }
    count = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        if (layout->left_out[i] == 1) {
            layout->columns[count++].number = i;
        } else {
            layout->left_out[layout->left_out_count++] = i;
        }
    }
    layout->starts[1] = count;
    spread(p, layout->columns, count);
}

/* Bands one after the other; each repeats the first column, which tells the records apart, unless it is very wide. */
static void put_bands(planner *p) {
    loom_pdf_layout *layout = p->layout;
    int64_t key = width_of(p, 0, true);
    bool repeats = key * 3 <= room_of(p);
    uint32_t count = 0;
    layout->bands = 0;
    for (uint32_t next = 0; next < p->count; layout->bands++) {
        uint32_t first = count;
        int64_t room = room_of(p);
        if (next > 0 && repeats) {
            layout->columns[count++].number = 0;
            room -= key;
        }
        for (bool any = false; next < p->count; any = true, next++) {
            int64_t needs = width_of(p, next, true);
            if (any && needs > room) {
                break;
            }
            room -= needs;
            layout->columns[count++].number = next;
        }
        layout->starts[layout->bands + 1] = count;
        spread(p, layout->columns + first, count - first);
    }
}

/* The lines that the headings take, of which the tallest counts. */
static int heading_lines(planner *p, uint32_t *lines) {
    const loom_pdf_layout *layout = p->layout;
    *lines = 1;
    for (uint32_t i = 0; i < layout->starts[layout->bands]; i++) {
        const loom_pdf_column *column = &layout->columns[i];
        const char *label = p->e->columns->list[column->number].label;
        uint32_t most = (uint32_t)((int64_t)(column->width - 2 * layout->pad_x) * 1000 / layout->size);
        uint32_t length = (uint32_t)strlen(label);
        uint32_t count = 0;
        int code = loom_shape(p->shaper, LOOM_BOLD, (const uint8_t *)label, length);
        if (code != LOOM_OK) {
            return code;
        }
        for (uint32_t at = 0; at < length && count < LOOM_PDF_HEADING_LINES; count++) {
            loom_line line;
            loom_shape_line(p->shaper, at, most, &line);
            at = line.next;
        }
        *lines = count > *lines ? count : *lines;
    }
    return LOOM_OK;
}

static int put_cards(planner *p) {
    loom_pdf_layout *layout = p->layout;
    turn_page(p, p->e->settings->pdf_orientation == LOOM_ORIENTATION_LANDSCAPE);
    set_size(layout, LARGEST);
    int32_t widest = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const char *label = p->e->columns->list[i].label;
        int code = loom_shape(p->shaper, LOOM_REGULAR, (const uint8_t *)label, strlen(label));
        if (code != LOOM_OK) {
            return code;
        }
        widest = at_least(widest, (int32_t)loom_shape_width(p->shaper));
        layout->columns[i].number = i;
    }
    layout->cards = true;
    layout->starts[1] = p->count;
    layout->label_width = at_most(cell_width(p, widest), room_of(p) * 3 / 10);
    return LOOM_OK;
}

/* Places for all columns in all bands; a band has two columns at least where it repeats the first. */
static int open_layout(planner *p) {
    loom_pdf_layout *layout = p->layout;
    size_t places = (size_t)p->count * 2 + 2;
    loom_pdf_layout_free(layout);
    layout->bands = 1;
    layout->starts = loom_alloc(places * sizeof *layout->starts);
    layout->columns = loom_alloc(places * sizeof *layout->columns);
    layout->left_out = loom_alloc(places * sizeof *layout->left_out);
    if (layout->starts == NULL || layout->columns == NULL || layout->left_out == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    memset(layout->starts, 0, places * sizeof *layout->starts);
    memset(layout->columns, 0, places * sizeof *layout->columns);
    memset(layout->left_out, 0, places * sizeof *layout->left_out);
    return LOOM_OK;
}

/* The column with the addresses of pictures. */
static void find_picture(planner *p) {
    const char *key = p->e->settings->pdf_thumbnailColumn;
    for (uint32_t i = 0; i < p->count && key[0] != '\0'; i++) {
        if (strcmp(p->e->columns->list[i].key, key) == 0) {
            p->layout->frame = FRAME;
            p->layout->picture = i;
            return;
        }
    }
}

static int put_columns(planner *p) {
    if (p->e->settings->pdf_layout == LOOM_LAYOUT_CARDS) {
        return put_cards(p);
    }
    if (choose_page(p)) {
        put_all(p);
    } else if (p->e->settings->pdf_wide == LOOM_WIDE_SPLIT) {
        put_bands(p);
    } else {
        put_fitting(p);
    }
    return LOOM_OK;
}

/* What is left for the records below headings of so many lines. */
static void set_room(planner *p, uint32_t lines) {
    loom_pdf_layout *layout = p->layout;
    int32_t headings =
        layout->cards ? 4 * LOOM_POINT : (int32_t)lines * layout->leading + 4 * layout->pad_y + LOOM_POINT;
    layout->table_top = layout->top - headings;
    layout->room = (uint32_t)((layout->table_top - layout->bottom) / LOOM_PDF_STEP);
    int32_t most = ((int32_t)layout->room * LOOM_PDF_STEP - 8 * layout->pad_y) / layout->leading;
    layout->most_lines = (uint32_t)at_most((int32_t)p->e->settings->pdf_maxLines, layout->cards ? most / 2 : most);
}

int loom_pdf_lay_out(loom_encoding *e, loom_shaper *shaper, loom_pdf_layout *layout) {
    planner p = {.e = e, .shaper = shaper, .layout = layout, .count = e->columns->count};
    uint32_t lines = 0;
    int code = open_layout(&p);
    if (code == LOOM_OK) {
        find_picture(&p);
    }
    code = code == LOOM_OK ? make_wishes(&p) : code;
    code = code == LOOM_OK ? put_columns(&p) : code;
    if (code == LOOM_OK && !layout->cards) {
        code = heading_lines(&p, &lines);
    }
    loom_free(p.wishes);
    if (code == LOOM_OK) {
        set_room(&p, lines);
        layout->node_sheets = layout->bands < LOOM_PDF_NODE_PAGES ? LOOM_PDF_NODE_PAGES / layout->bands : 1;
    }
    return code;
}

void loom_pdf_layout_free(loom_pdf_layout *layout) {
    loom_free(layout->starts);
    loom_free(layout->columns);
    loom_free(layout->left_out);
    memset(layout, 0, sizeof *layout);
}
