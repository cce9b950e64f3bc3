/* Allocation.
 * SPDX-License-Identifier: MIT
 */
#include "memory.h"

#include <stdlib.h>

#ifdef LOOM_TORTURE
static long left = -1;
static long count = 0;

void loom_memory_fail_after(long n) {
    left = n;
    count = 0;
}

long loom_memory_count(void) {
    return count;
}

static int refused(void) {
    count++;
    return left >= 0 && count > left;
}
#else
static int refused(void) {
    return 0;
}
#endif

void *loom_alloc(size_t size) {
    return size == 0 || refused() ? NULL : malloc(size);
}

void *loom_realloc(void *memory, size_t size) {
    return size == 0 || refused() ? NULL : realloc(memory, size);
}

void loom_free(void *memory) {
    free(memory);
}

void *loom_grow(void *list, uint32_t count, uint32_t *capacity, size_t size) {
    if (count < *capacity) {
        return list;
    }
    uint32_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    if (*capacity > UINT32_MAX / 2 || wanted > SIZE_MAX / size) {
        return NULL;
    }
    void *grown = loom_realloc(list, wanted * size);
    if (grown != NULL) {
        *capacity = wanted;
    }
    return grown;
}
