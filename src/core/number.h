/* Numbers in JSON text: where they end and whether they are well formed. Their digits are never changed.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_NUMBER_H
#define LOOM_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/** Goes through the number that starts at `text` with `-` or a digit (RFC 8259 section 6). `*end` is the first byte behind it, or
 *  the first byte that is wrong when the answer is false. `*integer` tells whether it has neither fraction nor exponent.
 *  The text must end in a byte that no number has, such as NUL. */
static inline bool loom_number_scan(const uint8_t *text, const uint8_t **end, bool *integer) {
    const uint8_t *at = text + (*text == '-');
    *integer = true;
    if (*at == '0') {
        at++;
    } else {
        const uint8_t *first = at;
        while (*at - (unsigned)'0' < 10) {
            at++;
        }
        if (at == first) {
            *end = at;
            return false;
        }
    }
    if (*at == '.') {
        const uint8_t *first = ++at;
        while (*at - (unsigned)'0' < 10) {
            at++;
        }
        *integer = false;
        if (at == first) {
            *end = at;
            return false;
        }
    }
    if ((*at | 0x20) == 'e') {
        at++;
        at += *at == '+' || *at == '-';
        const uint8_t *first = at;
        while (*at - (unsigned)'0' < 10) {
            at++;
        }
        *integer = false;
        if (at == first) {
            *end = at;
            return false;
        }
    }
    *end = at;
    return *at - (unsigned)'0' >= 10;
}

#endif
