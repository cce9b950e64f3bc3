/* The workbook, its styles and its empty Data sheets.
 * SPDX-License-Identifier: MIT
 */
#include "shell.h"

#include <stdio.h>

#include "../../core/memory.h"
#include "cell.h"
#include "names.h"
#include "pages.h"
#include "styles.h"

#define INK 0x1F2A37
#define NAVY 0x1F4060
#define MIST 0xF2F6FA
#define RULE 0xC9D4E0
#define LINK_BLUE 0x0B5CAD
#define GREY 0x6B7683

/* Widths of columns, in characters: room beside the text, the button of the filter, and the limits. */
#define ROOM 2.0
#define FILTER_BUTTON 3.0
#define NARROWEST 8.0
#define WIDEST_LABEL 36.0

/* The names of tables must be unlike any cell reference; libxlsxwriter gives Table1, Table2, ... */
#define TABLE_STYLE 2

static lxw_format *add_format(lxw_workbook *workbook, const char *number) {
    lxw_format *format = workbook_add_format(workbook);
    if (format != NULL) {
        format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
        if (number != NULL) {
            format_set_num_format(format, number);
        }
    }
    return format;
}

static lxw_format *add_header(lxw_workbook *workbook, uint8_t align) {
    lxw_format *format = workbook_add_format(workbook);
    if (format != NULL) {
        format_set_bold(format);
        format_set_font_color(format, LXW_COLOR_WHITE);
        format_set_bg_color(format, NAVY);
        format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
        format_set_align(format, align);
    }
    return format;
}

static lxw_format *add_link(lxw_workbook *workbook) {
    lxw_format *format = add_format(workbook, NULL);
    if (format != NULL) {
        format_set_font_color(format, LINK_BLUE);
        format_set_underline(format, LXW_UNDERLINE_SINGLE);
    }
    return format;
}

static lxw_format *add_wrapped(lxw_workbook *workbook) {
    lxw_format *format = add_format(workbook, NULL);
    if (format != NULL) {
        format_set_text_wrap(format);
    }
    return format;
}

static lxw_format *add_boolean(lxw_workbook *workbook) {
    lxw_format *format = add_format(workbook, LOOM_XLSX_BOOLEAN_FORMAT);
    if (format != NULL) {
        format_set_align(format, LXW_ALIGN_CENTER);
    }
    return format;
}

/* Whether libxlsxwriter numbers a style as the cells do. */
static int check_style(lxw_format *format, uint32_t number) {
    if (format == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    return lxw_format_get_xf_index(format) == (int32_t)number ? LOOM_OK : LOOM_INTERNAL;
}

/* The styles of styles.h, in its order. */
static int add_styles(lxw_workbook *workbook, const loom_columns *columns, const loom_region *region) {
    lxw_format *formats[] = {add_header(workbook, LXW_ALIGN_LEFT),
                             add_wrapped(workbook),
                             add_format(workbook, LOOM_XLSX_INTEGER_FORMAT),
                             add_format(workbook, LOOM_XLSX_SHARE_FORMAT),
                             add_format(workbook, loom_xlsx_date_format(region)),
                             add_format(workbook, loom_xlsx_datetime_format(region)),
                             add_link(workbook),
                             add_boolean(workbook),
                             add_header(workbook, LXW_ALIGN_RIGHT),
                             add_header(workbook, LXW_ALIGN_CENTER)};
    int code = LOOM_OK;
    for (uint32_t i = 0; i < sizeof formats / sizeof formats[0] && code == LOOM_OK; i++) {
        code = check_style(formats[i], LOOM_XLSX_HEADER + i);
    }
    for (uint32_t i = 0; i < columns->count && code == LOOM_OK; i++) {
        if (loom_xlsx_is_new_format(columns, i, region)) {
            lxw_format *format = add_format(workbook, columns->list[i].format);
            code = check_style(format, loom_xlsx_own_style(columns, i, region));
        }
    }
    return code;
}

static double label_width(const char *label) {
    double width = (double)strlen(label) + FILTER_BUTTON;
    return width < WIDEST_LABEL ? width : WIDEST_LABEL;
}

/* What the scan found, or what is usual for the type where there was no scan. */
static double width_of(const loom_column *column, const loom_region *region) {
    static const double usual[] = {
        [LOOM_TYPE_TEXT] = 24, [LOOM_TYPE_INTEGER] = 12,  [LOOM_TYPE_NUMBER] = 12, [LOOM_TYPE_BOOLEAN] = 10,
        [LOOM_TYPE_DATE] = 12, [LOOM_TYPE_DATETIME] = 20, [LOOM_TYPE_JSON] = 36};
    double width = column->width > 0 ? column->width + ROOM : usual[column->type];
    if (column->sized) {
        return column->width;
    }
    bool dates = column->type == LOOM_TYPE_DATE || column->type == LOOM_TYPE_DATETIME;
    const char *format = column->format;
    if (dates) {
        width = usual[column->type];
        format = format != NULL                       ? format
                 : column->type == LOOM_TYPE_DATETIME ? loom_xlsx_datetime_format(region)
                                                      : loom_xlsx_date_format(region);
        double shown = 1 + (double)loom_xlsx_format_width(format, true, 0);
        width = width > shown ? width : shown;
    } else if (format != NULL && (column->type == LOOM_TYPE_INTEGER || column->type == LOOM_TYPE_NUMBER)) {
        width += loom_xlsx_format_width(format, false, (uint32_t)width);
    }
    double label = label_width(column->label);
    width = width > label ? width : label;
    return width > NARROWEST ? width : NARROWEST;
}

static void set_widths(lxw_worksheet *sheet, const loom_columns *columns, const loom_region *region) {
    for (uint32_t i = 0; i < columns->count; i++) {
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, width_of(&columns->list[i], region), NULL);
    }
}

static void set_print(lxw_worksheet *sheet) {
    worksheet_set_landscape(sheet);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.6);
    worksheet_set_footer(sheet, "&L&8&A&R&8&P / &N");
}

static int band(lxw_workbook *workbook, lxw_worksheet *sheet, uint32_t last_row, uint32_t last_column) {
    char formula[] = "=MOD(ROW(),2)=1";
    lxw_format *format = workbook_add_format(workbook);
    if (format == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    format_set_bg_color(format, MIST);
    lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = formula, .format = format};
    worksheet_conditional_format_range(sheet, 1, 0, last_row, (lxw_col_t)last_column, &rule);
    return LOOM_OK;
}

static int add_table(const loom_xlsx_book *book, lxw_worksheet *sheet, uint32_t rows) {
    uint32_t count = book->e->columns->count;
    char **headings = NULL;
    int code = loom_xlsx_headings(book->e, true, &headings);
    lxw_table_column *columns = loom_alloc(count * sizeof *columns);
    lxw_table_column **list =
        loom_alloc((count + (size_t)1) * sizeof(lxw_table_column *)); /* NOLINT(bugprone-sizeof-expression) */
    if (code == LOOM_OK && columns != NULL && list != NULL) {
        for (uint32_t i = 0; i < count; i++) {
            columns[i] = (lxw_table_column){.header = headings[i]};
            list[i] = &columns[i];
        }
        list[count] = NULL;
        lxw_table_options options = {
            .style_type = LXW_TABLE_STYLE_TYPE_MEDIUM, .style_type_number = TABLE_STYLE, .columns = list};
        lxw_error error = worksheet_add_table(sheet, 0, 0, rows, (lxw_col_t)(count - 1), &options);
        code = error == LXW_NO_ERROR ? LOOM_OK : LOOM_OUT_OF_MEMORY;
    } else if (code == LOOM_OK) {
        code = LOOM_OUT_OF_MEMORY;
    }
    loom_free(headings);
    loom_free(columns);
    loom_free(list);
    return code;
}

/* What needs both rows and columns. */
static int dress(const loom_xlsx_book *book, lxw_workbook *workbook, lxw_worksheet *sheet, uint32_t rows) {
    const loom_settings *settings = book->e->settings;
    char range[LXW_MAX_CELL_RANGE_LENGTH];
    uint32_t last = book->e->columns->count - 1;
    bool table = settings->xlsx_table && rows > 0;
    if (rows > 0) {
        lxw_rowcol_to_range(range, 1, 0, rows, (lxw_col_t)last);
        worksheet_ignore_errors(sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, range);
    }
    if (table) {
        return add_table(book, sheet, rows);
    }
    worksheet_autofilter(sheet, 0, 0, rows, (lxw_col_t)last);
    return settings->xlsx_banded && rows > 0 ? band(workbook, sheet, rows, last) : LOOM_OK;
}

static int add_data_sheet(const loom_xlsx_book *book, lxw_workbook *workbook, uint32_t index) {
    char name[LOOM_XLSX_NAME_SIZE];
    (void)loom_xlsx_sheet_name(book->e->settings->xlsx_sheetName, index, name);
    lxw_worksheet *sheet = workbook_add_worksheet(workbook, name);
    if (sheet == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    set_print(sheet);
    if (book->e->columns->count == 0) {
        return LOOM_OK;
    }
    set_widths(sheet, book->e->columns, book->e->region);
    worksheet_repeat_rows(sheet, 0, 0);
    if (book->e->settings->xlsx_freeze) {
        worksheet_freeze_panes(sheet, 1, 0);
    }
    return dress(book, workbook, sheet, book->rows[index]);
}

static lxw_format *add_look(lxw_workbook *workbook, double size, lxw_color_t color, bool bold) {
    lxw_format *format = workbook_add_format(workbook);
    if (format != NULL) {
        format_set_font_size(format, size);
        format_set_font_color(format, color);
        format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
        if (bold) {
            format_set_bold(format);
        }
    }
    return format;
}

static lxw_format *with_number(lxw_format *format, const char *number) {
    if (format != NULL) {
        format_set_num_format(format, number);
        format_set_align(format, LXW_ALIGN_RIGHT);
    }
    return format;
}

static lxw_format *with_rule(lxw_format *format) {
    if (format != NULL) {
        format_set_bottom(format, LXW_BORDER_THIN);
        format_set_bottom_color(format, RULE);
    }
    return format;
}

static bool make_look(lxw_workbook *workbook, loom_xlsx_look *look) {
    *look = (loom_xlsx_look){
        .title = add_look(workbook, 18, NAVY, true),
        .note = add_look(workbook, 9, GREY, false),
        .section = add_look(workbook, 13, NAVY, true),
        .heading = add_header(workbook, LXW_ALIGN_LEFT),
        .heading_right = add_header(workbook, LXW_ALIGN_RIGHT),
        .label = with_rule(add_look(workbook, 11, GREY, false)),
        .text = with_rule(add_look(workbook, 11, INK, false)),
        .wrapped = with_rule(add_look(workbook, 11, INK, false)),
        .about = with_number(with_rule(add_look(workbook, 11, INK, false)), "\"\xe2\x89\x88 \"#,##0"),
        .count = with_number(with_rule(add_look(workbook, 11, INK, false)), "#,##0"),
        .number = with_number(with_rule(add_look(workbook, 11, INK, false)), "#,##0.####"),
        .share = with_number(with_rule(add_look(workbook, 11, INK, false)), "0.0%"),
    };
    bool whole = look->title && look->note && look->section && look->heading && look->heading_right && look->label &&
                 look->text && look->wrapped && look->count && look->about && look->number && look->share;
    if (whole) {
        format_set_align(look->text, LXW_ALIGN_LEFT);
        format_set_align(look->wrapped, LXW_ALIGN_LEFT);
        format_set_text_wrap(look->wrapped);
    }
    return whole;
}

static int add_pages(const loom_xlsx_book *book, lxw_workbook *workbook) {
    const cJSON *statistics = cJSON_GetObjectItemCaseSensitive(book->totals, "columns");
    const cJSON *defects = cJSON_GetObjectItemCaseSensitive(book->totals, "defects");
    loom_xlsx_look look;
    if (!make_look(workbook, &look)) {
        return LOOM_OUT_OF_MEMORY;
    }
    if (book->e->settings->export_includeStatistics && cJSON_GetArraySize(statistics) > 0) {
        loom_xlsx_statistics(workbook, &look, book->totals);
    }
    if (book->e->settings->export_includeMetadata) {
        loom_xlsx_metadata(workbook, &look, book->totals, book->e->columns);
    }
    if (cJSON_GetArraySize(defects) > 0) {
        loom_xlsx_errors(workbook, &look, book->totals);
    }
    return LOOM_OK;
}

/* Seconds since 1970 of the clock; 1980-01-01, where zip files start, for any other text. */
static time_t seconds_of(const char *clock) {
    loom_moment moment;
    size_t length = clock == NULL ? 0 : strlen(clock);
    if (loom_date_read((const uint8_t *)clock, length, &moment) == LOOM_NO_DATE || moment.day < 3652) {
        return (time_t)3652 * 86400;
    }
    return (time_t)moment.day * 86400 + (time_t)(moment.nanoseconds / 1000000000);
}

static void set_properties(const loom_xlsx_book *book, lxw_workbook *workbook) {
    char author[] = "exportloom";
    char empty[] = "";
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(book->totals, "metadata");
    const cJSON *source = cJSON_GetObjectItemCaseSensitive(metadata, "source");
    bool told =
        book->e->settings->export_includeMetadata && cJSON_IsString(source) && strlen(source->valuestring) <= 250;
    lxw_doc_properties properties = {
        .author = author, .title = told ? source->valuestring : empty, .created = seconds_of(book->clock)};
    workbook_set_properties(workbook, &properties);
}

static int fill(const loom_xlsx_book *book, lxw_workbook *workbook) {
    int code = add_styles(workbook, book->e->columns, book->e->region);
    for (uint32_t i = 0; i < book->sheets && code == LOOM_OK; i++) {
        code = add_data_sheet(book, workbook, i);
    }
    if (code == LOOM_OK && book->totals != NULL) {
        code = add_pages(book, workbook);
    }
    set_properties(book, workbook);
    return code;
}

/* Cells without a style have the style Normal. It is put at the top of the row like all others, which libxlsxwriter has no call for
 * (18.8.9, the first and only one of its cell style formats). */
static int raise_normal(loom_capture *capture) {
    static const char normal[] = "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>";
    static const char raised[] =
        "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"><alignment vertical=\"top\"/></xf></cellStyleXfs>";
    static const char cell[] = "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>";
    static const char raised_cell[] =
        "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyAlignment=\"1\">"
        "<alignment vertical=\"top\"/></xf>";
    int code = loom_capture_replace(capture, "xl/styles.xml", normal, raised);
    return code == LOOM_OK ? loom_capture_replace(capture, "xl/styles.xml", cell, raised_cell) : code;
}

int loom_xlsx_shell(const loom_xlsx_book *book, loom_capture *capture) {
    loom_capture_begin(capture);
    lxw_workbook *workbook = workbook_new("");
    int code = workbook == NULL ? LOOM_OUT_OF_MEMORY : fill(book, workbook);
    if (code != LOOM_OK) {
        lxw_workbook_free(workbook);
        int ignored = loom_capture_end(capture);
        return ignored == LOOM_OK ? code : ignored;
    }
    lxw_error error = workbook_close(workbook);
    code = loom_capture_end(capture);
    if (code == LOOM_OK && error != LXW_NO_ERROR) {
        code = LOOM_OUT_OF_MEMORY;
    }
    return code == LOOM_OK ? raise_normal(capture) : code;
}
