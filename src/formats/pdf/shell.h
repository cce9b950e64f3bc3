/* The document around the records, made with libharu: catalog, properties, outline, labels, and the pages that are drawn.
 * SPDX-License-Identifier: MIT
 *
 * A shell remembers its first error, so that its functions need not be asked one by one: see `code`. Pages are drawn in points by libharu, texts
 * are set in tenths of a point by caption.h and stand above what was drawn. libharu's objects get their numbers when they are written.
 */
#ifndef LOOM_PDF_SHELL_H
#define LOOM_PDF_SHELL_H

#include <hpdf.h>

#include "assembly.h"
#include "caption.h"

typedef struct loom_shell {
    loom_encoding *e;
    loom_pdf *pdf;
    loom_assembly *assembly;
    const cJSON *totals;
    const char *title; /* of the report */
    HPDF_Doc doc;
    HPDF_Page page;    /* that is drawn now, or NULL */
    loom_buffer text;  /* that stands on it */
    int32_t y;         /* how far it is full, from above */
    bool back;         /* it stands behind the records */
    HPDF_Page *pages[2]; /* owned: those before and behind the records */
    uint32_t counts[2];
    uint32_t capacities[2];
    HPDF_Outline outline; /* the root of the outline's entries */
    bool logo;            /* the cover has a picture */
    int code;
} loom_shell;

/** Opens a document; `shell` has its first four members. To be closed, also after an error. */
void loom_shell_open(loom_shell *shell);

/** Frees what it owns. */
void loom_shell_close(loom_shell *shell);

/** Starts a page; one that was open is ended. `frame`: with header and footer. */
void loom_shell_page(loom_shell *shell, bool frame);

/** Ends the page. */
void loom_shell_end_page(loom_shell *shell);

/** Starts a page where less than `height` is left of this one; true where it did. */
bool loom_shell_need(loom_shell *shell, int32_t height);

/** Sets a text; returns the lines that it took. */
uint32_t loom_shell_text(loom_shell *shell, loom_caption caption, const char *text);

/** A filled rectangle, and a line; lengths in tenths of a point, colours as shares of red, green and blue. */
typedef struct loom_colour {
    float red, green, blue;
} loom_colour;
extern const loom_colour loom_accent, loom_pale, loom_rule, loom_faint;
void loom_shell_box(loom_shell *shell, int32_t x, int32_t y, int32_t width, int32_t height, loom_colour colour);
void loom_shell_line(loom_shell *shell, int32_t x, int32_t y, int32_t to_x, int32_t to_y, float width, loom_colour colour);

/** The heading of a section, which the outline lists; the open page is its. */
void loom_shell_heading(loom_shell *shell, const char *text);

/** An entry of the outline; `page` is the number of an object, or 0 for the open page. Returns it, for entries below it. */
HPDF_Outline loom_shell_entry(loom_shell *shell, HPDF_Outline parent, const char *title, uint32_t page);

/** Has the catalog refer to an object of ours. */
void loom_shell_refer(loom_shell *shell, const char *name, uint32_t number);

/** Properties of the document: its information dictionary and catalog. */
void loom_shell_properties(loom_shell *shell);

/** Writes all of libharu's objects; tells the numbers of the pages before and behind the records, in arrays of counts[0] and
 *  counts[1] places, of the catalog, and of the information dictionary. */
typedef struct loom_shell_numbers {
    uint32_t *pages[2];
    uint32_t catalog;
    uint32_t facts;
} loom_shell_numbers;
void loom_shell_write(loom_shell *shell, loom_shell_numbers *numbers);

/** Remembers an error. */
static inline void loom_shell_note(loom_shell *shell, int code) {
    shell->code = shell->code == LOOM_OK ? code : shell->code;
}

/** The text of a member, or "". */
const char *loom_shell_member(const cJSON *object, const char *name);

/** The number of a member, or 0. */
double loom_shell_figure(const cJSON *object, const char *name);

/** Writes a count with spaces between groups of three digits. */
void loom_shell_count(char *text, size_t size, double count);

#endif
