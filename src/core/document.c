/* cJSON with our allocator.
 * SPDX-License-Identifier: MIT
 */
#include "document.h"

#include <string.h>

#include "memory.h"

/* cJSON does not tell a failed allocation from a wrong text, so the allocator remembers. */
static bool starved = false;

static void *allocate(size_t size) {
    void *memory = loom_alloc(size);
    starved = starved || memory == NULL;
    return memory;
}

bool loom_document_count(const cJSON *item, uint64_t most, uint64_t *count) {
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= (double)most)) {
        return false;
    }
    *count = (uint64_t)item->valuedouble;
    return true;
}

void loom_document_begin(void) {
    cJSON_Hooks hooks = {allocate, loom_free};
    cJSON_InitHooks(&hooks);
    starved = false;
}

int loom_document_parse(const char *text, size_t length, cJSON **document) {
    const char *end = NULL;
    loom_document_begin();
    *document = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    if (*document == NULL) {
        return starved ? LOOM_OUT_OF_MEMORY : LOOM_SYNTAX;
    }
    while (end < text + length && (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t')) {
        end++;
    }
    if (end != text + length) {
        cJSON_Delete(*document);
        *document = NULL;
        return LOOM_SYNTAX;
    }
    return LOOM_OK;
}

char *loom_document_print(cJSON *document) {
    char *text = starved || document == NULL ? NULL : cJSON_PrintUnformatted(document);
    cJSON_Delete(document);
    return text;
}
