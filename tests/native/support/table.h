/* Reads the table of cases in tests/cases: one struct for each case, with its input as bytes.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_TABLE_H
#define LOOM_TEST_TABLE_H

#include <dirent.h>

#include "bytes.h"
#include "cJSON.h"
#include "names.h"

struct test_case {
    char where[400]; /* file and name, for messages */
    const cJSON *json;
    const cJSON *expect;
    struct bytes input;
    char *options;      /* JSON without the host's own options */
    char *metadata;     /* JSON for the head, or NULL */
    const char *skip;   /* why it cannot run natively, or NULL */
    char host_skip[80]; /* room for that */
    int array;          /* the form: one JSON array, not lines */
    int once;           /* the source can be read only once */
    int flat;
    int named;
    int learns;         /* the format wants types and widths of named columns */
};

typedef void (*case_runner)(const struct test_case *test, void *context);

static inline const char *json_text(const cJSON *object, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text;
}

static inline void bytes_base64(struct bytes *into, const char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned held = 0;
    int bits = 0;
    for (; *text != 0 && *text != '='; text++) {
        held = held << 6 | (unsigned)(strchr(digits, *text) - digits);
        bits += 6;
        if (bits >= 8)
            bytes_byte(into, (int)(held >> (bits -= 8) & 0xff));
    }
}

/** `text` some `times`, between `before` and `after`. */
static inline void bytes_repeat(struct bytes *into, const cJSON *repeat) {
    bytes_text(into, json_text(repeat, "before"));
    int times = cJSON_GetObjectItemCaseSensitive(repeat, "times")->valueint;
    for (int i = 0; i < times; i++)
        bytes_text(into, json_text(repeat, "text"));
    bytes_text(into, json_text(repeat, "after"));
}

/** The bytes of the member `name`, `nameBase64` or `nameRepeat`; 0 when there is none of them. cJSON keeps `\u0000` as
 *  nothing, so a text that holds NUL is given in base64. */
static inline int case_bytes(struct bytes *into, const cJSON *object, const char *name) {
    char other[40];
    const char *text = json_text(object, name);
    if (text != NULL) {
        bytes_text(into, text);
        return 1;
    }
    snprintf(other, sizeof other, "%sBase64", name);
    if ((text = json_text(object, other)) != NULL) {
        bytes_base64(into, text);
        return 1;
    }
    snprintf(other, sizeof other, "%sRepeat", name);
    const cJSON *repeat = cJSON_GetObjectItemCaseSensitive(object, other);
    if (repeat != NULL)
        bytes_repeat(into, repeat);
    return repeat != NULL;
}

/** The options without those that JavaScript keeps; they are what such a case is about, so it is skipped. */
static inline void case_options(struct test_case *test) {
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(test->json, "options");
    const cJSON *option;
    cJSON_ArrayForEach(option, all) {
        if (!option_is_host(option->string))
            continue;
        snprintf(test->host_skip, sizeof test->host_skip, "`%s` is kept by the host", option->string);
        test->skip = test->host_skip;
    }
    const char *format = json_text(all, "format");
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(all, "columns");
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(test->json, "metadata");
    test->options = cJSON_PrintUnformatted(all);
    test->metadata = metadata == NULL ? NULL : cJSON_PrintUnformatted(metadata);
    test->flat = format != NULL && format_is_flat(format);
    test->named = cJSON_GetArraySize(columns) > 0;
    test->learns = format != NULL && strcmp(format, "xlsx") == 0;
}

static inline void case_load(struct test_case *test, const cJSON *json, const char *file) {
    memset(test, 0, sizeof *test);
    snprintf(test->where, sizeof test->where, "%s: %s", file, json_text(json, "name"));
    test->json = json;
    test->expect = cJSON_GetObjectItemCaseSensitive(json, "expect");
    test->skip = json_text(cJSON_GetObjectItemCaseSensitive(json, "skip"), "native");
    test->array = strcmp(json_text(json, "form"), "array") == 0;
    test->once = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "once"));
    bytes_text(&test->input, "");
    case_bytes(&test->input, json, "input");
    case_options(test);
}

static inline int run_file(const char *folder, const char *name, case_runner runner, void *context) {
    char path[1024];
    struct bytes text = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cJSON *table = bytes_read_file(&text, path) ? cJSON_ParseWithLength((const char *)text.at, text.length) : NULL;
    bytes_clear(&text);
    const cJSON *cases = cJSON_GetObjectItemCaseSensitive(table, "cases"), *json;
    if (cJSON_GetArraySize(cases) == 0) {
        fprintf(stderr, "%s is not a table of cases\n", path);
        cJSON_Delete(table);
        return 0;
    }
    cJSON_ArrayForEach(json, cases) {
        struct test_case test;
        case_load(&test, json, name);
        runner(&test, context);
        cJSON_free(test.options);
        cJSON_free(test.metadata);
        bytes_clear(&test.input);
    }
    cJSON_Delete(table);
    return 1;
}

/** Only the tables themselves; `*.json`. */
static inline int is_table(const struct dirent *entry) {
    const char *ending = strrchr(entry->d_name, '.');
    return ending != NULL && strcmp(ending, ".json") == 0;
}

/** Calls the runner for every case of every table of the folder, in the order of their names. 0 when one is broken. */
static inline int for_each_case(const char *folder, case_runner runner, void *context) {
    struct dirent **entries;
    int count = scandir(folder, &entries, is_table, alphasort), good = count > 0;
    for (int i = 0; i < count; i++) {
        good &= run_file(folder, entries[i]->d_name, runner, context);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    if (count <= 0)
        fprintf(stderr, "there are no tables of cases in %s\n", folder);
    return good;
}

#endif
