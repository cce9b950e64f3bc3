/* What is told of the pages so far, from segment to segment, and the end of the file: page tree, cross-reference.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_ASSEMBLY_H
#define LOOM_PDF_ASSEMBLY_H

#include "../../core/document.h"
#include "../../core/varint.h"
#include "page.h"

/** The file starts with this (ISO 32000-1 7.5.2). */
#define LOOM_PDF_HEADER "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

/** Pages that one object stream and one node of the page tree hold. */
#define LOOM_PDF_NODE 128u

typedef struct loom_assembly {
    loom_encoding *e;
    loom_pdf *pdf;
    loom_buffer log;       /* of all pieces, as loom_pdf_place tells them */
    uint64_t at;           /* bytes of the file before e->out */
    uint32_t streams;      /* objects that the segments have: content streams and pictures; numbered from LOOM_PDF_FIRST on */
    uint32_t pages;        /* of the records; numbered behind them, as what follows */
    uint32_t nodes;        /* of the page tree, and as many object streams that hold them with their pages */
    uint32_t rest;         /* the first number of all other objects */
    uint32_t next;         /* the first number that no object has */
    uint64_t root;         /* where objects 1 and 2 start */
    uint64_t resources;
    loom_buffer positions; /* a uint64_t each: where the objects from `rest` on start */
    loom_buffer shared;    /* the resources that all pages have, without the ends of their dictionaries */
} loom_assembly;

/** Frees what it owns. */
void loom_assembly_free(loom_assembly *assembly);

/** Writes the state of a document without pages. */
LOOM_CHECKED int loom_assembly_start(loom_encoding *e);

/** Writes the state with the segments of {"state", "segments"} added. Errors: INTERNAL for anything else. */
LOOM_CHECKED int loom_assembly_turn(loom_encoding *e, const char *text, size_t length);

/** Goes on with a state; its characters are added to those of the shaper. The assembly is the caller's to free, also where this fails. */
LOOM_CHECKED int loom_assembly_open(loom_assembly *assembly, loom_encoding *e, const cJSON *state);

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

/** The number of a page object. */
static inline uint32_t loom_assembly_page(const loom_assembly *assembly, uint32_t page) {
    return LOOM_PDF_FIRST + assembly->streams + page;
}

/** A walk through the pieces of sheets. */
typedef struct loom_log_walk {
    const loom_assembly *assembly;
    loom_reader reader;
    uint32_t sheets;    /* that have started so far */
    uint32_t stream;    /* the number of the first content stream of the piece */
    uint32_t next;      /* the number behind its objects */
    uint64_t at;        /* where they end in the file */
    uint64_t records;   /* that start in the pieces before it */
    uint32_t starting;  /* and in it */
    bool starts;        /* it starts its sheet */
    uint32_t pictures;  /* that it shows, whose numbers can be read next */
} loom_log_walk;

/** A walk that stands before the first piece. */
loom_log_walk loom_log_start(const loom_assembly *assembly);

/** Goes on to the next piece; false behind the last one. */
bool loom_log_next(loom_log_walk *walk);

/** Writes the pages of the records and the root of the pages; `front` pages from number `first_front` on stand before them, `back`
 *  pages behind. */
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
