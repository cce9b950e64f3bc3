/* Decimal digits, doubles and formatted text, against the C library of this machine.
 * SPDX-License-Identifier: MIT
 */
#include <float.h>
#include <limits.h>
#include <math.h>

#include "support/count.h"
#include "support/numbers.h"
#include "support/random.h"

static int __attribute__((format(printf, 3, 4))) cut(char *text, size_t size, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int length = loom_print_list(text, size, format, list);
    va_end(list);
    return length;
}

static double random_double(struct source *source) {
    uint64_t bits = (uint64_t)pick(source, 1u << 31) << 33 ^ (uint64_t)pick(source, 1u << 31) << 11 ^ pick(source, 1u << 20);
    double value;
    memcpy(&value, &bits, sizeof value);
    return isfinite(value) ? value : 1.5;
}

/* The digits of a number halfway between two doubles, and of its neighbours. */
static void check_halfway(double value) {
    char text[1600];
    long double middle = ((long double)value + (long double)nextafter(value, INFINITY)) / 2; /* 64 bits of mantissa hold it */
    int length = snprintf(text, sizeof text - 1, "%.1100Lf", middle);
    check_value(text);
    strcpy(text + length, "1");
    check_value(text);
    while (text[length] < '2')
        length--;
    text[length]--;
    check_value(text);
}

static void test_values(void) {
    static const char *const numbers[] = {
        "0", "-0", "1.5", "-2.25", "123456789012345678", "0.1", "9007199254740993", "9007199254740991.5", "1e5", "1.0E-5", "1e+5",
        "1e999", "-1e999", "1e-999", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.2250738585072011e-308",
        "2.2250738585072014e-308", "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308",
        "100000000000000000000", "0.000000000000001", "4.35", "0.30000000000000004", "0.00000000000000000000", "1e99999999999999999999",
        "0e99999999999999999999", "1e-99999999999999999999", "17976931348623157081452742373170435679807056752584499659891747680315726078"
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        check_value(numbers[i]);
    const char *one = "9007199254740993", *other = "9007199254740992";
    check(loom_decimal_compare((const uint8_t *)one, 16, (const uint8_t *)other, 16) > 0, "digits beyond 2^53", one);
    char text[1200] = "0.";
    memset(text + 2, '0', 1000);
    strcpy(text + 1002, "1e1000");
    check_value(text);
    memset(text, '9', 1000);
    strcpy(text + 1000, "e-900");
    check_value(text);
    for (double value = 1e-300; value < 1e300; value *= 1e3)
        check_halfway(value);
    check_halfway(0);
    check_halfway(1e-310);
    check_halfway(1);
}

static void test_texts(void) {
    check_text("%s|%5s|%-5s|%.2s|%.*s|%%|%c", "abc", "de", "fg", "hij", 2, "klm", 'n');
    check_text("%d|%5d|%-5d|%05d|%i|%ld|%lld|%0*d", -12, 34, 56, -78, INT32_MIN, LONG_MIN, LLONG_MIN, 6, 9);
    check_text("%u|%x|%04X|%lu|%llu|%zu|%llx", UINT32_MAX, 0xabcu, 0xdefu, ULONG_MAX, ULLONG_MAX, SIZE_MAX, ULLONG_MAX);
    check_text("%g|%g|%g|%g|%G|%e|%.0e|%f", 0.0, 100000.0, 1e6, 1e-5, 1e-7, 12345.678, 9.5, 2.5);
    check_text("%.0f|%.0f|%.0f|%.0f|%.1f|%.2f|%8.3f|%-8.1f|%08.2f", 0.5, 1.5, 2.5, 0.4, 0.25, 1e15, -3.14159, 9.96, -1.5);
    check_text("%.0f|%.3f|%.17g|%.17g", DBL_MAX, DBL_MIN, DBL_MAX, 5e-324);
    check_text("%g|%f|%5g|%-5g|%.3g", (double)INFINITY, -(double)INFINITY, (double)INFINITY, (double)INFINITY, -0.0);
    char small[4] = "xyz";
    check(cut(small, 0, "abcdef") == 6 && small[0] == 'x', "no room at all", "length");
    check(cut(small, 4, "abcdef") == 6 && strcmp(small, "abc") == 0, "cut", small);
}

static void test_random(void) {
    struct source source = {20240229};
    for (unsigned i = 0; i < 20000; i++) {
        double value = i % 4 == 0 ? random_double(&source) : (double)pick(&source, 1u << 31) / (1 + pick(&source, 10000));
        char text[64];
        int digits = (int)pick(&source, 20);
        check_text("%.17g|%.15g|%.*g|%.*e|%.16G", value, value, digits, value, digits, value, value);
        check_text("%.*f", digits % 8, value);
        snprintf(text, sizeof text, "%.*g", 1 + digits, value);
        check_value(text);
    }
}

int main(void) {
    test_values();
    test_texts();
    test_random();
    printf("numbers: %u checks, %u failed\n", checks, failed);
    return failed == 0 ? 0 : 1;
}
