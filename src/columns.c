/* The making and reading of columns.
 * SPDX-License-Identifier: MIT
 *
 * Between workers, a path is an array of keys in which NUL is written %00 and % is written %25, because cJSON ends
 * strings at a NUL.
 */
#include "columns.h"

#include <stdio.h>
#include <stdlib.h>

#include "batch/json_text.h"
#include "batch/scan.h"
#include "core/memory.h"
#include "core/nearest.h"

static const char *const type_names[] = {"text", "integer", "number", "boolean", "date", "datetime", "json"};

#define TYPE_COUNT (sizeof type_names / sizeof type_names[0])

static char *copy(const char *text) {
    size_t size = strlen(text) + 1;
    char *made = loom_alloc(size);
    return made == NULL ? NULL : memcpy(made, text, size);
}

/* Appends a column; key and label are copied. */
static int add(loom_columns *columns, const char *key, const char *label) {
    loom_column column = {.key = copy(key), .label = copy(label)};
    loom_column *list = columns->list;
    bool full = (columns->count & (columns->count - 1)) == 0; /* grows at powers of two */
    if (full) {
        list = loom_realloc(list, (columns->count == 0 ? 1 : columns->count * 2) * sizeof *list);
    }
    if (list != NULL) {
        columns->list = list;
    }
    if (list == NULL || column.key == NULL || column.label == NULL) {
        loom_free(column.key);
        loom_free(column.label);
        return LOOM_OUT_OF_MEMORY;
    }
    list[columns->count++] = column;
    return LOOM_OK;
}

int loom_columns_add_raw(loom_columns *columns) {
    int code = add(columns, "_raw", "_raw");
    if (code == LOOM_OK) {
        columns->raw = (int32_t)columns->count - 1;
    }
    return code;
}

/* The node of a dotted key. */
static int find_path(loom_schema *schema, const char *key, uint32_t *node) {
    loom_buffer part;
    loom_buffer_init(&part, SIZE_MAX / 4);
    int code = loom_buffer_reserve(&part, strlen(key) + 1);
    *node = 0;
    for (const char *at = key; code == LOOM_OK; at++) {
        if (*at == '.' || *at == '\0') {
            code = loom_schema_child(schema, *node, part.bytes, part.length, node);
            part.length = 0;
            if (*at == '\0') {
                break;
            }
        } else {
            at += *at == '\\' && at[1] == '.';
            loom_buffer_put_byte(&part, (uint8_t)*at);
        }
    }
    loom_buffer_free(&part);
    return code;
}

/* The same spelling as one key of the record, or as the record itself where it is no object. */
static int add_literal(loom_schema *schema, const char *key, int32_t column) {
    uint32_t node = 0;
    if (strcmp(key, "value") != 0) {
        if (strchr(key, '.') == NULL) {
            return LOOM_OK;
        }
        int code = loom_schema_child(schema, 0, (const uint8_t *)key, strlen(key), &node);
        if (code != LOOM_OK) {
            return code;
        }
    }
    if (schema->nodes[node].column == LOOM_NO_COLUMN) {
        loom_schema_assign(schema, node, column);
        schema->nodes[node].literal = true;
    }
    return LOOM_OK;
}

static int check_member(const cJSON *member, loom_error *error) {
    static const char *const names[] = {"key", "label", "type", "width", "format", "hidden"};
    const char *name = member->string;
    bool text = strcmp(name, "key") == 0 || strcmp(name, "label") == 0 || strcmp(name, "format") == 0;
    if (text) {
        return cJSON_IsString(member) ? LOOM_OK : loom_fail(error, LOOM_INVALID_OPTION, "columns: %s must be text", name);
    }
    if (strcmp(name, "width") == 0) {
        bool good = cJSON_IsNumber(member) && member->valuedouble > 0 && member->valuedouble <= 255;
        return good ? LOOM_OK : loom_fail(error, LOOM_INVALID_OPTION, "columns: width must be a number from 0 to 255");
    }
    if (strcmp(name, "hidden") == 0) {
        return cJSON_IsBool(member) ? LOOM_OK : loom_fail(error, LOOM_INVALID_OPTION, "columns: hidden must be true or false");
    }
    if (strcmp(name, "type") == 0) {
        for (size_t i = 0; i < TYPE_COUNT && cJSON_IsString(member); i++) {
            if (strcmp(member->valuestring, type_names[i]) == 0) {
                return LOOM_OK;
            }
        }
        return loom_fail(error, LOOM_INVALID_OPTION,
                         "columns: type must be one of text|integer|number|boolean|date|datetime|json");
    }
    const char *nearest = loom_nearest(name, names, sizeof names / sizeof names[0]);
    int code = loom_fail(error, LOOM_UNKNOWN_OPTION, "columns: unknown member %s", name);
    if (nearest != NULL) {
        snprintf(error->suggestion, sizeof error->suggestion, "did you mean %s?", nearest);
    }
    return code;
}

static int check_column(const cJSON *item, loom_error *error) {
    const cJSON *member = NULL;
    if (!cJSON_IsObject(item) && !cJSON_IsString(item)) {
        return loom_fail(error, LOOM_INVALID_OPTION, "columns: each one must be a key or an object with a key");
    }
    cJSON_ArrayForEach(member, item) {
        int code = check_member(member, error);
        if (code != LOOM_OK) {
            return code;
        }
    }
    const cJSON *key = cJSON_IsString(item) ? item : cJSON_GetObjectItemCaseSensitive(item, "key");
    bool good = cJSON_IsString(key) && key->valuestring[0] != '\0';
    return good ? LOOM_OK : loom_fail(error, LOOM_INVALID_OPTION, "columns: a column needs a key");
}

static enum loom_column_type type_number(const cJSON *type) {
    for (size_t i = 0; i < TYPE_COUNT && cJSON_IsString(type); i++) {
        if (strcmp(type->valuestring, type_names[i]) == 0) {
            return (enum loom_column_type)i;
        }
    }
    return LOOM_TYPE_TEXT;
}

/* Type, width and format, all of them checked before. */
static int choose_look(const cJSON *item, loom_column *column) {
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(item, "type");
    const cJSON *width = cJSON_GetObjectItemCaseSensitive(item, "width");
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(item, "format");
    column->typed = type != NULL;
    column->type = type_number(type);
    column->as_json = column->type == LOOM_TYPE_JSON;
    column->sized = cJSON_IsNumber(width);
    column->width = column->sized ? width->valuedouble : 0;
    if (format != NULL && format->valuestring[0] != '\0') {
        column->format = copy(format->valuestring);
        return column->format == NULL ? LOOM_OUT_OF_MEMORY : LOOM_OK;
    }
    return LOOM_OK;
}

static int choose_one(const cJSON *item, loom_schema *schema, loom_columns *columns, loom_error *error) {
    int code = check_column(item, error);
    if (code != LOOM_OK || cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "hidden"))) {
        return code;
    }
    const cJSON *key = cJSON_IsString(item) ? item : cJSON_GetObjectItemCaseSensitive(item, "key");
    const cJSON *label = cJSON_GetObjectItemCaseSensitive(item, "label");
    uint32_t node = 0;
    code = find_path(schema, key->valuestring, &node);
    if (code == LOOM_OK && schema->nodes[node].depth > LOOM_MAX_FLAT_DEPTH) {
        return loom_fail(error, LOOM_INVALID_OPTION, "columns: %s lies deeper than %u levels", key->valuestring,
                         LOOM_MAX_FLAT_DEPTH);
    }
    if (code == LOOM_OK && schema->nodes[node].column != LOOM_NO_COLUMN) {
        return loom_fail(error, LOOM_INVALID_OPTION, "columns: %s is named twice", key->valuestring);
    }
    if (code == LOOM_OK) {
        code = add(columns, key->valuestring, label == NULL ? key->valuestring : label->valuestring);
    }
    if (code == LOOM_OK) {
        loom_schema_assign(schema, node, (int32_t)columns->count - 1);
        code = choose_look(item, &columns->list[columns->count - 1]);
    }
    return code;
}

int loom_columns_choose(const cJSON *list, loom_schema *schema, loom_columns *columns, loom_error *error) {
    const cJSON *item = NULL;
    int code = LOOM_OK;
    columns->chosen = true;
    cJSON_ArrayForEach(item, list) {
        code = choose_one(item, schema, columns, error);
        if (code != LOOM_OK) {
            return code;
        }
    }
    if (columns->count == 0) {
        return loom_fail(error, LOOM_INVALID_OPTION, "columns: there must be one that is not hidden");
    }
    for (uint32_t i = 0; i < columns->count && code == LOOM_OK; i++) {
        code = add_literal(schema, columns->list[i].key, (int32_t)i);
    }
    loom_schema_keep(schema);
    return code;
}

/* The inverse of put_key. Works in place. */
static size_t decode_key(char *key) {
    char *to = key;
    for (const char *from = key; *from != '\0'; from++) {
        if (*from == '%') {
            *to++ = from[1] == '0' ? '\0' : '%';
            from += from[1] != '\0' && from[2] != '\0' ? 2 : 0;
        } else {
            *to++ = *from;
        }
    }
    return (size_t)(to - key);
}

static int read_path(const cJSON *path, loom_schema *schema, uint32_t *node) {
    const cJSON *key = NULL;
    *node = 0;
    if (!cJSON_IsArray(path)) {
        return LOOM_INTERNAL;
    }
    cJSON_ArrayForEach(key, path) {
        if (!cJSON_IsString(key)) {
            return LOOM_INTERNAL;
        }
        size_t length = decode_key(key->valuestring);
        int code = loom_schema_child(schema, *node, (const uint8_t *)key->valuestring, length, node);
        if (code != LOOM_OK) {
            return code;
        }
    }
    return LOOM_OK;
}

static int read_column(const cJSON *row, loom_schema *schema, loom_columns *columns, uint32_t *clashes) {
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(row, "key");
    const cJSON *label = cJSON_GetObjectItemCaseSensitive(row, "label");
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(row, "path");
    uint32_t node = 0;
    if (!cJSON_IsString(key) || !cJSON_IsString(label)) {
        return LOOM_INTERNAL;
    }
    int code = add(columns, key->valuestring, label->valuestring);
    *clashes += cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "clash"));
    if (code != LOOM_OK) {
        return code;
    }
    int32_t number = (int32_t)columns->count - 1;
    const cJSON *width = cJSON_GetObjectItemCaseSensitive(row, "width");
    const cJSON *filled = cJSON_GetObjectItemCaseSensitive(row, "filled");
    columns->list[number].type = type_number(cJSON_GetObjectItemCaseSensitive(row, "type"));
    columns->list[number].width = cJSON_IsNumber(width) ? width->valuedouble : 0;
    columns->list[number].filled = cJSON_IsNumber(filled) ? filled->valuedouble : 0;
    if (path == NULL) {
        columns->extra = number;
        return LOOM_OK;
    }
    code = read_path(path, schema, &node);
    if (code == LOOM_OK) {
        loom_schema_assign(schema, node, number);
    }
    return code;
}

int loom_columns_read(const char *text, size_t length, loom_schema *schema, loom_columns *columns, uint32_t *clashes) {
    cJSON *document = NULL;
    const cJSON *row = NULL;
    int code = loom_document_parse(text, length, &document);
    if (code == LOOM_SYNTAX || (code == LOOM_OK && !cJSON_IsArray(document))) {
        code = LOOM_INTERNAL;
    }
    cJSON_ArrayForEach(row, document) {
        if (code == LOOM_OK) {
            code = read_column(row, schema, columns, clashes);
        }
    }
    cJSON_Delete(document);
    loom_schema_keep(schema);
    return code;
}

/* A path and a key with dots may lead to the same column: values of two types are texts then. */
static void learn_type(loom_column *column, enum loom_column_type type) {
    bool differs = column->learned && column->type != type;
    column->type = differs ? LOOM_TYPE_TEXT : (uint8_t)type;
    column->learned = true;
}

static int learn_column(const cJSON *row, loom_schema *schema, loom_columns *columns) {
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(row, "path");
    const cJSON *width = cJSON_GetObjectItemCaseSensitive(row, "width");
    const cJSON *filled = cJSON_GetObjectItemCaseSensitive(row, "filled");
    uint32_t node = 0;
    int code = path == NULL ? LOOM_OK : read_path(path, schema, &node);
    if (path == NULL || code != LOOM_OK || schema->nodes[node].column == LOOM_NO_COLUMN) {
        return code;
    }
    loom_column *column = &columns->list[schema->nodes[node].column];
    if (!column->typed) {
        learn_type(column, type_number(cJSON_GetObjectItemCaseSensitive(row, "type")));
    }
    if (!column->sized && cJSON_IsNumber(width) && width->valuedouble > column->width) {
        column->width = width->valuedouble;
    }
    column->filled += cJSON_IsNumber(filled) ? filled->valuedouble : 0;
    return LOOM_OK;
}

int loom_columns_learn(const char *text, size_t length, loom_schema *schema, loom_columns *columns) {
    cJSON *document = NULL;
    const cJSON *row = NULL;
    int code = loom_document_parse(text, length, &document);
    code = code == LOOM_SYNTAX || (code == LOOM_OK && !cJSON_IsArray(document)) ? LOOM_INTERNAL : code;
    cJSON_ArrayForEach(row, document) {
        code = code == LOOM_OK ? learn_column(row, schema, columns) : code;
    }
    cJSON_Delete(document);
    return code;
}

static int put_key(loom_buffer *out, const loom_schema *schema, uint32_t number) {
    const loom_node *node = &schema->nodes[number];
    loom_buffer key;
    loom_buffer_init(&key, SIZE_MAX / 4);
    int code = loom_buffer_reserve(&key, (size_t)node->key_length * 3 + 1);
    for (uint32_t i = 0; i < node->key_length && code == LOOM_OK; i++) {
        uint8_t byte = schema->keys.bytes[node->key + i];
        if (byte == 0 || byte == '%') {
            loom_buffer_put(&key, byte == 0 ? "%00" : "%25", 3);
        } else {
            loom_buffer_put_byte(&key, byte);
        }
    }
    if (code == LOOM_OK) {
        code = loom_json_string(out, key.bytes, key.length);
    }
    loom_buffer_free(&key);
    return code;
}

/* The nodes from below the record to this one; returns how many, at most `most`. */
static uint32_t trace(const loom_schema *schema, uint32_t node, uint32_t *way, uint32_t most) {
    uint32_t depth = schema->nodes[node].depth;
    for (uint32_t i = depth; i > 0; i--, node = schema->nodes[node].parent) {
        if (i <= most) {
            way[i - 1] = node;
        }
    }
    return depth < most ? depth : most;
}

static int put_path(loom_buffer *out, const loom_schema *schema, uint32_t node) {
    uint32_t way[LOOM_MAX_FLAT_DEPTH];
    uint32_t depth = trace(schema, node, way, LOOM_MAX_FLAT_DEPTH);
    int code = loom_buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < depth && code == LOOM_OK; i++) {
        code = i == 0 ? LOOM_OK : loom_buffer_append_byte(out, ',');
        if (code == LOOM_OK) {
            code = put_key(out, schema, way[i]);
        }
    }
    return code == LOOM_OK ? loom_buffer_append_byte(out, ']') : code;
}

int loom_paths_write(loom_schema *schema, loom_buffer *out) {
    int code = LOOM_OK;
    bool first = true;
    for (uint32_t i = 0; i < schema->count && code == LOOM_OK; i++) {
        loom_node *node = &schema->nodes[i];
        char rest[96];
        if (node->kinds == node->reported && node->width == node->told_width && node->filled == node->told_filled) {
            continue;
        }
        snprintf(rest, sizeof rest, ",\"k\":%u,\"w\":%u,\"n\":%u,\"f\":[%u,%u,%u]}", node->kinds, node->width,
                 (unsigned)(node->filled - node->told_filled), node->seen.chunk, node->seen.record, node->seen.sequence);
        code = loom_buffer_append_text(out, first ? "[{\"p\":" : ",{\"p\":");
        if (code == LOOM_OK) {
            code = put_path(out, schema, i);
        }
        if (code == LOOM_OK) {
            code = loom_buffer_append_text(out, rest);
        }
        node->reported = node->kinds;
        node->told_width = node->width;
        node->told_filled = node->filled;
        first = false;
    }
    return first || code != LOOM_OK ? code : loom_buffer_append_byte(out, ']');
}

/* A number from 0 to `most`, as loom_paths_write writes them. */
static bool read_number(const cJSON *item, uint32_t most, uint32_t *number) {
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= most)) {
        return false;
    }
    *number = (uint32_t)item->valuedouble;
    return true;
}

static int merge_row(const cJSON *row, loom_schema *schema) {
    const cJSON *seen = cJSON_GetObjectItemCaseSensitive(row, "f");
    loom_first first = {0};
    uint32_t kinds = 0;
    uint32_t width = 0;
    uint32_t filled = 0;
    uint32_t node = 0;
    bool good = read_number(cJSON_GetObjectItemCaseSensitive(row, "k"), UINT16_MAX, &kinds) &&
                read_number(cJSON_GetObjectItemCaseSensitive(row, "w"), LOOM_MAX_WIDTH, &width) &&
                read_number(cJSON_GetObjectItemCaseSensitive(row, "n"), UINT16_MAX, &filled) && cJSON_GetArraySize(seen) == 3 &&
                read_number(cJSON_GetArrayItem(seen, 0), UINT32_MAX, &first.chunk) &&
                read_number(cJSON_GetArrayItem(seen, 1), UINT32_MAX, &first.record) &&
                read_number(cJSON_GetArrayItem(seen, 2), UINT32_MAX, &first.sequence);
    if (!good) {
        return LOOM_INTERNAL;
    }
    int code = read_path(cJSON_GetObjectItemCaseSensitive(row, "p"), schema, &node);
    if (code == LOOM_OK) {
        loom_scan_merge(&schema->nodes[node], (uint16_t)kinds, first);
        loom_scan_widen(&schema->nodes[node], (uint8_t)width);
        loom_scan_fill(&schema->nodes[node], filled);
    }
    return code;
}

int loom_paths_merge(const char *text, size_t length, loom_schema *schema) {
    cJSON *document = NULL;
    const cJSON *row = NULL;
    int code = loom_document_parse(text, length, &document);
    if (code == LOOM_SYNTAX || (code == LOOM_OK && !cJSON_IsArray(document))) {
        code = LOOM_INTERNAL;
    }
    cJSON_ArrayForEach(row, document) {
        if (code == LOOM_OK) {
            code = merge_row(row, schema);
        }
    }
    cJSON_Delete(document);
    return code;
}

static enum loom_column_type type_of(uint16_t kinds) {
    switch (kinds & ~(LOOM_KIND_NULL | LOOM_KIND_OBJECT | LOOM_KIND_EMPTY)) {
    case LOOM_KIND_INTEGER:
        return LOOM_TYPE_INTEGER;
    case LOOM_KIND_NUMBER:
    case LOOM_KIND_NUMBER | LOOM_KIND_INTEGER:
        return LOOM_TYPE_NUMBER;
    case LOOM_KIND_BOOLEAN:
        return LOOM_TYPE_BOOLEAN;
    case LOOM_KIND_DATE:
        return LOOM_TYPE_DATE;
    case LOOM_KIND_DATETIME:
    case LOOM_KIND_DATETIME | LOOM_KIND_DATE:
        return LOOM_TYPE_DATETIME;
    case LOOM_KIND_JSON:
        return LOOM_TYPE_JSON;
    default:
        return LOOM_TYPE_TEXT;
    }
}

/* The dotted path of a node; `value` for the record itself. A NUL becomes U+FFFD. */
static int put_name(loom_buffer *name, const loom_schema *schema, uint32_t node) {
    uint32_t way[LOOM_MAX_FLAT_DEPTH];
    uint32_t depth = trace(schema, node, way, LOOM_MAX_FLAT_DEPTH);
    int code = depth == 0 ? loom_buffer_append_text(name, "value") : LOOM_OK;
    for (uint32_t i = 0; i < depth && code == LOOM_OK; i++) {
        const loom_node *part = &schema->nodes[way[i]];
        code = loom_buffer_reserve(name, (size_t)part->key_length * 3 + 1);
        if (code == LOOM_OK && i > 0) {
            loom_buffer_put_byte(name, '.');
        }
        for (uint32_t k = 0; k < part->key_length && code == LOOM_OK; k++) {
            uint8_t byte = schema->keys.bytes[part->key + k];
            loom_buffer_put(name, byte == 0 ? "\xef\xbf\xbd" : (const char *)&byte, byte == 0 ? 3 : 1);
        }
    }
    return code;
}

/* Enters a name into the set of names; one that is there already gets a number. */
static int make_unique(loom_schema *names, loom_buffer *name, bool *clash) {
    size_t length = name->length;
    *clash = false;
    for (unsigned k = 2; k < UINT32_MAX; k++) {
        uint32_t node = 0;
        int code = loom_schema_child(names, 0, name->bytes, name->length, &node);
        if (code != LOOM_OK || names->nodes[node].kinds == 0) {
            names->nodes[node].kinds = code == LOOM_OK;
            return code;
        }
        char number[16];
        snprintf(number, sizeof number, " (%u)", k);
        *clash = true;
        name->length = length;
        code = loom_buffer_append_text(name, number);
        if (code != LOOM_OK) {
            return code;
        }
    }
    return LOOM_LIMIT_EXCEEDED;
}

static int tell_apart(loom_columns *columns, loom_schema *names, loom_buffer *name, uint32_t *clashes) {
    int code = LOOM_OK;
    for (uint32_t i = 0; i < columns->count && code == LOOM_OK; i++) {
        bool clash = false;
        name->length = 0;
        code = loom_buffer_append_text(name, columns->list[i].label);
        if (code == LOOM_OK) {
            code = make_unique(names, name, &clash);
        }
        if (code == LOOM_OK && clash) {
            code = loom_buffer_append_byte(name, '\0');
            char *label = code == LOOM_OK ? copy((const char *)name->bytes) : NULL;
            if (label == NULL) {
                return LOOM_OUT_OF_MEMORY;
            }
            loom_free(columns->list[i].label);
            columns->list[i].label = label;
            *clashes += 1;
        }
    }
    return code;
}

int loom_columns_tell_apart(loom_columns *columns, uint32_t *clashes) {
    loom_schema names;
    loom_buffer name;
    loom_buffer_init(&name, SIZE_MAX / 4);
    int code = loom_schema_open(&names);
    if (code == LOOM_OK) {
        code = tell_apart(columns, &names, &name, clashes);
        loom_schema_close(&names);
    }
    loom_buffer_free(&name);
    return code;
}

typedef struct settling {
    const loom_schema *schema;
    loom_schema names;
    loom_buffer name;
    loom_buffer *out;
    bool first;
} settling;

/* Appends the row of one column; `node` is UINT32_MAX for `_extra`. */
static int put_column(settling *s, uint32_t node) {
    bool extra = node == UINT32_MAX;
    size_t plain = 0;
    bool clash = false;
    char type[64];
    s->name.length = 0;
    int code = extra ? loom_buffer_append_text(&s->name, "_extra") : put_name(&s->name, s->schema, node);
    plain = s->name.length;
    if (code == LOOM_OK) {
        code = make_unique(&s->names, &s->name, &clash);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(s->out, s->first ? "{\"key\":" : ",{\"key\":");
    }
    if (code == LOOM_OK) {
        code = loom_json_string(s->out, s->name.bytes, plain);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(s->out, ",\"label\":");
    }
    if (code == LOOM_OK) {
        code = loom_json_string(s->out, s->name.bytes, s->name.length);
    }
    enum loom_column_type number = extra ? LOOM_TYPE_JSON : type_of(s->schema->nodes[node].kinds);
    unsigned width = extra ? 0 : s->schema->nodes[node].width;
    unsigned filled = extra ? 0 : (unsigned)s->schema->nodes[node].filled;
    snprintf(type, sizeof type, ",\"type\":\"%s\",\"width\":%u,\"filled\":%u%s", type_names[number], width, filled,
             clash ? ",\"clash\":true" : "");
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(s->out, type);
    }
    if (code == LOOM_OK && !extra) {
        code = loom_buffer_append_text(s->out, ",\"path\":");
        code = code == LOOM_OK ? put_path(s->out, s->schema, node) : code;
    }
    s->first = false;
    return code == LOOM_OK ? loom_buffer_append_byte(s->out, '}') : code;
}

/* A leaf and where it appeared, for sorting. */
typedef struct leaf {
    loom_first seen;
    uint32_t node;
} leaf;

static int compare_leaves(const void *left, const void *right) {
    const leaf *a = left;
    const leaf *b = right;
    if (a->seen.chunk != b->seen.chunk) {
        return a->seen.chunk < b->seen.chunk ? -1 : 1;
    }
    if (a->seen.record != b->seen.record) {
        return a->seen.record < b->seen.record ? -1 : 1;
    }
    return (a->seen.sequence > b->seen.sequence) - (a->seen.sequence < b->seen.sequence);
}

static int collect_leaves(const loom_schema *schema, leaf **leaves, uint32_t *count) {
    *count = 0;
    *leaves = loom_alloc(schema->count * sizeof **leaves);
    if (*leaves == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    for (uint32_t i = 0; i < schema->count; i++) {
        if (loom_is_leaf(&schema->nodes[i])) {
            (*leaves)[(*count)++] = (leaf){schema->nodes[i].seen, i};
        }
    }
    qsort(*leaves, *count, sizeof **leaves, compare_leaves);
    return LOOM_OK;
}

int loom_columns_settle(const loom_schema *schema, bool extra, loom_buffer *out, loom_error *error) {
    settling s = {.schema = schema, .out = out, .first = true};
    leaf *leaves = NULL;
    uint32_t count = 0;
    loom_buffer_init(&s.name, SIZE_MAX / 4);
    int code = collect_leaves(schema, &leaves, &count);
    if (code == LOOM_OK && count > LOOM_MAX_PATHS) {
        code = loom_fail(error, LOOM_TOO_MANY_COLUMNS, "%u columns, at most %u", count, LOOM_MAX_PATHS);
    }
    if (code == LOOM_OK) {
        code = loom_schema_open(&s.names);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(out, '[');
    }
    for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
        code = put_column(&s, leaves[i].node);
    }
    if (code == LOOM_OK && extra) {
        code = put_column(&s, UINT32_MAX);
    }
    if (code == LOOM_OK) {
        code = loom_buffer_append_byte(out, ']');
    }
    loom_schema_close(&s.names);
    loom_buffer_free(&s.name);
    loom_free(leaves);
    return code;
}
