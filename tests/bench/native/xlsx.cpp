// What a person would write in C: NDJSON to a workbook with yyjson and libxlsxwriter in constant memory. xlsx xlsx INPUT OUTPUT
// SPDX-License-Identifier: MIT
#include <initializer_list>
#include <string>

#include <xlsxwriter.h>

#include "records.hpp"

static const char *const HEADINGS[] = {
    "id", "imageUrl", "product.name", "product.brand", "product.sku", "product.price", "product.currency",
    "attributes.color.value", "attributes.color.confidence", "attributes.material.value", "attributes.material.confidence",
    "attributes.pattern.value", "attributes.pattern.confidence", "attributes.sleeve", "attributes.neckline", "attributes.fit",
    "tags", "createdAt", "reviewed", "notes"};
enum { COLUMNS = 20, MOST_ROWS = 1048575 };

struct Sheet {
    lxw_workbook *book;
    lxw_format *date, *heading;
    lxw_worksheet *sheet;
    lxw_row_t row;
    lxw_col_t column;
};

static void start_sheet(Sheet *s) {
    s->sheet = workbook_add_worksheet(s->book, NULL);
    for (lxw_col_t i = 0; i < COLUMNS; i++) worksheet_write_string(s->sheet, 0, i, HEADINGS[i], s->heading);
    worksheet_freeze_panes(s->sheet, 1, 0);
    worksheet_autofilter(s->sheet, 0, 0, 0, COLUMNS - 1);
    s->row = 1;
}

static void put_value(Sheet *s, yyjson_val *value) {
    if (yyjson_is_str(value)) worksheet_write_string(s->sheet, s->row, s->column, yyjson_get_str(value), NULL);
    else if (yyjson_is_num(value)) worksheet_write_number(s->sheet, s->row, s->column, yyjson_get_num(value), NULL);
    else if (yyjson_is_bool(value)) worksheet_write_boolean(s->sheet, s->row, s->column, yyjson_get_bool(value), NULL);
    s->column++;
}

/// A date and time of the form 2026-01-05T06:00:00.000Z.
static void put_date(Sheet *s, const char *text) {
    lxw_datetime when;
    memset(&when, 0, sizeof when);
    if (sscanf(text, "%d-%d-%dT%d:%d:%lf", &when.year, &when.month, &when.day, &when.hour, &when.min, &when.sec) != 6) stop("no date");
    worksheet_write_datetime(s->sheet, s->row, s->column++, &when, s->date);
}

static void put_list(Sheet *s, yyjson_val *list) {
    static std::string joined;
    size_t index, count;
    yyjson_val *item;
    joined.clear();
    yyjson_arr_foreach(list, index, count, item) {
        if (index > 0) joined += "; ";
        joined += yyjson_get_str(item);
    }
    worksheet_write_string(s->sheet, s->row, s->column++, joined.c_str(), NULL);
}

static void put_row(Sheet *s, yyjson_val *record) {
    yyjson_obj_iter root;
    if (!yyjson_obj_iter_init(record, &root)) stop("a record is no object");
    if (s->row > MOST_ROWS) start_sheet(s);
    s->column = 0;
    for (const char *key : {"id", "imageUrl"}) put_value(s, yyjson_obj_iter_get(&root, key));
    yyjson_obj_iter product = inside(&root, "product");
    for (const char *key : {"name", "brand", "sku", "price", "currency"}) put_value(s, yyjson_obj_iter_get(&product, key));
    yyjson_obj_iter attributes = inside(&root, "attributes");
    for (const char *key : {"color", "material", "pattern"}) {
        yyjson_obj_iter attribute = inside(&attributes, key);
        for (const char *part : {"value", "confidence"}) put_value(s, yyjson_obj_iter_get(&attribute, part));
    }
    for (const char *key : {"sleeve", "neckline", "fit"}) put_value(s, yyjson_obj_iter_get(&attributes, key));
    put_list(s, yyjson_obj_iter_get(&root, "tags"));
    put_date(s, yyjson_get_str(yyjson_obj_iter_get(&root, "createdAt")));
    for (const char *key : {"reviewed", "notes"}) put_value(s, yyjson_obj_iter_get(&root, key));
    s->row++;
}

int main(int argc, char **argv) {
    if (argc != 4) stop("xlsx xlsx INPUT OUTPUT");
    lxw_workbook_options options;
    memset(&options, 0, sizeof options);
    options.constant_memory = LXW_TRUE;
    Sheet sheet;
    memset(&sheet, 0, sizeof sheet);
    sheet.book = workbook_new_opt(argv[3], &options);
    sheet.date = workbook_add_format(sheet.book);
    sheet.heading = workbook_add_format(sheet.book);
    format_set_num_format(sheet.date, "yyyy-mm-dd hh:mm:ss");
    format_set_bold(sheet.heading);
    start_sheet(&sheet);
    FILE *in = open_file(argv[2], "rb");
    each_record(in, 0, [&](yyjson_val *record, const yyjson_alc *, size_t) { put_row(&sheet, record); });
    if (workbook_close(sheet.book) != LXW_NO_ERROR) stop("cannot write");
    return 0;
}
