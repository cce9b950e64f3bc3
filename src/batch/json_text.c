/* Writing JSON text.
 * SPDX-License-Identifier: MIT
 */
#include "json_text.h"

/* Blanks that one level is indented by. */
#define INDENT 2

static void put_escape(loom_buffer *out, uint8_t byte) {
    static const char hex[] = "0123456789abcdef";
    static const char from[] = "\"\\\b\f\n\r\t";
    static const char to[] = "\"\\bfnrt";
    const char *found = byte == 0 ? NULL : strchr(from, byte);
    loom_buffer_put_byte(out, '\\');
    if (found != NULL) {
        loom_buffer_put_byte(out, (uint8_t)to[found - from]);
        return;
    }
    loom_buffer_put(out, "u00", 3);
    loom_buffer_put_byte(out, (uint8_t)hex[byte >> 4]);
    loom_buffer_put_byte(out, (uint8_t)hex[byte & 15]);
}

int loom_json_string(loom_buffer *out, const uint8_t *text, size_t length) {
    if (length > (SIZE_MAX - 2) / 6) {
        return LOOM_LIMIT_EXCEEDED;
    }
    int code = loom_buffer_reserve(out, length + 2);
    if (code != LOOM_OK) {
        return code;
    }
    loom_buffer_put_byte(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] >= 0x20 && text[i] != '"' && text[i] != '\\') {
            continue;
        }
        code = loom_buffer_reserve(out, length - from + 8);
        if (code != LOOM_OK) {
            return code;
        }
        loom_buffer_put(out, text + from, i - from);
        put_escape(out, text[i]);
        from = i + 1;
    }
    code = loom_buffer_reserve(out, length - from + 1);
    if (code == LOOM_OK) {
        loom_buffer_put(out, text + from, length - from);
        loom_buffer_put_byte(out, '"');
    }
    return code;
}

int loom_json_key(loom_buffer *out, const loom_schema *schema, uint32_t number) {
    const loom_node *node = &schema->nodes[number];
    if (node->predict != 0) {
        int code = loom_buffer_reserve(out, (size_t)node->key_length + 2);
        if (code == LOOM_OK) {
            loom_buffer_put_byte(out, '"');
            loom_buffer_put(out, schema->keys.bytes + node->key, (size_t)node->key_length + 1);
        }
        return code;
    }
    return loom_json_string(out, schema->keys.bytes + node->key, node->key_length);
}

int loom_json_break(loom_buffer *out, int indent) {
    if (indent < 0) {
        return LOOM_OK;
    }
    int code = loom_buffer_reserve(out, (size_t)indent + 1);
    if (code == LOOM_OK) {
        loom_buffer_put_byte(out, '\n');
        memset(out->bytes + out->length, ' ', (size_t)indent);
        out->length += (size_t)indent;
    }
    return code;
}

static int put_scalar(loom_buffer *out, const loom_batch *batch, const loom_cell *cell) {
    switch (cell->kind) {
    case LOOM_CELL_NULL:
        return loom_buffer_append(out, "null", 4);
    case LOOM_CELL_FALSE:
        return loom_buffer_append(out, "false", 5);
    case LOOM_CELL_TRUE:
        return loom_buffer_append(out, "true", 4);
    case LOOM_CELL_TEXT:
        if (cell->flags & LOOM_CELL_ESCAPED) {
            return loom_json_string(out, loom_cell_text(batch, cell), cell->length);
        }
        /* the text with its quotes is canonical as it stands */
        return loom_buffer_append(out, batch->text + cell->start - 1, (size_t)cell->length + 2);
    default:
        return loom_buffer_append(out, batch->text + cell->start, cell->length);
    }
}

/* Where the writer stands: the containers that are open. Their cells tell everything else. */
typedef struct writer {
    loom_buffer *out;
    const loom_schema *schema;
    const loom_batch *batch;
    uint32_t ends[1025]; /* the cell behind each open container */
    bool objects[1025];
    uint32_t depth;
    int indent; /* of the innermost members, or negative */
    bool first; /* nothing stands in the innermost container yet */
} writer;

static int close_finished(writer *w, uint32_t cell) {
    int code = LOOM_OK;
    while (code == LOOM_OK && w->depth > 0 && w->ends[w->depth - 1] == cell) {
        w->depth--;
        if (w->indent >= 0) {
            w->indent -= INDENT;
        }
        if (!w->first) {
            code = loom_json_break(w->out, w->indent);
        }
        w->first = false;
        if (code == LOOM_OK) {
            code = loom_buffer_append_byte(w->out, w->objects[w->depth] ? '}' : ']');
        }
    }
    return code;
}

/* What stands before a value inside a container: comma, line break, key. */
static int put_lead(writer *w, uint32_t path) {
    if (w->depth == 0) {
        return LOOM_OK;
    }
    int code = w->first ? LOOM_OK : loom_buffer_append_byte(w->out, ',');
    if (code == LOOM_OK) {
        code = loom_json_break(w->out, w->indent);
    }
    if (code == LOOM_OK && w->objects[w->depth - 1]) {
        code = loom_json_key(w->out, w->schema, path);
        if (code == LOOM_OK) {
            code = loom_buffer_append(w->out, ": ", w->indent < 0 ? 1 : 2);
        }
    }
    w->first = false;
    return code;
}

static int put_open(writer *w, const loom_cell *cell, uint32_t end) {
    bool object = cell->kind == LOOM_CELL_OBJECT;
    w->ends[w->depth] = end;
    w->objects[w->depth++] = object;
    w->first = true;
    if (w->indent >= 0) {
        w->indent += INDENT;
    }
    return loom_buffer_append_byte(w->out, object ? '{' : '[');
}

int loom_json_value(loom_buffer *out, const loom_schema *schema, const loom_batch *batch, uint32_t first, int indent) {
    writer w; /* its arrays are not cleared: they are large, and most values small */
    w.out = out;
    w.schema = schema;
    w.batch = batch;
    w.depth = 0;
    w.indent = indent;
    w.first = true;
    uint32_t end = first + loom_cell_span(&batch->cells[first]);
    int code = LOOM_OK;
    for (uint32_t i = first; i < end && code == LOOM_OK;) {
        const loom_cell *cell = &batch->cells[i];
        if (i != first && cell->flags & LOOM_CELL_DROPPED) {
            i += loom_cell_span(cell);
        } else {
            code = put_lead(&w, cell->path);
            if (code == LOOM_OK) {
                bool container = cell->kind >= LOOM_CELL_ARRAY;
                code = container ? put_open(&w, cell, i + cell->length) : put_scalar(out, batch, cell);
            }
            i++;
        }
        if (code == LOOM_OK) {
            code = close_finished(&w, i);
        }
    }
    return code;
}
