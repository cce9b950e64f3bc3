/* The conversions of printf.
 * SPDX-License-Identifier: MIT
 */
#include "print.h"

#include <math.h>
#include <string.h>

#include "digits.h"

/* The longest number: the largest double with a few places. */
#define MOST_NUMBER 400
#define MOST_PLACES 60

typedef struct printer {
    char *text;
    size_t size;
    size_t length;
} printer;

/* One conversion; precision < 0: none was given. */
typedef struct conversion {
    bool left;
    bool zeros;
    int width;
    int precision;
    size_t size; /* bytes of an integer */
} conversion;

typedef struct arguments {
    va_list list;
} arguments;

static void put(printer *out, const char *bytes, size_t length) {
    if (out->length < out->size) {
        size_t room = out->size - out->length;
        memcpy(out->text + out->length, bytes, length < room ? length : room);
    }
    out->length += length;
}

static void pad(printer *out, char byte, size_t count) {
    while (count-- > 0) {
        put(out, &byte, 1);
    }
}

/* A text within its width; the first `sign` bytes stand before zeros. */
static void put_padded(printer *out, const conversion *how, const char *text, size_t length, size_t sign) {
    size_t blanks = how->width > 0 && (size_t)how->width > length ? (size_t)how->width - length : 0;
    if (!how->left && !how->zeros) {
        pad(out, ' ', blanks);
    }
    put(out, text, sign);
    if (!how->left && how->zeros) {
        pad(out, '0', blanks);
    }
    put(out, text + sign, length - sign);
    if (how->left) {
        pad(out, ' ', blanks);
    }
}

static void put_integer(printer *out, const conversion *how, uint64_t value, bool negative, unsigned base, char letter) {
    char text[32];
    size_t at = sizeof text;
    do {
        unsigned digit = (unsigned)(value % base);
        text[--at] = (char)(digit < 10 ? '0' + digit : letter + digit - 10);
        value /= base;
    } while (value > 0);
    if (negative) {
        text[--at] = '-';
    }
    put_padded(out, how, text + at, sizeof text - at, negative);
}

static char digit_at(const loom_digits *number, int64_t at) {
    return (char)('0' + (at >= 0 && at < (int64_t)number->count ? number->digits[at] : 0));
}

/* As 123.45, with `places` behind the point; returns the end. */
static char *write_fixed(char *at, const loom_digits *number, int places) {
    int32_t point = number->point > 0 ? number->point : 0;
    for (int32_t i = number->point - point; i < number->point; i++) {
        *at++ = digit_at(number, i);
    }
    if (point == 0) {
        *at++ = '0';
    }
    for (int i = 0; i < places; i++) {
        if (i == 0) {
            *at++ = '.';
        }
        *at++ = digit_at(number, number->point + i);
    }
    return at;
}

/* As 1.2345e+02, with `places` behind the point. */
static char *write_exponent(char *at, const loom_digits *number, int places, char letter) {
    int exponent = number->count == 0 ? 0 : number->point - 1;
    unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
    for (int i = 0; i <= places; i++) {
        if (i == 1) {
            *at++ = '.';
        }
        *at++ = digit_at(number, i);
    }
    *at++ = letter;
    *at++ = exponent < 0 ? '-' : '+';
    if (size >= 100) {
        *at++ = (char)('0' + size / 100);
    }
    *at++ = (char)('0' + size / 10 % 10);
    *at++ = (char)('0' + size % 10);
    return at;
}

/* The shorter of both, without zeros at its end (C11 7.21.6.1, conversion g). */
static char *write_general(char *at, loom_digits *number, int precision, char letter) {
    int digits = precision == 0 ? 1 : precision;
    loom_digits_round(number, digits);
    int exponent = number->count == 0 ? 0 : number->point - 1;
    int shown = number->count == 0 ? 1 : (int)number->count;
    if (exponent < -4 || exponent >= digits) {
        return write_exponent(at, number, shown - 1, letter);
    }
    return write_fixed(at, number, shown - 1 > exponent ? shown - 1 - exponent : 0);
}

static void put_double(printer *out, const conversion *how, double value, char kind) {
    char text[MOST_NUMBER];
    char *end = text;
    bool negative = signbit(value) != 0;
    int precision = how->precision < 0 ? 6 : how->precision < MOST_PLACES ? how->precision : MOST_PLACES;
    if (negative) {
        *end++ = '-';
    }
    if (!isfinite(value)) {
        memcpy(end, isnan(value) ? "nan" : "inf", 3);
        put_padded(out, &(conversion){.left = how->left, .width = how->width}, text, (size_t)(end - text) + 3, negative);
        return;
    }
    loom_digits number;
    loom_digits_of(&number, value);
    if (kind == 'f') {
        loom_digits_round(&number, (int64_t)number.point + precision);
        end = write_fixed(end, &number, precision);
    } else if (kind == 'e') {
        loom_digits_round(&number, (int64_t)precision + 1);
        end = write_exponent(end, &number, precision, kind);
    } else {
        end = write_general(end, &number, precision, (char)(kind - 'g' + 'e'));
    }
    put_padded(out, how, text, (size_t)(end - text), negative);
}

static const char *read_number(const char *at, int *number) {
    for (*number = 0; *at >= '0' && *at <= '9'; at++) {
        *number = *number < 100000 ? *number * 10 + (*at - '0') : *number;
    }
    return at;
}

/* The bytes of an integer: hh and h are those of an int. */
static const char *read_size(const char *at, size_t *size) {
    for (*size = sizeof(int); *at != '\0' && strchr("hlzjt", *at) != NULL; at++) {
        if (*at == 'l' && at[1] != 'l' && at[-1] != 'l') {
            *size = sizeof(long);
        } else if (*at == 'z' || *at == 't') {
            *size = sizeof(size_t);
        } else if (*at != 'h') {
            *size = sizeof(long long);
        }
    }
    return at;
}

/* Reads what stands between % and the letter. */
static const char *read_conversion(const char *at, conversion *how, arguments *given) {
    for (; *at == '-' || *at == '0'; at++) {
        how->left |= *at == '-';
        how->zeros |= *at == '0';
    }
    if (*at == '*') {
        how->width = va_arg(given->list, int);
        at++;
    } else {
        at = read_number(at, &how->width);
    }
    if (*at == '.' && at[1] == '*') {
        how->precision = va_arg(given->list, int);
        at += 2;
    } else if (*at == '.') {
        at = read_number(at + 1, &how->precision);
    }
    return read_size(at, &how->size);
}

static void put_signed(printer *out, const conversion *how, arguments *given) {
    int64_t value = how->size > sizeof(int) ? va_arg(given->list, int64_t) : va_arg(given->list, int);
    put_integer(out, how, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0, 10, 'a');
}

static void put_unsigned(printer *out, const conversion *how, arguments *given, unsigned base, char letter) {
    uint64_t value = how->size > sizeof(int) ? va_arg(given->list, uint64_t) : va_arg(given->list, unsigned);
    put_integer(out, how, value, false, base, letter);
}

static void put_string(printer *out, const conversion *how, const char *text) {
    const char *end = how->precision < 0 ? NULL : memchr(text, '\0', (size_t)how->precision);
    size_t length = how->precision < 0 ? strlen(text) : end == NULL ? (size_t)how->precision : (size_t)(end - text);
    put_padded(out, how, text, length, 0);
}

static void put_conversion(printer *out, const conversion *how, char letter, arguments *given) {
    switch (letter) {
    case 'd':
    case 'i':
        put_signed(out, how, given);
        break;
    case 'u':
        put_unsigned(out, how, given, 10, 'a');
        break;
    case 'x':
    case 'X':
        put_unsigned(out, how, given, 16, (char)(letter - 'x' + 'a'));
        break;
    case 'c': {
        char one = (char)va_arg(given->list, int);
        put_padded(out, how, &one, 1, 0);
        break;
    }
    case 's':
        put_string(out, how, va_arg(given->list, const char *));
        break;
    case 'e':
    case 'f':
    case 'g':
    case 'G':
        put_double(out, how, va_arg(given->list, double), letter);
        break;
    default:
        put(out, &letter, 1);
    }
}

int loom_print_list(char *text, size_t size, const char *format, va_list list) {
    printer out = {text, size > 0 ? size - 1 : 0, 0};
    arguments given;
    va_copy(given.list, list);
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            put(&out, at, 1);
            continue;
        }
        conversion how = {.precision = -1, .size = sizeof(int)};
        at = read_conversion(at + 1, &how, &given);
        if (*at == '\0') {
            break;
        }
        put_conversion(&out, &how, *at, &given);
    }
    va_end(given.list);
    if (size > 0) {
        text[out.length < out.size ? out.length : out.size] = '\0';
    }
    return (int)out.length;
}
