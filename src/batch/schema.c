/* The tree of paths.
 * SPDX-License-Identifier: MIT
 */
#include "schema.h"

#include "../core/memory.h"
#include "../core/simd.h"

#define KEYS_CAP ((size_t)1 << 30)

static uint32_t hash(uint32_t parent, const uint8_t *key, size_t length) {
    uint32_t h = 2166136261u ^ (parent * 2654435761u);
    for (size_t i = 0; i < length; i++) {
        h = (h ^ key[i]) * 16777619u;
    }
    return h ^ h >> 15;
}

static void enter(loom_schema *schema, uint32_t number) {
    const loom_node *node = &schema->nodes[number];
    uint32_t slot = hash(node->parent, schema->keys.bytes + node->key, node->key_length) & (schema->table_size - 1);
    while (schema->table[slot] != 0) {
        slot = (slot + 1) & (schema->table_size - 1);
    }
    schema->table[slot] = number;
}

/* Items are found through their parent, keys through the table. */
static bool is_key(const loom_schema *schema, uint32_t number) {
    return number != 0 && schema->nodes[schema->nodes[number].parent].items != number;
}

static void fill_table(loom_schema *schema) {
    memset(schema->table, 0, schema->table_size * sizeof *schema->table);
    for (uint32_t i = 1; i < schema->count; i++) {
        if (is_key(schema, i)) {
            enter(schema, i);
        }
    }
}

static int grow(loom_schema *schema) {
    uint32_t capacity = schema->capacity == 0 ? 64 : schema->capacity * 2;
    if (capacity > 1u << 28) {
        return LOOM_LIMIT_EXCEEDED;
    }
    uint32_t *table = loom_alloc((size_t)capacity * 2 * sizeof *table);
    if (table == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    loom_node *nodes = loom_realloc(schema->nodes, capacity * sizeof *nodes);
    if (nodes == NULL) {
        loom_free(table);
        return LOOM_OUT_OF_MEMORY;
    }
    schema->nodes = nodes;
    schema->capacity = capacity;
    loom_free(schema->table);
    schema->table = table;
    schema->table_size = capacity * 2;
    fill_table(schema);
    return LOOM_OK;
}

int loom_schema_open(loom_schema *schema) {
    *schema = (loom_schema){0};
    loom_buffer_init(&schema->keys, KEYS_CAP);
    int code = grow(schema);
    if (code == LOOM_OK) {
        code = loom_buffer_reserve(&schema->keys, 1);
    }
    if (code != LOOM_OK) {
        loom_schema_close(schema);
        return code;
    }
    schema->nodes[0] = (loom_node){.column = LOOM_NO_COLUMN, .settled = UINT8_MAX, .widest = UINT32_MAX};
    schema->count = 1;
    loom_schema_keep(schema);
    return LOOM_OK;
}

void loom_schema_close(loom_schema *schema) {
    loom_free(schema->nodes);
    loom_free(schema->table);
    loom_buffer_free(&schema->keys);
    *schema = (loom_schema){0};
}

static int add(loom_schema *schema, uint32_t parent, bool items, uint32_t *number) {
    if (schema->count == schema->capacity) {
        int code = grow(schema);
        if (code != LOOM_OK) {
            return code;
        }
    }
    *number = schema->count++;
    uint16_t depth = (uint16_t)(schema->nodes[parent].depth + 1);
    bool hidden = items || schema->nodes[parent].hidden || depth > LOOM_MAX_FLAT_DEPTH;
    bool settled = hidden || !schema->scanned;
    schema->nodes[*number] = (loom_node){
        .parent = parent,
        .depth = depth,
        .column = LOOM_NO_COLUMN,
        .hidden = hidden,
        .settled = settled ? UINT8_MAX : 0,
        .widest = settled ? UINT32_MAX : 0,
    };
    return LOOM_OK;
}

/* Whether the key's bytes are the same in JSON text: then it can be compared before it is parsed. */
static bool is_plain(const uint8_t *key, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (key[i] < 0x20 || key[i] == '"' || key[i] == '\\') {
            return false;
        }
    }
    return true;
}

int loom_schema_child(loom_schema *schema, uint32_t parent, const uint8_t *key, size_t length, uint32_t *node) {
    uint32_t slot = hash(parent, key, length) & (schema->table_size - 1);
    for (; schema->table[slot] != 0; slot = (slot + 1) & (schema->table_size - 1)) {
        const loom_node *other = &schema->nodes[schema->table[slot]];
        if (other->parent == parent && other->key_length == length &&
            (length == 0 || memcmp(schema->keys.bytes + other->key, key, length) == 0)) {
            *node = schema->table[slot];
            return LOOM_OK;
        }
    }
    int code = loom_buffer_reserve(&schema->keys, length + 2 + LOOM_BLOCK);
    if (code == LOOM_OK) {
        code = add(schema, parent, false, node);
    }
    if (code != LOOM_OK) {
        return code;
    }
    loom_node *made = &schema->nodes[*node];
    made->key = (uint32_t)schema->keys.length;
    made->key_length = (uint32_t)length;
    made->predict = is_plain(key, length) ? (uint32_t)length + 2 : 0;
    if (length > 0) {
        memcpy(schema->keys.bytes + made->key, key, length);
    }
    memcpy(schema->keys.bytes + made->key + length, "\":", 2);
    memset(schema->keys.bytes + made->key + length + 2, 0, LOOM_BLOCK);
    schema->keys.length += length + 2 + LOOM_BLOCK;
    enter(schema, *node);
    return LOOM_OK;
}

int loom_schema_items(loom_schema *schema, uint32_t parent, uint32_t *node) {
    *node = schema->nodes[parent].items;
    if (*node != 0) {
        return LOOM_OK;
    }
    int code = add(schema, parent, true, node);
    if (code == LOOM_OK) {
        schema->nodes[parent].items = *node;
    }
    return code;
}

void loom_schema_keep(loom_schema *schema) {
    schema->kept = schema->count;
    schema->kept_keys = schema->keys.length;
}

static void forget(const loom_schema *schema, uint32_t *link) {
    if (*link >= schema->kept) {
        *link = 0;
    }
}

void loom_schema_trim(loom_schema *schema) {
    bool worn = schema->serial > UINT32_MAX / 2;
    bool full = schema->count - schema->kept > LOOM_MAX_PATHS;
    if (worn) {
        schema->serial = 0;
    }
    if (full) {
        schema->count = schema->kept;
        schema->keys.length = schema->kept_keys;
        schema->trims++;
    }
    for (uint32_t i = 0; (worn || full) && i < schema->count; i++) {
        loom_node *node = &schema->nodes[i];
        node->serial = 0;
        forget(schema, &node->follow);
        forget(schema, &node->first);
        forget(schema, &node->items);
    }
    if (full) {
        fill_table(schema);
    }
}

void loom_schema_assign(loom_schema *schema, uint32_t node, int32_t column) {
    schema->nodes[node].column = column;
    while (node != 0) {
        node = schema->nodes[node].parent;
        schema->nodes[node].below = true;
    }
}
