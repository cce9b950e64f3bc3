/* XML 1.0: metadata, records and statistics as elements of one namespace, with a schema made for them. See xml.md.
 * SPDX-License-Identifier: MIT
 *
 * measure  the records without their start, and what values they have
 * place    the records with their numbers
 */
#include <stdio.h>

#include "../../core/memory.h"
#include "element.h"
#include "name.h"
#include "schema.h"

/* The number of a record must not start again, so the file has one part, however long it is. */
#define NO_LIMIT 0xffffffffu

static int check_name(const char *option, const char *name, loom_error *error) {
    size_t length = strlen(name);
    size_t wrong = 0;
    loom_buffer clean;
    if (loom_xml_is_name((const uint8_t *)name, length, &wrong)) {
        return LOOM_OK;
    }
    loom_buffer_init(&clean, SIZE_MAX / 4);
    int code = loom_xml_name((const uint8_t *)name, length, &clean, &wrong);
    code = code == LOOM_OK ? loom_buffer_append_byte(&clean, '\0') : code;
    if (code == LOOM_OK) {
        code = loom_fail(error, LOOM_INVALID_OPTION, "xml.%s: \"%s\" is no XML name, from byte %u on", option, name, (unsigned)wrong);
        snprintf(error->suggestion, sizeof error->suggestion, "use %.80s", (const char *)clean.bytes);
    }
    loom_buffer_free(&clean);
    return code;
}

static bool is_in(const char *list, char byte) {
    return byte != '\0' && strchr(list, byte) != NULL;
}

/* Where it stands nowhere, or not once more (RFC 3986 2 and 3); letters beyond ASCII are none of namespaces (Namespaces in XML 1.0 2.1). */
static bool is_wrong_in_uri(const char *at) {
    static const char hex[] = "0123456789abcdefABCDEF";
    return (uint8_t)(*at - 0x21) >= 0x5e || is_in("<>\"{}|\\^`[]", *at) || (*at == '%' && !(is_in(hex, at[1]) && is_in(hex, at[2])))
        || (*at == '#' && strchr(at + 1, '#') != NULL);
}

/* Its scheme has letters, digits, + - and . only, and something behind it. */
static bool is_wrong_in_scheme(const char *at, bool first) {
    bool letter = (*at | 0x20) >= 'a' && (*at | 0x20) <= 'z';
    return !letter && (first || !is_in(*at == ':' && at[1] != '\0' && at[1] != '#' ? ":" : "0123456789+-.", *at));
}

/* The first byte that makes a text no URI, or its end. */
static const char *end_of_uri(const char *text) {
    const char *scheme = text + strcspn(text, ":/?#");
    const char *at = text;
    while (*at != '\0' && !(*scheme == ':' && at <= scheme ? is_wrong_in_scheme(at, at == text) : is_wrong_in_uri(at))) {
        at++;
    }
    return at;
}

/* It is written as it is, apart from escapes; xsi:schemaLocation is a list of URIs between blanks. */
static int check_uri(const char *text, loom_error *error) {
    const char *at = end_of_uri(text);
    if (*at == '\0') {
        return LOOM_OK;
    }
    return loom_fail(error, LOOM_INVALID_OPTION, "xml.namespace must be a URI; byte %u is not allowed there", (unsigned)(at - text));
}

static int check_namespace(const loom_settings *settings, loom_error *error) {
    int code = check_uri(settings->xml_namespace, error);
    if (code != LOOM_OK) {
        return code;
    }
    if (strncmp(settings->xml_namespace, "http://www.w3.org/", 18) == 0) {
        return loom_fail(error, LOOM_INVALID_OPTION, "xml.namespace: namespaces of the W3C have elements of their own");
    }
    if (settings->xml_prefix[0] == '\0') {
        return LOOM_OK;
    }
    if (settings->xml_namespace[0] == '\0') {
        return loom_fail(error, LOOM_INVALID_OPTION, "xml.prefix needs a namespace");
    }
    if (strcmp(settings->xml_prefix, "xsi") == 0) {
        return loom_fail(error, LOOM_INVALID_OPTION, "xml.prefix: xsi is taken");
    }
    return check_name("prefix", settings->xml_prefix, error);
}

static int check(loom_settings *settings, loom_error *error) {
    int code = check_name("root", settings->xml_root, error);
    code = code == LOOM_OK ? check_name("record", settings->xml_record, error) : code;
    code = code == LOOM_OK ? check_name("item", settings->xml_item, error) : code;
    if (code == LOOM_OK && settings->xml_validate && settings->xml_schema == LOOM_SCHEMA_NONE) {
        code = loom_fail(error, LOOM_INVALID_OPTION, "xml.validate needs xml.schema \"separate\"");
    }
    return code == LOOM_OK ? check_namespace(settings, error) : code;
}

static size_t lead(const loom_settings *settings) {
    (void)settings;
    return 0;
}

/* A JSON object of the host's as elements. */
typedef struct loom_xml_document {
    loom_schema schema;
    loom_batch batch;
    loom_columns columns;
    loom_parser *parser;
    uint8_t *text;
    void *kept;
    loom_encoding e;
    loom_xml *xml;
} document;

static void close_document(document *d) {
    loom_xml_close(d->kept);
    loom_free(d->parser);
    loom_free(d->text);
    loom_batch_close(&d->batch);
    loom_schema_close(&d->schema);
}

static int open_document(document *d, loom_encoding *e, const char *text, size_t length) {
    memset(d, 0, sizeof *d);
    loom_batch_open(&d->batch);
    int code = loom_schema_open(&d->schema);
    d->text = loom_alloc(length + LOOM_TEXT_PAD);
    d->parser = loom_alloc(sizeof *d->parser);
    if (code != LOOM_OK || d->text == NULL || d->parser == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    memset(d->parser, 0, sizeof *d->parser);
    memset(d->text + length, 0, LOOM_TEXT_PAD);
    memcpy(d->text, text, length);
    d->parser->schema = &d->schema;
    d->batch.text = d->text;
    d->batch.length = length;
    d->e = *e;
    d->e.schema = &d->schema;
    d->e.batch = &d->batch;
    d->e.columns = &d->columns;
    d->e.kept = &d->kept;
    code = loom_parse(d->parser, &d->batch, LOOM_LAYOUT_FIRST);
    code = code == LOOM_OK ? loom_xml_open(&d->e, &d->xml) : code;
    if (code != LOOM_OK) {
        return code;
    }
    d->xml->attributes = d->xml->flat = false;
    return loom_xml_start_chunk(d->xml);
}

static bool is_object(const document *d) {
    return d->batch.record_count == 1 && d->batch.cells[d->batch.records[0].cell].kind == LOOM_CELL_OBJECT;
}

/* An element with those members of a JSON object. */
static int put_section(loom_encoding *e, const char *name, const char *text, size_t length, const char *const *members) {
    document d;
    int code = open_document(&d, e, text, length);
    code = code == LOOM_OK ? loom_xml_break(e, e->out, 1) : code;
    if (code == LOOM_OK && !e->settings->xml_pretty) {
        code = loom_buffer_append_byte(e->out, '\n');
    }
    code = code == LOOM_OK ? loom_xml_tag(e, e->out, "<", name, ">") : code;
    if (code == LOOM_OK && is_object(&d)) {
        code = loom_xml_members(d.xml, d.batch.records[0].cell, 2, members);
    }
    code = code == LOOM_OK ? loom_xml_break(e, e->out, 1) : code;
    code = code == LOOM_OK ? loom_xml_tag(e, e->out, "</", name, ">") : code;
    close_document(&d);
    return code;
}

/* ` name="value"` */
static int put_attribute(loom_buffer *out, const char *name, const char *value, size_t length) {
    int code = loom_buffer_append_byte(out, ' ');
    code = code == LOOM_OK ? loom_buffer_append_text(out, name) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(out, "=\"") : code;
    code = code == LOOM_OK ? loom_xml_string(out, value, length, true) : code;
    return code == LOOM_OK ? loom_buffer_append_byte(out, '"') : code;
}

static int put_schema_location(loom_encoding *e, const char *metadata, size_t length) {
    const loom_settings *settings = e->settings;
    cJSON *root = NULL;
    loom_buffer value;
    int code = loom_document_parse(metadata, length, &root);
    if (code != LOOM_OK) {
        return code == LOOM_SYNTAX ? LOOM_OK : code; /* no metadata, no schema */
    }
    loom_buffer_init(&value, SIZE_MAX / 4);
    const cJSON *file = cJSON_GetObjectItemCaseSensitive(root, "schema");
    if (cJSON_IsString(file) && settings->xml_schema == LOOM_SCHEMA_SEPARATE) {
        bool named = settings->xml_namespace[0] != '\0';
        code = loom_buffer_append_text(&value, settings->xml_namespace);
        code = code == LOOM_OK && named ? loom_buffer_append_byte(&value, ' ') : code;
        code = code == LOOM_OK ? loom_buffer_append_text(&value, file->valuestring) : code;
        const char *name = named ? "xsi:schemaLocation" : "xsi:noNamespaceSchemaLocation";
        code = code == LOOM_OK ? put_attribute(e->out, name, (const char *)value.bytes, value.length) : code;
    }
    loom_buffer_free(&value);
    cJSON_Delete(root);
    return code;
}

static int put_root(loom_encoding *e, const char *metadata, size_t length) {
    const loom_settings *settings = e->settings;
    int code = LOOM_OK;
    char name[64];
    if (settings->xml_declaration) {
        code = loom_buffer_append_text(e->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    }
    code = code == LOOM_OK ? loom_xml_tag(e, e->out, "<", settings->xml_root, "") : code;
    if (code == LOOM_OK && settings->xml_namespace[0] != '\0') {
        snprintf(name, sizeof name, "xmlns%s%.32s", settings->xml_prefix[0] == '\0' ? "" : ":", settings->xml_prefix);
        code = put_attribute(e->out, name, settings->xml_namespace, strlen(settings->xml_namespace));
    }
    code = code == LOOM_OK ? loom_buffer_append_text(e->out, " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"") : code;
    code = code == LOOM_OK ? put_schema_location(e, metadata, length) : code;
    return code == LOOM_OK ? loom_buffer_append_byte(e->out, '>') : code;
}

static int put_line(loom_encoding *e, const char *start, const char *name) {
    int code = e->settings->xml_pretty ? loom_xml_break(e, e->out, 1) : loom_buffer_append_byte(e->out, '\n');
    return code == LOOM_OK ? loom_xml_tag(e, e->out, start, name, ">") : code;
}

static int head(loom_encoding *e, const char *metadata, size_t length) {
    static const char *const members[] = {"generator", "exportedAt", "format", "source", "options", NULL};
    int code = loom_buffer_append_byte(e->state, '0');
    if (code == LOOM_OK && e->settings->export_includeRawData) {
        code = loom_batch_warn(e->batch, LOOM_OPTION_WITHOUT_EFFECT, LOOM_NO_COLUMN, 0, 1);
    }
    code = code == LOOM_OK ? put_root(e, metadata, length) : code;
    if (code == LOOM_OK && e->settings->export_includeMetadata) {
        code = put_section(e, "metadata", metadata, length, members);
    }
    return code == LOOM_OK ? put_line(e, "<", "records") : code;
}

static int measure(loom_encoding *e) {
    loom_xml *xml = NULL;
    int code = loom_xml_open(e, &xml);
    if (code != LOOM_OK) {
        return code;
    }
    xml->out = &e->draft->rows;
    code = loom_xml_start_chunk(xml);
    code = code == LOOM_OK ? loom_buffer_reserve(xml->out, e->batch->length) : code;
    code = code == LOOM_OK ? loom_buffer_reserve(&e->draft->ends, e->batch->record_count * sizeof(uint32_t)) : code;
    for (uint32_t i = 0; i < e->batch->record_count && code == LOOM_OK; i++) {
        code = loom_xml_record(xml, &e->batch->records[i]);
        uint32_t end = (uint32_t)xml->out->length;
        loom_buffer_put(&e->draft->ends, &end, sizeof end);
    }
    code = code == LOOM_OK ? loom_xml_warn_keys(xml) : code;
    if (code == LOOM_OK && e->settings->xml_schema == LOOM_SCHEMA_SEPARATE && xml->touched_count > 0) {
        code = loom_xml_shapes(xml, &e->draft->shapes);
        code = code == LOOM_OK ? loom_buffer_append_byte(&e->draft->shapes, '\0') : code;
    }
    return code;
}

/* What stands before the content of each record, with room for its number. */
static int put_start(loom_encoding *e, loom_buffer *start) {
    int code = e->settings->xml_pretty ? loom_xml_break(e, start, 2) : loom_buffer_append_byte(start, '\n');
    code = code == LOOM_OK ? loom_xml_tag(e, start, "<", e->settings->xml_record, "") : code;
    return code == LOOM_OK && e->settings->xml_index ? loom_buffer_append_text(start, " index=\"") : code;
}

static void put_number(loom_buffer *out, uint32_t number) {
    uint8_t digits[10];
    size_t count = 0;
    do {
        digits[count++] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        loom_buffer_put_byte(out, digits[--count]);
    }
}

static int place(loom_encoding *e, const loom_place *place) {
    const uint32_t *ends = (const uint32_t *)(const void *)e->draft->ends.bytes;
    uint32_t from = place->skip > 0 ? ends[place->skip - 1] : 0;
    loom_buffer *start = e->scratch;
    start->length = 0;
    int code = put_start(e, start);
    size_t total = place->take > 0 ? ends[place->skip + place->take - 1] - from : 0;
    if (code == LOOM_OK && place->row > NO_LIMIT - place->take) {
        code = LOOM_LIMIT_EXCEEDED;
    }
    code = code == LOOM_OK ? loom_buffer_reserve(e->out, total + (size_t)place->take * (start->length + 12)) : code;
    for (uint32_t i = 0; i < place->take && code == LOOM_OK; i++) {
        uint32_t end = ends[place->skip + i];
        loom_buffer_put(e->out, start->bytes, start->length);
        if (e->settings->xml_index) {
            put_number(e->out, place->row + i);
            loom_buffer_put_byte(e->out, '"');
        }
        loom_buffer_put(e->out, e->draft->rows.bytes + from, end - from);
        from = end;
    }
    e->written = place->take;
    e->cuts[0] = e->cuts[1] = e->out->length;
    return code == LOOM_OK ? loom_buffer_append_byte(e->state, '0') : code;
}

/* Nothing stands between the records. */
static int turn(loom_encoding *e, const char *text, size_t length, bool more) {
    (void)text;
    (void)length;
    (void)more;
    return loom_buffer_append_byte(e->state, '0');
}

static int tail(loom_encoding *e, const char *totals, size_t length) {
    static const char *const members[] = {"counts", "columns", "columnLimits", NULL};
    int code = put_line(e, "</", "records");
    if (code == LOOM_OK && e->settings->export_includeStatistics) {
        code = put_section(e, "statistics", totals, length, members);
    }
    code = code == LOOM_OK ? loom_buffer_append_byte(e->out, '\n') : code;
    return code == LOOM_OK ? loom_xml_tag(e, e->out, "</", e->settings->xml_root, ">\n") : code;
}

const loom_format loom_format_xml = {
    .name = "xml",
    .check = check,
    .lead = lead,
    .head = head,
    .measure = measure,
    .place = place,
    .turn = turn,
    .tail = tail,
    .schema = loom_xml_schema,
    .release = loom_xml_close,
    .most_rows = NO_LIMIT,
    .most_bytes = NO_LIMIT,
    .flat = false,
};
