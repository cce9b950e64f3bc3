/* The log of pieces, the objects of a document, and the cross-reference stream.
 * SPDX-License-Identifier: MIT
 */
#include "assembly.h"

#include <inttypes.h>
#include <stdio.h>

#include "../../core/base64.h"
#include "operators.h"

/* The cross-reference stream: a type of one byte, a position or number of five, an index of two (ISO 32000-1 7.5.8.3). */
#define ROW 8u

/* FNV-1a. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

void loom_assembly_free(loom_assembly *assembly) {
    loom_buffer_free(&assembly->log);
    loom_buffer_free(&assembly->positions);
    loom_buffer_free(&assembly->shared);
}

/* An empty buffer has no bytes that could be counted from. */
static loom_reader reader_of(const loom_buffer *buffer) {
    const uint8_t *end = buffer->length == 0 ? buffer->bytes : buffer->bytes + buffer->length;
    return (loom_reader){buffer->bytes, end, false};
}

static int put_base64(loom_buffer *out, const char *before, const loom_buffer *bytes, const char *behind) {
    int code = loom_buffer_append_text(out, before);
    code = code == LOOM_OK ? loom_base64_write(out, bytes->bytes, bytes->length) : code;
    return code == LOOM_OK ? loom_buffer_append_text(out, behind) : code;
}

static int read_base64(loom_buffer *out, const cJSON *text) {
    return cJSON_IsString(text) ? loom_base64_read(out, text->valuestring, strlen(text->valuestring)) : LOOM_INTERNAL;
}

static int write_state(loom_encoding *e, const loom_buffer *log, const loom_usage *usage) {
    loom_buffer used;
    loom_buffer_init(&used, e->state->cap);
    int code = loom_usage_write(usage, &used);
    code = code == LOOM_OK ? put_base64(e->state, "{\"log\":\"", log, "\",\"usage\":\"") : code;
    code = code == LOOM_OK ? put_base64(e->state, "", &used, "\"}") : code;
    loom_buffer_free(&used);
    return code;
}

int loom_assembly_start(loom_encoding *e) {
    return loom_buffer_append_text(e->state, "{\"log\":\"\",\"usage\":\"\"}");
}

static int read_state(const cJSON *state, loom_buffer *log, loom_usage *usage) {
    loom_buffer used;
    loom_buffer_init(&used, log->cap);
    int code = read_base64(log, cJSON_GetObjectItemCaseSensitive(state, "log"));
    code = code == LOOM_OK ? read_base64(&used, cJSON_GetObjectItemCaseSensitive(state, "usage")) : code;
    code = code == LOOM_OK ? loom_usage_merge(usage, used.bytes, used.length) : code;
    loom_buffer_free(&used);
    return code;
}

/* The start of what is told of a piece or a picture; the lengths of `objects` objects follow. */
typedef struct entry {
    uint32_t kind; /* loom_entry */
    uint32_t records;
    uint32_t objects;
} entry;

static entry read_entry(loom_reader *reader, const loom_pdf_layout *layout) {
    uint64_t told = loom_varint_read(reader, UINT32_MAX) - 1;
    uint32_t kind = told & 3;
    return (entry){kind, (uint32_t)(told >> 2), kind == LOOM_ENTRY_PICTURE ? LOOM_PDF_PICTURE : layout->bands};
}

/* The count of the pictures that a piece shows. */
static uint32_t read_pictures(loom_reader *reader, const loom_pdf_layout *layout, const entry *entry) {
    return layout->frame > 0 && entry->kind != LOOM_ENTRY_PICTURE ? (uint32_t)loom_varint_read(reader, UINT32_MAX) : 0;
}

static void skip_numbers(loom_reader *reader, uint32_t count) {
    while (count-- > 0 && !reader->bad) {
        (void)loom_varint_read(reader, UINT32_MAX);
    }
}

/* Takes over what loom_pdf_place told of a segment. */
static int add_segment(const loom_buffer *told, const loom_pdf_layout *layout, loom_buffer *log, loom_usage *usage) {
    loom_reader reader = reader_of(told);
    const uint8_t *end = reader.at;
    while (reader.at < reader.end && *reader.at != 0 && !reader.bad) {
        entry entry = read_entry(&reader, layout);
        skip_numbers(&reader, entry.objects);
        skip_numbers(&reader, read_pictures(&reader, layout, &entry));
        end = reader.at;
    }
    if (loom_varint_read(&reader, UINT32_MAX) != 0 || reader.bad) {
        return LOOM_INTERNAL;
    }
    int code = end == told->bytes ? LOOM_OK : loom_buffer_append(log, told->bytes, (size_t)(end - told->bytes));
    return code == LOOM_OK ? loom_usage_merge(usage, reader.at, (size_t)(reader.end - reader.at)) : code;
}

static int add_segments(const cJSON *segments, const loom_pdf_layout *layout, loom_buffer *log, loom_usage *usage) {
    const cJSON *segment = NULL;
    loom_buffer told;
    loom_buffer_init(&told, log->cap);
    int code = LOOM_OK;
    cJSON_ArrayForEach(segment, segments) {
        told.length = 0;
        code = code == LOOM_OK ? read_base64(&told, segment) : code;
        code = code == LOOM_OK ? add_segment(&told, layout, log, usage) : code;
    }
    loom_buffer_free(&told);
    return code;
}

int loom_assembly_turn(loom_encoding *e, const char *text, size_t length) {
    cJSON *document = NULL;
    loom_pdf *pdf = NULL;
    loom_buffer log;
    loom_usage usage = {0};
    loom_buffer_init(&log, e->state->cap);
    int code = loom_pdf_laid_out(e, &pdf);
    if (code == LOOM_OK) {
        code = loom_document_parse(text, length, &document);
        code = code == LOOM_SYNTAX ? LOOM_INTERNAL : code;
    }
    code = code == LOOM_OK ? read_state(cJSON_GetObjectItemCaseSensitive(document, "state"), &log, &usage) : code;
    if (code == LOOM_OK) {
        code = add_segments(cJSON_GetObjectItemCaseSensitive(document, "segments"), &pdf->layout, &log, &usage);
    }
    code = code == LOOM_OK ? write_state(e, &log, &usage) : code;
    e->cuts[0] = e->cuts[1] = 0;
    cJSON_Delete(document);
    loom_usage_free(&usage);
    loom_buffer_free(&log);
    return code;
}

loom_log_walk loom_log_start(const loom_assembly *assembly) {
    const loom_buffer *log = &assembly->log;
    return (loom_log_walk){
        .assembly = assembly, .reader = reader_of(log), .next = LOOM_PDF_FIRST, .at = sizeof LOOM_PDF_HEADER - 1};
}

bool loom_log_next(loom_log_walk *walk) {
    const loom_pdf_layout *layout = &walk->assembly->pdf->layout;
    entry entry = {.kind = LOOM_ENTRY_PICTURE};
    skip_numbers(&walk->reader, walk->pictures);
    walk->pictures = 0;
    while (entry.kind == LOOM_ENTRY_PICTURE) {
        if (walk->reader.at == walk->reader.end || walk->reader.bad) {
            return false;
        }
        entry = read_entry(&walk->reader, layout);
        walk->stream = walk->next;
        walk->next += entry.objects;
        for (uint32_t i = 0; i < entry.objects; i++) {
            walk->at += loom_varint_read(&walk->reader, UINT32_MAX);
        }
    }
    walk->pictures = read_pictures(&walk->reader, layout, &entry);
    walk->records += walk->starting;
    walk->starting = entry.records;
    walk->starts = entry.kind == LOOM_ENTRY_STARTS;
    walk->sheets += walk->starts;
    return !walk->reader.bad;
}

int loom_assembly_open(loom_assembly *assembly, loom_encoding *e, const cJSON *state) {
    *assembly = (loom_assembly){.e = e};
    loom_buffer_init(&assembly->log, e->out->cap);
    loom_buffer_init(&assembly->positions, e->out->cap);
    loom_buffer_init(&assembly->shared, e->out->cap);
    int code = loom_pdf_laid_out(e, &assembly->pdf);
    if (code != LOOM_OK) {
        return code;
    }
    loom_usage_clear(&assembly->pdf->shaper.usage);
    code = read_state(state, &assembly->log, &assembly->pdf->shaper.usage);
    if (code != LOOM_OK) {
        return code;
    }
    loom_log_walk walk = loom_log_start(assembly);
    while (loom_log_next(&walk)) {
    }
    assembly->at = walk.at;
    assembly->streams = walk.next - LOOM_PDF_FIRST;
    if (walk.reader.bad || (walk.sheets == 0 && assembly->streams > 0)) {
        return LOOM_INTERNAL;
    }
    assembly->pages = walk.sheets * assembly->pdf->layout.bands;
    assembly->nodes = (assembly->pages + LOOM_PDF_NODE - 1) / LOOM_PDF_NODE;
    assembly->rest = LOOM_PDF_FIRST + assembly->streams + assembly->pages + assembly->nodes;
    assembly->next = assembly->rest + assembly->nodes;
    return LOOM_OK;
}

uint32_t loom_assembly_reserve(loom_assembly *assembly, uint32_t count) {
    uint32_t number = assembly->next;
    assembly->next += count;
    return number;
}

/* Room for the position of an object. */
static int widen(loom_assembly *assembly, uint32_t number) {
    size_t needed = ((size_t)(number - assembly->rest) + 1) * sizeof(uint64_t);
    size_t length = assembly->positions.length;
    if (needed <= length) {
        return LOOM_OK;
    }
    int code = loom_buffer_reserve(&assembly->positions, needed - length);
    if (code == LOOM_OK) {
        memset(assembly->positions.bytes + length, 0, needed - length);
        assembly->positions.length = needed;
    }
    return code;
}

int loom_assembly_note(loom_assembly *assembly, uint32_t number) {
    return loom_assembly_note_behind(assembly, number, 0);
}

int loom_assembly_note_behind(loom_assembly *assembly, uint32_t number, size_t before) {
    uint64_t here = assembly->at + assembly->e->out->length - before;
    if (number == LOOM_PDF_ROOT || number == LOOM_PDF_RESOURCES) {
        *(number == LOOM_PDF_ROOT ? &assembly->root : &assembly->resources) = here;
        return LOOM_OK;
    }
    int code = number < assembly->rest || number >= assembly->next ? LOOM_INTERNAL : widen(assembly, number);
    if (code == LOOM_OK) {
        memcpy(assembly->positions.bytes + (size_t)(number - assembly->rest) * sizeof here, &here, sizeof here);
    }
    return code;
}

int loom_assembly_object(loom_assembly *assembly, uint32_t number, const loom_buffer *value) {
    loom_buffer *out = assembly->e->out;
    int code = loom_assembly_note(assembly, number);
    code = code == LOOM_OK ? loom_pdf_print(out, "%u 0 obj\n", (unsigned)number) : code;
    code = code == LOOM_OK ? loom_buffer_append(out, value->bytes, value->length) : code;
    return code == LOOM_OK ? loom_buffer_append_text(out, "\nendobj\n") : code;
}

int loom_assembly_stream(loom_assembly *assembly, uint32_t number, const char *entries, const loom_buffer *content) {
    int code = loom_assembly_note(assembly, number);
    return code == LOOM_OK ? loom_pdf_stream(assembly->e->out, assembly->pdf->deflater, number, entries, content)
                           : code;
}

/* Rows of the cross-reference on their way, each as what differs from the one above (ISO 32000-1 7.4.4.4, PNG's filter Up). */
typedef struct table {
    loom_buffer rows;
    uint8_t above[ROW];
} table;

static void put_row(table *table, uint8_t type, uint64_t where, uint32_t index) {
    uint8_t row[ROW] = {
        type,           (uint8_t)(where >> 32), (uint8_t)(where >> 24), (uint8_t)(where >> 16), (uint8_t)(where >> 8),
        (uint8_t)where, (uint8_t)(index >> 8),  (uint8_t)index};
    loom_buffer_put_byte(&table->rows, 2);
    for (size_t i = 0; i < ROW; i++) {
        loom_buffer_put_byte(&table->rows, (uint8_t)(row[i] - table->above[i]));
        table->above[i] = row[i];
    }
}

/* The objects of the segments, whose lengths the log tells. */
static void put_stream_rows(const loom_assembly *assembly, table *table) {
    const loom_pdf_layout *layout = &assembly->pdf->layout;
    loom_reader reader = reader_of(&assembly->log);
    uint64_t at = sizeof LOOM_PDF_HEADER - 1;
    while (reader.at < reader.end && !reader.bad) {
        entry entry = read_entry(&reader, layout);
        for (uint32_t i = 0; i < entry.objects; i++) {
            uint64_t length = loom_varint_read(&reader, UINT32_MAX);
            put_row(table, length > 0, length > 0 ? at : 0, length > 0 ? 0 : 65535);
            at += length;
        }
        skip_numbers(&reader, read_pictures(&reader, layout, &entry));
    }
}

/* Pages and nodes stand in the object streams. */
static void put_page_rows(const loom_assembly *assembly, table *table) {
    for (uint32_t page = 0; page < assembly->pages; page++) {
        put_row(table, 2, assembly->rest + page / LOOM_PDF_NODE, page % LOOM_PDF_NODE);
    }
    for (uint32_t node = 0; node < assembly->nodes; node++) {
        uint32_t left = assembly->pages - node * LOOM_PDF_NODE;
        put_row(table, 2, assembly->rest + node, left < LOOM_PDF_NODE ? left : LOOM_PDF_NODE);
    }
}

static int fill_table(const loom_assembly *assembly, table *table) {
    int code = loom_buffer_reserve(&table->rows, (size_t)assembly->next * (ROW + 1));
    if (code != LOOM_OK) {
        return code;
    }
    put_row(table, 0, 0, 65535);
    put_row(table, 1, assembly->root, 0);
    put_row(table, 1, assembly->resources, 0);
    put_stream_rows(assembly, table);
    put_page_rows(assembly, table);
    for (size_t i = 0; i < assembly->positions.length / sizeof(uint64_t); i++) {
        uint64_t at = 0;
        memcpy(&at, assembly->positions.bytes + i * sizeof at, sizeof at);
        put_row(table, at > 0, at, at > 0 ? 0 : 65535);
    }
    return LOOM_OK;
}

/* An identifier (14.4) that depends on what is in the file. */
static uint64_t hash_of(const uint8_t *bytes, size_t length, uint64_t hash) {
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ bytes[i]) * HASH_PRIME;
    }
    return hash;
}

int loom_assembly_finish(loom_assembly *assembly, uint32_t catalog, uint32_t facts) {
    char entries[320];
    table table = {.above = {0}};
    uint32_t number = loom_assembly_reserve(assembly, 1);
    uint64_t start = assembly->at + assembly->e->out->length;
    uint64_t hash = hash_of(assembly->log.bytes, assembly->log.length, HASH_START);
    loom_buffer_init(&table.rows, assembly->log.cap);
    int code = loom_assembly_note(assembly, number);
    code = code == LOOM_OK ? fill_table(assembly, &table) : code;
    hash = hash_of(assembly->e->out->bytes, assembly->e->out->length, hash);
    uint64_t other = hash_of((const uint8_t *)&number, sizeof number, hash);
    snprintf(entries, sizeof entries,
             "/Type/XRef/Size %u/W[1 5 2]/Root %u 0 R/Info %u 0 R/ID[<%016" PRIx64 "%016" PRIx64 "><%016" PRIx64
             "%016" PRIx64 ">]/DecodeParms<</Columns %u/Predictor 12>>",
             (unsigned)number + 1, (unsigned)catalog, (unsigned)facts, hash, other, hash, other, ROW);
    if (code == LOOM_OK) {
        code = loom_pdf_stream(assembly->e->out, assembly->pdf->deflater, number, entries, &table.rows);
    }
    loom_buffer_free(&table.rows);
    return code == LOOM_OK ? loom_pdf_print(assembly->e->out, "startxref\n%" PRIu64 "\n%%%%EOF\n", start) : code;
}
