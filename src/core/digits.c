/* Shifts of decimal digits, and what is made of them.
 * SPDX-License-Identifier: MIT
 */
#include "digits.h"

#include <math.h>
#include <string.h>

/* The most bits of one shift: what is carried stays below 2^64. */
#define MOST_SHIFT 60

static void trim(loom_digits *number) {
    while (number->count > 0 && number->digits[number->count - 1] == 0) {
        number->count--;
    }
    number->point = number->count == 0 ? 0 : number->point;
}

static void add_digit(loom_digits *number, unsigned digit) {
    if (number->count < LOOM_MOST_DIGITS) {
        number->digits[number->count++] = (uint8_t)digit;
    } else {
        number->more |= digit != 0;
    }
}

/* Divides by 2 to the power of `bits`, as on paper. */
static void shift_right(loom_digits *number, unsigned bits) {
    uint64_t left = 0;
    uint32_t length = number->count;
    uint32_t taken = 0;
    number->count = 0;
    for (; left >> bits == 0; taken++) {
        left = left * 10 + (taken < length ? number->digits[taken] : 0);
    }
    number->point -= (int32_t)taken - 1;
    for (; taken < length || left != 0; taken++) { /* writes behind what it reads */
        unsigned digit = (unsigned)(left >> bits);
        left = (left & (((uint64_t)1 << bits) - 1)) * 10 + (taken < length ? number->digits[taken] : 0);
        add_digit(number, digit);
    }
    trim(number);
}

/* Multiplies by 2 to the power of `bits`, from the last digit on, into the room behind the digits. */
static void shift_left(loom_digits *number, unsigned bits) {
    uint8_t *digits = number->digits;
    uint32_t at = number->count + 20;
    uint32_t end = at;
    uint64_t carry = 0;
    for (uint32_t i = number->count; i > 0 || carry > 0; ) {
        carry += i > 0 ? (uint64_t)digits[--i] << bits : 0;
        digits[--at] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    number->point += (int32_t)(end - at) - (int32_t)number->count;
    number->count = 0;
    for (; at < end; at++) {
        add_digit(number, digits[at]);
    }
    trim(number);
}

/* Multiplies by 2 to the power of `bits`. */
static void shift(loom_digits *number, int bits) {
    while (number->count > 0 && bits != 0) {
        int step = bits > MOST_SHIFT ? MOST_SHIFT : bits < -MOST_SHIFT ? -MOST_SHIFT : bits;
        if (step > 0) {
            shift_left(number, (unsigned)step);
        } else {
            shift_right(number, (unsigned)-step);
        }
        bits -= step;
    }
}

void loom_digits_read(loom_digits *number, const char *text, size_t length) {
    size_t i = 0;
    int64_t point = 0;
    int64_t exponent = 0;
    bool fraction = false;
    number->count = 0;
    number->more = false;
    for (; i < length && (text[i] | 0x20) != 'e'; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        fraction |= text[i] == '.';
        if (digit < 10 && (digit > 0 || number->count > 0)) {
            add_digit(number, digit);
            point += !fraction;
        } else if (digit == 0) {
            point -= fraction; /* a zero between the point and the first digit */
        }
    }
    bool negative = i + 1 < length && text[i + 1] == '-';
    for (i++; i < length; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (digit < 10 && exponent < (int64_t)1 << 40) {
            exponent = exponent * 10 + digit;
        }
    }
    point += negative ? -exponent : exponent;
    number->point = point > 9999 ? 9999 : point < -9999 ? -9999 : (int32_t)point; /* as good as infinite, or 0 */
    trim(number);
}

void loom_digits_of(loom_digits *number, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff);
    uint64_t mantissa = bits & (((uint64_t)1 << 52) - 1);
    mantissa |= exponent > 0 ? (uint64_t)1 << 52 : 0;
    exponent += exponent == 0;
    number->count = 17;
    number->point = 17;
    number->more = false;
    for (int i = 16; i >= 0; i--) {
        number->digits[i] = (uint8_t)(mantissa % 10);
        mantissa /= 10;
    }
    uint32_t zeros = 0;
    while (zeros < 17 && number->digits[zeros] == 0) {
        zeros++;
    }
    memmove(number->digits, number->digits + zeros, 17 - zeros);
    number->count -= zeros;
    number->point -= (int32_t)zeros;
    trim(number);
    shift(number, exponent - 1075);
}

/* Whether what stands behind the first `count` digits rounds them up. */
static bool rounds_up(const loom_digits *number, uint32_t count) {
    if (number->digits[count] != 5 || count + 1 < number->count || number->more) {
        return number->digits[count] >= 5;
    }
    return count > 0 && number->digits[count - 1] % 2 != 0;
}

void loom_digits_round(loom_digits *number, int64_t count) {
    if (count < 0) {
        number->count = 0;
    }
    if (count >= 0 && count < number->count) {
        bool up = rounds_up(number, (uint32_t)count);
        number->count = (uint32_t)count;
        while (up && number->count > 0 && number->digits[number->count - 1] == 9) {
            number->count--;
        }
        if (up && number->count > 0) {
            number->digits[number->count - 1]++;
        } else if (up) {
            number->digits[number->count++] = 1;
            number->point++;
        }
        number->more = false;
    }
    trim(number);
}

/* The whole part, rounded; below 2^54. */
static uint64_t whole(loom_digits *number) {
    uint64_t value = 0;
    loom_digits_round(number, number->point);
    for (int32_t i = 0; i < number->point; i++) {
        value = value * 10 + (i < (int32_t)number->count ? number->digits[i] : 0);
    }
    return value;
}

double loom_digits_value(loom_digits *number) {
    int exponent = 0; /* the value is 2 to this power times what the digits are by now */
    if (number->count == 0 || number->point < -400) {
        return 0;
    }
    if (number->point > 400) {
        return (double)INFINITY;
    }
    while (number->point > 0) {
        int bits = number->point > 18 ? MOST_SHIFT : 3 * number->point;
        shift(number, -bits);
        exponent += bits;
    }
    while (number->point < 0 || number->digits[0] < 5) {
        int bits = number->point < -20 ? MOST_SHIFT : number->point < 0 ? -3 * number->point : 1;
        shift(number, bits);
        exponent -= bits;
    }
    int lost = exponent < -1021 ? -1021 - exponent : 0; /* bits that numbers near 0 do not have */
    shift(number, 53 - lost);
    uint64_t mantissa = whole(number);
    exponent += lost;
    if (mantissa >> 53 != 0) {
        mantissa >>= 1;
        exponent++;
    }
    if (exponent > 1024) {
        return (double)INFINITY;
    }
    uint64_t field = mantissa >> 52 == 0 ? 0 : (uint64_t)(exponent + 1022);
    uint64_t bits = field << 52 | (mantissa & (((uint64_t)1 << 52) - 1));
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
