// What a person would write in C: NDJSON to CSV or JSON with yyjson and stdio. text csv|json INPUT OUTPUT
// SPDX-License-Identifier: MIT
#include <initializer_list>

#include "records.hpp"

// Numbers keep their digits, and need no conversion there and back.
static const yyjson_read_flag FLAGS = YYJSON_READ_NUMBER_AS_RAW;

static const char HEADINGS[] =
    "id,imageUrl,product.name,product.brand,product.sku,product.price,product.currency,attributes.color.value,"
    "attributes.color.confidence,attributes.material.value,attributes.material.confidence,attributes.pattern.value,"
    "attributes.pattern.confidence,attributes.sleeve,attributes.neckline,attributes.fit,tags,createdAt,reviewed,notes\r\n";

static void put(FILE *out, const char *text, size_t length) {
    if (fwrite_unlocked(text, 1, length, out) != length) stop("cannot write");
}

/// RFC 4180 2.5 to 2.7.
static bool needs_quotes(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r') return true;
    return length == 0;
}

static void put_text(FILE *out, const char *text, size_t length) {
    if (!needs_quotes(text, length)) return put(out, text, length);
    put(out, "\"", 1);
    const char *end = text + length;
    while (const char *quote = (const char *)memchr(text, '"', (size_t)(end - text))) {
        put(out, text, (size_t)(quote - text) + 1);
        put(out, "\"", 1);
        text = quote + 1;
    }
    put(out, text, (size_t)(end - text));
    put(out, "\"", 1);
}

/// The texts of a list, joined with "; ".
static void put_list(FILE *out, yyjson_val *list) {
    static char joined[LONGEST_LINE * 2];
    size_t length = 0, index, count;
    yyjson_val *item;
    yyjson_arr_foreach(list, index, count, item) {
        if (!yyjson_is_str(item)) stop("a list holds something else than text");
        if (index > 0) joined[length++] = ';', joined[length++] = ' ';
        memcpy(joined + length, yyjson_get_str(item), yyjson_get_len(item));
        length += yyjson_get_len(item);
    }
    put_text(out, joined, length);
}

static void put_value(FILE *out, yyjson_val *value) {
    if (yyjson_is_str(value)) put_text(out, yyjson_get_str(value), yyjson_get_len(value));
    else if (yyjson_is_raw(value)) put(out, yyjson_get_raw(value), yyjson_get_len(value));
    else if (yyjson_is_true(value)) put(out, "true", 4);
    else if (yyjson_is_false(value)) put(out, "false", 5);
    else if (yyjson_is_arr(value)) put_list(out, value);
}

/// The next keys of an object as fields. The iterator makes each a single comparison while keys come in this order.
template <size_t COUNT> static void put_fields(FILE *out, yyjson_obj_iter *object, const char *const (&keys)[COUNT]) {
    for (const char *key : keys) {
        put_value(out, yyjson_obj_iter_get(object, key));
        put(out, ",", 1);
    }
}

static void put_row(FILE *out, yyjson_val *record) {
    yyjson_obj_iter root;
    if (!yyjson_obj_iter_init(record, &root)) stop("a record is no object");
    put_fields(out, &root, {"id", "imageUrl"});
    yyjson_obj_iter product = inside(&root, "product");
    put_fields(out, &product, {"name", "brand", "sku", "price", "currency"});
    yyjson_obj_iter attributes = inside(&root, "attributes");
    for (const char *key : {"color", "material", "pattern"}) {
        yyjson_obj_iter attribute = inside(&attributes, key);
        put_fields(out, &attribute, {"value", "confidence"});
    }
    put_fields(out, &attributes, {"sleeve", "neckline", "fit"});
    put_fields(out, &root, {"tags", "createdAt", "reviewed"});
    put_value(out, yyjson_obj_iter_get(&root, "notes"));
    put(out, "\r\n", 2);
}

static void put_json(FILE *out, yyjson_val *record, const yyjson_alc *pool, bool first) {
    size_t length;
    char *text = yyjson_val_write_opts(record, 0, pool, &length, NULL);
    if (!text) stop("cannot write a record");
    put(out, first ? "" : ",\n", first ? 0 : 2);
    put(out, text, length);
    pool->free(pool->ctx, text);
}

int main(int argc, char **argv) {
    if (argc != 4) stop("native csv|json INPUT OUTPUT");
    bool csv = strcmp(argv[1], "csv") == 0;
    FILE *in = open_file(argv[2], "rb"), *out = open_file(argv[3], "wb");
    if (csv) put(out, HEADINGS, sizeof HEADINGS - 1);
    else put(out, "[\n", 2);
    each_record(in, FLAGS, [&](yyjson_val *record, const yyjson_alc *pool, size_t index) {
        if (csv) put_row(out, record);
        else put_json(out, record, pool, index == 0);
    });
    if (!csv) put(out, "\n]\n", 3);
    if (fclose(out)) stop("cannot write");
    return 0;
}
