/* The log of the objects of the records, in their order in the file.
 * SPDX-License-Identifier: MIT
 *
 * An entry is a number, one more than 4 times the records that start in it plus its loom_entry; the length of each of its objects; and, of
 * pieces where records have pictures, the count of those that it shows and their numbers. It has no number for its first object: those
 * follow from the entries before it. A log that does not start with the document starts with two more numbers: that of its first object, and
 * the sheets before it.
 */
#ifndef LOOM_PDF_LOG_H
#define LOOM_PDF_LOG_H

#include "../../core/varint.h"
#include "page.h"

/** A walk through a log. */
typedef struct loom_log_walk {
    const loom_pdf_layout *layout;
    loom_reader reader;
    enum loom_entry kind;
    uint32_t number;    /* of the first object of the entry */
    uint32_t next;      /* the number behind its objects */
    uint32_t sheets;    /* that have started so far */
    uint32_t page;      /* the number of the first page of the last of them */
    uint32_t node;      /* of the node that has it; its object stream is the next one */
    uint64_t at;        /* bytes of the file before the objects whose lengths can be read next */
    uint64_t records;   /* that start in the pieces before this one */
    uint32_t starting;  /* and in it */
    uint32_t lengths;   /* that can be read next */
    bool lists;         /* the count of its pictures follows */
    uint32_t pictures;  /* whose numbers can be read next */
} loom_log_walk;

/** A walk that stands before the first entry of a log that starts with the document. */
loom_log_walk loom_log_start(const loom_pdf_layout *layout, const uint8_t *bytes, size_t length);

/** The same for one that does not. */
loom_log_walk loom_log_resume(const loom_pdf_layout *layout, const loom_buffer *log);

/** Appends the numbers that such a log starts with: where the walk stands. */
LOOM_CHECKED int loom_log_put_start(const loom_log_walk *walk, loom_buffer *log);

/** Appends the entry of a node. */
LOOM_CHECKED int loom_log_put_node(size_t length, loom_buffer *log);

/** Goes on to the next entry; false behind the last one, and where the log is broken. */
bool loom_log_next(loom_log_walk *walk);

/** Whether the walk stands at a sheet that is the first of its node. */
bool loom_log_opens_node(const loom_log_walk *walk);

/** The length of the next object of the entry. */
uint64_t loom_log_length(loom_log_walk *walk);

/** The count of the pictures that the piece shows and whose numbers were not read. */
uint32_t loom_log_pictures(loom_log_walk *walk);

/** Reads to the end of the entry. */
void loom_log_skip(loom_log_walk *walk);

/** The number of the next of the pictures. */
uint32_t loom_log_picture(loom_log_walk *walk);

#endif
