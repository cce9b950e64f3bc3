/* Single cells of a sheet as XML (ECMA-376 Part 1 18.3.1.4).
 * SPDX-License-Identifier: MIT
 *
 * A cell without a reference stands right of the one before it (18.3.1.4, `r` is optional).
 */
#ifndef LOOM_XLSX_CELL_H
#define LOOM_XLSX_CELL_H

#include <stdbool.h>

#include "../../core/buffer.h"
#include "../../core/date.h"

/** The most UTF-16 units that a cell holds (18.3.1.4, Excel's own limit). */
#define LOOM_XLSX_MAX_TEXT 32767u

/* The functions that append a cell begin behind `<c` and its reference: the caller has written those, see reference.h. */

/** The attribute ` s="n"` of a style, empty for style 0. */
typedef struct loom_xlsx_style {
    char text[15];
    uint8_t length;
} loom_xlsx_style;

/** The attribute for the style of that number. */
loom_xlsx_style loom_xlsx_style_of(uint32_t number);

/** Whether _xHHHH_ stands here, which Excel would take for one character; reads nothing behind what differs. */
bool loom_xlsx_is_escape(const uint8_t *text, size_t length);

/** Whether U+FFFE or U+FFFF stands here, which XML cannot hold (XML 1.0 2.2); reads nothing behind what differs. */
static inline bool loom_xlsx_is_noncharacter(const uint8_t *text, size_t length) {
    return text[0] == 0xef && length >= 3 && text[1] == 0xbf && text[2] >= 0xbe;
}

/** Appends characters as XML text or attribute value: escaped as XML wants it, and what XML or Excel cannot take as _xHHHH_
 *  (22.9.2.19). At least LOOM_BLOCK bytes behind the text can be read. */
LOOM_CHECKED int loom_xlsx_escape(loom_buffer *out, const uint8_t *text, size_t length);

/** Appends a text cell; `*cut` tells that it was too long. At least LOOM_BLOCK bytes behind the text can be read. */
LOOM_CHECKED int loom_xlsx_text(loom_buffer *out, const uint8_t *text, size_t length, const loom_xlsx_style *style,
                                bool *cut);

/** Appends a number by its own digits. At least LOOM_BLOCK bytes behind them can be read. */
LOOM_CHECKED int loom_xlsx_number(loom_buffer *out, const uint8_t *text, size_t length, const loom_xlsx_style *style);

/** Appends a truth value. */
LOOM_CHECKED int loom_xlsx_boolean(loom_buffer *out, bool value, const loom_xlsx_style *style);

/** Appends a moment as days since 1899-12-30 (18.17.4.1); the caller has asked loom_xlsx_has_date. */
LOOM_CHECKED int loom_xlsx_moment(loom_buffer *out, const loom_moment *moment, const loom_xlsx_style *style);

/** Whether a spreadsheet knows the day: those before 1900-03-01 are wrong in the 1900 system, and those after 9999 do not exist. */
bool loom_xlsx_has_date(const loom_moment *moment);

/** Whether the value of a JSON number survives Excel: at most 15 significant digits, and not beyond its range. */
bool loom_xlsx_holds(const uint8_t *text, size_t length);

/** Whether a JSON number lies between 0 and 1; exponents are not looked into. */
bool loom_xlsx_is_share(const uint8_t *text, size_t length);

#endif
