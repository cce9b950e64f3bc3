/* Counts what a native test has checked, and tells what failed.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_COUNT_H
#define LOOM_TEST_COUNT_H

#include <stdio.h>

static unsigned checks, failed;

static void check(int good, const char *what, const char *of) {
    checks++;
    if (good)
        return;
    failed++;
    printf("FAIL %s: %s\n", what, of);
}

#endif
