/* A sorted list of blocks of 256 bits; the block that was used last is looked at first.
 * SPDX-License-Identifier: MIT
 */
#include "usage.h"

#include "../../core/memory.h"

/* A block as bytes: its key and its bits, little-endian. */
#define BLOCK_BYTES 36u

#define LAST_CODE 0x10ffffu

static uint32_t key_of(uint32_t slot, uint32_t code) {
    return slot << 16 | code >> 8;
}

/* The first block whose key is not less. */
static uint32_t lower(const loom_usage *usage, uint32_t key) {
    uint32_t low = 0;
    uint32_t high = usage->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (usage->blocks[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void loom_usage_free(loom_usage *usage) {
    loom_free(usage->blocks);
    memset(usage, 0, sizeof *usage);
}

void loom_usage_clear(loom_usage *usage) {
    usage->count = 0;
    usage->last = 0;
}

/* The block of a key, made where it is missing; NULL when there is no memory. */
static loom_usage_block *block_of(loom_usage *usage, uint32_t key) {
    if (usage->last < usage->count && usage->blocks[usage->last].key == key) {
        return &usage->blocks[usage->last];
    }
    uint32_t at = lower(usage, key);
    if (at == usage->count || usage->blocks[at].key != key) {
        loom_usage_block *blocks = loom_grow(usage->blocks, usage->count, &usage->capacity, sizeof *blocks);
        if (blocks == NULL) {
            return NULL;
        }
        usage->blocks = blocks;
        memmove(blocks + at + 1, blocks + at, (usage->count - at) * sizeof *blocks);
        blocks[at] = (loom_usage_block){.key = key};
        usage->count++;
    }
    usage->last = at;
    return &usage->blocks[at];
}

int loom_usage_add(loom_usage *usage, uint32_t slot, uint32_t code) {
    loom_usage_block *block = block_of(usage, key_of(slot, code));
    if (block == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    block->bits[code >> 5 & 7] |= 1u << (code & 31);
    return LOOM_OK;
}

bool loom_usage_has(const loom_usage *usage, uint32_t slot, uint32_t code) {
    uint32_t at = lower(usage, key_of(slot, code));
    return at < usage->count && usage->blocks[at].key == key_of(slot, code) &&
           (usage->blocks[at].bits[code >> 5 & 7] >> (code & 31) & 1) != 0;
}

uint32_t loom_usage_next(const loom_usage *usage, uint32_t slot, uint32_t from) {
    if (from > LAST_CODE) {
        return UINT32_MAX;
    }
    for (uint32_t at = lower(usage, key_of(slot, from)); at < usage->count && usage->blocks[at].key >> 16 == slot; at++) {
        const loom_usage_block *block = &usage->blocks[at];
        uint32_t base = (block->key & 0xffff) << 8;
        uint32_t first = from > base ? from - base : 0;
        for (uint32_t bit = first; bit < 256; bit++) {
            if ((block->bits[bit >> 5] >> (bit & 31) & 1) != 0) {
                return base + bit;
            }
        }
    }
    return UINT32_MAX;
}

static void put_u32(loom_buffer *out, uint32_t value) {
    for (uint32_t i = 0; i < 4; i++) {
        loom_buffer_put_byte(out, (uint8_t)(value >> 8 * i));
    }
}

static uint32_t get_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

int loom_usage_write(const loom_usage *usage, loom_buffer *out) {
    int code = loom_buffer_reserve(out, usage->count * (size_t)BLOCK_BYTES);
    for (uint32_t i = 0; i < usage->count && code == LOOM_OK; i++) {
        put_u32(out, usage->blocks[i].key);
        for (size_t word = 0; word < 8; word++) {
            put_u32(out, usage->blocks[i].bits[word]);
        }
    }
    return code;
}

int loom_usage_merge(loom_usage *usage, const uint8_t *bytes, size_t length) {
    if (length % BLOCK_BYTES != 0) {
        return LOOM_INTERNAL;
    }
    for (const uint8_t *at = bytes; length > 0; at += BLOCK_BYTES, length -= BLOCK_BYTES) {
        uint32_t key = get_u32(at);
        if (key >> 16 >= LOOM_SLOTS || (key & 0xffff) > LAST_CODE >> 8) {
            return LOOM_INTERNAL;
        }
        loom_usage_block *block = block_of(usage, key);
        if (block == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        for (size_t word = 0; word < 8; word++) {
            block->bits[word] |= get_u32(at + 4 + 4 * word);
        }
    }
    return LOOM_OK;
}
