/* The making and reading of columns.
 * SPDX-License-Identifier: MIT
 */
#include "columns.h"

#include <stdio.h>

#include "core/memory.h"
#include "core/nearest.h"
#include "paths.h"

const char *const loom_type_names[LOOM_TYPE_JSON + 1] = {"text", "integer", "number", "boolean", "date", "datetime", "json"};

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

/* The key of the record that is spelled as the whole path; the record itself where there is no dot in it. */
static int find_literal(loom_schema *schema, const char *key, uint32_t *node) {
    *node = 0;
    return strchr(key, '.') == NULL ? LOOM_OK : loom_schema_child(schema, 0, (const uint8_t *)key, strlen(key), node);
}

/* The same spelling as one key of the record, or as the record itself where it is no object. */
static int add_literal(loom_schema *schema, const char *key, int32_t column) {
    uint32_t node = 0;
    int code = find_literal(schema, key, &node);
    bool meant = node != 0 || strcmp(key, "value") == 0;
    if (code == LOOM_OK && meant && schema->nodes[node].column == LOOM_NO_COLUMN) {
        loom_schema_assign(schema, node, column);
        schema->nodes[node].literal = true;
    }
    return code;
}

/* False, and text, where there is no such type. */
static bool read_type(const cJSON *name, enum loom_column_type *type) {
    *type = LOOM_TYPE_TEXT;
    for (unsigned i = 0; i < sizeof loom_type_names / sizeof *loom_type_names && cJSON_IsString(name); i++) {
        if (strcmp(name->valuestring, loom_type_names[i]) == 0) {
            *type = (enum loom_column_type)i;
            return true;
        }
    }
    return false;
}

static enum loom_column_type type_number(const cJSON *name) {
    enum loom_column_type type;
    (void)read_type(name, &type);
    return type;
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
        enum loom_column_type type = LOOM_TYPE_TEXT;
        return read_type(member, &type) ? LOOM_OK : loom_fail(error, LOOM_INVALID_OPTION, "columns: type must be one of text|integer|number|boolean|date|datetime|json");
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
    /* made here, so that nodes stand in the order of the columns; assigned when all columns have theirs */
    return code == LOOM_OK ? find_literal(schema, key->valuestring, &node) : code;
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

/* As paths.c writes them. */
static uint32_t count_nuls(const cJSON *path) {
    const cJSON *key = NULL;
    uint32_t count = 0;
    cJSON_ArrayForEach(key, path) {
        const char *at = cJSON_IsString(key) ? key->valuestring : "";
        while ((at = strstr(at, "%00")) != NULL) {
            at += 3;
            count++;
        }
    }
    return count;
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
    columns->list[number].nuls = count_nuls(path);
    code = loom_path_read(path, schema, &node);
    if (code == LOOM_OK) {
        loom_schema_assign(schema, node, number);
    }
    return code;
}

int loom_columns_read(const char *text, size_t length, loom_schema *schema, loom_columns *columns, uint32_t *clashes) {
    cJSON *rows = NULL;
    const cJSON *row = NULL;
    int code = loom_rows_parse(text, length, &rows);
    cJSON_ArrayForEach(row, rows) {
        if (code == LOOM_OK) {
            code = read_column(row, schema, columns, clashes);
        }
    }
    cJSON_Delete(rows);
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
    int code = path == NULL ? LOOM_OK : loom_path_read(path, schema, &node);
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
    cJSON *rows = NULL;
    const cJSON *row = NULL;
    int code = loom_rows_parse(text, length, &rows);
    cJSON_ArrayForEach(row, rows) {
        code = code == LOOM_OK ? learn_column(row, schema, columns) : code;
    }
    cJSON_Delete(rows);
    return code;
}

int loom_name_enter(loom_schema *names, loom_buffer *name, bool *clash) {
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
            code = loom_name_enter(names, name, &clash);
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

