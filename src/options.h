/* Reading a job's options by the table options.def.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_OPTIONS_H
#define LOOM_OPTIONS_H

#include "core/document.h"
#include "formats/format.h"

/** Checks `document` against options.def and fills `settings` with its values and the defaults; `*format` is the format that it
 *  names. The members `columns` and `filter` are left to loom_columns_choose and loom_filter_compile. Errors: UNKNOWN_OPTION, INVALID_OPTION, UNKNOWN_FORMAT,
 *  each with a detail. */
LOOM_CHECKED int loom_options_read(const cJSON *document, loom_settings *settings, const loom_format **format, loom_error *error);

#endif
