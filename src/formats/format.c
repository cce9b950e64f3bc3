/* The table of formats, all of them or those of one wasm module, and what flat ones share.
 * SPDX-License-Identifier: MIT
 *
 * Built for the module NAME with -DLOOM_MODULE -DLOOM_MODULE_NAME; without, as for tests, all formats are there.
 */
#include "format.h"

#if defined(LOOM_MODULE_core) || !defined(LOOM_MODULE)
#define IN_core(...) __VA_ARGS__
#else
#define IN_core(...)
#endif
#if defined(LOOM_MODULE_xlsx) || !defined(LOOM_MODULE)
#define IN_xlsx(...) __VA_ARGS__
#else
#define IN_xlsx(...)
#endif

#define LOOM_FORMAT(name, extension, media, module, columns) IN_##module(extern const loom_format loom_format_##name;)
#include "../formats.def"
#undef LOOM_FORMAT

static const loom_format *const formats[] = {
#define LOOM_FORMAT(name, extension, media, module, columns) IN_##module(&loom_format_##name, )
#include "../formats.def"
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
