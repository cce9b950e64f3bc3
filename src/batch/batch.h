/* The record batch: the records of one chunk as typed cells that point into the chunk's own text.
 * SPDX-License-Identifier: MIT
 *
 * Cells stand in the order of the text, a container before what it holds. A member of an object carries its path in the
 * schema, an item the path of the array's items.
 */
#ifndef LOOM_BATCH_H
#define LOOM_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "../core/buffer.h"
#include "../core/error.h"
#include "schema.h"

/** Readable zeros behind a chunk's text, so that blocks can be read at its end. */
#define LOOM_TEXT_PAD 64

/** The most values that one record may have. */
#define LOOM_MAX_CELLS 262144u

/** Defects that a batch describes; the rest is counted. As many as the report of a whole export lists. */
#define LOOM_MAX_DEFECTS 10000u

enum loom_cell_kind {
    LOOM_CELL_NULL,
    LOOM_CELL_FALSE,
    LOOM_CELL_TRUE,
    LOOM_CELL_INTEGER, /* start, length: the digits in the text */
    LOOM_CELL_NUMBER,  /* the same, with a fraction or an exponent */
    LOOM_CELL_TEXT,    /* start, length: the characters between the quotes, decoded when ESCAPED */
    LOOM_CELL_ARRAY,   /* length: cells that it takes, itself among them */
    LOOM_CELL_OBJECT,  /* the same */
};

enum loom_cell_flag {
    LOOM_CELL_ESCAPED = 1, /* the characters lie in `decoded`; they may need escapes again */
    LOOM_CELL_DROPPED = 2, /* a later member has the same key */
};

typedef struct loom_cell {
    uint8_t kind;
    uint8_t flags;
    uint32_t path;
    uint32_t start;
    uint32_t length;
} loom_cell;

/** A good record. */
typedef struct loom_record {
    uint32_t cell;    /* its first cell */
    uint32_t start;   /* its text */
    uint32_t end;
    uint32_t ordinal; /* among all records of the chunk, bad ones too */
    bool verbatim;    /* its text is what the JSON encoder would write */
} loom_record;

/** A record that was rejected. */
typedef struct loom_defect {
    int code;
    uint32_t ordinal;
    uint32_t start;  /* of the record's text */
    uint32_t offset; /* of the byte that is wrong */
} loom_defect;

/** Characters that a warning names. */
#define LOOM_WARNING_CHARACTERS 8u

/** A warning, counted. */
typedef struct loom_warning {
    int code;
    int32_t column; /* or LOOM_NO_COLUMN */
    uint32_t ordinal; /* of the first record that it is about */
    uint32_t count;
    uint32_t characters[LOOM_WARNING_CHARACTERS]; /* the first that it is about, each once; 0 behind the last */
} loom_warning;

typedef struct loom_batch {
    const uint8_t *text; /* not owned; LOOM_TEXT_PAD zeros follow its end */
    size_t length;
    loom_buffer decoded; /* characters of texts that had escapes; its bytes never move while a batch is parsed */
    loom_cell *cells;    /* owned, like what follows */
    uint32_t cell_count;
    uint32_t cell_capacity;
    loom_record *records;
    uint32_t record_count;
    uint32_t record_capacity;
    loom_defect *defects;
    uint32_t defect_count;
    uint32_t defect_capacity;
    uint32_t read;
    uint32_t rejected;
    uint32_t filtered; /* records that were valid and left out: by the filter, or because they were skipped */
    uint32_t skipped;  /* of those */
    bool ended; /* a JSON array is broken here */
    uint32_t *novel; /* cells of which a scan learns something, in their order */
    uint32_t novel_count;
    uint32_t novel_capacity;
    bool noted; /* `novel` has all of them */
    loom_warning *warnings;
    uint32_t warning_count;
    uint32_t warning_capacity;
    bool hushed; /* records are gone through once more, and were warned about before */
    uint32_t unheard; /* warnings that were not counted for this */
} loom_batch;

/** Makes a cleared struct usable. Allocates nothing. */
void loom_batch_open(loom_batch *batch);

/** Frees what the batch owns. */
void loom_batch_close(loom_batch *batch);

/** Empties the batch and keeps its memory. */
void loom_batch_clear(loom_batch *batch);

/** Counts a warning, `count` times, about a record and a column (or LOOM_NO_COLUMN). Where very many columns have warnings, the later
 *  ones are counted without their column. */
LOOM_CHECKED int loom_batch_warn(loom_batch *batch, int code, int32_t column, uint32_t ordinal, uint32_t count);

/** Notes a character that a warning is about, which was counted before. */
void loom_batch_warn_character(loom_batch *batch, int code, int32_t column, uint32_t code_point);

/** The characters of a text cell; `length` of them. */
static inline const uint8_t *loom_cell_text(const loom_batch *batch, const loom_cell *cell) {
    return (cell->flags & LOOM_CELL_ESCAPED ? batch->decoded.bytes : batch->text) + cell->start;
}

/** The cells from this one to the next on the same level. */
static inline uint32_t loom_cell_span(const loom_cell *cell) {
    return cell->kind >= LOOM_CELL_ARRAY ? cell->length : 1;
}

#endif
