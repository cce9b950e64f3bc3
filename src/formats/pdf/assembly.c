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

/* Bytes of rows that are compressed at a time, and what an object of them takes then, about. */
#define ROWS_AT_A_TIME 65536u
#define BYTES_A_ROW 2u

/* Room for the length of the rows, and what stands between it and them. */
#define LENGTH "/Length           "
#define STREAM ">>stream\n"

/* FNV-1a. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

void loom_assembly_free(loom_assembly *assembly) {
    loom_buffer_free(&assembly->log);
    loom_buffer_free(&assembly->nodes);
    loom_buffer_free(&assembly->streams);
    loom_buffer_free(&assembly->positions);
}

static int open_empty(loom_assembly *assembly, loom_encoding *e) {
    *assembly = (loom_assembly){.e = e};
    loom_buffer_init(&assembly->log, e->out->cap);
    loom_buffer_init(&assembly->nodes, e->out->cap);
    loom_buffer_init(&assembly->streams, e->out->cap);
    loom_buffer_init(&assembly->positions, e->out->cap);
    return loom_pdf_laid_out(e, &assembly->pdf);
}

static int put_base64(loom_buffer *out, const char *before, const loom_buffer *bytes, const char *behind) {
    int code = loom_buffer_append_text(out, before);
    code = code == LOOM_OK ? loom_base64_write(out, bytes->bytes, bytes->length) : code;
    return code == LOOM_OK ? loom_buffer_append_text(out, behind) : code;
}

static int read_base64(loom_buffer *out, const cJSON *text) {
    return cJSON_IsString(text) ? loom_base64_read(out, text->valuestring, strlen(text->valuestring)) : LOOM_INTERNAL;
}

static int write_state(const loom_assembly *assembly, const loom_usage *usage) {
    loom_buffer *state = assembly->e->state;
    loom_buffer used;
    loom_buffer_init(&used, state->cap);
    int code = loom_usage_write(usage, &used);
    code = code == LOOM_OK ? put_base64(state, "{\"log\":\"", &assembly->log, "\",\"usage\":\"") : code;
    code = code == LOOM_OK ? put_base64(state, "", &used, "\"}") : code;
    loom_buffer_free(&used);
    return code;
}

static int read_state(loom_assembly *assembly, const cJSON *state, loom_usage *usage) {
    loom_buffer used;
    loom_buffer_init(&used, assembly->log.cap);
    int code = read_base64(&assembly->log, cJSON_GetObjectItemCaseSensitive(state, "log"));
    code = code == LOOM_OK ? read_base64(&used, cJSON_GetObjectItemCaseSensitive(state, "usage")) : code;
    code = code == LOOM_OK ? loom_usage_merge(usage, used.bytes, used.length) : code;
    loom_buffer_free(&used);
    return code;
}

int loom_assembly_start(loom_encoding *e) {
    loom_assembly assembly;
    loom_usage usage = {0};
    int code = open_empty(&assembly, e);
    if (code == LOOM_OK) {
        loom_log_walk walk = loom_log_start(&assembly.pdf->layout, NULL, 0);
        code = loom_log_put_start(&walk, &assembly.log);
    }
    code = code == LOOM_OK ? write_state(&assembly, &usage) : code;
    loom_assembly_free(&assembly);
    return code;
}

/* Takes over what loom_pdf_place told of a segment. */
static int add_segment(loom_assembly *assembly, const loom_buffer *told, loom_usage *usage) {
    loom_log_walk walk = loom_log_start(&assembly->pdf->layout, told->bytes, told->length);
    while (walk.reader.at < walk.reader.end && *walk.reader.at != 0 && loom_log_next(&walk)) {
        loom_log_skip(&walk);
    }
    if (walk.reader.at == walk.reader.end || *walk.reader.at != 0 || walk.reader.bad) {
        return LOOM_INTERNAL;
    }
    size_t length = (size_t)(walk.reader.at++ - told->bytes);
    int code = loom_buffer_append(&assembly->log, told->bytes, length);
    code = code == LOOM_OK ? loom_buffer_append(assembly->e->ledger, told->bytes, length) : code;
    return code == LOOM_OK ? loom_usage_merge(usage, walk.reader.at, (size_t)(walk.reader.end - walk.reader.at)) : code;
}

static int add_segments(loom_assembly *assembly, const cJSON *segments, loom_usage *usage) {
    const cJSON *segment = NULL;
    loom_buffer told;
    loom_buffer_init(&told, assembly->log.cap);
    int code = LOOM_OK;
    cJSON_ArrayForEach(segment, segments) {
        told.length = 0;
        code = code == LOOM_OK ? read_base64(&told, segment) : code;
        code = code == LOOM_OK ? add_segment(assembly, &told, usage) : code;
    }
    loom_buffer_free(&told);
    return code;
}

int loom_assembly_turn(loom_encoding *e, const char *text, size_t length) {
    cJSON *document = NULL;
    loom_assembly assembly;
    loom_usage usage = {0};
    int code = open_empty(&assembly, e);
    if (code == LOOM_OK) {
        code = loom_document_parse(text, length, &document);
        code = code == LOOM_SYNTAX ? LOOM_INTERNAL : code;
    }
    code = code == LOOM_OK ? read_state(&assembly, cJSON_GetObjectItemCaseSensitive(document, "state"), &usage) : code;
    if (code == LOOM_OK) {
        code = add_segments(&assembly, cJSON_GetObjectItemCaseSensitive(document, "segments"), &usage);
    }
    code = code == LOOM_OK ? loom_assembly_write_nodes(&assembly, false) : code;
    code = code == LOOM_OK ? write_state(&assembly, &usage) : code;
    e->cuts[0] = e->cuts[1] = 0;
    cJSON_Delete(document);
    loom_usage_free(&usage);
    loom_assembly_free(&assembly);
    return code;
}

/* Takes what the walk through the ledger tells of nodes. */
static int find_node(loom_assembly *assembly, const loom_log_walk *walk) {
    if (loom_log_opens_node(walk)) {
        return loom_buffer_append(&assembly->nodes, &walk->node, sizeof walk->node);
    }
    return walk->kind == LOOM_ENTRY_NODE ? loom_buffer_append(&assembly->streams, &walk->at, sizeof walk->at) : LOOM_OK;
}

static int read_ledger(loom_assembly *assembly) {
    loom_log_walk walk = loom_assembly_ledger(assembly);
    int code = LOOM_OK;
    while (code == LOOM_OK && loom_log_next(&walk)) {
        code = find_node(assembly, &walk);
        assembly->first = assembly->first == 0 ? walk.page : assembly->first;
    }
    bool bad =
        walk.reader.bad || 2 * assembly->nodes.length != assembly->streams.length || walk.at < assembly->e->out->length;
    assembly->at = walk.at - assembly->e->out->length;
    assembly->pages = walk.sheets * assembly->pdf->layout.bands;
    assembly->records = walk.records;
    assembly->rest = assembly->next = walk.next;
    return code == LOOM_OK && bad ? LOOM_INTERNAL : code;
}

loom_log_walk loom_assembly_ledger(const loom_assembly *assembly) {
    const loom_buffer *ledger = assembly->e->ledger;
    loom_log_walk walk = loom_log_start(&assembly->pdf->layout, ledger->bytes, ledger->length);
    walk.at = sizeof LOOM_PDF_START - 1;
    return walk;
}

int loom_assembly_open(loom_assembly *assembly, loom_encoding *e, const cJSON *state) {
    int code = open_empty(assembly, e);
    if (code != LOOM_OK) {
        return code;
    }
    loom_usage_clear(&assembly->pdf->shaper.usage);
    code = read_state(assembly, state, &assembly->pdf->shaper.usage);
    code = code == LOOM_OK ? loom_assembly_write_nodes(assembly, true) : code;
    return code == LOOM_OK ? read_ledger(assembly) : code;
}

uint32_t loom_assembly_reserve(loom_assembly *assembly, uint32_t count) {
    uint32_t number = assembly->next;
    assembly->next += count;
    return number;
}

/* Room for the position of an object. */
static int widen(loom_assembly *assembly, size_t place) {
    size_t needed = (place + 1) * sizeof(uint64_t);
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
    uint32_t first = loom_pdf_first(&assembly->pdf->layout);
    bool is_shared = number < first;
    size_t place = is_shared ? number : first + (size_t)(number - assembly->rest);
    int code = !is_shared && (number < assembly->rest || number >= assembly->next) ? LOOM_INTERNAL : LOOM_OK;
    code = code == LOOM_OK ? widen(assembly, place) : code;
    if (code == LOOM_OK) {
        memcpy(assembly->positions.bytes + place * sizeof here, &here, sizeof here);
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

/* The cross-reference on its way: rows, each as what differs from the one above (ISO 32000-1 7.4.4.4, PNG's filter Up), a few at a time. */
typedef struct table {
    loom_pdf_packing packing;
    loom_buffer rows;
    uint8_t above[ROW];
    int code; /* of the first failure */
} table;

static void pack_rows(table *table) {
    table->code =
        table->code == LOOM_OK ? loom_pdf_pack(&table->packing, table->rows.bytes, table->rows.length) : table->code;
    table->rows.length = 0;
}

static void put_row(table *table, uint8_t type, uint64_t where, uint32_t index) {
    uint8_t row[ROW] = {
        type,           (uint8_t)(where >> 32), (uint8_t)(where >> 24), (uint8_t)(where >> 16), (uint8_t)(where >> 8),
        (uint8_t)where, (uint8_t)(index >> 8),  (uint8_t)index};
    if (table->code == LOOM_OK) {
        table->code = loom_buffer_reserve(&table->rows, ROW + 1);
    }
    if (table->code == LOOM_OK) {
        loom_buffer_put_byte(&table->rows, 2);
        for (size_t i = 0; i < ROW; i++) {
            loom_buffer_put_byte(&table->rows, (uint8_t)(row[i] - table->above[i]));
            table->above[i] = row[i];
        }
    }
    if (table->rows.length >= ROWS_AT_A_TIME) {
        pack_rows(table);
    }
}

/* An object that stands at a position, or none at 0. */
static void put_position(table *table, uint64_t at) {
    put_row(table, at > 0, at, at > 0 ? 0 : 65535);
}

/* The pages of the sheet at which the walk stands, and its node where it is the first there: they stand in an object stream. */
static void put_sheet_rows(const loom_assembly *assembly, table *table, const loom_log_walk *walk) {
    uint32_t bands = walk->layout->bands;
    uint32_t most = walk->layout->node_sheets;
    uint32_t sheet = walk->sheets - 1;
    for (uint32_t band = 0; band < bands; band++) {
        put_row(table, 2, walk->node + 1, sheet % most * bands + band);
    }
    if (loom_log_opens_node(walk)) {
        const uint64_t *streams = (const uint64_t *)(const void *)assembly->streams.bytes;
        uint32_t left = assembly->pages - sheet * bands;
        put_row(table, 2, walk->node + 1, left < most * bands ? left : most * bands);
        put_position(table, streams[sheet / most]);
    }
}

/* The objects of the records. Of a picture, some may have no length: there is none. */
static void put_record_rows(const loom_assembly *assembly, table *table) {
    loom_log_walk walk = loom_assembly_ledger(assembly);
    while (table->code == LOOM_OK && loom_log_next(&walk)) {
        while (walk.kind != LOOM_ENTRY_NODE && walk.lengths > 0) {
            uint64_t at = walk.at;
            put_position(table, loom_log_length(&walk) > 0 ? at : 0);
        }
        if (walk.kind == LOOM_ENTRY_STARTS) {
            put_sheet_rows(assembly, table, &walk);
        }
    }
}

/* The objects of the records stand between those that all pages share and the rest. */
static int fill_table(const loom_assembly *assembly, table *table) {
    const uint64_t *positions = (const uint64_t *)(const void *)assembly->positions.bytes;
    uint32_t first = loom_pdf_first(&assembly->pdf->layout);
    size_t known = assembly->positions.length / sizeof *positions;
    for (size_t i = 0; i < first + (assembly->next - assembly->rest); i++) {
        if (i == first) {
            put_record_rows(assembly, table);
        }
        put_position(table, i < known ? positions[i] : 0);
    }
    pack_rows(table);
    return table->code;
}

/* An identifier (14.4) that depends on what is in the file. */
static uint64_t hash_of(const uint8_t *bytes, size_t length, uint64_t hash) {
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ bytes[i]) * HASH_PRIME;
    }
    return hash;
}

/* Fills in the length of what stands behind LENGTH and the start of the stream. */
static void fill_length(loom_buffer *out, size_t start) {
    size_t at = start - (sizeof STREAM - 1);
    for (size_t left = out->length - start; left > 0; left /= 10) {
        out->bytes[--at] = (uint8_t)('0' + left % 10);
    }
}

/* The rows go straight into the output, so that no second copy is held. */
static int put_table(loom_assembly *assembly, uint32_t number, const char *entries) {
    loom_buffer *out = assembly->e->out;
    table table = {.above = {0}};
    loom_buffer_init(&table.rows, 2 * (size_t)ROWS_AT_A_TIME);
    int code = loom_buffer_reserve(out, (size_t)assembly->next * BYTES_A_ROW);
    code = code == LOOM_OK
               ? loom_pdf_print(out, "%u 0 obj\n<<%s/Filter/FlateDecode" LENGTH STREAM, (unsigned)number, entries)
               : code;
    size_t start = out->length;
    code = code == LOOM_OK ? loom_pdf_pack_start(&table.packing, assembly->pdf->deflater, out) : code;
    code = code == LOOM_OK ? fill_table(assembly, &table) : code;
    code = code == LOOM_OK ? loom_pdf_pack_end(&table.packing) : code;
    if (code == LOOM_OK) {
        fill_length(out, start);
    }
    loom_buffer_free(&table.rows);
    return code == LOOM_OK ? loom_buffer_append_text(out, LOOM_PDF_STREAM_END) : code;
}

int loom_assembly_finish(loom_assembly *assembly, uint32_t catalog, uint32_t facts) {
    char entries[320];
    loom_buffer *out = assembly->e->out;
    const loom_buffer *ledger = assembly->e->ledger;
    uint32_t number = loom_assembly_reserve(assembly, 1);
    uint64_t start = assembly->at + out->length;
    uint64_t hash = hash_of(ledger->bytes, ledger->length, HASH_START);
    hash = hash_of(out->bytes, out->length, hash);
    uint64_t other = hash_of((const uint8_t *)&number, sizeof number, hash);
    int code = loom_assembly_note(assembly, number);
    snprintf(entries, sizeof entries,
             "/Type/XRef/Size %u/W[1 5 2]/Root %u 0 R/Info %u 0 R/ID[<%016" PRIx64 "%016" PRIx64 "><%016" PRIx64
             "%016" PRIx64 ">]/DecodeParms<</Columns %u/Predictor 12>>",
             (unsigned)number + 1, (unsigned)catalog, (unsigned)facts, hash, other, hash, other, ROW);
    code = code == LOOM_OK ? put_table(assembly, number, entries) : code;
    return code == LOOM_OK ? loom_pdf_print(out, "startxref\n%" PRIu64 "\n%%%%EOF\n", start) : code;
}
