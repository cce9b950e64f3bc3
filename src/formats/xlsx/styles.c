/* Which columns have which styles.
 * SPDX-License-Identifier: MIT
 */
#include "styles.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"

const char *loom_xlsx_date_format(const loom_region *region) {
    return region->date[0] == '\0' ? LOOM_XLSX_DATE_FORMAT : region->date;
}

const char *loom_xlsx_datetime_format(const loom_region *region) {
    return region->datetime[0] == '\0' ? LOOM_XLSX_DATETIME_FORMAT : region->datetime;
}

/* The style that has this format already, or LOOM_XLSX_OWN: libxlsxwriter makes one style of two that are alike. */
static uint32_t known_style(const char *format, const loom_region *region) {
    const struct {
        const char *format;
        uint32_t style;
    } known[] = {{"General", LOOM_XLSX_PLAIN},
                 {LOOM_XLSX_INTEGER_FORMAT, LOOM_XLSX_INTEGER},
                 {LOOM_XLSX_SHARE_FORMAT, LOOM_XLSX_SHARE},
                 {loom_xlsx_date_format(region), LOOM_XLSX_DATE},
                 {loom_xlsx_datetime_format(region), LOOM_XLSX_DATETIME}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].format, format) == 0) {
            return known[i].style;
        }
    }
    return LOOM_XLSX_OWN;
}

bool loom_xlsx_is_new_format(const loom_columns *columns, uint32_t column, const loom_region *region) {
    const char *format = columns->list[column].format;
    if (format == NULL || known_style(format, region) != LOOM_XLSX_OWN) {
        return false;
    }
    for (uint32_t i = 0; i < column; i++) {
        if (columns->list[i].format != NULL && strcmp(columns->list[i].format, format) == 0) {
            return false;
        }
    }
    return true;
}

uint32_t loom_xlsx_own_style(const loom_columns *columns, uint32_t column, const loom_region *region) {
    const char *format = columns->list[column].format;
    uint32_t style = known_style(format, region);
    if (style != LOOM_XLSX_OWN) {
        return style;
    }
    for (uint32_t i = 0; i < column; i++) {
        const char *other = columns->list[i].format;
        if (other != NULL && strcmp(other, format) == 0) {
            break;
        }
        style += loom_xlsx_is_new_format(columns, i, region);
    }
    return style;
}

/* What stands in brackets: a currency, a condition, a time that goes on beyond a day, or a colour. */
static bool is_bracket(const char *inside, size_t length) {
    static const char *const words[] = {"Black",  "Blue", "Cyan", "Green", "Magenta", "Red", "White",
                                        "Yellow", "h",    "hh",   "m",     "mm",      "s",   "ss"};
    if (length > 0 && strchr("$<>=", inside[0]) != NULL) {
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == length && memcmp(words[i], inside, length) == 0) {
            return true;
        }
    }
    long number = length > 5 && length < 8 && memcmp(inside, "Color", 5) == 0 ? strtol(inside + 5, NULL, 10) : 0;
    return number >= 1 && number <= 56;
}

/* A run that starts here and that Excel takes as it is: quoted text, an escaped character, a filler, a bracket, "General", or one
 * character. 0 where it is none of them. */
static size_t run_length(const char *at) {
    if (at[0] == '"' || at[0] == '[') {
        const char *end = strchr(at + 1, at[0] == '"' ? '"' : ']');
        if (end == NULL || (at[0] == '[' && !is_bracket(at + 1, (size_t)(end - at) - 1))) {
            return 0;
        }
        return (size_t)(end - at) + 1;
    }
    if (at[0] == '\\' || at[0] == '_' || at[0] == '*') {
        return at[1] == '\0' || (uint8_t)at[1] >= 0x80 ? 0 : 2;
    }
    if (strncmp(at, "General", 7) == 0) {
        return 7;
    }
    if (strncmp(at, "AM/PM", 5) == 0) {
        return 5;
    }
    if ((at[0] == 'E' || at[0] == 'e') && (at[1] == '+' || at[1] == '-')) {
        return 2;
    }
    return strchr("0#?.,%/ -+()$:@;^&'~{}<>=dmyhsDMYHS", at[0]) != NULL || (uint8_t)at[0] >= 0x80 ? 1 : 0;
}

bool loom_xlsx_is_format(const char *format) {
    unsigned sections = 1;
    if (strlen(format) > LOOM_XLSX_MAX_FORMAT || !loom_xlsx_is_plain(format)) {
        return false;
    }
    for (const char *at = format; *at != '\0';) {
        size_t length = run_length(at);
        if (length == 0) {
            return false;
        }
        sections += *at == ';';
        at += length;
    }
    return sections <= 4;
}

/* What one run of a format for dates takes; letters count one by one, names of days and months by the longest. */
static uint32_t date_run(const char *format, const char *at, size_t length) {
    if (length == 5) {
        return 2; /* AM/PM */
    }
    bool letter = strchr("dmyhsDMYHS", at[0]) != NULL;
    bool follows = at > format && (at[-1] | 0x20) == (at[0] | 0x20);
    bool last = (at[1] | 0x20) != (at[0] | 0x20);
    if (!letter || !last) {
        return 1;
    }
    bool name = follows && at - format >= 3 && (at[-2] | 0x20) == (at[0] | 0x20) && (at[-3] | 0x20) == (at[0] | 0x20) &&
                strchr("dmDM", at[0]) != NULL;
    return name ? 6 : follows ? 1 : 2;
}

/* What one character of a format for numbers takes besides the digits of a number. */
static uint32_t number_run(char character, bool decimals, uint32_t digits) {
    switch (character) {
    case '0':
    case '#':
    case '?':
        return decimals;
    case ',':
        return digits / 3;
    case '%':
        return 3;
    case 'E':
        return 4;
    default:
        return 1;
    }
}

static uint32_t run_width(const char *format, const char *at, size_t length, bool dates) {
    switch (at[0]) {
    case '"':
        return (uint32_t)length - 2;
    case '[':
        return at[1] == '$' ? (uint32_t)length - 3 : dates ? 4 : 0;
    case '\\':
    case '_':
        return 1;
    case '*':
        return 0;
    default:
        return dates ? date_run(format, at, length) : length > 2 ? 0 : UINT32_MAX;
    }
}

uint32_t loom_xlsx_format_width(const char *format, bool dates, uint32_t digits) {
    uint32_t widest = 0;
    uint32_t width = 0;
    bool decimals = false;
    for (const char *at = format; *at != '\0';) {
        size_t length = run_length(at);
        if (*at == ';') {
            width = 0;
            decimals = false;
        } else if (length > 0) {
            uint32_t run = run_width(format, at, length, dates);
            width += run == UINT32_MAX ? number_run(*at, decimals, digits) : run;
            digits = *at == ',' ? 0 : digits; /* once is enough */
            decimals |= *at == '.';
        }
        widest = width > widest ? width : widest;
        at += length > 0 ? length : 1;
    }
    return widest;
}
