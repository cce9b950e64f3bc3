/* Dates as a locale writes them.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_PDF_DATES_H
#define LOOM_PDF_DATES_H

#include "../format.h"

/** Appends a date or date-time as the region's time zone and locale show it, or nothing where the text is no date; then `*shown` is
 *  false, and also where the options name neither zone nor locale. Fractions of seconds are kept. */
LOOM_CHECKED int loom_pdf_date(const loom_region *region, const uint8_t *text, size_t length, loom_buffer *out, bool *shown);

#endif
