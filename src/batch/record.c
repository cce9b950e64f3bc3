/* The JSON parser of one record.
 * SPDX-License-Identifier: MIT
 *
 * One pass, no recursion. A key is first compared with the key that followed last time, as raw text; only a key that
 * differs is parsed and looked up. The zeros behind the text end every loop, so positions are checked only on the way to an error.
 */
#include "record.h"

#include "../core/memory.h"
#include "../core/number.h"
#include "../core/simd.h"
#include "../core/utf8.h"

#define MAX_CELLS_IN_BATCH (1u << 26)

static bool at_end(const loom_parser *p) {
    return p->at >= p->end || (p->lines && *p->at == '\n');
}

/* Whether the record ends before its text is complete. A piece of an array always ends behind a record, so a scalar that is
 * not complete there is wrong in itself, however the array is cut. */
static bool is_cut_short(const loom_parser *p) {
    return at_end(p) && (p->lines || p->depth > 0);
}

int loom_unexpected(const loom_parser *p) {
    if (is_cut_short(p)) {
        return LOOM_TRUNCATED;
    }
    return loom_utf8_length(p->at) == 0 ? LOOM_INVALID_UTF8 : LOOM_SYNTAX;
}

void loom_skip_space(loom_parser *p) {
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\r' || (*p->at == '\n' && !p->lines)) {
        p->at++;
        p->verbatim = false;
    }
}

/* RFC 8259 section 2: blank, tab, line feed, carriage return. */
static inline void space(loom_parser *p) {
    if (*p->at <= ' ') {
        loom_skip_space(p);
    }
}

static int grow_cells(loom_state *s) {
    loom_batch *batch = s->p->batch;
    if (batch->cell_count - s->first_cell >= LOOM_MAX_CELLS) {
        return LOOM_RECORD_TOO_LARGE;
    }
    if (batch->cell_count == batch->cell_capacity) {
        uint32_t capacity = batch->cell_capacity == 0 ? 1024 : batch->cell_capacity * 2;
        if (capacity > MAX_CELLS_IN_BATCH) {
            return LOOM_LIMIT_EXCEEDED;
        }
        loom_cell *cells = loom_realloc(batch->cells, capacity * sizeof *cells);
        if (cells == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        batch->cells = cells;
        batch->cell_capacity = capacity;
    }
    uint32_t most = s->first_cell + LOOM_MAX_CELLS;
    s->cell_limit = most < batch->cell_capacity ? most : batch->cell_capacity;
    return LOOM_OK;
}

static inline int add_cell(loom_state *s, loom_cell cell) {
    loom_batch *batch = s->p->batch;
    if (batch->cell_count >= s->cell_limit) {
        int code = grow_cells(s);
        if (code != LOOM_OK) {
            return code;
        }
    }
    batch->cells[batch->cell_count++] = cell;
    return LOOM_OK;
}

/* Goes over characters that stand for themselves, up to a quote or a backslash. */
static int run(loom_parser *p) {
    for (;;) {
        uint32_t mask = loom_mask_string(p->at);
        if (mask == 0) {
            p->at += LOOM_BLOCK;
            continue;
        }
        p->at += loom_lowest(mask);
        if (*p->at == '"' || *p->at == '\\') {
            return LOOM_OK;
        }
        if (*p->at < 0x20) {
            return at_end(p) ? LOOM_TRUNCATED : LOOM_INVALID_STRING;
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

/* Reads the four digits of \uXXXX; `at` stands on the first and then behind the last. */
static int unicode(loom_parser *p, uint32_t *unit) {
    *unit = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        int digit = hex_digit(*p->at);
        if (digit < 0) {
            return at_end(p) ? LOOM_TRUNCATED : LOOM_INVALID_STRING;
        }
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return LOOM_OK;
}

/* \uXXXX, or two of them that make a pair (RFC 8259 section 7). Half a pair becomes U+FFFD. */
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
    if (*p->at == 'u') {
        p->at++;
        return unicode_escape(s, out);
    }
    const char *found = *p->at == 0 ? NULL : strchr(from, *p->at);
    if (found == NULL) {
        return at_end(p) ? LOOM_TRUNCATED : LOOM_INVALID_STRING;
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
            p->verbatim = false;
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

/* `at` stands on the opening quote, and then behind the closing one. */
static inline int string(loom_state *s, loom_cell *cell) {
    loom_parser *p = s->p;
    const uint8_t *start = ++p->at;
    uint32_t mask = loom_mask_string(p->at);
    if (mask != 0 && p->at[loom_lowest(mask)] == '"') {
        p->at += loom_lowest(mask);
    } else {
        int code = run(p);
        if (code != LOOM_OK) {
            return code;
        }
        if (*p->at == '\\') {
            return decode(s, start, cell);
        }
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
        return is_cut_short(p) ? LOOM_TRUNCATED : LOOM_INVALID_NUMBER;
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

static int open_container(loom_state *s, uint32_t path, uint8_t kind) {
    loom_parser *p = s->p;
    if (p->depth == LOOM_MAX_DEPTH) {
        return LOOM_NESTED_TOO_DEEP;
    }
    uint32_t serial = kind == LOOM_CELL_OBJECT ? ++p->schema->serial : 0;
    p->stack[p->depth++] = (loom_frame){p->batch->cell_count, path, 0, serial};
    loom_cell cell = {.kind = kind, .path = path, .start = (uint32_t)(p->at - p->batch->text)};
    s->fresh = true;
    p->at++;
    return add_cell(s, cell);
}

/* The value at `at`; of a container only the bracket. */
static inline int value(loom_state *s, uint32_t path) {
    loom_parser *p = s->p;
    loom_cell cell = {.kind = LOOM_CELL_TEXT, .path = path};
    int code;
    s->fresh = false;
    switch (*p->at) {
    case '"':
        code = string(s, &cell);
        break;
    case '{':
        return open_container(s, path, LOOM_CELL_OBJECT);
    case '[':
        return open_container(s, path, LOOM_CELL_ARRAY);
    case 't':
        code = literal(p, "true", LOOM_CELL_TRUE, &cell);
        break;
    case 'f':
        code = literal(p, "false", LOOM_CELL_FALSE, &cell);
        break;
    case 'n':
        code = literal(p, "null", LOOM_CELL_NULL, &cell);
        break;
    default:
        code = *p->at == '-' || *p->at - (unsigned)'0' < 10 ? number(s, &cell) : loom_unexpected(p);
    }
    return code == LOOM_OK ? add_cell(s, cell) : code;
}

/* Whether the raw text is the key and its closing quote. Zeros behind the text differ from every such key. */
static inline bool is_key(const uint8_t *text, const uint8_t *key, uint32_t length) {
    while (length > LOOM_BLOCK) {
        if (loom_mask_same(text, key) != 0xffff) {
            return false;
        }
        text += LOOM_BLOCK;
        key += LOOM_BLOCK;
        length -= LOOM_BLOCK;
    }
    uint32_t wanted = (1u << length) - 1;
    return (loom_mask_same(text, key) & wanted) == wanted;
}

/* A key that was not foretold. */
static int find_key(loom_state *s, const loom_frame *frame, uint32_t *node) {
    loom_parser *p = s->p;
    loom_cell key = {0};
    int code = string(s, &key);
    if (code != LOOM_OK) {
        return code;
    }
    code = loom_schema_child(p->schema, frame->node, loom_cell_text(p->batch, &key), key.length, node);
    if (code != LOOM_OK) {
        return code;
    }
    loom_node *before = &p->schema->nodes[frame->last];
    if (frame->last != 0) {
        before->follow = *node;
    } else {
        p->schema->nodes[frame->node].first = *node;
    }
    return LOOM_OK;
}

/* The key of a member, up to its value. */
static inline int member(loom_state *s, loom_frame *frame, uint32_t *path) {
    loom_parser *p = s->p;
    loom_schema *schema = p->schema;
    if (*p->at != '"') {
        return loom_unexpected(p);
    }
    uint32_t node = frame->last != 0 ? schema->nodes[frame->last].follow : schema->nodes[frame->node].first;
    uint32_t length = schema->nodes[node].predict;
    if (length != 0 && is_key(p->at + 1, schema->keys.bytes + schema->nodes[node].key, length)) {
        p->at += 1 + length;
    } else {
        int code = find_key(s, frame, &node);
        if (code != LOOM_OK) {
            return code;
        }
    }
    loom_node *found = &schema->nodes[node];
    if (found->serial == frame->serial) {
        p->batch->cells[found->cell].flags |= LOOM_CELL_DROPPED;
        s->tally.duplicates++;
        p->verbatim = false;
    }
    found->serial = frame->serial;
    found->cell = p->batch->cell_count;
    frame->last = node;
    space(p);
    if (*p->at != ':') {
        return loom_unexpected(p);
    }
    p->at++;
    space(p);
    *path = node;
    return LOOM_OK;
}

static inline void close_container(loom_parser *p) {
    const loom_frame *frame = &p->stack[--p->depth];
    p->batch->cells[frame->cell].length = p->batch->cell_count - frame->cell;
    p->at++;
}

/* From behind a value (or a fresh bracket) to the next value: its path, or `done` behind the whole record. */
static inline int next(loom_state *s, uint32_t *path, bool *done) {
    loom_parser *p = s->p;
    while (p->depth > 0) {
        loom_frame *frame = &p->stack[p->depth - 1];
        bool object = frame->serial != 0;
        space(p);
        if (*p->at == (object ? '}' : ']')) {
            close_container(p);
            s->fresh = false;
            continue;
        }
        if (!s->fresh) {
            if (*p->at != ',') {
                return loom_unexpected(p);
            }
            p->at++;
            space(p);
        }
        return object ? member(s, frame, path) : loom_schema_items(p->schema, frame->node, path);
    }
    *done = true;
    return LOOM_OK;
}

int loom_record_parse(loom_state *s) {
    loom_parser *p = s->p;
    uint32_t path = 0;
    bool done = false;
    p->depth = 0;
    p->verbatim = true;
    s->tally = (loom_tally){0};
    s->first_cell = p->batch->cell_count;
    s->cell_limit = 0;
    s->decoded = p->batch->decoded.length;
    while (!done) {
        int code = value(s, path);
        if (code == LOOM_OK) {
            code = next(s, &path, &done);
        }
        if (code != LOOM_OK) {
            return code;
        }
    }
    return LOOM_OK;
}
