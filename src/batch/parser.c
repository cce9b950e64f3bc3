/* The layouts of a chunk's text: lines of records, or pieces of an array of them.
 * SPDX-License-Identifier: MIT
 */
#include "parser.h"

#include "../core/memory.h"
#include "filter.h"
#include "record.h"

/* Forgets the cells of a record. */
static void take_back(loom_state *s) {
    s->p->batch->cell_count = s->first_cell;
    s->p->batch->decoded.length = s->decoded;
    s->p->batch->novel_count = s->first_novel;
}

/* Whether a valid record belongs to the batch; it is counted and taken back if not. */
static int select_record(loom_state *s, bool *selected) {
    loom_parser *p = s->p;
    loom_batch *batch = p->batch;
    int code = LOOM_OK;
    *selected = true;
    if (p->filter != NULL) {
        code = loom_filter_match(p->filter, p->schema, batch, s->first_cell, selected);
    }
    if (code == LOOM_OK && *selected && p->skip > 0) {
        p->skip--;
        batch->skipped++;
        *selected = false;
    }
    if (code == LOOM_OK && !*selected) {
        batch->filtered++;
        batch->read++;
        take_back(s);
    }
    return code;
}

static int accept(loom_state *s, const uint8_t *start) {
    loom_batch *batch = s->p->batch;
    bool selected = true;
    int code = s->p->filter == NULL && s->p->skip == 0 ? LOOM_OK : select_record(s, &selected);
    if (code != LOOM_OK || !selected) {
        return code;
    }
    loom_record *records = loom_grow(batch->records, batch->record_count, &batch->record_capacity, sizeof *records);
    if (records == NULL) {
        return LOOM_OUT_OF_MEMORY;
    }
    batch->records = records;
    uint32_t ordinal = batch->read++;
    batch->records[batch->record_count++] = (loom_record){
        .cell = s->first_cell,
        .start = (uint32_t)(start - batch->text),
        .end = (uint32_t)(s->p->at - batch->text),
        .ordinal = ordinal,
        .verbatim = s->p->verbatim,
    };
    batch->noted &= s->tally.duplicates == 0; /* what lies in a member that was dropped does not count */
    if (s->tally.surrogates > 0) {
        code = loom_batch_warn(batch, LOOM_LONE_SURROGATE, LOOM_NO_COLUMN, ordinal, s->tally.surrogates);
    }
    if (code == LOOM_OK && s->tally.duplicates > 0) {
        code = loom_batch_warn(batch, LOOM_DUPLICATE_KEY, LOOM_NO_COLUMN, ordinal, s->tally.duplicates);
    }
    return code;
}

/* Takes the record back and describes why; passes on what no single record is to blame for. */
static int reject(loom_state *s, const uint8_t *start, int code) {
    loom_batch *batch = s->p->batch;
    if (loom_error_find(code)->severity != LOOM_RECORD) {
        return code;
    }
    take_back(s);
    if (batch->defect_count < LOOM_MAX_DEFECTS) {
        loom_defect *defects = loom_grow(batch->defects, batch->defect_count, &batch->defect_capacity, sizeof *defects);
        if (defects == NULL) {
            return LOOM_OUT_OF_MEMORY;
        }
        batch->defects = defects;
        defects[batch->defect_count++] = (loom_defect){
            .code = code,
            .ordinal = batch->read,
            .start = (uint32_t)(start - batch->text),
            .offset = (uint32_t)(s->p->at - batch->text),
        };
    }
    batch->rejected++;
    batch->read++;
    return LOOM_OK;
}

/* Whether the batch has all that was asked for. */
static bool is_full(const loom_parser *p) {
    return p->take > 0 && p->batch->record_count >= p->take;
}

static int parse_lines(loom_state *s) {
    loom_parser *p = s->p;
    for (;;) {
        while (p->at < p->end && (*p->at == '\n' || *p->at == ' ' || *p->at == '\t' || *p->at == '\r')) {
            p->at++;
        }
        if (p->at >= p->end) {
            return LOOM_OK;
        }
        const uint8_t *start = p->at;
        int code = loom_record_parse(s);
        const uint8_t *end = p->at;
        bool verbatim = p->verbatim;
        if (code == LOOM_OK) {
            loom_skip_space(p);
            code = p->at >= p->end || *p->at == '\n' ? LOOM_OK : LOOM_TRAILING_CONTENT;
        }
        if (code == LOOM_OK) {
            p->at = end;
            p->verbatim = verbatim;
            code = accept(s, start);
        } else {
            code = reject(s, start, code);
            const uint8_t *line = p->at < p->end ? memchr(p->at, '\n', (size_t)(p->end - p->at)) : NULL;
            p->at = line == NULL ? p->end : line;
        }
        if (code != LOOM_OK || is_full(p)) {
            return code;
        }
    }
}

/* A broken place ends an array: behind it nothing says where a record starts. */
static int break_off(loom_state *s, int code) {
    s->first_cell = s->p->batch->cell_count;
    s->decoded = s->p->batch->decoded.length;
    s->first_novel = s->p->batch->novel_count;
    s->p->batch->ended = true;
    return reject(s, s->p->at, code);
}

static int parse_item(loom_state *s, const uint8_t *start) {
    if (start >= s->p->end) {
        return break_off(s, LOOM_SYNTAX); /* what the last record left is not to be taken back */
    }
    int code = loom_record_parse(s);
    if (code == LOOM_OK) {
        return accept(s, start);
    }
    s->p->batch->ended = true;
    return reject(s, start, code);
}

/* Records with commas between them, up to the end or, in a whole array, to its bracket. */
static int parse_items(loom_state *s, bool comma, bool whole) {
    loom_parser *p = s->p;
    for (;; comma = true) {
        loom_skip_space(p);
        if (whole && *p->at == ']') {
            p->at++;
            loom_skip_space(p);
            return p->at >= p->end ? LOOM_OK : break_off(s, LOOM_TRAILING_CONTENT);
        }
        if (p->at >= p->end && !whole) {
            return LOOM_OK;
        }
        if (comma) {
            if (*p->at != ',' || p->at >= p->end) {
                return break_off(s, p->at >= p->end ? LOOM_ARRAY_NOT_CLOSED : loom_unexpected(p));
            }
            p->at++;
            loom_skip_space(p);
        }
        int code = parse_item(s, p->at);
        if (code != LOOM_OK || p->batch->ended || is_full(p)) {
            return code;
        }
    }
}

int loom_parse(loom_parser *parser, loom_batch *batch, enum loom_layout layout) {
    loom_state s = {.p = parser};
    parser->batch = batch;
    parser->at = batch->text;
    parser->end = batch->text + batch->length;
    parser->lines = layout == LOOM_LAYOUT_LINES;
    parser->depth = 0;
    loom_schema_trim(parser->schema);
    batch->noted = parser->schema->scanned;
    if (parser->filter != NULL) {
        loom_filter_reset(parser->filter);
    }
    switch (layout) {
    case LOOM_LAYOUT_LINES:
        return parse_lines(&s);
    case LOOM_LAYOUT_FIRST:
        return parse_items(&s, false, false);
    case LOOM_LAYOUT_NEXT:
        return parse_items(&s, true, false);
    case LOOM_LAYOUT_WHOLE:
        loom_skip_space(parser);
        if (*parser->at != '[') {
            return break_off(&s, loom_unexpected(parser));
        }
        parser->at++;
        return parse_items(&s, false, true);
    }
    return LOOM_INTERNAL;
}
