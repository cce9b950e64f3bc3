/* Reads records as the encoder writes them and hands their elements and texts to libxml2's events, as its parser would but sooner.
 * SPDX-License-Identifier: MIT
 *
 * What it takes is well formed: elements of one namespace, attributes without a prefix besides xsi:nil, text in UTF-8, and the references
 * that the encoder writes. Anything else is an error, though XML may have it.
 */
#ifndef LOOM_XML_READER_H
#define LOOM_XML_READER_H

#include <libxml/parser.h>
#include <stdbool.h>

#include "../../core/buffer.h"

/** A name that occurred. */
typedef struct loom_reader_name {
    const xmlChar *text; /* in the dictionary; NULL: the place is free */
    uint32_t length;
    uint32_t hash;
    uint32_t tag;  /* the last start tag that had it as an attribute */
    uint32_t next; /* 1 more than the place of the element that started next, the last time; 0: not known */
} loom_reader_name;

/** An open element. */
typedef struct loom_reader_open {
    const xmlChar *text;
    uint32_t length;
} loom_reader_open;

/** All members but the first four start as zeros. */
typedef struct loom_reader {
    const xmlSAXHandler *events;
    void *target;           /* of the events */
    xmlDictPtr dictionary;  /* holds the names, which the validation keeps pointers to */
    const xmlChar *prefix;  /* of the elements, or NULL */
    const xmlChar *uri;     /* of their namespace, or NULL */
    const char *wrong;      /* what was found wrong, or NULL */
    loom_buffer text;       /* what is not read yet; owned, like what follows */
    loom_buffer values;     /* of attributes, decoded */
    loom_reader_name *names;
    uint32_t name_count;
    uint32_t name_capacity; /* a power of two */
    const xmlChar **attributes; /* five pointers each: name, prefix, namespace, value and its end */
    uint32_t attribute_capacity;
    loom_reader_open *open;
    uint32_t depth;
    uint32_t depth_capacity;
    uint32_t tag;   /* number of the start tag */
    uint32_t last;  /* 1 more than the place of the name of the last start tag, or 0 */
    size_t prefix_length;
} loom_reader;

/** Frees what the reader owns. */
void loom_reader_close(loom_reader *reader);

/** Forgets what was open and what was wrong, before a new document. Names stay, so the dictionary must be the same. */
void loom_reader_restart(loom_reader *reader);

/** Reads on; a tag may be cut anywhere. False after an error: see `wrong`. */
bool loom_reader_feed(loom_reader *reader, const uint8_t *bytes, size_t length);

/** Ends the records. False when a tag or an element is not complete. */
bool loom_reader_end(loom_reader *reader);

#endif
