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
