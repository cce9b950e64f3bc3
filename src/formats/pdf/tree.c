/* The pages of the records and the page tree, in object streams.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "assembly.h"
#include "operators.h"

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
