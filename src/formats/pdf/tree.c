/* The pages of the records and the page tree, in object streams.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "assembly.h"
#include "operators.h"

/* A node and its object stream on their way. */
typedef struct bundle {
    loom_assembly *assembly;
    loom_buffer index; /* pairs of number and offset */
    loom_buffer body;
    loom_buffer kids;     /* references to the pages */
    loom_buffer streams;  /* a uint32_t each: of the pieces of the sheet, in its first band */
    loom_buffer pictures; /* a uint32_t each: those that the sheet shows, each once */
    uint32_t page;        /* number of the first page of the sheet */
    uint32_t node;        /* number of the node */
    uint32_t count;       /* of its pages so far */
} bundle;

static int add_to_index(bundle *bundle, uint32_t number) {
    return loom_pdf_print(&bundle->index, "%u %u ", (unsigned)number, (unsigned)bundle->body.length);
}

/* The content streams of a page: one for each piece of its sheet. */
static int put_contents(bundle *bundle, uint32_t band) {
    const uint32_t *streams = (const uint32_t *)(const void *)bundle->streams.bytes;
    size_t count = bundle->streams.length / sizeof *streams;
    int code = loom_buffer_append_text(&bundle->body, "/Contents[");
    for (size_t i = 0; i < count && code == LOOM_OK; i++) {
        code = loom_pdf_print(&bundle->body, "%u 0 R ", (unsigned)(streams[i] + band));
    }
    return code == LOOM_OK ? loom_buffer_append_byte(&bundle->body, ']') : code;
}

/* Writes the object stream and tells the ledger of it. */
static int end_bundle(bundle *bundle) {
    loom_encoding *e = bundle->assembly->e;
    loom_buffer *body = &bundle->body;
    size_t start = e->out->length;
    char entries[96];
    int code = add_to_index(bundle, bundle->node);
    code = code == LOOM_OK ? loom_pdf_print(body, "<</Type/Pages/Parent %u 0 R/Count %u/Kids[", LOOM_PDF_ROOT,
                                            (unsigned)bundle->count)
                           : code;
    code = code == LOOM_OK ? loom_buffer_append(body, bundle->kids.bytes, bundle->kids.length) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(body, "]>>") : code;
    snprintf(entries, sizeof entries, "/Type/ObjStm/N %u/First %u", (unsigned)bundle->count + 1,
             (unsigned)bundle->index.length);
    code = code == LOOM_OK ? loom_buffer_append(&bundle->index, body->bytes, body->length) : code;
    if (code == LOOM_OK) {
        code = loom_pdf_stream(e->out, bundle->assembly->pdf->deflater, bundle->node + 1, entries, &bundle->index);
    }
    code = code == LOOM_OK ? loom_log_put_node(e->out->length - start, e->ledger) : code;
    bundle->index.length = body->length = bundle->kids.length = 0;
    bundle->count = 0;
    return code;
}

/* A page that shows pictures has resources of its own, so that those that all pages share do not grow with them. None are inherited
 * (ISO 19005-2 6.2.2). */
static int put_resources(bundle *bundle) {
    const uint32_t *pictures = (const uint32_t *)(const void *)bundle->pictures.bytes;
    size_t count = bundle->pictures.length / sizeof *pictures;
    if (count == 0) {
        return loom_pdf_print(&bundle->body, "/Resources %u 0 R", LOOM_PDF_RESOURCES);
    }
    int code = loom_buffer_append_text(&bundle->body, "/Resources");
    code = code == LOOM_OK ? loom_assembly_put_resources(&bundle->assembly->pdf->layout, &bundle->body) : code;
    for (size_t i = 0; i < count && code == LOOM_OK; i++) {
        code = loom_pdf_print(&bundle->body, "/I%u %u 0 R", (unsigned)pictures[i], (unsigned)pictures[i]);
    }
    return code == LOOM_OK ? loom_buffer_append_text(&bundle->body, ">>>>") : code;
}

static int put_page(bundle *bundle, uint32_t band) {
    uint32_t number = bundle->page + band;
    int code = add_to_index(bundle, number);
    code = code == LOOM_OK ? loom_pdf_print(&bundle->kids, "%u 0 R ", (unsigned)number) : code;
    code = code == LOOM_OK ? loom_pdf_print(&bundle->body, "<</Type/Page/Parent %u 0 R", (unsigned)bundle->node) : code;
    code = code == LOOM_OK ? put_contents(bundle, band) : code;
    code = code == LOOM_OK ? put_resources(bundle) : code;
    bundle->count++;
    return code == LOOM_OK ? loom_buffer_append_text(&bundle->body, ">>\n") : code;
}

/* The pages of a sheet: one for each band. */
static int put_sheet(bundle *bundle) {
    int code = LOOM_OK;
    for (uint32_t band = 0; bundle->streams.length > 0 && band < bundle->assembly->pdf->layout.bands && code == LOOM_OK;
         band++) {
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
    int code = loom_buffer_append(&bundle->streams, &walk->number, sizeof walk->number);
    for (uint32_t left = loom_log_pictures(walk); left > 0 && code == LOOM_OK; left--) {
        code = add_once(&bundle->pictures, loom_log_picture(walk));
    }
    return code;
}

/* A sheet starts: the one before has ended, and where this one is the first of its node, so has that before. */
static int start_sheet(bundle *bundle, const loom_log_walk *walk) {
    int code = put_sheet(bundle);
    if (code == LOOM_OK && loom_log_opens_node(walk)) {
        code = bundle->count > 0 ? end_bundle(bundle) : LOOM_OK;
        bundle->node = walk->node;
    }
    bundle->page = walk->page;
    return code;
}

/* Takes the entry at which the walk stands. The log is left from the first sheet of the last node on. */
static int take_entry(bundle *bundle, loom_log_walk *walk, const loom_log_walk *before, loom_log_walk *left) {
    if (walk->kind == LOOM_ENTRY_PICTURE) {
        return LOOM_OK;
    }
    if (loom_log_opens_node(walk)) {
        *left = *before;
    }
    int code = walk->kind == LOOM_ENTRY_STARTS ? start_sheet(bundle, walk) : LOOM_OK;
    bool is_lost = walk->kind == LOOM_ENTRY_NODE || bundle->node == 0;
    code = code == LOOM_OK && is_lost ? LOOM_INTERNAL : code;
    return code == LOOM_OK ? take_piece(bundle, walk) : code;
}

/* What has no node yet becomes the log. */
static int keep_rest(loom_assembly *assembly, const loom_log_walk *left) {
    loom_buffer rest;
    loom_buffer_init(&rest, assembly->log.cap);
    int code = loom_log_put_start(left, &rest);
    code = code == LOOM_OK ? loom_buffer_append(&rest, left->reader.at, (size_t)(left->reader.end - left->reader.at))
                           : code;
    loom_buffer_free(&assembly->log);
    assembly->log = rest;
    return code;
}

static int write_nodes(bundle *bundle, loom_log_walk *walk, loom_log_walk *left, bool all) {
    int code = LOOM_OK;
    for (loom_log_walk before = *walk; code == LOOM_OK && loom_log_next(walk); before = *walk) {
        code = take_entry(bundle, walk, &before, left);
        loom_log_skip(walk);
    }
    code = code == LOOM_OK && walk->reader.bad ? LOOM_INTERNAL : code;
    code = code == LOOM_OK && all ? put_sheet(bundle) : code;
    return code == LOOM_OK && all && bundle->count > 0 ? end_bundle(bundle) : code;
}

int loom_assembly_write_nodes(loom_assembly *assembly, bool all) {
    bundle bundle = {.assembly = assembly};
    loom_buffer *buffers[] = {&bundle.index, &bundle.body, &bundle.kids, &bundle.streams, &bundle.pictures};
    loom_log_walk walk = loom_log_resume(&assembly->pdf->layout, &assembly->log);
    loom_log_walk left = walk;
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        loom_buffer_init(buffers[i], assembly->log.cap);
    }
    int code = write_nodes(&bundle, &walk, &left, all);
    code = code == LOOM_OK && !all ? keep_rest(assembly, &left) : code;
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        loom_buffer_free(buffers[i]);
    }
    return code;
}

int loom_assembly_put_resources(const loom_pdf_layout *layout, loom_buffer *out) {
    int code = loom_pdf_print(out, "<</Font %u 0 R/XObject<</H %u 0 R/N %u 0 R", LOOM_PDF_FONTS, LOOM_PDF_HEADER,
                              LOOM_PDF_COUNT);
    for (uint32_t band = 0; band < layout->bands && code == LOOM_OK; band++) {
        code = loom_pdf_print(out, "/T%u %u 0 R", (unsigned)band, (unsigned)(LOOM_PDF_HEADINGS + band));
    }
    return code;
}

static int put_kids(loom_buffer *out, const uint32_t *numbers, size_t count) {
    int code = LOOM_OK;
    for (size_t i = 0; i < count && code == LOOM_OK; i++) {
        code = loom_pdf_print(out, "%u 0 R ", (unsigned)numbers[i]);
    }
    return code;
}

int loom_assembly_pages(loom_assembly *assembly, const loom_surrounding *s) {
    const loom_pdf_layout *layout = &assembly->pdf->layout;
    const uint32_t *nodes = (const uint32_t *)(const void *)assembly->nodes.bytes;
    loom_buffer root;
    loom_buffer_init(&root, assembly->log.cap);
    int code = loom_pdf_print(&root, "<</Type/Pages/MediaBox[0 0 %d.%d %d.%d]/Count %u/Kids[", (int)layout->width / 10,
                              (int)layout->width % 10, (int)layout->height / 10, (int)layout->height % 10,
                              (unsigned)(assembly->pages + s->front_count + s->back_count));
    code = code == LOOM_OK ? put_kids(&root, s->front, s->front_count) : code;
    code = code == LOOM_OK ? put_kids(&root, nodes, assembly->nodes.length / sizeof *nodes) : code;
    code = code == LOOM_OK ? put_kids(&root, s->back, s->back_count) : code;
    code = code == LOOM_OK ? loom_buffer_append_text(&root, "]>>") : code;
    code = code == LOOM_OK ? loom_assembly_object(assembly, LOOM_PDF_ROOT, &root) : code;
    loom_buffer_free(&root);
    return code;
}
