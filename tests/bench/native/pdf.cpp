// What a person would write in C: NDJSON to a table with yyjson, libharu and the built-in font Helvetica. pdf pdf INPUT OUTPUT
// SPDX-License-Identifier: MIT
#include <string>

#include <hpdf.h>

#include "records.hpp"

enum { COLUMNS = 9 };
static const char *const HEADINGS[COLUMNS] = {"id", "product.name", "product.brand", "product.sku", "product.price",
                                              "attributes.color.value", "attributes.color.confidence",
                                              "attributes.material.value", "reviewed"};
static const float WIDTHS[COLUMNS] = {72, 132, 84, 72, 54, 84, 72, 96, 48};
static const float SIZE = 8, ROW = 14, MARGIN = 42;

struct Table {
    HPDF_Doc document;
    HPDF_Font font;
    HPDF_Page page;
    float x, y;
};

static void failed(HPDF_STATUS error, HPDF_STATUS, void *) {
    fprintf(stderr, "libharu: %04lx\n", (unsigned long)error);
    exit(1);
}

static void put_text(Table *t, int column, const char *text) {
    HPDF_Page_TextOut(t->page, t->x, t->y, text);
    t->x += WIDTHS[column];
}

static void start_page(Table *t) {
    t->page = HPDF_AddPage(t->document);
    HPDF_Page_SetSize(t->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_LANDSCAPE);
    HPDF_Page_SetFontAndSize(t->page, t->font, SIZE);
    HPDF_Page_BeginText(t->page);
    t->y = HPDF_Page_GetHeight(t->page) - MARGIN;
    t->x = MARGIN;
    for (int i = 0; i < COLUMNS; i++) put_text(t, i, HEADINGS[i]);
}

static void next_row(Table *t) {
    t->y -= ROW;
    t->x = MARGIN;
    if (t->page && t->y > MARGIN) return;
    if (t->page) HPDF_Page_EndText(t->page);
    start_page(t);
    t->y -= ROW;
    t->x = MARGIN;
}

static void put_value(Table *t, int column, yyjson_val *value) {
    char text[64] = "";
    if (yyjson_is_str(value)) return put_text(t, column, yyjson_get_str(value));
    if (yyjson_is_raw(value)) return put_text(t, column, std::string(yyjson_get_raw(value), yyjson_get_len(value)).c_str());
    if (yyjson_is_bool(value)) snprintf(text, sizeof text, "%s", yyjson_get_bool(value) ? "true" : "false");
    put_text(t, column, text);
}

static void put_record(Table *t, yyjson_val *record) {
    yyjson_obj_iter root;
    if (!yyjson_obj_iter_init(record, &root)) stop("a record is no object");
    next_row(t);
    put_value(t, 0, yyjson_obj_iter_get(&root, "id"));
    yyjson_obj_iter product = inside(&root, "product");
    int column = 1;
    for (const char *key : {"name", "brand", "sku", "price"}) put_value(t, column++, yyjson_obj_iter_get(&product, key));
    yyjson_obj_iter attributes = inside(&root, "attributes");
    yyjson_obj_iter colour = inside(&attributes, "color");
    for (const char *key : {"value", "confidence"}) put_value(t, column++, yyjson_obj_iter_get(&colour, key));
    yyjson_obj_iter material = inside(&attributes, "material");
    put_value(t, column++, yyjson_obj_iter_get(&material, "value"));
    put_value(t, column, yyjson_obj_iter_get(&root, "reviewed"));
}

int main(int argc, char **argv) {
    if (argc != 4) stop("pdf pdf INPUT OUTPUT");
    Table table = {};
    table.document = HPDF_New(failed, NULL);
    HPDF_SetCompressionMode(table.document, HPDF_COMP_ALL);
    table.font = HPDF_GetFont(table.document, "Helvetica", "WinAnsiEncoding");
    FILE *in = open_file(argv[2], "rb");
    each_record(in, YYJSON_READ_NUMBER_AS_RAW, [&](yyjson_val *record, const yyjson_alc *, size_t) { put_record(&table, record); });
    if (table.page) HPDF_Page_EndText(table.page);
    if (HPDF_SaveToFile(table.document, argv[3]) != HPDF_OK) stop("cannot write");
    HPDF_Free(table.document);
    return 0;
}
