/* Options: looked up in the table, checked for type and range, stored in the settings.
 * SPDX-License-Identifier: MIT
 */
#include "options.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "core/nearest.h"

enum option_type { TYPE_BOOLEAN, TYPE_INTEGER, TYPE_TEXT, TYPE_ENUM, TYPE_COLUMNS, TYPE_FILTER, TYPE_OBJECT };

typedef struct option {
    const char *group;
    const char *name;
    enum option_type type;
    const char *standard;
    const char *range;
    size_t offset; /* of its member in the settings */
} option;

#define OFFSET_BOOLEAN(member) offsetof(loom_settings, member)
#define OFFSET_INTEGER(member) offsetof(loom_settings, member)
#define OFFSET_TEXT(member) offsetof(loom_settings, member)
#define OFFSET_ENUM(member) offsetof(loom_settings, member)
#define OFFSET_COLUMNS(member) 0
#define OFFSET_FILTER(member) 0
#define OFFSET_OBJECT(member) 0

static const option options[] = {
#define LOOM_OPTION(group, name, type, standard, range, doc) \
    {#group, #name, TYPE_##type, standard, range, OFFSET_##type(group##_##name)},
#include "options.def"
#undef LOOM_OPTION
};

#define OPTION_COUNT (sizeof options / sizeof options[0])

static bool is_shared(const char *group) {
    return strcmp(group, "export") == 0 || strcmp(group, "host") == 0;
}

/* Whether a row belongs to the level: the top (NULL) or a format's group. */
static bool on_level(const option *row, const char *group) {
    return group == NULL ? is_shared(row->group) : strcmp(row->group, group) == 0;
}

static const option *find(const char *group, const char *name) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (on_level(&options[i], group) && strcmp(options[i].name, name) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

static bool is_group(const char *name) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!is_shared(options[i].group) && strcmp(options[i].group, name) == 0) {
            return true;
        }
    }
    return false;
}

static int fail_unknown(loom_error *error, const char *group, const char *name) {
    const char *names[OPTION_COUNT * 2];
    size_t count = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (on_level(&options[i], group)) {
            names[count++] = options[i].name;
        } else if (group == NULL && (i == 0 || strcmp(options[i - 1].group, options[i].group) != 0)) {
            names[count++] = options[i].group;
        }
    }
    const char *nearest = loom_nearest(name, names, count);
    const char *prefix = group == NULL ? "" : group;
    const char *dot = group == NULL ? "" : ".";
    int code = loom_fail(error, LOOM_UNKNOWN_OPTION, "unknown option %s%s%s", prefix, dot, name);
    if (nearest != NULL) {
        snprintf(error->suggestion, sizeof error->suggestion, "did you mean %s%s%s?", prefix, dot, nearest);
    }
    return code;
}

static int fail_value(loom_error *error, const option *row, const char *wanted) {
    bool shared = is_shared(row->group);
    return loom_fail(error, LOOM_INVALID_OPTION, "%s%s%s must be %s", shared ? "" : row->group, shared ? "" : ".", row->name,
                     wanted);
}

/* The number of a word in a range "a|b|c", or -1. */
static int enum_value(const char *range, const char *word) {
    size_t length = strlen(word);
    for (int i = 0; length > 0; i++) {
        const char *bar = strchr(range, '|');
        size_t n = bar == NULL ? strlen(range) : (size_t)(bar - range);
        if (n == length && memcmp(range, word, n) == 0) {
            return i;
        }
        if (bar == NULL) {
            break;
        }
        range = bar + 1;
    }
    return -1;
}

static double number_of(const char *text, size_t length) {
    return loom_decimal_value((const uint8_t *)text, length);
}

static void range_of(const option *row, double *least, double *most) {
    const char *dots = strstr(row->range, "..");
    *least = number_of(row->range, dots == NULL ? strlen(row->range) : (size_t)(dots - row->range));
    *most = dots == NULL ? *least : number_of(dots + 2, strlen(dots + 2));
}

static int store_integer(const cJSON *value, const option *row, loom_settings *settings, loom_error *error) {
    char wanted[96];
    double least = 0;
    double most = 0;
    range_of(row, &least, &most);
    double number = cJSON_IsNumber(value) ? value->valuedouble : NAN;
    if (!(number >= least && number <= most) || floor(number) != number) {
        snprintf(wanted, sizeof wanted, "a whole number from %.0f to %.0f", least, most);
        return fail_value(error, row, wanted);
    }
    memcpy((char *)settings + row->offset, &number, sizeof number);
    return LOOM_OK;
}

static int store_text(const cJSON *value, const option *row, loom_settings *settings, loom_error *error) {
    char wanted[96];
    double least = 0;
    double most = 0;
    range_of(row, &least, &most);
    size_t length = cJSON_IsString(value) ? strlen(value->valuestring) : SIZE_MAX;
    if (length > LOOM_MAX_TEXT_OPTION || (double)length < least || (double)length > most) {
        snprintf(wanted, sizeof wanted, most == 1 ? "text of one byte" : "text of %.0f to %.0f bytes", least, most);
        return fail_value(error, row, wanted);
    }
    memcpy((char *)settings + row->offset, value->valuestring, length + 1);
    return LOOM_OK;
}

static int store_enum(const cJSON *value, const option *row, loom_settings *settings, loom_error *error) {
    char wanted[96];
    int number = cJSON_IsString(value) ? enum_value(row->range, value->valuestring) : -1;
    if (number < 0) {
        snprintf(wanted, sizeof wanted, "one of %s", row->range);
        return fail_value(error, row, wanted);
    }
    memcpy((char *)settings + row->offset, &number, sizeof number);
    return LOOM_OK;
}

static int store(const cJSON *value, const option *row, loom_settings *settings, loom_error *error) {
    switch (row->type) {
    case TYPE_BOOLEAN:
        if (!cJSON_IsBool(value)) {
            return fail_value(error, row, "true or false");
        }
        *((bool *)((char *)settings + row->offset)) = cJSON_IsTrue(value);
        return LOOM_OK;
    case TYPE_INTEGER:
        return store_integer(value, row, settings, error);
    case TYPE_TEXT:
        return store_text(value, row, settings, error);
    case TYPE_ENUM:
        return store_enum(value, row, settings, error);
    case TYPE_COLUMNS:
        return cJSON_IsArray(value) ? LOOM_OK : fail_value(error, row, "an array of columns");
    case TYPE_FILTER:
        return cJSON_IsObject(value) || cJSON_IsString(value) ? LOOM_OK : fail_value(error, row, "a query, an object or its JSON text");
    default:
        return fail_value(error, row, "left to JavaScript");
    }
}

static void set_defaults(loom_settings *settings) {
    memset(settings, 0, sizeof *settings);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const option *row = &options[i];
        char *place = (char *)settings + row->offset;
        if (row->type == TYPE_BOOLEAN) {
            *(bool *)place = strcmp(row->standard, "true") == 0;
        } else if (row->type == TYPE_ENUM) {
            int number = enum_value(row->range, row->standard);
            memcpy(place, &number, sizeof number);
        } else if (row->type == TYPE_INTEGER) {
            double number = number_of(row->standard, strlen(row->standard));
            memcpy(place, &number, sizeof number);
        } else if (row->type == TYPE_TEXT) {
            memcpy(place, row->standard, strlen(row->standard) + 1);
        }
    }
}

static int read_level(const cJSON *object, const char *group, loom_settings *settings, loom_error *error) {
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, object) {
        int code = LOOM_OK;
        const option *row = find(group, member->string);
        if (cJSON_IsNull(member) && (row != NULL || (group == NULL && is_group(member->string)))) {
            continue;
        }
        if (row != NULL) {
            code = store(member, row, settings, error);
        } else if (group == NULL && is_group(member->string)) {
            code = cJSON_IsObject(member)
                       ? read_level(member, member->string, settings, error)
                       : loom_fail(error, LOOM_INVALID_OPTION, "%s must be an object of options", member->string);
        } else {
            code = fail_unknown(error, group, member->string);
        }
        if (code != LOOM_OK) {
            return code;
        }
    }
    return LOOM_OK;
}

static int find_format(const char *name, const loom_format **format, loom_error *error) {
    const char *names[64];
    size_t count = 0;
    *format = loom_format_find(name);
    if (*format != NULL) {
        return LOOM_OK;
    }
    for (; count < 64 && loom_format_name(count) != NULL; count++) {
        names[count] = loom_format_name(count);
        if (strcmp(names[count], name) == 0) {
            return loom_fail(error, LOOM_UNKNOWN_FORMAT, "%s is in another module", name);
        }
    }
    const char *nearest = loom_nearest(name, names, count);
    int code = loom_fail(error, LOOM_UNKNOWN_FORMAT, name[0] == '\0' ? "the option format is missing" : "unknown format \"%s\"", name);
    if (nearest != NULL) {
        snprintf(error->suggestion, sizeof error->suggestion, "did you mean %s?", nearest);
    }
    return code;
}

int loom_options_read(const cJSON *document, loom_settings *settings, const loom_format **format, loom_error *error) {
    set_defaults(settings);
    if (!cJSON_IsObject(document)) {
        return loom_fail(error, LOOM_INVALID_OPTION, "the options must be an object");
    }
    int code = read_level(document, NULL, settings, error);
    if (code == LOOM_OK) {
        code = find_format(settings->export_format, format, error);
    }
    if (code == LOOM_OK && *format != NULL && (*format)->check != NULL) {
        code = (*format)->check(settings, error);
    }
    return code;
}
