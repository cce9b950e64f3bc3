/* Reading the log of a document entry by entry.
 * SPDX-License-Identifier: MIT
 */
#include "log.h"

loom_log_walk loom_log_start(const loom_pdf_layout *layout, const uint8_t *bytes, size_t length) {
    /* an empty buffer has no bytes that could be counted from */
    loom_reader reader = {bytes, length == 0 ? bytes : bytes + length, false};
    return (loom_log_walk){.layout = layout, .reader = reader, .next = loom_pdf_first(layout)};
}

loom_log_walk loom_log_resume(const loom_pdf_layout *layout, const loom_buffer *log) {
    loom_log_walk walk = loom_log_start(layout, log->bytes, log->length);
    uint32_t first = walk.next;
    walk.next = (uint32_t)loom_varint_read(&walk.reader, LOOM_PDF_MOST_OBJECTS);
    walk.sheets = (uint32_t)loom_varint_read(&walk.reader, LOOM_PDF_MOST_OBJECTS);
    walk.reader.bad |= walk.next < first || walk.sheets % layout->node_sheets != 0;
    return walk;
}

int loom_log_put_start(const loom_log_walk *walk, loom_buffer *log) {
    int code = loom_varint_append(log, walk->next);
    return code == LOOM_OK ? loom_varint_append(log, walk->sheets) : code;
}

int loom_log_put_node(size_t length, loom_buffer *log) {
    int code = loom_varint_append(log, LOOM_ENTRY_NODE + 1);
    return code == LOOM_OK ? loom_varint_append(log, length) : code;
}

uint64_t loom_log_length(loom_log_walk *walk) {
    uint64_t length = loom_varint_read(&walk->reader, UINT32_MAX);
    walk->lengths--;
    walk->at += length;
    return length;
}

uint32_t loom_log_pictures(loom_log_walk *walk) {
    while (walk->lengths > 0) {
        (void)loom_log_length(walk);
    }
    walk->pictures = walk->lists ? (uint32_t)loom_varint_read(&walk->reader, UINT32_MAX) : walk->pictures;
    walk->lists = false;
    return walk->pictures;
}

uint32_t loom_log_picture(loom_log_walk *walk) {
    walk->pictures--;
    return (uint32_t)loom_varint_read(&walk->reader, UINT32_MAX);
}

void loom_log_skip(loom_log_walk *walk) {
    (void)loom_log_pictures(walk);
    while (walk->pictures > 0 && !walk->reader.bad) {
        (void)loom_log_picture(walk);
    }
    walk->pictures = 0;
}

/* The numbers of a piece: see page.h. */
static void number_piece(loom_log_walk *walk) {
    uint32_t bands = walk->layout->bands;
    walk->next += bands;
    if (walk->kind == LOOM_ENTRY_STARTS) {
        walk->page = walk->next;
        walk->next += bands;
        walk->sheets++;
        if (loom_log_opens_node(walk)) {
            walk->node = walk->next;
            walk->next += LOOM_PDF_NODE_OBJECTS;
        }
    }
}

bool loom_log_opens_node(const loom_log_walk *walk) {
    return walk->kind == LOOM_ENTRY_STARTS && (walk->sheets - 1) % walk->layout->node_sheets == 0;
}

bool loom_log_next(loom_log_walk *walk) {
    loom_log_skip(walk);
    walk->records += walk->starting;
    walk->starting = 0;
    if (walk->reader.at == walk->reader.end || walk->reader.bad) {
        return false;
    }
    uint64_t told = loom_varint_read(&walk->reader, UINT32_MAX);
    bool is_piece = ((told - 1) & 2) == 0;
    walk->kind = (enum loom_entry)((told - 1) & 3);
    walk->number = walk->next;
    walk->lengths = is_piece ? walk->layout->bands : walk->kind == LOOM_ENTRY_PICTURE ? LOOM_PDF_PICTURE : 1;
    walk->lists = is_piece && walk->layout->frame > 0;
    if (is_piece) {
        walk->starting = (uint32_t)((told - 1) >> 2);
        number_piece(walk);
    } else if (walk->kind == LOOM_ENTRY_PICTURE) {
        walk->next += LOOM_PDF_PICTURE;
    }
    walk->reader.bad |= told == 0 || walk->next > LOOM_PDF_MOST_OBJECTS;
    return !walk->reader.bad;
}
