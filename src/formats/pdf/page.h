/* The pages of the records: where lines stand, and content streams.
 * SPDX-License-Identifier: MIT
 *
 * A sheet is what one page of records takes: a page for each band. Lines follow each other down a sheet; one that does not fit starts the
 * next. A piece is what one segment has of a sheet; it becomes an object for each band, a content stream.
 *
 * The first numbers are those of objects that all pages share. Behind them come those of the records, in the order of their pieces and
 * pictures: a piece has its content streams; where it starts its sheet, then the pages of that; and where the sheet is the first of a node of
 * the page tree, then that node and the object stream that holds it and its pages.
 */
#ifndef LOOM_PDF_PAGE_H
#define LOOM_PDF_PAGE_H

#include "document.h"

/** Numbers of the objects that all pages share; those of the headings, one a band, end them. */
#define LOOM_PDF_ROOT 1u
#define LOOM_PDF_RESOURCES 2u
#define LOOM_PDF_FONTS 3u
#define LOOM_PDF_HEADER 4u
#define LOOM_PDF_COUNT 5u
#define LOOM_PDF_LOGO 6u /* two: its colours and how opaque they are */
#define LOOM_PDF_HEADINGS 8u

/** The number of the first object of the records. */
static inline uint32_t loom_pdf_first(const loom_pdf_layout *layout) {
    return LOOM_PDF_HEADINGS + layout->bands;
}

/** The most objects of a file: what readers take (ISO 32000-1 Annex C), and what is kept for those that are not of the records. */
#define LOOM_PDF_MOST_OBJECTS 8388607u
#define LOOM_PDF_OTHER_OBJECTS 65536u

/** Objects that a node of the page tree takes: itself and its object stream. */
#define LOOM_PDF_NODE_OBJECTS 2u

/** What the log of a document has: pieces, one that goes on with a sheet or one that starts it, pictures of records, and object streams of
 *  nodes, in their order in the file. */
enum loom_entry { LOOM_ENTRY_GOES_ON = 0, LOOM_ENTRY_STARTS = 1, LOOM_ENTRY_PICTURE = 2, LOOM_ENTRY_NODE = 3 };

/** Objects that a picture takes: a form that fills its frame, the image, and how opaque that is. */
#define LOOM_PDF_PICTURE 3u

/** The `flow` and the `place` of loom_format. What `place` tells of its segment is base64 of: for each piece records that start in
 *  it << 2 | its loom_entry, the length of each of its objects, and where records have pictures, the count of those that it shows and their
 *  numbers; 0; the characters that the chunk uses. The first number of a piece is one more than told here, so that it is not 0. `picture` tells
 *  the same of its objects, of which some may be of length 0: there is none. */
LOOM_CHECKED int loom_pdf_flow(loom_encoding *e, uint32_t skip, uint32_t take);
LOOM_CHECKED int loom_pdf_place(loom_encoding *e, const loom_place *place);

/** The `picture` of loom_format. */
LOOM_CHECKED int loom_pdf_picture(loom_encoding *e, const loom_spot *where, const uint8_t *bytes, size_t length);

/** Appends numbers and characters that were told, as the state is to have them. */
LOOM_CHECKED int loom_pdf_tell(loom_encoding *e, const loom_buffer *told);

/** The number of the first object at a spot. Errors: LIMIT_EXCEEDED. */
LOOM_CHECKED int loom_pdf_number(loom_encoding *e, const loom_pdf_layout *layout, const loom_spot *spot, uint32_t *number);

/** Appends a stream as an object, deflated: `entries` are those of its dictionary besides /Filter and /Length. */
LOOM_CHECKED int loom_pdf_stream(loom_buffer *out, loom_deflater *deflater, uint32_t number, const char *entries,
                                 const loom_buffer *content);

/** What stands behind the bytes of a stream. */
#define LOOM_PDF_STREAM_END "\nendstream\nendobj\n"

/** Where the number of a page stands, from the left of the frame: the baseline and the size of the footer's letters too. */
typedef struct loom_pdf_footer {
    int32_t x;
    int32_t y;
    int32_t size;
} loom_pdf_footer;

loom_pdf_footer loom_pdf_footer_of(const loom_pdf *pdf);

/** The word before the number of a page, and the width of plain text at a size. */
#define LOOM_PDF_PAGE_WORD "Page "
int32_t loom_pdf_plain_width(const loom_pdf *pdf, enum loom_style style, const char *text, int32_t size);

/** Appends what shows the number of a page, with the count of all behind it, in a stream whose unit is a tenth of a point. */
LOOM_CHECKED int loom_pdf_page_number(loom_pdf *pdf, uint32_t number, loom_buffer *out);

#endif
