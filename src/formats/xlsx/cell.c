/* The writing of cells.
 * SPDX-License-Identifier: MIT
 */
#include "cell.h"

#include <stdio.h>

#include "../../core/simd.h"

/* One character becomes at most _xHHHH_ or &amp;. */
#define LONGEST_ESCAPE 7

/* What a cell takes besides its text. */
#define FRAME 128

/* 1899-12-30 in days since 1970-01-01, and the days that a spreadsheet has right: 1900-03-01 to 9999-12-31. */
#define DAY_ZERO (-25569)
#define FIRST_SERIAL 61
#define LAST_SERIAL 2958465

#define PUT(out, text) loom_buffer_put(out, text, sizeof(text) - 1)

loom_xlsx_style loom_xlsx_style_of(uint32_t number) {
    loom_xlsx_style style = {.length = 0};
    if (number > 0) {
        style.length = (uint8_t)snprintf(style.text, sizeof style.text, " s=\"%u\"", number % 100000);
    }
    return style;
}

static bool is_hex(uint8_t byte) {
    return byte - (unsigned)'0' < 10 || (byte | 0x20) - (unsigned)'a' < 6;
}

bool loom_xlsx_is_escape(const uint8_t *text, size_t length) {
    return length >= LONGEST_ESCAPE && text[0] == '_' && text[1] == 'x' && is_hex(text[2]) && is_hex(text[3]) &&
           is_hex(text[4]) && is_hex(text[5]) && text[6] == '_';
}

static void put_code(loom_buffer *out, unsigned code) {
    static const char digits[] = "0123456789ABCDEF";
    uint8_t text[] = {'_',
                      'x',
                      (uint8_t)digits[code >> 12 & 15],
                      (uint8_t)digits[code >> 8 & 15],
                      (uint8_t)digits[code >> 4 & 15],
                      (uint8_t)digits[code & 15],
                      '_'};
    loom_buffer_put(out, text, sizeof text);
}

/* Puts the character that stopped a run; returns how many bytes it took. */
static size_t put_special(loom_buffer *out, const uint8_t *text, size_t length) {
    switch (text[0]) {
    case '&':
        PUT(out, "&amp;");
        return 1;
    case '<':
        PUT(out, "&lt;");
        return 1;
    case '>':
        PUT(out, "&gt;");
        return 1;
    case '_':
        if (loom_xlsx_is_escape(text, length)) {
            put_code(out, '_');
        } else {
            loom_buffer_put_byte(out, '_');
        }
        return 1;
    case 0xef:
        if (loom_xlsx_is_noncharacter(text, length)) {
            put_code(out, text[2] == 0xbe ? 0xfffe : 0xffff);
            return 3;
        }
        break;
    case '\t':
    case '\n':
        break;
    default:
        put_code(out, text[0]);
        return 1;
    }
    loom_buffer_put_byte(out, text[0]);
    return 1;
}

/* There is room for LONGEST_ESCAPE times the text. */
static inline void put_escaped(loom_buffer *out, const uint8_t *text, size_t length) {
    for (size_t at = 0; at < length;) {
        uint32_t mask = loom_mask_xml(text + at);
        size_t run = mask == 0 ? LOOM_BLOCK : loom_lowest(mask);
        memcpy(out->bytes + out->length, text + at, LOOM_BLOCK); /* into the slack at most */
        if (run >= length - at) {
            out->length += length - at;
            return;
        }
        out->length += run;
        at += run;
        if (mask != 0) {
            at += put_special(out, text + at, length - at);
        }
    }
}

int loom_xlsx_escape(loom_buffer *out, const uint8_t *text, size_t length) {
    if (length > SIZE_MAX / LONGEST_ESCAPE) {
        return LOOM_LIMIT_EXCEEDED;
    }
    int code = loom_buffer_reserve(out, length * LONGEST_ESCAPE);
    if (code == LOOM_OK) {
        put_escaped(out, text, length);
    }
    return code;
}

/* The bytes of the first `most` UTF-16 units, never half a character; `length` where the text has no more. */
static size_t cut_at(const uint8_t *text, size_t length, size_t most) {
    size_t units = 0;
    for (size_t at = 0; at < length; at++) {
        bool starts = (text[at] & 0xc0) != 0x80;
        units += starts ? 1 + (text[at] >= 0xf0) : 0;
        if (units > most) {
            return at;
        }
    }
    return length;
}

static bool is_blank(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n';
}

/* Puts the style and, as a constant, what follows it. */
#define PUT_START(out, style, type)                                                                                    \
    do {                                                                                                               \
        memcpy((out)->bytes + (out)->length, (style)->text, sizeof(style)->text); /* what is too much into the room */ \
        (out)->length += (style)->length;                                                                              \
        PUT(out, type);                                                                                                \
    } while (0)

int loom_xlsx_text(loom_buffer *out, const uint8_t *text, size_t length, const loom_xlsx_style *style, bool *cut) {
    *cut = length > LOOM_XLSX_MAX_TEXT && cut_at(text, length, LOOM_XLSX_MAX_TEXT) < length;
    if (*cut) {
        length = cut_at(text, length, LOOM_XLSX_MAX_TEXT - 1);
    }
    int code = loom_buffer_reserve(out, FRAME + length * LONGEST_ESCAPE);
    if (code != LOOM_OK) {
        return code;
    }
    bool blank = length > 0 && (is_blank(text[0]) || is_blank(text[length - 1]));
    PUT_START(out, style, " t=\"inlineStr\"><is><t>");
    if (blank) {
        out->length--;
        PUT(out, " xml:space=\"preserve\">");
    }
    put_escaped(out, text, length);
    if (*cut) {
        PUT(out, "\xe2\x80\xa6");
    }
    PUT(out, "</t></is></c>");
    return LOOM_OK;
}

int loom_xlsx_number(loom_buffer *out, const uint8_t *text, size_t length, const loom_xlsx_style *style) {
    int code = loom_buffer_reserve(out, FRAME + length);
    if (code == LOOM_OK) {
        PUT_START(out, style, "><v>");
        loom_copy_blocks(out->bytes + out->length, text, length); /* into the slack at most */
        out->length += length;
        PUT(out, "</v></c>");
    }
    return code;
}

int loom_xlsx_boolean(loom_buffer *out, bool value, const loom_xlsx_style *style) {
    int code = loom_buffer_reserve(out, FRAME);
    if (code == LOOM_OK) {
        PUT_START(out, style, " t=\"b\"><v>");
        loom_buffer_put_byte(out, value ? '1' : '0');
        PUT(out, "</v></c>");
    }
    return code;
}

/* Digits of a number that is not negative, at least `least` of them; returns how many. */
static size_t put_digits(uint8_t *to, uint64_t value, size_t least) {
    uint8_t digits[20];
    size_t count = 0;
    while (value > 0 || count < least) {
        digits[count++] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
    for (size_t i = 0; i < count; i++) {
        to[i] = digits[count - 1 - i];
    }
    return count;
}

/* A day has 8.64e13 nanoseconds, so ten decimals are 8,640 of them each; five digits before the point make fifteen in all. Less than a
 * millisecond is dropped: readers, which round to milliseconds, would show the last moment of a day as the next day. */
int loom_xlsx_moment(loom_buffer *out, const loom_moment *moment, const loom_xlsx_style *style) {
    uint8_t text[48] = {0};
    uint64_t milliseconds = (uint64_t)moment->nanoseconds / 1000000;
    uint64_t parts = (milliseconds * 1000000 + 4320) / 8640;
    size_t length = put_digits(text, (uint64_t)moment->day - DAY_ZERO, 1);
    if (parts > 0) {
        text[length++] = '.';
        length += put_digits(text + length, parts, 10);
        while (text[length - 1] == '0') {
            length--;
        }
    }
    return loom_xlsx_number(out, text, length, style);
}

bool loom_xlsx_has_date(const loom_moment *moment) {
    int32_t serial = moment->day - DAY_ZERO;
    return serial >= FIRST_SERIAL && serial <= LAST_SERIAL;
}

static int read_exponent(const uint8_t *text, size_t length) {
    bool negative = text[0] == '-';
    int value = 0;
    for (size_t i = text[0] == '-' || text[0] == '+'; i < length && value < 100000; i++) {
        value = value * 10 + (text[i] - '0');
    }
    return negative ? -value : value;
}

bool loom_xlsx_holds(const uint8_t *text, size_t length) {
    int digits = 0;      /* from the first that is not 0 to the last that is not 0 */
    int zeros = 0;       /* behind the last that is not 0 */
    int point = 0;       /* digits before the point, from the first that is not 0; negative for zeros behind it */
    bool behind = false; /* the point */
    for (size_t i = text[0] == '-'; i < length; i++) {
        if (text[i] == '.') {
            behind = true;
        } else if ((text[i] | 0x20) == 'e') {
            point += read_exponent(text + i + 1, length - i - 1);
            break;
        } else if (text[i] == '0') {
            zeros += digits > 0;
            point += behind ? -(digits == 0) : digits > 0;
        } else {
            digits += zeros + 1;
            zeros = 0;
            point += !behind;
        }
    }
    return digits == 0 || (digits <= 15 && point >= -306 && point <= 308);
}

bool loom_xlsx_is_share(const uint8_t *text, size_t length) {
    bool one = text[0] == '1' && (length == 1 || text[1] == '.');
    if (text[0] != '0' && !one) {
        return false;
    }
    for (size_t i = 1; i < length; i++) {
        bool digit = text[i] - (unsigned)'0' < 10;
        if (!(text[i] == '.' || (one ? text[i] == '0' : digit))) {
            return false;
        }
    }
    return true;
}
