/* JSON (RFC 8259): one array, one record a line, or an envelope with metadata and statistics. See json.md.
 * SPDX-License-Identifier: MIT
 */
#include "../batch/json_text.h"
#include "format.h"

static int check(loom_settings *settings, loom_error *error) {
    if (settings->json_shape < 0) {
        bool more = settings->export_includeMetadata || settings->export_includeStatistics;
        settings->json_shape = more ? LOOM_SHAPE_ENVELOPE : LOOM_SHAPE_ARRAY;
    }
    if (settings->json_pretty && settings->json_shape == LOOM_SHAPE_NDJSON) {
        return loom_fail(error, LOOM_INVALID_OPTION, "json.pretty breaks the lines of json.shape \"ndjson\"");
    }
    return LOOM_OK;
}

/* Every record follows a separator; the first one of the file loses it. */
static size_t lead(const loom_settings *settings) {
    return settings->json_shape == LOOM_SHAPE_NDJSON ? 0 : 1;
}

/* The blanks before a record, or a negative number for compact text. */
static int indent_of(const loom_settings *settings) {
    if (!settings->json_pretty) {
        return -1;
    }
    return settings->json_shape == LOOM_SHAPE_ENVELOPE ? 4 : 2;
}

/* Options that this shape or format has no place for. */
static int warn(loom_encoding *e) {
    bool more = e->settings->export_includeMetadata || e->settings->export_includeStatistics;
    bool homeless = more && e->settings->json_shape != LOOM_SHAPE_ENVELOPE;
    if (!homeless && !e->settings->export_includeRawData) {
        return LOOM_OK;
    }
    return loom_batch_warn(e->batch, LOOM_OPTION_WITHOUT_EFFECT, LOOM_NO_COLUMN, 0, 1);
}

static int head(loom_encoding *e, const char *metadata, size_t length) {
    int code = warn(e);
    if (code != LOOM_OK) {
        return code;
    }
    switch (e->settings->json_shape) {
    case LOOM_SHAPE_NDJSON:
        return LOOM_OK;
    case LOOM_SHAPE_ARRAY:
        return loom_buffer_append_byte(e->out, '[');
    default:
        break;
    }
    bool pretty = e->settings->json_pretty;
    code = loom_buffer_append_text(e->out, pretty ? "{\n  \"metadata\": " : "{\"metadata\":");
    if (code == LOOM_OK) {
        code = length > 0 ? loom_buffer_append(e->out, metadata, length) : loom_buffer_append(e->out, "null", 4);
    }
    return code == LOOM_OK ? loom_buffer_append_text(e->out, pretty ? ",\n  \"records\": [" : ",\n\"records\":[") : code;
}

static int tail(loom_encoding *e, const char *totals, size_t length) {
    bool pretty = e->settings->json_pretty;
    switch (e->settings->json_shape) {
    case LOOM_SHAPE_NDJSON:
        return LOOM_OK;
    case LOOM_SHAPE_ARRAY:
        return loom_buffer_append_text(e->out, e->written == 0 ? "]\n" : "\n]\n");
    default:
        break;
    }
    int code = e->written == 0 ? LOOM_OK : loom_buffer_append_text(e->out, pretty ? "\n  " : "\n");
    if (code == LOOM_OK) {
        code = loom_buffer_append_text(e->out, pretty ? "],\n  \"statistics\": " : "],\n\"statistics\":");
    }
    if (code == LOOM_OK) {
        code = length > 0 ? loom_buffer_append(e->out, totals, length) : loom_buffer_append(e->out, "null", 4);
    }
    return code == LOOM_OK ? loom_buffer_append_text(e->out, pretty ? "\n}\n" : "}\n") : code;
}

/* The member at a path among those from `first` to before `end`, or LOOM_NO_CELL. */
static uint32_t find_between(const loom_batch *batch, uint32_t first, uint32_t end, uint32_t node) {
    for (uint32_t i = first; i < end; i += loom_cell_span(&batch->cells[i])) {
        const loom_cell *cell = &batch->cells[i];
        if (cell->path == node && !(cell->flags & LOOM_CELL_DROPPED)) {
            return i;
        }
    }
    return LOOM_NO_CELL;
}

/* The member of an object at a path, or LOOM_NO_CELL. Members mostly stand in the order of the columns, so the search starts at `*next`, which
 * becomes the member behind the one that was found. */
static uint32_t find_member(const loom_batch *batch, uint32_t object, uint32_t node, uint32_t *next) {
    uint32_t found = find_between(batch, *next, object + batch->cells[object].length, node);
    found = found == LOOM_NO_CELL ? find_between(batch, object + 1, *next, node) : found;
    *next = found == LOOM_NO_CELL ? *next : found + loom_cell_span(&batch->cells[found]);
    return found;
}

/* Nodes of chosen columns stand in the order of the columns, a parent before its children, so one walk over the kept nodes
 * visits the members of an object in their order. */
static int put_object(loom_encoding *e, uint32_t object, uint32_t parent, int indent, uint32_t level);

static int put_chosen(loom_encoding *e, uint32_t cell, uint32_t node, int indent, uint32_t level) {
    const loom_cell *c = &e->batch->cells[cell];
    bool part = c->kind == LOOM_CELL_OBJECT && e->schema->nodes[node].column == LOOM_NO_COLUMN;
    return part ? put_object(e, cell, node, indent, level + 1) : loom_json_value(e->out, e->schema, e->batch, cell, indent);
}

static int put_key(loom_encoding *e, uint32_t node, bool first, int indent) {
    int code = first ? LOOM_OK : loom_buffer_append_byte(e->out, ',');
    if (code == LOOM_OK) {
        code = loom_json_break(e->out, indent);
    }
    if (code == LOOM_OK) {
        code = loom_json_key(e->out, e->schema, node);
    }
    return code == LOOM_OK ? loom_buffer_append(e->out, ": ", indent < 0 ? 1 : 2) : code;
}

static int put_object(loom_encoding *e, uint32_t object, uint32_t parent, int indent, uint32_t level) {
    int inner = indent < 0 ? indent : indent + 2;
    uint32_t next = object + 1;
    bool first = true;
    int code = loom_buffer_append_byte(e->out, '{');
    for (uint32_t node = 1; node < e->schema->kept && code == LOOM_OK && level < LOOM_MAX_FLAT_DEPTH; node++) {
        const loom_node *n = &e->schema->nodes[node];
        bool wanted = n->parent == parent && (n->column != LOOM_NO_COLUMN || n->below);
        uint32_t cell = wanted ? find_member(e->batch, object, node, &next) : LOOM_NO_CELL;
        if (cell == LOOM_NO_CELL || (n->column == LOOM_NO_COLUMN && e->batch->cells[cell].kind != LOOM_CELL_OBJECT)) {
            continue;
        }
        if (n->column != LOOM_NO_COLUMN) {
            e->columns->list[n->column].found = true;
        }
        code = put_key(e, node, first, inner);
        first = false;
        if (code == LOOM_OK) {
            code = put_chosen(e, cell, node, inner, level);
        }
    }
    if (code == LOOM_OK && !first) {
        code = loom_json_break(e->out, indent);
    }
    return code == LOOM_OK ? loom_buffer_append_byte(e->out, '}') : code;
}

static int put_record(loom_encoding *e, const loom_record *record) {
    int indent = indent_of(e->settings);
    if (e->columns->chosen && e->batch->cells[record->cell].kind == LOOM_CELL_OBJECT) {
        return put_object(e, record->cell, 0, indent, 0);
    }
    if (record->verbatim && indent < 0) {
        return loom_buffer_append(e->out, e->batch->text + record->start, record->end - record->start);
    }
    return loom_json_value(e->out, e->schema, e->batch, record->cell, indent);
}

static int segment(loom_encoding *e, uint32_t skip, uint32_t take) {
    bool lines = e->settings->json_shape == LOOM_SHAPE_NDJSON;
    int indent = indent_of(e->settings);
    int code = loom_buffer_reserve(e->out, e->batch->length);
    for (uint32_t i = skip; i < e->batch->record_count && e->written < take && code == LOOM_OK; i++, e->written++) {
        if (!lines) {
            code = loom_buffer_append_byte(e->out, ',');
            if (code == LOOM_OK) {
                code = loom_json_break(e->out, indent < 0 ? 0 : indent);
            }
        }
        if (code == LOOM_OK) {
            code = put_record(e, &e->batch->records[i]);
        }
        if (code == LOOM_OK && lines) {
            code = loom_buffer_append_byte(e->out, '\n');
        }
    }
    return code;
}

const loom_format loom_format_json = {
    .name = "json", .check = check, .lead = lead, .head = head, .segment = segment, .tail = tail, .flat = false};
