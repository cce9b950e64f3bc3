/* The one way to memory, so that tests can make any allocation fail.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_MEMORY_H
#define LOOM_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/** `size` bytes that are not cleared, or NULL when there is no memory or size is 0. Free them with loom_free. */
void *loom_alloc(size_t size);

/** Grows or shrinks what loom_alloc gave (NULL: gives new memory). NULL when there is none: the old memory stays. */
void *loom_realloc(void *memory, size_t size);

/** Frees what loom_alloc gave; accepts NULL. */
void loom_free(void *memory);

/** Makes room for one more of `count` items of `size` bytes in a list that loom_grow made (at first NULL with capacity 0). Returns the
 *  list, which may have moved, or NULL when there is no memory: the old list stays. */
void *loom_grow(void *list, uint32_t count, uint32_t *capacity, size_t size);

#ifdef LOOM_TORTURE
/** Lets `n` more allocations succeed and then all fail; -1 lets all succeed. For tests. */
void loom_memory_fail_after(long n);

/** Allocations since the last loom_memory_fail_after. */
long loom_memory_count(void);
#endif

#endif
