/* Time zones as the host tells them: offsets, years beyond the table, moments that cross days, wrong tables.
 * SPDX-License-Identifier: MIT
 */
#include "core/region.h"

#include <stdio.h>
#include <string.h>

#include "core/memory.h"

static unsigned checks, failed;

static void check(int good, const char *what) {
    checks++;
    if (!good) {
        failed++;
        printf("FAIL %s\n", what);
    }
}

/* Berlin since 2025 as a table, with the two changes of each year up to 2099 as the law has them: last Sundays, 01:00 UTC. */
static char berlin[8192];

static int last_sunday(int year, int month) {
    int day = loom_date_day(year, month, 31);
    return day - (day + 4) % 7; /* 1970-01-01 was a Thursday */
}

static void make_berlin(void) {
    int length = snprintf(berlin, sizeof berlin, "{\"offsets\":[[%lld,3600]", (long long)loom_date_day(2025, 1, 1) * 86400);
    for (int year = 2025; year < 2100; year++)
        length += snprintf(berlin + length, sizeof berlin - (size_t)length, ",[%lld,7200],[%lld,3600]",
                           last_sunday(year, 3) * 86400LL + 3600, last_sunday(year, 10) * 86400LL + 3600);
    snprintf(berlin + length, sizeof berlin - (size_t)length, "],\"date\":\"dd\\\\.mm\\\\.yyyy\"}");
}

static int is_local(const loom_region *region, const char *text, const char *local) {
    loom_moment moment, wanted;
    if (loom_date_read((const uint8_t *)text, strlen(text), &moment) == LOOM_NO_DATE ||
        loom_date_read((const uint8_t *)local, strlen(local), &wanted) == LOOM_NO_DATE)
        return 0;
    loom_region_localize(region, &moment);
    return moment.day == wanted.day && moment.nanoseconds == wanted.nanoseconds;
}

static void test_moments(void) {
    static const char *const rows[][2] = {
        {"2026-01-31T23:30:00Z", "2026-02-01T00:30:00"},
        {"2026-07-31T22:30:00.123456789Z", "2026-08-01T00:30:00.123456789"},
        {"2026-03-29T00:59:59Z", "2026-03-29T01:59:59"},
        {"2026-03-29T01:00:00Z", "2026-03-29T03:00:00"},
        {"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00"},
        {"2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00"},
        {"2026-07-31T22:30:00", "2026-07-31T22:30:00"},
        {"2026-07-31", "2026-07-31"},
        {"1999-07-31T12:00:00Z", "1999-07-31T13:00:00"},
        {"2099-12-31T23:59:59Z", "2100-01-01T00:59:59"},
        {"2100-07-01T00:00:00Z", "2100-07-01T02:00:00"},
        {"2104-02-29T00:00:00Z", "2104-02-29T01:00:00"},
        {"9999-12-31T12:00:00Z", "9999-12-31T13:00:00"},
    };
    loom_region region = {.count = 0};
    check(is_local(&region, "2026-07-31T22:30:00Z", "2026-07-31T22:30:00"), "without a table, UTC");
    check(loom_region_read(berlin, strlen(berlin), &region) == LOOM_OK && region.count == 151, "Berlin is read");
    check(strcmp(region.date, "dd\\.mm\\.yyyy") == 0 && region.datetime[0] == 0, "patterns are read");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(is_local(&region, rows[i][0], rows[i][1]), rows[i][0]);
    loom_region_close(&region);
}

/* The changes of 2100 to 2499, by the law of today. */
static void test_far_years(void) {
    loom_region region = {.count = 0};
    check(loom_region_read(berlin, strlen(berlin), &region) == LOOM_OK, "Berlin is read again");
    for (int year = 2100; year < 2500; year++) {
        int64_t spring = last_sunday(year, 3) * INT64_C(86400) + 3600;
        int64_t autumn = last_sunday(year, 10) * INT64_C(86400) + 3600;
        check(loom_region_ahead(&region, spring - 1) == 3600 && loom_region_ahead(&region, spring) == 7200 &&
                  loom_region_ahead(&region, autumn - 1) == 7200 && loom_region_ahead(&region, autumn) == 3600,
              "a year beyond the table changes as its calendar says");
    }
    loom_region_close(&region);
}

static void test_wrong_tables(void) {
    static const char *const wrong[] = {"",
                                        "[]",
                                        "{\"offsets\":1}",
                                        "{\"offsets\":[1]}",
                                        "{\"offsets\":[[0]]}",
                                        "{\"offsets\":[[0,\"1\"]]}",
                                        "{\"offsets\":[[0,0],[0,0]]}",
                                        "{\"offsets\":[[0,93601]]}",
                                        "{\"offsets\":[[1e13,0]]}",
                                        "{\"date\":1}",
                                        "{\"datetime\":\"0123456789012345678901234567890123456789012345678901234567890123\"}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        loom_region region = {.count = 0};
        check(loom_region_read(wrong[i], strlen(wrong[i]), &region) == LOOM_INTERNAL && region.offsets == NULL, wrong[i]);
    }
}

static void test_no_memory(void) {
#ifdef LOOM_TORTURE
    int code = LOOM_OUT_OF_MEMORY;
    for (int64_t i = 0; code != LOOM_OK && i < 2000; i++) {
        loom_region region = {.count = 0};
        loom_memory_fail_after(i);
        code = loom_region_read(berlin, strlen(berlin), &region);
        loom_memory_fail_after(-1);
        check(code == LOOM_OK || (code == LOOM_OUT_OF_MEMORY && region.offsets == NULL), "no memory is said");
        loom_region_close(&region);
    }
    check(code == LOOM_OK, "with memory it is read");
#endif
}

int main(void) {
    make_berlin();
    test_moments();
    test_far_years();
    test_wrong_tables();
    test_no_memory();
    printf("region: %u checks, %u failed\n", checks, failed);
    return failed != 0;
}
