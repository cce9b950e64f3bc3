/* What is told of the pages so far, from part to part, and the end of the file: page tree, cross-reference.
 * SPDX-License-Identifier: MIT
 *
 * A turn writes the nodes of the page tree whose sheets have ended. What it cannot write yet is in the state: the log from the first sheet of
 * the next node on, and the characters that were used. The whole log is the ledger, which only the tail reads.
 */
#ifndef LOOM_PDF_ASSEMBLY_H
#define LOOM_PDF_ASSEMBLY_H

#include "../../core/document.h"
#include "log.h"

/** The file starts with this (ISO 32000-1 7.5.2). */
#define LOOM_PDF_START "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

typedef struct loom_assembly {
    loom_encoding *e;
    loom_pdf *pdf;
    loom_buffer log;       /* from the first sheet on whose node is not written */
    loom_buffer nodes;     /* a uint32_t each: their numbers; the next one is that of the object stream */
    loom_buffer streams;   /* a uint64_t each: where those start */
    uint64_t at;           /* bytes of the file before e->out */
    uint32_t pages;        /* of the records */
    uint32_t first;        /* the number of the first of them; 0: there is none */
    uint64_t records;
    uint32_t rest;         /* the first number of all objects that are neither shared nor of the records */
    uint32_t next;         /* the first number that no object has */
    loom_buffer positions; /* a uint64_t each: where the shared objects start, and those from `rest` on */
} loom_assembly;

/** Frees what it owns. */
void loom_assembly_free(loom_assembly *assembly);

/** Writes the state of a document without pages. */
LOOM_CHECKED int loom_assembly_start(loom_encoding *e);

/** Takes the segments of {"state", "segments"} over: writes the nodes that are whole, the new state and what is new in the ledger. Errors:
 *  INTERNAL for anything else. */
LOOM_CHECKED int loom_assembly_turn(loom_encoding *e, const char *text, size_t length);

/** Goes on with a state and the ledger for the end of the file: writes the nodes that are left. The state's characters are added to those of the
 *  shaper. The assembly is the caller's to free, also where this fails. */
LOOM_CHECKED int loom_assembly_open(loom_assembly *assembly, loom_encoding *e, const cJSON *state);

/** A walk through the ledger, which counts the bytes of the file. */
loom_log_walk loom_assembly_ledger(const loom_assembly *assembly);

/** Takes a number for an object that is written later. */
uint32_t loom_assembly_reserve(loom_assembly *assembly, uint32_t count);

/** Notes that the object of this number starts at the end of the output. */
LOOM_CHECKED int loom_assembly_note(loom_assembly *assembly, uint32_t number);

/** The same for one that starts `before` bytes before the end. */
LOOM_CHECKED int loom_assembly_note_behind(loom_assembly *assembly, uint32_t number, size_t before);

/** Writes `number 0 obj`, the value, and `endobj`. */
LOOM_CHECKED int loom_assembly_object(loom_assembly *assembly, uint32_t number, const loom_buffer *value);

/** Writes a stream as an object; see loom_pdf_stream. */
LOOM_CHECKED int loom_assembly_stream(loom_assembly *assembly, uint32_t number, const char *entries, const loom_buffer *content);

/** Writes the nodes of the log that are whole, or with `all` all of them, and tells the ledger of them. Where not all were,
 *  the log is then what is left. */
LOOM_CHECKED int loom_assembly_write_nodes(loom_assembly *assembly, bool all);

/** Appends the resources that pages share, without the ends of their dictionaries. */
LOOM_CHECKED int loom_assembly_put_resources(const loom_pdf_layout *layout, loom_buffer *out);

/** Writes the root of the pages; `front` pages stand before those of the records, `back` pages behind. */
typedef struct loom_surrounding {
    const uint32_t *front; /* numbers of page objects */
    uint32_t front_count;
    const uint32_t *back;
    uint32_t back_count;
} loom_surrounding;
LOOM_CHECKED int loom_assembly_pages(loom_assembly *assembly, const loom_surrounding *surrounding);

/** Writes the cross-reference stream and the end of the file. `catalog` and `facts` (the document information) are numbers of objects. */
LOOM_CHECKED int loom_assembly_finish(loom_assembly *assembly, uint32_t catalog, uint32_t facts);

#endif
