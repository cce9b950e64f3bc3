/* The schema of what an export wrote, made as a host makes it, and libxml2's verdict on both.
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOM_TEST_VALID_H
#define LOOM_TEST_VALID_H

#include "cJSON.h"

#include "formats/xml/validator.h"
#include "run.h"

/** Joins the kinds and counts of two rows. */
static inline void join_shapes(cJSON *known, const cJSON *row) {
    cJSON *kinds = cJSON_GetArrayItem(known, 2);
    cJSON_SetNumberValue(kinds, (kinds->valueint | cJSON_GetArrayItem(row, 2)->valueint));
    for (int i = 3; i < 5; i++)
        cJSON_SetNumberValue(cJSON_GetArrayItem(known, i),
                             (cJSON_GetArrayItem(known, i)->valuedouble + cJSON_GetArrayItem(row, i)->valuedouble));
}

static inline int has_follower(const cJSON *known, int number) {
    for (int i = 5; i < cJSON_GetArraySize(known); i++)
        if (cJSON_GetArrayItem(known, i)->valueint == number)
            return 1;
    return 0;
}

/** Adds the followers of a row, whose numbers are now others. */
static inline void join_followers(cJSON *known, const cJSON *row, const int *numbers) {
    cJSON *kinds = cJSON_GetArrayItem(known, 2);
    for (int i = 5; i < cJSON_GetArraySize(row); i++)
        if (!has_follower(known, numbers[cJSON_GetArrayItem(row, i)->valueint]))
            cJSON_AddItemToArray(known, cJSON_CreateNumber(numbers[cJSON_GetArrayItem(row, i)->valueint]));
    if (cJSON_GetArraySize(known) > 5 + 16)
        cJSON_SetNumberValue(kinds, (kinds->valueint | 1024));
    while ((kinds->valueint & 1024) && cJSON_GetArraySize(known) > 5)
        cJSON_DeleteItemFromArray(known, 5);
}

/** Adds the rows of one report to `all`; those of the first one are all different. */
static inline void add_shapes(cJSON *all, const cJSON *rows, int first) {
    size_t count = (size_t)cJSON_GetArraySize(rows), at = 0;
    int *numbers = must(calloc(count + 1, sizeof *numbers));
    cJSON **joined = must(calloc(count + 1, sizeof *joined));
    const cJSON *row;
    cJSON_ArrayForEach(row, rows) {
        const cJSON *parent = cJSON_GetArrayItem(row, 0), *key = cJSON_GetArrayItem(row, 1);
        int above = parent->valueint < 0 ? -1 : numbers[parent->valueint], number = 0;
        cJSON *known = first ? NULL : all->child;
        for (; known != NULL; known = known->next, number++)
            if (cJSON_GetArrayItem(known, 0)->valueint == above && cJSON_Compare(cJSON_GetArrayItem(known, 1), key, 1))
                break;
        if (known != NULL) {
            join_shapes(known, row);
        } else {
            known = cJSON_Duplicate(row, 1);
            while (cJSON_GetArraySize(known) > 5)
                cJSON_DeleteItemFromArray(known, 5);
            number = first ? (int)at : cJSON_GetArraySize(all);
            cJSON_SetNumberValue(cJSON_GetArrayItem(known, 0), above);
            cJSON_AddItemToArray(all, known);
        }
        joined[at] = known;
        numbers[at++] = number;
    }
    at = 0;
    cJSON_ArrayForEach(row, rows) join_followers(joined[at++], row, numbers);
    free(joined);
    free(numbers);
}

/** The schema of an export; the error of the job, or 0. */
static inline int schema_of(const struct setup *setup, const struct outcome *outcome, struct bytes *schema) {
    cJSON *all = cJSON_CreateArray(), *row;
    struct bytes text = {0};
    for (size_t i = 0; i < outcome->report_count; i++) {
        cJSON *report = cJSON_Parse(outcome->reports[i].text);
        add_shapes(all, cJSON_GetObjectItem(report, "shapes"), cJSON_GetArraySize(all) == 0);
        cJSON_Delete(report);
    }
    bytes_text(&text, "");
    cJSON_ArrayForEach(row, all) {
        char *line = must(cJSON_PrintUnformatted(row));
        bytes_text(&text, line);
        bytes_text(&text, "\n");
        cJSON_free(line);
    }
    loom_job *job = loom_job_new();
    int error = job == NULL ? 20 : loom_job_options(job, setup->options, strlen(setup->options));
    if (error == 0)
        error = loom_job_schema(job, (const char *)text.at, text.length);
    if (error == 0)
        bytes_add(schema, loom_job_output(job), loom_job_output_length(job));
    loom_job_free(job);
    cJSON_Delete(all);
    bytes_clear(&text);
    return error;
}

/** Whether libxml2 finds a document well formed and valid; else says why. `step`: bytes that are fed at a time, 0 for all. */
static inline int is_valid(const struct bytes *schema, const struct bytes *document, size_t step, char *message, size_t room) {
    loom_validator *validator = loom_validator_new(schema->at, schema->length);
    int wrong = validator == NULL || loom_validator_begin(validator) != 0;
    if (step == 0)
        step = document->length;
    for (size_t at = 0; !wrong && at < document->length; at += step)
        wrong = loom_validator_feed(validator, document->at + at, document->length - at < step ? document->length - at : step);
    if (!wrong)
        wrong = loom_validator_end(validator);
    snprintf(message, room, "%s", validator == NULL ? "" : loom_validator_message(validator));
    loom_validator_free(validator);
    return !wrong;
}

#endif
