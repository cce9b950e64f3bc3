/* The layout of the pages: their size and frame, and which columns stand where.
 * SPDX-License-Identifier: MIT
 *
 * It is a function of the options, the columns (their types, labels, and how wide their values are) and the fonts. Where not all columns have
 * room side by side, `pdf.wide: 'split'` parts them into bands: every page of records is then so many pages, one a band.
 */
#ifndef LOOM_PDF_LAYOUT_H
#define LOOM_PDF_LAYOUT_H

#include "../format.h"
#include "shape.h"

/** Lengths are in so many parts of a point, which is 1/72 inch. */
#define LOOM_POINT 10

/** Lines that a heading takes at most. */
#define LOOM_PDF_HEADING_LINES 3u

/** Pages that one node of the page tree has, about. */
#define LOOM_PDF_NODE_PAGES 128u

/** The height of a page is filled in steps of one point. */
#define LOOM_PDF_STEP LOOM_POINT

enum loom_align { LOOM_ALIGN_LEFT, LOOM_ALIGN_RIGHT, LOOM_ALIGN_CENTER };

/** A column of a band. */
typedef struct loom_pdf_column {
    uint32_t number; /* among the job's columns */
    int32_t x;       /* its left edge, from that of the table */
    int32_t width;   /* with the padding on both sides */
    uint8_t align;   /* loom_align */
} loom_pdf_column;

typedef struct loom_pdf_layout {
    int32_t width;  /* of the page, as what follows */
    int32_t height;
    int32_t left;   /* of the frame, as what follows */
    int32_t right;
    int32_t top;
    int32_t bottom;
    int32_t table_top; /* where the first record starts, below the headings */
    int32_t size;      /* of the letters */
    int32_t leading;   /* from line to line */
    int32_t pad_x;     /* between a cell's edge and its text */
    int32_t pad_y;
    uint32_t room;       /* steps from table_top to bottom */
    uint32_t most_lines; /* that a value may take */
    bool cards;          /* `columns` are the fields of a card: all of them, in one band */
    int32_t label_width; /* of cards */
    int32_t frame;       /* width and height of the pictures of records; 0: they show none */
    uint32_t picture;    /* the column with their addresses */
    uint32_t bands;      /* at least 1 */
    uint32_t node_sheets; /* pages of records that share a node of the page tree */
    uint32_t *starts;    /* owned; bands + 1 places in `columns`: where each band starts */
    loom_pdf_column *columns; /* owned; NULL where there are none */
    uint32_t *left_out;       /* owned; columns that have no room, in their order */
    uint32_t left_out_count;
} loom_pdf_layout;

/** Makes the layout; what it held before is freed. Errors: OUT_OF_MEMORY. Labels may want fonts: then the layout is of no use. */
LOOM_CHECKED int loom_pdf_lay_out(loom_encoding *e, loom_shaper *shaper, loom_pdf_layout *layout);

/** Frees what it owns; a cleared struct is accepted. */
void loom_pdf_layout_free(loom_pdf_layout *layout);

#endif
