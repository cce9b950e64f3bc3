/* Fuzzes numbers: digits to doubles and back, which of two is the greater, and formatted text, against the C library of this machine.
 * SPDX-License-Identifier: MIT
 *
 * The text is two JSON numbers with a blank between, or else the eight bytes of a double, which the choosing bytes format.
 */
#include <ctype.h>
#include <math.h>

#include "common.h"

static void check(int good, const char *what, const char *of) {
    if (!good)
        fprintf(stderr, "%s\n", of);
    fuzz_promise(good, what);
}

#include "../native/support/numbers.h"

static size_t digits_end(const struct bytes *text, size_t at) {
    while (at < text->length && isdigit(text->at[at]))
        at++;
    return at;
}

/** Behind the JSON number at that place (RFC 8259 6), or 0 when there is none. */
static size_t number_end(const struct bytes *text, size_t at) {
    size_t start = at + (at < text->length && text->at[at] == '-'), end = digits_end(text, start);
    if (end == start || (text->at[start] == '0' && end > start + 1))
        return 0;
    if (end < text->length && text->at[end] == '.') {
        start = end + 1;
        end = digits_end(text, start);
        if (end == start)
            return 0;
    }
    if (end < text->length && (text->at[end] | 0x20) == 'e') {
        start = end + 1 + (end + 1 < text->length && (text->at[end + 1] == '-' || text->at[end + 1] == '+'));
        end = digits_end(text, start);
        return end == start ? 0 : end;
    }
    return end;
}

/** The number between two places, alone: strtod would go on at an x. */
static struct bytes number_at(const struct bytes *text, size_t start, size_t end) {
    struct bytes number = {0};
    bytes_add(&number, text->at + start, end - start);
    bytes_text(&number, "");
    return number;
}

static int sign(int order) {
    return (order > 0) - (order < 0);
}

static int order_of(const struct bytes *a, const struct bytes *b) {
    return sign(loom_decimal_order(a->at, a->length, b->at, b->length));
}

static int place_of(const struct bytes *a, const struct bytes *b) {
    return sign(loom_decimal_compare(a->at, a->length, b->at, b->length));
}

static void check_order(const struct bytes *a, const struct bytes *b) {
    int order = order_of(a, b), place = place_of(a, b);
    fuzz_promise(order == -order_of(b, a) && place == -place_of(b, a), "an order has a direction");
    fuzz_promise(order_of(a, a) == 0 && place_of(a, a) == 0, "a number is itself");
    long double x = strtold((const char *)a->at, NULL), y = strtold((const char *)b->at, NULL);
    fuzz_promise(x == y || order == (x < y ? -1 : 1), "the order is that of the numbers");
    double i = check_value((const char *)a->at), j = check_value((const char *)b->at);
    fuzz_promise(i == j || place == (i < j ? -1 : 1), "the places are those of the doubles");
}

static void check_formats(const struct fuzz_input *input, double value) {
    int width = (int)(input->first & 31), places = (int)(input->second % 61); /* print.c has no more */
    long long whole = 0;
    memcpy(&whole, &value, sizeof whole);
    check_text("%*.*f|%-*.*e|%.*g", width, places, value, width, places, value, places, value);
    check_text("%0*.*f|%.*G|%g", width, places % 20, value, places, isfinite(value) ? value : 0, value); /* G is not for infinities */
    check_text("%*d|%-*i|%0*u", width, (int)whole, width, (int)whole, width, (unsigned)whole);
    check_text("%llx|%08X|%lld|%zu", (unsigned long long)whole, (unsigned)whole, whole, (size_t)whole);
}

static void check_double(const struct fuzz_input *input, double value) {
    loom_buffer text;
    check_formats(input, value);
    if (!isfinite(value))
        return;
    loom_buffer_init(&text, 100);
    fuzz_promise(loom_decimal_write(&text, value) == LOOM_OK && loom_buffer_append_byte(&text, 0) == LOOM_OK, "a double is written");
    fuzz_promise(strtod((const char *)text.bytes, NULL) == value, "a double is read back");
    loom_buffer_free(&text);
}

/** Checks the numbers at the start of the text; 0 when there is none. */
static int check_numbers(const struct fuzz_input *input) {
    const struct bytes *text = &input->text;
    size_t end = number_end(text, 0), second = 0;
    if (end == 0)
        return 0;
    struct bytes one = number_at(text, 0, end), other = {0};
    if (end < text->length && text->at[end] == ' ')
        second = number_end(text, end + 1);
    if (second > 0) {
        other = number_at(text, end + 1, second);
        check_order(&one, &other);
    }
    check_double(input, check_value((const char *)one.at));
    bytes_clear(&one);
    bytes_clear(&other);
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input;
    double value = 0;
    if (length > 2600 || !fuzz_open(&input, bytes, length))
        return 0;
    if (!check_numbers(&input) && input.text.length == sizeof value) {
        memcpy(&value, input.text.at, sizeof value);
        check_double(&input, value);
    }
    bytes_clear(&input.text);
    return 0;
}
