/* The JSON parser of one record.
 * SPDX-License-Identifier: MIT
 *
 * One pass, no recursion. A key is first compared with the key that followed last time, as raw text; only a key that
 * differs is parsed and looked up. The zeros behind the text end every loop, so positions are checked only on the way to an error.
 */
#include "record.h"

#include "../core/memory.h"
#include "../core/utf8.h"
#include "record_value.h"

#define MAX_CELLS_IN_BATCH (1u << 26)

int loom_unexpected(const loom_parser *p) {
    if (loom_is_cut_short(p)) {
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

/* What stands before a key: a comma, or the brace of the object that was just opened. */
#define COMMA_AND_QUOTE (',' | '"' << 8)
#define BRACE_AND_QUOTE ('{' | '"' << 8)
#define NO_KEY 0

/* Where the parser stands, in a struct whose address goes to inlined functions only, so that it lives in registers. */
typedef struct cursor {
    const uint8_t *at;
    loom_cell *cells;
    uint32_t count; /* cells so far */
    uint32_t limit; /* those for which there is room */
    uint32_t depth;
    uint32_t last;   /* the member before in the innermost object, or 0 */
    uint32_t serial; /* of that object, or 0 in an array */
    uint32_t expect; /* the node of the key that should follow, or 0 */
    uint32_t lead;   /* the two bytes that should stand before it; until it comes, `at` stands on the first of them */
} cursor;

/* Puts down where the parser stands, for functions that are not inlined. */
static inline void leave(const loom_state *s, const cursor *c) {
    s->p->at = c->at;
    s->p->depth = c->depth;
    s->p->batch->cell_count = c->count;
}

static int fail_at(const loom_state *s, const cursor *c) {
    leave(s, c);
    return loom_unexpected(s->p);
}

/* RFC 8259 section 2: blank, tab, line feed, carriage return. */
static inline void space(loom_state *s, cursor *c) {
    if (*c->at <= ' ') {
        s->p->at = c->at;
        loom_skip_space(s->p);
        c->at = s->p->at;
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

/* Room for one more cell. Cells are written field by field where they stay: a copy of fresh fields would wait for them. */
static inline int room(loom_state *s, cursor *c) {
    if (c->count < c->limit) {
        return LOOM_OK;
    }
    leave(s, c);
    int code = grow_cells(s);
    c->cells = s->p->batch->cells;
    c->limit = s->cell_limit;
    return code;
}

static inline void put_cell(cursor *c, uint8_t kind, uint32_t path, uint32_t start, uint32_t length) {
    loom_cell *cell = &c->cells[c->count++];
    cell->kind = kind;
    cell->flags = 0;
    cell->path = path;
    cell->start = start;
    cell->length = length;
}

/* Lists the last cell, of which a scan learns something. */
static void note(loom_batch *batch, uint32_t cell) {
    uint32_t *novel = batch->noted ? loom_grow(batch->novel, batch->novel_count, &batch->novel_capacity, sizeof *novel) : NULL;
    batch->noted = novel != NULL; /* else the scan looks at all of them */
    if (novel != NULL) {
        batch->novel = novel;
        novel[batch->novel_count++] = cell;
    }
}

/* Notes the last cell if need be. */
static inline void look(loom_state *s, const cursor *c, uint32_t path, uint32_t kind, uint32_t length) {
    const loom_node *node = &s->p->schema->nodes[path];
    if ((node->settled >> kind & 1) == 0 || length > node->widest) {
        note(s->p->batch, c->count - 1);
    }
}

static inline int open_container(loom_state *s, cursor *c, uint32_t path) {
    loom_parser *p = s->p;
    loom_schema *schema = p->schema;
    if (c->depth == LOOM_MAX_DEPTH) {
        leave(s, c);
        return LOOM_NESTED_TOO_DEEP;
    }
    p->stack[c->depth++] = (loom_frame){c->count, path, c->last, c->serial};
    c->last = 0;
    if (*c->at == '{') {
        c->serial = ++schema->serial;
        c->expect = schema->nodes[path].first;
        c->lead = BRACE_AND_QUOTE;
        put_cell(c, LOOM_CELL_OBJECT, path, (uint32_t)(c->at - p->batch->text), 0);
        look(s, c, path, LOOM_CELL_OBJECT, 0);
    } else {
        c->serial = 0;
        c->expect = 0;
        c->lead = NO_KEY;
        put_cell(c, LOOM_CELL_ARRAY, path, (uint32_t)(c->at - p->batch->text), 0);
        look(s, c, path, LOOM_CELL_ARRAY, 0);
    }
    return LOOM_OK;
}

/* `at` stands on the bracket. */
static inline void close_container(loom_state *s, cursor *c) {
    const loom_frame *frame = &s->p->stack[--c->depth];
    uint32_t span = c->count - frame->cell;
    c->cells[frame->cell].length = span;
    if (span == 1 && c->serial != 0 && s->p->schema->scanned && !s->p->schema->nodes[frame->node].hidden) {
        note(s->p->batch, frame->cell); /* {} is of a kind of its own */
    }
    c->at++;
    c->last = frame->last;
    c->serial = frame->serial;
    c->expect = frame->last == 0 ? 0 : s->p->schema->nodes[frame->last].follow;
    c->lead = COMMA_AND_QUOTE;
}

/* A scalar that is more than plain ASCII text. */
static int put_scalar(loom_state *s, cursor *c, uint32_t path, const uint8_t *start) {
    loom_cell *cell = &c->cells[c->count];
    put_cell(c, LOOM_CELL_TEXT, path, 0, 0);
    leave(s, c);
    int code = *start == '"' ? loom_record_string(s, start + 1, cell) : loom_record_scalar(s, cell);
    c->at = s->p->at;
    look(s, c, path, cell->kind, cell->length);
    return code;
}

/* Behind a number of less than sixteen characters without an exponent; NULL for anything else. */
static inline const uint8_t *short_number(const uint8_t *text, uint8_t *kind) {
    const uint8_t *at = text + (*text == '-');
    uint32_t others = ~loom_mask_digit(at);
    uint32_t length = loom_lowest(others);
    if (length == 0 || (length > 1 && *at == '0') || length >= LOOM_BLOCK) {
        return NULL;
    }
    if (at[length] == '.') {
        uint32_t fraction = loom_lowest(others >> (length + 1));
        length += 1 + fraction;
        *kind = LOOM_CELL_NUMBER;
        if (fraction == 0 || length >= LOOM_BLOCK) {
            return NULL;
        }
    }
    return (at[length] | 0x20) == 'e' ? NULL : at + length;
}

/* The value that is one too many; what is wrong with it itself is told first. */
static int too_many(loom_state *s, cursor *c) {
    loom_cell cell = {0};
    int code = LOOM_OK;
    leave(s, c);
    if (*c->at == '"') {
        s->p->at++;
        code = loom_record_string(s, c->at + 1, &cell);
    } else if (*c->at == '{' || *c->at == '[') {
        s->p->at++;
    } else {
        code = loom_record_scalar(s, &cell);
    }
    c->at = s->p->at;
    return code == LOOM_OK ? LOOM_RECORD_TOO_LARGE : code;
}

/* The value at `at`; of a container only the bracket. */
static inline int value(loom_state *s, cursor *c, uint32_t path) {
    const uint8_t *start = c->at;
    const uint8_t *text = s->p->batch->text;
    uint8_t kind = LOOM_CELL_INTEGER;
    int code = room(s, c);
    if (code != LOOM_OK) {
        return code == LOOM_RECORD_TOO_LARGE ? too_many(s, c) : code;
    }
    if (*start == '{' || *start == '[') {
        return open_container(s, c, path);
    }
    c->lead = COMMA_AND_QUOTE;
    if (*start == '"') {
        c->at = loom_plain_end(start + 1);
        if (*c->at == '"') {
            put_cell(c, LOOM_CELL_TEXT, path, (uint32_t)(start + 1 - text), (uint32_t)(c->at - start - 1));
            look(s, c, path, LOOM_CELL_TEXT, (uint32_t)(c->at - start - 1));
            c->at++;
            return LOOM_OK;
        }
    }
    const uint8_t *end = short_number(start, &kind);
    if (end != NULL) {
        put_cell(c, kind, path, (uint32_t)(start - text), (uint32_t)(end - start));
        look(s, c, path, kind, (uint32_t)(end - start));
        c->at = end;
        return LOOM_OK;
    }
    return put_scalar(s, c, path, start);
}

/* Whether the raw text is the key with its closing quote, and perhaps a colon. Zeros behind the text differ from every such key. */
static inline bool is_key(const uint8_t *text, const uint8_t *key, uint32_t length) {
    while (length > LOOM_BLOCK) {
        if (loom_mask_same(text, key) != 0xffff) {
            return false;
        }
        text += LOOM_BLOCK;
        key += LOOM_BLOCK;
        length -= LOOM_BLOCK;
    }
    uint32_t differ = loom_mask_same(text, key) ^ 0xffff;
    return (differ & ((1u << length) - 1)) == 0;
}

/* The object has a member with this key already. */
static void drop_member(loom_state *s, uint32_t cell) {
    s->p->batch->cells[cell].flags |= LOOM_CELL_DROPPED;
    s->tally.duplicates++;
    s->p->verbatim = false;
}

static inline void enter_member(loom_state *s, cursor *c, uint32_t number) {
    loom_node *node = &s->p->schema->nodes[number];
    if (node->serial == c->serial) {
        drop_member(s, node->cell);
    }
    node->serial = c->serial;
    node->cell = c->count;
    c->last = number;
    c->expect = node->follow;
}

/* Goes to the value of the member that is expected, if it comes, and without a blank. */
static inline bool foretold(loom_state *s, cursor *c, uint32_t *path) {
    const loom_schema *schema = s->p->schema;
    const loom_node *node = &schema->nodes[c->expect];
    uint32_t lead = c->at[0] | (uint32_t)c->at[1] << 8;
    if (lead != c->lead || node->predict == 0 || !is_key(c->at + 2, schema->keys.bytes + node->key, node->predict)) {
        return false;
    }
    c->at += 2 + node->predict;
    *path = c->expect;
    enter_member(s, c, *path);
    return true;
}

/* The node of a key; `at` stands on its quote. */
static int find_key(loom_state *s, uint32_t last, uint32_t *node) {
    loom_parser *p = s->p;
    loom_cell key = {0};
    uint32_t parent = p->stack[p->depth - 1].node;
    const uint8_t *start = ++p->at;
    int code = loom_record_string(s, start, &key);
    if (code != LOOM_OK) {
        return code;
    }
    code = loom_schema_child(p->schema, parent, loom_cell_text(p->batch, &key), key.length, node);
    if (code != LOOM_OK) {
        return code;
    }
    if (last != 0) {
        p->schema->nodes[last].follow = *node;
    } else {
        p->schema->nodes[parent].first = *node;
    }
    return LOOM_OK;
}

/* The key of a member that was not foretold, up to its value. */
static int member(loom_state *s, cursor *c, uint32_t *path) {
    if (*c->at != '"') {
        return fail_at(s, c);
    }
    const loom_schema *schema = s->p->schema;
    const loom_node *node = &schema->nodes[c->expect];
    *path = c->expect;
    if (node->predict != 0 && is_key(c->at + 1, schema->keys.bytes + node->key, node->predict - 1)) {
        c->at += node->predict;
    } else {
        leave(s, c);
        int code = find_key(s, c->last, path);
        c->at = s->p->at;
        if (code != LOOM_OK) {
            return code;
        }
    }
    enter_member(s, c, *path);
    space(s, c);
    if (*c->at != ':') {
        return fail_at(s, c);
    }
    c->at++;
    space(s, c);
    return LOOM_OK;
}

/* From behind a value (or from a fresh bracket) to the next value: its path, or `done` behind the whole record. */
static inline int next(loom_state *s, cursor *c, uint32_t *path, bool *done) {
    while (c->depth > 0) {
        if (foretold(s, c, path)) {
            space(s, c);
            return LOOM_OK;
        }
        bool fresh = c->lead != COMMA_AND_QUOTE;
        c->at += fresh;
        space(s, c);
        if (*c->at == (c->serial != 0 ? '}' : ']')) {
            close_container(s, c);
            continue;
        }
        if (!fresh) {
            if (*c->at != ',') {
                return fail_at(s, c);
            }
            c->at++;
            space(s, c);
        }
        if (c->serial != 0) {
            return member(s, c, path);
        }
        return loom_schema_items(s->p->schema, s->p->stack[c->depth - 1].node, path);
    }
    *done = true;
    return LOOM_OK;
}

int loom_record_parse(loom_state *s) {
    loom_parser *p = s->p;
    loom_batch *batch = p->batch;
    uint32_t path = 0;
    bool done = false;
    int code = LOOM_OK;
    p->verbatim = true;
    s->tally = (loom_tally){0};
    s->first_cell = batch->cell_count;
    s->cell_limit = 0;
    s->first_novel = batch->novel_count;
    s->decoded = batch->decoded.length;
    cursor c = {.at = p->at, .cells = batch->cells, .count = batch->cell_count};
    while (!done && code == LOOM_OK) {
        code = value(s, &c, path);
        if (code == LOOM_OK) {
            code = next(s, &c, &path, &done);
        }
    }
    leave(s, &c);
    return code;
}
