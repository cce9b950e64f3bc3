/* Paths between workers: told as a chunk saw them, merged, and settled as columns.
 * SPDX-License-Identifier: MIT
 *
 * On the way, a path is an array of keys in which NUL is written %00 and % is written %25, because cJSON ends
 * strings at a NUL.
 */
#include "paths.h"

#include <stdio.h>
#include <stdlib.h>

#include "batch/json_text.h"
#include "batch/scan.h"
#include "columns.h"
#include "core/memory.h"

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

int loom_path_read(const cJSON *path, loom_schema *schema, uint32_t *node) {
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
                 (unsigned)(node->filled - node->told_filled), node->seen.chunk, node->seen.record,
                 node->seen.sequence);
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
    uint64_t count = 0;
    bool good = loom_document_count(item, most, &count);
    *number = good ? (uint32_t)count : *number;
    return good;
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
                read_number(cJSON_GetObjectItemCaseSensitive(row, "n"), UINT16_MAX, &filled) &&
                cJSON_GetArraySize(seen) == 3 && read_number(cJSON_GetArrayItem(seen, 0), UINT32_MAX, &first.chunk) &&
                read_number(cJSON_GetArrayItem(seen, 1), UINT32_MAX, &first.record) &&
                read_number(cJSON_GetArrayItem(seen, 2), UINT32_MAX, &first.sequence);
    if (!good) {
        return LOOM_INTERNAL;
    }
    int code = loom_path_read(cJSON_GetObjectItemCaseSensitive(row, "p"), schema, &node);
    if (code == LOOM_OK) {
        loom_scan_merge(&schema->nodes[node], (uint16_t)kinds, first);
        loom_scan_widen(&schema->nodes[node], (uint8_t)width);
        loom_scan_fill(&schema->nodes[node], filled);
    }
    return code;
}

int loom_rows_parse(const char *text, size_t length, cJSON **rows) {
    int code = loom_document_parse(text, length, rows);
    return code == LOOM_SYNTAX || (code == LOOM_OK && !cJSON_IsArray(*rows)) ? LOOM_INTERNAL : code;
}

int loom_paths_merge(const char *text, size_t length, loom_schema *schema) {
    cJSON *rows = NULL;
    const cJSON *row = NULL;
    int code = loom_rows_parse(text, length, &rows);
    cJSON_ArrayForEach(row, rows) {
        if (code == LOOM_OK) {
            code = merge_row(row, schema);
        }
    }
    cJSON_Delete(rows);
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
        code = loom_name_enter(&s->names, &s->name, &clash);
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
    snprintf(type, sizeof type, ",\"type\":\"%s\",\"width\":%u,\"filled\":%u%s", loom_type_names[number], width, filled,
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

int loom_paths_settle(const loom_schema *schema, bool extra, loom_buffer *out, loom_error *error) {
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
