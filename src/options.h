/* Reading a job's options by the table options.def.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_OPTIONS_H
#define LOOM_OPTIONS_H

#include "core/document.h"
#include "formats/format.h"

/** Checks `document` against options.def and fills `settings` with its values and the defaults; `*format` is the format that it
 *  names. The member `columns` is left to loom_columns_choose. Errors: UNKNOWN_OPTION, INVALID_OPTION, UNKNOWN_FORMAT,
 *  each with a detail. */
LOOM_CHECKED int loom_options_read(const cJSON *document, loom_settings *settings, const loom_format **format, loom_error *error);

/** The name among `count` names that a mistyped word most likely means, or NULL when none is near. */
const char *loom_options_nearest(const char *word, const char *const *names, size_t count);

#endif
