/* The table of formats, all of them or those of one wasm module, and what flat ones share.
 * SPDX-License-Identifier: MIT
 *
 * Built for a wasm module with LOOM_FORMATS, the rows of formats.def that are its own; without, as for tests, all formats are there.
 */
#include "format.h"

#ifndef LOOM_FORMATS
#define LOOM_FORMATS "../formats.def"
#endif

#define LOOM_FORMAT(name, extension, media, module, columns) extern const loom_format loom_format_##name;
#include LOOM_FORMATS
#undef LOOM_FORMAT

static const loom_format *const formats[] = {
#define LOOM_FORMAT(name, extension, media, module, columns) &loom_format_##name,
#include LOOM_FORMATS
#undef LOOM_FORMAT
    NULL,
};

static const char *const names[] = {
#define LOOM_FORMAT(name, extension, media, module, columns) #name,
#include "../formats.def"
#undef LOOM_FORMAT
};

const loom_format *loom_format_find(const char *name) {
    for (size_t i = 0; formats[i] != NULL; i++) {
        if (strcmp(formats[i]->name, name) == 0) {
            return formats[i];
        }
    }
    return NULL;
}

const char *loom_format_name(size_t i) {
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

int loom_encoding_row(loom_encoding *e, const loom_record *record, bool *late) {
    int code = loom_row_fill(e->schema, e->columns, e->batch, record, e->cells, late);
    if (code == LOOM_OK && e->collector != NULL) {
        code = loom_collector_row(e->collector, e->schema, e->columns, e->batch, record, e->cells, *late);
    }
    return code;
}
