/* The log of pieces, the page tree in object streams, and the cross-reference stream.
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

/* An object stream on its way: the pages of a node, and the node. */
typedef struct bundle {
    loom_assembly *assembly;
    loom_buffer index; /* pairs of number and offset */
    loom_buffer body;
    loom_buffer streams;  /* a uint32_t each: of the pieces of the sheet, in its first band */
    loom_buffer pictures; /* a uint32_t each: those that the sheet shows, each once */
    uint32_t node;  /* counted from 0 */
    uint32_t count; /* of its pages so far */
} bundle;

static uint32_t node_number(const loom_assembly *assembly, uint32_t node) {
    return loom_assembly_page(assembly, assembly->pages) + node;
}

static int add_to_index(bundle *bundle, uint32_t number) {
    return loom_pdf_print(&bundle->index, "%u %u ", (unsigned)number, (unsigned)bundle->body.length);
}

/* The content streams of a page: one for each piece of its sheet. */
static int put_contents(bundle *bundle, uint32_t band) {
    const uint32_t *streams = (const uint32_t *)(const void *)bundle->streams.bytes;
    size_t count = bundle->streams.length / sizeof *streams;
    if (count == 1) {
        return loom_pdf_print(&bundle->body, "/Contents %u 0 R", (unsigned)(streams[0] + band));
    }
    int code = loom_buffer_append_text(&bundle->body, "/Contents[");
    for (size_t i = 0; i < count && code == LOOM_OK; i++) {
        code = loom_pdf_print(&bundle->body, "%u 0 R ", (unsigned)(streams[i] + band));
    }
    return code == LOOM_OK ? loom_buffer_append_byte(&bundle->body, ']') : code;
}

static int end_bundle(bundle *bundle) {
    loom_assembly *assembly = bundle->assembly;
    loom_buffer *body = &bundle->body;
    char entries[96];
    int code = add_to_index(bundle, node_number(assembly, bundle->node));
    code = code == LOOM_OK ? loom_pdf_print(body, "<</Type/Pages/Parent 1 0 R/Count %u/Kids[", (unsigned)bundle->count)
                           : code;
    for (uint32_t i = 0; i < bundle->count && code == LOOM_OK; i++) {
        uint32_t page = bundle->node * LOOM_PDF_NODE + i;
        code = loom_pdf_print(body, "%u 0 R ", (unsigned)loom_assembly_page(assembly, page));
    }
    code = code == LOOM_OK ? loom_buffer_append_text(body, "]>>") : code;
    snprintf(entries, sizeof entries, "/Type/ObjStm/N %u/First %u", (unsigned)bundle->count + 1,
             (unsigned)bundle->index.length);
    code = code == LOOM_OK ? loom_buffer_append(&bundle->index, body->bytes, body->length) : code;
    code =
        code == LOOM_OK ? loom_assembly_stream(assembly, assembly->rest + bundle->node, entries, &bundle->index) : code;
    bundle->index.length = body->length = 0;
    bundle->node++;
    bundle->count = 0;
    return code;
}

/* A page that shows pictures has resources of its own, so that those that all pages share do not grow with them. None are inherited
 * (ISO 19005-2 6.2.2). */
static int put_resources(bundle *bundle) {
    const uint32_t *pictures = (const uint32_t *)(const void *)bundle->pictures.bytes;
    size_t count = bundle->pictures.length / sizeof *pictures;
    const loom_buffer *shared = &bundle->assembly->shared;
    if (count == 0) {
        return loom_pdf_print(&bundle->body, "/Resources %u 0 R", LOOM_PDF_RESOURCES);
    }
    int code = loom_buffer_append_text(&bundle->body, "/Resources");
    code = code == LOOM_OK ? loom_buffer_append(&bundle->body, shared->bytes, shared->length) : code;
    for (size_t i = 0; i < count && code == LOOM_OK; i++) {
        code = loom_pdf_print(&bundle->body, "/I%u %u 0 R", (unsigned)pictures[i], (unsigned)pictures[i]);
    }
    return code == LOOM_OK ? loom_buffer_append_text(&bundle->body, ">>>>") : code;
}

static int put_page(bundle *bundle, uint32_t band) {
    loom_assembly *assembly = bundle->assembly;
    uint32_t page = bundle->node * LOOM_PDF_NODE + bundle->count;
    int code = add_to_index(bundle, loom_assembly_page(assembly, page));
    if (code == LOOM_OK) {
        code =
            loom_pdf_print(&bundle->body, "<</Type/Page/Parent %u 0 R", (unsigned)node_number(assembly, bundle->node));
    }
    code = code == LOOM_OK ? put_contents(bundle, band) : code;
    code = code == LOOM_OK ? put_resources(bundle) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(&bundle->body, ">>\n") : code;
    bundle->count++;
    return code == LOOM_OK && bundle->count == LOOM_PDF_NODE ? end_bundle(bundle) : code;
}

/* The pages of a sheet: one for each band. */
static int put_sheet(bundle *bundle) {
    int code = LOOM_OK;
    for (uint32_t band = 0;
         bundle->streams.length > 0 && band < bundle->assembly->pdf->layout.bands && code == LOOM_OK; band++) {
        code = put_page(bundle, band);
    }
    bundle->streams.length = bundle->pictures.length = 0;
    return code;
}

/* Adds a number that is not there yet. */
static int add_once(loom_buffer *numbers, uint32_t number) {
    const uint32_t *known = (const uint32_t *)(const void *)numbers->bytes;
    for (size_t i = 0; i < numbers->length / sizeof number; i++) {
        if (known[i] == number) {
            return LOOM_OK;
        }
    }
    return loom_buffer_append(numbers, &number, sizeof number);
}

/* Takes the piece at which the walk stands into its sheet. */
static int take_piece(bundle *bundle, loom_log_walk *walk) {
    int code = walk->starts ? put_sheet(bundle) : LOOM_OK;
    code = code == LOOM_OK ? loom_buffer_append(&bundle->streams, &walk->stream, sizeof walk->stream) : code;
    for (; walk->pictures > 0 && code == LOOM_OK; walk->pictures--) {
        code = add_once(&bundle->pictures, (uint32_t)loom_varint_read(&walk->reader, UINT32_MAX));
    }
    return code;
}

static int put_sheets(loom_assembly *assembly) {
    bundle bundle = {.assembly = assembly};
    loom_log_walk walk = loom_log_start(assembly);
    loom_buffer *buffers[] = {&bundle.index, &bundle.body, &bundle.streams, &bundle.pictures};
    int code = LOOM_OK;
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        loom_buffer_init(buffers[i], assembly->log.cap);
    }
    while (code == LOOM_OK && loom_log_next(&walk)) {
        code = take_piece(&bundle, &walk);
    }
    code = code == LOOM_OK ? put_sheet(&bundle) : code;
    code = code == LOOM_OK && bundle.count > 0 ? end_bundle(&bundle) : code;
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        loom_buffer_free(buffers[i]);
    }
    return code;
}

static int put_kids(loom_buffer *out, const uint32_t *numbers, uint32_t first, uint32_t count) {
    int code = LOOM_OK;
    for (uint32_t i = 0; i < count && code == LOOM_OK; i++) {
        code = loom_pdf_print(out, "%u 0 R ", (unsigned)(numbers == NULL ? first + i : numbers[i]));
    }
    return code;
}

int loom_assembly_pages(loom_assembly *assembly, const loom_surrounding *s) {
    const loom_pdf_layout *layout = &assembly->pdf->layout;
    loom_buffer root;
    int code = put_sheets(assembly);
    loom_buffer_init(&root, assembly->log.cap);
    if (code == LOOM_OK) {
        code = loom_pdf_print(&root, "<</Type/Pages/MediaBox[0 0 %d.%d %d.%d]/Count %u/Kids[",
                              (int)layout->width / 10, (int)layout->width % 10, (int)layout->height / 10,
                              (int)layout->height % 10,
                              (unsigned)(assembly->pages + s->front_count + s->back_count));
    }
    code = code == LOOM_OK ? put_kids(&root, s->front, 0, s->front_count) : code;
    code = code == LOOM_OK ? put_kids(&root, NULL, node_number(assembly, 0), assembly->nodes) : code;
    code = code == LOOM_OK ? put_kids(&root, s->back, 0, s->back_count) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(&root, "]>>") : code;
    code = code == LOOM_OK ? loom_assembly_object(assembly, LOOM_PDF_ROOT, &root) : code;
    loom_buffer_free(&root);
    return code;
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
