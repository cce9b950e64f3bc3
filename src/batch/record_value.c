/* Values that are more than plain ASCII text and short numbers: escapes, other characters, long numbers, true, false and null.
 * SPDX-License-Identifier: MIT
 */
#include "record_value.h"

#include "../core/number.h"
#include "../core/utf8.h"

/* Goes over characters that stand for themselves, up to a quote or a backslash. */
static int run(loom_parser *p) {
    for (;;) {
        p->at = loom_plain_end(p->at);
        if (*p->at == '"' || *p->at == '\\') {
            return LOOM_OK;
        }
        if (*p->at < 0x20) {
            return loom_at_end(p) ? LOOM_TRUNCATED : LOOM_INVALID_STRING;
        }
        while (*p->at >= 0x80) {
            size_t length = loom_utf8_length(p->at);
            if (length == 0) {
                return LOOM_INVALID_UTF8;
            }
            p->at += length;
        }
    }
}

static int hex_digit(uint8_t byte) {
    if (byte - (unsigned)'0' < 10) {
        return byte - '0';
    }
    uint8_t lower = byte | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Reads the four digits of \uHHHH; `at` stands on the first and then behind the last. */
static int unicode(loom_parser *p, uint32_t *unit) {
    *unit = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        int digit = hex_digit(*p->at);
        if (digit < 0) {
            return loom_at_end(p) ? LOOM_TRUNCATED : LOOM_INVALID_STRING;
        }
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return LOOM_OK;
}

/* \uHHHH, or two of them that make a pair (RFC 8259 section 7). Half a pair becomes U+FFFD. */
static int unicode_escape(loom_state *s, loom_buffer *out) {
    loom_parser *p = s->p;
    uint32_t unit = 0;
    int code = unicode(p, &unit);
    if (code != LOOM_OK) {
        return code;
    }
    if (unit >= 0xd800 && unit <= 0xdbff && p->at[0] == '\\' && p->at[1] == 'u') {
        const uint8_t *behind = p->at;
        uint32_t low = 0;
        p->at += 2;
        code = unicode(p, &low);
        if (code != LOOM_OK) {
            return code;
        }
        if (low >= 0xdc00 && low <= 0xdfff) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        } else {
            p->at = behind;
        }
    }
    if (unit >= 0xd800 && unit <= 0xdfff) {
        unit = 0xfffd;
        s->tally.surrogates++;
    }
    out->length += loom_utf8_write(unit, out->bytes + out->length);
    return LOOM_OK;
}

/* `at` stands on the backslash. */
static int escape(loom_state *s, loom_buffer *out) {
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    loom_parser *p = s->p;
    p->at++;
    p->verbatim &= *p->at != 'u' && *p->at != '/'; /* the other escapes are those that the encoder writes */
    if (*p->at == 'u') {
        p->at++;
        return unicode_escape(s, out);
    }
    const char *found = *p->at == 0 ? NULL : strchr(from, *p->at);
    if (found == NULL) {
        return loom_at_end(p) ? LOOM_TRUNCATED : LOOM_INVALID_STRING;
    }
    loom_buffer_put_byte(out, (uint8_t)to[found - from]);
    p->at++;
    return LOOM_OK;
}

/* A string with escapes. Its characters never take more room than its text, so one reservation serves the whole batch. */
static int decode(loom_state *s, const uint8_t *start, loom_cell *cell) {
    loom_parser *p = s->p;
    loom_buffer *out = &p->batch->decoded;
    int code = loom_buffer_reserve(out, p->batch->length - out->length + 4);
    size_t first = out->length;
    const uint8_t *from = start;
    while (code == LOOM_OK) {
        loom_buffer_put(out, from, (size_t)(p->at - from));
        if (*p->at == '"') {
            cell->flags = LOOM_CELL_ESCAPED;
            cell->start = (uint32_t)first;
            cell->length = (uint32_t)(out->length - first);
            p->at++;
            return LOOM_OK;
        }
        code = escape(s, out);
        from = p->at;
        if (code == LOOM_OK) {
            code = run(p);
        }
    }
    return code;
}

int loom_record_string(loom_state *s, const uint8_t *start, loom_cell *cell) {
    loom_parser *p = s->p;
    int code = run(p);
    if (code != LOOM_OK) {
        return code;
    }
    if (*p->at == '\\') {
        return decode(s, start, cell);
    }
    cell->start = (uint32_t)(start - p->batch->text);
    cell->length = (uint32_t)(p->at - start);
    p->at++;
    return LOOM_OK;
}

static int number(loom_state *s, loom_cell *cell) {
    loom_parser *p = s->p;
    const uint8_t *start = p->at;
    bool integer = true;
    bool good = loom_number_scan(start, &p->at, &integer);
    if (!good) {
        return loom_is_cut_short(p) ? LOOM_TRUNCATED : LOOM_INVALID_NUMBER;
    }
    cell->kind = integer ? LOOM_CELL_INTEGER : LOOM_CELL_NUMBER;
    cell->start = (uint32_t)(start - p->batch->text);
    cell->length = (uint32_t)(p->at - start);
    return LOOM_OK;
}

static int literal(loom_parser *p, const char *text, uint8_t kind, loom_cell *cell) {
    for (; *text != '\0'; text++, p->at++) {
        if (*p->at != (uint8_t)*text) {
            return loom_unexpected(p);
        }
    }
    cell->kind = kind;
    return LOOM_OK;
}

int loom_record_scalar(loom_state *s, loom_cell *cell) {
    loom_parser *p = s->p;
    switch (*p->at) {
    case 't':
        return literal(p, "true", LOOM_CELL_TRUE, cell);
    case 'f':
        return literal(p, "false", LOOM_CELL_FALSE, cell);
    case 'n':
        return literal(p, "null", LOOM_CELL_NULL, cell);
    default:
        return *p->at == '-' || *p->at - (unsigned)'0' < 10 ? number(s, cell) : loom_unexpected(p);
    }
}
