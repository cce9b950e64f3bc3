/* The name that a mistyped word most likely means.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_NEAREST_H
#define LOOM_NEAREST_H

#include <stddef.h>

/** The name among `count` names that a mistyped word most likely means, or NULL when none is near. */
const char *loom_nearest(const char *word, const char *const *names, size_t count);

#endif
