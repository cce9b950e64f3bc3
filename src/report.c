/* Reports, written with cJSON.
 * SPDX-License-Identifier: MIT
 */
#include "report.h"

#include <stdio.h>

#include "core/memory.h"
#include "core/utf8.h"

/* Bytes of a bad record that its report shows. */
#define EXCERPT 120

char *loom_report_error(const loom_error *error) {
    const loom_error_row *row = loom_error_find(error->code);
    char message[sizeof error->detail + 160];
    bool detailed = error->detail[0] != '\0';
    snprintf(message, sizeof message, "%s%s%s", row->message, detailed ? ": " : "", error->detail);
    loom_document_begin();
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "code", row->name);
    cJSON_AddStringToObject(object, "message", message);
    if (error->suggestion[0] != '\0') {
        cJSON_AddStringToObject(object, "suggestion", error->suggestion);
    }
    if (error->column[0] != '\0') {
        cJSON_AddStringToObject(object, "column", error->column);
    }
    if (error->place > 0) {
        cJSON_AddNumberToObject(object, "offset", error->place - 1);
    }
    return loom_document_print(object);
}

/* Adds an item to an array, or deletes it where that fails. */
static void attach(cJSON *list, cJSON *item) {
    if (!cJSON_AddItemToArray(list, item)) {
        cJSON_Delete(item);
    }
}

/* The start of a bad record, made fit to be shown: what is not valid UTF-8, or a control character, becomes U+FFFD. */
static void take_excerpt(const loom_batch *batch, uint32_t start, char *excerpt) {
    size_t length = 0;
    for (size_t at = start; at < batch->length && batch->text[at] != '\n' && length < EXCERPT; ) {
        size_t n = loom_utf8_length(batch->text + at);
        bool shown = n > 0 && n <= batch->length - at && (batch->text[at] >= ' ' || batch->text[at] == '\t');
        memcpy(excerpt + length, shown ? (const char *)batch->text + at : "\xef\xbf\xbd", shown ? n : 3);
        length += shown ? n : 3;
        at += shown ? n : 1;
    }
    excerpt[length] = '\0';
}

static void add_defect(cJSON *list, const loom_batch *batch, const loom_defect *defect) {
    char excerpt[EXCERPT + 8];
    const loom_error_row *row = loom_error_find(defect->code);
    cJSON *object = cJSON_CreateObject();
    take_excerpt(batch, defect->start, excerpt);
    cJSON_AddNumberToObject(object, "record", defect->ordinal);
    cJSON_AddNumberToObject(object, "offset", defect->offset);
    cJSON_AddStringToObject(object, "code", row->name);
    cJSON_AddStringToObject(object, "message", row->message);
    cJSON_AddStringToObject(object, "excerpt", excerpt);
    attach(list, object);
}

static void add_warning(cJSON *list, const loom_columns *columns, const loom_warning *warning) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "code", loom_error_find(warning->code)->name);
    if (warning->column != LOOM_NO_COLUMN) {
        cJSON_AddStringToObject(object, "column", columns->list[warning->column].label);
    }
    cJSON_AddNumberToObject(object, "record", warning->ordinal);
    cJSON_AddNumberToObject(object, "count", warning->count);
    if (warning->characters[0] != 0) {
        uint8_t text[LOOM_WARNING_CHARACTERS * 4 + 1];
        size_t length = 0;
        for (uint32_t i = 0; i < LOOM_WARNING_CHARACTERS && warning->characters[i] != 0; i++) {
            length += loom_utf8_write(warning->characters[i], text + length);
        }
        text[length] = '\0';
        cJSON_AddStringToObject(object, "characters", (const char *)text);
    }
    attach(list, object);
}

static void add_warnings(cJSON *list, const loom_batch *batch, const loom_columns *columns) {
    for (uint32_t i = 0; i < batch->warning_count; i++) {
        add_warning(list, columns, &batch->warnings[i]);
    }
}

static bool any_found(const loom_columns *columns) {
    for (uint32_t i = 0; columns->chosen && i < columns->count; i++) {
        if (columns->list[i].found && !columns->list[i].announced) {
            return true;
        }
    }
    return false;
}

static void add_found(cJSON *list, loom_columns *columns) {
    for (uint32_t i = 0; i < columns->count; i++) {
        if (columns->list[i].found && !columns->list[i].announced) {
            columns->list[i].announced = true;
            attach(list, cJSON_CreateNumber(i));
        }
    }
}

static int finish(cJSON *document, char **text) {
    *text = loom_document_print(document);
    return *text == NULL ? LOOM_OUT_OF_MEMORY : LOOM_OK;
}

int loom_report_chunk(const loom_batch *batch, loom_columns *columns, const char *paths, const char *shapes,
                      const char *pictures, char **text) {
    bool found = any_found(columns);
    *text = NULL;
    if (batch->rejected == 0 && batch->warning_count == 0 && !found && paths == NULL && shapes == NULL &&
        pictures == NULL) {
        return LOOM_OK;
    }
    loom_document_begin();
    cJSON *object = cJSON_CreateObject();
    if (batch->rejected > 0) {
        cJSON *list = cJSON_AddArrayToObject(object, "defects");
        for (uint32_t i = 0; i < batch->defect_count; i++) {
            add_defect(list, batch, &batch->defects[i]);
        }
    }
    if (batch->warning_count > 0) {
        add_warnings(cJSON_AddArrayToObject(object, "warnings"), batch, columns);
    }
    if (paths != NULL) {
        cJSON_AddRawToObject(object, "paths", paths);
    }
    if (shapes != NULL) {
        cJSON_AddRawToObject(object, "shapes", shapes);
    }
    if (pictures != NULL) {
        cJSON_AddRawToObject(object, "pictures", pictures);
    }
    if (found) {
        add_found(cJSON_AddArrayToObject(object, "found"), columns);
    }
    return finish(object, text);
}

int loom_report_warnings(const loom_batch *batch, const loom_columns *columns, char **text) {
    *text = NULL;
    if (batch->warning_count == 0) {
        return LOOM_OK;
    }
    loom_document_begin();
    cJSON *list = cJSON_CreateArray();
    add_warnings(list, batch, columns);
    return finish(list, text);
}
