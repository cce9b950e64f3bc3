/* The long accumulators.
 * SPDX-License-Identifier: MIT
 */
#include "exact_sum.h"

#include <math.h>

#include "hash.h"

/* 32-bit digits that one product takes, and one more for its shift. */
#define MOST_PIECES 6

void loom_exact_zero(loom_exact *exact) {
    memset(exact, 0, sizeof *exact);
}

static void widen(loom_exact *exact, uint32_t low, uint32_t high) {
    if (exact->low == exact->high) {
        exact->low = low;
        exact->high = high;
    }
    exact->low = low < exact->low ? low : exact->low;
    exact->high = high > exact->high ? high : exact->high;
}

/* Adds a number of `count` 32-bit digits, shifted left by `shift` bits. */
static void add_pieces(loom_exact *exact, const uint32_t *pieces, uint32_t count, uint32_t shift, bool negative) {
    uint32_t first = shift / 32;
    uint64_t carry = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t piece = ((uint64_t)pieces[i] << shift % 32) + carry;
        int64_t digit = (int64_t)(piece & UINT32_MAX);
        exact->digits[first + i] += negative ? -digit : digit;
        carry = piece >> 32;
    }
    exact->digits[first + count] += negative ? -(int64_t)carry : (int64_t)carry;
    widen(exact, first, first + count + 1);
}

/* pieces[0..count] = pieces[0..count-1] * factor */
static void multiply(uint32_t *pieces, uint32_t count, uint32_t factor) {
    uint64_t carry = 0;
    for (uint32_t i = 0; i < count; i++) {
        carry += (uint64_t)pieces[i] * factor;
        pieces[i] = (uint32_t)carry;
        carry >>= 32;
    }
    pieces[count] = (uint32_t)carry;
}

void loom_exact_add(loom_exact *sum, loom_exact *squares, double value, uint32_t count) {
    uint64_t bits;
    uint32_t pieces[MOST_PIECES] = {0};
    memcpy(&bits, &value, sizeof bits);
    uint32_t exponent = (uint32_t)(bits >> 52) & 0x7ff;
    uint64_t mantissa = bits & (((uint64_t)1 << 52) - 1);
    if (exponent > 0) {
        mantissa |= (uint64_t)1 << 52;
        exponent--;
    }
    if (mantissa == 0) {
        return;
    }
    uint64_t m0 = mantissa & UINT32_MAX;
    uint64_t m1 = mantissa >> 32;
    pieces[0] = (uint32_t)m0;
    pieces[1] = (uint32_t)m1;
    multiply(pieces, 2, count);
    add_pieces(sum, pieces, 3, exponent, bits >> 63 != 0);
    uint64_t middle = (m0 * m0 >> 32) + 2 * m0 * m1; /* below 2^55 */
    uint64_t upper = (middle >> 32) + m1 * m1;
    pieces[0] = (uint32_t)(m0 * m0);
    pieces[1] = (uint32_t)middle;
    pieces[2] = (uint32_t)upper;
    pieces[3] = (uint32_t)(upper >> 32);
    multiply(pieces, 4, count);
    add_pieces(squares, pieces, 5, 2 * exponent, false);
}

/* Makes every digit one of 32 bits; returns what goes beyond the last one, 0 or -1. */
static int64_t carry_over(loom_exact *exact) {
    int64_t carry = 0;
    exact->high = exact->high + 3 < LOOM_EXACT_DIGITS ? exact->high + 3 : LOOM_EXACT_DIGITS;
    for (uint32_t i = exact->low; i < exact->high; i++) {
        int64_t digit = exact->digits[i] + carry;
        exact->digits[i] = digit & (int64_t)UINT32_MAX;
        carry = digit >> 32;
    }
    return carry;
}

void loom_exact_settle(loom_exact *exact) {
    exact->negative = exact->low < exact->high && carry_over(exact) < 0;
    if (exact->negative) { /* from the complement to the magnitude */
        int64_t carry = 1;
        for (uint32_t i = exact->low; i < exact->high; i++) {
            int64_t digit = (int64_t)UINT32_MAX - exact->digits[i] + carry;
            exact->digits[i] = digit & (int64_t)UINT32_MAX;
            carry = digit >> 32;
        }
    }
    while (exact->high > exact->low && exact->digits[exact->high - 1] == 0) {
        exact->high--;
    }
    while (exact->low < exact->high && exact->digits[exact->low] == 0) {
        exact->low++;
    }
    if (exact->low == exact->high) {
        exact->low = 0;
        exact->high = 0;
    }
}

int loom_exact_write(const loom_exact *exact, loom_buffer *out) {
    uint32_t count = exact->high - exact->low;
    int code = loom_buffer_reserve(out, 2 * (size_t)LOOM_VARINT_MOST + 4 * (size_t)count);
    if (code != LOOM_OK) {
        return code;
    }
    loom_varint_put(out, (uint64_t)count << 1 | exact->negative);
    loom_varint_put(out, exact->low);
    for (uint32_t i = exact->low; i < exact->high; i++) {
        for (uint32_t k = 0; k < 4; k++) {
            loom_buffer_put_byte(out, (uint8_t)(exact->digits[i] >> (8 * k)));
        }
    }
    return LOOM_OK;
}

void loom_exact_read(loom_exact *exact, loom_reader *reader, uint32_t most) {
    uint32_t head = (uint32_t)loom_varint_read(reader, 2 * most + 1);
    uint32_t count = head >> 1;
    uint32_t low = (uint32_t)loom_varint_read(reader, most - count);
    const uint8_t *bytes = loom_run_read(reader, (size_t)count * 4);
    if (reader->bad || count == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        int64_t digit = (int64_t)loom_short_word(bytes + 4 * (size_t)i, 4);
        exact->digits[low + i] += head & 1 ? -digit : digit;
    }
    widen(exact, low, low + count);
}

/* The digit of that number, 0 outside of the sum. */
static uint64_t digit_at(const loom_exact *exact, int64_t number) {
    return number >= exact->low && number < exact->high ? (uint64_t)exact->digits[number] : 0;
}

double loom_exact_value(const loom_exact *exact, int scale) {
    if (exact->low == exact->high) {
        return 0;
    }
    int64_t number = (int64_t)exact->high - 2;
    uint64_t top = digit_at(exact, number + 1) << 32 | digit_at(exact, number);
    int exponent = scale + (int)number * 32;
    uint64_t next = digit_at(exact, --number);
    unsigned room = (unsigned)__builtin_clzll(top); /* below 32, because the first digit is not 0 */
    if (room > 0) {
        top = top << room | next >> (32 - room);
        next = next << room & UINT32_MAX;
    }
    while (next == 0 && number > (int64_t)exact->low) {
        next = digit_at(exact, --number);
    }
    top |= next != 0; /* what is left only tells which way to round */
    double value = ldexp((double)top, exponent - (int)room);
    return exact->negative ? -value : value;
}

double loom_exact_variance(const loom_exact *sum, const loom_exact *squares, uint64_t count) {
    loom_exact result;
    loom_exact_zero(&result);
    for (uint32_t i = squares->low; i < squares->high; i++) {
        uint32_t pieces[4] = {(uint32_t)squares->digits[i]};
        uint64_t low = (uint64_t)pieces[0] * (count & UINT32_MAX);
        uint64_t high = (uint64_t)pieces[0] * (count >> 32) + (low >> 32);
        pieces[0] = (uint32_t)low;
        pieces[1] = (uint32_t)high;
        pieces[2] = (uint32_t)(high >> 32);
        add_pieces(&result, pieces, 3, i * 32, false);
    }
    for (uint32_t i = sum->low; i < sum->high; i++) {
        for (uint32_t k = sum->low; k < sum->high; k++) {
            uint64_t product = (uint64_t)sum->digits[i] * (uint64_t)sum->digits[k];
            uint32_t pieces[2] = {(uint32_t)product, (uint32_t)(product >> 32)};
            add_pieces(&result, pieces, 2, (i + k) * 32, true);
        }
    }
    loom_exact_settle(&result);
    return loom_exact_value(&result, LOOM_EXACT_SQUARES_SCALE) / ((double)count * (double)(count - 1));
}
