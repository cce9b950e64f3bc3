// What a person would write in C: NDJSON to XML with yyjson and libxml2's xmlTextWriter. xml xml INPUT OUTPUT
// SPDX-License-Identifier: MIT
#include <libxml/xmlwriter.h>

#include "records.hpp"

// Numbers keep their digits, and need no conversion there and back.
static const yyjson_read_flag FLAGS = YYJSON_READ_NUMBER_AS_RAW;

static const char NAMESPACE[] = "urn:exportloom:export:1", INSTANCE[] = "http://www.w3.org/2001/XMLSchema-instance";

static void check(int written) {
    if (written < 0) stop("cannot write");
}

static const xmlChar *words(const char *text) {
    return (const xmlChar *)text;
}

static void put_value(xmlTextWriterPtr out, const char *name, yyjson_val *value);

static void put_members(xmlTextWriterPtr out, yyjson_val *object) {
    size_t index, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(object, index, count, key, value) put_value(out, yyjson_get_str(key), value);
}

static void put_content(xmlTextWriterPtr out, yyjson_val *value) {
    if (yyjson_is_str(value)) {
        if (yyjson_get_len(value) > 0) check(xmlTextWriterWriteString(out, words(yyjson_get_str(value))));
    } else if (yyjson_is_raw(value)) check(xmlTextWriterWriteRawLen(out, words(yyjson_get_raw(value)), (int)yyjson_get_len(value)));
    else if (yyjson_is_bool(value)) check(xmlTextWriterWriteRaw(out, words(yyjson_get_bool(value) ? "true" : "false")));
    else if (yyjson_is_null(value)) check(xmlTextWriterWriteAttribute(out, words("xsi:nil"), words("true")));
    else if (yyjson_is_obj(value)) put_members(out, value);
    else {
        size_t index, count;
        yyjson_val *item;
        yyjson_arr_foreach(value, index, count, item) put_value(out, "item", item);
    }
}

/// The names of the records are XML names, as whoever writes such a program knows.
static void put_value(xmlTextWriterPtr out, const char *name, yyjson_val *value) {
    check(xmlTextWriterStartElement(out, words(name)));
    put_content(out, value);
    check(xmlTextWriterEndElement(out));
}

static void put_record(xmlTextWriterPtr out, yyjson_val *record, size_t index) {
    char number[24];
    snprintf(number, sizeof number, "%zu", index);
    check(xmlTextWriterStartElement(out, words("record")));
    check(xmlTextWriterWriteAttribute(out, words("index"), words(number)));
    put_members(out, record);
    check(xmlTextWriterEndElement(out));
    check(xmlTextWriterWriteRawLen(out, words("\n"), 1));
}

int main(int argc, char **argv) {
    if (argc != 4) stop("xml xml INPUT OUTPUT");
    FILE *in = open_file(argv[2], "rb");
    xmlTextWriterPtr out = xmlNewTextWriterFilename(argv[3], 0);
    if (!out) stop(argv[3]);
    check(xmlTextWriterStartDocument(out, NULL, "UTF-8", NULL));
    check(xmlTextWriterStartElement(out, words("export")));
    check(xmlTextWriterWriteAttribute(out, words("xmlns"), words(NAMESPACE)));
    check(xmlTextWriterWriteAttribute(out, words("xmlns:xsi"), words(INSTANCE)));
    check(xmlTextWriterWriteRaw(out, words("\n")));
    check(xmlTextWriterStartElement(out, words("records")));
    check(xmlTextWriterWriteRaw(out, words("\n")));
    each_record(in, FLAGS, [&](yyjson_val *record, const yyjson_alc *, size_t index) { put_record(out, record, index); });
    check(xmlTextWriterEndDocument(out));
    xmlFreeTextWriter(out);
    return 0;
}
