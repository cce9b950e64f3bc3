/* Decimal digits to doubles and back.
 * SPDX-License-Identifier: MIT
 */
#include "decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "digits.h"

/* Powers of ten that are doubles without rounding. */
static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#define MOST_POWER 22

/* A number that is too long for the short way, or has an exponent. */
static double long_value(const uint8_t *text, size_t length) {
    loom_digits number;
    loom_digits_read(&number, (const char *)text, length);
    double value = loom_digits_value(&number);
    return *text == '-' ? -value : value;
}

double loom_decimal_value(const uint8_t *text, size_t length) {
    bool negative = length > 0 && *text == '-';
    uint64_t digits = 0;
    int point = 0;
    bool fraction = false;
    for (size_t i = negative; i < length; i++) {
        unsigned digit = text[i] - (unsigned)'0';
        if (digit < 10 && i < 18) {
            digits = digits * 10 + digit;
            point += fraction;
        } else if (text[i] == '.') {
            fraction = true;
        } else {
            return long_value(text, length);
        }
    }
    if (digits > (uint64_t)1 << 53 || point > MOST_POWER) {
        return long_value(text, length);
    }
    double value = (double)digits / powers[point]; /* both exact, so the quotient is rounded once */
    return negative ? -value : value;
}

int loom_decimal_write(loom_buffer *out, double value) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value == 0 ? 0.0 : value);
        if (loom_decimal_value((const uint8_t *)text, strlen(text)) == value) {
            break;
        }
    }
    return loom_buffer_append_text(out, text);
}

static bool is_whole(const uint8_t *text, size_t length) {
    for (size_t i = text[0] == '-'; i < length; i++) {
        if (text[i] - (unsigned)'0' >= 10) {
            return false;
        }
    }
    return true;
}

int loom_decimal_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
    double x = loom_decimal_value(a, a_length);
    double y = loom_decimal_value(b, b_length);
    if (x != y) {
        return x < y ? -1 : 1;
    }
    bool whole = is_whole(a, a_length);
    if (whole != is_whole(b, b_length)) {
        return whole ? -1 : 1;
    }
    if (!whole || x == 0) {
        return 0;
    }
    int order = a_length != b_length ? (a_length < b_length ? -1 : 1) : memcmp(a, b, a_length);
    return x < 0 ? -order : order; /* both have a sign or none */
}

/* A number as 0.DIGITS times ten to the power of `point`; `digits` may have a point among them. */
typedef struct decimal {
    const uint8_t *digits; /* the first that is not 0 */
    const uint8_t *end;    /* behind the last that is not 0 */
    int64_t point;
    bool negative;
} decimal;

#define MOST_EXPONENT ((int64_t)1 << 40)

static int64_t read_exponent(const uint8_t *at, const uint8_t *end) {
    int64_t value = 0;
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    for (; at < end; at++) {
        value = value < MOST_EXPONENT ? value * 10 + (*at - '0') : value;
    }
    return negative ? -value : value;
}

static decimal take_apart(const uint8_t *at, size_t length) {
    const uint8_t *end = at + length;
    decimal one = {.negative = *at == '-'};
    bool fraction = false;
    for (at += one.negative; at < end && (*at | 0x20) != 'e'; at++) {
        fraction |= *at == '.';
        if (*at != '.' && (one.digits != NULL || *at != '0')) {
            one.digits = one.digits == NULL ? at : one.digits;
            one.end = *at != '0' ? at + 1 : one.end;
            one.point += !fraction;
        } else if (*at != '.') {
            one.point -= fraction; /* zeros between the point and the first digit */
        }
    }
    if (at < end && one.digits != NULL) {
        one.point += read_exponent(at + 1, end);
    }
    return one;
}

static int compare_digits(const decimal *a, const decimal *b) {
    const uint8_t *x = a->digits;
    const uint8_t *y = b->digits;
    for (;; x++, y++) {
        x += x < a->end && *x == '.';
        y += y < b->end && *y == '.';
        if (x >= a->end || y >= b->end) {
            return (x < a->end) - (y < b->end);
        }
        if (*x != *y) {
            return *x < *y ? -1 : 1;
        }
    }
}

int loom_decimal_order(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
    double x = loom_decimal_value(a, a_length);
    double y = loom_decimal_value(b, b_length);
    if (x != y) {
        return x < y ? -1 : 1; /* rounding keeps the order */
    }
    if (a_length <= 15 && b_length <= 15 && isnormal(x)) {
        return 0; /* so few digits are told apart by doubles, but for those that are 0, subnormal or infinite */
    }
    decimal one = take_apart(a, a_length);
    decimal other = take_apart(b, b_length);
    if (one.digits == NULL || other.digits == NULL) {
        int first = one.digits == NULL ? 0 : one.negative ? -1 : 1;
        int second = other.digits == NULL ? 0 : other.negative ? -1 : 1;
        return first - second;
    }
    if (one.negative != other.negative) {
        return one.negative ? -1 : 1;
    }
    int order = one.point != other.point ? (one.point < other.point ? -1 : 1) : compare_digits(&one, &other);
    return one.negative ? -order : order;
}
