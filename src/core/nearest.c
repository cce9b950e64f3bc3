/* How far names are apart.
 * SPDX-License-Identifier: MIT
 */
#include "nearest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* The longest word that is compared; longer ones are no slips of the finger. */
#define LONGEST_WORD 48

/* Levenshtein's distance, letters compared without case. */
static size_t distance(const char *a, const char *b) {
    size_t row[LONGEST_WORD + 1];
    size_t n = strlen(b);
    for (size_t j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = corner + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            size_t shorter = (row[j - 1] < row[j] ? row[j - 1] : row[j]) + 1;
            corner = row[j];
            row[j] = change < shorter ? change : shorter;
        }
    }
    return row[n];
}

const char *loom_nearest(const char *word, const char *const *names, size_t count) {
    const char *nearest = NULL;
    size_t best = strlen(word) / 3 + 2;
    if (strlen(word) > LONGEST_WORD) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        size_t d = strlen(names[i]) > LONGEST_WORD ? SIZE_MAX : distance(word, names[i]);
        if (d < best) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}
