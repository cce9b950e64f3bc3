/* Links: which texts are any, and how they are written.
 * SPDX-License-Identifier: MIT
 */
#include "link.h"

#include <stdio.h>

#include "cell.h"
#include "reference.h"

/* The longest name of a host (RFC 1035 2.3.4). */
#define LONGEST_HOST 253u

static bool is_digit(uint8_t byte) {
    return byte - (unsigned)'0' < 10;
}

static bool is_letter(uint8_t byte) {
    return (byte | 0x20) - (unsigned)'a' < 26;
}

static bool is_hex(uint8_t byte) {
    return is_digit(byte) || (byte | 0x20) - (unsigned)'a' < 6;
}

/* Compares without case; `scheme` is in small letters. */
static bool has_scheme(const uint8_t *text, size_t length, const char *scheme) {
    size_t n = strlen(scheme);
    if (length <= n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = is_letter(text[i]) ? text[i] | 0x20 : text[i];
        if (byte != (uint8_t)scheme[i]) {
            return false;
        }
    }
    return true;
}

/* The length of the host with its port, or 0: names and IPv4 addresses only. */
static size_t host_length(const uint8_t *text, size_t length) {
    size_t at = 0;
    bool label = false; /* there is a letter or digit since the last dot */
    while (at < length &&
           (is_letter(text[at]) || is_digit(text[at]) || (label && (text[at] == '-' || text[at] == '.')))) {
        label = text[at] != '.';
        at++;
    }
    if (at == 0 || at > LONGEST_HOST || text[at - 1] == '-' || text[at - 1] == '.') {
        return 0;
    }
    if (at < length && text[at] == ':') {
        unsigned port = 0;
        size_t first = ++at;
        while (at < length && is_digit(text[at]) && at - first < 5) {
            port = port * 10 + (text[at++] - (unsigned)'0');
        }
        if (at == first || port > 65535) {
            return 0;
        }
    }
    return at == length || text[at] == '/' || text[at] == '?' || text[at] == '#' ? at : 0;
}

/* The characters of RFC 3986 2 besides letters and digits; `%` and `#` have rules of their own. */
static bool is_plain(uint8_t byte) {
    static const uint32_t plain[4] = {0, 0xafffffd2, 0x87ffffff, 0x47fffffe}; /* a bit for each character of ASCII */
    return byte >= 0x80 || (plain[byte >> 5] >> (byte & 31) & 1) != 0;
}

static bool is_rest(const uint8_t *text, size_t length) {
    bool fragment = false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '%') {
            if (length - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) {
                return false;
            }
        } else if (text[i] == '#') {
            if (fragment) {
                return false;
            }
            fragment = true;
        } else if (!is_plain(text[i]) || loom_xlsx_is_noncharacter(text + i, length - i)) {
            return false;
        }
    }
    return true;
}

/* RFC 6068, and only what every mail program understands. */
static bool is_mail(const uint8_t *text, size_t length) {
    const uint8_t *sign = memchr(text, '@', length);
    if (sign == NULL || sign == text || !is_rest(text, length) || memchr(text, '#', length) != NULL) {
        return false;
    }
    for (const uint8_t *at = text; at < sign; at++) {
        if (!is_letter(*at) && !is_digit(*at) && strchr("-._+", *at) == NULL) {
            return false;
        }
    }
    return host_length(sign + 1, length - (size_t)(sign + 1 - text)) > 0;
}

static bool is_web(const uint8_t *text, size_t length) {
    size_t host = host_length(text, length);
    return host > 0 && is_rest(text + host, length - host);
}

/* Characters, not bytes. */
static size_t count_characters(const uint8_t *text, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        count += (text[i] & 0xc0) != 0x80;
    }
    return count;
}

enum loom_xlsx_link loom_xlsx_link_of(const uint8_t *text, size_t length) {
    static const char *const schemes[] = {"https://", "http://", "ftp://"};
    bool link = has_scheme(text, length, "mailto:") && is_mail(text + 7, length - 7);
    for (size_t i = 0; i < 3 && !link; i++) {
        size_t n = strlen(schemes[i]);
        link = has_scheme(text, length, schemes[i]) && is_web(text + n, length - n);
    }
    if (!link) {
        return LOOM_XLSX_NO_LINK;
    }
    bool fits = length <= LOOM_XLSX_MAX_ADDRESS || count_characters(text, length) <= LOOM_XLSX_MAX_ADDRESS;
    return fits ? LOOM_XLSX_IS_LINK : LOOM_XLSX_LONG_LINK;
}

/* The bytes before `#`. */
static size_t target_length(const uint8_t *address, size_t length) {
    const uint8_t *mark = memchr(address, '#', length);
    return mark == NULL ? length : (size_t)(mark - address);
}

int loom_xlsx_link_reference(loom_buffer *out, const uint8_t *address, size_t length, uint32_t row, uint32_t column,
                             uint32_t number) {
    char start[96];
    const loom_xlsx_column_name name = loom_xlsx_name_column(column);
    snprintf(start, sizeof start, "<hyperlink ref=\"%.*s%u\" r:id=\"link%u\"", name.length, name.text, row + 1, number);
    int code = loom_buffer_append_text(out, start);
    size_t target = target_length(address, length);
    if (code == LOOM_OK && length - target > 1) {
        code = loom_buffer_append_text(out, " location=\"");
        code = code == LOOM_OK ? loom_xlsx_escape(out, address + target + 1, length - target - 1) : code;
        code = code == LOOM_OK ? loom_buffer_append_byte(out, '"') : code;
    }
    return code == LOOM_OK ? loom_buffer_append_text(out, "/>") : code;
}

/* Only `&` needs care: addresses have neither quotes nor angle brackets, and nothing else is escaped in a relationship. */
int loom_xlsx_link_target(loom_buffer *out, const uint8_t *address, size_t length, uint32_t number) {
    char start[64];
    snprintf(start, sizeof start, "<Relationship Id=\"link%u\" Type=\"", number);
    int code = loom_buffer_append_text(out, start);
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(
            out, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\" Target=\"");
    }
    size_t target = target_length(address, length);
    for (size_t at = 0; at < target && code == LOOM_OK;) {
        const uint8_t *mark = memchr(address + at, '&', target - at);
        size_t run = mark == NULL ? target - at : (size_t)(mark - address) - at;
        code = loom_buffer_append(out, address + at, run);
        if (code == LOOM_OK && mark != NULL) {
            code = loom_buffer_append_text(out, "&amp;");
        }
        at += run + (mark != NULL);
    }
    return code == LOOM_OK ? loom_buffer_append_text(out, "\" TargetMode=\"External\"/>") : code;
}
